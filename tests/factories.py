"""Things that tests begin with: plain functions on a database, with sensible values."""

import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from archive import audit, case_files, clock, documents, organs, people
from archive.database import Database
from archive.documents import Arrived, Made
from archive.files import FileStore
from archive.models import CaseFile, Document, Organ, Person
from ingest.models import Intake

PASSWORD = "mot cau de nho 2026"
_numbers = itertools.count(1)


@contextmanager
def writing(db: Database) -> Iterator[Session]:
    """A transaction in which nobody in particular acts."""
    with audit.acting(audit.Actor(door="command", account="test")), db.transaction() as session:
        yield session


def an_organ(db: Database, code: str = "TTLT", name: str = "Trung tâm Lưu trữ") -> Organ:
    """An organ; the first one brings the roles along."""
    with writing(db) as session:
        if not session.query(Organ).count():
            return organs.set_up(session, code, name)[0]
        return organs.found(session, code, name)


def a_person(db: Database, organ: Organ, user_name: str, *roles: str, **fields: Any) -> Person:
    """Somebody with a password of their own; `fields` are columns, such as `unit_id`."""
    with writing(db) as session:
        person, _ = people.add(
            session,
            session.get_one(Organ, organ.id),
            user_name,
            user_name.title(),
            list(roles),
            people.one_time(PASSWORD),
        )
        person.must_change_password = False
        for name, value in fields.items():
            setattr(person, name, value)
    with db.reading() as session:
        return people.by_name(session, user_name)


def a_case_file(db: Database, organ: Organ, title: str = "Hồ sơ thử", **more: Any) -> CaseFile:
    """An open case file with a notation of its own."""
    more.setdefault("year", 2026)
    with writing(db) as session:
        if holder := more.pop("holder", None):
            more["holder"] = session.get_one(Person, holder.id)
        return case_files.open_one(
            session, session.get_one(Organ, organ.id), f"{next(_numbers):03d}", title, **more
        )


def a_document(
    db: Database,
    organ: Organ,
    subject: str = "Về việc thử",
    *,
    case_file: CaseFile | None = None,
    by: Person | None = None,
    arrived: Arrived | None = None,
    **values: str,
) -> Document:
    """A document of one part, in its case file or in the tray."""
    with writing(db) as session:
        return documents.shelve(
            session,
            session.get_one(Organ, organ.id),
            arrived or something_arrived(),
            {"subject": subject, **values},
            case_file=session.get_one(CaseFile, case_file.id) if case_file else None,
            by=session.get_one(Person, by.id) if by else None,
        )


def something_arrived() -> Arrived:
    """A file of one page of which no byte is stored."""
    digest = f"{next(_numbers):064x}"
    return Arrived("a.pdf", digest, 1, (Made("original", digest, 10, "application/pdf"),))


def stored(files: FileStore, role: str, content: bytes, mime: str) -> Made:
    """A rendition whose bytes are really there."""
    kept = files.put(io.BytesIO(content))
    return Made(role, kept.digest, kept.size, mime)


def an_intake(db: Database, organ: Organ, by: Person, **columns: Any) -> Intake:
    """A received file, as far on its road as the columns say."""
    moment = clock.now()
    told = {
        "name": "a.pdf",
        "digest": f"{next(_numbers):064x}",
        "size": 10,
        "door": "web",
        "state": "received",
        "next_step": "identify",
        **columns,
    }
    with writing(db) as session:
        intake = Intake(
            organ_id=organ.id, received_by_id=by.id, received_at=moment, queued_at=moment, **told
        )
        session.add(intake)
        session.flush()
        audit.record(session, "intake.receive", intake, facts={"size": intake.size})
        return intake


@contextmanager
def counting(db: Database) -> Iterator[list[str]]:
    """The questions that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().lower().startswith(("select", "with")):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
