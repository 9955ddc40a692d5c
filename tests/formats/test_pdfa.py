import hashlib
import io
import json
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import img2pdf
import pikepdf
import pytest
from pikepdf import Array, AttachedFileSpec, Dictionary, Encryption, Name, Pdf, Stream, String
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from formats.conversion import ConversionReport
from formats.errors import ProgramFailed, ProgramMissing, Unreadable
from formats.fonts import font_file
from formats.letters import open_pdf
from formats.pdfa import Description, Method, carrier, claims_pdfa, to_pdfa
from formats.pdfa_pictures import runs
from formats.verapdf import Verdict, validate
from tests.formats.hostile import page_with_box

WORDS = "Quyết định số 12/QĐ-UBND về lưu trữ hồ sơ điện tử"
MOMENT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TOLD = Description(
    "Quyết định số 12",
    creators=("Ủy ban nhân dân tỉnh",),
    subject="Về việc lưu trữ",
    moment=MOMENT,
    original_sha256="ab" * 32,
    original_name="công văn <1> & 2.pdf",
)
_A4_AT_100_DPI = (827, 1169)

pdfmetrics.registerFont(TTFont("Serif", font_file("Serif")))


# ── making small files of every kind ─────────────────────────────────────────────────────────


def born_digital(path: Path, *fonts: str, pages: int = 2) -> Path:
    """A PDF with Vietnamese text in an embedded font, and a line in each of the named ones."""
    drawing = canvas.Canvas(str(path), pagesize=A4)
    for _ in range(pages):
        drawing.setFont("Serif", 13)
        drawing.drawString(60, 780, WORDS)
        for place, font in enumerate(fonts):
            drawing.setFont(font, 13)
            drawing.drawString(60, 740 - 20 * place, "Decision 'no' `12` (ABC) é")
        drawing.linkURL("https://example.vn/", (60, 700, 160, 720))
        drawing.showPage()
    drawing.save()
    return path


def changed(path: Path, change: Callable[[Pdf], None], **saving: Any) -> Path:
    """The born-digital PDF with something done to it."""
    with Pdf.open(born_digital(path.with_suffix(".plain"))) as pdf:
        change(pdf)
        pdf.save(path, fix_metadata_version=False, **saving)
    return path


def a_scan(path: Path) -> Path:
    picture = Image.new("L", _A4_AT_100_DPI, 250)
    font = ImageFont.truetype(str(font_file("Serif")), 22)
    ImageDraw.Draw(picture).text((100, 100), WORDS, font=font, fill=20)
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=75, dpi=(100, 100))
    path.write_bytes(img2pdf.convert(packed.getvalue()))
    return path


def a_layer(path: Path, words: str = WORDS, pages: int = 1) -> Path:
    """Text alone, a tenth below the top and a tenth from the left of an upright A4 sheet."""
    drawing = canvas.Canvas(str(path), pagesize=A4)
    for _ in range(pages):
        text = drawing.beginText(A4[0] * 0.1, A4[1] * 0.9)
        text.setFont("Serif", 12)
        text.setTextRenderMode(3)
        text.textLine(words)
        drawing.drawText(text)
        drawing.showPage()
    drawing.save()
    return path


def annotation(pdf: Pdf, **entries: Any) -> Dictionary:
    made = Dictionary(Type=Name.Annot, Rect=Array([50, 500, 150, 520]), **entries)
    return pdf.make_indirect(made)


def look(pdf: Pdf, content: bytes = b"1 0 0 RG 0 0 100 20 re S") -> Stream:
    return Stream(pdf, content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 20]))


def script(words: str) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(words))


