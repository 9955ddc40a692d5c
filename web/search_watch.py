"""Saved searches, looked at once a day for those who want to be told what is new."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from archive import audit, clock
from archive.models import Organ
from search import saved
from search.asking import asker_of
from search.engine import SearchBroken
from search.models import SearchFollower
from web.services import Services

log = logging.getLogger("luutru.search")
AT_ONCE = 50  # searches asked of the index in one look at the rows, and told in one go


def look(services: Services, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Tell everybody whose daily search has something new; how many notices that were.

    Some at a time: between them whoever writes, and whoever stops the worker, has their turn. With
    an index that cannot be asked nothing is told, and nothing is lost: the next look asks for all
    that came since the last.
    """
    with services.db.reading() as session:
        organs = session.scalars(select(Organ.id).order_by(Organ.id)).all()
    try:
        return sum(_at(services, number, is_stopping) for number in organs)
    except SearchBroken as broken:
        log.warning("saved searches are not looked at: %s", broken)
        return 0


def _at(services: Services, organ_id: int, is_stopping: Callable[[], bool]) -> int:
    """One piece after the other."""
    told: set[int] = set()
    after: tuple[int, int] | None = (0, 0)
    while after is not None and not is_stopping():
        moment = clock.now()
        fresh, after = _fresh(services, organ_id, after)
        if fresh:
            told |= _tell(services, organ_id, fresh, moment)
    return len(told)


def _fresh(
    services: Services, organ_id: int, after: tuple[int, int]
) -> tuple[list[int], tuple[int, int] | None]:
    """Those of the next piece for whom there is something new, and with whom the piece ends."""
    with services.db.reading() as session:
        organ = session.get_one(Organ, organ_id)
        waiting = saved.daily(session, organ, AT_ONCE, after)
        people = {one.person_id: one.person for one in waiting}
        askers = {number: asker_of(session, services.engine, one) for number, one in people.items()}
        fresh = [
            one.id
            for one in waiting
            if saved.new_since(askers[one.person_id], one.saved_search, saved.known_until(one))
        ]
    is_last = len(waiting) < AT_ONCE
    return fresh, None if is_last else (waiting[-1].person_id, waiting[-1].id)


def _tell(services: Services, organ_id: int, fresh: list[int], moment: datetime) -> set[int]:
    """Asked without holding up the writers; told in one go. The notices in which it stands."""
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        some = session.scalars(select(SearchFollower).where(SearchFollower.id.in_(fresh))).all()
        return saved.tell(session, session.get_one(Organ, organ_id), some, moment)
