"""When a case file's term is over: what counts, who says so, what is kept of it for lists."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from archive import audit, closing, documents, freezes
from archive import clock as archive_clock
from archive.errors import ArchiveError, Conflict, Invalid
from archive.models import CaseFile, Document, Event, Organ
from retention import assignments, ends, explaining, occurrences, schedule, what_if
from retention.clock import End, Fate
from retention.models import Assignment, Clock, Occurrence, RetentionRule
from retention.schedule import RuleValues
from tests.factories import a_document, a_person, counting
from tests.retention.office import Office

WAITS = "5 năm sau khi chấm dứt hợp đồng"


def runs(year: int) -> End:
    return End(Fate.RUNS, date(year, 12, 31))


def end(office: Office, case_file: CaseFile) -> End:
    with office.db.reading() as session:
        return ends.of_case_file(session, session.get_one(CaseFile, case_file.id))


def clock_of(office: Office, case_file: CaseFile) -> Clock | None:
    with office.db.reading() as session:
        return session.get(Clock, case_file.id)


def assign(
    office: Office, case_file: CaseFile, term: str, source: str = "archivist", **more: object
) -> None:
    by = office.binh if source == "officer" else office.lan
    with office.acting(by) as session:
        found = session.get_one(CaseFile, case_file.id)
        rule = more.pop("rule", None)
        if isinstance(rule, RetentionRule):
            more["rule"] = session.get_one(RetentionRule, rule.id)
        more.setdefault("reason", "Theo bảng thời hạn")
        assignments.assign(session, found, by, term=term, source=source, **more)  # type: ignore[arg-type]


def occur(office: Office, case_file: CaseFile, day: date, note: str = "") -> None:
    with office.acting(office.lan) as session:
        found = session.get_one(CaseFile, case_file.id)
        occurrences.record(
            session, found, office.lan, kind="ended", happened_on=day,
            evidence="12/BB-TL", note=note,
        )  # fmt: skip


# What counts --------------------------------------------------------------------------------------


def test_without_a_schedule_the_term_of_the_officer_counts(sqlite_office: Office) -> None:
    case_file = sqlite_office.case_file("5 năm", "14/03/2019")
    assert end(sqlite_office, case_file) == runs(2024)


def test_the_longest_term_of_anything_in_the_file_wins(office: Office) -> None:
    case_file = office.case_file("5 năm", terms=("20 năm", "", "10 năm"))
    assert end(office, case_file) == runs(2039)
    forever = office.case_file("5 năm", terms=("Vĩnh viễn",))
    assert end(office, forever).fate is Fate.PERMANENT
    unclear = office.case_file("5 năm", terms=("chưa rõ",))
    assert end(office, unclear).fate is Fate.UNKNOWN


def test_a_documents_end_is_the_longest_of_all_files_it_stands_in(office: Office) -> None:
    short, long = office.case_file("5 năm"), office.case_file("20 năm")
    open_one = office.case_file("70 năm")
    with office.acting(office.binh) as session:
        closing.reopen(session, session.get_one(CaseFile, open_one.id), office.binh, "Bổ sung")
    tray = a_document(office.db, office.organ)
    with office.db.reading() as session:
        inside = select(Document).join(Document.placements)
        both, waits = (
            session.scalars(inside.where(Document.placements.any(case_file_id=one.id))).one()
            for one in (short, open_one)
        )
    place(office, both, long)
    with office.db.reading() as session:
        found = ends.of_documents(session, [both.id, waits.id, tray.id])
    assert found == {
        both.id: runs(2039), waits.id: End(Fate.UNKNOWN), tray.id: End(Fate.UNKNOWN),
    }  # fmt: skip


def place(office: Office, document: Document, case_file: CaseFile) -> None:
    with office.acting(office.binh) as session:
        found = session.get_one(CaseFile, case_file.id)
        closing.reopen(session, found, office.binh, "Bổ sung")
        documents.place(session, session.get_one(Document, document.id), found)
        closing.close(session, found, office.binh, {})


def test_a_leap_day_counts_like_any_other(sqlite_office: Office) -> None:
    case_file = sqlite_office.case_file("1 năm", "29/02/2024")
    assert end(sqlite_office, case_file) == runs(2025)


# Who says so --------------------------------------------------------------------------------------


def test_a_decision_stands_beside_the_earlier_ones(office: Office) -> None:
    rule = office.rule()
    case_file = office.case_file("5 năm")
    assign(office, case_file, "5 năm", "officer", reason="")
    assign(office, case_file, "", rule=rule)
    with office.db.reading() as session:
        found = session.get_one(CaseFile, case_file.id)
        history = assignments.history(session, found)
        binding = assignments.binding(session, found)
        told = session.scalars(
            select(Event).where(Event.action == "case_file.assign_term").order_by(Event.id.desc())
        ).first()
    assert [(one.term, one.source) for one in history] == [
        ("20 năm", "archivist"), ("5 năm", "officer"),
    ]  # fmt: skip
    assert (binding.term, binding.is_confirmed) == ("20 năm", True)
    assert binding.rule is not None
    assert found.maintenance == "20 năm"
    assert told is not None
    assert told.facts == {
        "assignment": history[0].id, "term": "20 năm", "before": "5 năm", "source": "archivist",
        "number": "3.4", "version": 1, "rule_term": "20 năm", "mandate": "TT 10/2022, mục 3.4",
    }  # fmt: skip
    assert end(office, case_file) == runs(2039)


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_another_term_needs_a_reason_that_says_something(
    sqlite_office: Office, reason: str
) -> None:
    case_file = sqlite_office.case_file("20 năm")
    with pytest.raises(Invalid, match="reason_missing"):
        assign(sqlite_office, case_file, "5 năm", reason=reason)
    with pytest.raises(Invalid, match="reason_missing"):
        assign(sqlite_office, case_file, "20 năm", "appraisal", reason=reason)


def test_the_archive_may_shorten_with_a_reason_an_officer_never_what_it_confirmed(
    sqlite_office: Office,
) -> None:
    case_file = sqlite_office.case_file("20 năm")
    assign(sqlite_office, case_file, "20 năm")
    with pytest.raises(Conflict, match="term_is_confirmed"):
        assign(sqlite_office, case_file, "5 năm", "officer")
    assert end(sqlite_office, case_file) == runs(2039)
    assign(sqlite_office, case_file, "5 năm")
    assert end(sqlite_office, case_file) == runs(2024)


def test_what_the_archive_confirmed_holds_whatever_an_officer_has_said_since(
    sqlite_office: Office,
) -> None:
    case_file = sqlite_office.case_file("20 năm")
    assign(sqlite_office, case_file, "20 năm")
    assign(sqlite_office, case_file, "20 năm", "officer")
    for term in ("5 năm", "70 năm"):
        with pytest.raises(Conflict, match="term_is_confirmed"):
            assign(sqlite_office, case_file, term, "officer")
    said_past_the_archive(sqlite_office, case_file, "5 năm")
    with pytest.raises(Invalid, match="reason_missing"):
        confirm(sqlite_office, case_file)
    assert end(sqlite_office, case_file) == runs(2039)


def said_past_the_archive(office: Office, case_file: CaseFile, term: str) -> None:
    """A shorter word of the officer's, from before it was refused."""
    with office.acting(office.binh) as session:
        found = session.get_one(CaseFile, case_file.id)
        made = Assignment(
            organ_id=found.organ_id, case_file_id=found.id, term=term, source="officer",
            decided_by_id=office.binh.id, decided_at=archive_clock.now(),
        )  # fmt: skip
        session.add(made)
        found.maintenance = term
        session.flush()
        audit.record(session, "case_file.test", found, also=(made,))