def with_everything_that_acts(pdf: Pdf) -> None:
    pdf.Root.OpenAction = script("open")
    pdf.Root.AA = Dictionary(WC=script("close"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("first"), script("1")])))
    launch = Dictionary(S=Name.Launch, F=Dictionary(Type=Name.Filespec, F=String("cmd.exe")))
    chain = Dictionary(S=Name.URI, URI=String("https://a.vn/"), Next=script("then"))
    page = pdf.pages[0].obj
    page.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("calc.exe")))
    held = Dictionary(Type=Name.Filespec, F=String("b.exe"), EF=Dictionary(F=Stream(pdf, b"MZ")))
    page.Annots.extend(
        [
            annotation(pdf, Subtype=Name.Link, A=launch),
            annotation(pdf, Subtype=Name.Link, A=chain),
            annotation(pdf, Subtype=Name.Text, Contents=String("Ghi chú của văn thư")),
            annotation(pdf, Subtype=Name.Stamp, AP=Dictionary(N=look(pdf), D=look(pdf))),
            annotation(pdf, Subtype=Name.Square, F=2, AP=Dictionary(N=look(pdf))),
            annotation(pdf, Subtype=Name.Screen, A=Dictionary(S=Name.Rendition)),
            annotation(pdf, Subtype=Name.FileAttachment, FS=pdf.make_indirect(held)),
        ]
    )
    pdf.attachments["bảng.xlsx"] = AttachedFileSpec(
        pdf, b"table" * 9, filename="bảng.xlsx", description="", mime_type="", creation_date="",
        mod_date="",
    )  # fmt: skip


def with_layers(pdf: Pdf) -> None:
    seen = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Nhìn thấy")))
    hidden = pdf.make_indirect(Dictionary(Type=Name.OCG))
    rule = Dictionary(Event=Name.View, OCGs=Array([seen]), Category=Array([Name.View]))
    pdf.Root.OCProperties = Dictionary(
        OCGs=Array([seen, hidden]),
        D=Dictionary(OFF=Array([hidden]), Order=Array([seen]), AS=Array([rule])),
    )
    page = pdf.pages[0]
    page.obj.Resources.Properties = Dictionary(A=seen, B=hidden)
    page.contents_add(b"/OC /B BDC 1 0 0 rg 90 90 50 50 re f EMC /OC /A BDC 200 90 9 9 re f EMC")


def with_ink_colours(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"0 1 1 0 k 100 100 50 50 re f")


def with_broken_metadata(pdf: Pdf) -> None:
    pdf.Root.Metadata = Stream(pdf, b"<x>broken", Type=Name.Metadata, Subtype=Name.XML)


def turned_and_cropped(pdf: Pdf) -> None:
    pdf.pages[0].Rotate = 90
    pdf.pages[0].CropBox = Array([20, 30, 500, 800])
    pdf.pages[1].Rotate = 270
    pdf.pages[1].UserUnit = 2


def with_undrawn_fields(pdf: Pdf) -> None:
    fields = [
        annotation(
            pdf,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String(f"ô {place}"),
            V=String(value),
            DA=String("/Helv 0 Tf"),
        )
        for place, value in enumerate(["Nguyễn Văn Ẩn", "dòng một\ndòng hai"])
    ]
    pdf.Root.AcroForm = Dictionary(Fields=Array(fields), NeedAppearances=True)
    pdf.pages[0].obj.Annots.extend(fields)


def with_a_signature(pdf: Pdf) -> None:
    content = b"BT /F 12 Tf 2 5 Td (SIGNED) Tj ET"
    seen = look(pdf, content)
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    seen[Name.Resources] = Dictionary(Font=Dictionary(F=pdf.make_indirect(helvetica)))
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=String("x" * 64))
    field = annotation(
        pdf, Subtype=Name.Widget, FT=Name.Sig, T=String("Chữ ký"), F=132,
        AP=Dictionary(N=seen), V=pdf.make_indirect(value),
    )  # fmt: skip
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=value)
    pdf.pages[0].obj.Annots.append(field)


# ── every kind converted once, and judged in one run of veraPDF ──────────────────────────────


@dataclass(frozen=True)
class Copy:
    source: Path
    path: Path
    report: ConversionReport
    verdict: Verdict

    def dropped(self) -> dict[str, tuple[int, str]]:
        return {each.what: (each.count, each.detail) for each in self.report.dropped}

    def text(self) -> str:
        return text_of(self.path)


