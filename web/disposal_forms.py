"""Forms of a disposal (TT 06/2025, PL II, III, VI; records law, 6.5), as values to be printed.

What goes into the dossier and what somebody prints to read are the same form; only the latter
carries the mark of the one who took it out.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import audit, clock
from archive.documents import number_as_shown
from archive.errors import NotFound
from archive.hands import told_by
from archive.models import CaseFile, Person
from archive.organ_rules import rules_of
from formats.printed import Sheet
from retention import dossiers, lines, listing, sharing
from retention.models import Appraisal, Disposal, DisposalItem
from web import council_forms
from web.council_forms import items_of, signed_at, signer
from web.forms import Form, heads, mark_of, span

REASONS = {"expired": "Hết thời hạn lưu trữ", "duplicate": "Trùng lặp"}
WIDE = "td, th { overflow-wrap: anywhere }"


@dataclass(frozen=True)
class Line:
    """A line of the list, as the form shows it."""

    ordinal: int
    box: str
    volume: str
    code: str
    title: str
    term: str
    reason: str
    note: str


def form_of(session: Session, who: Person, disposal: Disposal, kind: str) -> Form:
    """The form of this kind, if all that it says is there.

    Raises:
        NotFound: `no_such_thing`: there is no such form, or not yet.
    """
    if kind not in _MAKERS or not dossiers.is_ready(disposal, kind):
        raise NotFound("no_such_thing")
    name, title, template, make = _MAKERS[kind]
    told = {
        **heads(disposal.organ, who),
        "code": disposal.code,
        "name": disposal.title,
        "disposal": disposal,
        **_people(session, disposal),
        **make(session, disposal),
    }
    mark = mark_of(session, disposal.organ, who)
    return Form(
        name=f"{disposal.code}-{name}",
        title=f"{title} {disposal.code}",
        template=template,
        told=told,
        sheet=Sheet(mark=mark, css=WIDE),
    )


def for_dossier(form: Form) -> Form:
    """The same without the mark of who took it out: an original."""
    return replace(form, sheet=replace(form.sheet, mark=""))


def told(session: Session, disposal: Disposal, kind: str) -> None:
    """Tell that somebody printed it."""
    audit.record(session, "disposal.print", disposal, facts={"form": kind})


def _people(session: Session, disposal: Disposal) -> dict[str, Any]:
    numbers = {
        "maker": disposal.made_by_id,
        "decider": disposal.decided_by_id,
        "executor": disposal.executor_id,
        "keeper": disposal.keeper_id,
    }
    found: dict[str, Any] = {}
    for part, number in numbers.items():
        person = session.get(Person, number) if number else None
        found[part] = person.full_name if person else ""
        found[f"{part}_post"] = person.position if person else ""
    made = told_by(session, "disposal", [disposal.id]).get(disposal.id)
    found["maker"] = signer(made) if made is not None else found["maker"]
    found["said"] = {
        "decider": signed_at(disposal, disposal.decided_at),
        "keeper": signed_at(disposal, disposal.handed_over_at),
        "keeper_record": signed_at(disposal, disposal.keeper_signed_at),
        "executor_record": signed_at(disposal, disposal.executor_signed_at),
        "executor": signed_at(disposal, disposal.begun_at),  # who begins has taken it over
    }
    return found


# The list and its explanation ---------------------------------------------------------------------


def _list(session: Session, disposal: Disposal) -> dict[str, Any]:
    items = items_of(session, disposal)
    made = clock.day_of(disposal.made_at, disposal.organ)
    return {"rows": [_line(one) for one in items], "made": made, **_sums(items)}


def _line(one: DisposalItem, note: str = "") -> Line:
    notes = [note]
    if one.twin_code:
        notes.append(f"Bản giữ lại: {one.twin_code}")
    if one.on_paper:
        notes.append("Có bản giấy")
    reason = REASONS[one.cause]
    ended = f" ({one.expires_on:%d/%m/%Y})" if one.expires_on else ""
    return Line(
        one.ordinal,
        one.box,
        one.volume,
        one.code,
        dossiers.title_of(one.disposal, one),
        one.term,
        reason + ended,
        "; ".join(filter(None, notes)),
    )


def _sums(items: Sequence[DisposalItem]) -> dict[str, Any]:
    causes = Counter(one.cause for one in items)
    return {
        "total": len(items),
        "expired": causes["expired"],
        "duplicates": causes["duplicate"],
        "documents": sum(one.document_total for one in items),
        "pages": sum(one.page_total for one in items),
        "papers": sum(one.on_paper for one in items),
    }


def _explanation(session: Session, disposal: Disposal) -> dict[str, Any]:
    items = items_of(session, disposal)
    groups = [
        (
            REASONS[cause],
            [_line(one) for one in items if one.cause == cause][:20],
            sum(one.cause == cause for one in items),
        )
        for cause in REASONS
    ]
    files = [one.case_file_id for one in items if one.case_file_id]
    spans = session.execute(
        select(CaseFile.start_date, CaseFile.end_date).where(CaseFile.id.in_(files))
    ).all()
    starts = [one for row in spans for one in row if one is not None]
    return {
        "formation": disposal.formation.splitlines(),
        "condition": disposal.condition.splitlines(),
        "groups": [one for one in groups if one[2]],
        "span": span(min(starts), max(starts)) if starts else "",
        "made": clock.day_of(disposal.made_at, disposal.organ),
        **_sums(items),
    }


def _kept(session: Session, disposal: Disposal) -> dict[str, Any]:
    """What stays: of this list, and by re-appraisal since the list before it."""
    own = {one.appraisal_id: one for one in items_of(session, disposal) if one.outcome != "destroy"}
    rows = [(one.code, one.title, one.term, one.new_term, _plain_why(one)) for one in own.values()]
    for kept in session.scalars(listing.kept_with(session, disposal)).unique():
        if kept.id not in own:
            rows.append(_row_of(kept))
    return {"rows": rows}


def _row_of(kept: Appraisal) -> tuple[str, str, str, str, str]:
    if kept.case_file is not None:
        title, code = kept.case_file.title, kept.case_file.code
        return code, title, "", kept.new_term or kept.case_file.maintenance, kept.reason
    document = kept.document
    assert document is not None
    title = " · ".join(filter(None, (number_as_shown(document), document.subject)))
    return document.code, title, "", kept.new_term, kept.reason


def _plain_why(one: DisposalItem) -> str:
    """Why a line stays, in the form's language."""
    code, _, rest = one.outcome_why.partition(": ")
    said = {
        "frozen": f"Đang khóa theo lệnh {rest}",
        "notice_runs": "Chưa hết thời hạn thông báo",
        "not_expired": "Chưa hết thời hạn lưu trữ",
        "other_end": f"Thời hạn đã thay đổi, kết thúc ngày {rest}",
        "gone_already": "Không còn trong kho",
        "twin_gone": f"Bản giữ lại {rest} không còn đủ điều kiện",
        "stands_for_destroyed": "Có bản giữ lại thay cho tài liệu trùng lặp đã hủy",
        "stands_for_ever": "Có bản giữ lại thay cho tài liệu trùng lặp đã hủy",
        "stopped": f"Dừng đợt hủy: {rest}",
    }
    return said.get(code, one.outcome_why)


