import hashlib
import shutil
import threading
import traceback
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from archive import audit
from archive.database import Database, _alembic, _versions, after_commit, upgrade
from archive.errors import DatabaseBusy, NotReady
from archive.models import CodeSeries, Document
from archive.settings import Settings
from tests.archive.conftest import Office

ROOT = Path(__file__).parents[2]
(FIRST,) = (ROOT / "archive" / "migrations" / "versions").glob("0001*.py")


def test_the_migrations_make_exactly_the_tables_of_the_models(db: Database) -> None:
    command.check(_alembic(db.url))


def test_a_database_that_was_never_set_up_is_told_apart(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(NotReady) as failed:
        database.require_current()
    assert failed.value.code == "not_set_up"
    database.close()


def test_upgrading_twice_is_the_same_as_once(db: Database) -> None:
    upgrade(db.url)
    db.require_current()


def test_a_home_made_by_other_tables_is_told_so_and_left_alone(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    place = tmp_path / "archive.db"
    shutil.copy(blank_sqlite, place)
    database = Database(f"sqlite:///{place}")
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0001'"))
    for act in (database.require_current, lambda: upgrade(database.url)):
        with pytest.raises(NotReady) as failed:
            act()
        assert failed.value.code == "made_by_another"
        assert failed.value.details["found"] == "0001"
    database.close()


def test_the_first_migration_is_named_by_what_it_makes() -> None:
    """Made anew before the release, it gets another name, and earlier homes are told apart."""
    lines = FIRST.read_text().splitlines()
    rest = "\n".join(one for one in lines if not one.startswith("revision = "))
    wanted = f"revision = '0001_{hashlib.sha256(rest.encode()).hexdigest()[:8]}'"
    assert [one for one in lines if one.startswith("revision = ")] == [wanted]


def test_the_last_migration_is_known_without_loading_any(tmp_path: Path) -> None:
    scripts = ScriptDirectory.from_config(_alembic(f"sqlite:///{tmp_path}/a.db"))
    assert _versions() == (
        {one.revision for one in scripts.walk_revisions()},
        {scripts.get_current_head()},
    )


def test_writers_queue_instead_of_failing(office: Office) -> None:
    with office.db.transaction() as session:
        session.add(CodeSeries(organ_id=office.organ.id, year=2000, last=0))

    def count_up() -> None:
        for _ in range(25):
            with office.db.transaction() as session:
                session.scalars(select(CodeSeries).with_for_update()).one().last += 1

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with office.db.reading() as session:
        assert session.scalars(select(CodeSeries)).one().last == 100


def test_who_waits_too_long_for_a_turn_is_told_to_come_again(office: Office) -> None:
    hurried = Database(office.db.url, patience=0.05)
    held = select(CodeSeries).with_for_update()
    with office.db.transaction() as session:
        session.add(CodeSeries(organ_id=office.organ.id, year=2000, last=0))
    with office.db.transaction() as session:
        session.scalars(held).one()
        with pytest.raises(DatabaseBusy) as failed, hurried.transaction() as second:
            second.scalars(held).one()
    assert failed.value.code == "database_busy"
    with hurried.transaction() as second:
        second.scalars(held).one().last = 7
    hurried.close()


@pytest.mark.parametrize(
    "wrong", [{"priority": 9}, {"direction": "rất-mật"}, {"page_amount": -1}, {"code": "TTLT"}]
)
def test_errors_of_the_database_tell_no_values(office: Office, wrong: dict[str, object]) -> None:
    number = office.shelve(Subject="điều-không-ai-được-biết").id
    other = office.shelve(Subject="khác", digest="b" * 64)
    with office.db.transaction() as session:
        session.get_one(Document, other.id).code = "TTLT"
        audit.record(session, "document.correct", session.get_one(Document, other.id))
    with pytest.raises(DBAPIError) as failed, office.db.transaction() as session:
        document = session.get_one(Document, number)
        for name, value in wrong.items():
            setattr(document, name, value)
        audit.record(session, "document.correct", document)
    said = "".join(traceback.format_exception(failed.value))
    assert "điều-không-ai-được-biết" not in said
    assert "rất-mật" not in said.replace(repr(wrong), "")
    assert "document" in said


def test_bells_ring_after_commit_and_never_after_a_rollback(office: Office) -> None:
    rung: list[str] = []
    with office.db.transaction() as session:
        after_commit(session, lambda: rung.append("kept"))
        assert rung == []
    with pytest.raises(ZeroDivisionError), office.db.transaction() as session:
        after_commit(session, lambda: rung.append("lost"))
        raise ZeroDivisionError
    assert rung == ["kept"]


def test_sqlite_overwrites_what_it_deletes(sqlite_db: Database) -> None:
    with sqlite_db.reading() as session:
        assert session.scalar(text("pragma secure_delete")) == 1
        assert session.scalar(text("pragma journal_mode")) == "wal"
        assert session.scalar(text("pragma foreign_keys")) == 1


def test_erased_words_leave_the_files_of_the_database(sqlite_db: Database) -> None:
    path = sqlite_db.url.removeprefix("sqlite:///")
    with audit.acting_as(None, "command"), sqlite_db.transaction() as session:
        audit.record(session, "search.run", None, searched="mot-tu-rat-hiem-gap")
    assert b"mot-tu-rat-hiem-gap" in _bytes_of(path)
    with sqlite_db.transaction() as session:
        session.execute(text("delete from event_words"))
    sqlite_db.erase_traces()
    assert b"mot-tu-rat-hiem-gap" not in _bytes_of(path)


def test_sqlite_finds_the_short_way_once_it_has_counted_what_it_holds(sqlite_db: Database) -> None:
    with sqlite_db.engine.begin() as connection:
        connection.exec_driver_sql(
            "create table paper (id integer primary key, organ, alarm, name)"
        )
        connection.exec_driver_sql("create index ix_paper_organ on paper (organ, alarm, id)")
        connection.exec_driver_sql(
            "insert into paper (organ) with recursive n(one) as "
            "(select 1 union all select one + 1 from n where one < 3000) select 1 from n"
        )
    web = Database(sqlite_db.url)  # another process, which has long been connected
    assert "ix_paper_organ" in way_to(web, range(20))
    sqlite_db.take_stock()
    way_to(web, range(1))  # as it looks again, it notices
    assert "PRIMARY KEY" in way_to(web, range(1, 20))
    web.close()


def way_to(db: Database, numbers: range) -> str:
    """How SQLite finds these papers; it remembers what it was asked, so others each time."""
    these = ", ".join(map(str, numbers))
    with db.reading() as session:
        session.execute(text("select name from paper limit 1"))
        wanted = text(f"explain query plan select * from paper where organ = 1 and id in ({these})")
        return str(session.execute(wanted).all())


def test_a_server_counts_by_itself(db: Database) -> None:
    db.take_stock()
    with db.reading() as session:
        assert session.scalar(text("select count(*) from organ")) == 0


def _bytes_of(path: str) -> bytes:
    here = Path(path)
    return b"".join(one.read_bytes() for one in here.parent.glob(here.name + "*"))


def test_an_unknown_or_bad_setting_is_named() -> None:
    for given, code in (
        ({"LUUTRU_PROT": "1"}, "unknown_setting"),
        ({"LUUTRU_PORT": "x"}, "bad_setting"),
    ):
        with pytest.raises(Exception) as failed:
            Settings.from_environment(given)
        assert getattr(failed.value, "code", None) == code


def test_secrets_are_not_shown() -> None:
    settings = Settings(seal_pin="1234")
    assert "1234" not in repr(settings)
    assert "1234" not in str(settings.described())


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://archive:s3cr3t@db/archive?sslmode=require",
        "postgresql+psycopg://archive:s3c/r3t@db/archive",
        "postgresql+psycopg:///archive?user=a&password=s3cr3t",
        "https://:s3cr3t@search:9200",
        "https://tsa:p@s3cr3t@tsa.example/sign",
        "pkcs11:///usr/lib/x.so?token=TTLT&pin-value=s3cr3t&key=seal",
    ],
)
def test_passwords_in_addresses_are_not_shown(address: str) -> None:
    settings = Settings(database_url=address, search_url=address, seal_url=address)
    shown = str(settings.described()) + repr(settings)
    assert "s3c" not in shown
    assert "•••" in shown
    assert settings.database == address


def test_addresses_without_a_password_are_shown_whole() -> None:
    plain = "postgresql+psycopg://archive@db/archive?sslmode=require"
    shown = {one["variable"]: one["value"] for one in Settings(database_url=plain).described()}
    assert shown["LUUTRU_DATABASE_URL"] == plain