def confirm(office: Office, case_file: CaseFile) -> None:
    with office.acting(office.lan) as session:
        found = session.get_one(CaseFile, case_file.id)
        assignments.confirm(session, found, office.lan, "archivist")


def test_of_what_is_not_closed_and_with_them_officers_say_nothing_once_it_is_confirmed(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    case_file = office.case_file("20 năm")
    assign(office, case_file, "20 năm")
    hoa = a_person(office.db, office.organ, "hoa", "officer")
    with pytest.raises(Conflict, match="term_is_confirmed"), office.acting(hoa) as session:
        found = session.get_one(CaseFile, case_file.id)
        assignments.assign(session, found, hoa, term="20 năm", source="officer")
    office.hand_over(case_file, "return")
    with pytest.raises(Conflict, match="term_is_confirmed"):
        assign(office, case_file, "20 năm", "officer")
    with office.db.reading() as session:
        found = session.get_one(CaseFile, case_file.id)
        assert assignments.binding(session, found).is_confirmed


def test_what_is_corrected_past_a_decision_makes_nothing_shorter(sqlite_office: Office) -> None:
    case_file = sqlite_office.case_file("20 năm")
    assign(sqlite_office, case_file, "20 năm")
    with sqlite_office.acting(sqlite_office.binh) as session:
        found = session.get_one(CaseFile, case_file.id)
        closing.correct(session, found, {"maintenance": "5 năm"}, "Nhầm")
    assert end(sqlite_office, case_file) == runs(2039)
    with sqlite_office.acting(sqlite_office.binh) as session:
        found = session.get_one(CaseFile, case_file.id)
        closing.correct(session, found, {"maintenance": "70 năm"}, "Nhầm")
    assert end(sqlite_office, case_file) == runs(2089)


def test_a_term_nobody_can_count_is_refused(sqlite_office: Office) -> None:
    case_file = sqlite_office.case_file()
    for term in ("", "lâu", "0 năm", "năm năm"):
        with pytest.raises(Invalid, match="term_unclear"):
            assign(sqlite_office, case_file, term)


def test_a_rule_is_the_organs_own_and_holds_today(office: Office) -> None:
    case_file = office.case_file()
    draft = office.rule()
    office.rule(RuleValues("3.4", "Nhân sự", "Tuyển dụng", "10 năm"), on=date(2021, 1, 1))
    with pytest.raises(Conflict, match="rule_not_in_force"):
        assign(office, case_file, "", rule=draft)


def test_a_rule_that_ended_stays_with_what_was_given_it(office: Office) -> None:
    case_file = office.case_file("20 năm")
    first = office.rule()
    assign(office, case_file, "", "officer", rule=first, reason="")
    office.rule(RuleValues("3.4", "Nhân sự", "Tuyển dụng", "10 năm"), on=date(2021, 1, 1))
    assert end(office, case_file) == runs(2039)
    assign(office, case_file, "20 năm", rule=first)
    with office.db.reading() as session:
        found = session.get_one(CaseFile, case_file.id)
        assert assignments.binding(session, found).is_confirmed


def test_what_is_frozen_keeps_its_term(office: Office) -> None:
    case_file = office.case_file(WAITS)
    with office.acting(office.truong) as session:
        organ = session.get_one(Organ, office.organ.id)
        freezes.freeze(
            session, organ, [session.get_one(CaseFile, case_file.id)], by=office.truong,
            number="5/QĐ", ordered_on=date(2026, 1, 2), reason="Thanh tra",
        )  # fmt: skip
    with pytest.raises(Conflict, match="frozen"):
        assign(office, case_file, "20 năm")
    with pytest.raises(Conflict, match="frozen"):
        occur(office, case_file, date(2020, 1, 1))


# What it waits for --------------------------------------------------------------------------------


def test_it_waits_for_what_it_counts_from_and_a_later_word_corrects_the_day(
    office: Office,
) -> None:
    case_file = office.case_file(WAITS)
    assert end(office, case_file) == End(Fate.WAITS, event="ended")
    occur(office, case_file, date(2020, 2, 29))
    assert end(office, case_file) == runs(2025)
    with pytest.raises(Invalid, match="reason_missing"):
        occur(office, case_file, date(2021, 6, 30), note="  ")
    occur(office, case_file, date(2021, 6, 30), note="Thanh lý lại")
    assert end(office, case_file) == runs(2026)
    with office.db.reading() as session:
        days = session.scalars(select(Occurrence.happened_on).order_by(Occurrence.id)).all()
    assert days == [date(2020, 2, 29), date(2021, 6, 30)]


def test_nothing_is_written_down_that_has_not_come_or_is_not_waited_for(
    sqlite_office: Office,
) -> None:
    case_file = sqlite_office.case_file(WAITS)
    with pytest.raises(Invalid, match="day_in_future"):
        occur(sqlite_office, case_file, date(2999, 1, 1))
    with pytest.raises(Invalid, match="nothing_waits_for_it"):
        occur(sqlite_office, sqlite_office.case_file("5 năm"), date(2020, 1, 1))


def test_nothing_is_counted_from_a_day_before_the_work_ended(sqlite_office: Office) -> None:
    case_file = sqlite_office.case_file(WAITS, "14/03/2019")
    with pytest.raises(Invalid, match="before_work_ended"):
        occur(sqlite_office, case_file, date(2019, 3, 13))
    assert end(sqlite_office, case_file).fate is Fate.WAITS
    occur(sqlite_office, case_file, date(2019, 3, 14))
    assert end(sqlite_office, case_file) == runs(2024)


# What is kept for lists ---------------------------------------------------------------------------


def test_the_clock_follows_what_changes_and_goes_when_work_begins_again(office: Office) -> None:
    case_file = office.case_file("5 năm", terms=("", "10 năm"))
    assert clock_of(office, case_file) is None
    caught_up(office)
    found = clock_of(office, case_file)
    assert found is not None
    assert (found.fate, found.expires_on, found.is_confirmed) == ("runs", date(2029, 12, 31), False)
    with office.db.reading() as session:
        document = session.scalars(select(Document).where(Document.maintenance == "10 năm")).one()
    with office.acting(office.lan) as session:
        documents.correct(
            session, session.get_one(Document, document.id), {"maintenance": "30 năm"}, "Nhầm"
        )
    caught_up(office)
    assert getattr(clock_of(office, case_file), "expires_on", None) == date(2049, 12, 31)
    with office.acting(office.binh) as session:
        closing.reopen(session, session.get_one(CaseFile, case_file.id), office.binh, "Bổ sung")
    caught_up(office)
    assert clock_of(office, case_file) is None


def caught_up(office: Office, limit: int = 500) -> int:
    with office.acting(office.lan) as session:
        return ends.catch_up(session, limit)


def test_catching_up_goes_some_at_a_time_and_ends(sqlite_office: Office) -> None:
    for _ in range(3):
        sqlite_office.case_file()
    assert [caught_up(sqlite_office, 2) for _ in range(3)] == [2, 1, 0]


def test_many_are_counted_in_few_questions(sqlite_office: Office) -> None:
    numbers = [sqlite_office.case_file(terms=("7 năm",)).id for _ in range(4)]
    with counting(sqlite_office.db) as asked, sqlite_office.db.reading() as session:
        assert set(ends.of_case_files(session, numbers).values()) == {runs(2026)}
    assert len(asked) == 3


# What would be ------------------------------------------------------------------------------------


def test_before_a_version_holds_it_is_known_what_would_move(office: Office) -> None:
    rule = office.rule()
    followers = [office.case_file("20 năm", f"01/03/{year}") for year in (2020, 2022)]
    other = office.case_file("20 năm")
    mixed = office.case_file("20 năm", terms=("50 năm",))
    for one in (*followers, mixed):
        assign(office, one, "20 năm", rule=rule)
    caught_up(office)
    with office.acting(office.lan) as session:
        organ = session.get_one(Organ, office.organ.id)
        values = RuleValues("3.4", "Nhân sự", "Tuyển dụng", "10 năm")
        number = schedule.draft(session, organ, values, office.lan).id
    with office.db.reading() as session:
        draft = session.get_one(RetentionRule, number)
        counted, moved = what_if.looked_at(session, draft, 100)
        less, _ = what_if.looked_at(session, draft, 1)
    assert (counted.earlier, counted.later, counted.same) == (2, 0, 1)
    assert [(one.code, one.before, one.after) for one in moved] == [
        (followers[0].code, runs(2040), runs(2030)), (followers[1].code, runs(2042), runs(2032)),
    ]  # fmt: skip
    assert less.is_more
    assert other.code not in {one.code for one in moved}
    assert end(office, followers[0]) == runs(2040)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (runs(2030), runs(2020), "earlier"),
        (runs(2020), runs(2030), "later"),
        (End(Fate.PERMANENT), runs(2030), "earlier"),
        (runs(2030), End(Fate.PERMANENT), "later"),
        (runs(2030), End(Fate.WAITS, event="ended"), "other"),
        (runs(2030), runs(2030), "same"),
    ],
)
def test_which_way_it_moves(before: End, after: End, way: str) -> None:
    assert what_if.way(before, after) == way


