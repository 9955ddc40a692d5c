"""What a database's own files still say of rows that were erased, and how it goes (R14).

SQLite writes zeros over what it deletes; its log is emptied here. What PostgreSQL frees it does not
write over: only a table that is written anew, with its indexes, says nothing of its old rows any
more. Its log of writes says it until the server has used that segment again.
"""

import time
from collections.abc import Iterable

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from archive.errors import DatabaseBusy

LOCKED = 5  # seconds for which a table that is written anew is waited for; readers wait meanwhile
MOST_SEGMENTS = 70  # of 16 MB; as many wait where `max_wal_size` is what it usually is
PATIENCE = 30  # seconds for which those who still see the old rows are waited for
_DENIED = "42501"
_LOOKING = """
    select virtualtransaction from pg_locks join pg_stat_activity using (pid)
    where locktype = 'virtualxid' and datname = current_database() and pid <> pg_backend_pid()
"""
_SEGMENTS = "select name from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'"


def erase(engine: Engine, tables: Iterable[str] = ()) -> bool:
    """Write over what the database's files still hold of erased rows.

    Args:
        engine: of the database.
        tables: those that were emptied; PostgreSQL writes their files anew.

    Returns:
        Whether its log of writes is known to say nothing of them any more either.

    Raises:
        DatabaseBusy: `database_busy`: somebody still sees the old rows, or uses one of the tables.
    """
    if engine.dialect.name == "sqlite":
        _empty_log(engine)
        return True
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        if wanted := sorted(tables):
            _write_anew(connection, wanted)
        return _write_over_log(connection)


def _empty_log(engine: Engine) -> None:
    raw = engine.raw_connection()  # a checkpoint runs outside of any transaction
    try:
        is_busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if is_busy:
        raise DatabaseBusy("database_busy")


def _write_anew(connection: Connection, tables: list[str]) -> None:
    """The tables with their indexes, and the samples of values that help to find them."""
    before = connection.exec_driver_sql("SHOW lock_timeout").scalar()
    connection.exec_driver_sql(f"SET lock_timeout = {int(LOCKED * 1000)}")
    try:
        _outwait(connection)
        for name in tables:
            connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{name}"')
        _outwait(connection)  # readers of the old samples
        connection.exec_driver_sql("VACUUM FULL pg_statistic")
    finally:
        connection.exec_driver_sql(f"SET lock_timeout = '{before}'")


def _outwait(connection: Connection) -> None:
    """Wait until nobody is left who began before: for them old rows are copied, too."""
    until = time.monotonic() + PATIENCE
    old = set(connection.exec_driver_sql(_LOOKING).scalars())
    while old and time.monotonic() < until:
        time.sleep(0.02)
        old &= set(connection.exec_driver_sql(_LOOKING).scalars())
    if old:
        raise DatabaseBusy("database_busy")


def _write_over_log(connection: Connection) -> bool:
    """Have the server write over its log so far, where we may; whether it is seen to have done so.

    It keeps old segments, as they are, to use them again: so it is led through all that wait.
    """
    if connection.exec_driver_sql("SHOW archive_mode").scalar() != "off":
        return False  # it lies elsewhere already
    try:
        begun, there = _next_segment(connection)
        if any(one <= begun for one in there) or len(there) > MOST_SEGMENTS:
            return False  # a setting or a replica holds it back; or it would take too long
        last = max(there)
        for _ in range(len(there) + 1):
            ended, there = _next_segment(connection)
            if ended >= last:
                break
    except DBAPIError as refused:
        if getattr(refused.orig, "sqlstate", None) == _DENIED:
            return False
        raise
    return min(there) > last


def _next_segment(connection: Connection) -> tuple[str, set[str]]:
    """Fill up the segment in use; its name, and those that are there after what is old went."""
    ended = connection.exec_driver_sql("SELECT pg_walfile_name(pg_switch_wal())").scalar()
    connection.exec_driver_sql("CHECKPOINT")
    return str(ended), set(connection.exec_driver_sql(_SEGMENTS).scalars())
