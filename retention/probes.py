"""Looking for what is destroyed, place by place: before, when it must be found, and after (R14).

A spot is one place of content as an execution sees it: how a thing is found there, and how it is
made to go. Those that lie in rows and in the store are here; what needs the index, pictures or the
road is put beside them by `web.executing`. A test holds the spots against the list of places.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit
from archive.database import Database, pieces
from archive.errors import ArchiveError, StoreFailed
from archive.files import FileStore
from archive.models import Part, Rendition, Row
from retention import emptying, quotations
from retention.execution import Batch, Thing, gone_of
from retention.models import Disposal

TOGETHER = 40  # lines whose rows are emptied in one transaction
Facts = dict[str, Any]
Found = dict[str, Facts]  # by code; always with `found`, a count


@dataclass(frozen=True)
class Sought:
    """A thing that is looked for, with what was found of it before anything was emptied."""

    thing: Thing
    before: Facts = field(default_factory=dict)


class Spot(Protocol):
    """A place of content as an execution sees it."""

    name: str
    kinds: frozenset[str]

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """How often each thing is found there; what is not named is found no more, or was never."""

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Make them go; what troubled it, by code. Twice is the same as once."""


BOTH = frozenset({"case_file", "document"})
DOCUMENTS = frozenset({"document"})


# Rows and the words of the story ------------------------------------------------------------------


@dataclass
class Rows:
    """What describes it in the tables, and what its story says in words."""

    db: Database
    name: str = "rows"
    kinds: frozenset[str] = BOTH
    tell: "Tell" = field(default_factory=lambda: tell_of_disposal)

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Values that still describe something."""
        found: Found = {}
        for some in pieces(sought):
            with self.db.reading() as session:
                gone = gone_of(one.thing for one in some)
                left = emptying.words_left(session, gone, batch.code)
            found |= {code: {"found": count} for code, count in left.items()}
        return found

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Some lines at a time, each told in one event."""
        by_line: dict[int, list[Thing]] = {}
        for one in sought:
            by_line.setdefault(one.thing.item, []).append(one.thing)
        for some in pieces(by_line.values(), TOGETHER):
            things = [one for line in some for one in line]
            with self.db.transaction() as session:
                forgot = emptying.empty(session, gone_of(things), batch.code)
                facts = {
                    "things": [one.code for one in things],
                    "erased_words": list(forgot.events),
                }
                self.tell(session, batch, forgot.rows, facts)
        return {}


class Tell(Protocol):
    """Who tells that rows were emptied."""

    def __call__(self, session: Session, batch: Batch, rows: tuple[Row, ...], facts: Facts) -> None:
        """One event."""


def tell_of_disposal(session: Session, batch: Batch, rows: tuple[Row, ...], facts: Facts) -> None:
    """One event of the disposal: these rows are emptied, or gone."""
    disposal = session.get_one(Disposal, batch.disposal)
    audit.record(session, "disposal.empty", disposal, also=rows, facts=facts)


