"""An e-mail as one file (EML): who, when, what it says, and what is attached, read under limits."""

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email._policybase import Compat32
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TypeAlias

from formats.confined import confined
from formats.errors import Unreadable
from formats.old_encodings import decode, guess_encoding
from formats.programs import MEGABYTE
from formats.vietnamese import nfc

_LARGEST = 128 * MEGABYTE
_MOST_PARTS = 1000
_DEEPEST = 30
_LONGEST_HEADER = 20_000
_LONGEST_HTML = 4_000_000
_SECONDS = 60.0
_MEGABYTES = 2048

_Part: TypeAlias = "Message[str, str]"


@dataclass(frozen=True)
class Attachment:
    """One attached file; the name is as the sender wrote it, so never use it as a path."""

    name: str
    mime: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Mail:
    """What an e-mail says; `date` is aware, or None where the header has none that can be read."""

    subject: str
    sender: str
    to: tuple[str, ...]
    date: datetime | None
    text: str
    attachments: tuple[Attachment, ...]


def read_mail(path: Path) -> Mail:
    """Read an e-mail.

    Raises:
        Unreadable: `mail_too_large`, `mail_too_many_parts`, `mail_too_deep` or `damaged`.
    """
    return confined(_read, path, seconds=_SECONDS, megabytes=_MEGABYTES)


def _read(path: Path) -> Mail:
    message = _open(path)
    parts = list(_leaves(message))
    return Mail(
        subject=_said(message, "Subject"),
        sender=_said(message, "From"),
        to=_people(message, "To", "Cc"),
        date=_date(message),
        text=_text(parts),
        attachments=tuple(_attachment(part, n) for n, part in _attached(parts)),
    )


def extract_attachment(path: Path, index: int) -> bytes:
    """The bytes of the attachment at this place in `Mail.attachments`.

    Raises:
        Unreadable: as `read_mail`, and `no_such_attachment`.
    """
    return confined(_extract, path, index, seconds=_SECONDS, megabytes=_MEGABYTES)


def _extract(path: Path, index: int) -> bytes:
    for number, part in _attached(list(_leaves(_open(path)))):
        if number == index:
            return _content(part)
    raise Unreadable("no_such_attachment", index=index)


class _AsWritten(Compat32):
    """Gives header fields as their bytes were, so that broken ones can still be read."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


def _open(path: Path) -> _Part:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable("mail_too_large", limit=_LARGEST)
    try:
        return email.message_from_bytes(data, policy=_AsWritten())
    except RecursionError as deep:
        raise Unreadable("mail_too_deep") from deep
    except MessageError as error:
        raise Unreadable("damaged") from error


def _leaves(message: _Part, depth: int = 0) -> Iterator[_Part]:
    """The parts that are no envelopes; a forwarded e-mail is one part, not taken apart."""
    if depth > _DEEPEST:
        raise Unreadable("mail_too_deep", limit=_DEEPEST)
    payload = message.get_payload()
    if message.get_content_type() == "message/rfc822" or not isinstance(payload, list):
        yield message
        return
    if len(payload) > _MOST_PARTS:
        raise Unreadable("mail_too_many_parts", limit=_MOST_PARTS)
    for part in payload:
        yield from _leaves(part, depth + 1)  # type: ignore[arg-type]  # a list holds messages


def _is_attached(part: _Part) -> bool:
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return (
        not is_text or bool(part.get_filename()) or part.get_content_disposition() == "attachment"
    )


def _attached(parts: list[_Part]) -> Iterator[tuple[int, _Part]]:
    return enumerate(part for part in parts if _is_attached(part))


def _attachment(part: _Part, number: int) -> Attachment:
    content = _content(part)
    mime = part.get_content_type()
    unnamed = f"attachment-{number + 1}{'.eml' if mime == 'message/rfc822' else ''}"
    name = _decoded(part.get_filename() or "") or unnamed
    return Attachment(name, mime, len(content), hashlib.sha256(content).hexdigest())


def _content(part: _Part) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):  # a forwarded e-mail
        return b"".join(inner.as_bytes() for inner in payload if isinstance(inner, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _said(message: _Part, field: str) -> str:
    return _decoded(str(message.get(field, "")))


def _decoded(header: str) -> str:
    """A header as people read it: encoded words decoded, folded lines joined."""
    joined = re.sub(r"\s*[\r\n]+\s*", " ", header[:_LONGEST_HEADER])
    try:
        pieces = decode_header(joined)
    except (HeaderParseError, ValueError):
        pieces = [(joined, None)]
    return nfc("".join(_piece(*piece) for piece in pieces)).strip()


def _piece(said: str | bytes, charset: str | None) -> str:
    """One piece of a header; raw bytes that broke the rules come back as text where possible."""
    if isinstance(said, str):
        said = said.encode("utf-8", "surrogateescape")
    return _as_text(said, charset)


def _as_text(data: bytes, charset: str | None) -> str:
    if charset and charset not in ("unknown-8bit", "us-ascii"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass  # the charset lies: let the bytes speak
    encoding = guess_encoding(data).encoding if data else "ascii"
    return data.decode("latin-1") if encoding == "binary" else decode(data, encoding)


def _people(message: _Part, *fields: str) -> tuple[str, ...]:
    found = [
        str(value)[:_LONGEST_HEADER] for field in fields for value in message.get_all(field, [])
    ]
    pairs = getaddresses([re.sub(r"\s*[\r\n]+\s*", " ", value) for value in found])
    named = ((_decoded(name), address) for name, address in pairs)
    return tuple(f"{name} <{address}>" if name else address for name, address in named if address)


def _date(message: _Part) -> datetime | None:
    try:
        date = parsedate_to_datetime(str(message.get("Date", ""))[:200])
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _text(parts: list[_Part]) -> str:
    """The plain text of the letter, or what its HTML says where it has no plain text."""
    bodies = [part for part in parts if not _is_attached(part)]
    plain = [part for part in bodies if part.get_content_type() == "text/plain"]
    said = [_body(part) for part in plain] or [_without_tags(_body(part)) for part in bodies]
    lines = "\n\n".join(said).replace("\r\n", "\n").replace("\r", "\n")
    return nfc(lines.replace("\0", "")).strip()


def _body(part: _Part) -> str:
    return _as_text(_content(part), part.get_content_charset())


class _Words(HTMLParser):
    """Gathers the words of HTML and drops what is never shown."""

    _hidden = frozenset(("script", "style", "title"))
    _breaks = frozenset(("p", "br", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._hidden:
            self._within.append(tag)
        if tag in self._breaks:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.words.append(data)


def _without_tags(html: str) -> str:
    reader = _Words()
    reader.feed(html[:_LONGEST_HTML])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