# Decision, hand-over, minutes of destruction ------------------------------------------------------


def _decision(session: Session, disposal: Disposal) -> dict[str, Any]:
    items = lines.decided(session, disposal)
    return {"rows": [_line(one) for one in items], **_sums(items)}


def _hand_over(session: Session, disposal: Disposal) -> dict[str, Any]:
    items = lines.left(session, disposal)
    sums, (documents, pages) = _sums(items), sharing.kept_in(session, disposal)
    return {
        **sums,
        "documents": sums["documents"] - documents,
        "pages": sums["pages"] - pages,
        "rows": [_line(one) for one in items],
        "day": _day(disposal, disposal.handed_over_at),
        "paper_staying": sharing.on_paper(session, disposal).staying,
    }


def _day(disposal: Disposal, moment: datetime | None) -> date | None:
    return clock.day_of(moment, disposal.organ) if moment is not None else None


def _record(session: Session, disposal: Disposal) -> dict[str, Any]:
    items = items_of(session, disposal)
    gone = [one for one in items if one.is_decided and one.outcome == "destroy"]
    spared = [(_line(one), _plain_why(one)) for one in items if one.is_decided and one not in gone]
    kept = [
        (one.code, document.code, document.kept_why, document.on_paper)
        for one in _with_documents(session, gone)
        for document in one.documents
        if document.kept_why
    ]
    sums = _sums(gone)
    return {
        **sums,
        "keeps_titles": rules_of(disposal.organ).keep_titles,
        "documents": sums["documents"] - len(kept),
        "pages": sums["pages"] - sharing.kept_in(session, disposal)[1],
        "rows": [_line(one) for one in gone],
        "spared": spared,
        "kept": kept,
        "kept_total": len(kept),
        "day": _day(disposal, disposal.destroyed_at),
        "handed": _day(disposal, disposal.handed_over_at),
        "copies": disposal.other_copies.splitlines(),
    }


def _with_documents(session: Session, items: Sequence[DisposalItem]) -> list[DisposalItem]:
    found: list[DisposalItem] = []
    for some in lines.pieces(one.id for one in items):
        wanted = select(DisposalItem).where(DisposalItem.id.in_(some))
        loaded = wanted.options(selectinload(DisposalItem.documents))
        found.extend(session.scalars(loaded.order_by(DisposalItem.ordinal)))
    return found


_Make = Callable[[Session, Disposal], dict[str, Any]]
_MAKERS: dict[str, tuple[str, str, str, _Make]] = {
    "list": ("danh-muc", "Danh mục tài liệu hết giá trị", "disposal_list.html", _list),
    "explanation": ("thuyet-minh", "Bản thuyết minh", "disposal_explanation.html", _explanation),
    "council": (
        "quyet-dinh-hoi-dong",
        "Quyết định thành lập Hội đồng xét hủy",
        "disposal_council.html",
        council_forms.council,
    ),
    "meeting": (
        "bien-ban-hop",
        "Biên bản họp Hội đồng",
        "disposal_meeting.html",
        council_forms.minutes,
    ),
    "kept": ("muc-luc-giu-lai", "Mục lục hồ sơ giữ lại", "disposal_kept.html", _kept),
    "decision": ("quyet-dinh-huy", "Quyết định hủy tài liệu", "disposal_decision.html", _decision),
    "hand_over": ("bien-ban-ban-giao", "Biên bản bàn giao", "disposal_hand_over.html", _hand_over),
    "record": ("bien-ban-huy", "Biên bản hủy tài liệu", "disposal_record.html", _record),
}
