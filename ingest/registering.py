"""The clerk's desk: a line in a register, the file that comes with it, and what is here already.

A file is received first (`reception`), so that nothing is lost whatever happens to the form. The
line joins it then: while it is on the road, or when it is a document. A file that joins a line
which has a document becomes a further part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import (
    books,
    case_files,
    clock,
    documents,
    refusals,
    register_handling,
    register_twins,
    scan_depth,
)
from archive.database import Database
from archive.errors import Invalid, Refused
from archive.models import CaseFile, Document, Organ, Person
from archive.register_fields import parse_entry
from archive.register_models import LettingIn, Refusal, Register, RegisterEntry, SentForm
from archive.register_twins import LooksLikeEarlier, Sought, Twin, Words
from archive.registers import again, enter, hold
from ingest import admission, origins
from ingest.intakes import intake_for
from ingest.joining import join_document, join_intake
from ingest.models import Intake

WHOLE = ("organ_name", "code_number", "issued_date")  # of what came, beside its subject
MOST_KEY = 64
SCAN_FIELDS = ("completeness", "elsewhere")  # how much of the paper was scanned, where the rest is
SCAN_ASKED = (*SCAN_FIELDS, "rest_pages")


@dataclass(frozen=True)
class Decided:
    """What the clerk decided of what looks the same."""

    earlier: str  # code of the line or document
    decision: str
    why: str


@dataclass(frozen=True)
class Form:
    """What the clerk hands over.

    Of what goes out also the incoming lines that it answers; of what comes in, whether its sender
    is told at once that it is here.
    """

    values: Mapping[str, str]
    registered_on: date | None = None
    late_reason: str = ""
    addressee: str = ""
    incomplete: str = ""  # why author, number or date of what came are missing
    key: str = ""  # of the form: sent twice, it makes one line
    scan: Mapping[str, str] = field(default_factory=dict)
    intake_id: int | None = None
    document: Document | None = None
    case_file: CaseFile | None = None
    copy_of: Document | None = None
    let_in: LettingIn | None = None
    decided: Decided | None = None
    answers: Sequence[RegisterEntry] = ()
    acknowledges: bool = False


@dataclass(frozen=True)
class Registered:
    """What came of it: a new line, or an earlier one that the paper joined."""

    entry: RegisterEntry
    is_new: bool
    is_sent_again: bool = False


def sent_before(session: Session, organ: Organ, key: str) -> RegisterEntry | None:
    """The line that came of the form with this key."""
    if not key:
        return None
    here = (SentForm.organ_id == organ.id, SentForm.key == key[:MOST_KEY])
    return session.scalar(
        select(RegisterEntry).join(SentForm, SentForm.entry_id == RegisterEntry.id).where(*here)
    )


def register(session: Session, book: Register, by: Person, form: Form) -> Registered:
    """Write a line, once: a form that is sent again is answered with the line that it made.

    Raises:
        Refused, LooksLikeEarlier, Invalid, Conflict, NotAllowed: see `_register`.
    """
    books.hold_kind(session, book)  # of two with the same paper, the second sees the first's line
    if (entry := sent_before(session, book.organ, form.key)) is not None:
        return Registered(entry, is_new=False, is_sent_again=True)
    done = _register(session, book, by, form)
    if form.key:
        key = form.key[:MOST_KEY]
        session.add(SentForm(organ_id=book.organ_id, key=key, entry_id=done.entry.id))
        session.flush()
    return done


def _register(session: Session, book: Register, by: Person, form: Form) -> Registered:
    """Write a line, unless the clerk says that it belongs to an earlier one; join its file.

    Raises:
        Refused: `secret_mark`; `complaint`, `resolution`, `named_letter`.
        LooksLikeEarlier: nothing was decided about what looks the same.
        Invalid: `origin_missing`, `line_incomplete`.
        Conflict, Invalid, NotAllowed: what `registers.enter`, `scan_depth.require_depth`,
            `documents.place` and `join_intake` raise.
    """
    turn_away_secrets(form)
    _check_scan(book, form)
    _check_case_file(session, book, by, form)
    number = form.intake_id
    intake = intake_for(session, by, book.organ, number) if number else None
    document = form.document or (intake.document if intake is not None else None)
    twins = _twins(session, book, by, form, intake, document)
    chosen = _chosen(twins, form.decided)
    if chosen is not None and form.decided is not None and form.decided.decision != "other":
        return _join_earlier(session, book, by, form, chosen, intake)
    _require_origin(book, form, document)
    _require_whole(book, form)
    entry = _enter(session, book, by, form)
    if chosen is not None and form.decided is not None:
        register_twins.decide(session, entry, by, chosen, form.decided.decision, form.decided.why)
    _join(session, entry, by, form, intake, document)
    register_handling.answer(session, entry, form.answers)
    if form.acknowledges and entry.register.kind == "incoming":
        register_handling.acknowledge(session, entry)
    return Registered(entry, is_new=True)


def _require_origin(book: Register, form: Form, document: Document | None) -> None:
    """What goes out answers something, or is made in a case file (HC-27, HC-32)."""
    if book.kind == "outgoing":
        is_filed = document is not None and document.is_filed
        has_origin = is_filed or bool(form.answers) or form.case_file is not None
        origins.require_origin(book.organ, has_origin)


def _require_whole(book: Register, form: Form) -> None:
    """Who made it, its number ("không số") and its date, or why they are missing (NĐ 30, Đ22)."""
    if book.kind != "incoming" or form.incomplete.strip():
        return
    told = parse_entry(form.values)
    if missing := [one for one in WHOLE if not told.get(one)]:
        raise Invalid("line_incomplete", fields=", ".join(missing))


def _check_scan(book: Register, form: Form) -> None:
    """What came on paper was scanned as far as the organ's rule asks (KT-33, DB-21, TN-22)."""
    if book.kind == "incoming":
        told = parse_entry(form.values)
        scan_depth.require_depth(book.organ, told.get("type_name", ""), form.scan)


