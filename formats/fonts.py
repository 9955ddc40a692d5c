"""Fonts inside PDFs: a font without shapes for text layers, and real ones where a file brings none.

PDF/A asks that every font shown is embedded. Files that rely on a reader's Times, Helvetica or
Courier get the Liberation fonts, which have the same widths, letter for letter.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools import agl, subset
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from pikepdf.pdfa._fontuse import font_codes  # which codes are shown: no public name for it yet

from formats.errors import ProgramMissing

GLYPH_WIDTH = 500
FOLDERS = (
    Path("/usr/share/fonts/truetype/liberation2"),
    Path("/usr/share/fonts/truetype/liberation"),
)
FALLBACKS = (  # for signs that Liberation lacks
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
)
_WIDEST_DIFFERENCE = 30  # thousandths of the size; beyond it the lines would not fit any more
_NONSYMBOLIC = 32
_IDENTITY_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end
"""


@dataclass(frozen=True)
class FontsMended:
    """Names of fonts that were embedded, and of those shown for which there is no stand-in."""

    embedded: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def font_file(family: str, *, bold: bool = False, italic: bool = False) -> Path:
    """The file of a Liberation font ("Sans", "Serif", "Mono") on this machine.

    Raises:
        ProgramMissing: none is installed.
    """
    style = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
    for folder in FOLDERS:
        path = folder / f"Liberation{family}-{style}.ttf"
        if path.is_file():
            return path
    raise ProgramMissing("program_missing", program="fonts-liberation2")


# ── the font without shapes ──────────────────────────────────────────────────────────────────


def glyphless_font(pdf: Pdf) -> Object:
    """A font in which every UTF-16 unit has a place, a width and a meaning, but nothing to see."""
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Blank, Flags=5, ItalicAngle=0,
        FontBBox=Array([0, 0, GLYPH_WIDTH, 1000]), Ascent=800, Descent=-200, CapHeight=800,
        StemV=80, FontFile2=Stream(pdf, _blank_program()),
    )  # fmt: skip
    inner = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Blank, DW=GLYPH_WIDTH,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"),
                                 Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        CIDToGIDMap=Stream(pdf, b"\x00\x01" * 0x10000),
    )  # fmt: skip
    outer = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Blank, Encoding=Name("/Identity-H"),
        ToUnicode=Stream(pdf, _IDENTITY_TO_UNICODE),
        DescendantFonts=Array([pdf.make_indirect(inner)]),
    )  # fmt: skip
    return pdf.make_indirect(outer)


@lru_cache(maxsize=1)
def _blank_program() -> bytes:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({".notdef": Glyph(), "blank": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (GLYPH_WIDTH, 0), "blank": (GLYPH_WIDTH, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Blank", "styleName": "Regular", "psName": "Blank"})
    builder.setupOS2()
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()


# ── a font to write with ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class WritingFont:
    """An embedded font: its object, the code of each letter it has, and widths in thousandths."""

    font: Object
    codes: Mapping[str, int]
    widths: Mapping[str, int]

    def encode(self, text: str) -> bytes:
        """A string for the page's content; every letter must be one of the font's."""
        return b"<%s>" % "".join(f"{self.codes[letter]:04x}" for letter in text).encode()


def writing_font(pdf: Pdf, path: Path, letters: frozenset[str]) -> WritingFont:
    """Embed what a font file has of these letters, so that they can be written and read back."""
    program, widths = _program(path, letters)
    with TTFont(io.BytesIO(program)) as font:
        cmap = font.getBestCmap() or {}
        codes = {letter: font.getGlyphID(cmap[ord(letter)]) for letter in widths}
    name = Name("/" + path.stem)
    by_code = {code: letter for letter, code in codes.items()}
    known = sorted(by_code)
    across: list[Object | int] = []
    for code in known:
        across += [code, Array([widths[by_code[code]]])]
    inner = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, W=Array(across), DW=0,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"),
                                 Supplement=0),
        FontDescriptor=pdf.make_indirect(_descriptor(pdf, path, program)),
        CIDToGIDMap=Name.Identity,
    )  # fmt: skip
    meanings = (
        f"<{code:04x}> <{by_code[code].encode('utf-16-be').hex()}>".encode() for code in known
    )
    outer = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
        ToUnicode=Stream(pdf, _to_unicode(list(meanings))),
        DescendantFonts=Array([pdf.make_indirect(inner)]),
    )  # fmt: skip
    return WritingFont(pdf.make_indirect(outer), codes, widths)


