"""Holding the archive against the journal of destructions, and carrying out again what it lacks.

A copy of the archive that is older than the journal still has what was destroyed since: before
anybody can read, it is destroyed again, from what the journal says. A journal that is missing, or
older than what the database last saw, proves nothing: then the archive opens for administrators
only, and nothing is written (R18).
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.database import Database, pieces
from archive.errors import NotReady
from archive.models import DESTROYED, CaseFile, CodeSeries, Document, Event, Organ, Row
from retention import emptying, execution, finishing
from retention.destruction_journal import DONE, INTENT, DestructionJournal, Line
from retention.execution import Batch, Thing
from retention.models import Appraisal, Destruction, Disposal, Tombstone
from retention.probes import Facts, Sought, Spot

BEGAN = "destruction.begin_journal"
KEPT = "repeating.json"  # what was found before, while it is carried out again


@dataclass(frozen=True)
class Again:
    """A destruction that this database does not know of."""

    intent: Line
    done: Line | None


def compare(session: Session, journal: DestructionJournal) -> list[Again]:
    """What the journal knows and the database does not, in the journal's order.

    Raises:
        NotReady: `destruction_journal_missing`, `destruction_journal_older`,
            `destruction_journal_differs`, `destruction_journal_broken`.
    """
    seen = session.scalar(select(Destruction).order_by(Destruction.number.desc()).limit(1))
    begun = begun_with(session)
    last = journal.last()
    if seen is None and begun is None and last is None:
        return []
    if last is None:
        raise NotReady("destruction_journal_missing", folder=str(journal.folder))
    if seen is not None and last.number < seen.number:
        raise NotReady("destruction_journal_older", line=last.number, wanted=seen.number)
    if seen is not None and (last.number, last.link) == (seen.number, seen.link):
        return []
    lines = journal.lines()
    if seen is not None and lines[seen.number - 1].link != seen.link:
        raise NotReady("destruction_journal_differs", line=seen.number)
    if begun is not None and lines[0].link != begun:
        raise NotReady("destruction_journal_differs", line=1)
    return list(_unknown(session, lines))


def begun_with(session: Session) -> str | None:
    """The link of the first line of this archive's journal, once there is one."""
    told = select(Event.facts).where(Event.action == BEGAN)
    return next((str(one["link"]) for one in session.scalars(told)), None)


def begin(db: Database, journal: DestructionJournal) -> None:
    """Have a journal before anything is destroyed: a copy of this archive will ask for it.

    Raises:
        StoreFailed: `journal_unwritable`; NotReady: `destruction_journal_broken`.
    """
    with db.reading() as session:
        if begun_with(session) is not None:
            return
    link = journal.begin().link
    with db.transaction() as session:
        audit.record(session, BEGAN, None, facts={"link": link})


def _unknown(session: Session, lines: Sequence[Line]) -> Iterator[Again]:
    known = set(session.scalars(select(Destruction.code)))
    under_way = set(session.scalars(select(Disposal.code).where(Disposal.stage == "executing")))
    done = {one.disposal: one for one in lines if one.kind == DONE}
    for one in lines:
        if one.kind == INTENT and one.disposal not in known | under_way:
            yield Again(one, done.get(one.disposal))


# Carrying it out again ----------------------------------------------------------------------------


def repeat(db: Database, journal: DestructionJournal, spots: Sequence[Spot], again: Again) -> None:
    """Destroy again what a copy that was put back brought back; twice is the same as once.

    Raises:
        NotReady: `destruction_not_repeated`, naming the places where something is still found.
    """
    with db.transaction() as session:
        batch = _close(session, again.intent)
    before = _before(journal, batch, spots)
    with db.transaction() as session:
        _end_appraisals(session, batch)
    for spot in spots:
        spot.empty(batch, _sought(batch, spot, before))
    left = [one.name for one in spots if _is_left(batch, one, before)]
    if left:
        raise NotReady("destruction_not_repeated", disposal=batch.code, places=left)
    told = {"disposal": batch.code, "organ": batch.organ, "certificate": "", "repeated": True}
    line = again.done or journal.finish(told)
    with db.transaction() as session:
        _write_down(session, again.intent, line)
    (journal.folder / KEPT).unlink(missing_ok=True)
    db.erase_traces(emptying.emptied_tables())


