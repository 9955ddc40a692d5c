"""Search: what is found, marked, counted and told."""

import pytest

from search.query_fields import fields
from tests.web.conftest import SECRET_SUBJECT, House


def test_words_without_marks_find_the_document_and_its_page(house: House) -> None:
    page = house.as_("lan").get("/search?q=chu+ky+so").text
    assert "Tìm thấy 1 văn bản" in page
    assert "<mark>chữ ký số</mark>" in page
    assert f"/documents/{house.open_code}?page=" in page
    assert house.case_file in page
    assert ".webp" in page


def test_a_number_finds_its_document(house: House) -> None:
    page = house.as_("binh").get("/search?q=03/QĐ-UBND").text
    assert "03/QĐ-UBND" in page
    assert "Tìm thấy 1 văn bản" in page


def test_an_empty_answer_says_what_to_do(house: House) -> None:
    page = house.as_("lan").get("/search?q=khongcogi").text
    assert "Không tìm thấy" in page
    assert "Hãy bớt từ" in page


def test_an_empty_box_explains_itself(house: House) -> None:
    assert "quy che bao mat" in house.as_("lan").get("/search").text
    assert not house.events("search.run")


@pytest.mark.rule("HC-63")
def test_every_search_is_told_with_its_words_aside(house: House) -> None:
    house.as_("binh").get("/search?q=chữ+ký")
    told = house.events("search.run")
    assert [one.facts for one in told] == [{"total": 1, "hits": [house.open_code]}]
    assert told[0].person_id == house.person("binh").id
    assert house.words(told[0]) == {"searched": "chữ ký"}


def test_what_is_closed_is_neither_shown_nor_counted(house: House) -> None:
    words = SECRET_SUBJECT.replace(" ", "+")
    assert "Không tìm thấy" in house.as_("binh").get(f"/search?q={words}").text
    assert "Tìm thấy 1" in house.as_("lan").get(f"/search?q={words}").text


def test_auditors_get_descriptions_and_no_snippet(house: House) -> None:
    page = house.as_("thu").get("/search?q=chữ+ký+số").text
    assert "03/QĐ-UBND" in page
    assert "Điều 2" not in page
    assert ".webp" not in page
    assert "chỉ xem được phần mô tả" in page


@pytest.mark.parametrize("asked", ['"', "-", "AND OR NOT", "%", "a" * 5000, "<script>", "\\"])
def test_whatever_is_typed_there_is_an_answer(house: House, asked: str) -> None:
    answer = house.as_("lan").get("/search", query_string={"q": asked})
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_pages_beyond_the_end_are_no_error(house: House) -> None:
    assert house.as_("lan").get("/search?q=chữ&page=999999999").status_code == 200
    assert house.as_("lan").get("/search?q=chữ&page=-1").status_code == 200


def test_a_broken_index_says_that_nothing_is_lost(house: House) -> None:
    import shutil

    house.services.engine.close()
    shutil.rmtree(house.services.settings.path("index"))
    answer = house.as_("lan").get("/search?q=chữ")
    assert answer.status_code == 503
    assert "Không mất văn bản nào" in answer.text


def test_the_help_of_the_box_has_examples_and_every_field(house: House) -> None:
    page = house.as_("binh").get("/search/help").text
    assert "Ô tìm kiếm hiểu những gì" in page
    assert "/search?q=quy+che+chu+ky+so" in page
    for one in fields():
        assert f"{one.label.replace(' ', '_')}:</code>" in page
    assert "/search/help" in house.as_("binh").get("/search").text