def _check_case_file(session: Session, book: Register, by: Person, form: Form) -> None:
    """The case file it goes into at once takes it (KT 16.1a: "hồ sơ đến của đơn vị")."""
    if form.case_file is not None:
        case_files.require_fillable(session, by, form.case_file, book.organ_id)


def turn_away_secrets(form: Form) -> None:
    """A mark of secrecy in any field: nothing is kept of it (R15).

    Raises:
        Refused: `secret_mark`.
    """
    mark = admission.mark_in_fields(
        {**form.values, **form.scan, "addressee": form.addressee, "incomplete": form.incomplete}
    )
    if mark is not None:
        raise Refused("secret_mark", mark=mark)


def note_secret(db: Database, organ_id: int, by: Person) -> Refusal:
    """Number, day and reason of something secret that was turned away; nothing else."""
    with db.transaction() as session:
        organ = session.get_one(Organ, organ_id)
        return refusals.refuse(session, organ, by, refusals.SECRET)


def _enter(session: Session, book: Register, by: Person, form: Form) -> RegisterEntry:
    return enter(
        session,
        book,
        by,
        form.values,
        registered_on=form.registered_on,
        late_reason=form.late_reason,
        addressee=form.addressee,
        incomplete=form.incomplete,
        let_in=form.let_in,
        copy_of=form.copy_of,
        case_file=form.case_file,
    )


# What is here already -----------------------------------------------------------------------------


def _twins(
    session: Session,
    book: Register,
    by: Person,
    form: Form,
    intake: Intake | None,
    document: Document | None,
) -> list[Twin]:
    if book.kind != "incoming":
        sought = Sought(words=_words(session, book, form))
        return register_twins.find(session, by, book.organ, sought)
    digest = intake.digest if intake is not None else _digest_of(document)
    told = parse_entry(form.values)
    sought = Sought(
        number=told.get("code_number", ""),
        notation=told.get("code_notation", ""),
        organ_name=told.get("organ_name", ""),
        issued_date=told.get("issued_date"),
        doc_code=told.get("doc_code", ""),
        digest=digest,
        entries_of_same_bytes=_entries_with(session, book.organ_id, digest),
        words=None if told.get("code_notation") else _words(session, book, form),
    )
    but = document.id if document is not None else None
    return register_twins.find(session, by, book.organ, sought, but_document=but)


