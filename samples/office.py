"""Office files, old text and mail, as they lie in agencies' folders."""

import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties

from samples.paper import Paper

_TCVN3 = dict(
    zip(
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        bytes.fromhex(
            "a1a2a3a4a5a6a7" "a8a9aaabacadae" "b5b6b7b8b9" "bbbcbdbec6" "c7c8c9cacb"
            "cccecfd0d1" "d2d3d4d5d6" "d7d8dcddde" "dfe1e2e3e4" "e5e6e7e8e9"
            "eaebecedee" "eff1f2f3f4" "f5f6f7f8f9" "fafbfcfdfe"
        ),
        strict=True,
    )
)  # fmt: skip

COLUMNS = ("author", "symbol", "date", "subject", "unit")


def to_tcvn3(text: str) -> bytes:
    """TCVN3 (ABC) bytes, as Windows programs before Unicode wrote them.

    Raises:
        KeyError: a letter that this code page does not have, such as most accented capitals.
    """
    return bytes(ord(letter) if letter.isascii() else _TCVN3[letter] for letter in text)


def write_docx(paper: Paper, to: Path) -> None:
    """The paper as a Word document."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    document.core_properties.title = " ".join(paper.lines("subject") or paper.lines("about"))
    document.core_properties.author = paper.fields["signer"]
    left, right = _two_columns(document, 66, 96)
    number = f"Số: {paper.fields['number']}"
    above = [(line, "") for line in paper.lines("above")]
    about = [(line, "") for line in paper.lines("about")]
    _fill(left, [*above, *_bold(paper.lines("organ")), (number, ""), *about])
    motto = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    place = f"{paper.fields['place']}, {paper.fields['date']}"
    _fill(right, [*_bold(motto), (place, "italic")])
    for line in (*paper.lines("kind"), *paper.lines("subject")):
        _centre(document.add_paragraph(), line, "bold")
    for line in paper.lines("to"):
        _centre(document.add_paragraph(), f"Kính gửi: {line}", "")
    for text in paper.paragraphs:
        if not text.startswith("["):
            paragraph = document.add_paragraph(text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            paragraph.paragraph_format.first_line_indent = Mm(10)
    left, right = _two_columns(document, 81, 81)
    for number_of_line, line in enumerate(("Nơi nhận:", *paper.lines("to_know"))):
        paragraph = left.add_paragraph() if number_of_line else left.paragraphs[0]
        paragraph.add_run(line).font.size = Pt(11)
        paragraph.paragraph_format.space_after = Pt(0)
    _fill(right, _bold([*paper.lines("title"), "", "", "", paper.fields["signer"]]))
    document.add_paragraph()  # a document may not end with a table
    document.save(str(to))


def _two_columns(document: DocxDocument, *widths: float) -> tuple[_Cell, _Cell]:
    """Two cells side by side without lines, as letterheads are set; widths in millimetres."""
    table = document.add_table(1, 2)
    table.autofit = False
    left, right = table.rows[0].cells
    for column, cell, width in zip(table.columns, (left, right), widths, strict=True):
        column.width = cell.width = Mm(width)
    return left, right


def _bold(lines: Sequence[str]) -> list[tuple[str, str]]:
    return [(line, "bold") for line in lines]


def _fill(cell: _Cell, lines: Sequence[tuple[str, str]]) -> None:
    for number, (line, face) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _centre(paragraph, line, face)


def _centre(paragraph: Paragraph, line: str, face: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(line)
    run.bold, run.italic = face == "bold", face == "italic"
    run.font.size = Pt(12)
    paragraph.paragraph_format.space_after = Pt(2)


def write_register(rows: Sequence[dict[str, str]], to: Path) -> None:
    """An arrival register, with the columns of the decree, as a workbook of two sheets."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one
    sheet.title = "Sổ đăng ký văn bản đến"
    sheet["A1"] = "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN NĂM 2019"
    sheet["A1"].font = Font(name="Times New Roman", size=14, bold=True)
    sheet.merge_cells("A1:H1")
    heads = ("Số đến", "Ngày đến", "Tác giả", "Số, ký hiệu", "Ngày văn bản",
             "Tên loại và trích yếu nội dung văn bản", "Đơn vị nhận", "Ký nhận")  # fmt: skip
    sheet.append([])
    sheet.append(heads)
    for number, row in enumerate(rows, start=1):
        arrived = date(2019, 7, 12 + number)
        sheet.append([number, arrived, *(row[each] for each in COLUMNS), ""])
    line = Side(style="thin")
    for cells in sheet.iter_rows(min_row=3, max_row=3 + len(rows), max_col=8):
        for cell in cells:
            cell.border = Border(line, line, line, line)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(name="Times New Roman", size=11, bold=cell.row == 3)
            if isinstance(cell.value, date):
                cell.number_format = "DD/MM/YYYY"
    for row_number in range(3, 4 + len(rows)):
        sheet.row_dimensions[row_number].height = 31
    for column, width in zip("ABCDEFGH", (7, 12, 22, 18, 12, 52, 18, 10), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    counts = book.create_sheet("Thống kê")
    counts.append(["Tác giả", "Số văn bản"])
    for author in dict.fromkeys(row["author"] for row in rows):
        last = 3 + len(rows)
        formula = f"=COUNTIF('Sổ đăng ký văn bản đến'!C4:C{last},A{counts.max_row + 1})"
        counts.append([author, formula])
    book.save(to)


def write_slides(slides: Sequence[tuple[str, Sequence[str]]], to: Path) -> None:
    """A presentation, made by LibreOffice from plain OpenDocument text."""
    pages = "".join(
        '<draw:page draw:master-page-name="m">'
        + _frame(title, "t", 1.5, 1.2, 2.2)
        + _frame("\n".join(lines), "b", 1.5, 4, 12)
        + "</draw:page>"
        for title, lines in slides
    )
    with tempfile.TemporaryDirectory() as folder:
        flat = Path(folder) / f"{to.stem}.fodp"
        flat.write_text(_FLAT.format(pages=pages), "utf-8")
        convert_office(flat, to)


def _frame(text: str, style: str, left: float, top: float, height: float) -> str:
    lines = "".join(
        f'<text:p text:style-name="{style}">{escape(x)}</text:p>' for x in text.split("\n")
    )
    return (
        f'<draw:frame draw:style-name="f" svg:x="{left}cm" svg:y="{top}cm" '
        f'svg:width="25cm" svg:height="{height}cm">'
        f"<draw:text-box>{lines}</draw:text-box></draw:frame>"
    )


_FLAT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.presentation"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">
<office:automatic-styles>
<style:page-layout style:name="p"><style:page-layout-properties fo:page-width="28cm"
 fo:page-height="21cm" style:print-orientation="landscape"/></style:page-layout>
<style:style style:name="f" style:family="graphic"><style:graphic-properties
 draw:fill="none" draw:stroke="none"/></style:style>
<style:style style:name="t" style:family="paragraph"><style:paragraph-properties
 fo:text-align="center"/><style:text-properties fo:font-size="30pt" fo:font-weight="bold"
 fo:color="#b01020" fo:font-family="Liberation Sans"/></style:style>
<style:style style:name="b" style:family="paragraph"><style:paragraph-properties
 fo:margin-bottom="0.4cm"/><style:text-properties fo:font-size="20pt"
 fo:font-family="Liberation Sans"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="m" style:page-layout-name="p"/>
</office:master-styles>
<office:body><office:presentation>{pages}</office:presentation></office:body>
</office:document>
"""


def convert_office(source: Path, to: Path) -> None:
    """Let LibreOffice write the source in the format that the target's ending names."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        ending = to.suffix[1:]
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", folder, source],
            check=True,
            capture_output=True,
            timeout=180,
        )
        to.write_bytes((Path(folder) / f"{source.stem}.{ending}").read_bytes())


def write_mail(body: str, attachments: Sequence[tuple[str, str, bytes]], to: Path) -> None:
    """A letter by e-mail with its attachments (name, MIME type, bytes)."""
    mail = EmailMessage()
    mail["From"] = "Văn thư Văn phòng <vanthu@example.vn>"
    mail["To"] = "Lưu trữ cơ quan <luutru@example.vn>"
    mail["Subject"] = "V/v gửi hồ sơ nộp lưu đợt 1 năm 2019"
    mail["Date"] = format_datetime(datetime.fromisoformat("2019-08-05T08:30:00+07:00"))
    mail["Message-ID"] = "<20190805083000.1@example.vn>"
    mail.set_content(body)
    for name, kind, data in attachments:
        main, sub = kind.split("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    mail.set_boundary("=_luu-tru-thu-nghiem")
    to.write_bytes(mail.as_bytes())
