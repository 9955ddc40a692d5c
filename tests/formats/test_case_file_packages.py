from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS
from formats.case_file_packages import (
    HeldDocument,
    HeldFile,
    Piece,
    join,
    page_counts,
    write_xml,
)
from formats.errors import Unreadable
from formats.pdf_metadata import Description
from formats.printed import Sheet, to_pdfa
from formats.verapdf import validate

ROOT = Path(__file__).parents[2]
SIGNED = ROOT / "samples/09-ky-so-PDFA-bao-cao-52-BC-VP.pdf"
SCHEMA = ROOT / "docs/schemas/case-file-1.xsd"
MARK = "Trích xuất từ Lưu Trữ · Sở Nội vụ · Lê Thị Lan · 21/11/2026 14:05"
ABOUT = Description(title="Hồ sơ 01", moment=datetime(2026, 11, 21, tzinfo=UTC))


def text_of(path: Path, page: int) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return str(document[page].get_textpage().get_text_range())


@pytest.fixture
def pieces(tmp_path: Path) -> list[Piece]:
    plain, wide, turned = (tmp_path / name for name in ("plain.pdf", "wide.pdf", "turned.pdf"))
    to_pdfa("<p>văn bản một</p><p style='break-before:page'>tiếp</p>", plain, title="một")
    to_pdfa("<p>văn bản hai</p>", wide, title="hai", sheet=Sheet(is_landscape=True))
    with pikepdf.open(wide) as pdf:
        pdf.pages[0].rotate(90, relative=True)
        pdf.save(turned)
    return [Piece(plain, "Một"), Piece(turned, "Hai"), Piece(SIGNED, "Ba, có chữ ký")]


@pytest.mark.tools
@pytest.mark.rule("HC-24")
def test_a_whole_case_file_is_one_pdfa_with_an_outline_and_numbered_marked_pages(
    pieces: list[Piece], tmp_path: Path
) -> None:
    out = tmp_path / "whole.pdf"
    before = SIGNED.read_bytes()
    join(pieces, out, description=ABOUT, mark=MARK)
    verdict = validate([out])[out]
    assert verdict.is_valid, verdict.failed_rules
    counts = page_counts([one.path for one in pieces])
    with pikepdf.open(out) as pdf:
        total = len(pdf.pages)
        assert total == sum(counts)
        with pdf.open_outline() as outline:
            assert [one.title for one in outline.root] == ["Một", "Hai", "Ba, có chữ ký"]
    for page in range(total):
        assert f"{MARK} · trang {page + 1}/{total}" in text_of(out, page)
    assert SIGNED.read_bytes() == before


def test_the_mark_stands_upright_at_the_foot_of_a_turned_page(
    pieces: list[Piece], tmp_path: Path
) -> None:
    out = tmp_path / "whole.pdf"
    join(pieces[1:2], out, description=ABOUT, mark=MARK)
    with pypdfium2.PdfDocument(out) as document:
        page = document[0]
        drawn = page.render(scale=1).to_pil().convert("L")
    wide, high = drawn.size
    foot = drawn.crop((0, high - 20, wide, high))
    dark = [at for at in range(wide) if min(foot.crop((at, 0, at + 1, 20)).tobytes()) < 200]
    assert dark and min(dark) < 30 and max(dark) > 200  # a line from left to right


def test_too_many_files_are_refused_before_any_is_opened(tmp_path: Path) -> None:
    none = [Piece(tmp_path / "none.pdf", "")] * 501
    with pytest.raises(Unreadable) as told:
        join(none, tmp_path / "out.pdf", description=ABOUT)
    assert told.value.code == "too_many_pieces"


def test_a_damaged_copy_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"not a pdf")
    with pytest.raises(Unreadable) as told:
        join([Piece(bad, "x")], tmp_path / "out.pdf", description=ABOUT)
    assert told.value.code == "damaged"
    assert told.value.details["file"] == "bad.pdf"


def documents() -> list[HeldDocument]:
    form = {"role": "archival", "mime": "application/pdf", "puid": "fmt/477", "size": "10",
            "sha256": "b" * 64, "madeAt": "2026-11-21T07:00:00+00:00"}  # fmt: skip
    file = HeldFile(1, "main", "a.pdf", "a" * 64, 2, (form,))
    return [
        HeldDocument(
            1, 3, "open", "TTLT-2026-0000001",
            {"Subject": "Về <việc> & \x00\x0b thử", "IssuedDate": date(2026, 1, 5), "Priority": 0,
             "Process": None, "RiskRecovery": False},
            {"Số hộp": "H-27"}, ("Sở Nội vụ",), (file,),
        ),
        HeldDocument(2, 1, "closed"),
    ]  # fmt: skip


def test_the_xml_keeps_to_its_schema_whatever_the_words_are(tmp_path: Path) -> None:
    out = tmp_path / "whole.xml"
    about = {"code": "TTLT.2026.01", "organ": "Trung tâm", "exportedBy": "Lan", "system": "Lưu Trữ",
             "exportedAt": "2026-11-21T07:00:00+00:00"}  # fmt: skip
    data = {"OrganId": "TTLT", "FileCatalog": 2026, "FileNotation": "01", "Title": "Hồ sơ"}
    write_xml(data, about, documents(), out)
    tree = etree.parse(out)
    etree.XMLSchema(file=SCHEMA).assertValid(tree)
    space = {"c": "urn:luutru:case-file:1"}
    assert tree.findtext(".//c:Subject", namespaces=space) == "Về <việc> &  thử"
    assert [one.get("access") for one in tree.findall("c:Document", space)] == ["open", "closed"]
    assert tree.find("c:Document/c:File/c:Form", space).get("sha256") == "b" * 64


def test_the_schema_knows_every_field() -> None:
    named = set(etree.parse(SCHEMA).xpath("//*[local-name() = 'element']/@name"))
    known = {one.code for one in (*CASE_FILE_FIELDS, *DOCUMENT_FIELDS) if one.kind != "list"}
    assert known <= named
