"""What stands on a list stays as it is for as long as the list may destroy it (B4, R16).

The archive's own verbs ask here, before they change a case file, a document in it, their paper
parts or loans: what was decided on is what is destroyed, and no paper comes in behind it.
"""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from archive.errors import Conflict
from archive.freezes import MORE_HOLDS
from archive.models import CaseFile, Document, Placement
from archive.moves import MORE_CHECKS, Hindrance
from retention.models import Disposal, DisposalDocument, DisposalItem

NEVER_LISTED = ("planned", "open")  # work goes on in them
OVER = ("destroyed", "closed", "stopped")


def list_of(session: Session, thing: CaseFile | Document) -> str | None:
    """The code of the disposal that may still destroy it.

    A document that another case file holds, too, is not locked: it stays whatever becomes of the
    list, and a change of it is noticed there.
    """
    if isinstance(thing, CaseFile) and thing.stage in NEVER_LISTED:
        return None
    wanted = (
        select(Disposal.code)
        .join(DisposalItem, DisposalItem.disposal_id == Disposal.id)
        .where(DisposalItem.outcome == "destroy", Disposal.stage.not_in(OVER))
    )
    if isinstance(thing, CaseFile):
        wanted = wanted.where(DisposalItem.case_file_id == thing.id)
    else:
        elsewhere = exists().where(
            Placement.document_id == thing.id, Placement.case_file_id != DisposalItem.case_file_id
        )
        wanted = wanted.join(DisposalDocument, DisposalDocument.item_id == DisposalItem.id).where(
            DisposalDocument.document_id == thing.id,
            DisposalDocument.kept_why == "",
            ~elsewhere.correlate(DisposalItem),
        )
    return session.scalar(wanted.limit(1))


def _locked(session: Session, thing: CaseFile | Document) -> Conflict | None:
    code = list_of(session, thing)
    return Conflict("stands_on_a_list", thing=thing.code, disposal=code) if code else None


def _is_free(session: Session, case_file: CaseFile) -> Hindrance | None:
    code = list_of(session, case_file)
    if code is None:
        return None
    return Hindrance("stands_on_a_list", {"thing": case_file.code, "disposal": code})


MORE_HOLDS.append(_locked)
for _name in ("reopen", "submit", "take_out", "change"):
    MORE_CHECKS.setdefault(_name, []).append(_is_free)
