import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from archive import audit, audit_check, documents, journal_check
from archive.audit_check import Expected, Verified, verify
from archive.database import Base, Database, UnauditedChange
from archive.erased_words import erase_words
from archive.errors import Invalid
from archive.findings import Finding, Ranges
from archive.journal import Journal
from archive.models import ChainHead, Document, Event, EventWords, Organ
from tests.archive.conftest import Office

TABLE = Base.metadata.tables["document"]


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


@pytest.mark.parametrize(
    "statement",
    [
        update(Document).values(subject="x"),
        delete(Document),
        update(TABLE).values(subject="x"),
        delete(TABLE),
        insert(TABLE).values(code="x"),
        text("UPDATE document SET subject = 'x'"),
        text("with gone as (delete from document returning id) select * from gone"),
        text('insert into "document" (code) values (1)'),
    ],
)
def test_bulk_statements_on_audited_tables_are_refused(office: Office, statement: object) -> None:
    office.shelve()
    with pytest.raises(UnauditedChange), office.db.transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]


def _save_in_bulk(session: Session, number: int) -> None:
    document = session.get_one(Document, number)
    session.expunge(document)
    document.subject = "x"
    session.bulk_save_objects([document])


def _take_half_back(session: Session, number: int) -> None:
    session.get_one(Document, number).subject = "x"
    session.flush()
    session.begin_nested().rollback()


def _change_in_place(session: Session, number: int) -> None:
    document = session.get_one(Document, number)
    document.supplementary["Số hộp"] = "H-27"
    flag_modified(document, "supplementary")


@pytest.mark.parametrize(
    "around",
    [
        _save_in_bulk,
        _take_half_back,
        _change_in_place,
        lambda session, number: session.bulk_update_mappings(
            Document, [{"id": number, "subject": "x"}]
        ),
        lambda session, number: session.bulk_insert_mappings(
            EventWords, [{"event_id": number, "salt": "x", "words": {}}]
        ),
        lambda session, _number: session.connection().execute(
            text("update document set subject = 'x'")
        ),
    ],
)
def test_there_is_no_way_around_the_unit_of_work(
    office: Office, around: Callable[[Session, int], None]
) -> None:
    number = office.shelve().id
    with pytest.raises(UnauditedChange), office.db.transaction() as session:
        around(session, number)
    with office.db.reading() as session:
        assert session.get_one(Document, number).subject == ""


def test_what_nobody_marked_as_changed_is_not_stored(office: Office) -> None:
    number = office.shelve(**{"+Số hộp": "H-26"}).id
    with office.db.transaction() as session:
        session.get_one(Document, number).supplementary["Số hộp"] = "H-27"
    with office.db.reading() as session:
        assert session.get_one(Document, number).supplementary == {"Số hộp": "H-26"}
    assert findings(office.db) == set()


def test_bookkeeping_columns_need_no_telling(office: Office) -> None:
    document = office.shelve()
    with office.db.transaction() as session:
        session.get_one(Document, document.id).indexed_revision = 1
    assert findings(office.db) == set()


@pytest.mark.rule("KT-47")
@pytest.mark.rule("DB-31")
@pytest.mark.rule("HC-68")
@pytest.mark.rule("HC-84")
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


@pytest.mark.rule("HC-84")
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
        found = documents.by_code(session, document.code)
        erased = erase_words(session, found)
        audit.record(session, "document.erase_words", found, facts={"erased_words": erased})
    with office.db.reading() as session:
        assert not set(erased) & set(session.scalars(select(EventWords.event_id)))
    assert len(erased) == 2
    assert findings(office.db) == set()


