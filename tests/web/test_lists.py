"""Lists: how many there are, pages far down, and few questions however long they are."""

import pytest
from sqlalchemy import select

from archive import audit, books, case_files, registers
from archive.models import CaseFile, Document, Organ, Person
from tests.factories import a_case_file, a_document, a_person, an_intake, counting, writing
from tests.web.conftest import House
from tests.web.submitting import a_closed_file
from web import lists

ALL = select(CaseFile).order_by(CaseFile.id.desc())


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody counts further than to ten."""
    monkeypatch.setattr(lists, "MOST_COUNTED", 10)


def page_of(house: House, number: int) -> lists.Listed[CaseFile]:
    with house.app.test_request_context(), house.services.db.reading() as rows:
        return lists.listed(rows, ALL, page=number, per_page=4)


@pytest.fixture
def thirty(house: House, hasty: None) -> list[int]:
    """The numbers of thirty case files, the newest first."""
    for number in range(28):
        a_case_file(house.services.db, house.organ(), f"Hồ sơ {number}")
    with house.services.db.reading() as rows:
        return [one.id for one in rows.scalars(ALL)]


def test_a_long_list_says_that_there_are_more_and_goes_on(house: House, thirty: list[int]) -> None:
    first = page_of(house, 1)
    assert [one.id for one in first.rows] == thirty[:4]
    assert (first.first, first.last, first.near) == (1, 4, (1, 2, 3, None))
    fifth = page_of(house, 5)
    assert [one.id for one in fifth.rows] == thirty[16:20]
    assert (fifth.first, fifth.last, fifth.near) == (17, 20, (1, None, 3, 4, 5, 6, None))
    with house.app.test_request_context():
        assert [str(one.in_all) for one in (first, fifth)] == ["trên 10", "trên 20"]


def test_its_last_page_knows_how_many_there_are(house: House, thirty: list[int]) -> None:
    for asked in (8, 9, 5_000):  # beyond the end stands the last page
        last = page_of(house, asked)
        assert [one.id for one in last.rows] == thirty[28:]
        assert (last.page, last.total, last.near) == (8, 30, (1, None, 6, 7, 8))
        with house.app.test_request_context():
            assert str(last.in_all) == "30"


def test_a_short_list_is_counted(house: House) -> None:
    shown = page_of(house, 1)
    assert (shown.total, shown.pages, shown.is_more, shown.near) == (2, 1, False, (1,))


def test_an_empty_list_has_one_page(house: House) -> None:
    nothing = select(CaseFile).where(CaseFile.id < 0)
    with house.app.test_request_context(), house.services.db.reading() as rows:
        for asked in (1, 7):
            shown = lists.listed(rows, nothing, page=asked)
            assert (list(shown.rows), shown.total, shown.page, shown.pages) == ([], 0, 1, 1)


def test_pages_show_that_there_are_more(house: House, thirty: list[int]) -> None:
    client = house.as_("lan")
    assert "1–20" in (page := client.get("/case-files").text) and "trên 20" in page
    assert "21–30" in (page := client.get("/case-files?page=2").text) and "trên 30" not in page


def test_years_are_those_of_case_files_that_one_may_see(house: House) -> None:
    organ, db = house.organ(), house.services.db
    for year in (1954, 1999, 2011):
        a_case_file(db, organ, year=year)
    a_case_file(db, organ, year=1975, access_level="assigned", holder=house.person("lan"))
    years = house.as_("binh").get("/case-files").text
    assert all(f"<option >{one}</option>" in years for one in (2026, 2011, 1999, 1954))
    assert "1975" not in years
    assert "1975" in house.as_("lan").get("/case-files").text


def found(house: House, typed: str) -> set[str]:
    page = house.as_("lan").get("/case-files", query_string={"q": typed}).text.split("<main")[1]
    return {one for one in ("Đường Láng", "Đê sông Hồng", "Đất công") if one in page}


@pytest.mark.parametrize("few", [2_000, 0])  # looked up by the rarest word, or gone through
def test_case_files_are_found_by_how_their_words_begin(
    house: House, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(case_files, "FEW", few)
    db, organ = house.services.db, house.organ()
    road = a_case_file(db, organ, "Đường Láng (đoạn 2)")
    for title in ("Đê sông Hồng", "Đất công, 50% còn lại"):
        a_case_file(db, organ, title)
    assert found(house, "duong lang") == found(house, "LÁNG đường") == {"Đường Láng"}
    assert found(house, "đ") == {"Đường Láng", "Đê sông Hồng", "Đất công"}
    assert found(house, "ông") == set()  # words are found by how they begin
    assert found(house, "50%") == {"Đất công"}
    assert found(house, road.code) == found(house, road.code.replace(".", " ")) == {"Đường Láng"}
    assert found(house, "duong hong") == set()
    with writing(db) as rows:
        held = rows.get_one(CaseFile, road.id)
        held.title = "Đường Bưởi"
        audit.record(rows, "case_file.test", held)
    assert found(house, "láng") == set()
    assert "Đường Bưởi" in house.as_("lan").get("/case-files?q=buoi").text


def test_how_much_is_kept_is_told_to_who_sees_all_of_it(house: House) -> None:
    assert "văn bản trong kho" in house.as_("lan").get("/").text
    assert "văn bản trong kho" not in house.as_("binh").get("/").text


# Questions ----------------------------------------------------------------------------------------


PATHS = {
    "lan": ("/", "/case-files", "/case-files?stage=open&q=ho+so", "/tray", "/tray?only=mending",
            "/receiving", "/receiving?tab=moving", "/plans", "/submissions?tab=due",
            "/submissions?tab=waiting", "/submissions?tab=kept", "/submissions?tab=units",
            "/freezes", "/notices", "/exports", "/delegations", "/registers"),
    "minh": ("/", "/registers", "/registers/den", "/registers/den?only=unanswered&q=1",
             "/registers/received", "/registers/refusals", "/registers/letting-in",
             "/receiving", "/issuing"),
    "binh": ("/", "/case-files", "/tray", "/tray?only=mending", "/receiving", "/registers/den",
             "/submissions?tab=mine", "/submissions?tab=sent", "/issuing"),
    "quan": ("/people", "/people?q=a&state=open"),
}  # fmt: skip


def furnish(house: House, count: int) -> None:
    """So many more of everything that lists show."""
    db, organ = house.services.db, house.organ()
    lan, binh = house.person("lan"), house.person("binh")
    for _ in range(count):
        case_file = a_case_file(db, organ, holder=binh)
        a_document(db, organ, case_file=case_file, by=binh)
        tray = a_document(db, organ, by=binh)
        an_intake(db, organ, lan)
        an_intake(db, organ, binh)
        a_closed_file(house)
        a_person(db, organ, f"cb{tray.id}", "officer")
        with writing(db) as rows:
            held = rows.get_one(Document, tray.id)
            held.mending = "not_valid_pdfa"
            audit.record(rows, "document.test", held)
            book = books.default_book(rows, rows.get_one(Organ, organ.id), "incoming")
            by = rows.get_one(Person, house.person("minh").id)
            registers.enter(rows, book, by, {"subject": "Về việc thử"})


def questions(house: House) -> dict[tuple[str, str], int]:
    asked = {}
    for name, paths in PATHS.items():
        client = house.as_(name)
        for path in paths:
            client.get(path)  # what is asked once a session is asked now
            with counting(house.services.db) as found:
                assert client.get(path).status_code == 200, path
            asked[name, path] = len(found)
    return asked


def test_every_list_asks_at_most_fifteen_questions_however_long_it_is(house: House) -> None:
    furnish(house, 3)
    few = questions(house)
    furnish(house, 27)
    many = questions(house)
    assert {one: count for one, count in many.items() if count > 15} == {}
    assert {one: (few[one], count) for one, count in many.items() if count > few[one]} == {}


TOO_LONG = "9" * 25
ASKED = (
    f"/registers?year={TOO_LONG}",
    f"/registers/den?year={TOO_LONG}",
    f"/plans/2026?under={TOO_LONG}",
    f"/plans/2026/story?before={TOO_LONG}",
    f"/people?unit={TOO_LONG}",
    f"/people/1?before={TOO_LONG}",
    f"/administration/holidays?year={TOO_LONG}",
    f"/issuing/new?main={TOO_LONG}",
    f"/registers/den/new?intake={TOO_LONG}",
    f"/registers/den/new?let_in={TOO_LONG}",
    "/print/registers/di?what=uses&first=01/01/0001&last=31/12/9999",
)
SENT: tuple[tuple[str, dict[str, str]], ...] = (
    ("/access/holder", {"person": TOO_LONG, "why": "x"}),
    ("/access/grants", {"kind": "case_file", "person": TOO_LONG, "reason": "x"}),
    ("/delegations", {"delegate": TOO_LONG, "until_on": "2027-01-01", "reason": "x"}),
    ("/registers/refusals", {"reason_code": "other_reason", "reason": "x", "intake": TOO_LONG}),
    ("/people/new", {"full_name": "Nguyễn Văn A", "role": "officer", "unit": TOO_LONG}),
    ("/freezes/new", {"year": "2026", "number": "1", "reason": "x", "ordered_on": "hôm qua"}),
    ("/papers/case_file/@", {"kind": "original", "what": "x", "place": "x", "arrived_on": "?"}),
)


def test_a_number_that_no_row_can_have_is_no_number(house: House) -> None:
    a_person(house.services.db, house.organ(), "truong", "head")
    house.post(house.as_("lan"), "/plans", year="2026")
    for who in ("lan", "minh", "truong", "quan"):
        client = house.as_(who)
        for path in ASKED:
            assert client.get(path).status_code < 500, (who, path)
        for path, form in SENT:
            code = house.case_file
            answer = house.post(client, path.replace("@", code), **{"code": code, **form})
            assert answer.status_code < 500, (who, path)
