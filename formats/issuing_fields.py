"""The form fields of an outgoing document: empty ones put in, and number and date filled in.

They are put in before anybody signs, with fonts that cover Vietnamese, so that what comes later
is form filling and nothing else: neither the leader's signature nor PDF/A suffers by it.
"""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream, String
from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from formats.confined import confined
from formats.errors import Unreadable
from formats.fonts import font_file, writing_font
from formats.issuing_places import POINTS, SIGNATURE_FIELDS, FieldPlace
from formats.pdf_values import array
from formats.signature_walk import DAMAGE
from formats.stamps import PageBox, page_box

LETTERS = frozenset(
    "".join(map(chr, range(0x20, 0x7F)))
    + "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư"
    + "".join(map(chr, range(0x1EA0, 0x1EFA)))
    + "–…"
)
_FONTS = {False: "Serif", True: "SerifItalic"}
_PRINTED, _LOCKED = 4, 128
_FOOT = 1.6 * POINTS  # the line's foot over the field's lower edge
_SECONDS, _MEGABYTES = 120, 2048


def add_fields(source: Path, target: Path, places: Mapping[str, FieldPlace]) -> None:
    """Put empty fields into a PDF/A that nobody has signed; fields that it had are gone.

    Raises:
        Unreadable: `place_off_page` with the field, or the file is damaged.
    """
    confined(_add_fields, source, target, dict(places), seconds=_SECONDS, megabytes=_MEGABYTES)


def _add_fields(source: Path, target: Path, places: dict[str, FieldPlace]) -> None:
    with Pdf.open(source) as pdf:
        _forget_fields(pdf)
        fonts = Dictionary()
        for is_italic, name in _FONTS.items():
            made = writing_font(pdf, font_file("Serif", italic=is_italic), LETTERS)
            fonts[Name("/" + name)] = made.font
        fields = [_field(pdf, name, place) for name, place in places.items()]
        pdf.Root.AcroForm = pdf.make_indirect(
            Dictionary(
                Fields=pdf.make_indirect(Array(fields)),
                DR=Dictionary(Font=fonts),
                DA=String("/Serif 13 Tf 0 g"),
                SigFlags=3,  # so that a signature need not change the form itself
            )
        )
        pdf.save(target, deterministic_id=True)


def _forget_fields(pdf: Pdf) -> None:
    """Take out an earlier form with its widgets; their places are given anew."""
    if Name.AcroForm in pdf.Root:
        del pdf.Root[Name.AcroForm]
    for page in pdf.pages:
        others = [
            each
            for each in array(page.obj, Name.Annots)
            if not (isinstance(each, Dictionary) and each.get(Name.Subtype) == Name.Widget)
        ]
        if others:
            page.obj[Name.Annots] = Array(others)
        elif Name.Annots in page.obj:
            del page.obj[Name.Annots]


def _field(pdf: Pdf, name: str, place: FieldPlace) -> Object:
    if not 1 <= place.page <= len(pdf.pages):
        raise Unreadable("place_off_page", field=name, page=place.page)
    page = pdf.pages[place.page - 1]
    box = _rectangle(_box_of(page), name, place)
    is_signature = name in SIGNATURE_FIELDS
    wide, high = box[2] - box[0], box[3] - box[1]
    blank = Stream(
        pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, wide, high]),
        Resources=Dictionary(),
    )  # fmt: skip
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Sig if is_signature else Name.Tx,
        T=String(name),
        Rect=Array([round(side, 2) for side in box]),
        F=_PRINTED | _LOCKED if is_signature else _PRINTED,
        P=page.obj,
        AP=Dictionary(N=pdf.make_indirect(blank)),
    )
    if not is_signature:
        field.DA = String(f"/{_FONTS[place.is_italic]} {place.size:g} Tf 0 g")
        field.Q = 1
        if place.over_dots:
            field.MK = Dictionary(BG=Array([1]))
    made = pdf.make_indirect(field)
    page.obj[Name.Annots] = Array([*array(page.obj, Name.Annots), made])
    return made


def _box_of(page: Page) -> PageBox:
    left, bottom, right, top = (float(side) for side in page.cropbox)
    return PageBox(left, bottom, right, top, int(page.rotation) % 360)


def _rectangle(seen: PageBox, name: str, place: FieldPlace) -> tuple[float, float, float, float]:
    """The place as the page counts it; a place outside of what is seen is nobody's wish."""
    across, up = seen.shown
    left, width, height = (one * POINTS for one in (place.left, place.width, place.height))
    bottom = up - place.top * POINTS - height
    inside = (
        left >= -1 and bottom >= -1 and left + width <= across + 1 and bottom + height <= up + 1
    )
    if not inside or width < 4 or height < 4:
        raise Unreadable("place_off_page", field=name, page=place.page)
    return seen.place(left, bottom, width, height).box