def text_of(pdf: Path) -> str:
    document = open_pdf(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Copy]:
    folder = tmp_path_factory.mktemp("copies")
    made: dict[str, tuple[Path, ConversionReport]] = {}

    def convert(kind: str, source: Path, method: Method | None = None) -> None:
        layer = a_layer(folder / f"{kind}.layer.pdf") if kind.startswith("scan") else None
        out = folder / f"{kind}.out.pdf"
        report = to_pdfa(source, out, description=TOLD, method=method, layer=layer)
        made[kind] = (source, report)

    def file(kind: str) -> Path:
        return folder / f"{kind}.pdf"

    convert("scan", a_scan(file("scan")))
    convert("scan_pictures", a_scan(file("scan_pictures")), Method.PICTURES)
    convert("born", born_digital(file("born")))
    convert("born_pictures", born_digital(file("born_pictures")), Method.PICTURES)
    standard = born_digital(file("standard"), "Helvetica", "Times-Bold", "Courier-Oblique")
    convert("standard_fonts", standard)
    convert("symbols", _symbols(file("symbols")))
    convert("acting", changed(file("acting"), with_everything_that_acts))
    convert("layers", changed(file("layers"), with_layers))
    convert("ink", changed(file("ink"), with_ink_colours))
    convert("broken_metadata", changed(file("broken_metadata"), with_broken_metadata))
    convert("turned", changed(file("turned"), turned_and_cropped))
    convert("turned_pictures", changed(file("turned2"), turned_and_cropped), Method.PICTURES)
    convert("fields", changed(file("fields"), with_undrawn_fields))
    convert("newer", changed(file("newer"), lambda pdf: None, force_version="2.0"))
    locked = Encryption(owner="secret", user="", allow=pikepdf.Permissions(extract=False))
    convert("restricted", changed(file("restricted"), lambda pdf: None, encryption=locked))
    outs = {kind: folder / f"{kind}.out.pdf" for kind in made}
    verdicts = validate(list(outs.values()), "2b")
    return {
        kind: Copy(source, outs[kind], report, verdicts[outs[kind]])
        for kind, (source, report) in made.items()
    }


def _symbols(path: Path) -> Path:
    drawing = canvas.Canvas(str(path), pagesize=A4)
    drawing.setFont("Symbol", 14)
    drawing.drawString(60, 700, "abc")
    drawing.setFont("Helvetica", 14)
    drawing.drawString(60, 600, "plain words")
    drawing.save()
    return path


KINDS = (
    *("scan", "scan_pictures", "born", "born_pictures", "standard_fonts", "symbols", "acting"),
    *("layers", "ink", "broken_metadata", "turned", "turned_pictures", "fields", "newer"),
    "restricted",
)


@pytest.mark.tools
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_becomes_valid_pdfa_with_its_pages_and_letters(
    copies: dict[str, Copy], kind: str
) -> None:
    copy = copies[kind]
    assert copy.verdict.is_valid, copy.verdict.failed_rules
    assert copy.report.pages_before == copy.report.pages_after > 0
    assert copy.report.letters_lost == 0
    assert copy.report.outcome_sha256 == hashlib.sha256(copy.path.read_bytes()).hexdigest()
    assert copy.report.source_sha256 == hashlib.sha256(copy.source.read_bytes()).hexdigest()
    assert claims_pdfa(copy.path) == "2b"


@pytest.mark.tools
def test_a_scan_keeps_its_picture_byte_for_byte_and_gains_its_words(
    copies: dict[str, Copy],
) -> None:
    copy = copies["scan"]
    assert _pictures(copy.path) == _pictures(copy.source)
    assert WORDS in copy.text()
    assert "text_layer_added" in copy.report.notes


def _pictures(path: Path) -> list[bytes]:
    with Pdf.open(path) as pdf:
        return [
            thing.read_raw_bytes()
            for thing in pdf.objects
            if isinstance(thing, Stream) and thing.get(Name.Subtype) == Name.Image
        ]


@pytest.mark.tools
def test_a_page_turned_into_a_picture_says_so_and_keeps_its_words_in_place(
    copies: dict[str, Copy],
) -> None:
    copy = copies["born_pictures"]
    assert "content_became_pictures" in copy.report.notes
    assert copy.dropped()["annotation"][0] == 2
    assert copy.text().split() == text_of(copy.source).split()
    before, after = _place_of("QĐ", copy.source), _place_of("QĐ", copy.path)
    assert before == pytest.approx(after, abs=0.01)


