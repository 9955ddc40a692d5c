"""Searches that people keep as a place of content: what quotes a thing that goes, goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from archive.database import Database, pieces
from retention import quotations
from retention.execution import Batch
from retention.probes import BOTH, Found, Sought, Tell, tell_of_disposal
from search.models import SavedSearch, SearchFollower


@dataclass
class KeptSearches:
    """Names and questions of kept searches that quote its code, its title or its number."""

    db: Database
    name: str = "kept searches"
    kinds: frozenset[str] = BOTH
    tell: Tell = tell_of_disposal

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Those that are there."""
        found: dict[str, list[int]] = {}
        with self.db.reading() as session:
            if any(not one.before for one in sought):
                things = [one.thing for one in sought]
                for number, code in quotations.kept_quoting(session, things).items():
                    found.setdefault(code, []).append(number)
            else:
                mine = {
                    one: each.thing.code for each in sought for one in each.before.get("kept", ())
                }
                for some in pieces(mine):
                    left = select(SavedSearch.id).where(SavedSearch.id.in_(some))
                    for number in session.scalars(left):
                        found.setdefault(mine[number], []).append(number)
        codes = [one.thing.code for one in sought]
        return {
            code: {"found": len(found.get(code, ())), "kept": found.get(code, [])} for code in codes
        }

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """They are dropped, for all who follow them."""
        numbers = {one for each in sought for one in each.before.get("kept", ())}
        for some in pieces(sorted(numbers)):
            with self.db.transaction() as session:
                followers = select(SearchFollower).where(SearchFollower.saved_search_id.in_(some))
                follow = session.scalars(followers).all()
                for one in follow:
                    session.delete(one)
                session.flush()
                kept = session.scalars(select(SavedSearch).where(SavedSearch.id.in_(some))).all()
                for search in kept:
                    session.delete(search)
                session.flush()
                if kept:
                    things = [one.thing.code for one in sought if one.before.get("kept")]
                    self.tell(session, batch, (*kept, *follow), {"things": things})
        return {}
