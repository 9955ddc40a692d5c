"""What the sender is told: "received" or "refused", as plain values and as an XML message.

The XML has the names of the status messages that agencies exchange (QCVN 102:2016): `StatusCode`
01 arrived, 02 refused, 03 received, 05 being handled, 06 finished.
"""

from datetime import date
from typing import Any

from archive.models import Organ
from archive.register_models import Refusal, RegisterEntry
from formats import edxml
from formats.edxml import RECEIVED, REFUSED
from formats.edxml_writing import status_message

HANDLED, FINISHED = "05", "06"


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
    about = receipt["response_for"]
    issued_on = about.get("issued_on")
    status = edxml.Status(
        code=receipt["code"],
        about=edxml.About(
            number=about.get("number") or about.get("reference", ""),
            notation=about.get("notation", ""),
            issued_on=date.fromisoformat(issued_on) if issued_on else None,
            document_id=about.get("doc_code", ""),
        ),
        description=receipt["description"],
        at=receipt["at"][:19].replace("-", "/").replace("T", " "),
    )
    sender = edxml.Correspondent(receipt["from"]["organ"], receipt["from"]["name"])
    return status_message(status, sender)


def _iso(moment: Any) -> str:  # a day or an instant
    return moment.isoformat() if moment is not None else ""
