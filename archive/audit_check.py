"""Checking the story: walk the chain, recompute the rows, name what does not fit.

Reads in chunks; a million events need no more memory than a thousand. A row that cannot be read at
all is a finding like any other.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from archive.audit import HEAD, START, event_digest, next_link, words_digest
from archive.findings import Finding, Ranges, fits, in_chunks, read, unreadable
from archive.journal import Journal
from archive.journal_check import compare
from archive.models import ChainHead, Event, EventRow, EventWords
from archive.row_check import check_rows

# What the first migration made: the database itself refuses to change events.
_ON_SQLITE = {
    f"event_is_final_{verb}": f"create trigger event_is_final_{verb} before {verb} on event begin "
    "select raise(abort, 'events are final'); end"
    for verb in ("update", "delete")
}
_ON_POSTGRESQL = {
    f"event_is_final_{verb}": f"create trigger event_is_final_{verb} before {verb} on "
    "event for each row execute function event_is_final() "
    "begin raise exception 'events are final'; end"
    for verb in ("update", "delete")
}
_ASK_POSTGRESQL = """
    select tgname, pg_get_triggerdef(pg_trigger.oid) || ' ' || prosrc
    from pg_trigger join pg_proc on pg_proc.oid = tgfoid
    where tgrelid = 'event'::regclass and not tgisinternal and tgenabled in ('O', 'A')