# The story alone ----------------------------------------------------------------------------------

TERMS = st.sampled_from(["5 năm", "20 năm", "Vĩnh viễn", WAITS, "Theo tuổi thọ công trình"])
DAYS = st.dates(date(2019, 1, 2), date(2026, 1, 1))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), TERMS, st.sampled_from(["officer", "archivist", "appraisal"])),
        st.tuples(st.just("occur"), DAYS, st.just("")),
        st.tuples(st.just("reopen"), st.just(""), st.just("")),
        st.tuples(st.just("close"), TERMS, st.just("")),
        st.tuples(st.just("correct"), TERMS, st.just("")),
        st.tuples(st.just("ended"), DAYS, st.just("")),
        st.tuples(st.just("document"), st.sampled_from(["", "10 năm", "gì đó"]), st.just("")),
        st.tuples(st.just("place"), st.sampled_from(["", "30 năm"]), st.just("")),
        st.tuples(st.just("take_out"), st.just(""), st.just("")),
        st.tuples(st.just("accept"), st.just(""), st.just("")),
        st.tuples(st.just("return"), st.just(""), st.just("")),
        st.tuples(st.just("approve"), TERMS, st.just("")),
    ),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
@example(steps=[("assign", WAITS, "archivist"), ("occur", date(2020, 2, 29), "")])
def test_the_story_alone_says_the_same_as_the_rows(
    sqlite_office: Office, steps: list[tuple[str, object, str]]
) -> None:
    office = sqlite_office
    case_file = office.case_file("5 năm", terms=("", "7 năm"))
    for step in steps:
        try:
            take(office, case_file, *step)
        except ArchiveError:
            continue  # what is refused changes nothing
    with office.db.reading() as session:
        found = session.get_one(CaseFile, case_file.id)
        told = explaining.explain(session, found)
        retold = explaining.from_story(session, found)
        binding = assignments.binding(session, found)
        number, version = (binding.rule.number, binding.rule.version) if binding.rule else ("", 0)
        inside = select(Document).where(Document.placements.any(case_file_id=found.id))
        papers = session.scalars(inside).all()
        for one in papers:
            assert explaining.from_story(session, one).end == explaining.explain(session, one).end
    assert retold.end == told.end
    assert (retold.number, retold.version, retold.source) == (number, version, binding.source)
    if binding.assignment is not None:
        assert retold.term == binding.term


