"""What is suggested from the words of a page, with its place; measured on the samples."""

import json
from pathlib import Path

import pytest

from archive.register_fields import canonical_of, organ_key
from formats import reading
from formats.text import PageText, Word, read_pages
from formats.vietnamese import fold
from ingest.first_page import Suggestion, suggest

ROOT = Path(__file__).parent.parent.parent
TRUTH = json.loads((ROOT / "samples" / "fields.json").read_text(encoding="utf-8"))
BORN_DIGITAL = ("05", "06", "07", "08", "09")
SCANNED = ("01", "02", "03", "04")
Line = tuple[float, float, str]  # left, top, words

LETTER: tuple[Line, ...] = (
    (0.20, 0.06, "ỦY BAN NHÂN DÂN"),
    (0.60, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (0.20, 0.08, "TỈNH TÂY NINH"),
    (0.65, 0.08, "Độc lập - Tự do - Hạnh phúc"),
    (0.22, 0.10, "SỞ TÀI CHÍNH"),
    (0.20, 0.13, "Số: 07 /STC-VP"),
    (0.60, 0.13, "Tây Ninh, ngày 03 tháng 5 năm 2018"),
    (0.18, 0.15, "V/v nộp lưu hồ sơ"),
    (0.18, 0.17, "điện tử năm 2017"),
    (0.16, 0.20, "HỎA TỐC"),
    (0.30, 0.24, "Kính gửi: Ông Nguyễn Văn Bình"),
    (0.20, 0.28, "Thực hiện Quyết định số 212/QĐ-VP ngày 11 tháng 7 năm 2016, đề nghị:"),
    (0.62, 0.60, "KT. GIÁM ĐỐC"),
    (0.62, 0.62, "PHÓ GIÁM ĐỐC"),
    (0.62, 0.72, "Lê Thị Bích Thủy"),
)


def page(lines: tuple[Line, ...], number: int = 1) -> PageText:
    words = []
    for line, (left, top, said) in enumerate(sorted(lines, key=lambda one: one[1])):
        at = left
        for word in said.split():
            width = 0.008 * len(word)
            words.append(Word(word, at, top, at + width, top + 0.014, line, None))
            at += width + 0.006
    return PageText(number, 595.0, 842.0, tuple(words), "layer", None)


def values(found: dict[str, Suggestion]) -> dict[str, str]:
    return {name: one.value for name, one in found.items()}


@pytest.mark.rule("TN-21")
def test_a_letters_data_are_read_from_their_usual_places() -> None:
    assert values(suggest([page(LETTER)])) == {
        "code_number": "07",
        "code_notation": "STC-VP",
        "issued_date": "03/05/2018",
        "organ_name": "Sở Tài chính tỉnh Tây Ninh",
        "type_name": "Công văn",
        "subject": "V/v nộp lưu hồ sơ điện tử năm 2017",
        "priority": "3",
        "addressee": "Ông Nguyễn Văn Bình",
        "signer_position": "Phó giám đốc",
        "signer_name": "Lê Thị Bích Thủy",
    }


def test_a_suggestion_says_where_on_the_page_it_was_read() -> None:
    found = suggest([page(LETTER)])["subject"]
    assert (found.page, found.left, found.top) == (1, 0.18, 0.15)
    assert found.bottom == pytest.approx(0.184)
    assert found.read == "V/v nộp lưu hồ sơ điện tử năm 2017"


def test_a_cited_number_and_date_are_not_taken_for_the_documents_own() -> None:
    without = tuple(one for one in LETTER if "Số:" not in one[2] and "Tây Ninh, ngày" not in one[2])
    found = values(suggest([page(without)]))
    assert "code_number" not in found
    assert "issued_date" not in found


def test_the_signer_is_looked_for_on_the_last_page() -> None:
    head = tuple(one for one in LETTER if one[1] < 0.5)
    tail = tuple(one for one in LETTER if one[1] > 0.5)
    found = suggest([page(head), page((), 2), page(tail, 3)])
    assert (found["signer_name"].page, found["signer_name"].value) == (3, "Lê Thị Bích Thủy")


@pytest.mark.parametrize("pages", [[], [page(())], [page(((0.1, 0.5, "chỉ một dòng"),))]])
def test_nothing_is_suggested_where_nothing_is_seen(pages: list[PageText]) -> None:
    assert suggest(pages) == {}


@pytest.mark.parametrize("sample", BORN_DIGITAL)
def test_born_digital_samples_are_read_right(sample: str, tmp_path: Path) -> None:
    _compare(sample, tmp_path)


@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("sample", SCANNED)
def test_scanned_samples_are_read_right(sample: str, tmp_path: Path) -> None:
    _compare(sample, tmp_path)


def _compare(sample: str, folder: Path) -> None:
    truth = TRUTH[sample]
    file = next((ROOT / "samples").glob(f"{sample}-*"))
    read = reading.read_pages_of(file, folder / "pages", cores=1, limits=reading.Limits())
    assert isinstance(read, reading.Read)
    found = values(suggest(read_pages(read.words)))
    number = canonical_of(found.get("code_number", ""), found.get("code_notation", ""))
    assert number == canonical_of(truth["CodeNumber"], truth["CodeNotation"])
    assert found["issued_date"] == truth["IssuedDate"]
    assert found["type_name"] == truth["TypeName"]
    assert organ_key(found["organ_name"]) == organ_key(truth["OrganName"])
    assert _bare(found["subject"]).startswith(_bare(truth["Subject"])[:50])


def _bare(subject: str) -> str:
    return " ".join(fold(subject).removeprefix("v/v ").split())