"""
_ASK_SQLITE = "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'event'"


@dataclass(frozen=True)
class Expected:
    """An end of the chain that somebody wrote down elsewhere."""

    number: int
    link: str


@dataclass(frozen=True)
class Verified:
    """What was checked, and what was found (nothing, if all is well)."""

    events: int
    rows: int
    last: int  # number of the last event
    head: str  # its link; written down elsewhere, it shows a chain that was forged whole
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()  # worth knowing and no sign of forgery: gaps of the journal

    @property
    def is_good(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings


def verify(
    session: Session, journal: Journal | None = None, expected: Expected | None = None
) -> Verified:
    """Check the whole chain and every audited row against it.

    Args:
        session: a look at the database that has asked nothing yet.
        journal: what the chain is held against, if there is one.
        expected: an earlier end of the chain, which it must still have.
    """
    mark = journal.mark() if journal else {}  # before the look begins: what it has, the look has
    findings: list[Finding] = [*_changed_guards(session)]
    walk = _Walk(session)
    findings += walk.findings()
    findings += _check_head(session, walk)
    if expected and expected.link != _link_of(session, expected.number):
        findings.append(Finding("expected_link_differs", f"event {expected.number}"))
    notes: list[Finding] = []
    if journal:
        compared = compare(session, journal, mark, walk.last)
        findings += compared.findings
        notes += compared.notes
    rows = 0
    for found, finding in check_rows(session):
        rows += found
        findings += [finding] if finding else []
    return Verified(walk.events, rows, walk.last, walk.link, tuple(findings), tuple(notes))


def _link_of(session: Session, number: int) -> str | None:
    return session.scalar(select(Event.link).where(Event.id == number))


def _check_head(session: Session, walk: "_Walk") -> Iterator[Finding]:
    """The row that says where the chain ends must say what the chain says."""
    found = session.execute(select(ChainHead.last_id, ChainHead.link).where(ChainHead.id == HEAD))
    if found.one_or_none() != (walk.last, walk.link):
        yield Finding("chain_end_differs", f"event {walk.last}")
    for number in session.scalars(select(ChainHead.id).where(ChainHead.id != HEAD)):
        yield Finding("chain_head_extra", f"chain_head {number}")


_States = dict[tuple[str, int], str | None]


@dataclass(frozen=True)
class _Link:
    """An event as the chain sees it."""

    id: int
    digest: str
    link: str
    words_digest: str | None


class _Walk:
    """Along the chain, from its start to its end."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events = 0
        self.last, self.link = 0, START
        self.without_words: set[int] = set()  # events whose words are not there…
        self.erased: set[int] = set()  # …and those whose words an event says were erased

    def findings(self) -> Iterator[Finding]:
        """Go the whole way."""
        for chunk in in_chunks(self.session, Event.id):
            yield from self._chunk(chunk)
        missing = Ranges()
        for number in sorted(self.without_words - self.erased):
            missing.add(number)
        for run in missing:
            yield Finding("words_missing", f"event {run}")

    def _chunk(self, numbers: list[int]) -> Iterator[Finding]:
        session = self.session
        links, bad_links = read(session, self._links, numbers)
        events, bad = read(session, self._events, numbers)
        words, bad_words = read(session, self._words, list(session.scalars(_worded(numbers))))
        states, bad_states = read(session, self._states, numbers)
        for table, bad_ones in (
            ("event", sorted({*bad, *bad_links})),
            ("event_words", bad_words),
            ("event_row", bad_states),
        ):
            yield from (unreadable(table, number) for number in bad_ones)
        readable = {one.id: one for one in events}
        kept = {one.event_id: one for one in words}
        rows: dict[int, _States] = {}
        for number, kind, row_id, digest in states:
            rows.setdefault(number, {})[kind, row_id] = digest
        for link in links:
            if link.words_digest and link.id not in kept and link.id not in bad_words:
                self.without_words.add(link.id)
            yield from self._step(link)
            if event := readable.get(link.id):
                yield from self._check(event, rows.get(link.id, {}), kept.get(link.id))

    def _links(self, numbers: list[int]) -> Iterable[_Link]:
        """What the chain itself needs, which is there even where an event cannot be read."""
        columns = select(Event.id, Event.digest, Event.link, Event.words_digest)
        found = columns.where(Event.id.in_(numbers)).order_by(Event.id)
        return (_Link(*one) for one in self.session.execute(found))

    def _events(self, numbers: list[int]) -> Iterable[Event]:
        return self.session.scalars(select(Event).where(Event.id.in_(numbers)))

    def _words(self, numbers: list[int]) -> Iterable[EventWords]:
        return self.session.scalars(select(EventWords).where(EventWords.event_id.in_(numbers)))

    def _states(self, numbers: list[int]) -> Iterable[tuple[int, str, int, str | None]]:
        columns = select(EventRow.event_id, EventRow.kind, EventRow.row_id, EventRow.row_digest)
        return self.session.execute(columns.where(EventRow.event_id.in_(numbers)))

    def _step(self, link: _Link) -> Iterator[Finding]:
        """One link on: does it hold the one before?"""
        if link.id != self.last + 1:
            yield Finding("events_missing", f"{self.last + 1}..{link.id - 1}")
        if not fits(lambda: next_link(self.link, link.digest) == link.link):
            yield Finding("link_broken", f"event {link.id}")
        self.events += 1
        self.last, self.link = link.id, link.link

    def _check(self, event: Event, rows: _States, words: EventWords | None) -> Iterator[Finding]:
        """Is the event itself what its digest says?"""
        where = f"event {event.id} ({event.action})"
        if not fits(lambda: event_digest(event, rows) == event.digest):
            yield Finding("event_changed", where)
        elif isinstance(erased := event.facts.get("erased_words"), list):
            self.erased.update(one for one in erased if isinstance(one, int))
        if words and not fits(lambda: words_digest(words.salt, words.words) == event.words_digest):
            yield Finding("words_changed", where)


def _worded(numbers: list[int]) -> Select[int]:
    """Which of these events have words."""
    first, last = numbers[0], numbers[-1]
    return select(EventWords.event_id).where(EventWords.event_id.between(first, last))


def _changed_guards(session: Session) -> Iterator[Finding]:
    """Are the guards still there, and do they still say what the migration made them say?"""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    wanted = _ON_SQLITE if is_sqlite else _ON_POSTGRESQL
    asked = session.execute(text(_ASK_SQLITE if is_sqlite else _ASK_POSTGRESQL))
    present = {name: _plain(definition) for name, definition in asked}
    for name, definition in wanted.items():
        if name not in present:
            yield Finding("guard_missing", name)
        elif present[name] != definition:
            yield Finding("guard_changed", name)


def _plain(definition: str) -> str:
    """Whatever the spacing, the case of the keywords and the schema's name."""
    return re.sub(r" on \w+\.event ", " on event ", " ".join(definition.lower().split()))
