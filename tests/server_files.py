"""Looking into the files of the tests' PostgreSQL itself: what its tables and its log still say."""

from pathlib import Path

from archive.database import Database


def saying(db: Database, word: str) -> list[str]:
    """Tables and indexes of this database in whose files the word stands."""
    named = _asked(
        db,
        "select relname, current_setting('data_directory') || '/' || "
        "pg_relation_filepath(oid) from pg_class where relkind in ('r', 'i', 't', 'm')",
    )
    return [name for name, place in named if place and word.encode() in Path(place).read_bytes()]


def log_saying(db: Database, word: str) -> list[str]:
    """Files of the server's log of writes in which it stands, those that wait to be used again."""
    ((folder,),) = _asked(db, "select current_setting('data_directory') || '/pg_wal'")
    files = [one for one in Path(folder).iterdir() if one.is_file()]
    return [one.name for one in files if word.encode() in one.read_bytes()]


def _asked(db: Database, question: str) -> list[tuple[str, ...]]:
    """What the server answers, once everything is on its disk."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.exec_driver_sql("CHECKPOINT")
        return [tuple(one) for one in session.exec_driver_sql(question).all()]
