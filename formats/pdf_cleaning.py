"""Taking out of an open PDF what an archival copy may not hold, and listing every piece of it.

PDF/A forbids whatever acts (scripts, launching, players), hides (embedded files in PDF/A-2), or
depends on a viewer (form fields). What can be shown is kept as it looks: form fields become
part of the page, layers stay as they are switched. Links to places and addresses stay.
"""

import hashlib
import zlib

from pikepdf import Array, Dictionary, Name, Object, ObjectSet, Page, Pdf, Stream, String

from formats.form_fields import drop_form
from formats.pdf_values import Findings, array, dictionary, name_tree, words

KEPT_ACTIONS = frozenset({"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named"})
KEPT_NAMED_ACTIONS = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
KEPT_ANNOTATIONS = frozenset(
    f"/{name}"
    for name in (
        *("Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine"),
        *("Highlight", "Underline", "Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Popup"),
        *("PrinterMark", "TrapNet", "Watermark", "Redact"),
    )
)
MEDIA_ANNOTATIONS = frozenset({"/Movie", "/Sound", "/Screen", "/RichMedia", "/3D"})
_WITHOUT_APPEARANCE = frozenset({"/Link", "/Popup"})
_LONGEST_CHAIN = 50
_LARGEST_ATTACHMENT = 2 * 1024**3  # decoded; beyond it no digest is taken


def clean(pdf: Pdf, found: Findings) -> None:
    """Take out what PDF/A forbids; call it on a PDF opened with explicit conversion."""
    _drop_scripts(pdf, found)
    _drop_attachments(pdf, found)
    _drop_document_actions(pdf, found)
    for number, page in enumerate(pdf.pages, start=1):
        _clean_page(page, number, found)
    drop_form(pdf, found)
    _keep_layers_as_they_are(pdf, found)
    _drop_from_catalog(pdf, found)
    _drop_from_objects(pdf, found)


# ── scripts and actions ──────────────────────────────────────────────────────────────────────


def _drop_scripts(pdf: Pdf, found: Findings) -> None:
    names = dictionary(pdf.Root, Name.Names)
    for key, what in ((Name.JavaScript, "script"), (Name.AlternatePresentations, "presentation")):
        if key in names:
            entries = list(name_tree(names[key]))
            found.drop(what, ", ".join(name for name, _ in entries), max(1, len(entries)))
            del names[key]
    if Name.Renditions in names:
        found.drop("media")
        del names[Name.Renditions]


def _drop_document_actions(pdf: Pdf, found: Findings) -> None:
    _drop_additional_actions(pdf.Root, "document", found)
    _check_action(pdf.Root, Name.OpenAction, "document", found)
    visited, waiting = ObjectSet(), [dictionary(pdf.Root, Name.Outlines).get(Name.First)]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, Dictionary) and visited.add(entry):
            _check_action(entry, Name.A, "outline", found)
            waiting += [entry.get(Name.Next), entry.get(Name.First)]


def _drop_additional_actions(holder: Object, where: str, found: Findings) -> None:
    if Name.AA not in holder:
        return
    for trigger, action in dictionary(holder, Name.AA).items():
        kind = words(action.get(Name.S)) if isinstance(action, Dictionary) else trigger
        found.drop("script" if kind == "/JavaScript" else "action", f"{where} {kind[1:]}")
    del holder[Name.AA]


def _check_action(holder: Object, key: Name, where: str, found: Findings) -> None:
    """Keep an action that only leads somewhere; drop the others, and what they would do next."""
    action = holder.get(key)
    if not isinstance(action, Dictionary):
        return  # a destination, or nothing
    if not _may_stay(action, where, found):
        del holder[key]
        return
    for _ in range(_LONGEST_CHAIN):
        if Name.Next not in action:
            return
        following = action[Name.Next]
        if not isinstance(following, Dictionary):
            found.drop("action", f"{where} chain")
            break
        if not _may_stay(following, where, found):
            break
        action = following
    if Name.Next in action:
        del action[Name.Next]


def _may_stay(action: Dictionary, where: str, found: Findings) -> bool:
    kind = words(action.get(Name.S))
    named = words(action.get(Name.N))
    if kind in KEPT_ACTIONS and (kind != "/Named" or named in KEPT_NAMED_ACTIONS):
        return True
    what = "script" if kind == "/JavaScript" else "action"
    found.drop(what, f"{where} {kind[1:]}{_target(action)}")
    return False


def _target(action: Dictionary) -> str:
    """Which program or file a launching action names, for the report."""
    target = action.get(Name.F)
    if isinstance(target, Dictionary):
        target = target.get(Name.UF, target.get(Name.F))
    return f" ({words(target)[:100]})" if isinstance(target, String) else ""


# ── attachments ──────────────────────────────────────────────────────────────────────────────


def _drop_attachments(pdf: Pdf, found: Findings) -> None:
    names = dictionary(pdf.Root, Name.Names)
    for name, specification in name_tree(names.get(Name.EmbeddedFiles)):
        found.drop("attachment", _describe_attachment(name, specification))
    if Name.EmbeddedFiles in names:
        del names[Name.EmbeddedFiles]
    if Name.AF in pdf.Root:
        del pdf.Root[Name.AF]


def _describe_attachment(name: str, specification: Object) -> str:
    files = dictionary(specification, Name.EF) if isinstance(specification, Dictionary) else None
    stream = next(iter(files.values()), None) if files else None
    if not isinstance(stream, Stream):
        return name
    size, digest = _digest(stream)
    return f"{name} ({size} bytes, SHA-256 {digest})" if digest else name


