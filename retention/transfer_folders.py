"""The folder of a transfer: asked for, made by the worker, taken away by who hands it over.

Its rows only; what lies in it says `transfer_export.py`, where it lies the door.
"""

from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from archive import access, audit, clock
from archive import exports as consents
from archive.errors import Conflict
from archive.models import SECRETS, Document, Person, Placement
from archive.organ_rules import rules_of
from archive.roles import Action
from retention import transfers
from retention.models import Transfer, TransferItem
from retention.transferable import case_files_of, content_of, documents_of


def ask_export(session: Session, transfer: Transfer, by: Person) -> None:
    """Have its folder made.

    Raises:
        NotAllowed: `not_allowed`, `export_needs_consent`.
        Conflict: `export_under_way`, or what keeps it from being exported (`MOVES`).
    """
    require_export(session, transfer, by)
    transfer.asked_by_id = by.id
    transfer.export_state, transfer.export_reason, transfer.export_details = "waiting", "", {}
    transfer.export_done = transfer.export_total = 0
    transfer.revision += 1
    session.flush()
    audit.record(session, "transfer.ask_export", transfer)


def require_export(session: Session, transfer: Transfer, by: Person) -> None:
    """Go on only if this person may export it now.

    Raises:
        NotAllowed, Conflict: as above.
    """
    transfers.require(session, transfer, "export", by)
    for one in transfers.nothing_is_being_made(transfers.Look(session, transfer)):
        raise Conflict(one.code)
    _require_consent(session, transfer, by)


def _require_consent(session: Session, transfer: Transfer, by: Person) -> None:
    if rules_of(transfer.organ).export_needs_consent:
        for case_file in case_files_of(session, transfer):
            consents.require_consent(session, by, case_file)


def exported(
    session: Session, transfer: Transfer, by: Person, *, manifest: str, content: str, files: int
) -> None:
    """Its folder was made: by which list of digests, of what.

    Raises:
        NotAllowed, Conflict: it may no longer be exported; `export_out_of_date`: something changed
            while it was made.
    """
    transfers.require(session, transfer, "export", by)
    if content != content_of(session, transfer):
        raise Conflict("export_out_of_date")
    transfer.exported_at = clock.now()
    transfer.manifest, transfer.content = manifest, content
    told = transfers.made(session, transfer, "export")
    facts = {**told, "manifest": manifest, "count": files}
    audit.record(session, "transfer.export", transfer, facts=facts)


def take_out(session: Session, transfer: Transfer, by: Person, where: str) -> None:
    """Tell that the folder leaves the archive, of the transfer and of each document in it.

    Args:
        session: the transaction's session.
        transfer: whose folder.
        by: who takes it.
        where: through which door: `zip`, or `folder`.

    Raises:
        NotAllowed: `not_allowed`, `export_needs_consent`.
        Conflict: `wrong_transfer_stage`, `export_out_of_date`.
    """
    access.require(session, by, Action.HAND_TO_HISTORY, transfer.organ)
    if transfer.stage != "exported":
        raise Conflict("wrong_transfer_stage", stage=transfer.stage)
    _require_consent(session, transfer, by)
    for one in transfers.folder_is_as_it_is(transfers.Look(session, transfer)):
        raise Conflict(one.code, transfer=transfer.code)
    inside = session.scalars(
        select(Document).where(Document.id.in_(documents_of(transfer))).order_by(Document.id)
    ).all()
    facts = {"count": len(inside), "manifest": transfer.manifest, "where": where}
    audit.record(session, "transfer.take_out", transfer, also=tuple(inside), facts=facts)


# The worker's ------------------------------------------------------------------------------------


def due(session: Session) -> int | None:
    """The one whose folder waits longest."""
    waiting = select(Transfer.id).where(Transfer.export_state == "waiting")
    return session.scalar(waiting.order_by(Transfer.id).limit(1))


def note(session: Session, number: int, **columns: Any) -> None:
    """Write down how far its folder is: book-keeping, no part of the story."""
    found = session.get_one(Transfer, number)
    for name, value in columns.items():
        setattr(found, f"export_{name}", value)
    session.flush()


def free_all(session: Session) -> None:
    """What a worker that ended was making waits again."""
    for one in session.scalars(select(Transfer).where(Transfer.export_state == "making")):
        one.export_state, one.export_done = "waiting", 0


def not_needed(session: Session) -> list[int]:
    """Those whose folder goes now: they ended, or something in it is suspected or gone since."""
    ready = Transfer.export_state == "ready"
    closed = or_(Document.alarm.in_(SECRETS), Document.destroyed_at.is_not(None))
    inside = (
        exists()
        .where(
            TransferItem.transfer_id == Transfer.id,
            Placement.case_file_id == TransferItem.case_file_id,
            Document.id == Placement.document_id,
            closed,
        )
        .correlate(Transfer)
    )
    ended = Transfer.stage.in_(transfers.ENDED)
    return list(session.scalars(select(Transfer.id).where(ready, or_(ended, inside))))
