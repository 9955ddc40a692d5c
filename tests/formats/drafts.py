"""Drafts of outgoing documents as offices write them, and a leader who signs them elsewhere."""

import warnings
from io import BytesIO
from pathlib import Path

import weasyprint
from PIL import Image, ImageDraw
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import StaticStampStyle

STYLE = """@page { size: A4; margin: 20mm 15mm 20mm 30mm }
body { font: 13pt "Liberation Serif" } td { text-align: center; vertical-align: top }
table { width: 100% } .room { height: 34mm } .date { font-style: italic }"""
BODY = "<p>Thực hiện kế hoạch, Sở Tài chính đề nghị các đơn vị phối hợp.</p>"


def draft(
    folder: Path,
    *,
    number: str = "Số: &nbsp; &nbsp; &nbsp; &nbsp; /STC-VP",
    date: str = "Tây Ninh, ngày &nbsp; &nbsp; &nbsp; tháng &nbsp; &nbsp; năm 2026",
    name: str = "Nguyễn Văn An",
    body: str = BODY,
    file: str = "draft.pdf",
) -> Path:
    """A draft of two pages in the form of Nghị định 30, as PDF/A-2b."""
    html = f"""<html lang="vi"><title>Công văn</title><style>{STYLE}</style>
    <table><tr><td>ỦY BAN NHÂN DÂN TỈNH<br><b>SỞ TÀI CHÍNH</b></td>
    <td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br>Độc lập - Tự do - Hạnh phúc</td></tr>
    <tr><td>{number}</td><td class="date">{date}</td></tr></table>
    <p>Kính gửi: Ủy ban nhân dân tỉnh</p>{body}<p style="break-before: page">Trang hai.</p>
    <table><tr><td style="text-align: left">Nơi nhận:<br>- Như trên;<br>- Lưu: VT.</td>
    <td><b>KT. GIÁM ĐỐC<br>PHÓ GIÁM ĐỐC</b><div class="room"></div><b>{name}</b></td></tr></table>
    </html>"""
    path = folder / file
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        weasyprint.HTML(string=html).write_pdf(path, pdf_variant="pdf/a-2b")
    return path


def seal_picture(folder: Path) -> Path:
    """A red seal on a transparent ground."""
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((10, 10, 390, 390), outline=(220, 0, 0, 255), width=14)
    pen.ellipse((60, 60, 340, 340), outline=(220, 0, 0, 255), width=8)
    path = folder / "seal.png"
    picture.save(path)
    return path


def handwriting() -> Image.Image:
    """A blue signature on a transparent ground."""
    picture = Image.new("RGBA", (300, 150), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.line([(20, 120), (90, 20), (120, 130), (200, 40), (280, 110)], (0, 40, 200, 255), 8)
    return picture


def signed_by(
    signer: SimpleSigner,
    data: bytes,
    *,
    field: str = "Person",
    permitted: MDPPerm | None = None,
    picture: bool = True,
) -> bytes:
    """What a leader's program makes of a file: one signature, drawn as his handwriting."""
    out = BytesIO()
    meta = PdfSignatureMetadata(
        field_name=field,
        subfilter=SigSeedSubFilter.PADES,
        certify=permitted is not None,
        docmdp_permissions=permitted or MDPPerm.FILL_FORMS,
        signer_key_usage=set(),
    )
    style = StaticStampStyle(
        background=PdfImage(handwriting()), border_width=0, background_opacity=1.0
    )
    writer = IncrementalPdfFileWriter(BytesIO(data))
    PdfSigner(meta, signer, stamp_style=style if picture else None).sign_pdf(writer, output=out)
    return out.getvalue()


def with_script(data: bytes) -> bytes:
    """The same file with a script that runs when it is opened."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    name = generic.pdf_name
    writer.root[name("/OpenAction")] = generic.DictionaryObject(
        {
            name("/S"): name("/JavaScript"),
            name("/JS"): generic.TextStringObject("app.alert('x')"),
        }
    )
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_words_added(data: bytes, page: int, words: str = "CHUYEN 5 TY DONG") -> bytes:
    """The same file with words written over a page by an update behind its end."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    name = generic.pdf_name
    font = generic.DictionaryObject(
        {
            name("/Type"): name("/Font"),
            name("/Subtype"): name("/Type1"),
            name("/BaseFont"): name("/Helvetica"),
        }
    )
    resources = generic.DictionaryObject(
        {name("/Font"): generic.DictionaryObject({name("/Evil"): writer.add_object(font)})}
    )
    drawn = f"BT /Evil 20 Tf 100 400 Td ({words}) Tj ET".encode()
    stream = writer.add_object(generic.StreamObject(stream_data=drawn))
    writer.add_stream_to_page(page, stream, resources=resources)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_hidden_content(data: bytes) -> bytes:
    """The same file with a second page tree that nothing shows yet."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    name = generic.pdf_name
    writer.root[name("/PieceInfo")] = generic.DictionaryObject(
        {name("/Other"): writer.add_object(generic.StreamObject(stream_data=b"hidden words"))}
    )
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