def _to_unicode(meanings: list[bytes]) -> bytes:
    head, tail = _IDENTITY_TO_UNICODE.split(b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\n")
    parts = (meanings[at : at + 100] for at in range(0, len(meanings), 100))
    said = (b"%d beginbfchar\n%s\nendbfchar\n" % (len(part), b"\n".join(part)) for part in parts)
    return head + b"".join(said) + tail


# ── fonts that a file relies on without bringing them ────────────────────────────────────────


def embed_missing_fonts(pdf: Pdf) -> FontsMended:
    """Embed a stand-in for every simple font that is shown but not embedded, where one fits."""
    lacking = [font for font in pdf.objects if isinstance(font, Dictionary) and _lacks(font)]
    if not lacking:
        return FontsMended()
    shown = font_codes(pdf)
    embedded, missing = set(), set()
    for font in lacking:
        codes = set(range(32, 256)) if shown is None else shown.get(font.objgen, set())
        name = str(font.get(Name.BaseFont, Name.Unknown))[1:]
        if not codes:
            continue
        if shown is not None and _embed(pdf, font, name, codes):
            embedded.add(name)
        else:
            missing.add(name)
    return FontsMended(tuple(sorted(embedded)), tuple(sorted(missing)))


def _lacks(font: Dictionary) -> bool:
    if font.get(Name.Type) != Name.Font:
        return False
    kind = font.get(Name.Subtype)
    if kind == Name.Type0:
        inner = font.get(Name.DescendantFonts)
        first = inner[0] if isinstance(inner, Array) and len(inner) else None
        return isinstance(first, Dictionary) and not _has_program(first)
    simple = kind in (Name.Type1, Name.MMType1, Name.TrueType)
    return simple and not _has_program(font)


def _has_program(font: Dictionary) -> bool:
    descriptor = font.get(Name.FontDescriptor)
    programs = (Name.FontFile, Name.FontFile2, Name.FontFile3)
    return isinstance(descriptor, Dictionary) and any(key in descriptor for key in programs)


def _embed(pdf: Pdf, font: Dictionary, name: str, codes: set[int]) -> bool:
    """Make the font a TrueType font of the family it names; False when that would change text."""
    path = _stand_in(name)
    encoding = _letters_by_code(font, name)
    if path is None or encoding is None or not codes <= encoding.keys():
        return False
    program, widths = _program(path, frozenset(encoding.values()))
    if not codes <= {code for code, letter in encoding.items() if letter in widths}:
        return False
    drawn = {code: widths[letter] for code, letter in encoding.items() if letter in widths}
    if not _widths_agree(font, drawn, codes):
        return False
    unlike = {
        code: encoding[code] for code in sorted(codes) if _WIN_ANSI.get(code) != encoding[code]
    }
    if not all(ord(letter) in agl.UV2AGL for letter in unlike.values()):
        return False
    first, last = min(drawn), max(drawn)
    differences: list[Object | int] = []
    for code, letter in unlike.items():
        differences += [code, Name("/" + agl.UV2AGL[ord(letter)])]
    for key in (Name.Encoding, Name.Widths, Name.FontDescriptor, Name.FirstChar, Name.LastChar):
        if key in font:
            del font[key]
    font[Name.Subtype] = Name.TrueType
    font[Name.BaseFont] = Name("/" + path.stem)
    font[Name.FirstChar], font[Name.LastChar] = first, last
    font[Name.Widths] = Array([drawn.get(code, 0) for code in range(first, last + 1)])
    font[Name.Encoding] = Dictionary(
        Type=Name.Encoding, BaseEncoding=Name.WinAnsiEncoding, Differences=Array(differences)
    )
    font[Name.FontDescriptor] = pdf.make_indirect(_descriptor(pdf, path, program))
    return True


def _stand_in(name: str) -> Path | None:
    plain = name.split("+")[-1].lower().replace(" ", "")
    families = {"helvetica": "Sans", "arial": "Sans", "times": "Serif", "courier": "Mono"}
    family = next((ours for theirs, ours in families.items() if plain.startswith(theirs)), None)
    if family is None or "narrow" in plain or "black" in plain:
        return None
    slanted = "italic" in plain or "oblique" in plain
    return font_file(family, bold="bold" in plain, italic=slanted)


def _letters_by_code(font: Dictionary, name: str) -> dict[int, str] | None:
    """Which letter each code means, or None when the encoding is not a plain one."""
    if font.get(Name.Subtype) == Name.Type0:
        return None
    encoding = font.get(Name.Encoding)
    base: Object | None = encoding
    if isinstance(encoding, Dictionary):
        base = encoding.get(Name.BaseEncoding)
    default = _STANDARD if font.get(Name.Subtype) != Name.TrueType else _WIN_ANSI
    known: dict[Object | None, Mapping[int, str]] = {
        None: default, Name.WinAnsiEncoding: _WIN_ANSI, Name.StandardEncoding: _STANDARD,
        Name.MacRomanEncoding: _MAC_ROMAN,
    }  # fmt: skip
    table = next((letters for key, letters in known.items() if key == base), None)
    if table is None:
        return None
    letters = dict(table)
    code = 0
    differences = encoding.get(Name.Differences) if isinstance(encoding, Dictionary) else None
    for item in list(differences) if isinstance(differences, Array) else []:
        if not isinstance(item, Name):
            code = int(item)
            continue
        letter = agl.toUnicode(str(item)[1:])
        if len(letter) == 1:
            letters[code] = letter
        else:
            letters.pop(code, None)
        code += 1
    return letters


def _widths_agree(font: Dictionary, drawn: Mapping[int, int], codes: set[int]) -> bool:
    widths = font.get(Name.Widths)
    if not isinstance(widths, Array):
        return True  # one of the standard fonts: the widths are the family's
    first = font.get_int(Name.FirstChar, 0)
    given = {first + place: float(width) for place, width in enumerate(widths)}
    return all(abs(given.get(code, 0) - drawn[code]) <= _WIDEST_DIFFERENCE for code in codes)


def _descriptor(pdf: Pdf, path: Path, program: bytes) -> Dictionary:
    font = TTFont(io.BytesIO(program))
    scale = 1000 / font["head"].unitsPerEm
    head, across = font["head"], font["hhea"]
    capitals = getattr(font["OS/2"], "sCapHeight", across.ascent)
    box = (head.xMin, head.yMin, head.xMax, head.yMax)
    return Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/" + path.stem), Flags=_NONSYMBOLIC,
        FontBBox=Array([round(side * scale) for side in box]),
        ItalicAngle=round(font["post"].italicAngle), Ascent=round(across.ascent * scale),
        Descent=round(across.descent * scale), CapHeight=round(capitals * scale),
        StemV=140 if "Bold" in path.stem else 80, FontFile2=Stream(pdf, program),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _program(path: Path, letters: frozenset[str]) -> tuple[bytes, dict[str, int]]:
    """A font file with these letters only, and their widths in thousandths."""
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["DSIG", "GPOS", "GSUB", "GDEF", "FFTM", "kern"]
    with TTFont(path, recalcTimestamp=False) as font:
        chosen = subset.Subsetter(options)
        chosen.populate(unicodes=[ord(letter) for letter in letters])
        chosen.subset(font)
        scale = 1000 / font["head"].unitsPerEm
        advances = font["hmtx"]
        cmap = font.getBestCmap() or {}
        widths = {
            letter: round(advances[cmap[ord(letter)]][0] * scale)
            for letter in letters
            if ord(letter) in cmap
        }
        written = io.BytesIO()
        font.save(written)
    return written.getvalue(), widths


def _table(codec: str, first: int = 32) -> dict[int, str]:
    letters = {}
    for code in range(first, 256):
        letter = bytes([code]).decode(codec, "ignore")
        if letter and letter.isprintable():
            letters[code] = letter
    return letters


_WIN_ANSI: Mapping[int, str] = {**_table("cp1252"), 0xA0: " ", 0xAD: "-"}
_MAC_ROMAN: Mapping[int, str] = {**_table("mac_roman"), 0xCA: " "}
_STANDARD: Mapping[int, str] = {
    **_table("ascii"), 0x27: "\u2019", 0x60: "\u2018",
    0xA1: "¡", 0xA2: "¢", 0xA3: "£", 0xA4: "\u2044", 0xA5: "¥", 0xA7: "§", 0xA9: "'",
    0xAA: "“", 0xAB: "«", 0xAC: "‹", 0xAD: "›", 0xB1: "\u2013", 0xB2: "†", 0xB3: "‡",
    0xB6: "¶", 0xB7: "•", 0xB8: "‚", 0xB9: "„", 0xBA: "”", 0xBB: "»", 0xBC: "…", 0xBD: "‰",
    0xBF: "¿", 0xD0: "\u2014", 0xE1: "Æ", 0xE9: "Ø", 0xEA: "Œ", 0xF1: "æ", 0xF9: "ø",
    0xFA: "œ", 0xFB: "ß",
}  # fmt: skip
