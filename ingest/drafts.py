"""A draft before its signature: who is asked about it, what they say, its next version (HC-31).

Comments are of the version that was read. What came of them is the next version, or none: who
drafts decides, and the story keeps both.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from archive import access, audit, clock, people
from archive.access import Action
from archive.database import Database
from archive.errors import Conflict, Invalid, NotFound, Refused
from archive.fields import given_value
from archive.models import Person
from formats.vietnamese import nfc
from ingest import admission, issuing_files, shelving
from ingest.issuances import held, require_prepared, the_issuance
from ingest.issuing_room import fields_told, put, room_for_work, tools_of
from ingest.models import Issuance, IssuanceComment
from ingest.workspace import Workshop


def ask(session: Session, number: int, by: Person, whom: Person) -> IssuanceComment:
    """Ask a colleague what they think of the draft; from then on they may read it.

    Raises:
        Invalid: `asks_oneself`, `may_not_comment`.
        Conflict: `not_prepared`, `asked_already`.
    """
    issuance = the_issuance(session, by, number, Action.PREPARE_ISSUE)
    require_prepared(held(session, number))
    if whom.id == by.id:
        raise Invalid("asks_oneself")
    if whom.id not in {one.id for one in askable(session, issuance, by)}:
        raise Invalid("may_not_comment", person=whom.full_name)
    waiting = (IssuanceComment.issuance_id == number, *open_of(whom))
    if session.scalar(select(IssuanceComment.id).where(*waiting)) is not None:
        raise Conflict("asked_already", person=whom.full_name)
    asked = IssuanceComment(
        issuance_id=number,
        person_id=whom.id,
        asked_by_id=by.id,
        asked_at=clock.now(),
        version=issuance.version,
    )
    session.add(asked)
    session.flush()
    audit.record(session, "issuance.ask", issuance, also=(asked,), name=whom.full_name)
    return asked


def comment(session: Session, number: int, by: Person, words: str) -> IssuanceComment:
    """Say what one thinks of the draft as it is now; an open question is answered by it.

    Raises:
        Invalid: `words_missing`.
        NotFound: `no_such_issuance`; Conflict: `not_prepared`.
    """
    said = nfc(words).strip()
    issuance = the_issuance(session, by, number, Action.SEE_REGISTERS)
    require_prepared(held(session, number))
    if not said:
        raise Invalid("words_missing")
    waiting = (IssuanceComment.issuance_id == number, *open_of(by))
    found = session.scalar(select(IssuanceComment).where(*waiting).order_by(IssuanceComment.id))
    if found is None:
        found = IssuanceComment(issuance_id=number, person_id=by.id)
        session.add(found)
    found.words, found.said_at, found.version = said, clock.now(), issuance.version
    session.flush()
    facts = {"version": issuance.version}
    audit.record(session, "issuance.comment", issuance, also=(found,), facts=facts, words=said)
    return found


def comments_of(session: Session, issuance: Issuance) -> list[IssuanceComment]:
    """What was asked and said, in order."""
    found = select(IssuanceComment).where(IssuanceComment.issuance_id == issuance.id)
    return list(
        session.scalars(
            found.options(joinedload(IssuanceComment.person)).order_by(IssuanceComment.id)
        )
    )


def open_of(person: Person) -> tuple[ColumnElement[bool], ...]:
    """The questions that the person has not answered, for `where`."""
    return (IssuanceComment.person_id == person.id, IssuanceComment.said_at.is_(None))


def askable(session: Session, issuance: Issuance, by: Person) -> list[Person]:
    """Who may be asked: everybody at work there who may draft, but for who asks."""
    return [
        one
        for one in people.at_work(session, issuance.organ_id)
        if one.id != by.id and access.may(session, one, Action.PREPARE_ISSUE, issuance.organ)
    ]


def colleague(session: Session, issuance: Issuance, by: Person, user_name: str) -> Person:
    """Somebody who may be asked, by user name.

    Raises:
        NotFound: `no_such_person`.
    """
    for one in askable(session, issuance, by):
        if one.user_name == user_name.strip().lower():
            return one
    raise NotFound("no_such_person", name=user_name)


# The next version ---------------------------------------------------------------------------------


def redraft(
    db: Database,
    workshop: Workshop,
    number: int,
    source: Path,
    name: str,
    *,
    by: Person,
    seen: int | None = None,
) -> None:
    """Put the next version of a draft in the place of one that nobody signed.

    Its fields are looked for anew. The bytes of the earlier version go; the story keeps its digest.

    Raises:
        Refused, Unreadable, ProgramMissing, ProgramFailed: as `issuing.prepare`.
        Conflict: `not_prepared`, `changed_meanwhile`.
    """
    if mark := admission.mark_in_name(name):
        raise Refused("secret_mark", mark=mark)
    with db.reading() as session:
        issuance = the_issuance(session, by, number, Action.PREPARE_ISSUE)
        require_prepared(issuance, seen)
    with room_for_work() as room, ExitStack() as afterwards:
        made = _made(workshop, source, name, issuance, room)
        with workshop.files.keeping():
            digest = put(workshop, made.path, db, afterwards)
            with db.transaction() as session:
                row = held(session, number)
                require_prepared(row, issuance.revision)
                _take_up(session, row, digest, fields_told(made), list(made.notes))
        afterwards.pop_all()
    if issuance.prepared_digest != digest:
        shelving.let_go_in_store(db.engine, workshop.files, issuance.prepared_digest)


def _made(
    workshop: Workshop, source: Path, name: str, issuance: Issuance, room: Path
) -> issuing_files.Prepared:
    tools = tools_of(workshop)
    subject = given_value(issuance.fields, "Subject")
    plain = issuing_files.to_prepare(source, name, subject, room, tools)
    signer = given_value(issuance.fields, "FullName")
    return issuing_files.with_fields(plain, room, issuance.layout, signer, {})


def _take_up(
    session: Session, row: Issuance, digest: str, places: Mapping[str, object], notes: list[str]
) -> None:
    row.prepared_digest, row.notes, row.places = digest, notes, dict(places)
    row.version += 1
    row.revision += 1
    session.flush()
    facts = {"sha256": digest, "version": row.version}
    audit.record(session, "issuance.redraft", row, facts=facts)
