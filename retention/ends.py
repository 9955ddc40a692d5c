"""When a case file's term is over: counted anew from the rows, and kept for lists (`Clock`).

Of all terms that something in it has, the longest wins: the one that binds, the one that the
archive confirmed, the one stated on the case file, and those stated on its documents (Luật
33/2024, Đ15.4). So nothing gets shorter but by somebody who has the right to say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select, union
from sqlalchemy.orm import Session

from archive.database import pieces
from archive.models import CaseFile, Document, Placement
from archive.terms import term_of
from retention.clock import End, Fate, end_of, longest
from retention.models import Assignment, Clock, Occurrence

CLOCKED = frozenset({"closed", "submitted", "returned", "accepted"})
COUNTED = CLOCKED | {"transferred"}  # what left for the historical archive still has its term
CONFIRMING = ("archivist", "appraisal")
AT_ONCE = 5_000  # case files in one question
NONE: ColumnElement[str] = literal_column("''")  # spelled out, as in the index that finds the rest


@dataclass(frozen=True)
class Standing:
    """What decides when a case file's term is over.

    Attributes:
        stage: of the case file; without a last day of work nothing is counted.
        ended_on: the last day of the work.
        binding: the term that was said last.
        confirmed: the term that the archive said last.
        stated: the term that stands on the case file.
        on_documents: terms stated on documents in it, by their codes.
        occurrences: the days of what came to pass, by kind.
        rule_id: the rule that was given last.
        is_confirmed: whether the archive said the last word.
    """

    stage: str
    ended_on: date | None = None
    binding: str = ""
    confirmed: str = ""
    stated: str = ""
    on_documents: Mapping[str, str] = field(default_factory=dict)
    occurrences: Mapping[str, date] = field(default_factory=dict)
    rule_id: int | None = None
    is_confirmed: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """All that must be kept to, each once; without any, one that nobody can count."""
        own = (self.binding or self.stated, self.confirmed, self.stated)
        told = dict.fromkeys((*own, *self.on_documents.values()))
        return tuple(one for one in told if one) or ("",)

    @property
    def end(self) -> End:
        """The longest of all of them."""
        return self.end_with(*self.terms)

    def end_with(self, *terms: str) -> End:
        """The longest of these, from this case file's days."""
        if self.stage not in COUNTED:
            return End(Fate.UNKNOWN)
        return longest(end_of(term_of(one), self.ended_on, self.occurrences) for one in terms)

    def end_under(self, term: str) -> End:
        """The same if somebody with the right gave it another term."""
        return self.end_with(term, *(one for one in self.on_documents.values() if one))


def of_case_file(session: Session, case_file: CaseFile) -> End:
    """When its term is over, counted now; of what is still being worked on nobody can say."""
    return of_case_files(session, [case_file.id]).get(case_file.id, End(Fate.UNKNOWN))


def of_case_files(session: Session, ids: Iterable[int]) -> dict[int, End]:
    """The same of many, in few questions."""
    return {number: one.end for number, one in standings(session, ids).items()}


def of_documents(session: Session, ids: Iterable[int]) -> dict[int, End]:
    """The longest of all case files that each stands in; of one that stands in none: unknown."""
    wanted = list(ids)
    places: dict[int, list[int]] = {number: [] for number in wanted}
    for some in pieces(wanted, AT_ONCE):
        found = select(Placement.document_id, Placement.case_file_id)
        for document, case_file in session.execute(found.where(Placement.document_id.in_(some))):
            places[document].append(case_file)
    known = of_case_files(session, {one for some in places.values() for one in some})
    unknown = End(Fate.UNKNOWN)
    return {
        number: longest(known.get(one, unknown) for one in some) for number, some in places.items()
    }


def standings(session: Session, ids: Iterable[int]) -> dict[int, Standing]:
    """What decides it, of each: three questions for every five thousand case files."""
    found: dict[int, Standing] = {}
    for some in pieces(ids, AT_ONCE):
        found |= _standings(session, some)
    return found


