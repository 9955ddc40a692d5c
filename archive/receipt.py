"""What the archive says of a submitted case file: it checks, accepts, or returns with a reason.

HC 14.3; NĐ 30/2020, Đ30.3b. The checks are lines, green or red; those that the record could not
live without must be green. An accepted case file cannot be changed any more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import audit, clock
from archive.closing import lacking
from archive.errors import Conflict, Invalid, NotAllowed
from archive.hands import hands
from archive.life_models import SubmissionItem
from archive.models import CaseFile, Document, FilePlanEntry, Part, Person, Placement, Rendition
from archive.moves import move
from archive.submissions import UNDECIDED, givers


@dataclass(frozen=True)
class Line:
    """One line of the checks on receipt: green, or red with what is wrong.

    Attributes:
        check: plan, completeness, signatures, virus, format, digests.
        is_good: whether it holds.
        is_needed: whether acceptance must wait until it does.
        found: codes of documents and what is wrong with them, at most twenty.
        at: when the files were scanned for viruses, where they were scanned for this receipt.
    """

    check: str
    is_good: bool
    is_needed: bool
    found: list[dict[str, Any]] = field(default_factory=list)
    at: str = ""


@dataclass(frozen=True)
class Scans:
    """What a scanner said of originals now that the archive is to receive them.

    Attributes:
        at: when they were scanned.
        doubts: by digest, of those that are not known to be clean: `why`, and what was `found`.
    """

    at: datetime
    doubts: Mapping[str, Mapping[str, str]]


MOST_FOUND = 20
SCAN_HOLDS = timedelta(days=7)  # afterwards scanners may know more
NO_SCANNER = ("no_scanner", "signatures_old", "signatures_unknown")
IN_PART = ("not_scanned", "file_too_large_for_scanner", "limits_of_scanner_exceeded")


def checks(
    session: Session,
    case_file: CaseFile,
    is_intact: Callable[[str], bool] | None = None,
    scans: Scans | None = None,
) -> list[Line]:
    """What the archive checks on receipt: plan, completeness, signatures, virus, format, digests.

    Args:
        session: a look.
        case_file: what was submitted.
        is_intact: whether the store's bytes still have this digest; without it the digests are
            not checked.
        scans: what the scanner says today; without it the verdict of the road counts.
    """
    documents = session.scalars(
        select(Document)
        .join(Placement)
        .where(Placement.case_file_id == case_file.id)
        .options(selectinload(Document.parts).selectinload(Part.renditions))
        .order_by(Placement.ordinal)
    ).all()
    lines = [
        _of_plan(session, case_file),
        _line("completeness", False, documents, _lacks),
        _of_signatures(documents),
        _of_viruses(documents, scans),
        _line("format", True, documents, lambda one: one.mending),
    ]
    if is_intact is not None:
        lines.append(_line("digests", True, documents, lambda one: _harmed(one, is_intact)))
    return lines


def _of_plan(session: Session, case_file: CaseFile) -> Line:
    """Whether the plan has it; a title or term set anew at closing is remarked on, no more."""
    entry = session.get(FilePlanEntry, case_file.plan_entry_id) if case_file.plan_entry_id else None
    if entry is None:
        return Line("plan", False, False, [{"why": "not_in_plan"}])
    if entry.taken_out_on is not None:
        return Line("plan", False, False, [{"why": "taken_out_of_plan"}])
    pairs = (("title", case_file.title), ("maintenance", case_file.maintenance))
    changed = [
        {"why": f"{name}_changed", "planned": getattr(entry, name)}
        for name, now in pairs
        if getattr(entry, name) != now
    ]
    return Line("plan", True, False, changed)


def _line(
    check: str,
    is_needed: bool,
    documents: Iterable[Document],
    wrong: Callable[[Document], str | None],
) -> Line:
    found = [{"document": one.code, "why": why} for one in documents if (why := wrong(one))]
    return Line(check, not found, is_needed, found[:MOST_FOUND])


def _lacks(document: Document) -> str | None:
    return ", ".join(lacking(document)) or None


def _bad_signatures(document: Document) -> str | None:
    for part in document.parts:
        facts = part.facts.get("check_signatures", {})
        if facts.get("count") and facts.get("indication") != "TOTAL-PASSED":
            return str(facts.get("indication") or facts.get("problem") or "not_judged")
    return None


def _of_signatures(documents: Iterable[Document]) -> Line:
    """Green, too, where nothing is signed; but that is said."""
    line = _line("signatures", False, documents, _bad_signatures)
    parts = (part for one in documents for part in one.parts)
    if any(part.facts.get("check_signatures", {}).get("count") for part in parts):
        return line
    return Line(line.check, line.is_good, line.is_needed, line.found or [{"why": "unsigned"}])


def _of_viruses(documents: Iterable[Document], scans: Scans | None) -> Line:
    """Where the organ has no scanner that can be believed, a person answers for it, in words.

    So does a person for what a scanner looks at in part only; the road asked one before, too.
    """
    if scans is None:
        line = _line("virus", False, documents, _not_clean)
        is_needed = any(one["why"] not in NO_SCANNER for one in line.found)
        return Line(line.check, line.is_good, is_needed, line.found)
    found = [
        {"document": one.code, **scans.doubts[part.digest]}
        for one in documents
        for part in one.parts
        if part.digest in scans.doubts
    ]
    is_needed = any(one["why"] not in (*NO_SCANNER, *IN_PART) for one in found)
    at = scans.at.isoformat(timespec="seconds")
    return Line("virus", not found, is_needed, found[:MOST_FOUND], at)


def _not_clean(document: Document) -> str | None:
    for part in document.parts:
        facts = part.facts.get("check_for_viruses", {})
        if facts.get("status") != "clean":
            return str(facts.get("why") or facts.get("status") or "not_checked")
    return None


def _harmed(document: Document, is_intact: Callable[[str], bool]) -> str | None:
    for part in document.parts:
        for one in part.renditions:
            if one.replaced_at is None and not is_intact(one.digest):
                return one.role
    return None


def note_checks(session: Session, item: SubmissionItem, lines: Iterable[Line]) -> None:
    """Keep what the checks found with the submission."""
    item.checks = [asdict(one) for one in lines]
    session.flush()
    audit.record(
        session,
        "submission.check",
        item.submission,
        facts={
            "case_file": item.case_file.code,
            "red": [one["check"] for one in item.checks if not one["is_good"]],
        },
    )


def look_again(session: Session, item: SubmissionItem) -> None:
    """Have it looked through once more, because something was mended since.

    Raises:
        Conflict: `decided`.
    """
    _hold_open(session, item)
    item.checks = []
    session.flush()
    facts = {"case_file": item.case_file.code}
    audit.record(session, "submission.look_again", item.submission, facts=facts)


def digests(session: Session, case_file: CaseFile) -> list[str]:
    """The bytes that must be there and unharmed: of every stored form in use."""
    found = (
        select(Rendition.digest)
        .join(Placement, Placement.document_id == Rendition.document_id)
        .where(Placement.case_file_id == case_file.id, Rendition.replaced_at.is_(None))
        .distinct()
    )
    return list(session.scalars(found))


def originals(session: Session, case_file: CaseFile) -> list[str]:
    """The bytes that came from outside: what is scanned for viruses."""
    found = (
        select(Part.digest)
        .join(Placement, Placement.document_id == Part.document_id)
        .where(Placement.case_file_id == case_file.id)
        .distinct()
    )
    return list(session.scalars(found))


def made_of(session: Session, case_file: CaseFile, digests: Iterable[str]) -> list[Document]:
    """The documents of the case file that have one of these originals."""
    found = (
        select(Document)
        .join(Placement, Placement.document_id == Document.id)
        .where(
            Placement.case_file_id == case_file.id,
            Document.parts.any(Part.digest.in_(list(digests))),
        )
        .order_by(Document.id)
    )
    return list(session.scalars(found))


def unchecked(session: Session, limit: int = 20) -> list[int]:
    """Items that nobody has looked through yet, by number: the worker's list."""
    found = select(SubmissionItem.id, SubmissionItem.checks).where(UNDECIDED)
    return [number for number, lines in session.execute(found) if not lines][:limit]


