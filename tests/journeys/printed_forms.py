"""What the journey prints: every form as PDF/A, with the words it must have, no page blank."""

import re
from datetime import date, timedelta
from pathlib import Path

import pypdfium2

from formats.verapdf import validate
from tests.journeys.agency import Agency
from tests.journeys.walking import PICTURES, Walk


def print_everything(agency: Agency) -> None:
    """Every form of paper, as PDF/A in the words of the regulation, with something on each page."""
    clerk, archivist = agency.walks["minh"], agency.walks["lan"]
    forms = [
        *(_fetch(agency, clerk, *one) for one in _of_the_desk(agency.today)),
        *(_fetch(agency, archivist, *one) for one in _of_the_archive(agency)),
    ]
    verdicts = validate(forms)
    assert all(one.is_valid for one in verdicts.values()), verdicts
    for path in forms:
        _draw(path)


def _of_the_desk(today: date) -> tuple[tuple[str, str, str], ...]:
    days = f"first={today:%d/%m/%Y}&last={today + timedelta(days=1):%d/%m/%Y}"  # over midnight
    line = f"/print/registers/den/{today.year}/1"
    return (
        ("so-den", f"/print/registers/den?{days}", "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN"),
        ("so-di", f"/print/registers/di?{days}", "SỔ ĐĂNG KÝ VĂN BẢN ĐI"),
        ("theo-doi", f"/print/registers/den?what=handling&{days}", "01/STC-VP"),
        ("buu-dien", f"/print/registers/di?what=post&{days}", "Sở Nội vụ"),
        ("dau-den", f"{line}/stamp", "ĐẾN"),
        ("phieu", f"{line}/slip", "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN"),
        ("bao-cao-den", "/print/reports/incoming", "Tình hình giải quyết văn bản đến"),
        ("bao-cao-di", "/print/reports/outgoing", "Tình hình giải quyết văn bản đi"),
    )


def _of_the_archive(agency: Agency) -> tuple[tuple[str, str, str], ...]:
    year, code = agency.today.year, agency.code("01-TC")
    hand_over = f"/print/submissions/{agency.submission}"
    return (
        ("danh-muc", f"/print/plans/{year}", "Kèm theo Quyết định số 05/QĐ-STC"),
        ("muc-luc-ho-so", f"/print/case-file-list/{year}", code),
        ("muc-luc-van-ban", f"/print/case-files/{code}", "212/QĐ-VP"),
        ("so-ban-luu", "/print/registers/di?what=uses", "SỔ SỬ DỤNG BẢN LƯU"),
        ("muc-luc-nop-luu", f"{hand_over}/list", "Phạm Thanh Bình"),
        ("bien-ban", f"{hand_over}/record", "chưa nêu thời gian của tài liệu)."),
    )


def _fetch(agency: Agency, walk: Walk, name: str, address: str, words: str) -> Path:
    answer = walk.page.request.get(agency.address + address, timeout=60_000)
    assert answer.ok, f"{address}: {answer.status}"
    path = Path(PICTURES or agency.folder, f"in-{name}.pdf")
    path.write_bytes(answer.body())
    with pypdfium2.PdfDocument(path) as document:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    assert words in re.sub(r"\s+", " ", text), f"{name}: {text}"
    return path


def _draw(path: Path) -> None:
    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(document, 1):
            drawn = page.render(scale=1.6).to_pil()
            assert drawn.convert("L").getextrema()[0] < 100, f"{path.name}: page {number} is blank"
            drawn.save(path.with_name(f"{path.stem}-{number}.png"))
