"""The clerk's books as they are printed, signed for and bound (NĐ 30/2020, phụ lục IV; TG 8.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import access, audit, clock, loans, register_lists
from archive.access import Action
from archive.errors import Invalid, NotAllowed
from archive.models import Document, Event, Organ, Person
from archive.reading import known_case_files, known_documents, places_of, seen_documents
from archive.register_fields import number_of_entry
from archive.register_models import Register, RegisterEntry
from archive.use_models import Loan
from formats.printed import Sheet
from web.forms import MOST_ROWS, Form, counted, day, heads, mark_of

CLOSED_TO_YOU = "(văn bản hạn chế)"
OUTCOMES = {
    "answered": "Đã trả lời",
    "done_at": "Đã giải quyết",
    "for_reference": "Lưu tham khảo",
    "no_answer": "Kết thúc, không trả lời",
}
SEE_USES = frozenset({"administrator", "archivist", "auditor", "head"})
_USES = ("document.download", "document.print", "document.export")
_COLUMNS: dict[str, tuple[tuple[str, float], ...]] = {  # name and share of the width
    "incoming": (
        ("Ngày đến", 8),
        ("Số đến", 6),
        ("Tác giả", 13),
        ("Số, ký hiệu văn bản", 11),
        ("Ngày tháng văn bản", 8),
        ("Tên loại và trích yếu nội dung văn bản", 23),
        ("Đơn vị hoặc người nhận", 10),
        ("Ngày chuyển", 8),
        ("Ký nhận", 6),
        ("Ghi chú", 7),
    ),
    "outgoing": (
        ("Số, ký hiệu văn bản", 12),
        ("Ngày tháng văn bản", 8),
        ("Tên loại và trích yếu nội dung văn bản", 23),
        ("Người ký", 9),
        ("Nơi nhận văn bản", 14),
        ("Đơn vị, người nhận bản lưu", 9),
        ("Số lượng bản", 5),
        ("Ngày chuyển", 8),
        ("Ký nhận", 6),
        ("Ghi chú", 6),
    ),
    "handling": (
        ("Số đến", 7),
        ("Tên loại, số, ký hiệu, ngày, tháng và tên cơ quan ban hành văn bản", 32),
        ("Đơn vị hoặc người nhận", 15),
        ("Thời hạn giải quyết", 11),
        ("Tiến độ giải quyết", 13),
        ("Số, ký hiệu văn bản trả lời", 12),
        ("Ghi chú", 10),
    ),
    "post": (
        ("Ngày chuyển", 11),
        ("Số, ký hiệu văn bản", 15),
        ("Nơi nhận văn bản", 34),
        ("Số lượng bì", 8),
        ("Ký nhận và dấu bưu điện", 17),
        ("Ghi chú", 15),
    ),
    "uses": (
        ("Ngày tháng", 8),
        ("Họ tên người sử dụng", 13),
        ("Số, ký hiệu ngày tháng văn bản", 14),
        ("Tên loại và trích yếu nội dung văn bản", 24),
        ("Số và ký hiệu hồ sơ", 12),
        ("Ký nhận", 6),
        ("Ngày trả", 7),
        ("Người cho phép sử dụng", 9),
        ("Ghi chú", 7),
    ),
}
_TITLES = {
    "handling": "Sổ theo dõi giải quyết văn bản đến",
    "post": "Sổ gửi văn bản đi bưu điện",
    "uses": "Sổ sử dụng bản lưu",
}
FORMS_OF_BOOK = {
    "incoming": ("book", "handling"),
    "outgoing": ("book", "post", "uses"),
    "copies": ("book",),
}
# The running totals stand at the edges of the page: what was before its first line, and what is
# after its last one. No line has to know on which page it falls.
_CARRIED = """
@page { @top-left { content: string(before, first); font-size: 12pt; font-style: italic }
  @bottom-right { content: string(after, last); font-size: 12pt; font-style: italic } }
@page cover { @top-left { content: none } @bottom-right { content: none }
  @top-center { content: none } }
