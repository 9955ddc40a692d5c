"""What the lines of notices are about, as far as their reader may know of it today."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import access
from archive.access import Action
from archive.life_models import ExportRequest, NoticeItem
from archive.models import CaseFile, Document, Event, Organ, Person
from archive.reading import known_case_files, known_documents
from archive.register_fields import number_of_entry
from archive.register_lists import hidden_of
from archive.register_models import RegisterEntry
from archive.use_models import Loan


@dataclass(frozen=True)
class Subject:
    """What a line of a notice is about, as far as its reader may know of it today."""

    kind: str  # case_file, register_entry
    code: str
    title: str = ""
    is_open: bool = True  # whether its page opens for the reader


Subjects = dict[tuple[str, int], Subject]
MORE: dict[str, Callable[[Session, Person, set[int]], Subjects]] = {}  # of the layers above


def subjects(session: Session, person: Person, items: Iterable[NoticeItem]) -> Subjects:
    """What these lines are about, in a few questions however many they are.

    What the person may not see any more, such as a case file that somebody else holds now, keeps
    its code and loses its title.
    """
    numbers: dict[str, set[int]] = defaultdict(set)
    for one in items:
        numbers[one.subject_type].add(one.subject_id)
    return {
        **_case_files(session, person, numbers["case_file"]),
        **_entries(session, person, numbers["register_entry"]),
        **_requests(session, person, numbers["export_request"]),
        **_suspected(session, person, numbers["document"]),
        **_loans(session, person, numbers["loan"]),
        **_by_story(session, "disposal", numbers["disposal"]),
        **{
            key: told
            for kind, name in MORE.items()
            if numbers[kind]
            for key, told in name(session, person, numbers[kind]).items()
        },
        **{("intake", one): Subject("intake", str(one)) for one in numbers["intake"]},
    }


def _by_story(session: Session, kind: str, numbers: set[int]) -> Subjects:
    """Things of the layers above, by the codes under which their making was told."""
    if not numbers:
        return {}
    found = session.execute(
        select(Event.subject_id, Event.subject_code).where(
            Event.subject_type == kind,
            Event.subject_id.in_(numbers),
            Event.action == f"{kind}.make",
        )
    )
    return {(kind, number or 0): Subject(kind, code) for number, code in found}


def _case_files(session: Session, person: Person, numbers: set[int]) -> Subjects:
    if not numbers:
        return {}
    known = known_case_files(session, person, numbers)
    found = session.execute(
        select(CaseFile.id, CaseFile.code, CaseFile.title).where(CaseFile.id.in_(numbers))
    )
    return {
        ("case_file", number): Subject(
            "case_file", code, title if number in known else "", number in known
        )
        for number, code, title in found
    }


def _requests(session: Session, person: Person, numbers: set[int]) -> Subjects:
    """Requests to take something out: what, and what for."""
    if not numbers:
        return {}
    found = session.scalars(select(ExportRequest).where(ExportRequest.id.in_(numbers))).all()
    files = known_case_files(session, person, [n for one in found if (n := one.case_file_id)])
    papers = known_documents(session, person, [n for one in found if (n := one.document_id)])
    codes = {
        ("case_file", number): code
        for number, code in session.execute(
            select(CaseFile.id, CaseFile.code).where(CaseFile.id.in_(files))
        )
    } | {
        ("document", number): code
        for number, code in session.execute(
            select(Document.id, Document.code).where(Document.id.in_(papers))
        )
    }
    told: Subjects = {}
    for one in found:
        kind = "case_file" if one.case_file_id else "document"
        thing = (kind, one.case_file_id or one.document_id or 0)
        code, is_known = codes.get(thing, str(one.id)), thing in codes
        told["export_request", one.id] = Subject(
            "export_request", code, one.purpose if is_known else "", is_known
        )
    return told


def _loans(session: Session, person: Person, numbers: set[int]) -> Subjects:
    """What was lent, by its code, and who has it."""
    if not numbers:
        return {}
    found = session.scalars(
        select(Loan)
        .where(Loan.id.in_(numbers))
        .options(selectinload(Loan.case_file), selectinload(Loan.document))
    )
    return {
        ("loan", one.id): Subject("loan", thing.code, one.borrower)
        for one in found
        if (thing := one.case_file or one.document) is not None
    }


def _suspected(session: Session, person: Person, numbers: set[int]) -> Subjects:
    """Documents by their code alone: what is suspected is not put into letters."""
    if not numbers:
        return {}
    known = known_documents(session, person, numbers)
    found = session.execute(select(Document.id, Document.code).where(Document.id.in_(numbers)))
    return {
        ("document", number): Subject("document", code, "", number in known)
        for number, code in found
    }


def _entries(session: Session, person: Person, numbers: set[int]) -> Subjects:
    if not numbers:
        return {}
    found = session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.id.in_(numbers))
        .options(selectinload(RegisterEntry.register))
    ).all()
    told: Subjects = {}
    for organ_id in {one.organ_id for one in found}:
        organ = session.get_one(Organ, organ_id)
        here = [one for one in found if one.organ_id == organ_id]
        opens = access.may(session, person, Action.SEE_REGISTERS, organ)
        hidden = hidden_of(session, person, organ, here) if opens else {one.id for one in here}
        for one in here:
            is_open = one.id not in hidden
            title = " · ".join(filter(None, (number_of_entry(one), one.subject))) if is_open else ""
            told["register_entry", one.id] = Subject("register_entry", one.code, title, is_open)
    return told
