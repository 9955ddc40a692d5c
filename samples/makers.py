"""How each sample is made: one short function a file, working at a desk with scratch paper."""

import csv
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import pikepdf
import weasyprint
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from samples import office, scanner, trial_signatures
from samples.paper import WORDS, Paper, print_paper, read_paper
from samples.trial_signatures import Identity, Mark, TrialAuthority

DPI = 200
SEAL = ("VĂN PHÒNG ỦY BAN NHÂN DÂN THÀNH PHỐ * ", "MẪU THỬ|KHÔNG CÓ|GIÁ TRỊ")
PASSWORD = "mo-ho-so-2026"


@dataclass(frozen=True)
class Desk:
    """Where a run works: a scratch folder, the finished samples' folder, a trial authority."""

    scratch: Path
    out: Path
    authority: TrialAuthority

    def printed(self, name: str, *, pdfa: bool = False) -> Path:
        """A born-digital PDF of a paper in `words/`."""
        path = self.scratch / f"{name}{'-a' if pdfa else ''}.pdf"
        if not path.exists():
            print_paper(read_paper(name), path, pdfa=pdfa)
        return path

    def pages(self, name: str, seed: int) -> list[Image.Image]:
        """Pictures of a paper's pages, signed and stamped by hand where it names a signer."""
        pdf, paper = self.printed(name), read_paper(name)
        pictures = scanner.photograph_pages(pdf, DPI)
        if "signer" in paper.fields:
            scanner.sign_and_stamp(pictures, pdf, paper.fields["signer"], *SEAL, dpi=DPI, seed=seed)
        return pictures


Maker = Callable[[Desk, Path], None]


# --- scans ---------------------------------------------------------------------------------


def scanned(name: str, how: scanner.Scan, seed: int) -> Maker:
    """A maker of scans of a paper, signed and stamped by hand."""

    def make(desk: Desk, to: Path) -> None:
        pictures = desk.pages(name, seed)
        scanned = [scanner.scan(page, how, seed + i) for i, page in enumerate(pictures)]
        scanner.write_scan([scanner.jpeg(page, DPI, how.quality) for page in scanned], to)

    return make


def scan_with_turned_page(desk: Desk, to: Path) -> None:
    """Two pages, of which the second lay on the glass sideways."""
    first, second = (scanner.scan(page, scanner.CLEAN, 40) for page in desk.pages("530-qd-sxd", 4))
    turned = second.transpose(Image.Transpose.ROTATE_90)
    quality = scanner.CLEAN.quality
    scanner.write_scan([scanner.jpeg(page, DPI, quality) for page in (first, turned)], to)


def scan_with_mark(desk: Desk, to: Path) -> None:
    """A page with the red stamp of a state secret below its number."""
    (page,) = desk.pages("81-tb-ubnd", 20)
    scanner.stamp_box(page, "MẬT", (54, 44), DPI)
    picture = scanner.scan(page, scanner.CLEAN, 20)
    scanner.write_scan([scanner.jpeg(picture, DPI, scanner.CLEAN.quality)], to)


def photo(desk: Desk, to: Path) -> None:
    """A telephone's picture of a page on a desk."""
    (page,) = desk.pages("12-tm-ubnd", 21)
    to.write_bytes(scanner.jpeg(scanner.photo_of(page, 21), 72, 68))


def tiff(desk: Desk, to: Path) -> None:
    """A black-and-white page, a colour page, a black-and-white page; each packed in its own way."""
    (report,) = desk.pages("77-bc-sxd", 13)
    (guide,) = desk.pages("soan-thao-van-ban", 14)
    (annex,) = desk.pages("dien-giai-so-do", 15)
    plain = scanner.Scan(noise=0, blur=0.4)
    with AppendingTiffWriter(to, new=True) as pages:
        for seed, page in enumerate((report, guide, annex)):
            if page is guide:
                picture = scanner.scan(page, scanner.CLEAN, seed).convert("YCbCr")
                options: dict[str, Any] = {"compression": "jpeg", "quality": 60}
            else:
                grey = scanner.scan(page, plain, seed).convert("L")
                picture = grey.point(lambda level: 255 if level > 150 else 0).convert("1")
                options = {"compression": "group4"}
            picture.save(pages, "TIFF", dpi=(DPI, DPI), **options)
            pages.newFrame()


