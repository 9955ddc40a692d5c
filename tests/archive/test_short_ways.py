"""How SQLite finds rows once it knows how many there are, as it counts them in a large archive."""

from sqlalchemy import Select, select, text

from archive import register_lists
from archive.database import Database
from archive.register_models import Register, RegisterEntry

LARGE = (  # table, index, rows, then how many rows share one, two… of its columns
    ("register_entry", "ix_register_entry_doc_code", "1000000 1000000"),
    ("register_entry", "ix_register_entry_same", "1000000 1000000 150"),
    ("register_entry", "ix_register_entry_day", "1000000 500000 500 500 1"),
    ("register_entry", "sqlite_autoindex_register_entry_1", "1000000 500000 50000 1"),
)


def ways(db: Database, wanted: Select[int]) -> list[str]:
    """What SQLite would do, line by line, if the archive were large."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        for row in LARGE:
            connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", row)
        connection.exec_driver_sql("ANALYZE sqlite_schema")
        asked = wanted.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {asked}".replace(":", "\\:"))).all()
    return [str(row[-1]) for row in plan]


def test_a_line_is_found_by_each_of_its_numbers(sqlite_db: Database) -> None:
    book = Register(id=1, organ_id=1)
    wanted = select(RegisterEntry.id).where(
        RegisterEntry.register_id == 1, RegisterEntry.year == 2026
    )
    told = ways(sqlite_db, wanted.where(*register_lists.by_number(book, "17")))
    assert not [one for one in told if one.startswith("SCAN register_entry")], told
    assert not [one for one in told if one.endswith("(register_id=? AND year=?)")], told
    for index in ("ix_register_entry_same", "ix_register_entry_doc_code"):
        assert [one for one in told if index in one], told
