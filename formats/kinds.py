"""What kind of file this is, really: from its bytes, never from its name.

PRONOM (by pygfried) answers first. Our own look follows where PRONOM cannot tell: text in old
encodings, e-mail, a PDF with a damaged head or tail, office packages and what hides in them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pygfried

from formats.confined import confined
from formats.errors import ProgramFailed, Unreadable
from formats.office_contents import (
    Contents,
    brings_a_document_type,
    look_into_ole,
    look_into_rtf,
    look_into_zip,
)
from formats.old_encodings import guess_encoding


class Family(StrEnum):
    """What can be done with a file."""

    PDF = "pdf"
    PICTURE = "picture"
    WRITING = "writing"
    TABLE = "table"
    SLIDES = "slides"
    TEXT = "text"
    EMAIL = "email"
    OTHER = "other"


@dataclass(frozen=True)
class Kind:
    """A kind of file, as the bytes tell it.

    Attributes:
        puid: PRONOM's identifier, None where it has none for these bytes.
        mime: "application/octet-stream" for the unknown.
        name: PRONOM's name of the format.
        version: of the format, may be empty.
        family: what can be done with it; archives, sound, film, drawings are OTHER.
        extension: the one this kind should have, without a dot.
        warnings: `name_disagrees`, `damaged`, `encrypted`, `external_links`, `embedded_objects`,
            `junk_before_header`, `macros`, `pronom_failed`, `remote_template`, `truncated`,
            `xml_entities`.
    """

    puid: str | None
    mime: str
    name: str
    version: str
    family: Family
    extension: str
    warnings: tuple[str, ...] = ()


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
# The first extension of a row is the right one; the others are usual names for the same kind.
_KNOWN: dict[str, tuple[Family, tuple[str, ...]]] = {
    "application/pdf": (Family.PDF, ("pdf",)),
    "image/jpeg": (Family.PICTURE, ("jpg", "jpeg", "jpe", "jfif")),
    "image/png": (Family.PICTURE, ("png",)),
    "image/tiff": (Family.PICTURE, ("tif", "tiff")),
    "image/bmp": (Family.PICTURE, ("bmp",)),
    "image/gif": (Family.PICTURE, ("gif",)),
    "image/webp": (Family.PICTURE, ("webp",)),
    "application/msword": (Family.WRITING, ("doc", "dot")),
    _OOXML + "wordprocessingml.document": (Family.WRITING, ("docx",)),
    _OOXML + "wordprocessingml.template": (Family.WRITING, ("dotx",)),
    "application/vnd.ms-word.document.macroEnabled.12": (Family.WRITING, ("docm",)),
    "application/vnd.ms-word.template.macroEnabled.12": (Family.WRITING, ("dotm",)),
    _ODF + "text": (Family.WRITING, ("odt",)),
    _ODF + "text-template": (Family.WRITING, ("ott",)),
    "application/rtf": (Family.WRITING, ("rtf", "doc")),
    "text/rtf": (Family.WRITING, ("rtf", "doc")),
    "application/vnd.ms-excel": (Family.TABLE, ("xls", "xlt")),
    _OOXML + "spreadsheetml.sheet": (Family.TABLE, ("xlsx",)),
    _OOXML + "spreadsheetml.template": (Family.TABLE, ("xltx",)),
    "application/vnd.ms-excel.sheet.macroEnabled.12": (Family.TABLE, ("xlsm",)),
    "application/vnd.ms-excel.sheet.binary.macroEnabled.12": (Family.TABLE, ("xlsb",)),
    _ODF + "spreadsheet": (Family.TABLE, ("ods",)),
    _ODF + "spreadsheet-template": (Family.TABLE, ("ots",)),
    "application/vnd.ms-powerpoint": (Family.SLIDES, ("ppt", "pps", "pot")),
    _OOXML + "presentationml.presentation": (Family.SLIDES, ("pptx",)),
    _OOXML + "presentationml.slideshow": (Family.SLIDES, ("ppsx",)),
    _OOXML + "presentationml.template": (Family.SLIDES, ("potx",)),
    "application/vnd.ms-powerpoint.presentation.macroEnabled.12": (Family.SLIDES, ("pptm",)),
    _ODF + "presentation": (Family.SLIDES, ("odp",)),
    _ODF + "presentation-template": (Family.SLIDES, ("otp",)),
    "message/rfc822": (Family.EMAIL, ("eml", "mht", "mhtml")),
    "text/plain": (Family.TEXT, ("txt", "csv", "json", "xml", "html", "htm")),
    "text/csv": (Family.TEXT, ("csv", "txt")),
    "text/html": (Family.TEXT, ("html", "htm")),
    "application/xml": (Family.TEXT, ("xml",)),
    "text/xml": (Family.TEXT, ("xml",)),
    "application/json": (Family.TEXT, ("json",)),
    "application/zip": (Family.OTHER, ("zip",)),
    "image/svg+xml": (Family.OTHER, ("svg",)),
}
_NAMED_KINDS = {extension for _, extensions in _KNOWN.values() for extension in extensions}
_PDF_PUIDS = dict(
    zip(
        ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"),
        (f"fmt/{n}" for n in range(14, 21)),
        strict=True,
    )
) | {"1.7": "fmt/276", "2.0": "fmt/1129"}
_EMAIL_PUIDS = {"fmt/278", "fmt/950"}
_UNKNOWN = "application/octet-stream"

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECONDS = 30.0
_PRONOM_MEGABYTES = 4096  # of address space, most of it only reserved by its runtime


def identify(path: Path, name: str | None = None) -> Kind:
    """Say what kind of file this is.

    Args:
        path: the file, under whatever name it is kept.
        name: the name it came with, to tell when name and bytes disagree; else that of the path.

    Raises:
        Unreadable: `empty_file`, `decompression_bomb` or `xml_entities`.
    """
    with path.open("rb") as file:
        start = file.read(65_536)
    if not start:
        raise Unreadable("empty_file")
    inside = _look_inside(path, start)
    known, troubles = _asked_pronom(path)
    kind = _by_pronom(path, known, inside) or _by_our_look(path, start)
    warnings = {*kind.warnings, *inside.warnings, *troubles}
    if kind.mime.endswith("xml") and brings_a_document_type(start) and b"<!ENTITY" in start:
        warnings.add("xml_entities")
    if _disagrees(name or path.name, kind):
        warnings.add("name_disagrees")
    return Kind(
        kind.puid,
        kind.mime,
        kind.name,
        kind.version,
        kind.family,
        kind.extension,
        tuple(sorted(warnings)),
    )


def _look_inside(path: Path, start: bytes) -> Contents:
    """Look into packages before anything else opens them, where they can do no harm."""
    looks = {_ZIP: look_into_zip, _OLE: look_into_ole, b"{\\rtf": look_into_rtf}
    for signature, look in looks.items():
        if start.startswith(signature):
            try:
                return confined(look, path, seconds=_SECONDS)
            except ProgramFailed as failed:
                raise Unreadable("decompression_bomb", why=failed.code) from failed
    return Contents(None, ())


def _asked_pronom(path: Path) -> tuple[list["pygfried.Match"], set[str]]:
    """What PRONOM takes the file for; and a warning when the file broke it."""
    try:
        found = confined(_pronom, path, seconds=_SECONDS, megabytes=_PRONOM_MEGABYTES)
    except ProgramFailed:
        return [], {"pronom_failed"}
    return found, set()


def _pronom(path: Path) -> list["pygfried.Match"]:
    try:
        return pygfried.identify(str(path), detailed=True)["files"][0]["matches"]
    except pygfried.GoError as error:
        raise ProgramFailed("crashed", program="pronom", said=str(error)[:200]) from error


def _by_pronom(path: Path, matches: list["pygfried.Match"], inside: Contents) -> Kind | None:
    """PRONOM's answer if it rests on bytes, and in place of a mere container what is inside."""
    for match in matches:
        by_bytes = "byte match" in match["basis"] or "container" in match["basis"]
        if match["id"] == "UNKNOWN" or not by_bytes:
            continue
        mime = _first_known(match["mime"])
        if match["id"] in _EMAIL_PUIDS:
            mime = "message/rfc822"
        if (inside.mime and mime not in _KNOWN) or (mime == "application/zip" and inside.mime):
            mime = inside.mime
        if mime == "application/xml" and _is_drawing(path):
            mime = "image/svg+xml"
        return _kind(mime or _UNKNOWN, match["id"], match["format"], match["version"])
    return None


