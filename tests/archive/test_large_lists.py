"""What makes long lists short work: what is kept beside the rows, and indexes that are taken."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, exists, select
from sqlalchemy.dialects import sqlite

from archive import case_files, closing, documents, register_lists
from archive.database import Database
from archive.file_plans import files_of
from archive.life_models import SubmissionItem
from archive.models import CaseFile, Document, FilePlan, FilePlanEntry, Organ, Person, Placement
from archive.register_models import Register, RegisterEntry
from archive.submission_lists import due_of_organ
from archive.submissions import UNDECIDED
from tests.factories import a_case_file, a_document, a_person, an_organ, writing

TODAY = date(2026, 11, 20)


def unfiled(db: Database) -> tuple[set[str], set[str]]:
    """The codes of documents in the tray: as noted, and as it is."""
    stands = exists().where(Placement.document_id == Document.id)
    with db.reading() as session:
        noted = session.scalars(select(Document.code).where(Document.is_filed.is_(False)))
        true = session.scalars(select(Document.code).where(~stands))
        return set(noted), set(true)


def test_what_stands_in_no_case_file_is_noted_through_all_placings(db: Database) -> None:
    organ = an_organ(db)
    first, second = a_case_file(db, organ), a_case_file(db, organ)
    paper, other = a_document(db, organ), a_document(db, organ, case_file=first)
    assert unfiled(db) == ({paper.code}, {paper.code})

    def act(verb: str, file: CaseFile) -> tuple[set[str], set[str]]:
        with writing(db) as session:
            document = session.get_one(Document, paper.id)
            case_file = session.get_one(CaseFile, file.id)
            if verb == "place":
                documents.place(session, document, case_file)
            else:
                closing.take_out(session, case_file, document, "draft")
        return unfiled(db)

    assert act("place", first) == (set(), set())
    assert act("place", second) == (set(), set())
    assert act("take out", first) == (set(), set())  # it stands in the second one still
    assert act("take out", second) == ({paper.code}, {paper.code})
    assert other.code not in act("place", second)[0]


def test_case_files_are_found_by_how_words_begin(db: Database) -> None:
    organ = an_organ(db)
    titles = ("Cấp đất cho xã Ia Chim", "Đất rừng", "Quy hoạch xã")
    files = [a_case_file(db, organ, title=one) for one in titles]

    def found(typed: str) -> set[str]:
        with db.reading() as session:
            fits = case_files.found_by(session, typed)
            return set(session.scalars(select(CaseFile.title).where(*fits)))

    assert files and found("dat") == {titles[0], titles[1]}
    assert found("đất chi") == {titles[0]}
    assert found("xa") == {titles[0], titles[2]}
    assert found("oach") == found("không có") == set()


def test_people_stand_in_the_order_of_the_vietnamese_alphabet(db: Database) -> None:
    organ = an_organ(db)
    names = ("Vũ An", "Đỗ An", "Dương An", "Ân Thị", "An Thị", "Ăn Thị", "đào An", "Bùi An")
    for number, name in enumerate(names):
        a_person(db, organ, f"cb{number}", "officer", full_name=name)
    with db.reading() as session:
        found = session.scalars(
            select(Person.full_name)
            .where(Person.user_name.startswith("cb"))
            .order_by(Person.name_key)
        )
        assert list(found) == [
            "An Thị", "Ăn Thị", "Ân Thị", "Bùi An", "Dương An", "đào An", "Đỗ An", "Vũ An",
        ]  # fmt: skip


def way_of(db: Database, wanted: Select[Any], index: str) -> str:
    """How SQLite answers with this index; the values are told it later, as they always are.

    It refuses to take an index of which it cannot be sure that all it asks for is in it.
    """
    plain = str(wanted.compile(dialect=sqlite.dialect()))
    asked = re.sub(r"FROM (\w+)", rf"FROM \1 INDEXED BY {index}", plain, count=1)
    with db.engine.connect() as connection:
        values = (None,) * asked.count("?")
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values)
        return " / ".join(row[3] for row in found)


@pytest.mark.parametrize(
    ("only", "index"),
    [
        ("unanswered", "open"),
        ("overdue", "open"),
        ("due", "open"),
        ("late", "late"),
        ("cancelled", "cancelled"),
        ("unacknowledged", "unacknowledged"),
    ],
)
def test_small_lists_in_large_books_have_an_index_in_their_order(
    sqlite_db: Database, only: str, index: str
) -> None:
    wanted = (
        select(RegisterEntry.id)
        .where(RegisterEntry.register_id == 1, RegisterEntry.year == 2026)
        .where(*register_lists.filters(only, TODAY))
        .order_by(RegisterEntry.year.desc(), RegisterEntry.number.desc())
    )
    way = way_of(sqlite_db, wanted, f"ix_register_entry_{index}")
    assert "TEMP B-TREE" not in way


def test_tray_mending_plans_and_hand_overs_too(sqlite_db: Database) -> None:
    here = select(Document.id).where(Document.organ_id == 1).order_by(Document.id.desc())
    found = {
        "ix_document_tray": here.where(Document.is_filed.is_(False)),
        "ix_document_mending": here.where(Document.mending.is_not(None)),
        "uq_file_plan_entry_notation": files_of(FilePlan(id=1)).with_only_columns(FilePlanEntry.id),
        "ix_case_file_due": due_of_organ(Organ(id=1), TODAY).with_only_columns(CaseFile.id),
        "ix_register_entry_day": register_lists.lines(
            Register(id=1), first=TODAY, last=TODAY
        ).with_only_columns(RegisterEntry.id),
        "ix_submission_item_open": select(SubmissionItem.submission_id).where(UNDECIDED),
        "ix_case_file_list": select(CaseFile.id)
        .where(CaseFile.organ_id == 1, CaseFile.access_level == "organ")
        .order_by(CaseFile.year.desc(), CaseFile.id.desc()),
    }
    for index, wanted in found.items():
        way = way_of(sqlite_db, wanted, index)
        assert "TEMP B-TREE" not in way, way
        assert index != "ix_case_file_list" or "COVERING INDEX" in way