table.lines { font-size: 11pt }
.lines tbody tr { string-set: before attr(data-before), after attr(data-after) }
.cover { page: cover; break-after: page; text-align: center }
.cover .frame { border: 3pt double #000; height: 162mm; padding: 6mm }
.cover .book { font-size: 28pt; font-weight: bold; margin-top: 28mm; line-height: 1.3 }
.cover p { text-align: center; font-size: 16pt; margin: 6pt 0 }
.plain { font-size: 13pt }
"""


@dataclass(frozen=True)
class Row:
    """One printed line, with the totals before and after it."""

    cells: tuple[str, ...]
    is_cancelled: bool = False
    before: str = ""
    after: str = ""
    number: int | None = None  # of the line in the register


# Books --------------------------------------------------------------------------------------------


def book_form(
    session: Session, who: Person, book: Register, first: date, last: date, form: str = "book"
) -> Form:
    """A book's lines from a day to a day, to be signed for and bound; told in the book's story.

    Args:
        session: the transaction's session.
        who: who prints; what is closed to them stays closed.
        book: the register.
        first: the first day.
        last: the last one.
        form: `book`, `handling` (incoming), `post` or `uses` (outgoing).

    Raises:
        Invalid: `no_such_form`, `days_turned_round`, `print_too_long`.
    """
    if form not in FORMS_OF_BOOK[book.kind]:
        raise Invalid("no_such_form", form=form)
    if last < first:
        raise Invalid("days_turned_round", first=first.isoformat(), last=last.isoformat())
    if form == "uses":
        rows, what = _uses(session, who, book, first, last), "lượt"
    else:
        rows, what = _rows(session, who, book, first, last, form), "văn bản"
    columns = _COLUMNS[("incoming" if book.kind == "incoming" else "outgoing")
                       if form == "book" else form]  # fmt: skip
    title = book.name if form == "book" else _TITLES[form]
    facts = {"form": form, "first": first.isoformat(), "last": last.isoformat()}
    audit.record(session, "register.print", book, facts={**facts, "lines": len(rows)})
    has_cover = last > first
    return Form(
        name="-".join([book.code, form, *dict.fromkeys([first.isoformat(), last.isoformat()])]),
        title=title,
        template="book.html",
        told={
            **heads(book.organ, who),
            "columns": columns,
            "rows": _carried(rows, what, "bì" if form == "post" else "bản"),
            "first": first,
            "last": last,
            "has_cover": has_cover,
            "numbers": _numbers(rows),
        },
        sheet=Sheet(True, mark_of(session, book.organ, who), 0 if has_cover else 1, _CARRIED),
    )


def _rows(
    session: Session, who: Person, book: Register, first: date, last: date, form: str
) -> list[tuple[Row, int]]:
    wanted = register_lists.lines(book, first=first, last=last).order_by(None)
    if form == "post":
        wanted = wanted.where(
            RegisterEntry.circulation != "electronic", RegisterEntry.state == "registered"
        )
    if form == "handling":
        wanted = wanted.where(RegisterEntry.handling == "handle")
    found = session.scalars(
        wanted.order_by(RegisterEntry.year, RegisterEntry.number).limit(MOST_ROWS + 1)
    ).all()
    _require_few(found)
    hidden = register_lists.hidden_of(session, who, book.organ, list(found))
    today = clock.today(book.organ)
    rows = []
    for one in found:
        cells, copies = _cells(one, form, today)
        if one.id in hidden:
            cells, copies = _closed(one, form, len(cells)), 0
        number = None if form == "post" else one.number
        rows.append((Row(cells, one.state == "cancelled", number=number), copies))
    return rows


def _require_few(found: Sequence[Any]) -> None:
    if len(found) > MOST_ROWS:
        raise Invalid("print_too_long", most=MOST_ROWS)


def _cells(one: RegisterEntry, form: str, today: date) -> tuple[tuple[str, ...], int]:
    """The line's cells, and what it adds to the total of copies."""
    if form == "handling":
        return _handling(one, today), 0
    if form == "post":
        on_paper = [str(to.get("organ_name", "")) for to in one.recipients if to.get("paper")]
        everyone = [str(to.get("organ_name", "")) for to in one.recipients]
        to = on_paper or everyone
        cells = (day(one.handed_on or one.registered_on), number_of_entry(one), "; ".join(to),
                 str(len(to) or ""), "", one.note)  # fmt: skip
        return cells, len(to)
    is_outgoing = one.register.kind != "incoming"
    return register_lists.columns_of(one), (one.issued_amount or 0) if is_outgoing else 0


def _handling(one: RegisterEntry, today: date) -> tuple[str, ...]:
    named = [one.type_name, number_of_entry(one), day(one.issued_date), one.organ_name]
    answer = number_of_entry(one.answered_by) if one.answered_by else one.done_at
    return (
        str(one.number),
        ", ".join(part for part in named if part) + (f": {one.subject}" if one.subject else ""),
        one.to_places,
        day(one.due_date),
        _progress(one, today),
        answer,
        one.note,
    )


def _progress(one: RegisterEntry, today: date) -> str:
    if one.state == "cancelled":
        return "Hủy số"
    if one.finished_on is not None:
        late = " (quá hạn)" if one.due_date and one.finished_on > one.due_date else ""
        return f"{OUTCOMES.get(one.outcome, 'Đã giải quyết')} {day(one.finished_on)}{late}"
    if one.due_date and one.due_date < today:
        return f"Quá hạn {(today - one.due_date).days} ngày"
    return "Đang giải quyết"


def _closed(one: RegisterEntry, form: str, width: int) -> tuple[str, ...]:
    """The number stands in the book; what the document says does not."""
    number, at = str(one.number), day(one.registered_on)
    shown = {"handling": (number, CLOSED_TO_YOU), "post": (at, CLOSED_TO_YOU)}.get(
        form,
        (at, number, CLOSED_TO_YOU)
        if one.register.kind == "incoming"
        else (number, at, CLOSED_TO_YOU),
    )
    return shown + ("",) * (width - len(shown))


def _numbers(rows: Sequence[tuple[Row, int]]) -> tuple[int, int] | None:
    """The first and the last number, where the lines have some: they stand on the cover."""
    found = [row.number for row, _ in rows if row.number is not None]
    return (found[0], found[-1]) if found else None


def _carried(rows: Sequence[tuple[Row, int]], what: str, piece: str = "bản") -> list[Row]:
    """The rows with their running totals."""
    told, copies, last = [], 0, len(rows)
    for number, (row, more) in enumerate(rows, 1):
        before = f"Mang sang: {_total(number - 1, copies, what, piece)}" if number > 1 else ""
        copies += more
        name = "Tổng cộng" if number == last else "Cộng mang sang"
        after = f"{name}: {_total(number, copies, what, piece)}"
        told.append(Row(row.cells, row.is_cancelled, before, after))
    return told


def _total(lines: int, copies: int, what: str, piece: str) -> str:
    return f"{counted(lines)} {what}" + (f", {counted(copies)} {piece}" if copies else "")


def _uses(
    session: Session, who: Person, book: Register, first: date, last: date
) -> list[tuple[Row, int]]:
    """Who took, printed or exported an outgoing document of the book in these days.

    Who reads what is for those to know who see it on the documents' pages.
    """
    organ = book.organ
    if not access.roles_of(who, organ.id) & SEE_USES:
        raise NotAllowed("not_allowed", action=str(Action.READ_STORY))
    begin = clock.end_of(first, organ) - timedelta(days=1)
    end = clock.end_of(last, organ)
    issued = select(RegisterEntry.document_id).where(RegisterEntry.register_id == book.id)
    found = session.execute(
        select(Event.at, Person.full_name, Document)
        .join(Document, Document.id == Event.subject_id)
        .join(Person, Person.id == Event.person_id)
        .where(
            Event.subject_type == "document",
            Event.action.in_(_USES),
            Event.at >= begin,
            Event.at < end,
            Document.id.in_(issued),
            seen_documents(session, who, organ),
        )
        .order_by(Event.id)
        .limit(MOST_ROWS + 1)
    ).all()
    _require_few(found)
    places = places_of(session, who, {one.id: one for _, _, one in found}.values())
    used = [
        (clock.day_of(at, organ), Row(_use(at, name, one, organ, places)))
        for at, name, one in found
    ]
    wanted = loans.begun(organ, first, last).where(Loan.document_id.in_(issued))
    wanted = wanted.where(loans.open_to(who))
    lent = list(session.scalars(wanted.limit(MOST_ROWS + 1)))
    _require_few([*found, *lent])
    used += [
        (one.from_on, Row(cells))
        for one, cells in zip(lent, loan_cells(session, who, lent), strict=True)
    ]
    return [(row, 0) for _, row in sorted(used, key=lambda one: one[0])]


def loan_form(session: Session, who: Person, organ: Organ, first: date, last: date) -> Form:
    """What was lent from a day to a day (sổ sử dụng bản lưu); told in the organ's story.

    Raises:
        Invalid: `days_turned_round`, `print_too_long`.
    """
    if last < first:
        raise Invalid("days_turned_round", first=first.isoformat(), last=last.isoformat())
    wanted = loans.begun(organ, first, last).where(loans.open_to(who))
    lent = list(session.scalars(wanted.limit(MOST_ROWS + 1)))
    _require_few(lent)
    facts = {"first": first.isoformat(), "last": last.isoformat(), "lines": len(lent)}
    audit.record(session, "organ.print_loans", organ, facts=facts)
    has_cover = last > first
    rows = [(Row(cells), 0) for cells in loan_cells(session, who, lent)]
    return Form(
        name="-".join(["so-su-dung-ban-luu", *dict.fromkeys([str(first), str(last)])]),
        title=_TITLES["uses"],
        template="book.html",
        told={
            **heads(organ, who),
            "columns": _COLUMNS["uses"],
            "rows": _carried(rows, "lượt"),
            "first": first,
            "last": last,
            "has_cover": has_cover,
            "numbers": _numbers(rows),
        },
        sheet=Sheet(True, mark_of(session, organ, who), 0 if has_cover else 1, _CARRIED),
    )


def loan_cells(session: Session, who: Person, lent: Sequence[Loan]) -> list[tuple[str, ...]]:
    """The nine columns of each loan; what is closed to the person is named as such."""
    files = {one.case_file_id: one.case_file for one in lent if one.case_file}
    papers = {one.document_id: one.document for one in lent if one.document}
    known_files = known_case_files(session, who, [one for one in files if one is not None])
    known_papers = known_documents(session, who, [one for one in papers if one is not None])
    places = places_of(session, who, [one for one in papers.values() if one.id in known_papers])
    told: list[tuple[str, ...]] = []
    for one in lent:
        number, said, code = "", CLOSED_TO_YOU, ""
        if one.case_file is not None:
            code = one.case_file.code
            said = one.case_file.title if one.case_file_id in known_files else CLOSED_TO_YOU
        elif one.document is not None and one.document_id in known_papers:
            number = f"{number_of_entry(one.document)} {day(one.document.issued_date)}".strip()
            said = register_lists.titled(one.document.type_name, one.document.subject)
            code = "; ".join(file.notation for file in places.get(one.document.id, []))
        note = "; ".join(part for part in (one.purpose, one.note) if part)
        told.append((day(one.from_on), one.borrower, number, said, code, "",
                     day(one.returned_on), one.approved_by, note))  # fmt: skip
    return told


def _use(at: Any, name: str, one: Document, organ: Organ, places: Any) -> tuple[str, ...]:
    number = "/".join(part for part in (one.code_number, one.code_notation) if part)
    said = register_lists.titled(one.type_name, one.subject)
    files = "; ".join(file.notation for file in places.get(one.id, []))
    return (day(clock.day_of(at, organ)), name, f"{number} {day(one.issued_date)}".strip(), said,
            files, "", "", "", "Bản điện tử")  # fmt: skip
