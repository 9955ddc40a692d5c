"""Duplicates, looked for in every organ once a day, a good part of a night at most (R17).

Each go is a transaction of its own: a kill loses none, and whoever writes waits for none long.
"""

from collections.abc import Callable

from sqlalchemy import select

from archive import audit
from archive.models import Organ
from retention import likenesses
from web.services import Services


def look(services: Services, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Look as far as is due today in every organ; how many documents were looked at."""
    with services.db.reading() as session:
        organs = session.scalars(select(Organ.id).order_by(Organ.id)).all()
    return sum(_look_in(services, number, is_stopping) for number in organs)


def _look_in(services: Services, organ_id: int, is_stopping: Callable[[], bool]) -> int:
    done = 0
    while not is_stopping():
        with audit.acting_as(None, "worker"), services.db.transaction() as session:
            looked = likenesses.look(session, session.get_one(Organ, organ_id))
        done += looked
        if looked == 0:
            break
    return done
