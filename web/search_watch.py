"""Saved searches, looked at once a day for those who want to be told what is new."""

import logging

from sqlalchemy import select

from archive import audit, clock
from archive.models import Organ
from search import saved
from search.asking import asker_of
from search.engine import SearchBroken
from search.models import SearchFollower
from web.services import Services

log = logging.getLogger("luutru.search")


def look(services: Services) -> int:
    """Tell everybody whose daily search has something new; how many notices were made.

    With an index that cannot be asked nothing is told, and nothing is lost: the next look asks for
    all that came since the last.
    """
    with services.db.reading() as session:
        organs = session.scalars(select(Organ.id).order_by(Organ.id)).all()
    try:
        return sum(_at(services, number) for number in organs)
    except SearchBroken as broken:
        log.warning("saved searches are not looked at: %s", broken)
        return 0


def _at(services: Services, organ_id: int) -> int:
    """Asked without holding up the writers; then told in one go."""
    moment = clock.now()
    with services.db.reading() as session:
        organ = session.get_one(Organ, organ_id)
        waiting = saved.daily(session, organ)
        people = {one.person_id: one.person for one in waiting}
        askers = {number: asker_of(session, services.engine, one) for number, one in people.items()}
        fresh = [
            one.id
            for one in waiting
            if saved.new_since(askers[one.person_id], one.saved_search, saved.known_until(one))
        ]
    if not fresh:
        return 0
    with audit.acting_as(None, "worker"), services.db.transaction() as session:
        some = session.scalars(select(SearchFollower).where(SearchFollower.id.in_(fresh))).all()
        return saved.tell(session, session.get_one(Organ, organ_id), some, moment)
