"""Files that mean harm, or that no one could read: small on disk, large in what they ask for.

Everything points at this machine's closed port 9 at most, and nothing here does anything when
opened by a careful program.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from samples.compound_file import write_compound_file

MEGABYTE = 1024 * 1024
HOSTILE_NAMES = (
    "tai-lieu\nhai-dong.pdf",
    "../../thoat-ra-ngoai.pdf",
    "..\\..\\thoat-ra-ngoai.pdf",
    "/etc/duong-dan-tuyet-doi.pdf",
    "Quye\u0302\u0301t \u0111i\u0323nh to\u0309 ho\u031b\u0323p.pdf",  # NFD
    "d" * 300 + ".pdf",
    'dau-"nhay"-<the>.pdf',
    "\u202efdp.exe",  # written from right to left: shown as exe.pdf
    ".pdf",
    "con.pdf",
    "ket-thuc-bang-rong\u0000.pdf",
)


def write_bad_input(folder: Path, good_pdf: Path, good_docx: Path) -> None:
    """Every hostile file that is small enough to keep, from one good PDF and one good DOCX."""
    folder.mkdir(parents=True, exist_ok=True)
    good, plain = good_pdf.read_bytes(), _with_plain_table(good_pdf)
    (folder / "rong.pdf").write_bytes(b"")
    (folder / "bi-cat-cut.pdf").write_bytes(good[: len(good) * 55 // 100])
    (folder / "mat-phan-cuoi.pdf").write_bytes(plain[: plain.rindex(b"startxref")])
    (folder / "mat-phong-chu.pdf").write_bytes(plain[: len(plain) * 55 // 100])
    (folder / "zip-doi-ten.pdf").write_bytes(_plain_zip())
    (folder / "thuc-the-lap.xml").write_text(_entities(), "utf-8")
    (folder / "anh-30000x30000.png").write_bytes(_huge_picture(30_000))
    pdf_with_scripts(good_pdf, folder / "javascript-va-lenh-mo.pdf")
    pdf_locked_for_owner(good_pdf, folder / "chi-khoa-quyen-in.pdf")
    pdf_that_swells(folder / "bom-nen.pdf", gigabytes=4)
    docx_with_macro(good_docx, folder / "co-macro.docx")
    docx_with_remote_template(good_docx, folder / "mau-tu-xa.docx")
    docx_that_swells(good_docx, folder / "bom-zip.docx", megabytes=128)


def _with_plain_table(source: Path) -> bytes:
    """The PDF with a table of objects and a trailer in plain text, as older programs write it."""
    out = io.BytesIO()
    with pikepdf.open(source) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def pdf_with_scripts(source: Path, to: Path) -> None:
    """A PDF that would run a script when opened, start a program, and send a form away."""
    with pikepdf.open(source) as pdf:
        script = Dictionary(S=Name.JavaScript, JS="app.alert('Xin chào từ tệp thử');")
        pdf.Root.OpenAction = pdf.make_indirect(script)
        pdf.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=["khoi-dong", pdf.make_indirect(script)])
        )
        page = pdf.pages[0].obj
        page.AA = Dictionary(O=Dictionary(S=Name.Launch, F="C:\\Windows\\System32\\calc.exe"))
        link = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=[72, 72, 300, 100],
            A=Dictionary(S=Name.Launch, F="/bin/sh", NewWindow=True),
        )
        send = Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F="http://127.0.0.1:9/"))
        button = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[72, 110, 300, 140], A=send)
        page.Annots = pikepdf.Array([pdf.make_indirect(link), pdf.make_indirect(button)])
        pdf.save(to)


def pdf_locked_for_owner(source: Path, to: Path) -> None:
    """A PDF that opens without a password and only forbids printing and copying."""
    with pikepdf.open(source) as pdf:
        allowed = pikepdf.Permissions(extract=False, print_highres=False, print_lowres=False)
        pdf.save(to, encryption=pikepdf.Encryption(owner="chi-de-thu", user="", allow=allowed))


def pdf_that_swells(to: Path, *, gigabytes: int) -> None:
    """A PDF of some kilobytes whose page content is deflated twice and unfolds to gigabytes."""
    once = b"".join(_deflated_many_times(b"q Q\n" * (MEGABYTE // 4), gigabytes * 1024))
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        content = pikepdf.Stream(pdf, b"")
        content.write(zlib.compress(once, 9), filter=[Name.FlateDecode, Name.FlateDecode])
        page.obj.Contents = pdf.make_indirect(content)
        pdf.save(to, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def pdf_with_many_objects(to: Path, count: int = 1_000_000, *, chained: bool = False) -> None:
    """A PDF of one page and a million small objects (about 50 MB), side by side or in one chain."""
    with to.open("wb") as out:
        offsets = []

        def put(body: str) -> None:
            offsets.append(out.tell())
            out.write(f"{len(offsets)} 0 obj\n{body}\nendobj\n".encode())

        out.write(b"%PDF-1.7\n")
        put("<</Type/Catalog/Pages 2 0 R/Extras 4 0 R>>")
        put("<</Type/Pages/Kids[3 0 R]/Count 1>>")
        put("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
        if not chained:
            put(f"[{' '.join(f'{number} 0 R' for number in range(5, count + 1))}]")
        while len(offsets) < count:
            following = len(offsets) + 2
            put(f"<</Next {following} 0 R>>" if chained and following <= count else "<</N 1>>")
        start = out.tell()
        out.write(f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode())
        out.writelines(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
        out.write(f"trailer\n<</Size {len(offsets) + 1}/Root 1 0 R>>\n".encode())
        out.write(f"startxref\n{start}\n%%EOF\n".encode())


def pdf_with_many_pages(to: Path, count: int) -> None:
    """A PDF of this many empty pages."""
    with pikepdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(to)


def docx_with_macro(source: Path, to: Path) -> None:
    """A DOCX that carries a macro project, as no honest DOCX does."""
    source_code = (
        b'Attribute VB_Name = "ThisDocument"\r\nSub AutoOpen()\r\n  MsgBox "Thu"\r\nEnd Sub\r\n'
    )
    project = write_compound_file(
        {
            "VBA": {
                "dir": _vba_compressed(b"\x01\x00\x04\x00\x00\x00\x03\x00\x00\x00"),
                "_VBA_PROJECT": b"\xcc\x61\xff\xff\x00\x00\x00",
                "ThisDocument": _vba_compressed(source_code),
            },
            "PROJECT": b'ID="{00000000-0000-0000-0000-000000000000}"\r\n'
            b"Document=ThisDocument/&H00000000\r\n",
        }
    )
    _changed_zip(
        source,
        to,
        add={"word/vbaProject.bin": project},
        replace={
            "[Content_Types].xml": (
                "<Default ",
                '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
                "<Default ",
            ),
            "word/_rels/document.xml.rels": (
                "</Relationships>",
                '<Relationship Id="rIdVba" Target="vbaProject.bin" '
                'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/>'
                "</Relationships>",
            ),
        },
    )


def docx_with_remote_template(source: Path, to: Path) -> None:
    """A DOCX that wants its template from a web server (here: a closed port of this machine)."""
    relation = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="rIdMau" TargetMode="External" Target="http://127.0.0.1:9/mau.dotm" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'attachedTemplate"/></Relationships>'
    )
    _changed_zip(
        source,
        to,
        add={"word/_rels/settings.xml.rels": relation.encode()},
        replace={
            "word/settings.xml": (
                "<w:zoom ",
                '<w:attachedTemplate xmlns:r="http://schemas.openxmlformats.org/officeDocument/'
                '2006/relationships" r:id="rIdMau"/><w:zoom ',
            )
        },
    )


def docx_that_swells(source: Path, to: Path, *, megabytes: int) -> None:
    """A DOCX whose text unfolds to hundreds of megabytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename != "word/document.xml":
                new.writestr(_still(member.filename), data)
                continue
            start, end = data.split(b"<w:sectPr", 1)
            with new.open(_still(member.filename), "w", force_zip64=True) as out:
                out.write(start)
                for _ in range(megabytes):
                    out.write(b"<w:p><w:r><w:t>" + b"A" * MEGABYTE + b"</w:t></w:r></w:p>")
                out.write(b"<w:sectPr" + end)


