import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest

from formats import office
from formats.errors import ProgramFailed, ProgramMissing, Unreadable
from formats.letters import letters, open_pdf
from formats.verapdf import validate

WORDS = "Quyết định của Ủy ban nhân dân tỉnh về việc lưu trữ hồ sơ điện tử"
_OUTSIDE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

pytestmark = pytest.mark.tools


class Listener:
    """A server on loopback that only counts who calls."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def stop(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.stop()


def a_docx(path: Path, *words: str) -> Path:
    document = docx.Document()
    for line in words or (WORDS,):
        document.add_paragraph(line)
    document.save(str(path))
    return path


def said_in(pdf: Path) -> str:
    document = open_pdf(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_a_letter_becomes_pages_that_say_the_same_and_are_pdfa(tmp_path: Path) -> None:
    pages = office.to_pdf(a_docx(tmp_path / "a.docx"), "writing", "docx", tmp_path / "out")
    assert pages.parent == tmp_path / "out"
    assert WORDS in " ".join(said_in(pages).split())
    assert validate([pages], "2b")[pages].is_valid


def test_a_table_becomes_pages(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Số ký hiệu", "Trích yếu"])
    sheet.append(["12/QĐ-UBND", "Nguyễn Văn Ẩn"])
    book.save(tmp_path / "a.xlsx")
    pages = office.to_pdf(tmp_path / "a.xlsx", "table", ".xlsx", tmp_path)
    assert "Nguyễn Văn Ẩn" in said_in(pages)


def test_the_original_is_not_touched_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    original = a_docx(tmp_path / "in" / "a.docx")
    before = original.read_bytes()
    office.to_pdf(original, "writing", "docx", tmp_path / "out")
    assert original.read_bytes() == before
    assert [path.name for path in original.parent.iterdir()] == ["a.docx"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pages.pdf"]


def test_a_file_that_is_no_office_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04 no package at all")
    with pytest.raises(Unreadable) as caught:
        office.to_pdf(tmp_path / "a.docx", "writing", "docx", tmp_path / "out")
    assert caught.value.code == "damaged"


def test_without_libreoffice_it_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as caught:
        office.to_pdf(tmp_path / "a.docx", "writing", "docx", tmp_path)
    assert caught.value.details == {"program": "soffice"}


def test_a_late_conversion_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed) as caught:
        office.to_pdf(a_docx(tmp_path / "a.docx"), "writing", "docx", tmp_path, seconds=0.1)
    assert caught.value.code == "program_timeout"


@pytest.mark.parametrize("is_cut_off", [True, False], ids=["without network", "by settings alone"])
def test_nothing_is_fetched_from_elsewhere(
    tmp_path: Path, listener: Listener, is_cut_off: bool
) -> None:
    original = _with_remote_parts(a_docx(tmp_path / "a.docx"), listener.port)
    pages = office.to_pdf(original, "writing", "docx", tmp_path / "out", is_cut_off=is_cut_off)
    assert next(letters(pages)).total() > 10
    assert listener.calls == 0


def _with_remote_parts(path: Path, port: int) -> Path:
    """The same letter with a template, a picture and a frame that lie on a server."""
    remote = path.with_name("remote.docx")
    server = f"http://127.0.0.1:{port}"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(remote, "w") as new:
        for name in old.namelist():
            data = old.read(name).decode("utf-8", "surrogateescape")
            if name == "word/document.xml":
                data = data.replace("<w:body>", f"<w:body>{_REMOTE_PICTURE}")
            if name == "word/_rels/document.xml.rels":
                data = data.replace("</Relationships>", _link("R90", "image", f"{server}/a.png"))
            if name == "word/settings.xml":
                start = data.index(">", data.index("<w:settings")) + 1
                data = f'{data[:start]}<w:attachedTemplate r:id="R91"/>{data[start:]}'
                if "xmlns:r=" not in data:
                    data = data.replace("<w:settings", f'<w:settings xmlns:r="{_OUTSIDE}"', 1)
            new.writestr(name, data.encode("utf-8", "surrogateescape"))
        template = _link("R91", "attachedTemplate", f"{server}/evil.dotm")
        new.writestr(
            "word/_rels/settings.xml.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
            f'package/2006/relationships">{template}',
        )
    return remote


def _link(name: str, kind: str, target: str) -> str:
    return (
        f'<Relationship Id="{name}" Type="{_OUTSIDE}/{kind}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )


_REMOTE_PICTURE = (
    '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
    'style="width:100pt;height:100pt"><v:imagedata r:link="R90" '
    f'xmlns:r="{_OUTSIDE}" r:href="R90"/></v:shape></w:pict></w:r></w:p>'
    "<w:p><w:r><w:drawing><wp:inline "
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="900000" cy="900000"/><wp:docPr id="9" name="p"/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
    '<pic:cNvPr id="0" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    f'<a:blip xmlns:r="{_OUTSIDE}" r:link="R90"/></pic:blipFill><pic:spPr/></pic:pic>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)