def tell(session: Session, batch: Batch, rows: tuple[Row, ...], facts: Facts) -> None:
    """How emptied rows are told of here: the list may not be known in this copy."""
    organ = _organ(session, batch.organ)
    told = {**facts, "disposal": batch.code}
    audit.record(session, "destruction.empty", None, also=rows, organ_id=organ.id, facts=told)


def _close(session: Session, intent: Line) -> Batch:
    """Close at once what is here of it."""
    organ = _organ(session, str(intent.told["organ"]))
    things = _things(session, organ, intent)
    batch = Batch(0, intent.disposal, organ.code, tuple(things))
    moment, closed, gone = clock.now(), list[Row](), batch.gone
    for some in pieces(gone.documents):
        for document in session.scalars(select(Document).where(Document.id.in_(some))):
            if document.destroyed_at is None:
                document.destroyed_at = moment
                document.revision += 1
                closed.append(document)
    for some in pieces(gone.case_files):
        for case_file in session.scalars(select(CaseFile).where(CaseFile.id.in_(some))):
            if case_file.stage != DESTROYED:
                case_file.stage = DESTROYED
                case_file.revision += 1
                closed.append(case_file)
    session.flush()
    closed += execution.part_ways(session, gone)
    if closed:
        facts = {"disposal": batch.code, "line": intent.number, "things": len(closed)}
        audit.record(
            session, "destruction.close", None, also=tuple(closed), organ_id=organ.id, facts=facts
        )
    return batch


def _things(session: Session, organ: Organ, intent: Line) -> list[Thing]:
    """Those of the journal's things that this copy knows."""
    told = intent.told["things"]
    tables: dict[str, type[Document] | type[CaseFile]] = {
        "document": Document,
        "case_file": CaseFile,
    }
    numbers: dict[tuple[str, str], int] = {}
    for kind, table in tables.items():
        for some in pieces(one["code"] for one in told if one["kind"] == kind):
            here = (table.organ_id == organ.id, table.code.in_(some))
            for number, code in session.execute(select(table.id, table.code).where(*here)):
                numbers[kind, code] = number
    return [
        Thing(one["kind"], one["code"], numbers[one["kind"], one["code"]], 0)
        for one in told
        if (one["kind"], one["code"]) in numbers
    ]


def _before(
    journal: DestructionJournal, batch: Batch, spots: Sequence[Spot]
) -> dict[str, dict[str, Facts]]:
    """What is found now; kept on the disk, because rows that are emptied tell it no more."""
    place = journal.folder / KEPT
    if place.is_file():
        kept = json.loads(place.read_text(encoding="utf-8"))
        if kept["disposal"] == batch.code:
            return dict(kept["before"])
    found = {
        spot.name: spot.find(batch, [Sought(one) for one in batch.things if one.kind in spot.kinds])
        for spot in spots
    }
    written = json.dumps({"disposal": batch.code, "before": found})
    partial = place.with_name(place.name + ".part")
    partial.write_text(written, encoding="utf-8")
    with partial.open("rb") as kept_file:
        os.fsync(kept_file.fileno())
    partial.replace(place)
    return found


def _sought(batch: Batch, spot: Spot, before: dict[str, dict[str, Facts]]) -> list[Sought]:
    known = before.get(spot.name, {})
    return [
        Sought(one, {"found": 0, **known.get(one.code, {})})
        for one in batch.things
        if one.kind in spot.kinds
    ]


def _is_left(batch: Batch, spot: Spot, before: dict[str, dict[str, Facts]]) -> bool:
    found = spot.find(batch, _sought(batch, spot, before))
    return any(one["found"] for one in found.values())


