"""The database: where transactions begin and end, and the only place that commits."""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    Select,
    SQLColumnExpression,
    and_,
    create_engine,
    event,
    func,
    inspect,
    literal_column,
)
from sqlalchemy.engine import Connection, Dialect, ExceptionContext, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from archive import traces
from archive.errors import DatabaseBusy, NotReady
from archive.journal import Journal

if TYPE_CHECKING:  # Alembic is loaded when there is something to upgrade, not at every start
    from alembic.config import Config

T = TypeVar("T")
AT_ONCE = 500  # values in one question
PATIENCE = 30  # seconds that a writer waits for its turn
_BUSY_ON_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_BUSY_ON_POSTGRESQL = {"55P03", "40P01", "40001"}  # lock timeout, deadlock, serialization
_MIGRATIONS = Path(__file__).parent / "migrations"
_NAME = re.compile(r"^revision = ['\"](.+)['\"]", re.MULTILINE)
_NAME_BEFORE = re.compile(r"^down_revision = ['\"](.+)['\"]", re.MULTILINE)
_QUOTING = ("22", "23")  # bad data and broken constraints: their messages hold values


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite forgets zones, so it is given back its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of all packages; constraints are named by convention, for SQLite's sake."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def pieces(things: Iterable[T], most: int = AT_ONCE) -> Iterator[list[T]]:
    """So many of them at a time as one question takes."""
    rest = list(things)
    return (rest[start : start + most] for start in range(0, len(rest), most))


def among(
    session: Session, number: SQLColumnExpression[int], few: Select[int]
) -> ColumnElement[bool]:
    """Whether the number is one of these few, which are looked up before all else.

    PostgreSQL would guess how many there are, and read the whole table if it guesses wrong.
    """
    if session.get_bind().dialect.name != "postgresql":
        return number.in_(few)
    return number == func.any(func.array(few.scalar_subquery()))


def in_words(table: type[Base], words: str) -> ColumnElement[bool]:
    """A condition in the very words of a partial index: `state = 'open' and due_on is null`.

    With values to be filled in later a database cannot be sure that the index holds all it asks.
    """
    name = table.__tablename__
    return and_(*(literal_column(f"{name}.{one}") for one in words.split(" and ")))


class UnauditedChange(RuntimeError):
    """A programming error: a row of the record was changed and no event tells of it."""


class WritingSession(Session):
    """A session whose changes are all told: ways around the unit of work are closed."""

    def connection(self, *_given: Any, **_more: Any) -> NoReturn:
        """Refused: what is said to a connection brings no event."""
        raise UnauditedChange("no statement goes past the session")

    def begin_nested(self) -> NoReturn:
        """Refused: taking half of it back would take back what was told of the other half."""
        raise UnauditedChange("a transaction is whole")

    def bulk_save_objects(self, *_given: Any, **_more: Any) -> NoReturn:
        """Refused: it brings no event."""
        raise UnauditedChange("bulk_save_objects brings no events")

    def bulk_insert_mappings(self, *_given: Any, **_more: Any) -> NoReturn:
        """Refused: it brings no event."""
        raise UnauditedChange("bulk_insert_mappings brings no events")

    def bulk_update_mappings(self, *_given: Any, **_more: Any) -> NoReturn:
        """Refused: it brings no event."""
        raise UnauditedChange("bulk_update_mappings brings no events")