def test_words_that_go_without_an_event_are_missed(office: Office) -> None:
    document = office.shelve()
    last = _last(office.db, "document.shelve")
    behind_our_back(office.db, f"delete from event_words where event_id = {last.id}")
    assert findings(office.db) == {Finding("words_missing", f"event {last.id}")}
    with office.db.transaction() as session:
        found = documents.by_code(session, document.code)
        documents.correct(session, found, {"Subject": "mới"}, why="gõ nhầm")
    assert {one.code for one in findings(office.db)} == {"words_missing"}


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
    walk = audit_check._Walk.findings

    def walk_slowly(of: Any) -> Iterator[Finding]:
        yield from walk(of)
        with office.db.transaction() as other:
            documents.correct(other, documents.by_code(other, code), {"subject": "Mới"}, "Sửa")

    monkeypatch.setattr(audit_check._Walk, "findings", walk_slowly)
    with office.db.reading() as session:
        assert verify(session).is_good


# What no program of ours writes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("update document set supplementary = '{'", "document 1"),
        ("update document set issued_date = 'gestern'", "document 1"),
        ("update document set shelved_at = 7", "document 1"),
        ("update document set subject = x'00ff'", "document 1"),
        ("update document set subject = cast(x'ff' as text)", "document 1"),
        ("update part set facts = '['", "part 1"),
        ("update event_words set words = '{' where event_id = 4", "event_words 4"),
        ("update event set facts = '{' where id = 4", "event 4"),
        ("update event set at = 'never' where id = 4", "event 4"),
        ("update event set link = cast(x'ff' as text) where id = 4", "event 4"),
        (
            "update event_row set row_digest = cast(x'ff' as text) where kind = 'document'",
            "event_row 4",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_rest_is_checked(
    sqlite_office: Office, statement: str, where: str
) -> None:
    assert_named_and_the_rest_checked(sqlite_office, statement, where)


def test_a_day_that_no_calendar_has_is_named(postgresql_office: Office) -> None:
    statement = "update document set issued_date = 'infinity'"
    assert_named_and_the_rest_checked(postgresql_office, statement, "document 1")


def assert_named_and_the_rest_checked(office: Office, statement: str, where: str) -> None:
    office.shelve()
    behind_our_back(
        office.db,
        *without_guard(office.db, statement),
        "update rendition set mime = 'text/plain'",
    )
    found = findings(office.db)
    assert Finding("row_unreadable", where) in found
    assert Finding("row_changed", "rendition 1") in found


def test_a_second_end_of_the_chain_is_named_and_holds_nobody_up(office: Office) -> None:
    behind_our_back(office.db, "insert into chain_head (id, last_id, link) values (2, 1, 'x')")
    office.shelve()
    assert findings(office.db) == {Finding("chain_head_extra", "chain_head 2")}


def test_a_guard_that_guards_nothing_is_named(office: Office) -> None:
    if office.db.engine.dialect.name == "postgresql":
        behind_our_back(
            office.db,
            "create or replace function event_is_final() returns trigger language plpgsql "
            "as $$ begin return new; end $$",
        )
        changed = {"event_is_final_update", "event_is_final_delete"}
    else:
        behind_our_back(
            office.db,
            "drop trigger event_is_final_update",
            "create trigger event_is_final_update before update on event begin select 1; end",
        )
        changed = {"event_is_final_update"}
    assert findings(office.db) == {Finding("guard_changed", name) for name in changed}


# The journal --------------------------------------------------------------------------------------


@pytest.fixture
def journal(office: Office, tmp_path: Path) -> Journal:
    """A journal that begins with the archive."""
    office.db.journal = Journal(tmp_path / "journal")
    with office.db.reading() as session:
        links = session.execute(select(Event.id, Event.link).order_by(Event.id))
        office.db.journal.append([(number, link) for number, link in links])
    return office.db.journal


def checked(db: Database, expected: Expected | None = None) -> Verified:
    with db.reading() as session:
        return verify(session, db.journal, expected)


def cut_the_end(db: Database, down_to: int) -> None:
    """As an attacker would who knows the program: the end goes, the head fits again."""
    is_postgres = db.engine.dialect.name == "postgresql"
    guard = "event_is_final_delete"
    behind_our_back(
        db,
        f"delete from event_row where event_id > {down_to}",
        f"delete from event_words where event_id > {down_to}",
        f"alter table event disable trigger {guard}" if is_postgres else f"drop trigger {guard}",
        f"delete from event where id > {down_to}",
        f"alter table event enable trigger {guard}" if is_postgres else
        f"create trigger {guard} before delete on event begin "
        "select raise(abort, 'events are final'); end",
        f"update chain_head set last_id = {down_to}, "
        f"link = (select link from event where id = {down_to})",
    )  # fmt: skip


def tell_something(db: Database, found: str = "gì đó") -> None:
    with db.transaction() as session:
        audit.record(session, "search.run", None, searched=found)


def test_every_event_is_in_the_journal_once_it_is_committed(
    office: Office, journal: Journal
) -> None:
    office.shelve()
    with pytest.raises(ZeroDivisionError), office.db.transaction() as session:
        audit.record(session, "search.run", None)
        session.flush()
        raise ZeroDivisionError
    with office.db.reading() as session:
        head = session.get_one(ChainHead, 1)
    assert list(journal.lines())[-1] == (head.last_id, head.link)
    assert (checked(office.db).findings, checked(office.db).notes) == ((), ())


def test_a_story_whose_end_was_cut_is_found_out(office: Office, journal: Journal) -> None:
    tell_something(office.db)
    tell_something(office.db)
    last = checked(office.db).last
    cut_the_end(office.db, last - 2)
    assert findings(office.db) == set()  # the database alone does not know
    gone = Finding("journal_event_gone", f"event {last - 1}..{last}")
    assert checked(office.db).findings == (gone,)


def test_a_story_that_was_forged_anew_is_found_out(office: Office, journal: Journal) -> None:
    tell_something(office.db, "thật")
    last = checked(office.db).last
    cut_the_end(office.db, last - 1)
    office.db.journal = None
    tell_something(office.db, "giả")
    office.db.journal = journal
    assert checked(office.db).findings == (Finding("journal_link_differs", f"event {last}"),)


def test_a_program_killed_between_commit_and_journal_leaves_no_gap(
    office: Office, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(journal, "append", lambda links: None)
        tell_something(office.db)
    with next(journal.folder.glob("chain-*.log")).open("ab") as cut_off:
        cut_off.write(b"99 abc")
    tell_something(office.db)
    found = checked(office.db)
    assert found.is_good
    assert set(found.notes) == {Finding("journal_line_unreadable", "1 lines")}


def test_what_was_announced_and_never_committed_accuses_nobody(
    office: Office, journal: Journal
) -> None:
    last = checked(office.db).last
    journal.announce([(last + 1, "a" * 64), (last + 2, "b" * 64)])
    assert (checked(office.db).findings, checked(office.db).notes) == ((), ())
    tell_something(office.db)
    tell_something(office.db)
    assert (checked(office.db).findings, checked(office.db).notes) == ((), ())


def slip_in(office: Office, journal: Journal) -> int:
    """An event made past the program, as its chain wants it; its number."""
    office.db.journal = None
    tell_something(office.db)
    office.db.journal = journal
    return checked(office.db).last


def test_an_event_that_was_slipped_in_past_the_journal_is_found_out(
    office: Office, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    mine = slip_in(office, journal)
    assert checked(office.db).is_good  # nothing came after it yet
    assert journal_check.look(office.db) == [str(mine)]  # the worker's start explains nothing
    untold = Finding("journal_gap_untold", f"event {mine}")
    assert checked(office.db).findings == (untold,)
    assert journal_check.look(office.db) == [str(mine)]
    assert "made past the program" in caplog.text
    assert checked(office.db).findings == (untold,)
    with office.db.reading() as session:
        assert journal_check.unexplained(session) == [str(mine)]


def test_a_gap_is_explained_by_a_person_and_by_no_forged_word(
    office: Office, journal: Journal
) -> None:
    mine = slip_in(office, journal)
    office.db.journal = None
    with audit.acting_as(office.first, "command"), office.db.transaction() as session:
        audit.record(session, journal_check.EXPLAIN, None, facts={"gap": [mine, mine + 1]})
    office.db.journal = journal
    with office.db.transaction() as session:  # nobody's word is none either
        journal_check.explain(session, mine, mine + 1, "máy nói")
    journal_check.look(office.db)
    untold = Finding("journal_gap_untold", f"event {mine}..{mine + 1}")
    assert checked(office.db).findings == (untold,)
    with audit.acting_as(office.first, "command"), office.db.transaction() as session:
        journal_check.explain(session, mine, mine + 1, "Mất điện ngày 20/11, đã đối chiếu")
    found = checked(office.db)
    assert (found.findings, found.notes) == (
        (),
        (Finding("journal_gap", f"event {mine}..{mine + 1}"),),
    )
    with office.db.reading() as session:
        assert journal_check.unexplained(session) == []


@pytest.mark.parametrize(
    ("gap", "why", "code"), [((1, 9999), "vì", "bad_gap"), ((1, 1), " ", "reason_missing")]
)
def test_an_explanation_says_why_and_of_what(
    office: Office, gap: tuple[int, int], why: str, code: str
) -> None:
    with pytest.raises(Invalid) as failed, office.db.transaction() as session:
        journal_check.explain(session, *gap, why)
    assert failed.value.code == code


def test_a_journal_that_was_cut_is_found_out(office: Office, journal: Journal) -> None:
    journal_check.look(office.db)
    journal_check.look(office.db)
    assert checked(office.db).is_good
    (kept,) = journal.folder.iterdir()
    aside = journal.folder / "before-restoring" / kept.name
    aside.parent.mkdir()
    kept.rename(aside)
    assert checked(office.db).is_good
    aside.rename(kept)
    kept.write_bytes(kept.read_bytes()[:-200])
    assert checked(office.db).findings == (Finding("journal_shorter", kept.name),)
    kept.unlink()
    assert checked(office.db).findings == (Finding("journal_shorter", kept.name),)


def test_a_journal_that_cannot_be_written_stops_nobody(
    office: Office, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = office.db.journal = Journal(journal.folder / "file")
    blocked.folder.write_text("no folder")
    tell_something(office.db, "chữ-mật")
    assert "no line for event" in caplog.text
    assert "chữ-mật" not in caplog.text
    assert checked(office.db).is_good


def test_a_journal_whose_folder_is_gone_keeps_nothing_from_closing(
    office: Office, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    journal.flush()
    tell_something(office.db)
    shutil.rmtree(journal.folder)
    office.db.close()
    assert "may be gone" in caplog.text


def test_the_chain_must_still_have_what_was_written_down(office: Office) -> None:
    tell_something(office.db)
    noted = checked(office.db)
    tell_something(office.db)
    assert checked(office.db, Expected(noted.last, noted.head)).is_good
    for wrong in (Expected(noted.last, "0" * 64), Expected(99, noted.head)):
        code = Finding("expected_link_differs", f"event {wrong.number}")
        assert checked(office.db, wrong).findings == (code,)


def test_numbers_in_any_order_make_the_same_ranges() -> None:
    ranges = Ranges()
    for number in (5, 6, 2, 3, 1, 9, 6, 4):
        ranges.add(number)
    assert list(ranges) == ["1..6", "9"]


def test_several_writers_leave_each_other_s_lines_whole(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / "journal") for _ in range(4)]

    def write(journal: Journal, first: int) -> None:
        for number in range(first, first + 200):
            journal.append([(number, f"{number:064x}"), (number + 1000, f"{number:064x}")])

    threads = [
        threading.Thread(target=write, args=(journal, 1 + 200 * place))
        for place, journal in enumerate(journals)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    lines = list(journals[0].lines())
    assert None not in lines
    assert sorted(line[0] for line in lines if line) == [*range(1, 801), *range(1001, 1801)]