def _place_of(words: str, path: Path, page_number: int = 0) -> tuple[float, float]:
    document = open_pdf(path)
    try:
        page = document[page_number]
        found = next(word for word in runs(page) if words in word.text)
        return found.left, found.bottom
    finally:
        document.close()


@pytest.mark.tools
def test_standard_fonts_are_embedded_without_writing_the_pages_anew(
    copies: dict[str, Copy],
) -> None:
    report = copies["standard_fonts"].report
    assert (report.method, "standard_fonts_embedded" in report.notes) == ("pikepdf", True)
    assert text_of(copies["standard_fonts"].path) == text_of(copies["standard_fonts"].source)


@pytest.mark.tools
def test_a_font_without_a_stand_in_takes_ghostscript(copies: dict[str, Copy]) -> None:
    report = copies["symbols"].report
    assert report.method == "ghostscript"
    assert report.tools["ghostscript"]


@pytest.mark.tools
def test_what_acts_is_dropped_and_listed(copies: dict[str, Copy]) -> None:
    dropped = copies["acting"].dropped()
    assert dropped["script"] == (
        4,
        "first; document JavaScript; document JavaScript; page 1 JavaScript",
    )
    assert dropped["action"] == (2, "page 1 Launch; page 1 Launch (cmd.exe)")
    assert dropped["media"] == (1, "page 1 Screen")
    assert dropped["hidden_annotation"] == (1, "Square")
    assert dropped["annotation"] == (1, "page 1 Text: Ghi chú của văn thư")
    count, detail = dropped["attachment"]
    assert count == 2
    digest = hashlib.sha256(b"table" * 9).hexdigest()
    assert f"bảng.xlsx (45 bytes, SHA-256 {digest})" in detail
    raw = copies["acting"].path.read_bytes()
    assert not any(name in raw for name in (b"/JavaScript", b"/Launch", b"/EmbeddedFile"))


@pytest.mark.tools
def test_links_that_lead_somewhere_stay(copies: dict[str, Copy]) -> None:
    with Pdf.open(copies["acting"].path) as pdf:
        links = [each for each in pdf.pages[0].Annots if each.Subtype == Name.Link]
        assert [str(link.A.URI) for link in links if Name.A in link] == [
            "https://example.vn/",
            "https://a.vn/",
        ]


@pytest.mark.tools
def test_layers_stay_switched_as_they_were(copies: dict[str, Copy]) -> None:
    with Pdf.open(copies["layers"].path) as pdf:
        configuration = pdf.Root.OCProperties.D
        assert len(configuration.OFF) == 1
        assert Name.AS not in configuration
    assert "layers_kept" in copies["layers"].report.notes


@pytest.mark.tools
def test_values_that_a_form_does_not_draw_are_drawn_and_listed(copies: dict[str, Copy]) -> None:
    copy = copies["fields"]
    assert "Nguyễn Văn Ẩn" in copy.text()
    assert "dòng hai" in copy.text()
    assert "ô 0=Nguyễn Văn Ẩn" in copy.dropped()["form_field"][1]


@pytest.mark.tools
def test_restrictions_of_the_owner_are_lifted_and_listed(copies: dict[str, Copy]) -> None:
    assert copies["restricted"].dropped()["usage_restrictions"][0] == 1


@pytest.mark.tools
def test_unreadable_metadata_is_listed_as_lost(copies: dict[str, Copy]) -> None:
    assert copies["broken_metadata"].dropped()["metadata"][0] == 1


@pytest.mark.tools
def test_the_copy_says_what_it_is_and_from_which_file_it_came(copies: dict[str, Copy]) -> None:
    with Pdf.open(copies["born"].path) as pdf:
        assert str(pdf.Root.Lang) == "vi"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo.Title) == TOLD.title
        packet = pdf.Root.Metadata.read_bytes().decode()
    assert "Quyết định số 12" in packet
    assert "Ủy ban nhân dân tỉnh" in packet
    assert f"<luutru:OriginalSHA256>{'ab' * 32}<" in packet
    assert "công văn &lt;1&gt; &amp; 2.pdf" in packet


