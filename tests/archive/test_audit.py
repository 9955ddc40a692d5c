from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from archive import audit, audit_check, documents
from archive.audit import UnauditedChange
from archive.audit_check import Finding, verify
from archive.database import Database
from archive.models import Document, Event, EventWords, Organ
from tests.archive.conftest import Office


def findings(db: Database) -> set[Finding]:
    with db.reading() as session:
        return set(verify(session).findings)


def behind_our_back(db: Database, *statements: str) -> None:
    """As somebody with the database's password would do it: guards off, change, guards on."""
    with db.engine.begin() as connection:
        for one in statements:
            connection.execute(text(one))


def without_guard(db: Database, statement: str) -> tuple[str, ...]:
    if db.engine.dialect.name == "postgresql":
        return (
            "alter table event disable trigger event_is_final_update",
            statement,
            "alter table event enable trigger event_is_final_update",
        )
    guard = (
        "create trigger event_is_final_update before update on event begin "
        "select raise(abort, 'events are final'); end"
    )
    return ("drop trigger event_is_final_update", statement, guard)


def test_a_fresh_story_is_whole(office: Office) -> None:
    office.shelve()
    assert findings(office.db) == set()


def test_a_change_that_nobody_tells_of_is_refused_and_rolled_back(office: Office) -> None:
    with pytest.raises(UnauditedChange), office.db.transaction() as session:
        session.get_one(Organ, office.organ.id).name = "khác"
    with office.db.reading() as session:
        assert session.get_one(Organ, office.organ.id).name == "Trung tâm Lưu trữ"


def test_a_deletion_that_nobody_tells_of_is_refused(office: Office) -> None:
    document = office.shelve()
    with pytest.raises(UnauditedChange), office.db.transaction() as session:
        found = documents.by_code(session, document.code)
        session.delete(found.parts[0].renditions[0])


@pytest.mark.parametrize("statement", [update(Document).values(subject="x"), delete(Document)])
def test_bulk_statements_on_audited_tables_are_refused(office: Office, statement: object) -> None:
    office.shelve()
    with pytest.raises(UnauditedChange), office.db.transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_bookkeeping_columns_need_no_telling(office: Office) -> None:
    document = office.shelve()
    with office.db.transaction() as session:
        session.get_one(Document, document.id).indexed_revision = 1
    assert findings(office.db) == set()


@pytest.mark.rule("KT-47")
@pytest.mark.rule("DB-31")
@pytest.mark.rule("HC-68")
def test_a_value_changed_behind_our_back_is_named(office: Office) -> None:
    document = office.shelve(Subject="Về việc lưu trữ")
    behind_our_back(office.db, "update document set subject = 'khác'")
    assert findings(office.db) == {Finding("row_changed", f"document {document.code}")}


def test_a_changed_event_is_named(office: Office) -> None:
    office.shelve()
    last = _last(office.db, "document.shelve")
    behind_our_back(
        office.db,
        *without_guard(office.db, f"update event set person_id = 99 where id = {last.id}"),
    )
    assert Finding("event_changed", f"event {last.id} (document.shelve)") in findings(office.db)


def test_a_missing_event_breaks_the_chain(office: Office) -> None:
    office.shelve()
    office.shelve(digest="b" * 64)
    last = _last(office.db, "document.shelve")
    statements = [
        f"delete from {name} where event_id = {last.id}" for name in ("event_row", "event_words")
    ]
    guard = "event_is_final_delete"
    postgres = office.db.engine.dialect.name == "postgresql"
    off = f"alter table event disable trigger {guard}" if postgres else f"drop trigger {guard}"
    behind_our_back(office.db, *statements, off, f"delete from event where id = {last.id}")
    codes = {one.code for one in findings(office.db)}
    assert {"chain_end_differs", "guard_missing", "row_untold"} <= codes


def test_a_row_that_vanished_is_named(office: Office) -> None:
    document = office.shelve()
    behind_our_back(office.db, "delete from rendition")
    with office.db.reading() as session:
        part = documents.by_code(session, document.code).parts[0]
    assert part.renditions == []
    assert {one.code for one in findings(office.db)} == {"row_gone"}


def test_a_row_that_was_slipped_in_is_named(office: Office) -> None:
    behind_our_back(
        office.db,
        f"insert into unit (organ_id, code, name) values ({office.organ.id}, 'P1', 'Phòng 1')",
    )
    assert {one.code for one in findings(office.db)} == {"row_untold"}


def test_the_database_itself_refuses_to_change_events(office: Office) -> None:
    for statement in ("update event set door = 'x'", "delete from event"):
        with pytest.raises(Exception, match="events are final"):
            behind_our_back(office.db, statement)


def test_words_can_be_erased_without_breaking_the_chain(office: Office) -> None:
    document = office.shelve()
    with office.db.transaction() as session:
        found = documents.by_code(session, document.code)
        documents.correct(session, found, {"Subject": "mới"}, why="gõ nhầm")
    with office.db.transaction() as session:
        session.execute(delete(EventWords))
    assert findings(office.db) == set()


def test_changed_words_are_named(office: Office) -> None:
    office.shelve()
    behind_our_back(office.db, """update event_words set words = '{"name": "khác"}'""")
    assert {one.code for one in findings(office.db)} == {"words_changed"}


@pytest.mark.rule("HC-65")
def test_a_correction_keeps_who_why_and_both_values(office: Office) -> None:
    document = office.shelve(Subject="cũ")
    with audit.acting_as(office.first, "web"), office.db.transaction() as session:
        found = documents.by_code(session, document.code)
        documents.correct(session, found, {"Subject": "mới"}, why="gõ nhầm")
    event = _last(office.db, "document.correct")
    with office.db.reading() as session:
        words = session.get_one(EventWords, event.id).words
    assert (event.person_id, event.door) == (office.first.id, "web")
    assert words == {"why": "gõ nhầm", "before": {"subject": "cũ"}, "after": {"subject": "mới"}}


def test_nothing_can_be_told_without_somebody_acting(sqlite_db: Database) -> None:
    with pytest.raises(UnauditedChange), sqlite_db.transaction() as session:
        audit.record(session, "search.run", None)


def _last(db: Database, action: str) -> Event:
    with db.reading() as session:
        return session.scalars(
            select(Event).where(Event.action == action).order_by(Event.id.desc())
        ).first()  # type: ignore[return-value]


def test_a_check_holds_while_others_write(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    code = office.shelve().code
    walk = audit_check._events

    def walk_slowly(session: Session) -> Iterator[Any]:
        yield from walk(session)
        with office.db.transaction() as other:
            documents.correct(other, documents.by_code(other, code), {"subject": "Mới"}, "Sửa")

    monkeypatch.setattr(audit_check, "_events", walk_slowly)
    with office.db.reading() as session:
        assert verify(session).is_good