def _words(session: Session, book: Register, form: Form) -> Words:
    told = parse_entry(form.values)
    is_in = book.kind == "incoming"
    alike = [] if is_in else books.books_of(session, book.organ)
    return Words(
        told.get("subject", ""),
        told.get("type_name", ""),
        told.get("issued_date") if is_in else form.registered_on or clock.today(book.organ),
        tuple(str(one.get("organ_name", "")) for one in told.get("recipients", ())),
        tuple(one.id for one in alike if one.kind == book.kind),
    )


def _digest_of(document: Document | None) -> str | None:
    return document.parts[0].digest if document is not None and document.parts else None


def _entries_with(session: Session, organ_id: int, digest: str | None) -> tuple[int, ...]:
    """The lines whose file has the same bytes, also while it is on its road."""
    if digest is None:
        return ()
    found = session.scalars(
        select(Intake.register_entry_id).where(
            Intake.organ_id == organ_id,
            Intake.digest == digest,
            Intake.register_entry_id.is_not(None),
            Intake.state != "discarded",
        )
    )
    return tuple({one for one in found if one is not None})


def _chosen(twins: list[Twin], decided: Decided | None) -> Twin | None:
    """The twin that the clerk decided about; None where there is none."""
    if not twins:
        return None
    if decided is None:
        raise LooksLikeEarlier(twins)
    register_twins.check_decision(decided.decision, decided.why)
    chosen = next((one for one in twins if one.key == decided.earlier), None)
    if chosen is None:
        raise LooksLikeEarlier(twins)
    return chosen


def _join_earlier(
    session: Session,
    book: Register,
    by: Person,
    form: Form,
    twin: Twin,
    intake: Intake | None,
) -> Registered:
    """The paper is the same, or belongs to it: no second number (HC-21, TN-24)."""
    assert form.decided is not None
    is_new = twin.entry is None
    if is_new:
        _require_whole(book, form)
    entry = twin.entry or _enter(session, book, by, form)
    if is_new and twin.document is not None:
        join_document(session, entry, twin.document)
    else:
        hold(session, entry)
    register_twins.decide(session, entry, by, twin, form.decided.decision, form.decided.why)
    if form.decided.decision == "same":
        came_on_paper = parse_entry(form.values).get("channel", "paper") == "paper"
        if book.kind == "incoming" and came_on_paper and entry.paper_arrived_on is None:
            register_handling.paper_arrived(session, entry)
    elif entry.finished_on is not None:
        again(session, entry)  # it is handled as new; the decision tells of it
    if intake is not None and intake.register_entry_id != entry.id and _adds(entry, intake):
        join_intake(session, entry, intake)
    return Registered(entry, is_new)


def _adds(entry: RegisterEntry, intake: Intake) -> bool:
    """Whether the file brings bytes that the line's document doesn't have yet."""
    if entry.document is None:
        return True
    return intake.digest not in {one.digest for one in entry.document.parts}


# The file -----------------------------------------------------------------------------------------


def _join(
    session: Session,
    entry: RegisterEntry,
    by: Person,
    form: Form,
    intake: Intake | None,
    document: Document | None,
) -> None:
    if intake is not None and intake.register_entry_id is None:
        if given := _scanned(form):
            intake.fields = {**intake.fields, **given}
        if form.case_file is not None and intake.document is None:
            intake.case_file_id = form.case_file.id
        join_intake(session, entry, intake)
        document = intake.document
    elif document is not None:
        join_document(session, entry, document)
    if document is not None and form.case_file is not None:
        documents.file_into(session, by, document, form.case_file)


def _scanned(form: Form) -> dict[str, str]:
    """How much was scanned, and where the rest is, with how many pages that are."""
    given = {name: value for name, value in form.scan.items() if value and name in SCAN_FIELDS}
    pages = form.scan.get("rest_pages", "").strip()
    if pages and given.get("elsewhere") and given.get("completeness", "full") != "full":
        given["elsewhere"] = f"{given['elsewhere']} ({pages} trang)"
    return given
