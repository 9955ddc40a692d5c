"""Writing a message of the axis, or the status message that answers one.

Elements stand in the order of the standard. Files are packed and encoded piece by piece, so that
none is held in memory.
"""

import base64
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from formats.edxml import (
    NAMESPACE,
    About,
    Business,
    Correspondent,
    Enclosure,
    Header,
    Status,
    Trace,
    bare_id,
)
from formats.vietnamese import nfc

_PIECE = 57 * 1024  # of a file: whole lines of base64
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ZIP = "application/zip"


def write_message(
    out: Path,
    header: Header,
    enclosures: Sequence[Enclosure],
    *,
    traces: Sequence[Trace],
    business: Business | None = None,
) -> None:
    """Write a document with its files, each as a ZIP of its own.

    Args:
        out: where the message is written.
        header: what its envelope says.
        enclosures: its files; the first is the document itself.
        traces: who passed it on and when: first of all the sender.
        business: whether it is new, or takes back, amends or replaces another.

    Raises:
        OSError: a file cannot be read, or there is no room for the message.
    """
    with etree.xmlfile(str(out), encoding="utf-8") as file:
        file.write_declaration()
        writer = _Writer(file)
        with writer.inside("edXML", nsmap={"edXML": NAMESPACE}):
            with writer.inside("edXMLEnvelope"):
                with writer.inside("edXMLHeader"):
                    with writer.inside("MessageHeader"):
                        writer.header(header)
                    with writer.inside("TraceHeaderList"):
                        writer.way(traces, business or Business(), header)
                with (
                    writer.inside("edXMLBody"),
                    writer.inside("edXMLManifest", version="1.0"),
                ):
                    for one in enclosures:
                        writer.reference(one)
            with writer.inside("AttachmentEncoded"):
                for one in enclosures:
                    writer.attachment(one)


def status_message(status: Status, sender: Correspondent, department: str = "") -> bytes:
    """A status message: what became of a document that was sent here."""
    root = etree.Element(_name("edXML"), nsmap={"edXML": NAMESPACE})
    head = _below(root, "edXMLEnvelope", "edXMLHeader", "MessageHeader")
    about = _below(head, "ResponseFor")
    _spoken_of(about, status.about)
    _correspondent(_below(head, "From"), sender)
    _say(head, "StatusCode", status.code)
    _say(head, "Description", status.description)
    _say(head, "Timestamp", status.at)
    _say(_below(head, "StaffInfo"), "Department", department or sender.name)
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def stamp(moment: datetime) -> str:
    """An instant as messages write it, on the clock that it carries."""
    return f"{moment:%Y/%m/%d %H:%M:%S}"


