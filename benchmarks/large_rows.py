"""One row of each table of a large archive, by its number: the same each time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

MOMENT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
YEARS = range(2017, 2027)
STAFF, UNITS = 200, 20
FIRST_EVENT = 10_000_000  # behind all that the benchmark itself tells
A_BOX = 50  # case files handed over together
FULL = 1_000  # of the first so many case files, and twice as many documents, pages are full
LEVELS = ("organ", "organ", "unit", "organ", "assigned", "organ", "organ", "unit", "organ", "organ")
TERMS = ("5 năm",) * 4 + ("10 năm",) * 5 + ("20 năm",) * 8 + ("Vĩnh viễn",) * 3
Row = dict[str, Any]
Rows = Iterator[Row]


@dataclass(frozen=True)
class Size:
    """How much of it."""

    case_files: int
    documents: int


@dataclass(frozen=True)
class Cast:
    """Who is in it, by number: somebody who sees everything, and an officer among many."""

    organ: int
    keeper: int
    staff: tuple[int, ...]

    @property
    def officer(self) -> int:
        """Sees by the organ's policy, by the unit, and what was put into the officer's hands."""
        return self.staff[7]

    def holder_of(self, case_file: int) -> int:
        """Who holds this case file; the officer has a full page of closed ones, however few."""
        if case_file <= FULL and stage_of(case_file) == "closed":
            return self.officer
        return self.staff[case_file // 10 % STAFF]


# Plans, case files, hand-overs --------------------------------------------------------------------


def day_of(number: int) -> date:
    """A day in one of the years, spread evenly."""
    return date(YEARS[number % len(YEARS)], 1, 1) + timedelta(days=number // len(YEARS) % 300)


def stage_of(number: int) -> str:
    """Nine in ten accepted, the others at work."""
    if number % 10:
        return "accepted"
    return "submitted" if number % 500 == 0 else ("open", "closed")[number // 10 % 2]


def term_of(number: int) -> str:
    """How long a case file is kept: a fifth five years, few for ever."""
    return TERMS[number // 7 % len(TERMS)]


def a_plan(n: int, cast: Cast) -> Row:
    """The plan of a year."""
    told = {"stage": "approved", "approved_by_id": cast.keeper, "approved_at": MOMENT}
    return {"id": n + 1, "organ_id": cast.organ, "year": YEARS[n], **told}


def a_heading(n: int, size: Size) -> Row:
    """Ten headings in each plan."""
    number, place = n // 10 + 1, n % 10
    told = {"title": f"Lĩnh vực {place + 1}", "heading_number": str(place + 1)}
    return {"id": size.case_files + n + 1, "plan_id": number, "position": place, **told}


def a_plan_line(number: int, size: Size, cast: Cast) -> Row:
    """The line of a case file."""
    year, place = number % len(YEARS), number // 100 % 10
    return {
        "id": number,
        "plan_id": year + 1,
        "parent_id": size.case_files + 10 * year + place + 1,
        "position": number,
        "notation": f"{number:06d}",
        "title": f"Hồ sơ về việc quản lý đất đai số {number}",
        "maintenance": term_of(number),
        "holder_id": cast.holder_of(number),
    }


def a_case_file(number: int, cast: Cast) -> Row:
    """Seven in ten are open to the organ, two to their unit, one to who is named."""
    year, stage = YEARS[number % len(YEARS)], stage_of(number)
    is_closed = stage != "open"
    return {
        "id": number,
        "organ_id": cast.organ,
        "plan_entry_id": number,
        "unit_id": number // 10 % STAFF % UNITS + 1,
        "holder_id": cast.holder_of(number),
        "stage": stage,
        "access_level": LEVELS[number // 3 % 10],
        "code": f"TTLT.{year}.{number:06d}",
        "organ_code": "TTLT",
        "year": year,
        "notation": f"{number:06d}",
        "title": f"Hồ sơ về việc quản lý đất đai số {number}",
        "folded": folded(number),
        "maintenance": term_of(number),
        "start_date": date(year, 1, 1),
        "end_date": date(year, 12, 31),
        "opened_at": MOMENT,
        "closed_at": MOMENT if is_closed else None,
        "accepted_at": MOMENT if stage == "accepted" else None,
        "due_on": date(year + 1, 12, 31) if is_closed else None,
        "indexed_revision": 1,
    }


def folded(number: int) -> str:
    """What it is found by."""
    year = YEARS[number % len(YEARS)]
    return f" ttlt {year} {number:06d} ho so ve viec quan ly dat dai so {number}"


def words_of(numbers: range) -> Rows:
    """The same word by word."""
    for number in numbers:
        for word in sorted(set(folded(number).split())):
            yield {"word": word, "case_file_id": number}


def a_keeping(number: int, cast: Cast) -> Row:
    """A closed case file that its unit may keep for a while."""
    year = YEARS[number % len(YEARS)]
    return {
        "case_file_id": number,
        "until_on": date(year + 2, 12, 31),
        "reason": "Còn phải tra cứu",
        "consent_number": "12/UBND-VP",
        "consent_date": date(year + 1, 12, 1),
        "granted_by_id": cast.keeper,
        "granted_at": MOMENT,
    }


def a_submission(n: int, boxes: int, cast: Cast) -> Row:
    """A hand-over; the last ones lack their signatures."""
    signed = MOMENT if n < boxes - 10 else None
    return {
        "id": n + 1,
        "organ_id": cast.organ,
        "code": f"TTLT-NL-2026-{n + 1:04d}",
        "submitted_by_id": cast.staff[n % STAFF],
        "submitted_at": MOMENT,
        "delivered_at": signed,
        "received_at": signed,
    }


def an_item(number: int) -> Row:
    """Its line in the hand-over."""
    outcome = "accepted" if stage_of(number) == "accepted" else ""
    place = {"submission_id": number // A_BOX + 1, "ordinal": number % A_BOX + 1}
    return {"case_file_id": number, "outcome": outcome, **place}


# Documents ----------------------------------------------------------------------------------------


def is_filed(number: int) -> bool:
    """The others stand in the tray."""
    return number % 500 != 0


def a_document(number: int, cast: Cast) -> Row:
    """A document as it stands years later; one in fifty lacks its archival copy."""
    return {
        "id": number,
        "organ_id": cast.organ,
        "code": f"TTLT-2026-{number:07d}",
        "type_name": "Quyết định",
        "code_number": str(number % 1000 + 1),
        "code_notation": "QĐ-UBND",
        "issued_date": day_of(number),
        "organ_name": "Ủy ban nhân dân thành phố",
        "subject": f"Về việc giao đất đợt {number}",
        "page_amount": 3,
        "shelved_at": MOMENT,
        "shelved_by_id": cast.staff[number % STAFF],
        "mending": "not_valid_pdfa" if number % 50 == 7 else None,
        "alarm": "suspected_secret" if number % 5_000 == 1 else None,
        "indexed_revision": 1,
        "is_filed": is_filed(number),
    }


def a_part(number: int) -> Row:
    """Its one part."""
    return {
        "id": number,
        "document_id": number,
        "file_name": f"{number}.pdf",
        "digest": f"{number:064x}",
        "pages": 3,
    }


def a_rendition(number: int) -> Row:
    """The original of that part."""
    return {
        "id": number,
        "part_id": number,
        "document_id": number,
        "role": "original",
        "digest": f"{number:064x}",
        "size": 1000,
        "mime": "application/pdf",
        "made_at": MOMENT,
    }


def a_place(number: int, size: Size) -> Row:
    """Documents are dealt out to the case files in turn."""
    return {
        "id": number,
        "case_file_id": (number - 1) % size.case_files + 1,
        "document_id": number,
        "ordinal": (number - 1) // size.case_files + 1,
        "placed_at": MOMENT,
    }


# Books --------------------------------------------------------------------------------------------


def books_of(cast: Cast) -> Rows:
    """An incoming and an outgoing book."""
    told = (("incoming", "den", "Sổ văn bản đến"), ("outgoing", "di", "Sổ văn bản đi"))
    for number, (kind, code, name) in enumerate(told, 1):
        named = {"kind": kind, "code": code, "name": name}
        yield {"id": number, "organ_id": cast.organ, "is_default": True, **named}


def place_in_book(number: int) -> tuple[int, int, int]:
    """Book, year and number of a line: ten years and two books are filled in turn."""
    before = number - 1
    return before // 10 % 2 + 1, YEARS[before % 10], before // 20 + 1


def a_series(n: int, size: Size) -> Row:
    """How far a book is in a year."""
    return {"register_id": n % 2 + 1, "year": YEARS[n // 2], "last": size.documents // 20}


def an_entry(number: int, cast: Cast) -> Row:
    """A line of one of the books; few are unanswered, cancelled, written later."""
    book, year, place = place_in_book(number)
    day = day_of(number)
    is_finished = book == 1 and place % 50
    is_cancelled = place % 400 == 9
    return {
        "id": number,
        "organ_id": cast.organ,
        "register_id": book,
        "year": year,
        "number": place,
        "state": "cancelled" if is_cancelled else "registered",
        "cancelled_at": MOMENT if is_cancelled else None,
        "document_id": number,
        "registered_on": day,
        "entered_at": MOMENT,
        "entered_by_id": cast.keeper,
        "late_reason": "Mất điện" if place % 300 == 5 else "",
        "code_number": str(number % 1000 + 1),
        "code_notation": "QĐ-UBND",
        "issued_date": day,
        "type_name": "Quyết định",
        "subject": f"Về việc giao đất đợt {number}",
        "organ_name": "Ủy ban nhân dân thành phố",
        "canonical": f"{number % 1000 + 1}/qd-ubnd",
        "finished_on": day if is_finished else None,
        "outcome": "for_reference" if is_finished else "",
        "acknowledged_at": MOMENT if place % 100 else None,
        "due_date": day + timedelta(days=9),
    }


def an_issuance(number: int, cast: Cast) -> Row:
    """An outgoing document that was issued; the first and some others are still on their way."""
    state = "prepared" if number % 2_000 == 11 or number <= 2 * FULL else "issued"
    digest = f"{number:064x}"
    return {
        "organ_id": cast.organ,
        "state": state,
        "name": f"CKS{number}",
        "layout": "nd30",
        "fields": {"Subject": f"Về việc giao đất đợt {number}"},
        "register_entry_id": number if state == "issued" else None,
        "intake_id": number if state == "issued" else None,
        "prepared_digest": digest,
        "signed_digest": digest if state == "issued" else None,
        "issued_digest": digest if state == "issued" else None,
        "prepared_by_id": cast.officer if number <= 4 * FULL else cast.staff[number // 20 % STAFF],
        "prepared_at": MOMENT,
        "issued_at": MOMENT if state == "issued" else None,
    }


def a_refusal(n: int, cast: Cast) -> Row:
    """Something that was not let in."""
    return {
        "organ_id": cast.organ,
        "year": YEARS[n % 10],
        "number": n // 10 + 1,
        "refused_on": day_of(n),
        "refused_at": MOMENT,
        "kind": "refused",
        "reason_code": "unreadable",
        "sender": "Sở Y tế",
    }


# The road, notices, the story ---------------------------------------------------------------------


def an_intake(number: int, cast: Cast) -> Row:
    """How a document came in; one in thirty was turned away."""
    is_refused = number % 30 == 0
    told = {"state": "refused", "reason": "encrypted"} if is_refused else {"state": "shelved"}
    return {
        **_received(number, cast, MOMENT - timedelta(minutes=number)),
        **told,
        "document_id": None if is_refused else number,
        "register_entry_id": number,
    }


def a_new_intake(n: int, size: Size, cast: Cast) -> Row:
    """What came in today and is on the road, or waits."""
    moment = datetime.now(UTC) - timedelta(minutes=n)
    is_waiting = n % 3 == 0
    told: Row = {"state": "received", "reason": None}
    if is_waiting:
        told = {"state": "waiting", "reason": "encrypted"}
    steps = {"next_step": "identify", "document_id": None, "register_entry_id": None}
    return {**_received(size.documents + n, cast, moment), **told, **steps}


def _received(number: int, cast: Cast, moment: datetime) -> Row:
    return {
        "id": number,
        "organ_id": cast.organ,
        "received_by_id": cast.staff[number % STAFF] if number % 10 else cast.keeper,
        "received_at": moment,
        "queued_at": moment,
        "door": "web",
        "name": f"{number}.pdf",
        "digest": f"{number:064x}",
        "size": 1000,
        "reason": None,
    }


def a_notice(n: int, cast: Cast) -> Row:
    """One of the keeper's, one of the officer's, in turn; most were opened."""
    return {
        "id": n,
        "organ_id": cast.organ,
        "person_id": (cast.keeper, cast.officer)[n % 2],
        "kind": "submission_due",
        "made_on": MOMENT.date(),
        "made_at": MOMENT,
        "opened_at": MOMENT if n % 20 else None,
        "message_id": f"{n}@ttlt.luutru",
        "mailed_at": MOMENT,
    }


def a_notice_item(n: int, cast: Cast) -> Row:
    """What it speaks of."""
    return {
        "notice_id": n,
        "person_id": (cast.keeper, cast.officer)[n % 2],
        "kind": "submission_due",
        "subject_type": "case_file",
        "subject_id": n,
        "occasion": "2026-12-31",
    }


def an_opening(n: int, cast: Cast) -> Row:
    """Somebody opened a document."""
    return {
        "id": FIRST_EVENT + n,
        "at": MOMENT,
        "action": "document.open",
        "door": "web",
        "organ_id": cast.organ,
        "person_id": cast.staff[n % STAFF] if n % 10 else cast.keeper,
        "subject_type": "document",
        "subject_id": n % 5_000 + 1,
        "digest": f"{n:064x}",
        "link": f"{n:064x}",
    }


def an_opened_row(n: int) -> Row:
    """The document that it tells of."""
    return {"event_id": FIRST_EVENT + n, "kind": "document", "row_id": n % 5_000 + 1}
