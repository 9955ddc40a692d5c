"""What the forms of a council say: who sits on it, and what came of its meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.hands import Whose, told_by
from archive.models import Event, Person, Unit
from retention import dossiers, meeting
from retention.models import CouncilSeat, Disposal, DisposalItem
from web.forms import at_hour

ROLES = {"chair": "Chủ tịch", "secretary": "Thư ký", "member": "Ủy viên"}
SIDES = {
    "leadership": "đại diện lãnh đạo cơ quan",
    "archive": "đại diện lưu trữ",
    "unit": "đại diện đơn vị có tài liệu",
    "other": "thành viên khác",
}
VERDICTS = {"destroy": "Hủy", "keep": "Giữ lại", "new_term": "Giữ lại, định lại thời hạn"}


@dataclass(frozen=True)
class Seat:
    """A member, as forms name them."""

    name: str
    post: str
    role: str
    side: str
    interest: str
    absent: str
    said: str  # when it was signed


@dataclass(frozen=True)
class Concluded:
    """What the council said of one line."""

    ordinal: int
    code: str
    title: str
    counts: str
    conclusion: str
    dissent: tuple[str, ...]
    why: str


def items_of(session: Session, disposal: Disposal) -> list[DisposalItem]:
    """The lines of the list, in order."""
    wanted = select(DisposalItem).where(DisposalItem.disposal_id == disposal.id)
    return list(session.scalars(wanted.order_by(DisposalItem.ordinal)))


def signed_at(disposal: Disposal, moment: datetime | None) -> str:
    """What stands in place of a signature that was made here."""
    return f"Đã ký trên Hệ thống\nlúc {at_hour(moment, disposal.organ)}" if moment else ""


def signer(one: Whose) -> str:
    """Who signs, and for whom, if they acted for somebody."""
    return f"{one.name}, thay {one.principal}" if one.principal else one.name


def council(session: Session, disposal: Disposal) -> dict[str, Any]:
    """Who sits on it, and who set it up."""
    setter = told_by(session, "disposal", [disposal.id], "disposal.set_up").get(disposal.id)
    person = _who_made(session, disposal, "set_up")
    return {
        "seats": [_seat(session, disposal, one) for one in _first_seats(disposal)],
        "setter": signer(setter) if setter else "",
        "setter_post": person.position if person else "",
    }


def _who_made(session: Session, disposal: Disposal, name: str) -> Person | None:
    number = session.scalar(
        select(Event.person_id).where(
            Event.subject_type == "disposal",
            Event.subject_id == disposal.id,
            Event.action == f"disposal.{name}",
        )
    )
    return session.get(Person, number) if number else None


def _first_seats(disposal: Disposal) -> list[CouncilSeat]:
    order = {"chair": 0, "member": 1, "secretary": 2}
    return sorted(disposal.seats, key=lambda one: (order[one.role], one.id))


def _seat(session: Session, disposal: Disposal, one: CouncilSeat) -> Seat:
    unit = session.get(Unit, one.person.unit_id) if one.person.unit_id else None
    post = ", ".join(filter(None, (one.person.position, unit.name if unit else "")))
    return Seat(
        one.person.full_name,
        post,
        ROLES[one.role],
        SIDES[one.speaks_for],
        one.interest,
        f"thay đổi thành viên: {one.left_why}" if one.left_why else one.absent_why,
        signed_at(disposal, one.signed_at),
    )


def minutes(session: Session, disposal: Disposal) -> dict[str, Any]:
    """Who was there, and what was said of every line."""
    items = items_of(session, disposal)
    numbers = [one.id for one in items]
    results = meeting.results(session, disposal, numbers)
    said = meeting.opinions(session, disposal, numbers)
    by_seat = {one.id: one for one in disposal.seats}
    there = [one for one in _first_seats(disposal) if not one.left_why and not one.absent_why]
    away = [one for one in _first_seats(disposal) if one.left_why or one.absent_why]
    rows = []
    for one in items:
        result = results[one.id]
        rows.append(
            Concluded(
                one.ordinal,
                one.code,
                dossiers.title_of(disposal, one),
                "; ".join(f"{VERDICTS[key]}: {count}" for key, count in result.counts.items()),
                _conclusion(result),
                _dissent(result, said.get(one.id, []), by_seat) if result.has_dissent else (),
                result.why,
            )
        )
    return {
        "seats": [_seat(session, disposal, one) for one in there],
        "away": [_seat(session, disposal, one) for one in away],
        "rows": rows,
        "destroyed": sum(results[one.id].verdict == "destroy" for one in items),
        "kept": sum(results[one.id].verdict in ("keep", "new_term") for one in items),
    }


def _conclusion(result: meeting.Result) -> str:
    said = VERDICTS.get(result.verdict, "")
    return f"{said}: {result.new_term}" if result.new_term else said


def _dissent(
    result: meeting.Result, said: Sequence[Any], by_seat: dict[int, CouncilSeat]
) -> tuple[str, ...]:
    """The opinions that were another one, with their names: they stay in the minutes."""
    return tuple(
        f"{by_seat[one.seat_id].person.full_name}: {VERDICTS[one.verdict]}"
        + (f" {one.new_term}" if one.new_term else "")
        + (f" – {one.note}" if one.note else "")
        for one in said
        if not one.is_tie_break
        and one.verdict != result.verdict
        and not by_seat[one.seat_id].left_why
    )