def is_all_green(item: SubmissionItem) -> bool:
    """Whether it was looked through, nothing was found and nobody has decided about it."""
    is_green = bool(item.checks) and all(one["is_good"] for one in item.checks)
    return is_green and not item.outcome and not is_stale(item.checks)


def is_stale(lines: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the scan for viruses is too long ago to be believed."""
    scanned = [one["at"] for one in lines if one.get("at")]
    return any(clock.now() - datetime.fromisoformat(at) > SCAN_HOLDS for at in scanned)


def accept(session: Session, item: SubmissionItem, by: Person, note: str = "") -> None:
    """Take a case file into the archive: from now on it cannot be changed.

    Raises:
        Conflict: `not_checked_yet`; `checks_red`, with those that must be green; `scan_is_old`;
            `decided`; and see `archive.moves`.
        Invalid: `note_missing`: other lines are red, and nobody says why that is accepted.
        NotAllowed: `own_submission`: who hands over doesn't take in.
    """
    _hold_open(session, item)
    if hands(by) & givers(session, item.submission):
        raise NotAllowed("own_submission")
    if not item.checks:
        raise Conflict("not_checked_yet", case_file=item.case_file.code)
    red = [one["check"] for one in item.checks if not one["is_good"]]
    needed = [one["check"] for one in item.checks if one["is_needed"] and not one["is_good"]]
    if needed:
        raise Conflict("checks_red", case_file=item.case_file.code, checks=needed)
    if is_stale(item.checks):
        raise Conflict("scan_is_old", case_file=item.case_file.code, days=SCAN_HOLDS.days)
    if red and not note.strip():
        raise Invalid("note_missing", checks=red)
    move(
        session,
        item.case_file,
        "accept",
        by,
        reason=note,
        accepted_at=clock.now(),
        facts={"submission": item.submission.code, "red": red},
    )
    _decide(session, item, by, "accepted", note)


def give_back(session: Session, item: SubmissionItem, by: Person, reason: str) -> None:
    """Return a case file to its holder, with the reason.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `decided`; and see `archive.moves`.
    """
    _hold_open(session, item)
    move(
        session,
        item.case_file,
        "return",
        by,
        reason=reason,
        closed_at=None,
        due_on=item.case_file.due_on,
        facts={"submission": item.submission.code},
    )
    _decide(session, item, by, "returned", reason)


def take_back(session: Session, item: SubmissionItem, by: Person, reason: str) -> None:
    """Take a case file back before the archive has decided.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `decided`; and see `archive.moves`.
    """
    _hold_open(session, item)
    move(session, item.case_file, "take_back", by, reason=reason)
    _decide(session, item, by, "taken_back", reason)


def _hold_open(session: Session, item: SubmissionItem) -> None:
    audit.hold(session, item)
    if item.outcome:
        raise Conflict("decided", case_file=item.case_file.code, outcome=item.outcome)


def _decide(session: Session, item: SubmissionItem, by: Person, outcome: str, why: str) -> None:
    item.outcome, item.reason = outcome, why.strip()
    item.decided_by_id, item.decided_at = by.id, clock.now()
    session.flush()
    audit.record(
        session,
        f"submission.{outcome}",
        item.submission,
        facts={"case_file": item.case_file.code},
        why=why.strip(),
    )
