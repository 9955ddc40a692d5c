"""Finding from a document or a case file on: inside it, and what is like it."""

import io
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from archive.documents import rendition
from formats.text import PageText, Word, write_pages
from search.engines.elasticsearch_address import Address
from search.engines.elasticsearch_engine import ElasticsearchEngine
from tests.factories import a_case_file, a_document, stored
from tests.web.conftest import House, _arrived
from tests.web.test_questions import MOST, asked
from tests.web.test_search_pages import _index, hits
from web.app import create_app


@pytest.fixture
def away(house: House) -> Iterator[House]:
    """The house while nobody answers at the search server's address."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        node = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        services = replace(house.services, engine=ElasticsearchEngine(Address((node,), timeout=1)))
        yield replace(house, services=services, app=create_app(services))


def pages(page: str) -> list[str]:
    return re.findall(r'<a class="hit" href="([^"]*)">', page)


# Inside a document --------------------------------------------------------------------------------


def test_every_page_that_says_it_is_listed_with_its_words_marked(house: House) -> None:
    client = house.as_("binh")
    assert (
        f'action="/documents/{house.open_code}/find"'
        in client.get(f"/documents/{house.open_code}").text
    )
    page = client.get(f"/documents/{house.open_code}/find?q=chu+ky").text
    assert "Có trên 2 trang" in page and "có cả trong trích yếu" in page
    first, second = pages(page)
    assert "page=1" in first and "page=2" in second
    assert page.count("<mark>chữ ký</mark>") == 2 and "<mark>Chữ ký</mark>" in page
    viewed = client.get(second.replace("&amp;", "&").partition("#")[0]).text
    assert "Đánh dấu trên trang này" in viewed or "<rect" in viewed
    assert f'href="/documents/{house.open_code}/find?q=chu+ky"' in viewed
    assert "<mark>Điều</mark> 2" in client.get(f"/documents/{house.open_code}/find?q=dieu").text


def test_what_no_page_says_is_said_so_and_a_mistake_has_its_caret(house: House) -> None:
    client = house.as_("binh")
    page = client.get(f"/documents/{house.open_code}/find?q=vô+can").text
    assert "Không có trên trang nào" in page and "Trong văn bản này không có “vô can”" in page
    page = client.get(f"/documents/{house.open_code}/find?q=(chu+ky").text
    assert "Có trên 2 trang" in page and "^" in page
    for nonsense in ("", "*", "-", "((((", "‮", "x" * 9000):
        asked = {"q": nonsense, "page": "9" * 30}
        answer = client.get(f"/documents/{house.open_code}/find", query_string=asked)
        assert answer.status_code == 200, nonsense


def test_looking_inside_is_told_as_an_opening_and_as_a_search(house: House) -> None:
    client = house.as_("binh")
    client.get(f"/documents/{house.open_code}/find?q=chu+ky")
    assert len(house.events("document.open")) == 1
    (told,) = house.events("search.run")
    code = house.open_code
    assert told.facts == {"total": 1, "hits": [code], "inside": code}
    assert house.words(told) == {"searched": "chu ky"}


def test_who_may_not_read_it_may_not_look_inside(house: House) -> None:
    assert house.as_("binh").get(f"/documents/{house.closed_code}/find?q=a").status_code == 404
    answer = house.as_("thu").get(f"/documents/{house.open_code}/find?q=chu+ky")
    assert answer.status_code == 403 and "Quy chế" not in answer.text
    assert not house.events("search.run")
    assert "/find" not in house.as_("thu").get(f"/documents/{house.open_code}").text


def test_text_that_is_gone_is_said_and_no_reason_to_break(house: House) -> None:
    with house.services.db.reading() as rows:
        kept = rendition(rows.merge(house.part(house.open_code)), "words")
        assert kept is not None
        house.services.files.remove(kept.digest)
    page = house.as_("binh").get(f"/documents/{house.open_code}/find?q=chu+ky")
    assert page.status_code == 200 and "Hiện không đọc được chữ" in page.text


def test_many_pages_are_listed_some_at_a_time(house: House, tmp_path: Path) -> None:
    arrived = _arrived(house.services, tmp_path)
    word = Word("quyết", 0.1, 0.1, 0.2, 0.12, 0, None)
    write_pages(
        [PageText(number, 595.0, 842.0, (word,), "layer", None) for number in range(1, 46)],
        tmp_path / "many",
    )
    words = stored(
        house.services.files, "words", (tmp_path / "many").read_bytes(), "application/gzip"
    )
    made = tuple(one for one in arrived.renditions if one.role != "words")
    long_one = a_document(
        house.services.db,
        house.organ(),
        "Dài",
        arrived=replace(arrived, pages=45, renditions=(*made, words)),
    )
    client = house.as_("lan")
    page = client.get(f"/documents/{long_one.code}/find?q=quyet&page=3").text
    assert "Có trên 45 trang" in page and "41–45" in page and len(pages(page)) == 5


# What is like it ----------------------------------------------------------------------------------


@pytest.fixture
def akin(house: House) -> House:
    """The house with an open document like the open one, and a closed one."""
    db, organ = house.services.db, house.organ()
    closed = a_case_file(db, organ, "Kín", holder=house.person("lan"), access_level="assigned")
    a_document(db, organ, "Báo cáo thực hiện quy chế quản lý chữ ký số", code_number="77")
    a_document(db, organ, "Kiểm điểm việc quản lý chữ ký số", case_file=closed, code_number="78")
    _index(house)
    return house


def test_documents_like_it_are_those_that_the_asker_may_know(akin: House) -> None:
    assert "Kiểm điểm" in akin.as_("lan").get(f"/documents/{akin.open_code}/alike").text
    page = akin.as_("binh").get(f"/documents/{akin.open_code}/alike").text
    assert "Báo cáo thực hiện quy chế" in page and "Kiểm điểm" not in page
    assert akin.as_("binh").get(f"/documents/{akin.closed_code}/alike").status_code == 404
    alone = akin.as_("binh").get(f"/documents/{akin.tray_code}/alike").text
    assert "Không có văn bản nào mà ông/bà được xem" in alone


def test_the_page_of_a_document_waits_for_no_index(away: House) -> None:
    client = away.as_("binh")
    page = client.get(f"/documents/{away.open_code}")
    assert page.status_code == 200
    assert f'data-fill="/documents/{away.open_code}/alike"' in page.text
    assert f'<a href="/documents/{away.open_code}/alike">' in page.text
    assert client.get(f"/documents/{away.open_code}/alike").status_code == 503
    inside = client.get(f"/documents/{away.open_code}/find?q=chu+ky")
    assert inside.status_code == 200 and "Có trên 2 trang" in inside.text


def test_few_questions_however_much_is_found(akin: House) -> None:
    few = [f"/documents/{akin.open_code}/alike", f"/documents/{akin.open_code}/find?q=chu+ky"]
    once = [len(asked(akin, "lan", one)) for one in few]
    for number in range(6):
        a_document(
            akin.services.db, akin.organ(), f"Sơ kết quy chế quản lý chữ ký số {number}",
            code_number=f"{100 + number}",
        )  # fmt: skip
    _index(akin)
    again = [len(asked(akin, "lan", one)) for one in few]
    assert max(once) <= MOST
    assert again[0] == once[0] and again[1] <= once[1]  # it was opened just now


# Inside a case file -------------------------------------------------------------------------------


def test_a_case_file_is_searched_alone_with_the_way_back(akin: House) -> None:
    client = akin.as_("binh")
    page = client.get(f"/case-files/{akin.case_file}").text
    assert f'name="inside" value="{akin.case_file}"' in page
    found = client.get(f"/search?q=chu+ky+so&inside={akin.case_file}").text
    assert akin.events("search.run")[-1].facts["inside"] == akin.case_file
    assert len(hits(found)) == 1 and "Tìm trong hồ sơ này" in found
    assert f'href="/case-files/{akin.case_file}"' in found
    assert 'href="/search?q=chu+ky+so"' in found
    assert len(hits(client.get("/search?q=chu+ky+so").text)) == 3
    grouped = client.get(f"/search?q=chu+ky+so&by=case_file&inside={akin.case_file}").text
    assert len(hits(grouped)) == 1
    lan = akin.as_("lan")
    with akin.services.db.reading():
        closed = akin.as_("lan").get("/case-files?q=kin").text
    code = re.search(r"/case-files/([^\"]+\.[^\"]+)\"", closed)
    assert code
    assert len(hits(lan.get(f"/search?inside={code[1]}").text)) == 1
    assert client.get(f"/search?inside={code[1]}").status_code == 404


def test_the_list_and_the_kept_search_stay_inside_it_too(akin: House) -> None:
    client = akin.as_("binh")
    address = f"/search/list?q=chu+ky+so&inside={akin.case_file}&form=xlsx"
    sheet: Any = load_workbook(io.BytesIO(client.get(address).data)).active
    assert [row[1] for row in list(sheet.values)[1:]] == [akin.open_code]
    page = client.get(f"/search?q=chu+ky+so&inside={akin.case_file}").text
    assert f'<input type="hidden" name="case_file" value="{akin.case_file}">' in page
    form = {"name": "Trong hồ sơ", "q": "chu ky so", "case_file": akin.case_file}
    kept = akin.post(client, "/search/saved", **form)
    assert akin.open_code in client.get(kept.location).text
    assert "Báo cáo thực hiện quy chế" not in client.get(kept.location).text
