"""Whether what was issued arrived: who is waited for, who confirmed, of whom the clerk is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from archive import audit, clock, deliveries, notices, occasions, register_handling, registers
from archive.life_models import NoticeItem
from archive.models import Organ
from archive.notices import NOT_CONFIRMED
from archive.register_models import Delivery
from tests.archive.conftest import Office
from tests.archive.test_registers import entered, held, says

MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)
TO = "Sở Nội vụ; UBND xã A (giấy); Như trên; Lưu: VT, TH"


def issued(office: Office, to: str = TO) -> str:
    return entered(office, "di", recipients=to, subject="Thông báo lịch nộp lưu").code


def told(office: Office, code: str) -> list[tuple[str, bool, date | None, date | None]]:
    with office.db.reading() as session:
        found = deliveries.of_entry(session, held(session, office, code))
        return [(one.recipient, one.is_paper, one.arrived_on, one.reminded_on) for one in found]


def arrived(office: Office, code: str, *names: str, on: date | None = None) -> None:
    with office.db.transaction() as session:
        line = held(session, office, code)
        register_handling.arrived(session, line, names, on=on, how="điện thoại")


def notice(office: Office) -> list[tuple[int, str]]:
    """Whom the worker tells now of what was not confirmed, and since when it waits."""
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        made = notices.tell(session, organ, occasions.of_organ(session, organ))
        numbers = [one.id for one in made if one.kind == NOT_CONFIRMED]
        found = select(NoticeItem).where(NoticeItem.notice_id.in_(numbers))
        return [(one.person_id, one.occasion) for one in session.scalars(found)]


@pytest.mark.rule("HC-29", "HC-60")
def test_every_recipient_is_waited_for_until_somebody_knows_that_it_arrived(office: Office) -> None:
    with clock.standing_at(MONDAY):
        code = issued(office)
        assert told(office, code) == [
            ("Sở Nội vụ", False, None, None),
            ("UBND xã A", True, None, None),
        ]
        arrived(office, code, "Sở Nội vụ")
        with office.db.transaction() as session:
            register_handling.remind(session, held(session, office, code), [], how="công văn")
    day = MONDAY.date()
    assert told(office, code) == [
        ("Sở Nội vụ", False, day, None),
        ("UBND xã A", True, None, day),
    ]


@pytest.mark.rule("HC-29")
def test_the_clerk_is_told_of_who_has_not_confirmed_and_again_after_a_reminder(
    office: Office,
) -> None:
    with clock.standing_at(MONDAY):
        clerk = office.add("minh", "clerk")
        office.add("binh", "officer")
        code = issued(office)
    with clock.standing_at(MONDAY + timedelta(days=2)):
        assert notice(office) == []  # three days are theirs
    with clock.standing_at(MONDAY + timedelta(days=3)):
        assert notice(office) == [(clerk.id, "2026-11-16")]
        assert notice(office) == []
        with office.db.transaction() as session:
            register_handling.remind(session, held(session, office, code), ["Sở Nội vụ"])
        arrived(office, code, "UBND xã A")
    with clock.standing_at(MONDAY + timedelta(days=5)):
        assert notice(office) == []
    with clock.standing_at(MONDAY + timedelta(days=6)):
        assert notice(office) == [(clerk.id, "2026-11-19")]
        arrived(office, code)
    with clock.standing_at(MONDAY + timedelta(days=30)):
        assert notice(office) == []


def test_an_organ_that_does_not_ask_is_not_told(office: Office) -> None:
    with office.db.transaction() as session:
        organ = session.get_one(Organ, office.organ.id)
        organ.rules = {"receipt_days": 0}
        audit.record(session, "organ.rules", organ)
    with clock.standing_at(MONDAY):
        office.add("minh", "clerk")
        issued(office)
    with clock.standing_at(MONDAY + timedelta(days=9)):
        assert notice(office) == []


def test_who_is_struck_from_the_line_is_waited_for_no_more(office: Office) -> None:
    with clock.standing_at(MONDAY):
        code = issued(office)
        arrived(office, code, "UBND xã A")
        with office.db.transaction() as session:
            to = {"recipients": "Sở Tài chính"}
            registers.correct(session, held(session, office, code), to, "Ghi nhầm nơi nhận")
    assert [one[0] for one in told(office, code)] == ["UBND xã A", "Sở Tài chính"]


def test_of_a_cancelled_number_nobody_is_asked(office: Office) -> None:
    code = issued(office)
    with office.db.transaction() as session:
        registers.cancel(session, held(session, office, code), "Cấp nhầm")
    assert told(office, code) == []


def test_what_cannot_be_is_named(office: Office) -> None:
    with clock.standing_at(MONDAY):
        code = issued(office)
        with says("no_such_recipient"):
            arrived(office, code, "Sở Y tế")
        with says("day_in_future"):
            arrived(office, code, on=date(2026, 11, 17))
        with says("before_arrival"):
            arrived(office, code, on=date(2026, 11, 15))
        arrived(office, code)
        with says("nobody_waited_for"):
            arrived(office, code)


def test_of_what_comes_in_nobody_is_waited_for(office: Office) -> None:
    entered(office, recipients="Sở Nội vụ")
    with office.db.reading() as session:
        assert not session.scalars(select(Delivery)).all()


@pytest.mark.parametrize(
    ("name", "is_waited_for"),
    [
        ("Lưu: VT", False),
        ("Lưu VT, KH", False),
        ("Lưu", False),
        ("Như trên", False),
        ("Như Điều 3", False),
        ("Lưu trữ lịch sử tỉnh", True),
        ("Sở Nội vụ", True),
    ],
)
def test_where_the_filed_copy_lies_is_no_recipient(
    office: Office, name: str, is_waited_for: bool
) -> None:
    assert bool(told(office, issued(office, name))) == is_waited_for
