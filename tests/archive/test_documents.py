import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from archive import case_files, clock, documents, reading
from archive.audit_check import verify
from archive.case_files import code_of
from archive.database import Database
from archive.errors import Conflict, Invalid, NotFound
from archive.fields import (
    CASE_FILE_FIELDS,
    DOCUMENT_FIELDS,
    given_value,
    parse_fields,
    too_long,
)
from archive.models import CaseFile, Document, EventWords, Organ
from tests.archive.conftest import Office
from tests.factories import a_case_file, a_document, an_organ, counting


def test_codes_are_organ_legal_year_and_seven_digits(office: Office) -> None:
    # 18:00 UTC on New Year's Eve is the new year already in Hà Nội.
    with clock.standing_at(datetime(2026, 12, 31, 18, tzinfo=UTC)):
        assert office.shelve().code == "TTLT-2027-0000001"
    with clock.standing_at(datetime(2026, 12, 31, 16, tzinfo=UTC)):
        assert office.shelve(digest="b" * 64).code == "TTLT-2026-0000001"
        assert office.shelve(digest="c" * 64).code == "TTLT-2026-0000002"


def test_one_is_looked_up_without_going_through_all_places(sqlite_db: Database) -> None:
    organ = an_organ(sqlite_db)
    code = a_document(sqlite_db, organ, case_file=a_case_file(sqlite_db, organ)).code
    with counting(sqlite_db) as asked, sqlite_db.reading() as session:
        documents.by_code(session, code)
    with sqlite_db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", (code,))
        steps = [one.detail for one in plan]
    assert any("placement" in one for one in steps)
    assert [one for one in steps if "MATERIALIZE" in one or "SCAN case_file" in one] == []


def test_codes_stay_unique_when_many_shelve_at_once(office: Office) -> None:
    from archive import audit

    def shelve(number: int) -> None:
        with audit.acting_as(None, "worker"):
            codes.append(office.shelve(digest=f"{number:064d}").code)

    codes: list[str] = []
    threads = [threading.Thread(target=shelve, args=(number,)) for number in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(codes)) == 12
    assert sorted(codes)[-1].endswith("0000012")


@pytest.mark.rule("KT-17")
@pytest.mark.rule("HC-07")
def test_every_field_of_the_law_has_a_column_and_takes_its_value(office: Office) -> None:
    given = {
        "TypeName": "Quyết định", "CodeNumber": "04", "CodeNotation": "QĐ-UBND",
        "IssuedDate": "03/02/2017", "OrganName": "UBND thành phố Kon Tum", "Subject": "Ban hành",
        "Language": "Tiếng Việt", "PageAmount": "12", "Description": "ghi chú",
        "Position": "Chủ tịch", "FullName": "Nguyễn Văn An", "To": "Sở Nội vụ; Sở Tài chính",
        "Priority": "2", "IssuedAmount": "5", "DueDate": "2017-03-01",
        "ArrivalDate": "2017/02/05", "ArrivalNumber": "77", "ToPlaces": "Phòng Hành chính",
        "TraceHeaderList": "Giao Phòng Hành chính", "+Màu mực": "xanh",
    }  # fmt: skip
    code = office.shelve(**given).code
    with office.db.reading() as session:
        kept = documents.by_code(session, code)
    assert kept.issued_date == date(2017, 2, 3)
    assert kept.due_date == date(2017, 3, 1)
    assert kept.arrival_date == date(2017, 2, 5)
    assert kept.recipients == [{"organ_name": "Sở Nội vụ"}, {"organ_name": "Sở Tài chính"}]
    assert (kept.priority, kept.arrival_number, kept.page_amount) == (2, 77, 12)
    assert kept.supplementary == {"Màu mực": "xanh"}
    assert documents.number_as_shown(kept) == "04/QĐ-UBND"


def test_fields_name_columns_that_exist() -> None:
    for table, fields in ((Document, DOCUMENT_FIELDS), (CaseFile, CASE_FILE_FIELDS)):
        for field in fields:
            assert hasattr(table, field.column), field


@pytest.mark.parametrize("name", ["CodeNumber", "code_number", "Số của văn bản"])
def test_a_field_is_known_by_code_column_and_vietnamese_name(name: str) -> None:
    assert parse_fields({name: "7"}, DOCUMENT_FIELDS) == ({"code_number": "7"}, {})


@pytest.mark.parametrize("name", ["Subject", "subject", "Trích yếu nội dung"])
def test_a_given_value_is_found_under_any_of_its_names(name: str) -> None:
    assert given_value({name: "Về việc thử"}, "Subject") == "Về việc thử"
    assert given_value({}, "Subject") == ""


def test_an_unknown_field_or_a_bad_value_is_named() -> None:
    with pytest.raises(Invalid) as failed:
        parse_fields({"Sô hiệu": "7"}, DOCUMENT_FIELDS)
    assert failed.value.details == {"field": "Sô hiệu"}
    with pytest.raises(Invalid) as failed:
        parse_fields({"IssuedDate": "31/02/2020"}, DOCUMENT_FIELDS)
    assert failed.value.details["value"] == "31/02/2020"


