"""The front desk: the original is stored, its row written, its digest told. Then it is received.

Everything that can fail comes after. What is refused here (a mark of secrecy in the name or a
field, an empty file, one that is too large) was never stored.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, case_files, clock
from archive.access import Action, may
from archive.database import Database
from archive.errors import Conflict, Invalid, Refused
from archive.fields import DOCUMENT_FIELDS, parse_fields
from archive.files import FileStore, Readable, Stored
from archive.models import CaseFile, Organ, Person
from formats.vietnamese import nfc
from ingest import admission, shelving
from ingest.models import Intake
from ingest.pipeline import ROAD

ON_THE_ROAD = ("received", "waiting", "stuck")


@dataclass(frozen=True)
class Receipt:
    """What the sender is told."""

    intake_id: int
    name: str
    sha256: str
    size: int
    received_at: datetime
    state: str
    is_new: bool  # False: these bytes were here already, and this is what became of them


@dataclass(frozen=True)
class Sending:
    """What comes with a file."""

    name: str
    fields: dict[str, str]
    case_file_id: int | None = None
    again: bool = False  # a second document of the same bytes is wanted
    register_entry_id: int | None = None  # the line of a register that it belongs to


def receive(
    db: Database,
    files: FileStore,
    stream: Readable,
    sending: Sending,
    *,
    organ_id: int,
    by: Person,
    door: str,
    limit: int,
) -> Receipt:
    """Take a file in; when this returns, nothing that happens later can lose it.

    Bytes that make no new row do not stay: they are here already, or were turned away.

    Raises:
        Refused: `secret_mark`; nothing was stored.
        Invalid: `empty_file`, `too_large`, `unknown_field`, `bad_value`.
        StoreFailed: `store_full`, `store_unwritable`.
        Conflict: `same_bytes`: they are here, and the sender may not know more;
            `case_file_is_final`.
        NotAllowed: the sender may put nothing into this case file.
    """
    name = nfc(sending.name).strip() or "khong-ten"
    parse_fields(sending.fields, DOCUMENT_FIELDS)
    _turn_away_secrets(db, sending, name, organ_id)
    _look_at_case_file(db, sending, organ_id, by)
    from_first_byte = _begun(stream, name)
    with ExitStack() as afterwards:
        with files.keeping():  # what somebody else discards now is not what is received here
            stored = files.put(from_first_byte, limit)
            afterwards.callback(shelving.let_go_in_store, db.engine, files, stored.digest)
            with db.transaction() as session:
                receipt = _write_down(session, sending, name, stored, organ_id, by, door)
        if receipt is not None and receipt.is_new:
            afterwards.pop_all()
    if receipt is None:
        raise Conflict("same_bytes")
    return receipt


def _turn_away_secrets(db: Database, sending: Sending, name: str, organ_id: int) -> None:
    """A mark in a field or in the name: refused before anything is stored (R15)."""
    mark = admission.mark_in_name(name) or admission.mark_in_fields(sending.fields)
    if mark is None:
        return
    with db.transaction() as session:
        audit.record(
            session, "intake.turn_away", None, organ_id=organ_id, facts={"reason": "secret_mark"}
        )
    raise Refused("secret_mark", mark=mark)


def _look_at_case_file(db: Database, sending: Sending, organ_id: int, by: Person) -> None:
    """What can be seen before the bytes are here."""
    if sending.case_file_id is not None:
        with db.reading() as session:
            _check_case_file(session, sending.case_file_id, organ_id, by)


class _Begun:
    """A stream whose first bytes were looked at; they are read again."""

    def __init__(self, first: bytes, rest: Readable) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int = -1, /) -> bytes:
        first, self._first = self._first, b""
        return first or self._rest.read(size)


def _begun(stream: Readable, name: str) -> Readable:
    """The same stream, which has bytes: nothing is stored of an empty one."""
    first = stream.read(1)
    if not first:
        raise Invalid("empty_file", name=name)
    return _Begun(first, stream)


def _write_down(
    session: Session,
    sending: Sending,
    name: str,
    stored: Stored,
    organ_id: int,
    by: Person,
    door: str,
) -> Receipt | None:
    """A new row; or what became of the same bytes; or None to who may not know of them."""
    session.execute(select(Organ.id).where(Organ.id == organ_id).with_for_update(key_share=True))
    if not sending.again and (earlier := _same_bytes(session, organ_id, stored.digest)):
        return _known(session, earlier, by, name)
    intake = _write_row(session, sending, name, stored, organ_id, by, door)
    return _receipt(intake, name, is_new=True)


def _same_bytes(session: Session, organ_id: int, digest: str) -> Intake | None:
    """The organ's intake or document of the same bytes (R5)."""
    return session.scalar(
        select(Intake)
        .where(
            Intake.organ_id == organ_id,
            Intake.digest == digest,
            Intake.mends_part_id.is_(None),
            Intake.state.in_((*ON_THE_ROAD, "shelved")),
        )
        .order_by(Intake.id)
        .limit(1)
    )


def _known(session: Session, earlier: Intake, by: Person, name: str) -> Receipt | None:
    """What became of the same bytes, for those who may read it."""
    audit.record(session, "intake.same_bytes", earlier, name=name)
    if earlier.document is not None:
        is_told = may(session, by, Action.DESCRIBE, earlier.document)
    else:
        is_told = _may_know(session, earlier, by)
    return _receipt(earlier, name, is_new=False) if is_told else None


def _may_know(session: Session, earlier: Intake, by: Person) -> bool:
    """Whether the person may know of a file on its road, and of where that goes."""
    case_file, is_own = earlier.case_file, earlier.received_by_id == by.id
    is_open = case_file is None or may(session, by, Action.SEE_CASE_FILES, case_file)
    return may(session, by, Action.SEE_INTAKES, earlier.organ) and (is_own or is_open)


def _write_row(
    session: Session,
    sending: Sending,
    name: str,
    stored: Stored,
    organ_id: int,
    by: Person,
    door: str,
) -> Intake:
    if sending.case_file_id is not None:
        _check_case_file(session, sending.case_file_id, organ_id, by)
    moment = clock.now()
    intake = Intake(
        organ_id=organ_id,
        received_by_id=by.id,
        received_at=moment,
        queued_at=moment,
        door=door,
        name=name,
        digest=stored.digest,
        size=stored.size,
        case_file_id=sending.case_file_id,
        register_entry_id=sending.register_entry_id,
        fields=sending.fields,
        next_step=ROAD[0].name,
    )
    session.add(intake)
    session.flush()
    audit.record(  # all of it words: a secret's are erased (R15)
        session, "intake.receive", intake, name=name, sha256=stored.digest, size=stored.size
    )
    return intake


def _check_case_file(session: Session, number: int, organ_id: int, by: Person) -> None:
    """Whether the sender may put documents into this case file, and it still takes any."""
    case_files.require_fillable(session, by, session.get_one(CaseFile, number), organ_id)


def _receipt(intake: Intake, name: str, *, is_new: bool) -> Receipt:
    return Receipt(
        intake.id, name, intake.digest, intake.size, intake.received_at, intake.state, is_new
    )
