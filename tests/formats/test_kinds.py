import shutil
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image

from formats import kinds
from formats.confined import end_children
from formats.errors import Unreadable
from formats.kinds import Family, identify
from formats.old_encodings import encode_tcvn3
from formats.programs import run

SENTENCE = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc"
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.docx"
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.save(str(path))
    return path


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "page.pdf"
    Image.new("RGB", (60, 80), "white").save(path)
    return path


def with_part(path: Path, name: str, content: str | bytes) -> Path:
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(name, content)
    return path


@pytest.mark.rule("KT-17")
@pytest.mark.parametrize(
    ("extension", "family", "puid"),
    [
        ("png", Family.PICTURE, "fmt/11"),
        ("jpg", Family.PICTURE, "fmt/43"),
        ("tif", Family.PICTURE, "fmt/353"),
        ("pdf", Family.PDF, "fmt/18"),
    ],
)
def test_pictures_and_pdf_are_known_by_their_bytes(
    tmp_path: Path, extension: str, family: Family, puid: str
) -> None:
    path = tmp_path / f"a.{extension}"
    Image.new("RGB", (20, 20)).save(path)
    nameless = path.rename(tmp_path / "stored")
    kind = identify(nameless, f"a.{extension}")
    assert (kind.family, kind.puid, kind.extension) == (family, puid, extension)
    assert kind.warnings == ()


@pytest.mark.rule("KT-17")
def test_office_packages_are_known(tmp_path: Path, letter: Path) -> None:
    book = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(book)
    assert (identify(letter).family, identify(letter).extension) == (Family.WRITING, "docx")
    assert (identify(book).family, identify(book).extension) == (Family.TABLE, "xlsx")


@pytest.mark.tools
@pytest.mark.parametrize("extension", ["doc", "odt", "rtf"])
def test_writings_by_libreoffice_are_known(tmp_path: Path, letter: Path, extension: str) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    run(
        ["soffice", profile, "--headless", "--convert-to", extension, "--outdir", tmp_path, letter],
        seconds=60,
        megabytes=None,
    )
    kind = identify(letter.with_suffix(f".{extension}"))
    assert (kind.family, kind.extension, kind.warnings) == (Family.WRITING, extension, ())


@pytest.mark.parametrize(
    "data",
    [
        SENTENCE.encode(),
        SENTENCE.encode("utf-8-sig"),
        SENTENCE.encode("utf-16"),
        SENTENCE.encode("utf-16-be"),
        encode_tcvn3(SENTENCE.lower()),
        b"a;b\n1;2\n",
    ],
)
def test_text_is_text_in_any_encoding(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(data)
    kind = identify(path)
    assert (kind.family, kind.mime, kind.warnings) == (Family.TEXT, "text/plain", ())


def test_an_email_is_known_without_any_name(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"From: a@b.vn\r\nTo: c@d.vn\r\nSubject: hi\r\n\r\nFrom: nobody\r\n")
    assert identify(path).family is Family.EMAIL


def test_a_letter_that_quotes_an_email_is_text(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"He wrote this to us:\n\nFrom: a@b.vn\nTo: c@d.vn\nSubject: hi\n")
    assert identify(path).family is Family.TEXT


def test_an_empty_file_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.touch()
    with pytest.raises(Unreadable, match="empty_file"):
        identify(path)


def test_unknown_bytes_are_other(tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(range(256)) * 4)
    kind = identify(path)
    assert (kind.family, kind.puid, kind.mime) == (Family.OTHER, None, "application/octet-stream")


def test_a_zip_renamed_to_pdf_is_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "hello")
    kind = identify(path)
    assert (kind.family, kind.mime) == (Family.OTHER, "application/zip")
    assert kind.warnings == ("name_disagrees",)


def test_a_writing_renamed_to_pdf_is_a_writing(tmp_path: Path, letter: Path) -> None:
    kind = identify(letter.rename(tmp_path / "letter.pdf"))
    assert (kind.family, kind.extension) == (Family.WRITING, "docx")
    assert kind.warnings == ("name_disagrees",)


def test_a_pdf_with_a_damaged_head_or_tail_is_still_a_pdf(pdf: Path) -> None:
    whole = pdf.read_bytes()
    pdf.write_bytes(b"\r\n" * 200 + whole)
    assert (identify(pdf).family, identify(pdf).warnings) == (Family.PDF, ("junk_before_header",))
    pdf.write_bytes(whole[:200])
    assert (identify(pdf).family, identify(pdf).warnings) == (Family.PDF, ("truncated",))


