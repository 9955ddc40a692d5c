"""Reading a message of the axis: hostile XML of any size, whose files are never held in memory.

The XML is read as a stream in a child process: a document type or an entity ends it, what is not
named by the standard is passed over, and each file goes from its base64 into a ZIP on the disk, out
of which its one member is taken. What is wrong with a file does not hide the envelope, so that the
sender can be answered.
"""

import hashlib
import re
import zipfile
import zlib
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from formats.confined import confined
from formats.edxml import (
    MOST_PRIORITY,
    NOT_STEERING,
    STATUSES,
    About,
    Business,
    Correspondent,
    Enclosure,
    Header,
    Message,
    Problem,
    Status,
    Trace,
    bare_id,
)
from formats.edxml_stream import Element, Stream
from formats.errors import Unreadable
from formats.programs import MEGABYTE
from formats.vietnamese import nfc

LARGEST = 512 * MEGABYTE  # of the message, and of all its files together
_READ = 64 * 1024
_SECONDS, _MEGABYTES = 300.0, 1024
_ZIP = b"PK\x03\x04"
_DAY = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def read_message(path: Path, room: Path, *, largest: int = LARGEST) -> Message:
    """Read a message and lay its files into an empty folder, under numbers.

    Args:
        path: the file as it was received.
        room: where its files go.
        largest: bytes that the message may have, and all its files together.

    Raises:
        Unreadable: `not_edxml`, `xml_entities`, `damaged`, `message_too_large`,
            `message_too_much` (elements, words or files without end).
        ProgramFailed: see `formats.confined`.
    """
    return confined(
        partial(_read, largest=largest), path, room, seconds=_SECONDS, megabytes=_MEGABYTES
    )


def _read(path: Path, room: Path, *, largest: int) -> Message:
    stream = Stream(room, largest)
    if path.stat().st_size > 2 * largest:
        raise Unreadable("message_too_large", limit=largest)
    with path.open("rb") as file:
        stream.read(file)
    return _Understood(stream, room, largest).message()


# What it says -------------------------------------------------------------------------------------