def _end_appraisals(session: Session, batch: Batch) -> None:
    """No re-appraisal of what is gone goes on."""
    files, papers, ended = batch.gone.case_files, batch.gone.documents, list[Row]()
    for column, some in (
        *((Appraisal.case_file_id, one) for one in pieces(files)),
        *((Appraisal.document_id, one) for one in pieces(papers)),
    ):
        asked = select(Appraisal).where(column.in_(some), Appraisal.stage != "destroyed")
        for one in session.scalars(asked.where(Appraisal.stage != "kept")):
            one.stage, one.verdict, one.new_term = "destroyed", "destroy", ""
            one.reason = one.reason or batch.code
            one.revision += 1
            ended.append(one)
    if ended:
        session.flush()
        tell(session, batch, tuple(ended), {})


def _write_down(session: Session, intent: Line, line: Line) -> None:
    """What stays: the journal's line, tombstones, and numbers that are never given again."""
    organ = _organ(session, str(intent.told["organ"]))
    found = session.scalar(select(Disposal).where(Disposal.code == intent.disposal))
    told = Destruction(
        organ_id=organ.id,
        code=intent.disposal,
        disposal_id=found.id if found else None,
        number=line.number,
        link=line.link,
        certificate=str(line.told["certificate"]),
        facts={"repeated": True, "root": intent.told["root"]},
        written_at=clock.now(),
    )
    session.add(told)
    session.flush()
    stones = _tombstones(session, organ, intent, told)
    given = [one.code for one in stones if one.kind == "document"]
    _use_up_codes(session, organ, [*given, *filter(None, (one.twin_code for one in stones))])
    changed: list[Row] = []
    facts: Facts = {"disposal": intent.disposal, "line": line.number, "things": len(stones)}
    if found is not None:
        codes = {one.code for one in stones}
        changed, erased = finishing.stop_repeated(session, found, line.number, codes)
        facts["erased_words"] = erased
    also = (*stones, *changed)
    audit.record(session, "destruction.repeat", told, also=also, facts=facts)


def _tombstones(session: Session, organ: Organ, intent: Line, told: Destruction) -> list[Tombstone]:
    known = intent.told
    stones = [
        Tombstone(
            organ_id=organ.id,
            destruction_id=told.id,
            kind=one["kind"],
            code=one["code"],
            ordinal=place,
            of_code=one["of"] if one["of"] != one["code"] else "",
            title="",
            digests=one["digests"],
            rule=one["rule"],
            decision_number=known["decision"],
            decision_date=_day(known["decision_date"]),
            destroyed_on=date.fromisoformat(known["begun_on"]),
            twin_code=one.get("twin", ""),  # lines written before these two were told have neither
            twin_until=_day(one.get("twin_until")),
        )
        for place, one in enumerate(known["things"], 1)
    ]
    session.add_all(stones)
    session.flush()
    return stones


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _use_up_codes(session: Session, organ: Organ, codes: Sequence[str]) -> None:
    """A code that was given once is given to nothing else, though this copy never knew of it."""
    highest: dict[int, int] = {}
    for code in codes:
        _, year, number = code.rsplit("-", 2)
        highest[int(year)] = max(highest.get(int(year), 0), int(number))
    for used, last in highest.items():
        asked = select(CodeSeries).where(CodeSeries.organ_id == organ.id, CodeSeries.year == used)
        series = session.scalar(asked.with_for_update(key_share=True))
        if series is None:
            series = CodeSeries(organ_id=organ.id, year=used, last=0)
            session.add(series)
        series.last = max(series.last, last)
    session.flush()


def _organ(session: Session, code: str) -> Organ:
    found = session.scalar(select(Organ).where(Organ.code == code))
    if found is None:
        raise NotReady("destruction_not_repeated", disposal=code, places=["organ"])
    return found


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Only one process carries out again at a time; the others wait, and find it done."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with (folder / "repeating.lock").open("a+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