class Database:
    """One database, SQLite or PostgreSQL, behind two doors: `transaction()` and `reading()`."""

    def __init__(
        self, url: str, journal: Journal | None = None, *, patience: float = PATIENCE
    ) -> None:
        self.url = url
        self.journal = journal
        self.engine = _make_engine(url, patience)
        self._writing = sessionmaker(self.engine, class_=WritingSession, expire_on_commit=False)
        self._reading = sessionmaker(
            self.engine.execution_options(**_READ_ONLY[self.engine.dialect.name]),
            expire_on_commit=False,
            autoflush=False,
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Everything inside is stored together, or not at all; then the bells ring.

        Raises:
            DatabaseBusy: others held what it needs for too long; nothing was stored.
        """
        with _patient(), self._writing.begin() as session:
            if self.journal is not None:
                session.info["announce"] = self.journal.announce
            yield session
        if self.journal is not None:
            self.journal.append(session.info.pop("linked", []))
        with ExitStack() as bells:  # every bell rings, even where one before it breaks
            for ring in reversed(session.info.pop("after_commit", [])):
                bells.callback(ring)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A quiet look that never waits for writers and never writes."""
        with (
            _patient(),
            self._reading() as session,
        ):  # closing rolls back, and leaves what was read readable
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        try:
            if self.journal is not None:
                self.journal.flush()
        finally:
            self.engine.dispose()

    def erase_traces(self, tables: Iterable[str] = ()) -> bool:
        """Make what was erased leave the database's own files too (record rules, R14).

        Args:
            tables: those that were emptied; PostgreSQL writes their files anew.

        Returns:
            Whether its log of writes is known to say nothing of them any more either.

        Raises:
            DatabaseBusy: `database_busy`: somebody uses one of them all the time.
        """
        with _patient():
            return traces.erase(self.engine, tables)

    def take_stock(self) -> None:
        """Have the database count anew what it holds, so that it finds things the short way."""
        take_stock(self.engine)

    def require_current(self) -> None:
        """Refuse to work on a database of another version.

        Raises:
            NotReady: `not_set_up`, `needs_upgrade`, `made_by_another`, or `database_unreachable`.
        """
        (wanted,) = _versions()[1]
        place = make_url(self.url)
        if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
            raise NotReady("not_set_up")
        try:
            with self.engine.connect() as connection:
                found = _version_of(connection)
        except OperationalError as failed:
            shown = place.render_as_string(hide_password=True)
            raise NotReady("database_unreachable", url=shown) from failed
        if found is None:
            raise NotReady("not_set_up")
        if found != wanted:
            _require_known(found)
            raise NotReady("needs_upgrade", found=found, wanted=wanted)


def take_stock(engine: Engine) -> None:
    """Have SQLite count how many rows share a key; without it, it guesses which index is short.

    PostgreSQL does so by itself. Writers wait for one table at a time, no more than seconds. At the
    end the schema changes for a moment: only then do connections that stay open read the counts.
    Samples of values (`sqlite_stat4`) may not outlive what is erased (R14): none are kept.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        for name in inspect(engine).get_table_names():
            cursor.execute(f'ANALYZE "{name}"')
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("DROP TABLE IF EXISTS sqlite_stat4")
        cursor.execute("CREATE TABLE stock_taken (at)")
        cursor.execute("DROP TABLE stock_taken")
        cursor.execute("COMMIT")
    finally:
        raw.close()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Call this once what the session wrote is really there; after a rollback, never."""
    session.info.setdefault("after_commit", []).append(call)


def upgrade(url: str) -> None:
    """Bring the database to this program's version; an empty one is made.

    Raises:
        NotReady: `made_by_another`.
    """
    from alembic import command

    if make_url(url).get_backend_name() == "sqlite" and (name := make_url(url).database):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            found = _version_of(connection)
    finally:
        engine.dispose()
    if found is not None:
        _require_known(found)
    command.upgrade(_alembic(url), "head")


def _require_known(found: str) -> None:
    """No way leads here from tables that none of our migrations made."""
    known, (wanted,) = _versions()
    if found not in known:
        raise NotReady("made_by_another", found=found, wanted=wanted)


def _version_of(connection: Connection) -> str | None:
    """Which of our migrations was the last one here, if there was any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return version


@cache
def _versions() -> tuple[set[str], set[str]]:
    """The names of all migrations, and of those that no other one follows."""
    texts = [one.read_text(encoding="utf-8") for one in (_MIGRATIONS / "versions").glob("*.py")]
    names = {one for text in texts for one in _NAME.findall(text)}
    return names, names - {one for text in texts for one in _NAME_BEFORE.findall(text)}


def _alembic(url: str) -> "Config":
    """Alembic's configuration for this address, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    config.attributes["url"] = url
    return config


_READ_ONLY: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},
    # One look sees one moment from its first question to its last, as on SQLite.
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}


@contextmanager
def _patient() -> Iterator[None]:
    """Tell "try again later" apart from other failures of the database."""
    try:
        yield
    except OperationalError as failed:
        if _is_busy(failed.orig):
            raise DatabaseBusy("database_busy") from failed
        raise


def _is_busy(failed: BaseException | None) -> bool:
    if isinstance(failed, sqlite3.Error):
        code: int = getattr(failed, "sqlite_errorcode", 0)
        return code & 0xFF in _BUSY_ON_SQLITE  # the other bits say in what way
    return getattr(failed, "sqlstate", None) in _BUSY_ON_POSTGRESQL


def _make_engine(url: str, patience: float) -> Engine:
    """An engine with the manners that each database needs; its errors name no values."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "connect", partial(_prepare_postgresql, patience=patience))
        event.listen(engine, "handle_error", _leave_values_out)
        return engine
    engine = create_engine(
        url,
        connect_args={"timeout": patience, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(connection: Any, _record: object, *, patience: float) -> None:
    """The same patience as on SQLite."""
    connection.execute(f"set lock_timeout = {int(patience * 1000)}")
    connection.commit()


def _leave_values_out(context: ExceptionContext) -> None:
    """PostgreSQL quotes rows that break a rule; errors go to logs, where no record may lie."""
    failed = context.original_exception
    state: str = getattr(failed, "sqlstate", None) or ""
    if not state.startswith(_QUOTING):
        return
    said, diagnosis = str(failed), getattr(failed, "diag", None)
    names = (getattr(diagnosis, f"{one}_name", None) for one in ("table", "column", "constraint"))
    plain = " ".join(filter(None, (state, *names)))
    failed.args = (plain,)
    if context.sqlalchemy_exception is not None:
        first, *rest = context.sqlalchemy_exception.args
        context.sqlalchemy_exception.args = (first.replace(said, plain), *rest)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Write-ahead log, foreign keys, patience, and nothing readable left behind a deletion."""
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue at the door instead of failing half-way; readers just read."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