class _Understood:
    """The message that a tree is, and what is wrong with it."""

    def __init__(self, stream: Stream, room: Path, largest: int) -> None:
        root = stream.root
        if root is None or root.name != "edXML":
            raise Unreadable("not_edxml", root=root.name if root else "")
        envelope = root.first("edXMLEnvelope")
        head = envelope.first("edXMLHeader")
        self._root, self._stream, self._room, self._left = root, stream, room, largest
        self._about = head.first("MessageHeader")
        if not self._about.inside:
            self._about = head.first("MessageStatus")  # as one family of writers calls it
        if not self._about.inside:
            raise Unreadable("not_edxml", root=root.name)
        self._way = head.first("TraceHeaderList")
        self._manifest = envelope.first("edXMLBody", "edXMLManifest")
        if not self._manifest.inside:
            self._manifest = root.first("edXMLBody", "edXMLManifest")
        self._problems: list[Problem] = []

    def message(self) -> Message:
        status = self._status()
        header = self._header()
        if not (header.sender.organ_id or header.sender.name):
            self._wrong("sender_missing")
        if status is None and not header.subject:
            self._wrong("subject_missing")
        enclosures = self._enclosures() if status is None else ()
        return Message(
            header=header,
            business=self._business(),
            traces=tuple(
                Trace(one.says("OrganId"), one.says("Timestamp"))
                for one in self._way.all("TraceHeader")
            ),
            status=status,
            enclosures=enclosures,
            problems=tuple(dict.fromkeys(self._problems)),
            is_signed=self._stream.is_signed,
        )

    def _wrong(self, code: str, about: str = "") -> None:
        self._problems.append(Problem(code, about))

    def _header(self) -> Header:
        says, other = self._about.says, self._about.first("OtherInfo")
        return Header(
            sender=_correspondent(self._about.first("From")),
            receivers=tuple(_correspondent(one) for one in self._about.all("To")),
            document_id=says("DocumentId"),
            number=says("Code", "CodeNumber"),
            notation=says("Code", "CodeNotation"),
            place=says("PromulgationInfo", "Place"),
            issued_on=self._day(says("PromulgationInfo", "PromulgationDate")),
            type_code=says("DocumentType", "Type"),
            type_name=says("DocumentType", "TypeName"),
            subject=says("Subject"),
            content=says("Content"),
            signer_name=says("SignerInfo", "FullName"),
            signer_position=says("SignerInfo", "Position"),
            signer_competence=says("SignerInfo", "Competence"),
            due_on=self._day(says("DueDate")),
            to_places=_words(self._about.first("ToPlaces").all("Place")),
            priority=min(_number(other.says("Priority")) or 0, MOST_PRIORITY),
            sphere=other.says("SphereOfPromulgation"),
            drafted_by=other.says("TyperNotation"),
            copies=_number(other.says("PromulgationAmount")),
            pages=_number(other.says("PageAmount")),
            direction=other.says("Direction"),
            steering=_number(says("SteeringType")) or NOT_STEERING,
            appendixes=_words(other.first("Appendixes").all("Appendix")),
            response_for=tuple(self._spoken_of(one) for one in self._about.all("ResponseFor")),
        )

    def _spoken_of(self, element: Element) -> About:
        return About(
            organ_id=element.says("OrganId"),
            number=element.says("Code", "CodeNumber"),
            notation=element.says("Code", "CodeNotation"),
            issued_on=self._day(element.says("PromulgationDate")),
            document_id=element.says("DocumentId"),
        )

    def _business(self) -> Business:
        told = self._way.first("Bussiness")  # so it is written
        kind = _number(told.says("BussinessDocType"))
        if kind is not None and kind not in (0, 1, 2, 3):
            self._wrong("unknown_business", str(kind))
        replaced = told.first("ReplacementInfoList").all("ReplacementInfo")
        named = [told.says("DocumentId"), *(one.says("DocumentId") for one in replaced)]
        return Business(
            kind=kind or 0,
            reason=told.says("BussinessDocReason"),
            documents=tuple(dict.fromkeys(one for one in named if one)),
        )

    def _status(self) -> Status | None:
        code = self._about.says("StatusCode")
        if not code:
            return None
        return Status(
            code=code.zfill(2) if code.zfill(2) in STATUSES else code,
            about=self._spoken_of(self._about.first("ResponseFor")),
            description=self._about.says("Description"),
            at=self._about.says("Timestamp"),
        )

    def _day(self, text: str) -> date | None:
        if not text:
            return None
        found, reverse = _DAY.match(text), _DAY_FIRST.match(text)
        parts = found.groups() if found else reverse.groups()[::-1] if reverse else None
        with suppress(ValueError):
            if parts is not None:
                return date(*map(int, parts))
        self._wrong("bad_date", text[:40])
        return None

    # Its files --------------------------------------------------------------------------------

    def _enclosures(self) -> tuple[Enclosure, ...]:
        """The files in the order of the manifest; each is listed there once and came once."""
        came: dict[str, Element] = {}
        for one in self._root.first("AttachmentEncoded").all("Attachment"):
            key = bare_id(one.says("ContentId"))
            if key in came:
                self._wrong("attachment_twice", one.says("AttachmentName"))
            came.setdefault(key, one)
        listed: dict[str, Element] = {}
        for one in self._manifest.all("Reference"):
            key = bare_id(one.says("ContentId"))
            if key in listed:
                self._wrong("attachment_twice", one.says("AttachmentName"))
            listed.setdefault(key, one)
        for key, one in came.items():
            if key not in listed:
                self._wrong("attachment_unlisted", one.says("AttachmentName"))
        for key, one in listed.items():
            if key not in came:
                self._wrong("attachment_missing", one.says("AttachmentName"))
        if not listed:
            self._wrong("no_attachment")
        there = [(key, one) for key, one in listed.items() if key in came]
        taken = (self._enclosure(key, one, came[key]) for key, one in there)
        return tuple(one for one in taken if one is not None)

    def _enclosure(self, key: str, listed: Element, came: Element) -> Enclosure | None:
        name = came.says("AttachmentName") or listed.says("AttachmentName") or key
        encoded = came.first("ContentTransferEncoded").decoded
        if encoded is None or encoded.is_broken:
            self._wrong("attachment_broken", name)
            return None
        try:
            path, member = self._unpacked(encoded.path)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            self._wrong("attachment_broken", name)
            return None
        except _Wrong as wrong:
            self._wrong(str(wrong), name)
            return None
        size, digest = _measured(path)
        return Enclosure(
            content_id=key,
            name=name if "." in name else member or name,
            mime=listed.says("ContentType") or came.says("ContentType"),
            description=listed.says("Description") or came.says("Description"),
            path=path,
            size=size,
            sha256=digest,
        )

    def _unpacked(self, path: Path) -> tuple[Path, str]:
        """The one file in the ZIP, and its name there; some writers pack nothing."""
        with path.open("rb") as file:
            start = file.read(4)
        if not start:
            raise _Wrong("attachment_empty")
        if start != _ZIP or not _holds_one_file(path):
            self._spend(path.stat().st_size)
            return path, ""
        with zipfile.ZipFile(path) as package:
            member = next(one for one in package.infolist() if not one.is_dir())
            if member.flag_bits & 1:
                raise _Wrong("attachment_locked")
            out = path.with_suffix(".file")
            with package.open(member) as packed, out.open("wb") as file:
                while chunk := packed.read(_READ):
                    self._spend(len(chunk))
                    file.write(chunk)
        path.unlink()
        if not out.stat().st_size:
            raise _Wrong("attachment_empty")
        return out, nfc(member.filename).rpartition("/")[2]

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Unreadable("message_too_large")


class _Wrong(Exception):
    """What is wrong with one file."""


def _holds_one_file(path: Path) -> bool:
    """Whether it is a wrapping, and no office file or archive that was sent as it is.

    Raises:
        BadZipFile, _Wrong: `attachment_members`.
    """
    with zipfile.ZipFile(path) as package:
        members = [one for one in package.infolist() if not one.is_dir()]
    names = {one.filename for one in members}
    if {"[Content_Types].xml", "mimetype"} & names:
        return False
    if len(members) != 1:
        raise _Wrong("attachment_members")
    return True


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, digest


def _correspondent(element: Element) -> Correspondent:
    says = element.says
    return Correspondent(
        organ_id=says("OrganId"),
        name=says("OrganName"),
        in_charge=says("OrganizationInCharge"),
        address=says("OrganAdd"),
        email=says("Email"),
        telephone=says("Telephone"),
        fax=says("Fax"),
        website=says("Website"),
    )


def _words(elements: list[Element]) -> tuple[str, ...]:
    return tuple(said for one in elements if (said := one.says()))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None
