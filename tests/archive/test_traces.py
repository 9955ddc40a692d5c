"""What is erased leaves the database's own files, or it is said that it did not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from archive import traces
from archive.database import Database
from archive.errors import DatabaseBusy
from tests import server_files

WORD = "zephyrolith"


def filled(db: Database) -> None:
    """A table whose values everybody knows: rows, index, and the server's samples."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("create table paper (id integer primary key, said text)")
        connection.exec_driver_sql("create index ix_paper_said on paper (said)")
        for number in range(1, 40):
            connection.exec_driver_sql(f"insert into paper values ({number}, '{WORD} {number}')")
    with db.engine.begin() as connection:
        connection.exec_driver_sql("analyze")


def emptied(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("update paper set said = 'x'")


def samples(db: Database) -> str:
    with db.engine.connect() as connection:
        asked = "select histogram_bounds::text, most_common_vals::text from pg_stats"
        return str(connection.exec_driver_sql(f"{asked} where tablename = 'paper'").all())


def test_neither_rows_nor_indexes_nor_samples_of_values_stay(postgresql_db: Database) -> None:
    db = postgresql_db
    filled(db)
    assert set(server_files.saying(db, WORD)) >= {"paper", "ix_paper_said"}
    assert WORD in samples(db)
    emptied(db)
    db.erase_traces()
    assert server_files.saying(db, WORD) != []  # a plain vacuum writes over nothing
    assert WORD in samples(db)
    db.erase_traces(["paper"])
    assert server_files.saying(db, WORD) == []
    assert WORD not in samples(db)


def test_who_still_sees_the_old_rows_is_waited_for(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_server = "postgresql" in db.url
    filled(db)
    other = Database(db.url)
    monkeypatch.setattr(traces, "PATIENCE", 0.1)
    impatient = Database(db.url, patience=0.1)
    with other.reading() as session:  # has not looked at the table, and may yet
        session.execute(text("select count(*) from organ"))
        emptied(db)
        with pytest.raises(DatabaseBusy):
            impatient.erase_traces(["paper"])
    impatient.erase_traces(["paper"])
    if is_server:
        assert server_files.saying(db, WORD) == []
    other.close()
    impatient.close()


@pytest.mark.parametrize("recycle", ["on", "off"])
def test_the_log_of_writes_is_written_over(postgresql_db: Database, recycle: str) -> None:
    db = postgresql_db
    filled(db)
    emptied(db)
    assert server_files.log_saying(db, WORD) != []
    with server_set(db, "wal_recycle", recycle):
        assert db.erase_traces(["paper"])
        assert server_files.log_saying(db, WORD) == []


def test_a_log_that_is_held_back_is_not_called_gone(postgresql_db: Database) -> None:
    db = postgresql_db
    filled(db)
    emptied(db)
    with server_set(db, "wal_keep_size", "'1GB'"):
        assert not db.erase_traces(["paper"])
        assert server_files.log_saying(db, WORD) != []


@contextmanager
def server_set(db: Database, name: str, value: str) -> Iterator[None]:
    """The server with another setting, for a while."""
    try:
        _set(db, f"alter system set {name} = {value}")
        yield
    finally:
        _set(db, f"alter system reset {name}")


def _set(db: Database, words: str) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for one in (words, "select pg_reload_conf()", "select pg_sleep(0.5)"):
            connection.exec_driver_sql(one)


def test_who_may_not_ask_the_server_for_it_empties_the_tables_all_the_same(
    postgresql_db: Database,
) -> None:
    db = postgresql_db
    url = make_url(db.url)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("drop role if exists plain")
        connection.exec_driver_sql("create role plain login")
        connection.exec_driver_sql(f'alter database "{url.database}" owner to plain')
        connection.exec_driver_sql("alter schema public owner to plain")
    plain = Database(url.set(username="plain").render_as_string(hide_password=False))
    try:
        filled(plain)
        emptied(plain)
        assert not plain.erase_traces(["paper"])
        assert server_files.saying(db, WORD) == []
        assert WORD not in samples(db)
        with pytest.raises(ProgrammingError), plain.engine.connect() as connection:
            connection.exec_driver_sql("checkpoint")  # so it really may not
    finally:
        plain.close()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("reassign owned by plain to archive")
            connection.exec_driver_sql("drop owned by plain")
            connection.exec_driver_sql("drop role plain")


def test_a_log_that_somebody_still_reads_is_not_called_empty(sqlite_db: Database) -> None:
    filled(sqlite_db)
    place = make_url(sqlite_db.url).database or ""
    reader = sqlite3.connect(place, isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from paper").fetchone()
    emptied(sqlite_db)
    impatient = Database(sqlite_db.url, patience=0.1)
    with pytest.raises(DatabaseBusy):
        impatient.erase_traces()
    reader.close()
    impatient.erase_traces()
    impatient.close()
