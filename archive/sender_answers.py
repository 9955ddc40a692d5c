"""What the sender is told: "received" or "refused", as plain values and as an XML message.

The XML has the names of the status messages that agencies exchange (QCVN 102:2016): `StatusCode`
01 arrived, 02 refused, 03 received, 05 being handled, 06 finished.
"""

from typing import Any
from xml.etree import ElementTree

from archive.models import Organ
from archive.register_models import Refusal, RegisterEntry
from formats.vietnamese import nfc

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
ARRIVED, REFUSED, RECEIVED, HANDLED, FINISHED = "01", "02", "03", "05", "06"


def of_entry(entry: RegisterEntry) -> dict[str, Any]:
    """The answer "received", with the arrival number and how far it is (HC-54, HC-60)."""
    organ = entry.register.organ
    return {
        "status": "received",
        "code": status_of(entry),
        "from": {"organ": organ.code, "name": organ.name},
        "to": {"name": entry.organ_name, "email": entry.sender_email},
        "response_for": {
            "number": entry.code_number,
            "notation": entry.code_notation,
            "issued_on": _iso(entry.issued_date),
            "doc_code": entry.doc_code,
        },
        "register": {
            "entry": entry.code,
            "number": entry.number,
            "registered_on": _iso(entry.registered_on),
        },
        "at": _iso(entry.acknowledged_at or entry.entered_at),
        "description": "Đã tiếp nhận văn bản",
    }


def status_of(entry: RegisterEntry) -> str:
    """How far an incoming document is, in the code of exchange."""
    if entry.finished_on is not None:
        return FINISHED
    if entry.handed_on is not None:
        return HANDLED
    return RECEIVED


def of_refusal(refusal: Refusal, organ: Organ, words: str) -> dict[str, Any]:
    """The answer "refused" or "returned", with its reason in code and words (HC-16)."""
    return {
        "status": refusal.kind,
        "code": REFUSED,
        "from": {"organ": organ.code, "name": organ.name},
        "to": {"name": refusal.sender, "email": refusal.sender_email},
        "response_for": {"reference": refusal.reference},
        "refusal": {
            "number": refusal.code,
            "refused_on": _iso(refusal.refused_on),
            "reason_code": refusal.reason_code,
        },
        "at": _iso(refusal.refused_at),
        "description": ": ".join(one for one in (words, refusal.reason) if one),
    }


def as_xml(receipt: dict[str, Any]) -> bytes:
    """The same as a status message."""
    ElementTree.register_namespace("edXML", NAMESPACE)
    root = ElementTree.Element(_name("edXML"))
    envelope = ElementTree.SubElement(root, _name("edXMLEnvelope"))
    header = ElementTree.SubElement(envelope, _name("edXMLHeader"))
    message = ElementTree.SubElement(header, _name("MessageHeader"))
    about = receipt["response_for"]
    response = ElementTree.SubElement(message, _name("ResponseFor"))
    _add(response, "OrganId", "")
    code = ElementTree.SubElement(response, _name("Code"))
    _add(code, "CodeNumber", about.get("number") or about.get("reference", ""))
    _add(code, "CodeNotation", about.get("notation", ""))
    _add(response, "PromulgationDate", (about.get("issued_on") or "").replace("-", "/"))
    _add(response, "DocumentId", about.get("doc_code", ""))
    sender = ElementTree.SubElement(message, _name("From"))
    _add(sender, "OrganId", receipt["from"]["organ"])
    _add(sender, "OrganName", receipt["from"]["name"])
    _add(message, "StatusCode", receipt["code"])
    _add(message, "Description", receipt["description"])
    _add(message, "Timestamp", receipt["at"][:19].replace("-", "/").replace("T", " "))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _add(parent: ElementTree.Element, local: str, text: str) -> None:
    said = "".join(one for one in nfc(text) if one >= " " or one in "\t\n")
    ElementTree.SubElement(parent, _name(local)).text = said


def _iso(moment: Any) -> str:  # a day or an instant
    return moment.isoformat() if moment is not None else ""
