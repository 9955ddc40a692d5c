"""Form fields: each is drawn on its page as it looks, and is no field any more.

A field may hold a value that its file does not draw, trusting the viewer to do so. Such values
are written here, with letters that Vietnamese needs.
"""

import re
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, ObjectSet, Page, Pdf, Stream, String

from formats.fonts import WritingFont, font_file, writing_font
from formats.pdf_values import Findings, array, dictionary, number, words

_SIZE_ASKED = re.compile(rb"([\d.]+)\s+Tf")
_LARGEST_SIZE = 12.0
_MULTILINE = 1 << 12
_PASSWORD = 1 << 13
_DEEPEST = 32


def drop_form(pdf: Pdf, found: Findings) -> None:
    """Draw every field on its page as it looks, then forget that it was one."""
    form = dictionary(pdf.Root, Name.AcroForm)
    for name, kind, value in _fields(form):
        if kind == "/Sig":
            found.drop("signature" if value else "signature_field", name)
        else:
            found.drop("form_field", f"{name}={value}" if value else name)
    if Name.XFA in form:
        found.drop("xfa_form")
    _draw_values(pdf, form, found)
    if Name.NeedAppearances in form:
        del form[Name.NeedAppearances]
    _flatten_widgets(pdf, found)
    if Name.AcroForm in pdf.Root:
        del pdf.Root[Name.AcroForm]


def _flatten_widgets(pdf: Pdf, found: Findings) -> None:
    """Make widgets part of their pages; other annotations are laid aside meanwhile."""
    aside: list[tuple[Page, list[Object]]] = []
    for page in pdf.pages:
        widgets: list[Object] = []
        others: list[Object] = []
        for each in array(page.obj, Name.Annots):
            (widgets if _is_widget(each) else others).append(each)
        if widgets or others:
            page.obj[Name.Annots] = Array(widgets)
            aside.append((page, others))
        if widgets:
            found.notes.add("form_became_page_content")
    if "form_became_page_content" in found.notes:
        pdf.flatten_annotations("all")
    for page, others in aside:
        if others:
            page.obj[Name.Annots] = Array(others)
        elif Name.Annots in page.obj:
            del page.obj[Name.Annots]


def _is_widget(annotation: Object) -> bool:
    return isinstance(annotation, Dictionary) and annotation.get(Name.Subtype) == Name.Widget


# ── values that the file does not draw itself ────────────────────────────────────────────────


def _draw_values(pdf: Pdf, form: Dictionary, found: Findings) -> None:
    is_stale = form.get(Name.NeedAppearances) is not None and bool(form[Name.NeedAppearances])
    undrawn = [
        (widget, value)
        for page in pdf.pages
        for widget in array(page.obj, Name.Annots)
        if _is_widget(widget) and (value := _undrawn_value(widget, is_stale))
    ]
    if not undrawn:
        return
    letters = frozenset("".join(value for _, value in undrawn))
    font = writing_font(pdf, font_file("Sans"), letters)
    for widget, value in undrawn:
        asked = words(_inherited(widget, Name.DA)) or words(form.get(Name.DA))
        widget[Name.AP] = Dictionary(N=_appearance(pdf, widget, value, font, asked.encode()))
    found.notes.add("field_values_drawn")


def _undrawn_value(widget: Object, is_stale: bool) -> str:
    """What a text or choice field says without showing it; empty when it shows it."""
    if _inherited(widget, Name.FT) not in (Name.Tx, Name.Ch):
        return ""
    if isinstance(dictionary(widget, Name.AP).get(Name.N), Stream) and not is_stale:
        return ""
    flags = _inherited(widget, Name.Ff)
    if int(number(flags)) & _PASSWORD:
        return ""
    value = _inherited(widget, Name.V)
    return words(value) if isinstance(value, String) else ""


def _inherited(widget: Object, key: Name) -> Object | None:
    node: Object | None = widget
    for _ in range(_DEEPEST):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get(Name.Parent)
    return None


def _appearance(pdf: Pdf, widget: Object, value: str, font: WritingFont, asked: bytes) -> Stream:
    sides = [number(side) for side in array(widget, Name.Rect)] or [0.0] * 4
    wide, high = abs(sides[2] - sides[0]), abs(sides[3] - sides[1])
    lines = re.split(r"\r\n|\r|\n", value)
    size = float(said[1]) if (said := _SIZE_ASKED.search(asked)) else 0.0
    size = size or max(4.0, min(_LARGEST_SIZE, 0.75 * high / len(lines)))
    is_tall = int(number(_inherited(widget, Name.Ff))) & _MULTILINE or len(lines) > 1
    first = high - size if is_tall else (high - size * 0.7) / 2
    content = [b"/Tx BMC q BT 0 g /F %.2f Tf" % size]
    for place, line in enumerate(lines):
        known = "".join(letter for letter in line if letter in font.codes)
        down = first - place * size * 1.2
        content.append(b"1 0 0 1 2 %.2f Tm %s Tj" % (down, font.encode(known)))
    content.append(b"ET Q EMC")
    return Stream(
        pdf, b"\n".join(content), Type=Name.XObject, Subtype=Name.Form,
        BBox=Array([0, 0, round(wide, 2), round(high, 2)]),
        Resources=Dictionary(Font=Dictionary(F=font.font)),
    )  # fmt: skip


# ── what the fields say, for the report ──────────────────────────────────────────────────────


def _fields(form: Dictionary) -> Iterator[tuple[str, str, str]]:
    """Full name, type and value of every field that holds a value or could."""
    visited = ObjectSet()
    nothing: Object = Name.Unknown
    waiting = [(each, "", nothing) for each in reversed(array(form, Name.Fields))]
    while waiting:
        node, above, kind = waiting.pop()
        if not isinstance(node, Dictionary) or not visited.add(node):
            continue
        own = node.get(Name.T)
        name = ".".join(part for part in (above, words(own)) if part)
        kind = node.get(Name.FT, kind)
        children = [each for each in array(node, Name.Kids) if _is_field(each)]
        if children:
            waiting += [(each, name, kind) for each in reversed(children)]
        else:
            yield name, words(kind), _value(node.get(Name.V))


def _is_field(node: Object) -> bool:
    return isinstance(node, Dictionary) and Name.T in node


def _value(value: Object | None) -> str:
    if isinstance(value, Array):
        return ", ".join(words(each) for each in list(value)[:20])[:200]
    return words(value)[:200] or ("…" if value is not None else "")
