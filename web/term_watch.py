"""Terms that end, watched at every organ: what is told, falls due, is let go, goes to the head.

Each go is a transaction of its own, so that a hundred thousand case files in one night take no more
memory than five hundred, hold up nobody else, and a kill loses none.
"""

from collections.abc import Callable

from sqlalchemy import select

from archive import audit
from archive.models import Organ
from retention import expiries, leaving_out
from retention.expiries import Place, Step
from web import term_clock
from web.services import Services


def look(services: Services, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Take every step at every organ as far as it goes today; how much was done."""
    term_clock.catch_up(services, is_stopping)
    with services.db.reading() as session:
        organs = session.scalars(select(Organ.id).order_by(Organ.id)).all()
    return sum(
        _to_the_end(services, number, step, is_stopping)
        for number in organs
        for step in (leaving_out.let_longer_go, *expiries.STEPS)
    )


def _to_the_end(
    services: Services, organ_id: int, step: Step, is_stopping: Callable[[], bool]
) -> int:
    done, after = 0, None
    while not is_stopping():
        after, more = _go(services, organ_id, step, after)
        done += more
        if after is None:
            break
    return done


def _go(
    services: Services, organ_id: int, step: Step, after: Place | None
) -> tuple[Place | None, int]:
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        found = step(session, session.get_one(Organ, organ_id), after)
    return found.behind, found.done