# --- born-digital, locked and damaged -----------------------------------------------------


def printed(name: str) -> Maker:
    """A maker of born-digital PDFs."""
    return lambda desk, to: _copy(desk.printed(name), to)


def _copy(source: Path, to: Path) -> None:
    to.write_bytes(source.read_bytes())


def locked(desk: Desk, to: Path) -> None:
    """A PDF that asks for a password."""
    with pikepdf.open(desk.printed("40-hd-stc")) as pdf:
        pdf.save(to, encryption=pikepdf.Encryption(owner="thu-ky", user=PASSWORD, R=6))


def damaged(desk: Desk, to: Path) -> None:
    """The end never arrived, and the stream that holds the page tree is blank: beyond repair."""
    whole = desk.scratch / "whole.pdf"
    with pikepdf.open(desk.printed("40-hd-stc")) as pdf:
        pdf.save(whole, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    data = whole.read_bytes()
    start = data.index(b"stream\n", data.index(b"/ObjStm")) + len(b"stream\n")
    end = data.index(b"endstream", start)
    to.write_bytes((data[:start] + bytes(end - start) + data[end:])[: len(data) * 85 // 100])


# --- signed --------------------------------------------------------------------------------


def _hand_mark(pdf: Path, paper: Paper, seed: int) -> Mark:
    """A signature's picture above the signer's name."""
    page, (left, top, right, _) = scanner.find_words(pdf, paper.fields["signer"], 72)
    centre, above = round((left + right) / 2), round(841.9 - top)
    box = (centre - 45, above + 6, centre + 80, above + 68)
    return Mark(scanner.signature(500, 248, seed), page, box)


def _seal_mark(hand: Mark, seed: int) -> Mark:
    """The seal over the left third of the signature, as the decree has it."""
    left, bottom, _, top = hand.box
    centre = (left + 18, (bottom + top) // 2)
    box = (centre[0] - 48, centre[1] - 48, centre[0] + 48, centre[1] + 48)
    return Mark(scanner.round_seal(320, *SEAL, seed), hand.page, box)


def signed(name: str, who: Callable[[TrialAuthority], Identity], at: str, seed: int) -> Maker:
    """A maker of PDFs signed by someone at some moment."""

    def make(desk: Desk, to: Path) -> None:
        pdf = desk.printed(name)
        trial_signatures.sign(
            pdf,
            to,
            who(desk.authority),
            _hand_mark(pdf, read_paper(name), seed),
            datetime.fromisoformat(at),
            root=desk.authority.root,
            field="ChuKy1",
        )

    return make


def by_person(authority: TrialAuthority) -> Identity:
    """The post-holder."""
    return authority.person


def by_expired(authority: TrialAuthority) -> Identity:
    """The one whose certificate ran out."""
    return authority.expired


def changed_after_signing(desk: Desk, to: Path) -> None:
    """Validly signed; then someone made 7 days into 70, without touching the signed bytes."""
    honest = desk.scratch / "honest.pdf"
    signed("128-cv-vp", by_person, "2025-03-20T15:12:00+07:00", 7)(desk, honest)
    _, (left, top, right, bottom) = scanner.find_words(honest, "7 ngày làm việc.", 72)
    patch = desk.scratch / "patch.pdf"
    weasyprint.HTML(
        string="<style>@page { size: A4; margin: 0 } div { position: absolute; background: white;"
        f" left: {left - 1}pt; top: {top - 3}pt; width: {right - left + 14}pt; height:"
        f" {bottom - top + 5}pt; font: 13pt/{bottom - top + 4}pt 'Liberation Serif' }}</style>"
        f"<div>{escape('70 ngày làm việc.')}</div>"
    ).write_pdf(patch)
    trial_signatures.change_page(honest, patch, to)


def signed_pdfa(desk: Desk, to: Path) -> None:
    """PDF/A-2b, signed by the person and then by the organ, each with a time stamp."""
    pdf = desk.printed("52-bc-vp", pdfa=True)
    half = desk.scratch / "signed-by-person.pdf"
    hand, people = _hand_mark(pdf, read_paper("52-bc-vp"), 9), desk.authority
    acts = (
        (pdf, half, people.person, hand, "2025-03-27T09:05:00+07:00", "ChuKyNguoiCoThamQuyen"),
        (half, to, people.organ, _seal_mark(hand, 9), "2025-03-27T10:40:00+07:00", "ChuKyCoQuan"),
    )
    for source, target, identity, mark, at, name in acts:
        trial_signatures.sign(
            source,
            target,
            identity,
            mark,
            datetime.fromisoformat(at),
            root=people.root,
            field=name,
            clock=people.clock,
        )


# --- office, text, mail, and what nobody can read ------------------------------------------


def docx(desk: Desk, to: Path) -> None:
    """A Word document."""
    office.write_docx(read_paper("19-ttr-vp"), to)


def from_docx(name: str) -> Maker:
    """A maker of what LibreOffice turns a Word document into."""

    def make(desk: Desk, to: Path) -> None:
        source = desk.scratch / f"{name}.docx"
        office.write_docx(read_paper(name), source)
        office.convert_office(source, to)

    return make


def register(desk: Desk, to: Path) -> None:
    """A workbook."""
    with (WORDS / "so-dang-ky-van-ban-den.csv").open(encoding="utf-8", newline="") as rows:
        office.write_register(list(csv.DictReader(rows, delimiter=";")), to)


def slides(desk: Desk, to: Path) -> None:
    """A presentation."""
    shown: list[tuple[str, list[str]]] = []
    for line in read_paper("trinh-chieu-chuc-nang").paragraphs:
        if line.startswith("# "):
            shown.append((line[2:], []))
        else:
            shown[-1][1].append(line)
    office.write_slides(shown, to)


def old_text(desk: Desk, to: Path) -> None:
    """Plain text in a code page from before Unicode."""
    text = "\r\n".join(read_paper("xu-ly-van-ban-den").paragraphs) + "\r\n"
    to.write_bytes(office.to_tcvn3(text))


def mail(desk: Desk, to: Path) -> None:
    """A letter with two attachments."""
    body = "\n\n".join(read_paper("thu-nop-luu").paragraphs) + "\n"
    list_of_file = (
        "Số thứ tự;Số, ký hiệu;Trích yếu\n1;212/QĐ-VP;Quy định trao đổi tài liệu điện tử\n"
    )
    attachments = (
        ("Quyết định 212-QĐ-VP.pdf", "application/pdf", desk.printed("212-qd-vp").read_bytes()),
        ("Mục lục văn bản.csv", "text/csv", list_of_file.encode()),
    )
    office.write_mail(body, attachments, to)


def virus_test(desk: Desk, to: Path) -> None:
    """The harmless test file that every scanner knows, in two halves here so that this isn't it."""
    first, second = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    to.write_bytes((first + second).encode())


def unknown_format(desk: Desk, to: Path) -> None:
    """Bytes that no program knows any more."""
    dice = random.Random(17)
    records = b"".join(
        struct.pack("<IHH", number, dice.randrange(1, 13), 2003) + dice.randbytes(56)
        for number in range(64)
    )
    to.write_bytes(b"\x8fQLVB\x00\x03\x1a" + struct.pack("<II", 64, 64) + records)