def _digest(stream: Stream) -> tuple[int, str | None]:
    """Size and digest of what a stream holds, without ever holding it whole."""
    packed = stream.read_raw_bytes()
    filters = stream.get(Name.Filter)
    if filters is None:
        return len(packed), hashlib.sha256(packed).hexdigest()
    only = filters[0] if isinstance(filters, Array) and len(filters) == 1 else filters
    if only != Name.FlateDecode or Name.DecodeParms in stream:
        return 0, None
    size, digest, unpack = 0, hashlib.sha256(), zlib.decompressobj()
    try:
        while packed and not unpack.eof:
            piece = unpack.decompress(packed, 1 << 20)
            packed = unpack.unconsumed_tail
            digest.update(piece)
            size += len(piece)
            if size > _LARGEST_ATTACHMENT:
                return size, None
    except zlib.error:
        return size, None
    return size, digest.hexdigest()


# ── pages and annotations ────────────────────────────────────────────────────────────────────


def _clean_page(page: Page, number: int, found: Findings) -> None:
    where = f"page {number}"
    _drop_additional_actions(page.obj, where, found)
    for key in (Name.Thumb, Name.PresSteps, Name.AF):
        if key in page.obj:
            del page.obj[key]
    annotations = page.obj.get(Name.Annots)
    if annotations is None:
        return
    kept = [
        each
        for each in (annotations if isinstance(annotations, Array) else ())
        if isinstance(each, Dictionary) and _annotation_stays(each, where, found)
    ]
    if kept:
        page.obj[Name.Annots] = Array(kept)
    else:
        del page.obj[Name.Annots]


def _annotation_stays(annotation: Dictionary, where: str, found: Findings) -> bool:
    kind = words(annotation.get(Name.Subtype))
    if kind == "/Widget":
        return True  # becomes part of the page with the rest of its form
    if kind == "/FileAttachment":
        name = words(annotation.get(Name.Contents))
        found.drop("attachment", _describe_attachment(name, annotation.get(Name.FS) or annotation))
        return False
    if kind not in KEPT_ANNOTATIONS:
        what = "media" if kind in MEDIA_ANNOTATIONS else "annotation"
        found.drop(what, f"{where} {kind[1:]}")
        return False
    _drop_additional_actions(annotation, where, found)
    _check_action(annotation, Name.A, where, found)
    for key in (Name.PA, Name.AF):
        if key in annotation:
            del annotation[key]
    if kind in _WITHOUT_APPEARANCE:
        found.notes.add("links_kept") if kind == "/Link" else None
        return True
    if _reduce_appearance(annotation):
        found.notes.add("annotations_kept")
        return True
    said = words(annotation.get(Name.Contents))[:200]
    found.drop("annotation", f"{where} {kind[1:]}: {said}".removesuffix(": "))
    return False


def _reduce_appearance(annotation: Dictionary) -> bool:
    """Leave the normal appearance alone, as PDF/A asks; False when there is none."""
    appearances = dictionary(annotation, Name.AP)
    normal = appearances.get(Name.N)
    if isinstance(normal, Dictionary) and not isinstance(normal, Stream):
        state = annotation.get(Name.AS)
        normal = normal.get(state if isinstance(state, Name) else Name.Off)
    if not isinstance(normal, Stream):
        return False
    annotation[Name.AP] = Dictionary(N=normal)
    return True


# ── layers, catalog, objects ─────────────────────────────────────────────────────────────────


def _keep_layers_as_they_are(pdf: Pdf, found: Findings) -> None:
    """Layers stay, switched as they were; what would switch them by itself goes."""
    properties = pdf.Root.get(Name.OCProperties)
    if not isinstance(properties, Dictionary):
        return
    groups = [each for each in array(properties, Name.OCGs) if isinstance(each, Dictionary)]
    if not groups:
        del pdf.Root[Name.OCProperties]
        return
    found.notes.add("layers_kept")
    configurations = [properties.get(Name.D), *array(properties, Name.Configs)]
    for number, configuration in enumerate(configurations):
        if not isinstance(configuration, Dictionary):
            continue
        if Name.AS in configuration:
            found.drop("layer_rule")
            del configuration[Name.AS]
        configuration[Name.Name] = String(f"Layers {number}")
        if Name.Order in configuration:
            configuration[Name.Order] = Array(groups)
    for number, group in enumerate(groups):
        if not isinstance(group.get(Name.Name), String):
            group[Name.Name] = String(f"Layer {number}")


def _drop_from_catalog(pdf: Pdf, found: Findings) -> None:
    for key, what in (
        (Name.Collection, "portfolio_view"),
        (Name.Perms, "usage_rights"),
        (Name.Requirements, "requirement"),
        (Name.Legal, "legal_attestation"),
    ):
        if key in pdf.Root:
            found.drop(what)
            del pdf.Root[key]
    if pdf.is_encrypted:
        found.drop("usage_restrictions")


def _drop_from_objects(pdf: Pdf, found: Findings) -> None:
    """Entries that a viewer would follow instead of, or beside, what is shown."""
    for thing in pdf.objects:
        if not isinstance(thing, Dictionary | Stream):
            continue
        if Name.EF in thing:
            found.notes.add("embedded_file_reference_removed")
            del thing[Name.EF]
        if thing.get(Name.Type) == Name.FontDescriptor:
            for key in (Name.CIDSet, Name.CharSet):  # optional, and often wrong
                if key in thing:
                    del thing[key]
        if not isinstance(thing, Stream):
            continue
        kind = thing.get(Name.Subtype)
        for key in (Name.Alternates, Name.OPI) if kind == Name.Image else ():
            if key in thing:
                found.drop("alternate_picture")
                del thing[key]
        for key in (Name.OPI, Name.Ref, Name.PS, Name.Subtype2) if kind == Name.Form else ():
            if key in thing:
                found.drop("outside_reference")
                del thing[key]
