"""What lies hidden in office files: macros, templates and pictures fetched from elsewhere, bombs.

Nothing is opened by an office program here. Packages are read under limits, XML is refused as
soon as it brings a document type of its own, and nothing is ever expanded or fetched.
"""

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import olefile
from lxml import etree

from formats.errors import Unreadable
from formats.programs import MEGABYTE

_MOST_ENTRIES = 20_000
_MOST_UNPACKED = 4096 * MEGABYTE
_LARGE = 64 * MEGABYTE  # below this a high ratio is only good packing
_HIGHEST_RATIO = 150
_MOST_RELATIONS = 300
_PART = 16 * MEGABYTE

_ODF_MIME = re.compile(rb"application/vnd\.oasis\.opendocument\.[a-z-]{1,30}")
_OOXML = "application/vnd.openxmlformats-officedocument."
_OOXML_MAIN = {
    "word/": _OOXML + "wordprocessingml.document",
    "xl/": _OOXML + "spreadsheetml.sheet",
    "ppt/": _OOXML + "presentationml.presentation",
}
_OLE_MAIN = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_ELSEWHERE = re.compile(r"(?:https?|ftps?|smb|webdav):|//|\\\\|file:/{2,5}(?![A-Za-z]:|/)", re.I)
_ODF_LINK = re.compile(
    rb"<(?:draw:(?!a\b)[a-z-]+|text:section-source|table:table-source)\b[^>]{0,4000}?"
    rb"xlink:href=\"(?:https?:|ftp:|smb:|//|\\\\)"
)
_ODF_TEMPLATE = re.compile(rb"<meta:template\b[^>]{0,4000}?xlink:href=\"(?:https?:|ftp:|smb:|//)")


@dataclass(frozen=True)
class Contents:
    """What a look inside a file told: its own idea of its kind, and warnings, sorted."""

    mime: str | None
    warnings: tuple[str, ...]


def look_into_zip(path: Path) -> Contents:
    """Say what an office package holds that could do harm; plain archives are only measured.

    Raises:
        Unreadable: `decompression_bomb` or `xml_entities`.
    """
    try:
        with zipfile.ZipFile(path) as package:
            _refuse_bomb(package.infolist())
            names = set(package.namelist())
            if "[Content_Types].xml" in names:
                return _look_into_ooxml(package, names)
            if "mimetype" in names and "content.xml" in names:
                return _look_into_odf(package, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return Contents(None, ("damaged",))  # RuntimeError: a part locked by a password
    return Contents(None, ())


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_inflated = unpacked > _LARGE and unpacked > _HIGHEST_RATIO * max(packed, 1)
    is_hidden = any(
        entry.file_size > _LARGE and entry.file_size > _HIGHEST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    is_too_much = len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED
    if is_inflated or is_hidden or is_too_much or _overlap(entries):
        raise Unreadable("decompression_bomb", entries=len(entries), unpacked=unpacked)


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Entries that share their packed bytes unpack to far more than the file can hold."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    return any(
        before.header_offset + 30 + before.compress_size > after.header_offset
        for before, after in pairwise(ordered)
    )


def _part(package: zipfile.ZipFile, name: str, most: int = _PART) -> bytes:
    with package.open(name) as part:
        return part.read(most)


def _refuse_own_types(package: zipfile.ZipFile, names: set[str]) -> None:
    """Office packages never bring a document type; one that does wants entities expanded."""
    for name in sorted(names)[:_MOST_ENTRIES]:
        if name.endswith((".xml", ".rels")) and brings_a_document_type(
            _part(package, name, 65_536)
        ):
            raise Unreadable("xml_entities", part=name)


def brings_a_document_type(start: bytes) -> bool:
    """Whether XML, in any encoding, declares its own document type or entities."""
    plain = start.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _look_into_ooxml(package: zipfile.ZipFile, names: set[str]) -> Contents:
    _refuse_own_types(package, names)
    warnings = set()
    types = _part(package, "[Content_Types].xml")
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        warnings.add("macros")
    for name in sorted(name for name in names if name.endswith(".rels"))[:_MOST_RELATIONS]:
        warnings |= _relations_elsewhere(_part(package, name))
    main = (
        mime for folder, mime in _OOXML_MAIN.items() if any(n.startswith(folder) for n in names)
    )
    return Contents(next(main, None), tuple(sorted(warnings)))


def _relations_elsewhere(xml: bytes) -> set[str]:
    """Warnings for what would be fetched from elsewhere; links people click are no warning."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return {"damaged"}
    found = set()
    for relation in root.iter("{*}Relationship"):
        kind = relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode") != "External" or kind == "hyperlink":
            continue
        if _ELSEWHERE.match(relation.get("Target", "").strip()):
            found.add("remote_template" if kind == "attachedTemplate" else "external_links")
    return found


def _look_into_odf(package: zipfile.ZipFile, names: set[str]) -> Contents:
    _refuse_own_types(package, names)
    warnings = set()
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
        warnings.add("macros")
    if _ODF_LINK.search(_part(package, "content.xml")):
        warnings.add("external_links")
    if "meta.xml" in names and _ODF_TEMPLATE.search(_part(package, "meta.xml")):
        warnings.add("remote_template")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in _part(package, manifest):
        warnings.add("encrypted")
    mime = _ODF_MIME.match(_part(package, "mimetype", 200))
    return Contents(mime.group().decode() if mime else None, tuple(sorted(warnings)))


def look_into_ole(path: Path) -> Contents:
    """Say what an old office file (DOC, XLS, PPT) holds that could do harm."""
    try:
        with olefile.OleFileIO(str(path)) as file:
            streams = [entry for entry in file.listdir()][:_MOST_ENTRIES]
            main = next((entry[0] for entry in streams if entry[0] in _OLE_MAIN), None)
            warnings = _ole_warnings(file, streams, main)
    except (OSError, ValueError, IndexError, struct.error):
        return Contents(None, ("damaged",))
    return Contents(_OLE_MAIN[main] if main else None, tuple(sorted(warnings)))


def _ole_warnings(
    file: "olefile.OleFileIO", streams: list[list[str]], main: str | None
) -> set[str]:
    parts = {part.lower() for entry in streams for part in entry}
    warnings = set()
    if parts & {"vba", "macros", "_vba_project_cur", "_vba_project"}:
        warnings.add("macros")
    if "encryptedpackage" in parts or _is_locked(file, main):
        warnings.add("encrypted")
    return warnings


def _is_locked(file: "olefile.OleFileIO", main: str | None) -> bool:
    """Whether the file itself says that a password locks it (Word's flag, Excel's record)."""
    if main == "WordDocument":
        start = file.openstream(main).read(12)
        return len(start) == 12 and bool(start[11] & 0x01)
    if main in ("Workbook", "Book"):
        return _has_record(file.openstream(main).read(4096), 0x2F)
    return False


def _has_record(data: bytes, wanted: int) -> bool:
    offset = 0
    while offset + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, offset)
        if kind == wanted:
            return True
        offset += 4 + length
    return False


def look_into_rtf(path: Path) -> Contents:
    """Say whether an RTF fetches its template or carries objects, by its first megabyte."""
    with path.open("rb") as file:
        start = file.read(MEGABYTE)
    warnings = set()
    template = re.search(rb"\{\\\*\\template\s+([^}]{1,2000})", start)
    if template and _ELSEWHERE.match(template.group(1).decode("latin-1").strip()):
        warnings.add("remote_template")
    if b"\\objdata" in start:
        warnings.add("embedded_objects")
    return Contents("application/rtf", tuple(sorted(warnings)))