def take(office: Office, case_file: CaseFile, verb: str, value: object, source: str) -> None:
    """One step of somebody's life with the case file."""
    if verb == "assign":
        assign(office, case_file, str(value), source)
    elif verb == "occur":
        assert isinstance(value, date)
        occur(office, case_file, value, note="Sửa ngày")
    elif verb == "approve":
        follow(office, case_file, str(value))
    elif verb in ("accept", "return"):
        office.hand_over(case_file, verb)
    elif verb == "place":
        with office.db.reading() as session:
            found = session.get_one(CaseFile, case_file.id)
        a_document(office.db, office.organ, case_file=found, maintenance=str(value))
    else:
        change(office, case_file, verb, value)


def change(office: Office, case_file: CaseFile, verb: str, value: object) -> None:
    """The same, of what happens to it in one transaction."""
    person = office.lan if verb == "document" else office.binh
    with office.acting(person) as session:
        found = session.get_one(CaseFile, case_file.id)
        inside = select(Document).where(Document.placements.any(case_file_id=found.id))
        papers = session.scalars(inside.order_by(Document.id)).all()
        if verb == "reopen":
            closing.reopen(session, found, person, "Bổ sung")
        elif verb == "close":
            closing.close(session, found, person, {"maintenance": str(value)})
        elif verb == "correct":
            closing.correct(session, found, {"maintenance": str(value)}, "Nhầm")
        elif verb == "ended":
            assert isinstance(value, date)
            closing.correct(session, found, {"end_date": f"{value:%d/%m/%Y}"}, "Nhầm")
        elif verb == "document" and papers:
            documents.correct(session, papers[-1], {"maintenance": str(value)}, "Nhầm")
        elif verb == "take_out" and papers:
            closing.take_out(session, found, papers[-1], "draft")


def follow(office: Office, case_file: CaseFile, term: str) -> None:
    """A new version of a rule is approved, and the archive gives it to the case file."""
    with office.db.reading() as session:
        count = session.scalar(select(func.count()).select_from(RetentionRule)) or 0
    values = RuleValues("9.9", "Nhóm", "Tên", term)
    rule = office.rule(values, on=date(2001, 1, 1) + timedelta(days=count))
    assign(office, case_file, "", rule=rule)