# ── filling in ───────────────────────────────────────────────────────────────────────────────


def fill_fields(signed: Path, target: Path, values: Mapping[str, str]) -> None:
    """Write values into text fields by an update behind the end of the file.

    Raises:
        Unreadable: `field_missing`: the file has no such field.
    """
    with signed.open("rb") as source, target.open("w+b") as out:
        try:
            writer = IncrementalPdfFileWriter(source, strict=False)
            _fill(writer, values)
            writer.write(out)  # type: ignore[no-untyped-call]
        except misc.PdfError as wrong:
            raise Unreadable("pdf_unreadable", said=type(wrong).__name__) from wrong
        out.flush()
        os.fsync(out.fileno())


def _fill(writer: IncrementalPdfFileWriter, values: Mapping[str, str]) -> None:
    form = writer.root["/AcroForm"]
    fields = {str(each.get_object()["/T"]): each for each in form["/Fields"]}
    for name, value in values.items():
        if name not in fields:
            raise Unreadable("field_missing", field=name)
        reference = fields[name]
        field = reference.get_object()
        field[pdf_name("/V")] = generic.TextStringObject(value)
        drawn = writer.add_object(_appearance(form, field, value))
        field[pdf_name("/AP")] = _entries(N=drawn)
        writer.mark_update(reference)


def _appearance(form: Any, field: Any, value: str) -> generic.StreamObject:  # objects of the PDF
    """The value, centred on the line that the field stands on, in the form's own font."""
    name, size = str(field["/DA"]).split()[:2]
    fonts = form["/DR"]["/Font"]
    codes, widths = _letters(fonts[name])
    known = [letter for letter in value if letter in codes]
    x0, y0, x1, y1 = (float(side) for side in field["/Rect"])
    seen = page_box(field["/P"])
    wide, high = (y1 - y0, x1 - x0) if seen.turned in (90, 270) else (x1 - x0, y1 - y0)
    long = sum(widths[letter] for letter in known) * float(size) / 1000
    scale = min(1.0, (wide - 1) / long) if long else 1.0
    shown = "".join(f"{codes[letter]:04x}" for letter in known)
    turn = " ".join(f"{each:.3f}" for each in seen.place(0, 0, wide, high).matrix)
    ground = (
        f"1 g 0 0 {wide:.3f} {high:.3f} re f" if "/MK" in field and "/BG" in field["/MK"] else ""
    )
    content = (
        f"/Tx BMC q {turn} cm {ground} BT 0 g {name} {size} Tf "
        f"{scale:.4f} 0 0 1 {(wide - long * scale) / 2:.3f} {_FOOT:.3f} Tm <{shown}> Tj ET Q EMC"
    )
    box = generic.ArrayObject(
        generic.FloatObject(round(side, 2))  # type: ignore[no-untyped-call]
        for side in (0, 0, x1 - x0, y1 - y0)
    )
    described = _entries(
        Type=pdf_name("/XObject"),
        Subtype=pdf_name("/Form"),
        BBox=box,
        Resources=_entries(Font=_entries(**{name[1:]: fonts.raw_get(name)})),
    )
    return generic.StreamObject(described, stream_data=content.encode("ascii"))


def _entries(**values: generic.PdfObject) -> generic.DictionaryObject:
    named = {pdf_name("/" + name): value for name, value in values.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]


def _letters(font: Any) -> tuple[dict[str, int], dict[str, float]]:  # a composite font of ours
    """Code and width (in thousandths) of every letter that the embedded font has."""
    program = font["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].data
    with TTFont(io.BytesIO(program)) as opened:
        cmap, advances = opened.getBestCmap() or {}, opened["hmtx"]
        scale = 1000 / opened["head"].unitsPerEm
        codes = {chr(code): opened.getGlyphID(glyph) for code, glyph in cmap.items()}
        widths = {chr(code): advances[glyph][0] * scale for code, glyph in cmap.items()}
    return codes, widths


def text_values(path: Path) -> dict[str, str]:
    """What the text fields of a file say now.

    Raises:
        Unreadable: `pdf_unreadable`.
    """
    with path.open("rb") as stream:
        try:
            form = IncrementalPdfFileWriter(stream, strict=False).root["/AcroForm"]
            found = [each.get_object() for each in form["/Fields"]]
            return {
                str(one["/T"]): str(one["/V"])
                for one in found
                if one["/FT"] == "/Tx" and "/V" in one
            }
        except DAMAGE as wrong:
            raise Unreadable("pdf_unreadable", said=type(wrong).__name__) from wrong
