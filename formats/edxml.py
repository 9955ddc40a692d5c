"""A message of the national document axis, as plain values (edXML, QCVN 102:2016/BTTTT).

A message is an envelope (who, to whom, what about), what happened to it on its way, and files. A
status message answers one: it arrived, was refused, was received. `edxml_reading` reads both from a
file, `edxml_writing` writes them.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
OLDER_NAMESPACE = "http://www.go.vn/eDoc"  # read, never written
EXTENSION = ".edxml"
ARRIVED, REFUSED, RECEIVED = "01", "02", "03"
STATUSES = {
    ARRIVED: "đã đến",
    REFUSED: "từ chối tiếp nhận",
    RECEIVED: "đã tiếp nhận",
    "04": "phân công",
    "05": "đang xử lý",
    "06": "hoàn thành",
    "13": "thu hồi",
    "15": "đồng ý thu hồi, cập nhật",
    "16": "từ chối thu hồi, cập nhật",
}
NEW, RECALL, UPDATE, REPLACEMENT = 0, 1, 2, 3  # BussinessDocType
NOT_STEERING = 1  # SteeringType
MOST_PRIORITY = 4


@dataclass(frozen=True)
class Correspondent:
    """Who sends or receives: its identification code, its name, and how it is reached."""

    organ_id: str
    name: str
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True)
class About:
    """Another document that a message speaks of, as far as it says which."""

    organ_id: str = ""
    number: str = ""
    notation: str = ""
    issued_on: date | None = None
    document_id: str = ""


@dataclass(frozen=True)
class Header:
    """What the envelope says of the document.

    Attributes:
        sender: who sends it.
        receivers: to whom.
        document_id: of the document, as its sender names it; the same in every copy.
        number, notation: "7816" and "VPCP-TTĐT".
        place, issued_on: where and on which day it was issued.
        type_code, type_name: "Quyết định" and its number in the sender's list.
        subject, content: what it is about, and its summary.
        signer_name, signer_position, signer_competence: who signed, as what, "TM." and the like.
        due_on: until when an answer is asked.
        to_places: the list of receivers at the foot of the document.
        priority: 0 ordinary to 4 at a fixed hour.
        sphere: who may know it; words of secrecy stand here.
        drafted_by: initials of the typist.
        copies, pages: how many.
        direction, steering: as the sender's system counts them.
        appendixes: names of what is attached.
        response_for: the documents that it answers.
    """

    sender: Correspondent
    receivers: tuple[Correspondent, ...] = ()
    document_id: str = ""
    number: str = ""
    notation: str = ""
    place: str = ""
    issued_on: date | None = None
    type_code: str = ""
    type_name: str = ""
    subject: str = ""
    content: str = ""
    signer_name: str = ""
    signer_position: str = ""
    signer_competence: str = ""
    due_on: date | None = None
    to_places: tuple[str, ...] = ()
    priority: int = 0
    sphere: str = ""
    drafted_by: str = ""
    copies: int | None = None
    pages: int | None = None
    direction: str = ""
    steering: int = NOT_STEERING
    appendixes: tuple[str, ...] = ()
    response_for: tuple[About, ...] = ()


@dataclass(frozen=True)
class Business:
    """Whether this is a new document, or takes back, amends or replaces another (`documents`)."""

    kind: int = NEW
    reason: str = ""
    documents: tuple[str, ...] = ()  # their DocumentId


@dataclass(frozen=True)
class Trace:
    """One system that passed the message on, and when, as it wrote it."""

    organ_id: str
    at: str


@dataclass(frozen=True)
class Status:
    """What a status message says of the message it answers: a code of `STATUSES`, and words."""

    code: str
    about: About
    description: str = ""
    at: str = ""


@dataclass(frozen=True)
class Enclosure:
    """A file that came with a message; never use its name as a path."""

    content_id: str
    name: str
    mime: str
    description: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Problem:
    """Why a message cannot be taken as it is: a stable code, and the plain values that it names.

    `attachment_missing`, `attachment_unlisted`, `attachment_twice`, `attachment_broken`,
    `attachment_empty`, `attachment_members`, `attachment_locked`, `no_attachment`,
    `sender_missing`, `subject_missing`, `unknown_business`, `bad_date`.
    """

    code: str
    about: str = ""


@dataclass(frozen=True)
class Message:
    """All that a file of the axis says. A status message has `status` and no files."""

    header: Header
    business: Business = Business()
    traces: tuple[Trace, ...] = ()
    status: Status | None = None
    enclosures: tuple[Enclosure, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_signed: bool = False  # whether there is a signature over the envelope, good or not


def bare_id(content_id: str) -> str:
    """The identifier without the scheme that some writers put before it."""
    plain = content_id.strip()
    return plain[4:] if plain[:4].lower() == "cid:" else plain
