"""The rows of a large archive, made straight in the database: what years of work leave behind.

No files belong to them. Two hundred people hold the case files; some are closed to all but a unit
or who is named; nine in ten are accepted. Every document has a line in one of two books and came
in by the road. All of it depends on the numbers of the rows alone: the same each time.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.engine import Connection

from archive import audit, numbering, organs, people
from archive.database import Base, Database
from archive.life_models import KeptBack, Notice, NoticeItem, Submission, SubmissionItem
from archive.models import (
    CaseFile,
    CaseFileWord,
    Document,
    Event,
    EventRow,
    FilePlan,
    FilePlanEntry,
    Organ,
    Part,
    Person,
    Placement,
    Rendition,
    Unit,
)
from archive.register_models import NumberSeries, Refusal, Register, RegisterEntry
from benchmarks import large_rows as row
from benchmarks import large_terms
from ingest.models import Intake, Issuance

CHUNK = 5_000


def fill(url: str, size: row.Size) -> None:
    """Make all of it in an archive in which nothing is yet."""
    db = Database(url)
    cast = people_of(db)
    with db.engine.begin() as connection:
        for model, rows in everything(size, cast):
            many(connection, model, rows)
        if connection.dialect.name == "postgresql":
            repair_sequences(connection)
    db.take_stock()  # as the worker does once a day, and what follows
    with db.transaction() as session:
        numbering.note_whole(session)
    if db.engine.dialect.name == "postgresql":  # what its autovacuum does in a living archive
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    db.close()


def people_of(db: Database) -> row.Cast:
    """One organ with its units; a person who is archivist and clerk; the officers."""
    with audit.acting_as(None, "command"), db.transaction() as session:
        organ, keeper, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
        people.appoint(session, keeper, organ, "clerk")
        keeper.must_change_password = False
        audit.record(session, "person.appoint", keeper)
        units = [Unit(organ_id=organ.id, code=f"P{n}", name=f"Phòng {n}") for n in range(row.UNITS)]
        session.add_all(units)
        session.flush()
        audit.record(session, "unit.add", units[0], also=tuple(units[1:]))
        first = people.one_time()
        staff = [
            officer(session, organ, n, units[n % row.UNITS].id, first) for n in range(row.STAFF)
        ]
        return row.Cast(organ.id, keeper.id, tuple(staff))


def officer(session: Any, organ: Organ, n: int, unit: int, first: people.OneTime) -> int:
    """One of many."""
    person, _ = people.add(session, organ, f"cb{n}", f"Cán bộ Nguyễn {n:03}", ["officer"], first)
    person.unit_id, person.must_change_password = unit, False
    return person.id


def cast_of(db: Database) -> row.Cast:
    """The same people, found again in an archive that was filled before."""
    with db.reading() as rows:
        organ = rows.query(Organ).order_by(Organ.id).first()
        everybody = [one.id for one in rows.query(Person).order_by(Person.id)]
    assert organ is not None
    return row.Cast(organ.id, everybody[0], tuple(everybody[1:]))


def everything(size: row.Size, cast: row.Cast) -> Iterator[tuple[type, row.Rows]]:
    """The rows of each table, those that others name first."""
    files, papers = range(1, size.case_files + 1), range(1, size.documents + 1)
    boxes = size.case_files // row.A_BOX
    yield FilePlan, (row.a_plan(n, cast) for n in range(len(row.YEARS)))
    yield FilePlanEntry, (row.a_heading(n, size) for n in range(10 * len(row.YEARS)))
    yield FilePlanEntry, (row.a_plan_line(n, size, cast) for n in files)
    yield CaseFile, (row.a_case_file(n, cast) for n in files)
    yield CaseFileWord, row.words_of(files)
    yield KeptBack, (row.a_keeping(n, cast) for n in files if n % 400 == 10)
    yield Submission, (row.a_submission(n, boxes, cast) for n in range(boxes + 1))
    yield (
        SubmissionItem,
        (row.an_item(n) for n in files if row.stage_of(n) in ("submitted", "accepted")),
    )
    yield Document, (row.a_document(n, cast) for n in papers)
    yield Part, (row.a_part(n) for n in papers)
    yield Rendition, (row.a_rendition(n) for n in papers)
    yield Placement, (row.a_place(n, size) for n in papers if row.is_filed(n))
    yield from large_terms.everything(size, cast)
    yield Register, row.books_of(cast)
    yield NumberSeries, (row.a_series(n, size) for n in range(2 * len(row.YEARS)))
    yield RegisterEntry, (row.an_entry(n, cast) for n in papers)
    yield Intake, (row.an_intake(n, cast) for n in papers)
    yield Intake, (row.a_new_intake(n, size, cast) for n in range(1, 31))
    yield Issuance, (row.an_issuance(n, cast) for n in papers if n % 20 == 11)
    yield Refusal, (row.a_refusal(n, cast) for n in range(1, size.documents // 100 + 1))
    notices = range(1, size.case_files // 50 + 1)
    yield Notice, (row.a_notice(n, cast) for n in notices)
    yield NoticeItem, (row.a_notice_item(n, cast) for n in notices)
    openings = range(1, size.documents // 5 + 1)
    yield Event, (row.an_opening(n, cast) for n in openings)
    yield EventRow, (row.an_opened_row(n) for n in openings)


def many(connection: Connection, model: type, rows: row.Rows) -> None:
    """Insert rows in chunks."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    chunk: list[row.Row] = []
    for one in rows:
        chunk.append(one)
        if len(chunk) == CHUNK:
            connection.execute(insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)


def repair_sequences(connection: Connection) -> None:
    """Numbers were given by us; the server's own counting begins behind them, in every table."""
    for table in Base.metadata.sorted_tables:
        counted = table.autoincrement_column
        if counted is not None and counted.default is None and not counted.foreign_keys:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{counted.name}'), "
                f"max({counted.name})) FROM {table.name} HAVING max({counted.name}) IS NOT NULL"
            )
