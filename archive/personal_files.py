"""Personal files (hồ sơ cá nhân): each person's own list of documents to have at hand (KT 21.4).

It is a list and no case file. A document in it stays where it stands, in its case file or in the
tray (R4); its term runs on, and who may read it does not change. So nothing is kept from the
archive by being in somebody's own file, and nothing leaves the archive by being taken out of it.
"""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from archive import audit, clock
from archive.errors import Invalid
from archive.life_models import PersonalFileItem
from archive.models import Document, Person, Placement
from archive.reading import found_documents
from formats.vietnamese import nfc

LONGEST_HEADING = 100


def keep(session: Session, person: Person, document: Document, heading: str | None = None) -> bool:
    """Put a document into the person's own file, or under another heading; False: it is there.

    Raises:
        Invalid: `heading_too_long`.
    """
    wanted = nfc(heading).strip() if heading is not None else None
    if wanted is not None and len(wanted) > LONGEST_HEADING:
        raise Invalid("heading_too_long", most=LONGEST_HEADING)
    owner = _owner(session, person)
    item = _item(session, owner, document.code)
    if item is not None and wanted in (None, item.heading):
        return False
    if item is None:
        item = PersonalFileItem(person_id=person.id, document_id=document.id, kept_at=clock.now())
        session.add(item)
    item.heading = wanted or ""
    session.flush()
    facts = {"document": document.code}
    audit.record(session, "person.keep_document", owner, also=(item,), facts=facts)
    return True


def drop(session: Session, person: Person, code: str) -> bool:
    """Take a document out of the person's own file; the document itself stays as it is."""
    owner = _owner(session, person)
    item = _item(session, owner, code)
    if item is None:
        return False
    document = item.document
    session.delete(item)
    session.flush()
    audit.record(session, "person.drop_document", owner, facts={"document": document.code})
    return True


def _owner(session: Session, person: Person) -> Person:
    """The person's row in this session, kept from other hands: the list is theirs."""
    return session.get_one(Person, person.id, with_for_update={"key_share": True})


def _item(session: Session, person: Person, code: str) -> PersonalFileItem | None:
    return session.scalar(
        select(PersonalFileItem)
        .join(Document, Document.id == PersonalFileItem.document_id)
        .where(_own(person), Document.code == code.strip())
        .options(selectinload(PersonalFileItem.document))
    )


# Looking into it ----------------------------------------------------------------------------------


def items(session: Session, person: Person, heading: str | None = None) -> Select[PersonalFileItem]:
    """What is in the person's own file and open to them today, the newest first."""
    document = selectinload(PersonalFileItem.document)
    found = (
        select(PersonalFileItem)
        .join(Document, Document.id == PersonalFileItem.document_id)
        .where(_own(person), found_documents(session, person))
        .options(
            document.selectinload(Document.parts),
            document.selectinload(Document.placements).selectinload(Placement.case_file),
        )
        .order_by(PersonalFileItem.id.desc())
    )
    return found if heading is None else found.where(PersonalFileItem.heading == heading)


def headings(session: Session, person: Person) -> dict[str, int]:
    """The headings of the person's own file, with how many stand under each."""
    found = session.execute(
        select(PersonalFileItem.heading, func.count())
        .where(_own(person))
        .group_by(PersonalFileItem.heading)
        .order_by(PersonalFileItem.heading)
    )
    return {heading: count for heading, count in found}


def _own(person: Person) -> ColumnElement[bool]:
    return PersonalFileItem.person_id == person.id
