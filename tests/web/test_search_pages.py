"""Search as people use it: narrowing, other orders, by case file, kept searches, lists taken."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from archive import clock
from archive.life_models import NoticeItem
from search import indexing, saved
from tests.factories import a_case_file, a_document
from tests.web.conftest import House
from web import search_watch
from web.pages import finding


@pytest.fixture
def office(house: House) -> House:
    """The house with a few reports of two years, of which one is closed to officers."""
    db, organ = house.services.db, house.organ()
    kept = a_case_file(db, organ, "Báo cáo cải cách", holder=house.person("binh"))
    closed = a_case_file(db, organ, "Kín", holder=house.person("lan"), access_level="assigned")
    told = [("2019", "Báo cáo", "9"), ("2019", "Báo cáo", "10"), ("2020", "Tờ trình", "2")]
    for year, kind, number in told:
        a_document(
            db, organ, f"{kind} cải cách hành chính {year}", case_file=kept, type_name=kind,
            code_number=number, code_notation="BC-STC", issued_date=f"01/02/{year}",
        )  # fmt: skip
    a_document(
        db, organ, "Cải cách nhân sự 2021", case_file=closed, type_name="Đề án",
        issued_date="01/02/2021",
    )  # fmt: skip
    _index(house)
    return house


def _index(house: House) -> None:
    services = house.services
    for kind in ("document", "case_file"):
        with services.db.reading() as rows:
            behind = indexing.stale(rows, kind=kind)
        indexing.index(services.db, services.files, services.engine, behind, kind)


def hits(page: str) -> list[str]:
    return re.findall(r'<a class="hit" href="[^"]*"><span class="number">([^<]+)</span>', page)


def test_facets_narrow_and_several_values_of_one_widen_again(office: House) -> None:
    binh = office.as_("binh")
    everything = binh.get("/search?q=cai+cach").text
    assert "Tìm thấy 3 văn bản" in everything
    one = binh.get("/search?q=cai+cach&year=2019").text
    assert "Tìm thấy 2 văn bản" in one
    two = binh.get("/search?q=cai+cach&year=2019&year=2020").text
    assert "Tìm thấy 3 văn bản" in two
    both = binh.get("/search?q=cai+cach&year=2019&type=Tờ+trình").text
    assert "Không tìm thấy" in both and "Tìm không dùng bộ lọc" in both
    # The counts of a facet in which something is chosen say what another choice would give.
    found = re.findall(r'aria-current="true">.*?<span>2019</span> <span class="count">2<', one)
    assert found and re.search(r'<span>2020</span> <span class="count">1<', one)


def test_no_facet_tells_of_what_is_closed_to_the_asker(office: House) -> None:
    page = office.as_("binh").get("/search?q=cai+cach").text
    assert "2021" not in page and "Đề án" not in page
    open_to_lan = office.as_("lan").get("/search?q=cai+cach").text
    assert "Đề án" in open_to_lan
    chosen = office.as_("binh").get("/search?q=cai+cach&year=2021").text
    assert "Không tìm thấy" in chosen


def test_orders_are_natural_and_keep_the_choices(office: House) -> None:
    page = office.as_("binh").get("/search?q=cai+cach&order=number").text
    assert hits(page)[:3] == ["2/BC-STC", "9/BC-STC", "10/BC-STC"]
    assert "/search?q=cai+cach&amp;type=B%C3%A1o+c%C3%A1o&amp;order=number" in page


def test_beyond_the_last_page_stands_the_last_and_what_is_too_deep_is_said(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PER_PAGE", 2)
    binh = office.as_("binh")
    last = binh.get("/search?q=cai+cach&page=2").text
    assert len(hits(last)) == 2
    assert hits(binh.get("/search?q=cai+cach&page=77").text) == hits(last)
    grouped = binh.get("/search?q=cai+cach&by=case_file&page=77").text
    assert "Báo cáo cải cách" in grouped
    monkeypatch.setattr(finding, "DEEPEST", 1)
    cut = binh.get("/search?q=cai+cach&page=2").text
    assert hits(cut) == hits(binh.get("/search?q=cai+cach").text)
    assert "Chỉ lật xem được 2 kết quả đầu" in cut and 'aria-label="Trang 2"' not in cut


def test_where_nothing_says_all_of_it_the_first_line_says_so(office: House) -> None:
    binh = office.as_("binh")
    page = binh.get("/search?q=bao+cao+cai+cach+hanh+chinh+thuyloi").text
    assert "Không có kết quả nào khớp đủ. Từ đây trở xuống" in page
    assert "khớp đủ" not in binh.get("/search?q=cai+cach").text


def test_a_case_file_was_found_by_its_title_or_code_and_not_by_a_subject(office: House) -> None:
    binh = office.as_("binh")
    assert "Khớp ở: tiêu đề</div>" in binh.get("/search?q=cai+cach&kind=case_file").text
    office.post(binh, "/language", language="en")
    assert "Found by: title</div>" in binh.get("/search?q=cai+cach&kind=case_file").text


def test_the_english_help_names_fields_and_types_examples_in_english(office: House) -> None:
    binh = office.as_("binh")
    office.post(binh, "/language", language="en")
    page = binh.get("/search/help").text
    for said in ("signer:Lan", "year:2018..2020", ">issuer:<", ">signature:<", "one of its values"):
        assert said in page, said
    assert "type:&#34;quyết định&#34;" in binh.get("/search").text


def test_by_case_file_the_answers_stand_in_their_files(office: House) -> None:
    page = office.as_("binh").get("/search?q=cai+cach&by=case_file").text
    assert "Báo cáo cải cách" in page and len(hits(page)) == 4
    assert "Kín" not in page


def test_what_is_meant_is_suggested_while_typing_and_is_not_told(office: House) -> None:
    before = len(office.events("search.run"))
    answer = office.as_("binh").get("/search/suggestions?q=bao+cao+c")
    assert answer.headers["Cache-Control"] == "no-store"  # a browser may be somebody else's next
    told: Any = answer.json
    assert {one["kind"] for one in told} == {"document", "case_file"}
    assert all(one["at"].startswith("/") for one in told)
    assert not [one for one in told if "nhân sự" in one["title"]]
    assert office.as_("binh").get("/search/suggestions?q=cai+cach+nhan").json == []
    assert len(office.events("search.run")) == before


@pytest.mark.parametrize("order", ["", "best", "title", "backwards", "'"])
def test_nonsense_in_the_address_is_left_out(office: House, order: str) -> None:
    asked = {"q": "cai cach", "order": order, "year": ["", "2019", "x" * 3000], "page": "10" * 9}
    assert office.as_("binh").get("/search", query_string=asked).status_code == 200


def test_a_kept_search_says_what_is_new_and_is_dropped_again(office: House) -> None:
    binh = office.as_("binh")
    form = {"name": "Cải cách 2019", "q": "cai cach", "year": "2019", "is_daily": "1"}
    answer = office.post(binh, "/search/saved", **form)
    assert answer.location == "/search?q=cai+cach&year=2019"
    page = binh.get("/search/saved").text
    assert "Cải cách 2019" in page and "Thôi báo" in page
    later = clock.now() + timedelta(seconds=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        a_document(office.services.db, office.organ(), "Cải cách lần nữa", issued_date="03/03/2019")
    _index(office)
    assert '<span class="tag tag-info">1</span>' in binh.get("/search/saved").text
    assert search_watch.look(office.services) == 0  # it was looked at today
    tomorrow = later + timedelta(days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: tomorrow)
        assert search_watch.look(office.services) == 1
        assert search_watch.look(office.services) == 0  # told once a day
    with office.services.db.reading() as rows:
        (item,) = rows.scalars(select(NoticeItem).where(NoticeItem.kind == saved.NEW))
    notice = binh.get(f"/notices/{item.notice_id}").text
    assert "Cải cách 2019" in notice and "/search/saved/" in notice
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: tomorrow + timedelta(days=1))
        assert search_watch.look(office.services) == 0  # nothing has come since
    number = re.search(r"/search/saved/(\d+)\"", page)
    assert number
    assert binh.get(f"/search/saved/{number[1]}").location == "/search?q=cai+cach&year=2019"
    assert office.as_("lan").get(f"/search/saved/{number[1]}").status_code == 404
    again = office.post(binh, "/search/saved", **form)
    assert "đã lưu một tìm kiếm" in binh.get(again.location).text
    assert office.post(binh, f"/search/saved/{number[1]}/drop").status_code == 302
    assert "Chưa lưu tìm kiếm nào" in binh.get("/search/saved").text


@pytest.mark.parametrize("kind", ["xlsx", "csv", "pdf"])
def test_the_list_is_taken_along_with_what_the_asker_may_know_and_told(
    office: House, kind: str
) -> None:
    answer = office.as_("binh").get(f"/search/list?q=cai+cach&order=number&form={kind}")
    assert answer.status_code == 200 and f"ket-qua-tim-kiem.{kind}" in str(answer.headers)
    (told,) = office.events("search.take")
    assert told.facts["total"] == 4 and told.facts["form"] == kind
    assert office.words(told) == {"searched": "cai cach"}
    if kind == "xlsx":
        sheet: Any = load_workbook(io.BytesIO(answer.data)).active
        rows = list(sheet.values)
        assert [row[2] for row in rows[1:4]] == ["2/BC-STC", "9/BC-STC", "10/BC-STC"]
    elif kind == "csv":
        assert "nhân sự" not in answer.data.decode("utf-8-sig")
    else:
        assert answer.data.startswith(b"%PDF")
    assert office.as_("binh").get("/search/list?q=a&form=exe").status_code == 404


def test_thousands_of_kept_searches_are_looked_at_some_at_a_time(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("binh", "lan"):
        for number in range(5):
            form = {"name": f"Số {number}", "q": "cai cach", "is_daily": "1"}
            office.post(office.as_(name), "/search/saved", **form)
    later = clock.now() + timedelta(seconds=5)
    with clock.standing_at(later):
        a_document(office.services.db, office.organ(), "Cải cách lần nữa")
    _index(office)
    monkeypatch.setattr(search_watch, "AT_ONCE", 3)
    asked_to_stop = iter([False, True])
    with clock.standing_at(later + timedelta(days=1)):
        assert search_watch.look(office.services, lambda: next(asked_to_stop, True)) == 1
        assert search_watch.look(office.services) == 2  # one letter each, the first one's goes on
        assert search_watch.look(office.services) == 0
    with office.services.db.reading() as rows:
        told = rows.scalars(select(NoticeItem).where(NoticeItem.kind == saved.NEW)).all()
    assert len(told) == 10
    assert len({one.notice_id for one in told}) == len({one.person_id for one in told}) == 2
