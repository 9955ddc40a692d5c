"""Books and their lines: numbers in order, days, deadlines, what is refused, what is changed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive import audit, books, clock, numbering, register_handling, register_lists, registers
from archive.errors import ArchiveError, Conflict, Invalid
from archive.models import Event, EventWords, Organ, Person
from archive.register_fields import canonical_of, parse_entry, recipients_of
from archive.register_models import NumberSeries, RegisterEntry
from tests.archive.conftest import Office

MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)


def entered(office: Office, book: str = "den", **values: Any) -> RegisterEntry:
    """A line in one of the usual books."""
    more = {name: values.pop(name) for name in list(values) if name in ENTER}
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        books.ensure_books(session, organ)
        register = books.book_by_code(session, organ, book)
        by = session.get_one(Person, office.first.id)
        entry = registers.enter(session, register, by, {"subject": "Về việc thử", **values}, **more)
        code = entry.code
    return again(office, code)


ENTER = ("registered_on", "late_reason", "addressee", "let_in", "copy_of")


def again(office: Office, code: str) -> RegisterEntry:
    with office.db.reading() as session:
        organ = session.get_one(Organ, office.organ.id)
        return registers.entry_by_code(session, organ, code)


def held(session: Session, office: Office, code: str) -> RegisterEntry:
    return registers.entry_by_code(session, session.get_one(Organ, office.organ.id), code)


def told(office: Office, action: str) -> list[tuple[Event, dict[str, Any]]]:
    with office.db.reading() as session:
        found = session.scalars(select(Event).where(Event.action == action)).all()
        words = {one.event_id: one.words for one in session.scalars(select(EventWords))}
        return [(one, words.get(one.id, {})) for one in found]


def says(code: str) -> Any:
    return pytest.raises(ArchiveError, match=rf"^{code}\b")


@pytest.mark.rule("HC-10")
@pytest.mark.rule("HC-28")
def test_each_book_counts_for_itself_and_anew_every_year(office: Office) -> None:
    with clock.standing_at(MONDAY):
        first, second = entered(office), entered(office)
        issued = entered(office, "di", code_notation="QĐ-TTLT", type_name="Quyết định")
    with clock.standing_at(datetime(2027, 1, 4, 3, tzinfo=UTC)):
        next_year = entered(office)
    assert [first.code, second.code, issued.code] == ["den/2026/1", "den/2026/2", "di/2026/1"]
    assert next_year.code == "den/2027/1"


def test_the_year_is_that_of_the_organs_legal_day_and_not_of_utc(office: Office) -> None:
    with clock.standing_at(datetime(2026, 12, 31, 18, tzinfo=UTC)):  # 1:00 on 1 January there
        entry = entered(office)
    assert (entry.year, entry.registered_on) == (2027, date(2027, 1, 1))


def test_what_is_rolled_back_leaves_no_gap(office: Office) -> None:
    entered(office)
    with pytest.raises(ZeroDivisionError), office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        by = session.get_one(Person, office.first.id)
        book = books.default_book(session, organ, "incoming")
        registers.enter(session, book, by, {"subject": "Không thành"})
        raise ZeroDivisionError
    assert entered(office).number == 2


def test_a_refused_line_takes_no_number(office: Office) -> None:
    with says("subject_missing"):
        entered(office, subject=" ")
    with says("bad_value"):
        entered(office, issued_date="31/02/2026")
    with says("bad_value"):
        entered(office, channel="bồ câu")
    with says("bad_value"):
        entered(office, priority="7")
    assert entered(office).number == 1


@pytest.mark.rule("HC-53")
@pytest.mark.rule("TN-38")
def test_outgoing_numbers_and_dates_are_given_and_never_typed(office: Office) -> None:
    with clock.standing_at(MONDAY):
        entry = entered(office, "di", code_notation="QĐ-TTLT", circulation="paper")
        assert (entry.code_number, entry.issued_date) == ("01", date(2026, 11, 16))
        assert entry.organ_name == "Trung tâm Lưu trữ"
        with says("number_is_given"):
            entered(office, "di", code_number="99")


@pytest.mark.rule("HC-50")
def test_outgoing_documents_get_an_identification_code_of_their_own(office: Office) -> None:
    with clock.standing_at(MONDAY):
        codes = [entered(office, "di").doc_code, entered(office, "di").doc_code]
        copy = entered(office, "sao", copy_kind="SY").doc_code
    assert codes == ["TTLT.2026.00001", "TTLT.2026.00002"]
    assert copy == "TTLT.2026.S.00001"


@pytest.mark.rule("KT-42")
def test_copies_have_a_book_of_their_own_with_their_form(office: Office) -> None:
    document = office.shelve()
    with says("copy_kind_missing"):
        entered(office, "sao")
    entry = entered(office, "sao", copy_kind="SL", copy_of=document)
    assert (entry.code, entry.copy_of_id, entry.code_notation) == (
        f"sao/{entry.year}/1", document.id, "SL-TTLT",
    )  # fmt: skip


@pytest.mark.rule("HC-09")
@pytest.mark.rule("KT-44")
def test_what_was_done_on_paper_is_typed_later_with_both_days_and_the_reason(
    office: Office,
) -> None:
    with clock.standing_at(MONDAY):
        with says("late_reason_missing"):
            entered(office, registered_on=date(2026, 11, 12))
        with says("day_in_future"):
            entered(office, registered_on=date(2026, 11, 17))
        entry = entered(office, registered_on=date(2026, 11, 12), late_reason="Mất điện hai ngày")
    assert (entry.registered_on, entry.entered_at.date()) == (date(2026, 11, 12), MONDAY.date())
    assert entry.late_reason == "Mất điện hai ngày"
    event, words = told(office, "register_entry.enter")[0]
    assert (event.facts["is_late"], words["why"]) == (True, "Mất điện hai ngày")


def test_what_arrived_last_year_gets_a_number_of_last_years_book(office: Office) -> None:
    with clock.standing_at(datetime(2027, 1, 4, 3, tzinfo=UTC)):
        entry = entered(office, registered_on=date(2026, 12, 31), late_reason="Sự cố")
    assert entry.code == "den/2026/1"


@pytest.mark.rule("HC-13")
@pytest.mark.rule("TN-18")
def test_without_a_term_of_its_own_an_answer_is_due_in_seven_working_days(office: Office) -> None:
    with clock.standing_at(MONDAY):
        assert entered(office).due_date == date(2026, 11, 26)  # the 24th is a holiday
        assert entered(office, handling="notice").due_date is None
        assert entered(office, due_date="20/11/2026").due_date == date(2026, 11, 20)
    with clock.standing_at(datetime(2027, 2, 1, 3, tzinfo=UTC)):  # the lunar new year between
        due = entered(office).due_date
    assert due is not None
    assert due > date(2027, 2, 12)


@pytest.mark.rule("TG-15")
def test_the_organ_sets_the_usual_term_itself(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        organ.rules = {"deadline_days": 2}
        audit.record(session, "organ.rules", organ)
    with clock.standing_at(MONDAY):
        assert entered(office).due_date == date(2026, 11, 18)


@pytest.mark.rule("TN-11")
def test_a_deadline_that_the_issuer_set_is_not_changed_here(office: Office) -> None:
    with says("deadline_missing"):
        entered(office, is_deadline_fixed="1")
    entry = entered(office, is_deadline_fixed="1", due_date="25/12/2030")
    for values in ({"due_date": "26/12/2030"}, {"is_deadline_fixed": "0"}):
        with says("deadline_is_fixed"), office.db.transaction() as session:
            registers.correct(session, held(session, office, entry.code), values, "Xin lùi")


def test_a_number_typed_in_any_way_is_compared_in_one_spelling(office: Office) -> None:
    entry = entered(office, code_number="04 ", code_notation="2017 / qđ – ubnd")
    assert (entry.code_number, entry.code_notation) == ("04", "2017 / qđ – ubnd")
    assert entry.canonical == canonical_of("4/2017/QĐ-UBND") == "4/2017/qd-ubnd"
    for typed in ("04/2017/QĐ-UBND", "4 /2017/qđ-ubnd", "04/2017/QÐ−UBND", "Số: 04 /2017/QĐ-UBND"):
        with office.db.reading() as session:
            book = books.book_by_code(session, session.get_one(Organ, office.organ.id), "den")
            found = session.scalars(
                select(RegisterEntry).where(*register_lists.by_number(book, typed))
            ).all()
            assert [one.id for one in found] == [entry.id], typed


def test_a_cancelled_number_stays_in_the_book_with_its_reason(office: Office) -> None:
    entry = entered(office, "di")
    with says("reason_missing"), office.db.transaction() as session:
        registers.cancel(session, held(session, office, entry.code), " ")
    with office.db.transaction() as session:
        registers.cancel(session, held(session, office, entry.code), "Cấp nhầm")
    with says("entry_cancelled"), office.db.transaction() as session:
        registers.cancel(session, held(session, office, entry.code), "Lần nữa")
    assert entered(office, "di").number == 2
    with office.db.reading() as session:
        book = held(session, office, entry.code).register
        rows = register_lists.rows_of_book(session, book, entry.registered_on, entry.registered_on)
    assert [one.is_cancelled for one in rows] == [True, False]
    assert "Cấp nhầm" in rows[0].columns[-1]


def test_two_clerks_save_the_same_line_and_the_second_is_told(office: Office) -> None:
    entry = entered(office, subject="Cũ")
    with office.db.transaction() as session:
        one = held(session, office, entry.code)
        registers.correct(session, one, {"subject": "Mới"}, "Gõ nhầm", seen=entry.revision)
    with says("changed_meanwhile"), office.db.transaction() as session:
        one = held(session, office, entry.code)
        registers.correct(session, one, {"subject": "Khác"}, "Gõ nhầm", seen=entry.revision)
    assert again(office, entry.code).subject == "Mới"
    _, words = told(office, "register_entry.correct")[0]
    assert (words["before"], words["after"]) == ({"subject": "Cũ"}, {"subject": "Mới"})


@pytest.mark.rule("HC-07")
def test_a_correction_asks_for_the_reason_and_leaves_given_numbers(office: Office) -> None:
    entry = entered(office, "di")
    with says("reason_missing"), office.db.transaction() as session:
        registers.correct(session, held(session, office, entry.code), {"subject": "Mới"}, "")
    with says("number_is_given"), office.db.transaction() as session:
        one = held(session, office, entry.code)
        registers.correct(session, one, {"code_number": "7"}, "Đổi số")


def test_the_document_follows_a_correction_of_its_line(office: Office) -> None:
    document = office.shelve(subject="Cũ")
    entry = entered(office, subject="Cũ")
    with office.db.transaction() as session:
        one = held(session, office, entry.code)
        one.document_id = document.id
        audit.record(session, "register_entry.join", one)
    with office.db.transaction() as session:
        registers.correct(session, held(session, office, entry.code), {"subject": "Mới"}, "Sửa")
    found = again(office, entry.code)
    assert found.document is not None
    assert found.document.subject == "Mới"


def test_a_document_is_not_dated_after_its_arrival(office: Office) -> None:
    with clock.standing_at(MONDAY), says("issued_after_arrival"):
        entered(office, issued_date="17/11/2026")


@pytest.mark.parametrize("day", [date(206, 1, 12), date(1926, 1, 12), date(2024, 12, 31)])
def test_a_slip_in_the_year_makes_no_line(office: Office, day: date) -> None:
    with clock.standing_at(MONDAY), says("day_too_early"):
        entered(office, registered_on=day, late_reason="Mất điện")
    with clock.standing_at(MONDAY):
        late = entered(office, registered_on=date(2025, 1, 1), late_reason="Sót lại")
    assert (late.year, late.number) == (2025, 1)


def test_a_closed_book_takes_no_later_day(office: Office) -> None:
    with clock.standing_at(MONDAY):
        entered(office)
        with office.db.transaction() as session:
            book = books.book_by_code(session, session.get_one(Organ, office.organ.id), "den")
            with says("reason_missing"):
                books.close_book(session, book, date(2026, 11, 13), " ")
            books.close_book(session, book, date(2026, 11, 13), "Gộp vào sổ khác")
        with says("book_closed"):
            entered(office)
        late = entered(office, registered_on=date(2026, 11, 13), late_reason="Sót lại")
    assert late.number == 2


def test_a_book_closed_by_mistake_is_opened_again_with_its_reason(office: Office) -> None:
    with clock.standing_at(MONDAY):
        entered(office)
        with office.db.transaction() as session:
            book = books.book_by_code(session, session.get_one(Organ, office.organ.id), "den")
            with says("book_is_open"):
                books.reopen_book(session, book, "Nhầm")
            means = books.what_closing_means(session, book, date(2026, 11, 13))
            assert (means.lines, means.later, means.others) == (1, 1, ())
            books.close_book(session, book, date(2026, 11, 13), "Gộp")
            with says("reason_missing"):
                books.reopen_book(session, book, "")
            books.reopen_book(session, book, "Bấm nhầm")
        assert entered(office).number == 2


def test_an_organ_keeps_as_many_books_as_it_wants(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        books.add_book(session, organ, "di-qd", "outgoing", "Sổ quyết định")
        with pytest.raises(Conflict):
            books.add_book(session, organ, "DI-QD", "outgoing", "Sổ quyết định")
        with pytest.raises(Invalid):
            books.add_book(session, organ, "sổ lạ", "outgoing", "Sổ lạ")
    entered(office, "di")
    entry = entered(office, "di-qd")
    assert (entry.number, entry.doc_code) == (1, f"TTLT.{entry.year}.DI-QD.00001")


def test_an_organ_may_count_its_outgoing_documents_by_type(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        organ.rules = {"number_by_type": True}
        audit.record(session, "organ.rules", organ)
    types = ("Quyết định", "Thông báo", "quyết định", "Công văn", "Hợp đồng", "Hướng dẫn")
    codes = [entered(office, "di", type_name=one).code.split("/") for one in types]
    told = [(book, number) for book, _, number in codes]
    assert told == [
        ("di-qd", "1"), ("di-tb", "1"), ("di-qd", "2"), ("di-cv", "1"), ("di-hd2", "1"),
        ("di-hd", "1"),
    ]  # fmt: skip


@pytest.mark.rule("TN-31")
@pytest.mark.rule("KT-37")
@pytest.mark.rule("KT-38")
@pytest.mark.rule("DB-26")
@pytest.mark.rule("TG-08")
def test_the_outgoing_book_keeps_all_that_the_law_asks_of_an_issued_document(
    office: Office,
) -> None:
    with clock.standing_at(MONDAY):
        code = entered(
            office,
            "di",
            type_name="Thông báo",
            subject="về lịch nộp lưu",
            code_notation="TB-TTLT",
            priority="1",
            recipients="Sở Nội vụ; UBND xã A (giấy)",
            signer_name="Lê Văn Bình",
            signer_position="Giám đốc",
            issued_amount="3",
            copy_holder="Văn thư",
            circulation="electronic",
        ).code
        with office.db.reading() as session:
            line = held(session, office, code)
            rows = register_lists.rows_of_book(session, line.register, MONDAY.date(), MONDAY.date())
    assert (line.priority, line.circulation, line.signer_position) == (1, "electronic", "Giám đốc")
    assert rows[0].columns == (
        "01/TB-TTLT", "16/11/2026", "Thông báo về lịch nộp lưu", "Lê Văn Bình",
        "Sở Nội vụ; UBND xã A (giấy)", "Văn thư", "3", "", "", "",
    )  # fmt: skip


@pytest.mark.rule("KT-31")
@pytest.mark.rule("TN-23")
@pytest.mark.rule("TN-25")
@pytest.mark.parametrize("channel", ["paper", "direct", "post", "e_mail", "axis", "portal"])
def test_a_line_says_how_the_document_came(office: Office, channel: str) -> None:
    assert entered(office, channel=channel).channel == channel


@pytest.mark.rule("HC-37")
def test_recipients_say_who_gets_paper() -> None:
    assert recipients_of("Sở Tài chính; UBND xã A (giấy)\nBan B [bản giấy]") == [
        {"organ_name": "Sở Tài chính", "paper": False},
        {"organ_name": "UBND xã A", "paper": True},
        {"organ_name": "Ban B", "paper": True},
    ]


@pytest.mark.rule("TN-30")
@pytest.mark.rule("HC-22")
def test_an_incoming_document_ends_in_one_of_the_known_ways(office: Office) -> None:
    answer = entered(office, "di")
    one, two, three = entered(office), entered(office), entered(office)
    with office.db.transaction() as session:
        reply = held(session, office, answer.code)
        finish = register_handling.finish
        finish(session, held(session, office, one.code), "answered", answered_by=reply)
        finish(session, held(session, office, two.code), "done_at", done_at="12/TB-VP")
        finish(session, held(session, office, three.code), "for_reference")
    with office.db.reading() as session:
        book = held(session, office, one.code).register
        open_ones = register_lists.lines(book).where(
            *register_lists.filters("unanswered", date(2026, 1, 1))
        )
        assert not session.scalars(open_ones).all()
    assert again(office, one.code).answered_by_id == answer.id


@pytest.mark.parametrize(
    ("outcome", "more", "code"),
    [
        ("answered", {}, "answer_missing"),
        ("done_at", {}, "done_at_missing"),
        ("no_answer", {}, "reason_missing"),
        ("lost", {}, "bad_outcome"),
    ],
)
def test_ending_says_by_what(office: Office, outcome: str, more: dict[str, Any], code: str) -> None:
    entry = entered(office)
    with says(code), office.db.transaction() as session:
        register_handling.finish(session, held(session, office, entry.code), outcome, **more)


@pytest.mark.rule("DB-04")
def test_an_outgoing_document_is_not_ended(office: Office) -> None:
    entry = entered(office, "di")
    with says("not_incoming"), office.db.transaction() as session:
        register_handling.finish(session, held(session, office, entry.code), "for_reference")


@pytest.mark.rule("HC-20")
@pytest.mark.rule("KT-32")
def test_handing_on_keeps_day_opinion_and_signature(office: Office) -> None:
    entry = entered(office)
    with says("not_handed_on"), office.db.transaction() as session:
        by = session.get_one(Person, office.first.id)
        register_handling.sign_for(session, held(session, office, entry.code), by)
    with office.db.transaction() as session:
        one = held(session, office, entry.code)
        register_handling.hand_on(session, one, "Phòng Lưu trữ", opinion="Chủ trì: Phòng A")
        register_handling.sign_for(session, one, session.get_one(Person, office.first.id), "Lan")
    found = again(office, entry.code)
    assert (found.to_places, found.signed_for) == ("Phòng Lưu trữ", "Lan")
    assert (found.handed_on, found.trace_header_list) == (found.registered_on, "Chủ trì: Phòng A")
    with says("signed_for_already"), office.db.transaction() as session:
        one, by = held(session, office, entry.code), session.get_one(Person, office.first.id)
        register_handling.sign_for(session, one, by, "Minh")


@pytest.mark.rule("HC-21")
def test_paper_that_comes_later_joins_its_line_without_a_second_number(office: Office) -> None:
    with clock.standing_at(MONDAY):
        entry = entered(office, circulation="both")
    with clock.standing_at(datetime(2026, 11, 18, 3, tzinfo=UTC)):
        with office.db.transaction() as session:
            register_handling.paper_arrived(session, held(session, office, entry.code))
        assert again(office, entry.code).paper_arrived_on == date(2026, 11, 18)
        assert entered(office).number == 2


@pytest.mark.rule("HC-15")
def test_receipt_is_acknowledged_once(office: Office) -> None:
    entry = entered(office)
    with office.db.transaction() as session:
        register_handling.acknowledge(session, held(session, office, entry.code))
    with says("already_acknowledged"), office.db.transaction() as session:
        register_handling.acknowledge(session, held(session, office, entry.code))


def test_the_books_are_counted_and_have_no_gaps(office: Office) -> None:
    with clock.standing_at(MONDAY):
        entered(office, due_date="16/11/2026")
        entered(office, registered_on=date(2026, 11, 10), late_reason="Nghỉ lễ", handling="notice")
        with office.db.reading() as session:
            organ = session.get_one(Organ, office.organ.id)
            told_of = register_lists.counts(
                session, books.books_of(session, organ), 2026, date(2026, 11, 20)
            )
            assert register_lists.years_of(session, organ) == [2026]
    by_code = {one.book.code: one for one in told_of}
    den = by_code["den"]
    assert (den.entries, den.gaps, den.late_entries, den.unanswered, den.overdue) == (2, 0, 1, 1, 1)
    assert by_code["di"].entries == 0


def test_lines_that_were_counted_are_not_counted_again_and_a_gap_stays_in_sight(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "UNSEEN", 1)

    def look() -> tuple[int, int]:
        with office.db.transaction() as session:
            numbering.note_whole(session)
        with office.db.reading() as session:
            organ = session.get_one(Organ, office.organ.id)
            found = books.books_of(session, organ)
            den = register_lists.counts(session, found, 2026, date(2026, 11, 20))[0]
            return den.entries, den.gaps

    with clock.standing_at(MONDAY):
        entered(office, "di")
        for _ in range(3):
            entered(office)
        assert look() == (3, 0)
        entered(office)
        with office.db.engine.begin() as past_the_code:
            past_the_code.execute(
                update(RegisterEntry).where(RegisterEntry.number == 4).values(number=5)
            )
            of_den = NumberSeries.last == 4
            past_the_code.execute(update(NumberSeries).where(of_den).values(last=5))
        assert look() == (4, 1)
        assert look() == (4, 1)  # however often somebody looks


@pytest.mark.rule("TG-16")
@pytest.mark.rule("KT-34")
@pytest.mark.rule("TN-21")
def test_the_printed_book_has_the_ten_columns_of_the_law(office: Office) -> None:
    with clock.standing_at(MONDAY):
        entered(
            office,
            organ_name="Sở Nội vụ",
            code_number="15",
            code_notation="SNV-VP",
            issued_date="12/11/2026",
            type_name="Công văn",
            subject="về nộp lưu",
            to_places="Phòng A",
            handed_on="16/11/2026",
            signed_for="Bình",
            note="Kèm phụ lục",
        )
        with office.db.reading() as session:
            book = books.book_by_code(session, session.get_one(Organ, office.organ.id), "den")
            rows = register_lists.rows_of_book(session, book, MONDAY.date(), MONDAY.date())
    assert [one.columns for one in rows] == [
        (
            "16/11/2026", "1", "Sở Nội vụ", "15/SNV-VP", "12/11/2026", "Công văn về nộp lưu",
            "Phòng A", "16/11/2026", "Bình", "Kèm phụ lục",
        )
    ]  # fmt: skip


def test_the_series_holds_the_last_number(office: Office) -> None:
    entered(office)
    entered(office)
    with office.db.reading() as session:
        assert session.scalars(select(NumberSeries.last)).all() == [2]


@pytest.mark.parametrize(
    ("number", "symbol", "kept"),
    [
        ("15 / SNV - VP", "", ("15", "SNV - VP")),
        ("15/snv–vp", "", ("15", "snv–vp")),
        ("  15 ／ SNV－VP", "", ("15", "SNV－VP")),
        ("Số: 15/SNV—VP", "", ("15", "SNV—VP")),
        ("15", "snv – vp", ("15", "snv – vp")),
        ("04 /2017/QĐ-UBND", "", ("04", "2017/QĐ-UBND")),
        ("37", "CV-TTg", ("37", "CV-TTg")),
        ("12-QĐ/TW", "", ("12-QĐ/TW", "")),
        ("15", "", ("15", "")),
        ("không số", "", ("không số", "")),
    ],
)
def test_a_number_is_kept_in_its_parts_however_it_was_typed(
    number: str, symbol: str, kept: tuple[str, str]
) -> None:
    values = parse_entry({"code_number": number, "code_notation": symbol})
    assert (values["code_number"], values["code_notation"]) == kept
    if number.strip(" Số:").startswith("15") and kept[1]:
        assert canonical_of(*kept) == "15/snv-vp"
