"""What years of keeping and leaving leave behind: rules, terms, clocks, re-appraisals, one list.

Four terms in turn (`large_rows.TERMS`). What was kept for five years ended long ago for the earlier
years: half of it was kept longer, the rest is looked at, proposed, or stands on a list.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.large_rows import (
    MOMENT,
    STAFF,
    UNITS,
    YEARS,
    Cast,
    Row,
    Rows,
    Size,
    is_filed,
    stage_of,
    term_of,
)
from retention.models import (
    Appraisal,
    Assignment,
    Clock,
    Disposal,
    DisposalDocument,
    DisposalHand,
    DisposalItem,
    RetentionRule,
    Transfer,
    TransferItem,
)

RULES = 200
YEARS_OF = {"5 năm": 5, "10 năm": 10, "20 năm": 20}
LAST_ENDED = 2020  # of five years: later ones end this year, or have not ended
FATES = ("kept", "kept", "kept", "kept", "due", "due", "proposed", "listed")
MOST_LISTED = 1_000
WHY = "Còn giá trị tra cứu"


def everything(size: Size, cast: Cast) -> Iterator[tuple[type, Rows]]:
    """The rows of each table, those that others name first."""
    files = range(1, size.case_files + 1)
    closed = [n for n in files if stage_of(n) != "open"]
    ended = [n for n in closed if has_ended(n)]
    listed = [n for n in ended if fate_of(n) == "listed"][:MOST_LISTED]
    sent = [n for n in closed if may_be_sent(n)][: size.case_files // 100]
    yield RetentionRule, (a_rule(n, cast) for n in range(1, RULES + 1))
    yield Assignment, (an_assignment(n, cast) for n in closed)
    yield Assignment, (a_longer_term(n, cast) for n in ended if fate_of(n) == "kept")
    yield Clock, (a_clock(n, cast) for n in closed)
    yield Appraisal, (an_appraisal(n, cast) for n in ended)
    yield Disposal, iter([a_disposal(cast)] if listed else [])
    yield DisposalHand, iter([a_hand(cast)] if listed else [])
    yield DisposalItem, (a_line(place, n) for place, n in enumerate(listed, 1))
    yield DisposalDocument, documents_of(listed, size)
    yield Transfer, iter([a_transfer(cast)] if sent else [])
    yield TransferItem, (an_item(place, n) for place, n in enumerate(sent, 1))


def year_of(number: int) -> int:
    """The year in which its work ended."""
    return YEARS[number % len(YEARS)]


def unit_of(number: int) -> int:
    """As its case file has it."""
    return number // 10 % STAFF % UNITS + 1


def has_ended(number: int) -> bool:
    """Whether its first term is over."""
    return term_of(number) == "5 năm" and year_of(number) <= LAST_ENDED


def fate_of(number: int) -> str:
    """What became of it at its re-appraisal."""
    return FATES[number // 10 % len(FATES)]


def may_be_sent(number: int) -> bool:
    """Permanent, and with the archive."""
    return term_of(number) == "Vĩnh viễn" and stage_of(number) == "accepted"


def rule_of(number: int) -> int:
    """One of the rules with its term."""
    terms = ("5 năm", "10 năm", "20 năm", "Vĩnh viễn")
    each = RULES // len(terms)
    return terms.index(term_of(number)) * each + number % each + 1


def a_rule(n: int, cast: Cast) -> Row:
    """A row of the schedule, in force; fifty of each term."""
    terms = ("5 năm", "10 năm", "20 năm", "Vĩnh viễn")
    return {
        "id": n,
        "organ_id": cast.organ,
        "number": f"{(n - 1) // 20 + 1}.{(n - 1) % 20 + 1}",
        "group_name": f"Nhóm {(n - 1) // 20 + 1}",
        "title": f"Hồ sơ về việc thứ {n}",
        "term": terms[(n - 1) // (RULES // len(terms))],
        "mandate": "TT 10/2022/TT-BNV",
        "state": "in_force",
        "valid_from": date(2015, 1, 1),
        "approved_by_id": cast.staff[0],
        "approved_at": MOMENT,
        "drafted_by_id": cast.keeper,
    }


def an_assignment(number: int, cast: Cast) -> Row:
    """The archive said how long it is kept."""
    return {
        "organ_id": cast.organ,
        "case_file_id": number,
        "rule_id": rule_of(number),
        "term": term_of(number),
        "source": "archivist" if number % 3 else "officer",
        "reason": "",
        "decided_by_id": cast.keeper,
        "decided_at": MOMENT,
    }


def a_longer_term(number: int, cast: Cast) -> Row:
    """Its re-appraisal kept it longer."""
    told = {"rule_id": None, "term": "20 năm", "source": "appraisal", "reason": WHY}
    return {**an_assignment(number, cast), **told}


def a_clock(number: int, cast: Cast) -> Row:
    """When its term is over."""
    term = term_of(number)
    is_longer = has_ended(number) and fate_of(number) == "kept"
    years = 20 if is_longer else YEARS_OF.get(term, 0)
    return {
        "case_file_id": number,
        "organ_id": cast.organ,
        "unit_id": unit_of(number),
        "revision": 1,
        "fate": "runs" if years else "permanent",
        "expires_on": date(year_of(number) + years, 12, 31) if years else None,
        "is_confirmed": bool(is_longer or number % 3),
        "rule_id": None if is_longer else rule_of(number),
    }


def an_appraisal(number: int, cast: Cast) -> Row:
    """Told of before its end, and looked at since."""
    ends, stage = date(year_of(number) + 5, 12, 31), fate_of(number)
    verdict = {"kept": "extend", "due": ""}.get(stage, "destroy")
    return {
        "id": number,
        "organ_id": cast.organ,
        "unit_id": unit_of(number),
        "case_file_id": number,
        "cause": "expired",
        "expires_on": ends,
        "noticed_on": ends - timedelta(days=30),
        "notice_until": ends,
        "stage": stage,
        "verdict": verdict,
        "new_term": "20 năm" if stage == "kept" else "",
        "reason": WHY if verdict else "",
        "concluded_by_id": cast.keeper if verdict else None,
        "concluded_at": MOMENT if verdict else None,
    }


def a_disposal(cast: Cast) -> Row:
    """The list that is being put together."""
    return {
        "id": 1,
        "organ_id": cast.organ,
        "code": "TTLT-HUY-2026-001",
        "title": "Tài liệu hết thời hạn",
        "made_by_id": cast.keeper,
        "made_at": MOMENT,
    }


def a_hand(cast: Cast) -> Row:
    """Who made it."""
    return {"disposal_id": 1, "person_id": cast.keeper, "part": "list"}


def a_line(place: int, number: int) -> Row:
    """A line of it."""
    ends = date(year_of(number) + 5, 12, 31)
    return {
        "id": place,
        "disposal_id": 1,
        "ordinal": place,
        "appraisal_id": number,
        "case_file_id": number,
        "code": f"TTLT.{year_of(number)}.{number:06d}",
        "title": f"Hồ sơ về việc quản lý đất đai số {number}",
        "cause": "expired",
        "reason": "Hết thời hạn lưu trữ",
        "rule": f"{rule_of(number)} (1)",
        "term": "5 năm",
        "expires_on": ends,
        "notice_until": ends,
        "digest": f"{number:064x}",
    }


def documents_of(listed: list[int], size: Size) -> Rows:
    """What stands in the case files of the list."""
    for place, number in enumerate(listed, 1):
        inside = [n for n in range(number, size.documents + 1, size.case_files) if is_filed(n)]
        for ordinal, document in enumerate(inside, 1):
            yield {
                "item_id": place,
                "ordinal": ordinal,
                "document_id": document,
                "code": f"TTLT-2026-{document:07d}",
                "digests": [f"{document:064x}"],
                "pages": 3,
            }


def a_transfer(cast: Cast) -> Row:
    """One that is on its way to the historical archive."""
    return {
        "id": 1,
        "organ_id": cast.organ,
        "code": "TTLT-LS-2026-0001",
        "receiver": "Lưu trữ lịch sử tỉnh",
        "planned_on": date(2027, 12, 1),
        "registered_by_id": cast.keeper,
        "registered_at": MOMENT,
    }


def an_item(place: int, number: int) -> Row:
    """A case file in it."""
    return {"transfer_id": 1, "case_file_id": number, "ordinal": place}
