"""What stands on a list stays as it is for as long as the list may destroy it (B4, R16).

The archive's own verbs ask here, before they change a case file, a document in it, their paper
parts or loans: what was decided on is what is destroyed, and no paper comes in behind it. Only its
term may become longer, at any time: that takes it off the list (`retention.leaving_out`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from archive import custody
from archive.errors import Conflict
from archive.freezes import MORE_HOLDS
from archive.models import CaseFile, Document, Fonds, Placement
from archive.moves import MORE_CHECKS, Hindrance
from retention import ends
from retention.clock import End, Fate
from retention.models import Disposal, DisposalDocument, DisposalItem

NEVER_LISTED = ("planned", "open")  # work goes on in them
OVER = ("destroyed", "closed", "stopped")


def list_of(session: Session, thing: CaseFile | Document) -> str | None:
    """The code of the disposal that may still destroy it.

    A document that another case file held before, too, is not locked: it stays whatever becomes of
    the list. One that was put elsewhere since stays as well, but is locked until that was settled.
    """
    if isinstance(thing, CaseFile) and thing.stage in NEVER_LISTED:
        return None
    wanted = _live(Disposal.code)
    if isinstance(thing, CaseFile):
        wanted = wanted.where(DisposalItem.case_file_id == thing.id)
    else:
        going = _live(DisposalItem.case_file_id).where(DisposalItem.case_file_id.is_not(None))
        elsewhere = exists().where(
            Placement.document_id == thing.id,
            Placement.case_file_id.not_in(going.correlate(None)),
            Placement.placed_at < Disposal.made_at,
        )
        wanted = wanted.join(DisposalDocument, DisposalDocument.item_id == DisposalItem.id).where(
            DisposalDocument.document_id == thing.id,
            DisposalDocument.kept_why == "",
            or_(DisposalItem.document_id == thing.id, ~elsewhere.correlate(Disposal)),
        )
    found: str | None = session.scalar(wanted.limit(1))
    return found


def _live(wanted: Any) -> Select[Any]:
    """This of the lines that may still be destroyed."""
    joined = select(wanted).select_from(DisposalItem)
    joined = joined.join(Disposal, Disposal.id == DisposalItem.disposal_id)
    return joined.where(DisposalItem.outcome == "destroy", Disposal.stage.not_in(OVER))


@contextmanager
def only_later(session: Session, case_file: CaseFile, *, is_same: bool) -> Iterator[None]:
    """What is done here may make the end of what stands on a list later, and nothing else.

    Args:
        session: the transaction's session.
        case_file: held by the caller.
        is_same: whether its rule stays: then the same end may be said once more.

    Raises:
        Conflict: `only_longer_on_a_list`.
    """
    code = list_of(session, case_file)
    before = ends.of_case_file(session, case_file) if code else End(Fate.UNKNOWN)
    yield
    if code is None:
        return
    session.flush()
    after = ends.of_case_file(session, case_file)
    is_later = after.on is None or (before.on is not None and after.on > before.on)
    if not is_later and not (is_same and after == before):
        raise Conflict("only_longer_on_a_list", thing=case_file.code, disposal=code)


def _keeper_stays(session: Session, fonds: Fonds) -> Conflict | None:
    """Whose case files are about to be destroyed is not decided anew meanwhile."""
    here = _live(Disposal.code).join(CaseFile, CaseFile.id == DisposalItem.case_file_id)
    code = session.scalar(here.where(CaseFile.fonds_id == fonds.id).limit(1))
    return Conflict("stands_on_a_list", thing=fonds.name, disposal=code) if code else None


def _locked(session: Session, thing: CaseFile | Document) -> Conflict | None:
    code = list_of(session, thing)
    return Conflict("stands_on_a_list", thing=thing.code, disposal=code) if code else None


def _is_free(session: Session, case_file: CaseFile) -> Hindrance | None:
    code = list_of(session, case_file)
    if code is None:
        return None
    return Hindrance("stands_on_a_list", {"thing": case_file.code, "disposal": code})


MORE_HOLDS.append(_locked)
custody.MORE_HOLDS.append(_keeper_stays)
for _name in ("reopen", "close", "submit", "take_out", "change"):
    MORE_CHECKS.setdefault(_name, []).append(_is_free)