class _Writer:
    """Elements of a message, one after the other."""

    def __init__(self, file: Any) -> None:
        self._file = file

    @contextmanager
    def inside(
        self, name: str, nsmap: dict[str, str] | None = None, **attributes: str
    ) -> Iterator[None]:
        with self._file.element(_name(name), attributes, nsmap=nsmap):
            yield

    def header(self, header: Header) -> None:
        """What the envelope says of the document."""
        head = etree.Element(_name("MessageHeader"), nsmap={"edXML": NAMESPACE})
        _correspondent(_below(head, "From"), header.sender)
        for one in header.receivers:
            _correspondent(_below(head, "To"), one)
        _say(head, "DocumentId", header.document_id)
        code = _below(head, "Code")
        _say(code, "CodeNumber", header.number)
        _say(code, "CodeNotation", header.notation)
        issued = _below(head, "PromulgationInfo")
        _say(issued, "Place", header.place)
        _say(issued, "PromulgationDate", _day(header.issued_on))
        kind = _below(head, "DocumentType")
        _say(kind, "Type", header.type_code)
        _say(kind, "TypeName", header.type_name)
        _say(head, "Subject", header.subject)
        _maybe(head, "Content", header.content)
        signer = _below(head, "SignerInfo")
        _maybe(signer, "Competence", header.signer_competence)
        _say(signer, "Position", header.signer_position)
        _say(signer, "FullName", header.signer_name)
        _maybe(head, "DueDate", _day(header.due_on))
        places = _below(head, "ToPlaces")
        for place in header.to_places:
            _say(places, "Place", place)
        _other(_below(head, "OtherInfo"), header)
        for about in header.response_for:
            _spoken_of(_below(head, "ResponseFor"), about)
        _say(head, "SteeringType", str(header.steering))
        for element in head:
            self._file.write(element)

    def way(self, traces: Sequence[Trace], business: Business, header: Header) -> None:
        """Who passed it on, and what it does to others."""
        for one in traces:
            trace = etree.Element(_name("TraceHeader"))
            _say(trace, "OrganId", one.organ_id)
            _say(trace, "Timestamp", one.at)
            self._file.write(trace)
        told = etree.Element(_name("Bussiness"))  # so it is written
        _say(told, "BussinessDocType", str(business.kind))
        _maybe(told, "BussinessDocReason", business.reason)
        if business.documents:
            _say(told, "DocumentId", business.documents[0])
            replaced = _below(told, "ReplacementInfoList")
            for document in business.documents:
                one_replaced = _below(replaced, "ReplacementInfo")
                _say(one_replaced, "DocumentId", document)
                receivers = _below(one_replaced, "OrganIdList")
                for organ in header.receivers:
                    _say(receivers, "OrganId", organ.organ_id)
        self._file.write(told)

    def reference(self, one: Enclosure) -> None:
        """A line of the manifest."""
        reference = etree.Element(_name("Reference"))
        _say(reference, "ContentId", f"cid:{bare_id(one.content_id)}")
        _say(reference, "ContentType", one.mime)
        _maybe(reference, "Description", one.description)
        _say(reference, "AttachmentName", one.name)
        self._file.write(reference)

    def attachment(self, one: Enclosure) -> None:
        """A file, packed and encoded."""
        with self.inside("Attachment"):
            for name, words in (
                ("ContentId", f"cid:{bare_id(one.content_id)}"),
                ("AttachmentName", one.name),
                ("ContentType", _ZIP),
                ("Description", one.description),
            ):
                with self.inside(name):
                    self._file.write(_sayable(words))
            with self.inside("ContentTransferEncoded"):
                self._encode(one)

    def _encode(self, one: Enclosure) -> None:
        with TemporaryDirectory(prefix="luutru-edxml-") as room:
            packed = Path(room, "packed.zip")
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
                package.write(one.path, one.name)
            with packed.open("rb") as file:
                while piece := file.read(_PIECE):
                    self._file.write(base64.b64encode(piece).decode())


def _other(other: Any, header: Header) -> None:
    _say(other, "Priority", str(header.priority))
    _maybe(other, "SphereOfPromulgation", header.sphere)
    _maybe(other, "TyperNotation", header.drafted_by)
    _maybe(other, "PromulgationAmount", _count(header.copies))
    _maybe(other, "PageAmount", _count(header.pages))
    _maybe(other, "Direction", header.direction)
    if header.appendixes:
        appendixes = _below(other, "Appendixes")
        for one in header.appendixes:
            _say(appendixes, "Appendix", one)


def _correspondent(element: Any, told: Correspondent) -> None:
    _say(element, "OrganId", told.organ_id)
    _maybe(element, "OrganizationInCharge", told.in_charge)
    _say(element, "OrganName", told.name)
    _maybe(element, "OrganAdd", told.address)
    _maybe(element, "Email", told.email)
    _maybe(element, "Telephone", told.telephone)
    _maybe(element, "Fax", told.fax)
    _maybe(element, "Website", told.website)


def _spoken_of(element: Any, about: About) -> None:
    _say(element, "OrganId", about.organ_id)
    code = _below(element, "Code")
    _say(code, "CodeNumber", about.number)
    _say(code, "CodeNotation", about.notation)
    _say(element, "PromulgationDate", _day(about.issued_on))
    _say(element, "DocumentId", about.document_id)


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _below(element: Any, *names: str) -> Any:
    for name in names:
        element = etree.SubElement(element, _name(name))
    return element


def _say(element: Any, name: str, words: str) -> None:
    etree.SubElement(element, _name(name)).text = _sayable(words)


def _maybe(element: Any, name: str, words: str) -> None:
    if words:
        _say(element, name, words)


def _sayable(words: str) -> str:
    """What XML can carry of it, in one spelling."""
    return _NOT_IN_XML.sub("", nfc(words))


def _day(value: date | None) -> str:
    return f"{value:%Y/%m/%d}" if value else ""


def _count(value: int | None) -> str:
    return "" if value is None else str(value)
