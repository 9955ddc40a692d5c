"""Rows under re-appraisal as pages and commands show them: which are seen, who was told of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from archive.errors import NotFound
from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile, Document, Organ, Person
from archive.reading import seen_case_files, seen_documents, sees_all
from retention.appraisal_facts import with_things
from retention.expiries import about, key_of, occasion
from retention.models import Appraisal


@dataclass(frozen=True)
class Sent:
    """One line of the proof: who was told, and what came of it."""

    name: str
    notice: Notice
    has_mail: bool


def seen(rows: Session, person: Person, organ: Organ) -> ColumnElement[bool]:
    """Those whose case file or document the person may know of; for `where`."""
    papers = _is_there(
        select(Document.id).where(
            Document.id == Appraisal.document_id, seen_documents(rows, person, organ)
        )
    )
    if sees_all(person, organ, with_oversight=True):
        return or_(Appraisal.case_file_id.is_not(None), papers)
    files = _is_there(
        select(CaseFile.id).where(
            CaseFile.id == Appraisal.case_file_id, seen_case_files(rows, person, organ)
        )
    )
    return or_(files, papers)


def _is_there(found: Select[int]) -> ColumnElement[bool]:
    """Looked up for each by itself: of `exists` beside `or` PostgreSQL looks up all there are."""
    return found.correlate(Appraisal).limit(1).scalar_subquery().is_not(None)


def of_ones_own(person: Person) -> ColumnElement[bool]:
    """Those of which one speaks for the unit: held by oneself, or of one's unit."""
    held = exists().where(CaseFile.id == Appraisal.case_file_id, CaseFile.holder_id == person.id)
    if person.unit_id is None:
        return held
    return or_(held, Appraisal.unit_id == person.unit_id)


def of_code(code: str) -> ColumnElement[bool]:
    """Those of the case file or document of this code; for `where`."""
    files = exists().where(CaseFile.id == Appraisal.case_file_id, CaseFile.code == code)
    papers = exists().where(Document.id == Appraisal.document_id, Document.code == code)
    return or_(files, papers)


def appraisals(rows: Session, person: Person, organ: Organ) -> Select[Appraisal]:
    """All that the person may see, the earliest end first, with their things."""
    return (
        select(Appraisal)
        .where(Appraisal.organ_id == organ.id, seen(rows, person, organ))
        .options(*with_things())
        .order_by(Appraisal.expires_on, Appraisal.id)
    )


def one_seen(rows: Session, person: Person, organ: Organ, number: int) -> Appraisal:
    """The organ's appraisal of that number, if the person may know of its thing.

    Raises:
        NotFound: `no_such_appraisal`.
    """
    found = rows.scalar(appraisals(rows, person, organ).where(Appraisal.id == number))
    if found is None:
        raise NotFound("no_such_appraisal", number=number)
    return found


def sent(rows: Session, shown: Sequence[Appraisal]) -> dict[int, list[Sent]]:
    """Who was told of each, in one question."""
    by_thing = {(*key_of(one), occasion(one)): one.id for one in shown}
    wanted = (
        select(NoticeItem, Notice, Person.full_name, Person.email)
        .join(Notice, Notice.id == NoticeItem.notice_id)
        .join(Person, Person.id == NoticeItem.person_id)
        .where(and_(about(shown), NoticeItem.occasion.in_({occasion(one) for one in shown})))
        .order_by(NoticeItem.id)
    )
    found: dict[int, list[Sent]] = {one.id: [] for one in shown}
    for item, notice, name, email in rows.execute(wanted):
        number = by_thing.get((item.subject_type, item.subject_id, item.occasion))
        if number is not None:
            found[number].append(Sent(name, notice, bool(email)))
    return found
