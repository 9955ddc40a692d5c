import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.document_numbers import (
    DOCUMENT_TYPES,
    TypeGroup,
    find_numbers,
    keys,
    parse,
    query_keys,
)

KON_TUM = "04 /2017/QĐ-UBND"


def key_set(written: str, *, year: int | None = None) -> set[str]:
    number = parse(written)
    assert number is not None
    return keys(number, year=year)


def test_a_number_is_taken_apart_as_it_stands_on_paper() -> None:
    number = parse(f"Số: {KON_TUM}")
    assert number is not None
    assert (number.number, number.raw, number.year) == (4, "04", 2017)
    assert (number.type_abbr, number.organ_abbr, number.unit) == ("QĐ", "UBND", "")
    assert (number.canonical, number.canonical_folded) == ("4/2017/QĐ-UBND", "4/2017/qd-ubnd")


@pytest.mark.parametrize(
    ("written", "kind", "organ", "unit", "canonical"),
    [
        ("530 /QĐ-SXD", "QĐ", "SXD", "", "530/QĐ-SXD"),
        ("7816/VPCP-TTĐT", "", "VPCP", "TTĐT", "7816/VPCP-TTĐT"),
        ("1117/UBND-VX", "", "UBND", "VX", "1117/UBND-VX"),
        ("01/2011/TTLT-BNV-VPQH", "TTLT", "BNV-VPQH", "", "1/2011/TTLT-BNV-VPQH"),
        ("33/2024/QH15", "", "QH15", "", "33/2024/QH15"),
        ("15/ct-ttg", "CT", "TTg", "", "15/CT-TTg"),
        ("05/CTr-UBND", "CTr", "UBND", "", "5/CTr-UBND"),
        ("15a/QĐ-BNV", "QĐ", "BNV", "", "15a/QĐ-BNV"),
        ("12-QĐ/TW", "QĐ", "TW", "", "12-QĐ/TW"),
        ("04/2017/QÐ−UBND", "QĐ", "UBND", "", "4/2017/QĐ-UBND"),
        ("Số: **03** /2014/QĐ-UBND", "QĐ", "UBND", "", "3/2014/QĐ-UBND"),
    ],
)
def test_real_numbers_are_read(
    written: str, kind: str, organ: str, unit: str, canonical: str
) -> None:
    number = parse(written)
    assert number is not None
    assert (number.type_abbr, number.organ_abbr, number.unit) == (kind, organ, unit)
    assert number.canonical == canonical


def test_a_draft_without_its_number_has_a_symbol_only() -> None:
    number = parse("Số:      /QĐ-UBND")
    assert number is not None
    assert number.number is None
    assert number.canonical == "QĐ-UBND"


@pytest.mark.parametrize(
    "text", ["UBND", "04/2017", "", "ngày 03/02/2017", "Số:", "12", "a" * 5000]
)
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert parse(text) is None


def test_a_type_is_not_concluded_where_missing_marks_leave_two() -> None:
    typed = [parse(text) for text in ("12/ĐA-UBND", "12/DA-UBND", "12/da-ubnd", "12/hd-ubnd")]
    assert [number.type_abbr if number else None for number in typed] == ["ĐA", "DA", "", ""]


@pytest.mark.parametrize(
    "question",
    [
        "04/2017/QĐ-UBND",
        "4/2017/QĐ-UBND",
        "04/2017/qd-ubnd",
        "04 2017 QD UBND",
        "QĐ-UBND 04",
        "số 04 năm 2017",
        "quyết định 04/2017",
        "04/2017",
        "4/2017",
        "Số: 04 /2017/QĐ-UBND",
        "04/2017/QÐ-UBND",
        "04/2017/QĐ–UBND",
        "04/2017/QĐ−UBND",
        "04-2017",
        "04",
        "so 04 nam 2017",
        "quyet dinh so 4",
        "QUYẾT ĐỊNH SỐ 04 NĂM 2017",
        "quyết định số 04/2017/QĐ-UBND của UBND thành phố",
        "quyết định 04/2017 về eOffice",
        "04/QĐ-UBND",
    ],
)
def test_the_spellings_of_staff_meet_the_document(question: str) -> None:
    assert set(query_keys(question)) & key_set(KON_TUM)


@pytest.mark.parametrize(
    "question",
    ["UBND", "ngày 03/02/2017", "tháng 04/2017", "12/4", "4 con gà", "bảo mật", "", "năm"],
)
def test_dates_and_words_ask_for_no_number(question: str) -> None:
    assert query_keys(question) == []


@pytest.mark.parametrize("question", ["05/2017", "nghị quyết 04/2017", "04/2016", "04/2017/QĐ-SXD"])
def test_other_numbers_do_not_meet_it(question: str) -> None:
    assert not set(query_keys(question)) & key_set(KON_TUM)


def test_the_year_of_a_document_whose_number_has_none_comes_from_its_date() -> None:
    assert set(query_keys("530/2015")) & key_set("530/QĐ-SXD", year=2015)
    assert not set(query_keys("530/2015")) & key_set("530/QĐ-SXD")


abbreviations = st.sampled_from([kind.abbreviation for kind in DOCUMENT_TYPES if kind.abbreviation])
organs = st.sampled_from(["UBND", "SXD", "BNV", "TTg", "HĐND", "VPCP"])


@given(st.integers(1, 99_999), st.integers(1945, 2045), abbreviations, organs)
def test_any_number_is_met_by_itself_and_by_its_folded_form(
    counter: int, year: int, kind: str, organ: str
) -> None:
    for written in (f"{counter:02}/{year}/{kind}-{organ}", f"{counter:02}/{kind}-{organ}"):
        number = parse(written)
        assert number is not None
        assert number.number == counter
        for question in (written, number.canonical, number.canonical_folded):
            assert set(query_keys(question)) & keys(number)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    query_keys(text)
    for citation in find_numbers(text):
        assert text[citation.start : citation.end].strip()


def test_numbers_cited_in_a_text_are_found_where_they_stand() -> None:
    text = (
        "Căn cứ Nghị định số 64/2007/NĐ-CP, ngày 10/4/2007; Chỉ thị 03/2011/CT-UBND; văn bản số "
        "1117/UBND-VX; Luật số 33/2024/QH15; Quy định số 12-QĐ/TW; tốc độ 60 km/h, 24/24h, 3/2."
    )
    found = find_numbers(text)
    assert [citation.number.canonical for citation in found] == [
        "64/2007/NĐ-CP",
        "3/2011/CT-UBND",
        "1117/UBND-VX",
        "33/2024/QH15",
        "12-QĐ/TW",
    ]
    assert text[found[1].start : found[1].end] == "03/2011/CT-UBND"


def test_the_twenty_nine_types_of_the_law_are_known() -> None:
    administrative = [kind for kind in DOCUMENT_TYPES if kind.group is TypeGroup.ADMINISTRATIVE]
    assert len(administrative) == 29
    assert len({kind.name for kind in DOCUMENT_TYPES}) == len(DOCUMENT_TYPES)
