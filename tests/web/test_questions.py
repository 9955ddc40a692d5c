"""How often a page asks the database: at most fifteen times, for thirty things as for three."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from archive import (
    access_changes,
    accounts,
    audit,
    books,
    case_files,
    clock,
    closing,
    delegations,
    documents,
    freezes,
    grants,
    links,
    papers,
    people,
    registers,
    submissions,
)
from archive.models import CaseFile, Document, Organ, Person
from ingest.models import Issuance
from tests.factories import a_case_file, a_document, a_person, counting, something_arrived, writing
from tests.web.conftest import House
from tests.web.submitting import LATE, a_closed_file, look_through, submit
from tests.web.test_issuing_page import bureau as bureau  # a fixture
from tests.web.test_issuing_page import prepared, row

MOST = 15
FEW, MANY = 3, 30


def asked(house: House, user_name: str, path: str) -> list[str]:
    """The questions of a page that is opened."""
    client = house.as_(user_name)
    client.get("/account/password")  # what is asked once a minute was asked
    with counting(house.services.db) as questions:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return questions


def require_few(house: House, user_name: str, few: str, many: str) -> None:
    """Both pages ask seldom, and the long one as often as the short one."""
    once, again = asked(house, user_name, few), asked(house, user_name, many)
    assert len(again) <= MOST, (many, len(again), *again)
    assert len(again) == len(once), (once, again)


def a_full_case_file(house: House, size: int) -> str:
    """A case file with all that its page can show, so many of each; its code."""
    db, organ = house.services.db, house.organ()
    binh = house.person("binh")
    case_file = a_case_file(db, organ, f"Đủ thứ {size}", holder=binh, maintenance="20 năm")
    other = a_case_file(db, organ, f"Nơi khác {size}", holder=binh)
    inside = [a_document(db, organ, f"Văn bản {n}", case_file=case_file) for n in range(size)]
    gone = [a_document(db, organ, case_file=case_file) for n in range(size)]
    paper = {"kind": "original", "what": "Bản gốc", "place": "Kho 2"}
    with writing(db) as rows:
        kept, there = (rows.get_one(CaseFile, one.id) for one in (case_file, other))
        for one in inside:
            held = rows.get_one(Document, one.id)
            documents.place(rows, held, there)
            papers.add(rows, held, paper)
        for one in gone:
            closing.take_out(rows, kept, rows.get_one(Document, one.id), "draft")
        papers.add(rows, kept, paper)
    return case_file.code


def in_every_way(house: House, code: str) -> None:
    """Closed, kept back, with a change of access that waits, and frozen."""
    with writing(house.services.db) as rows:
        found = case_files.by_code(rows, code)
        binh = people.by_name(rows, "binh")
        closing.close(rows, found, binh, {"EndDate": "01/02/2025", "StartDate": "01/01/2025"})
        consent = documents.by_code(rows, house.open_code)
        submissions.keep_back(
            rows, found, binh, until=date(2026, 6, 1), reason="Đang dùng",
            consent_number="1/CV", consent_date=date(2026, 1, 1), consent=consent,
        )  # fmt: skip
        access_changes.ask(rows, found, "assigned", "Nhạy cảm", binh)
        organ = rows.get_one(Organ, found.organ_id)
        told = {"number": "5/QĐ", "ordered_on": date(2026, 1, 1), "reason": "Thanh tra"}
        freezes.freeze(rows, organ, [found], by=binh, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("user_name", ["lan", "binh", "thu"])
def test_a_case_file(house: House, user_name: str) -> None:
    few, many = (a_full_case_file(house, size) for size in (FEW, MANY))
    require_few(house, user_name, f"/case-files/{few}", f"/case-files/{many}")
    for one in (few, many):
        in_every_way(house, one)
    require_few(house, user_name, f"/case-files/{few}", f"/case-files/{many}")


def a_full_document(house: House, size: int) -> str:
    """A document with so many parts, links, papers and places; its code."""
    db, organ = house.services.db, house.organ()
    lan = house.person("lan")
    first = a_document(db, organ, f"Nhiều phần {size}", by=lan)
    others = [a_document(db, organ, "") for _ in range(size)]
    files = [a_case_file(db, organ) for _ in range(size)]
    with writing(db) as rows:
        document, by = rows.get_one(Document, first.id), rows.get_one(Person, lan.id)
        for other, case_file in zip(others, files, strict=True):
            documents.add_part(rows, document, something_arrived(), role="annex")
            links.link(rows, document, rows.get_one(Document, other.id), "relates", by)
            documents.place(rows, document, rows.get_one(CaseFile, case_file.id))
            papers.add(rows, document, {"kind": "annex", "what": "Phụ lục", "place": "Kho 1"})
    return first.code


@pytest.mark.parametrize("user_name", ["lan", "binh", "thu", "minh"])
def test_a_document(house: House, user_name: str) -> None:
    few, many = (a_full_document(house, size) for size in (FEW, MANY))
    require_few(house, user_name, f"/documents/{few}", f"/documents/{many}")
    if user_name != "thu":  # who sees the description only turns no pages
        require_few(house, user_name, f"/documents/{few}?turn=1", f"/documents/{many}?turn=1")


def test_a_document_that_is_open_by_a_grant(house: House) -> None:
    with writing(house.services.db) as rows:
        closed = documents.by_code(rows, house.closed_code)
        lan, binh = (people.by_name(rows, one) for one in ("lan", "binh"))
        grants.give(rows, closed.placements[0].case_file, binh, None, "Cần cho công việc", lan)
    more = 1  # the grant itself is asked for twice: to know of it, and to read it
    assert len(asked(house, "binh", f"/documents/{house.closed_code}")) <= MOST + more


@pytest.mark.parametrize("user_name", ["minh", "binh"])
def test_a_line_of_a_book(house: House, user_name: str) -> None:
    db = house.services.db
    codes = []
    for size in (FEW, MANY):
        letter = a_document(db, house.organ(), "", by=house.person("minh"))
        with writing(db) as rows:
            organ, minh = rows.get_one(Organ, house.organ().id), people.by_name(rows, "minh")
            books.ensure_books(rows, organ)
            book = books.default_book(rows, organ, "incoming")
            entry = registers.enter(rows, book, minh, {"subject": "Đến"})
            entry.document_id = letter.id
            for number in range(size):
                registers.correct(rows, entry, {"note": f"Sửa {number}"}, "Gõ nhầm")
            codes.append(entry.code)
    require_few(house, user_name, *(f"/registers/{one}" for one in codes))


@pytest.mark.parametrize("user_name", ["lan", "binh"])
def test_a_submission(house: House, user_name: str) -> None:
    codes = [submit(house, *(a_closed_file(house) for _ in range(size))) for size in (FEW, MANY)]
    look_through(house)
    require_few(house, user_name, *(f"/submissions/{one}" for one in codes))


def test_a_person(house: House) -> None:
    minh = house.person("minh")
    path = f"/people/{minh.id}"
    few = asked(house, "quan", path)
    with writing(house.services.db) as rows:
        organ, quan = rows.get_one(Organ, minh.organ_id), people.by_name(rows, "quan")
        person = rows.get_one(Person, minh.id)
        for number in range(MANY):
            day = clock.today(organ) + timedelta(days=2 * number + 1)
            accounts.give_role(
                rows, person, organ, "officer", quan, from_on=day, until_on=day, why="QĐ 1"
            )
    many = asked(house, "quan", path)
    assert len(many) == len(few) <= MOST, many


def test_what_is_being_issued(bureau: House, tmp_path: Path) -> None:
    number = prepared(bureau, tmp_path)
    few = asked(bureau, "binh", f"/issuing/{number}")
    source = row(bureau, number)
    copied = {
        one.key: getattr(source, one.key) for one in Issuance.__table__.columns if one.key != "id"
    }
    annex = {**copied, "kind": "annex", "main_id": number}
    with bureau.services.db.engine.begin() as connection:
        connection.execute(insert(Issuance), [annex] * MANY)
    for user_name in ("binh", "minh"):
        many = asked(bureau, user_name, f"/issuing/{number}")
        assert len(many) <= min(MOST, len(few) + 1), many


def test_who_acts_for_others_or_works_elsewhere_costs_little(house: House) -> None:
    """Who may act for thirty asks no oftener than who may act for three."""
    db, organ = house.services.db, house.organ()
    counts = []
    for size in (FEW, MANY):
        lenders = [a_person(db, organ, f"nguoi{size}x{n}", "officer") for n in range(size)]
        with writing(db) as rows:
            binh, lan = (people.by_name(rows, one) for one in ("binh", "lan"))
            today = clock.today(organ)
            for one in lenders:
                delegations.make(
                    rows, rows.get_one(Organ, organ.id), people.by_id(rows, one.id), binh,
                    from_on=today, until_on=today, reason="Đi công tác", by=lan,
                )  # fmt: skip
        counts.append(len(asked(house, "binh", f"/case-files/{house.case_file}")))
    assert counts[0] == counts[1] <= MOST


def test_a_page_of_nobody_asks_nothing(house: House) -> None:
    client = house.app.test_client()
    with counting(house.services.db) as questions:
        client.get("/sign-in")
    assert questions == []


def test_late_case_files_cost_no_more(house: House) -> None:
    code = a_closed_file(house)
    with clock.standing_at(LATE), audit.acting_as(None, "web"):
        assert len(asked(house, "binh", f"/case-files/{code}")) <= MOST