@pytest.mark.tools
def test_the_same_file_at_the_same_moment_makes_the_same_bytes(tmp_path: Path) -> None:
    source = born_digital(tmp_path / "a.pdf", "Helvetica")
    for name in ("one.pdf", "two.pdf"):
        report = to_pdfa(
            source, tmp_path / name, description=TOLD, made_with={"libreoffice": "7.4"}
        )
        assert report.tools["libreoffice"] == "7.4"
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_layer_lies_where_the_words_are_seen_on_a_turned_and_cropped_page(
    tmp_path: Path, turn: int
) -> None:
    wide, high = (A4[0], A4[1]) if turn % 180 == 0 else (A4[1], A4[0])
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(wide + 80, high + 70))
        page.CropBox = Array([30, 50, 30 + wide, 50 + high])
        page.Rotate = turn
        pdf.save(tmp_path / "page.pdf")
    layer = a_layer(tmp_path / "layer.pdf", "chữ")
    out = tmp_path / "out.pdf"
    to_pdfa(tmp_path / "page.pdf", out, description=TOLD, layer=layer)
    left, bottom = _place_of("chữ", out)
    assert (left, bottom) == pytest.approx((0.1, 0.1), abs=0.01)


def test_a_layer_of_another_number_of_pages_is_refused(tmp_path: Path) -> None:
    layer = a_layer(tmp_path / "layer.pdf", pages=2)
    with pytest.raises(Unreadable) as caught:
        to_pdfa(a_scan(tmp_path / "a.pdf"), tmp_path / "out.pdf", description=TOLD, layer=layer)
    assert caught.value.code == "layer_pages_differ"


