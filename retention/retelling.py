"""A thing's term and its end, told from the story alone.

Only events and their facts are read, no row that could have been changed behind our back: what
stands there must come to the same as what the rows say (`ends.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import CaseFile, Document, Event, EventRow
from archive.moves import MOVES
from retention.clock import End, Fate, longest
from retention.ends import CONFIRMING, Standing

_PLACING = ("document.place", "document.shelve")


@dataclass(frozen=True)
class Retold:
    """What the story says.

    Attributes:
        term: the one that binds.
        number: of the rule; empty where none was named.
        version: of the rule.
        source: who said it last: officer, archivist, appraisal, or nobody yet.
        end: when it is over.
    """

    term: str
    number: str
    version: int
    source: str
    end: End


def from_story(session: Session, thing: CaseFile | Document) -> Retold:
    """The term and the end of it, from its events."""
    if isinstance(thing, Document):
        return _of_document(session, thing)
    known = _Known(thing.code)
    for event in _events(session, CaseFile.STORY, thing.id):
        known.hear(event)
    return known.told


def _events(session: Session, kind: str | None, number: int) -> Iterable[Event]:
    """Those that tell of the row, oldest first."""
    told = select(EventRow.event_id).where(EventRow.kind == kind, EventRow.row_id == number)
    wanted = select(Event).where(Event.id.in_(told)).order_by(Event.id)
    return session.scalars(wanted.execution_options(yield_per=500))


def _of_document(session: Session, document: Document) -> Retold:
    """The longest of the case files into which the story says it came, and stayed."""
    places: dict[str, None] = {}
    for event in _events(session, Document.STORY, document.id):
        if event.action in _PLACING and (code := event.facts.get("case_file")):
            places[code] = None
        if event.action == "case_file.take_out" and event.facts.get("document") == document.code:
            places.pop(event.subject_code, None)
    wanted = select(CaseFile).where(
        CaseFile.organ_id == document.organ_id, CaseFile.code.in_(places)
    )
    told = [from_story(session, one) for one in session.scalars(wanted)]
    return Retold("", "", 0, "", longest(one.end for one in told))


@dataclass
class _Known:
    """What is known of a case file's retention, event by event."""

    code: str
    stage: str = "open"
    ended_on: date | None = None
    stated: str = ""
    binding: str = ""
    confirmed: str = ""
    source: str = ""
    number: str = ""
    version: int = 0
    documents: dict[str, str] = field(default_factory=dict)
    occurrences: dict[str, date] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """Take in one event."""
        facts, kind, verb = event.facts or {}, *event.action.split(".", 1)
        if kind == "document":
            self._of_a_document(event, facts)
        elif event.action == "case_file.take_out":
            self.documents.pop(facts["document"], None)
        elif event.action == "case_file.assign_term":
            self._said(facts)
        elif event.action == "case_file.occurrence":
            self.occurrences[facts["kind"]] = date.fromisoformat(facts["on"])
        elif kind == "case_file":
            self._moved(verb, facts)

    def _moved(self, verb: str, facts: dict[str, Any]) -> None:
        if verb in MOVES and "to" in facts:
            self.stage = facts["to"]
        if "end_date" in facts:
            day = facts["end_date"]
            self.ended_on = date.fromisoformat(day) if day else None
        self.stated = facts.get("maintenance", self.stated)
        if verb == "close":
            self.documents = dict(facts.get("terms", {}))

    def _said(self, facts: dict[str, Any]) -> None:
        self.binding = self.stated = facts["term"]
        self.source = facts["source"]
        self.number, self.version = facts.get("number", ""), facts.get("version", 0)
        if self.source in CONFIRMING:
            self.confirmed = self.binding

    def _of_a_document(self, event: Event, facts: dict[str, Any]) -> None:
        here = facts.get("case_file") == self.code or self.code in facts.get("case_files", ())
        if not here or "maintenance" not in facts:
            return
        self.documents[event.subject_code] = facts["maintenance"]
        if not facts["maintenance"]:
            del self.documents[event.subject_code]

    @property
    def told(self) -> Retold:
        """What it comes to."""
        standing = Standing(
            stage=self.stage,
            ended_on=self.ended_on,
            binding=self.binding,
            confirmed=self.confirmed,
            stated=self.stated,
            on_documents=self.documents,
            occurrences=self.occurrences,
        )
        end = standing.end if self.stage else End(Fate.UNKNOWN)
        return Retold(self.binding or self.stated, self.number, self.version, self.source, end)