@dataclass
class StoryWords:
    """Words of the events that tell of it; they go with its rows. Searches that quote it go too."""

    db: Database
    name: str = "words of the story"
    kinds: frozenset[str] = BOTH
    tell: "Tell" = field(default_factory=lambda: tell_of_disposal)

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Events that still have words; those of searches are looked for by what still stands."""
        counted: Counter[str] = Counter()
        for some in pieces(sought):
            with self.db.reading() as session:
                rows = emptying.numbers_of(session, gone_of(one.thing for one in some))
                counted.update(emptying.events_telling(session, rows).values())
        searches = self._searches(sought)
        counted.update({code: len(events) for code, events in searches.items()})
        return {
            code: {"found": count, "searches": searches.get(code, [])}
            for code, count in counted.items()
        }

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """The words of searches; the others go with the rows that they tell of."""
        events = {number for one in sought for number in one.before.get("searches", ())}
        for some in pieces(sorted(events)):
            with self.db.transaction() as session:
                if worded := quotations.still_worded(session, some):
                    emptying.erase_words(session, worded)
                    things = [one.thing.code for one in sought if one.before.get("searches")]
                    self.tell(session, batch, (), {"things": things, "erased_words": worded})
        return {}

    def _searches(self, sought: Sequence[Sought]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        with self.db.reading() as session:
            if any(not one.before for one in sought):
                for event, code in quotations.quoting(
                    session, [one.thing for one in sought]
                ).items():
                    found.setdefault(code, []).append(event)
                return found
            mine = {
                event: one.thing.code for one in sought for event in one.before.get("searches", ())
            }
            for event in quotations.still_worded(session, sorted(mine)):
                found.setdefault(mine[event], []).append(event)
        return found


# The store and the quarantine ---------------------------------------------------------------------


def digests_of(session: Session, things: Sequence[Thing]) -> dict[str, list[str]]:
    """All bytes that are kept for these documents, by code; see `web.executing` for the road's."""
    found: dict[str, set[str]] = {}
    by_number = {one.number: one.code for one in things if one.kind == "document"}
    for some in pieces(by_number):
        made = select(Rendition.document_id, Rendition.digest)
        received = select(Part.document_id, Part.digest)
        for asked, column in ((made, Rendition.document_id), (received, Part.document_id)):
            for number, digest in session.execute(asked.where(column.in_(some))):
                found.setdefault(by_number[number], set()).add(digest)
    return {code: sorted(some) for code, some in found.items()}


class Digests(Protocol):
    """Who knows which bytes are kept for things."""

    def __call__(self, session: Session, things: Sequence[Thing]) -> dict[str, list[str]]:
        """Digests by code."""


@dataclass
class Bytes:
    """Bytes under their digest: the store, and the quarantine.

    Read through once, so that it is really they that are found. What another document is made of
    too stays for that one (R5), and is told.
    """

    db: Database
    files: FileStore
    name: str
    digests: Digests
    is_needed: Any  # (session, digests) -> set of those that something else is made of
    kinds: frozenset[str] = DOCUMENTS

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """How many of its files are there, and are not kept for somebody else."""
        listed = self._listed(sought)
        shared = self._shared({one for some in listed.values() for one in some})
        found: Found = {}
        for one in sought:
            mine = listed.get(one.thing.code, [])
            there = [digest for digest in mine if self._reads(digest, bool(one.before))]
            kept = {digest: shared[digest] for digest in there if digest in shared}
            found[one.thing.code] = {
                "found": len(there) - len(kept) if one.before else len(there),
                "digests": mine,
                "kept_for_others": kept,
            }
        return found

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Remove what nobody else needs; one that the disk will not give up holds up no other."""
        troubles: dict[str, str] = {}
        listed = self._listed(sought)
        for some in pieces(list(listed.items()), TOGETHER):
            with self.files.letting_go():
                with self.db.reading() as session:
                    wanted = {digest for _, mine in some for digest in mine}
                    needed = self.is_needed(session, wanted)
                for code, mine in some:
                    try:
                        for digest in set(mine) - needed:
                            self.files.remove(digest)
                    except (OSError, StoreFailed) as trouble:
                        troubles[code] = said(trouble)
        return troubles

    def _listed(self, sought: Sequence[Sought]) -> dict[str, list[str]]:
        if all(one.before for one in sought):
            return {one.thing.code: one.before["digests"] for one in sought}
        with self.db.reading() as session:
            return self.digests(session, [one.thing for one in sought])

    def _shared(self, digests: set[str]) -> dict[str, int]:
        """How many other documents are made of each of these bytes."""
        with self.db.reading() as session:
            return emptying.still_named(session, digests) | {
                one: 1 for one in self.is_needed(session, digests)
            }

    def _reads(self, digest: str, is_after: bool) -> bool:
        """Before: whether the very bytes can be read. After: whether anything is there at all."""
        if not self.files.has(digest):
            return False
        if not is_after:
            with suppress(StoreFailed), self.files.open(digest):
                pass  # damaged or unreadable bytes are there all the same
        return True


def said(trouble: Exception) -> str:
    """A failure in a few stable words."""
    if isinstance(trouble, ArchiveError):
        return ": ".join([trouble.code, *map(str, trouble.details.values())])
    if isinstance(trouble, OSError):
        return f"os_error: {trouble.strerror}"
    return type(trouble).__name__