def _first_known(mimes: str) -> str:
    listed = [mime.strip() for mime in mimes.split(",")]
    return next((mime for mime in listed if mime in _KNOWN), listed[0])


def _is_drawing(path: Path) -> bool:
    with path.open("rb") as file:
        return b"<svg" in file.read(4096)


def _kind(
    mime: str,
    puid: str | None = None,
    name: str = "",
    version: str = "",
    warnings: tuple[str, ...] = (),
) -> Kind:
    family, extensions = _KNOWN.get(mime, (Family.OTHER, ("bin",)))
    return Kind(puid, mime, name, version, family, extensions[0], warnings)


def _by_our_look(path: Path, start: bytes) -> Kind:
    if b"%PDF-" in start[:1024]:
        return _broken_pdf(path, start)
    if looks_like_mail(start):
        return _kind("message/rfc822", "fmt/278", "Internet Message Format")
    if guess_encoding(start).encoding != "binary":
        return _kind("text/plain", "x-fmt/111", "Plain Text File")
    return _kind(_UNKNOWN)


def _broken_pdf(path: Path, start: bytes) -> Kind:
    """A PDF that PRONOM did not know: something stands before its head, or its tail is gone."""
    said = re.search(rb"%PDF-(\d\.\d)", start[:1100])
    version = said.group(1).decode() if said else ""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 2048, 0))
        is_whole = b"%%EOF" in file.read()
    warnings = [] if start.startswith(b"%PDF-") else ["junk_before_header"]
    warnings += [] if is_whole else ["truncated"]
    name = "Acrobat PDF - Portable Document Format"
    return _kind("application/pdf", _PDF_PUIDS.get(version), name, version, tuple(warnings))


_HEADER = re.compile(rb"^([!-9;-~]{1,60}):", re.MULTILINE)
_SENDER = {b"from", b"received", b"return-path", b"delivered-to"}
_OTHERS = {b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"}


def looks_like_mail(start: bytes) -> bool:
    """Whether the file begins with the header of an e-mail: a sender and two more of its lines."""
    head = re.split(rb"\r?\n\r?\n", start[:65_536].lstrip(b"\xef\xbb\xbf"), maxsplit=1)[0]
    if not _HEADER.match(head):
        return False
    fields = {name.lower() for name in _HEADER.findall(head)}
    return bool(fields & _SENDER) and len(fields & _OTHERS) >= 2


def _disagrees(name: str, kind: Kind) -> bool:
    """Whether the name claims a kind we know which is not this one; no extension claims nothing."""
    extension = Path(name).suffix[1:].lower()
    if extension not in _NAMED_KINDS:
        return False
    _, usual = _KNOWN.get(kind.mime, (Family.OTHER, ()))
    return extension not in usual