def _standings(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    last, confirmed = _said_last(session, ids)
    stated = _on_documents(session, ids)
    found: dict[int, Standing] = {}
    happened: dict[int, dict[str, date]] = {}  # a later word corrects an earlier one
    for number, stage, ended_on, maintenance, kind, day in session.execute(_with_occurrences(ids)):
        came = happened.setdefault(number, {})
        if kind is not None and day is not None:
            came[kind] = day
        if number not in found:
            found[number] = Standing(
                stage,
                ended_on,
                last[number].term if number in last else "",
                confirmed[number].term if number in confirmed else "",
                maintenance,
                stated.get(number, {}),
                came,
                last[number].rule_id if number in last else None,
                number in last and last[number].source in CONFIRMING,
            )
    return found


def _with_occurrences(
    ids: Sequence[int],
) -> Select[int, str, date | None, str, str | None, date | None]:
    """Case files, each with one thing after the other that came to pass, or once without any."""
    own = (CaseFile.id, CaseFile.stage, CaseFile.end_date, CaseFile.maintenance)
    return (
        select(*own, Occurrence.kind, Occurrence.happened_on)
        .outerjoin(Occurrence, Occurrence.case_file_id == CaseFile.id)
        .where(CaseFile.id.in_(ids))
        .order_by(Occurrence.id)
    )


@dataclass(frozen=True)
class _SaidOnce:
    term: str
    source: str
    rule_id: int | None


def _said_last(
    session: Session, ids: Sequence[int]
) -> tuple[dict[int, _SaidOnce], dict[int, _SaidOnce]]:
    """The last word of each, and the last one of the archive."""
    of_these = Assignment.case_file_id.in_(ids)
    latest = select(func.max(Assignment.id)).where(of_these).group_by(Assignment.case_file_id)
    by_archive = latest.where(Assignment.source.in_(CONFIRMING))
    wanted = select(
        Assignment.case_file_id, Assignment.term, Assignment.source, Assignment.rule_id
    ).where(Assignment.id.in_(union(latest, by_archive)))  # of `or` PostgreSQL reads them all
    last: dict[int, _SaidOnce] = {}
    confirmed: dict[int, _SaidOnce] = {}
    for number, term, source, rule_id in session.execute(wanted.order_by(Assignment.id)):
        last[number] = said = _SaidOnce(term, source, rule_id)
        if source in CONFIRMING:
            confirmed[number] = said
    return last, confirmed


def standing_of(
    session: Session,
    case_file: CaseFile,
    said: Sequence[Assignment],
    happened: Sequence[Occurrence],
) -> Standing:
    """The same of one, where all that was said and came is at hand, the latest first."""
    last = said[0] if said else None
    return Standing(
        case_file.stage,
        case_file.end_date,
        last.term if last else "",
        next((one.term for one in said if one.source in CONFIRMING), ""),
        case_file.maintenance,
        _on_documents(session, [case_file.id]).get(case_file.id, {}),
        {one.kind: one.happened_on for one in reversed(happened)},
        last.rule_id if last else None,
        last is not None and last.source in CONFIRMING,
    )


def _on_documents(session: Session, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Terms that stand on documents in them: few do."""
    wanted = (
        select(Placement.case_file_id, Document.code, Document.maintenance)
        .join(Document, Document.id == Placement.document_id)
        .where(Placement.case_file_id.in_(ids), Document.maintenance != NONE)
    )
    found: dict[int, dict[str, str]] = {}
    for number, code, term in session.execute(wanted):
        found.setdefault(number, {})[code] = term
    return found


# Kept for lists -----------------------------------------------------------------------------------


def refresh(session: Session, case_file: CaseFile) -> Clock | None:
    """Write down when its term is over; what is still being worked on, or gone, has no clock.

    Who calls it holds the case file.
    """
    session.flush()
    return _write(session, [case_file]).get(case_file.id)


def catch_up(session: Session, limit: int = 500) -> int:
    """Count those anew that changed since they were counted; how many were looked at.

    What somebody holds just now is left for the next look.
    """
    numbers = _behind(session, limit)
    if not numbers:
        return 0
    held = select(CaseFile).where(CaseFile.id.in_(numbers))
    found = session.scalars(held.with_for_update(key_share=True, skip_locked=True)).all()
    _write(session, found)
    return len(found)


def _behind(session: Session, limit: int) -> list[int]:
    """Case files without a clock that should have one, or with one from an earlier state."""
    wanted = (
        select(CaseFile.id)
        .outerjoin(Clock, Clock.case_file_id == CaseFile.id)
        .where(
            or_(
                CaseFile.stage.in_(CLOCKED) & Clock.case_file_id.is_(None),
                Clock.revision != CaseFile.revision,
            )
        )
        .order_by(CaseFile.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def _write(session: Session, case_files: Sequence[CaseFile]) -> dict[int, Clock]:
    numbers = [one.id for one in case_files]
    present = {one.case_file_id: one for one in _clocks(session, numbers)}
    counted = standings(session, numbers)
    written: dict[int, Clock] = {}
    for one in case_files:
        clock = present.get(one.id)
        if one.stage not in CLOCKED:
            if clock is not None:
                session.delete(clock)
            continue
        if clock is None:
            clock = Clock(case_file_id=one.id)
            session.add(clock)
        _set(clock, one, counted[one.id])
        written[one.id] = clock
    session.flush()
    return written


def _clocks(session: Session, numbers: Sequence[int]) -> Iterable[Clock]:
    found = select(Clock).where(Clock.case_file_id.in_(numbers))
    return session.scalars(found.execution_options(populate_existing=True))


def _set(clock: Clock, case_file: CaseFile, standing: Standing) -> None:
    end = standing.end
    clock.organ_id, clock.unit_id = case_file.organ_id, case_file.unit_id
    clock.revision = case_file.revision
    clock.fate, clock.expires_on, clock.waits_for = str(end.fate), end.on, end.event
    clock.is_confirmed, clock.rule_id = standing.is_confirmed, standing.rule_id