def test_a_value_longer_than_exchange_allows_is_kept_and_warned_about(office: Office) -> None:
    document = office.shelve(Subject="x" * 501)
    assert [(one.field.code, one.length) for one in too_long(document)] == [("Subject", 501)]


@pytest.mark.rule("KT-04")
@pytest.mark.rule("DB-34")
def test_text_is_kept_in_composed_unicode(office: Office) -> None:
    document = office.shelve(Subject="Quye\u0302\u0301t đi\u0323nh")
    assert document.subject == "Quyết định"


def test_a_document_stands_in_the_tray_until_it_is_placed(office: Office) -> None:
    document = office.shelve()
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        assert documents.by_code(session, document.code).placements == []
        case_file = case_files.open_one(session, organ, "01.TCCB", "Tổ chức cán bộ", year=2026)
        other = case_files.open_one(session, organ, "02.TCCB", "Tuyển dụng", year=2026)
        found = documents.by_code(session, document.code)
        documents.place(session, found, case_file)
        documents.place(session, found, other)
        session.refresh(found, ["placements"])
        assert [one.case_file for one in found.placements] == [case_file, other]
        assert case_files.totals(session, [case_file.id, other.id]) == {
            case_file.id: (1, 3),
            other.id: (1, 3),
        }
    with pytest.raises(Conflict), office.db.transaction() as session:
        found = documents.by_code(session, document.code)
        documents.place(session, found, case_files.by_code(session, "TTLT.2026.01.TCCB"))


def test_ordinals_follow_the_order_of_placing(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        case_files.open_one(session, organ, "01", "Hồ sơ", year=2026)
    for number in range(3):
        document = office.shelve(digest=f"{number:064d}")
        with office.db.transaction() as session:
            case_file = case_files.by_code(session, code_of("TTLT", 2026, "01"))
            documents.place(session, documents.by_code(session, document.code), case_file)
    with office.db.reading() as session:
        case_file = case_files.by_code(session, "TTLT.2026.01")
        assert [one.ordinal for one in case_file.placements] == [1, 2, 3]


def test_the_same_notation_twice_in_a_year_is_refused(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        case_files.open_one(session, organ, "01", "Hồ sơ", year=2026)
        case_files.open_one(session, organ, "01", "Hồ sơ", year=2025)
    with pytest.raises(Conflict), office.db.transaction() as session:
        case_files.open_one(session, session.get_one(Organ, office.organ.id), "01", "x", year=2026)


def test_a_correction_needs_a_reason(office: Office) -> None:
    document = office.shelve()
    with pytest.raises(Invalid) as failed, office.db.transaction() as session:
        found = documents.by_code(session, document.code)
        documents.correct(session, found, {"Subject": "mới"}, why="  ")
    assert failed.value.code == "reason_missing"


def test_an_unknown_code_is_said_to_be_unknown(office: Office) -> None:
    with office.db.reading() as session:
        with pytest.raises(NotFound):
            documents.by_code(session, "TTLT-2026-9999999")
        with pytest.raises(NotFound):
            case_files.by_code(session, "TTLT.2026.zz")


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)  # SQLite lets one writer in
def test_two_corrections_at_once_are_two_revisions_and_the_story_holds(office: Office) -> None:
    code = office.shelve(subject="Đầu").code
    with office.db.transaction() as late:
        seen_early = documents.by_code(late, code)
        _correct(office, code, subject="Một")
        documents.correct(late, seen_early, {"subject": "Hai"}, "Sửa lại")
    with office.db.reading() as session:
        assert documents.by_code(session, code).revision == 3
        told = session.scalars(select(EventWords.words).order_by(EventWords.event_id.desc()))
        assert told.first()["before"] == {"subject": "Một"}  # type: ignore[index]
        assert verify(session).is_good


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_who_opens_a_document_while_it_is_corrected_tells_of_it_as_it_is(office: Office) -> None:
    code = office.shelve(subject="Đầu").code
    with office.db.transaction() as reader:
        document = documents.by_code(reader, code)
        _correct(office, code, subject="Một")
        reading.opened(reader, document, "open")
    assert document.parts[0].renditions  # what was loaded stays readable
    with office.db.reading() as session:
        assert verify(session).is_good


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_placing_while_another_corrects_loses_neither(office: Office) -> None:
    code = office.shelve(subject="Đầu").code
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        case_files.open_one(session, organ, "01", "Hồ sơ", year=2026)
    with office.db.transaction() as late:
        document = documents.by_code(late, code)
        _correct(office, code, subject="Một")
        documents.place(late, document, case_files.by_code(late, "TTLT.2026.01"))
    with office.db.reading() as session:
        assert documents.by_code(session, code).revision == 3
        assert verify(session).is_good


def _correct(office: Office, code: str, **values: str) -> None:
    with office.db.transaction() as session:
        documents.correct(session, documents.by_code(session, code), values, "Sửa")