def test_a_macro_in_a_writing_is_told(letter: Path) -> None:
    kind = identify(with_part(letter, "word/vbaProject.bin", b"macro"))
    assert (kind.family, kind.warnings) == (Family.WRITING, ("macros",))


@pytest.mark.parametrize(
    ("kind", "target", "warnings"),
    [
        ("attachedTemplate", "http://example.vn/evil.dotm", ("remote_template",)),
        ("attachedTemplate", "\\\\server\\share\\evil.dotm", ("remote_template",)),
        ("attachedTemplate", "file:///C:\\Users\\An\\Normal.dotm", ()),
        ("image", "https://example.vn/spy.png", ("external_links",)),
        ("hyperlink", "https://example.vn/", ()),
    ],
)
def test_what_a_writing_fetches_from_elsewhere_is_told(
    letter: Path, kind: str, target: str, warnings: tuple[str, ...]
) -> None:
    part = RELATIONS.format(kind=kind, target=target)
    assert identify(with_part(letter, "word/_rels/settings.xml.rels", part)).warnings == warnings


def open_document(path: Path, content: str, **parts: str) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", content)
        for name, part in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), part)
    return path


def test_hidden_contents_of_open_documents_are_told(tmp_path: Path) -> None:
    path = open_document(
        tmp_path / "a.odt",
        '<office:body><draw:image xlink:href="http://example.vn/a.png"/></office:body>',
        Basic__Standard__Module1_xml="<script/>",
        **{"META-INF__manifest_xml": "<manifest:encryption-data/>"},
    )
    kind = identify(path)
    assert kind.family is Family.WRITING
    assert kind.warnings == ("encrypted", "external_links", "macros")


def test_xml_with_its_own_entities_in_a_package_is_refused(letter: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    with pytest.raises(Unreadable, match="xml_entities"):
        identify(with_part(letter, "word/extra.xml", bomb))


def test_xml_with_entities_is_only_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><a>&b;</a>'
    )
    kind = identify(path)
    assert (kind.family, kind.warnings) == (Family.TEXT, ("xml_entities",))


def test_a_decompression_bomb_is_never_opened(letter: Path) -> None:
    with zipfile.ZipFile(letter, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("word/media/image1.bmp", bytes(80 * 1024 * 1024))
    with pytest.raises(Unreadable, match="decompression_bomb"):
        identify(letter)


def test_entries_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.txt", "hello" * 1000)
        again = zipfile.ZipInfo("b.txt")
        for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
            setattr(again, field, getattr(package.filelist[0], field))
        package.filelist.append(again)
    with pytest.raises(Unreadable, match="decompression_bomb"):
        identify(path)


def test_a_truncated_package_is_told_damaged(tmp_path: Path, letter: Path) -> None:
    path = tmp_path / "cut.docx"
    path.write_bytes(letter.read_bytes()[:4000])
    assert "damaged" in identify(path).warnings


def test_the_template_of_an_rtf_may_lie_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_text(r"{\rtf1\ansi{\*\template http://example.vn/evil.dotm}hello}")
    assert identify(path).warnings == ("remote_template",)


def test_a_strange_file_name_does_not_matter(tmp_path: Path, pdf: Path) -> None:
    strange = tmp_path / "Quyết\nđịnh ‮fdp.pdf"
    shutil.copy(pdf, strange)
    assert identify(strange).family is Family.PDF


def test_a_drawing_is_kept_as_received(tmp_path: Path) -> None:
    path = tmp_path / "plan.svg"
    path.write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    assert (identify(path).family, identify(path).mime) == (Family.OTHER, "image/svg+xml")


def test_an_old_file_cut_short_does_not_stop_us(tmp_path: Path) -> None:
    path = tmp_path / "old.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "damaged" in identify(path).warnings


def test_a_file_that_breaks_pronom_is_judged_by_our_own_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_PRONOM_MEGABYTES", 1)  # less than it needs to start
    end_children()
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\n%%EOF\n")
    kind = identify(path)
    assert (kind.family, kind.puid, kind.warnings) == (Family.PDF, "fmt/18", ("pronom_failed",))
