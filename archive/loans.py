"""Lending filed copies and case files on paper: who has what, until when, who allowed it.

The book of their use (sổ sử dụng bản lưu; NĐ 30/2020, PL IV) is printed from these rows. A frozen
thing is not lent; what is out when it is frozen comes back all the same.
"""

from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, selectinload

from archive import alarms, audit, clock, freezes, people, reading
from archive.access import Action
from archive.errors import Conflict, Invalid, NotFound
from archive.models import CaseFile, Document, Organ, Person
from archive.standing import organs_of
from archive.use_models import Loan
from formats.vietnamese import nfc

Thing = CaseFile | Document


def lend(
    session: Session,
    thing: Thing,
    by: Person,
    *,
    to: Person | None = None,
    name: str = "",
    purpose: str,
    approved_by: str,
    until_on: date | None,
    from_on: date | None = None,
    note: str = "",
) -> Loan:
    """Write down that somebody takes it away.

    Args:
        session: the transaction's session.
        thing: a document's filed copy, or a whole case file.
        by: who gives it out.
        to: who takes it, where they have an account here.
        name: who takes it, where they have none.
        purpose: what for.
        approved_by: who allowed it.
        until_on: the day by which it is to be back.
        from_on: the day on which it was taken; today where none is named.
        note: which of its papers, or anything else.

    Raises:
        Invalid: `borrower_missing`, `person_works_elsewhere`, `purpose_missing`,
            `approver_missing`, `loan_end_missing`, `ends_before_it_begins`, `day_in_future`.
        Conflict: `lent_already`, `account_closed`, `frozen`, `handed_to_history`.
    """
    organ = session.get_one(Organ, thing.organ_id)
    begin = from_on or clock.today(organ)
    told = {"purpose": nfc(purpose).strip(), "approved_by": nfc(approved_by).strip()}
    borrower = _borrower(organ, to, name)
    if not told["purpose"]:
        raise Invalid("purpose_missing")
    if not told["approved_by"]:
        raise Invalid("approver_missing")
    if until_on is None:
        raise Invalid("loan_end_missing")
    if begin > clock.today(organ):
        raise Invalid("day_in_future", day=begin)
    if until_on < begin:
        raise Invalid("ends_before_it_begins", start=begin, end=until_on)
    freezes.require_thawed(session, thing)
    freezes.require_kept_here(session, thing)
    audit.hold(session, thing)
    if (out := out_now(session, thing)) is not None:
        raise Conflict("lent_already", thing=thing.code, name=out.borrower, day=out.until_on)
    made = Loan(
        organ_id=organ.id,
        case_file_id=thing.id if isinstance(thing, CaseFile) else None,
        document_id=thing.id if isinstance(thing, Document) else None,
        borrower_id=to.id if to else None,
        borrower=borrower,
        note=nfc(note).strip(),
        from_on=begin,
        until_on=until_on,
        lent_by_id=by.id,
        lent_at=clock.now(),
        **told,
    )
    session.add(made)
    session.flush()
    facts = {"thing": thing.code, "until": until_on.isoformat()}
    audit.record(session, "loan.lend", made, facts=facts, why=made.purpose, to=borrower)
    return made


def _borrower(organ: Organ, to: Person | None, name: str) -> str:
    if to is None:
        if not (named := " ".join(nfc(name).split())):
            raise Invalid("borrower_missing")
        return named
    if organ.id not in {to.organ_id} | organs_of(to):
        raise Invalid("person_works_elsewhere", name=to.full_name)
    if not people.is_active(to):
        raise Conflict("account_closed", name=to.full_name)
    return to.full_name


def take_back(session: Session, loan: Loan, by: Person, on: date | None = None) -> None:
    """Write down that it is back.

    Raises:
        Invalid: `ends_before_it_begins`, `day_in_future`.
        Conflict: `returned_already`.
    """
    audit.hold(session, loan)
    if loan.returned_on is not None:
        raise Conflict("returned_already", day=loan.returned_on)
    organ = session.get_one(Organ, loan.organ_id)
    today = clock.today(organ)
    day = on or today
    if day > today:
        raise Invalid("day_in_future", day=day)
    if day < loan.from_on:
        raise Invalid("ends_before_it_begins", start=loan.from_on, end=day)
    loan.returned_on, loan.taken_back_by_id = day, by.id
    session.flush()
    facts = {"thing": thing_of(session, loan).code, "on": day.isoformat()}
    audit.record(session, "loan.take_back", loan, facts=facts, to=loan.borrower)


def named(session: Session, person: Person, code: str, action: Action) -> Thing:
    """The document or case file of this code, if the person may do this with it.

    Raises:
        NotFound: `no_such_loan_thing`.
        NotAllowed: it may be known, but this not done.
    """
    code = nfc(code).strip()
    for look in (reading.the_document, reading.the_case_file):
        try:
            return look(session, person, code, action)
        except NotFound:
            continue
    raise NotFound("no_such_loan_thing", thing=code)


def thing_of(session: Session, loan: Loan) -> Thing:
    """What was lent."""
    if loan.case_file_id is not None:
        return session.get_one(CaseFile, loan.case_file_id)
    return session.get_one(Document, loan.document_id)


def out_now(session: Session, thing: Thing) -> Loan | None:
    """Who has it now, if somebody has."""
    column = Loan.case_file_id if isinstance(thing, CaseFile) else Loan.document_id
    found = select(Loan).where(column == thing.id, Loan.returned_on.is_(None))
    return session.scalar(found.limit(1))


def by_number(session: Session, organ: Organ, number: int) -> Loan:
    """A loan of this organ.

    Raises:
        NotFound: `no_such_thing`.
    """
    found = session.get(Loan, number)
    if found is None or found.organ_id != organ.id:
        raise NotFound("no_such_thing")
    return found


def loans_of(organ: Organ, *, borrower: Person | None = None) -> Select[Loan]:
    """The organ's loans, of one borrower only if named: what is out first, by its last day."""
    found = (
        select(Loan)
        .where(Loan.organ_id == organ.id)
        .options(selectinload(Loan.case_file), selectinload(Loan.document))
        .order_by(Loan.returned_on.is_not(None), Loan.until_on, Loan.id.desc())
    )
    return found if borrower is None else found.where(Loan.borrower_id == borrower.id)


def open_to(person: Person) -> ColumnElement[bool]:
    """Loans of nothing that is suspected to be a secret, but for who decides on it; for `where`."""
    return alarms.open_to(person, Loan.document_id.expression)


def begun(organ: Organ, first: date, last: date) -> Select[Loan]:
    """What was lent from a day to a day, in its order: the lines of the book."""
    return (
        select(Loan)
        .where(Loan.organ_id == organ.id, Loan.from_on >= first, Loan.from_on <= last)
        .options(selectinload(Loan.case_file), selectinload(Loan.document))
        .order_by(Loan.from_on, Loan.id)
    )


def overdue(organ_id: int, today: date) -> ColumnElement[bool]:
    """Loans that should be back by now, for `where`."""
    is_late = (Loan.organ_id == organ_id) & (Loan.until_on < today)
    return is_late & Loan.returned_on.is_(None)


def late_ones(organ: Organ, today: date, borrower: Person | None = None) -> Select[Loan]:
    """Those that are out too long, of one borrower only if named."""
    found = select(Loan).where(overdue(organ.id, today))
    return found if borrower is None else found.where(Loan.borrower_id == borrower.id)