# ── files that cannot be read ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "damaged"), (b"PK\x03\x04 a zip", "damaged"), (b"%PDF-1.7\n", "damaged")],
    ids=["empty", "a zip", "a head alone"],
)
def test_a_file_that_is_no_pdf_is_damaged(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    for attempt in (
        lambda: to_pdfa(tmp_path / "a.pdf", tmp_path / "out.pdf", description=TOLD),
        lambda: claims_pdfa(tmp_path / "a.pdf"),
    ):
        with pytest.raises(Unreadable) as caught:
            attempt()
        assert caught.value.code == code
    assert not (tmp_path / "out.pdf").exists()


def test_a_file_that_lost_its_end_is_mended_and_that_is_noted(tmp_path: Path) -> None:
    plain = changed(
        tmp_path / "a.pdf",
        lambda pdf: None,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    data = plain.read_bytes()
    plain.write_bytes(data[: data.rindex(b"startxref")])
    report = to_pdfa(plain, tmp_path / "out.pdf", description=TOLD)
    assert "mended_when_read" in report.notes
    assert report.letters_lost == 0


def test_a_file_whose_content_cannot_be_recovered_is_damaged(tmp_path: Path) -> None:
    plain = changed(
        tmp_path / "a.pdf",
        lambda pdf: None,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    data = plain.read_bytes()
    plain.write_bytes(data[: data.rindex(b"endstream") - 200])
    with pytest.raises(Unreadable) as caught:
        to_pdfa(plain, tmp_path / "out.pdf", description=TOLD)
    assert caught.value.code == "damaged"
    assert not (tmp_path / "out.pdf").exists()


def test_a_locked_file_is_encrypted(tmp_path: Path) -> None:
    locked = changed(
        tmp_path / "a.pdf", lambda pdf: None, encryption=Encryption(owner="x", user="y")
    )
    with pytest.raises(Unreadable) as caught:
        to_pdfa(locked, tmp_path / "out.pdf", description=TOLD)
    assert caught.value.code == "encrypted"


def test_a_bomb_is_beyond_limits_and_leaves_us_standing(tmp_path: Path) -> None:
    def plant(pdf: Pdf) -> None:
        packed = zlib.compress(zlib.compress(b"0 0 m " * (12 * 1024 * 1024), 1), 9)
        bomb = Stream(pdf, b"")
        bomb.write(packed, filter=Array([Name.FlateDecode, Name.FlateDecode]))
        pdf.pages[0].Contents = bomb

    with pytest.raises(Unreadable) as caught:
        to_pdfa(changed(tmp_path / "a.pdf", plant), tmp_path / "out.pdf", description=TOLD)
    assert caught.value.code == "beyond_limits"


def test_without_ghostscript_it_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    source = born_digital(tmp_path / "a.pdf")
    with pytest.raises(ProgramMissing) as caught:
        to_pdfa(source, tmp_path / "out.pdf", description=TOLD, method=Method.GHOSTSCRIPT)
    assert caught.value.details == {"program": "gs"}


@pytest.mark.tools
def test_ghostscripts_loss_of_letters_leads_to_pictures(tmp_path: Path) -> None:
    source = born_digital(tmp_path / "a.pdf")
    report = to_pdfa(source, tmp_path / "out.pdf", description=TOLD, method=Method.GHOSTSCRIPT)
    assert report.letters_lost == 0
    if report.method == "pictures":  # some versions lose letters, some do not
        assert "ghostscript_lost_letters" in report.notes
    else:
        assert report.method == "ghostscript"


# ── carriers ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.tools
@pytest.mark.rule("HC-68")
def test_a_carrier_shows_the_pages_and_holds_the_signed_file_unchanged(tmp_path: Path) -> None:
    original = changed(tmp_path / "signed.pdf", with_a_signature)
    report_file = tmp_path / "report.json"
    report_file.write_text(json.dumps({"signatures": []}))
    out = tmp_path / "carrier.pdf"
    report = carrier(original, original, out, description=TOLD, signature_report=report_file)
    assert claims_pdfa(out) == "3b"
    verdict = validate([out], "3b")[out]
    assert verdict.is_valid, verdict.failed_rules
    assert "SIGNED" in text_of(out)
    assert {each.what for each in report.dropped} == {"signature", "usage_rights"}
    held = tmp_path / "held"
    held.mkdir()
    subprocess.run(["pdfdetach", "-saveall", "-o", str(held), str(out)], check=True)
    assert (held / str(TOLD.original_name)).read_bytes() == original.read_bytes()
    assert (held / "signatures.json").read_bytes() == report_file.read_bytes()
    with Pdf.open(out) as pdf:
        kinds = {str(each.UF): str(each.AFRelationship) for each in pdf.Root.AF}
        packet = pdf.Root.Metadata.read_bytes().decode()
        assert Name.AcroForm not in pdf.Root
    assert kinds == {TOLD.original_name: "/Source", "signatures.json": "/Supplement"}
    assert hashlib.sha256(original.read_bytes()).hexdigest() in packet


def test_a_file_that_claims_nothing_claims_nothing(tmp_path: Path) -> None:
    assert claims_pdfa(born_digital(tmp_path / "a.pdf")) is None


@pytest.mark.parametrize("box", ["[0 0 0 0]", "[0 0 1000000 1000000]"])
def test_a_page_that_ghostscript_breaks_off_at_becomes_a_picture(tmp_path: Path, box: str) -> None:
    source = page_with_box(tmp_path / "page.pdf", box)
    report = to_pdfa(source, tmp_path / "out.pdf", description=TOLD, method=Method.GHOSTSCRIPT)
    assert report.method == "pictures"
    assert "ghostscript_crashed" in report.notes


def test_pages_that_come_out_differently_go_to_the_next_method(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = page_with_box(tmp_path / "page.pdf", "[0 0 595 842]")

    def differs(*_: object) -> None:
        raise ProgramFailed("page_sizes_differ", page=1)

    monkeypatch.setattr("formats.pdfa.make", differs)
    monkeypatch.setattr("formats.pdfa.confined_for", lambda _, stage, *told: stage(*told))
    report = to_pdfa(source, tmp_path / "out.pdf", description=TOLD)
    assert report.method == "ghostscript"
    assert "pikepdf_page_sizes_differ" in report.notes