def _changed_zip(
    source: Path, to: Path, *, add: dict[str, bytes], replace: dict[str, tuple[str, str]]
) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name in replace:
                before, after = (part.encode() for part in replace[name])
                if before not in data:
                    raise ValueError(f"{name} does not hold {before!r}")
                data = data.replace(before, after, 1)
            new.writestr(_still(name), data)
        for name, data in add.items():
            new.writestr(_still(name), data)


def _still(name: str) -> zipfile.ZipInfo:
    """A zip member whose date does not change from run to run."""
    member = zipfile.ZipInfo(name, (2019, 7, 11, 8, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_still("ho-so/muc-luc.txt"), "Mục lục văn bản trong hồ sơ\n")
        archive.writestr(_still("ho-so/van-ban-01.txt"), "Quyết định số 212/QĐ-VP\n")
    return out.getvalue()


def _entities() -> str:
    """Ten entities, each ten times the one before: a few lines that unfold to ten billion words."""
    lines = ['<!ENTITY a0 "luu tru ">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11)]
    lines.append('<!ENTITY ngoai SYSTEM "file:///etc/passwd">')
    doctype = "<!DOCTYPE vanban [\n" + "\n".join(lines) + "\n]>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}\n'
        "<vanban>\n  <so>212/QĐ-VP</so>\n  <trichyeu>&a10; &ngoai;</trichyeu>\n</vanban>\n"
    )


def _huge_picture(side: int) -> bytes:
    """A whole and valid PNG of side by side pixels, one bit each, all white."""
    row = b"\x00" + b"\xff" * ((side + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def _deflated_many_times(block: bytes, times: int) -> Iterator[bytes]:
    """A zlib stream of a block repeated, without deflating it more than once."""
    packer = zlib.compressobj(9)
    yield packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    once = zlib.compressobj(9, zlib.DEFLATED, -15)
    again = once.compress(block) + once.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(times):
        check = zlib.adler32(block, check)
    for _ in range(times - 1):
        yield again
    yield b"\x03\x00" + struct.pack(">I", check)  # an empty last block, and the checksum


def _vba_compressed(data: bytes) -> bytes:
    """Bytes in the container that macro projects use, as one raw chunk."""
    padded = data.ljust(4096, b"\n")
    return b"\x01" + struct.pack("<H", 0x3FFF) + padded
