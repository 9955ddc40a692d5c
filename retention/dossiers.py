"""The dossier of a disposal (B15): a case file of its own, kept for ever or twenty years and more.

Every paper goes into it as a document: what is made here is printed, received and walks the road
like anything else; what the authority outside sends is received as it came. Which papers are due
at a stage is said here; printing and receiving is the business of `web`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, closing
from archive.errors import Conflict, Invalid
from archive.models import CaseFile, Person, Placement
from archive.organ_rules import rules_of
from retention import disposals, dossier_terms
from retention.council import present
from retention.models import Disposal, DisposalItem, DisposalPaper

ORDER = ("listed", "council", "met", "appraised", "decided", "prepared", "reconfirmed",
         "handed_over", "executing", "destroyed", "closed")  # fmt: skip
APPRAISAL = "appraisal"
CERTIFICATE = "certificate"


@dataclass(frozen=True)
class Paper:
    """A kind of paper that is made here.

    Attributes:
        kind: its name.
        since: the stage from which it is due.
    """

    kind: str
    since: str


PAPERS = (
    Paper("list", "council"),  # PL II
    Paper("explanation", "council"),  # PL III
    Paper("council", "council"),
    Paper("meeting", "met"),
    Paper("kept", "appraised"),
    Paper("decision", "decided"),
    Paper("hand_over", "handed_over"),
    Paper("record", "destroyed"),
)
KINDS = (*(one.kind for one in PAPERS), APPRAISAL, CERTIFICATE)


def is_ready(disposal: Disposal, kind: str) -> bool:
    """Whether all that the paper says is there: it can be printed."""
    if disposal.stage == "stopped":
        return kind in ("list", "explanation")
    if kind in ("list", "explanation"):
        return True
    since = next(one.since for one in PAPERS if one.kind == kind)
    return ORDER.index(disposal.stage) >= ORDER.index(since)


def is_final(disposal: Disposal, kind: str) -> bool:
    """Whether nothing that it says changes any more: it is made for the dossier."""
    if disposal.stage == "stopped" or not is_ready(disposal, kind):
        return False
    if kind in ("list", "explanation"):
        return disposal.stage != "listed"
    if kind == "meeting":  # signed by all who were there, or as it stood at the decision
        unsigned = [one for one in present(disposal) if one.signed_at is None]
        return not unsigned or ORDER.index(disposal.stage) >= ORDER.index("decided")
    if kind == "hand_over":  # who takes over signs as the destruction begins
        return disposal.begun_at is not None
    if kind == "record":
        return disposal.keeper_signed_at is not None and disposal.executor_signed_at is not None
    return True


def papers_of(session: Session, disposal: Disposal) -> list[DisposalPaper]:
    """All that lies in the dossier or is on its way there, in the order in which it came."""
    found = select(DisposalPaper).where(DisposalPaper.disposal_id == disposal.id)
    return list(session.scalars(found.order_by(DisposalPaper.id)))


def missing(session: Session, disposal: Disposal) -> list[str]:
    """The kinds that are to be made for the dossier now, and are not yet."""
    there = {one.kind for one in papers_of(session, disposal)}
    return [one.kind for one in PAPERS if one.kind not in there and is_final(disposal, one.kind)]


def unfinished(session: Session) -> Sequence[int]:
    """Disposals whose dossier may want for something: none that is closed."""
    found = select(Disposal.id).where(Disposal.stage.not_in(("listed", "closed")))
    return session.scalars(found.order_by(Disposal.id)).all()


def note(
    session: Session, disposal: Disposal, kind: str, *, digest: str, name: str, by: Person
) -> DisposalPaper | None:
    """Write down that this paper goes into the dossier; None: another one of its kind is there.

    Raises:
        Invalid: `bad_value`.
        Conflict: `disposal_stage`: what is closed or stopped takes no paper.
    """
    if kind not in KINDS:
        raise Invalid("bad_value", field="kind", value=kind)
    audit.hold(session, disposal)
    if disposal.stage in ("closed", "stopped"):
        raise Conflict("disposal_stage", stage=disposal.stage, move="note")
    there = papers_of(session, disposal)
    is_known = any(one.digest == digest for one in there)
    if is_known or (kind != APPRAISAL and any(one.kind == kind for one in there)):
        return None
    paper = DisposalPaper(
        disposal_id=disposal.id,
        kind=kind,
        digest=digest,
        name=name,
        made_by_id=by.id,
        made_at=clock.now(),
    )
    session.add(paper)
    session.flush()
    facts = {"kind": kind, "sha256": digest}
    audit.record(session, "disposal.paper", disposal, facts=facts, name=name)
    return paper


def filed(session: Session, paper: DisposalPaper, document_id: int) -> None:
    """The paper is shelved: as this document."""
    if paper.document_id is not None:
        return
    paper.document_id = document_id
    session.flush()
    disposal = session.get_one(Disposal, paper.disposal_id)
    audit.record(session, "disposal.file", disposal, facts={"kind": paper.kind})


def title_of(disposal: Disposal, one: DisposalItem) -> str:
    """A line's title as papers of the dossier say it.

    Of what goes they say none from the beginning on, where the organ keeps no titles of that.
    """
    goes = one.is_decided and one.outcome == "destroy" and disposal.begun_at is not None
    return "" if goes and not rules_of(disposal.organ).keep_titles else one.title


# Its end ------------------------------------------------------------------------------------------


def lacking(session: Session, disposal: Disposal) -> list[str]:
    """The kinds of papers that do not lie in the dossier yet."""
    there = papers_of(session, disposal)
    inside = select(Placement.document_id).where(Placement.case_file_id == disposal.dossier_id)
    lying = set(session.scalars(inside))
    shelved = {one.kind for one in there if one.document_id in lying}
    wanted = [*(one.kind for one in PAPERS), CERTIFICATE]
    if disposal.is_appraisal_due:
        wanted.append(APPRAISAL)
    on_the_way = [one.kind for one in there if one.document_id not in lying]
    return list(dict.fromkeys([*(one for one in wanted if one not in shelved), *on_the_way]))


def close(session: Session, disposal: Disposal, by: Person) -> None:
    """Close the disposal, and its dossier with it.

    Raises:
        NotAllowed, Conflict: see `retention.disposals`; `dossier_incomplete`.
        Invalid: `dossier_term_short`.
    """
    disposals.require(session, disposal, "close", by)
    if still := lacking(session, disposal):
        raise Conflict("dossier_incomplete", disposal=disposal.code, papers=still)
    dossier = session.get_one(CaseFile, disposal.dossier_id or 0)
    dossier_terms.require_long_enough(dossier.maintenance)
    disposals.move(session, disposal, "close", by, closed_at=clock.now())
    if dossier.stage == "open":  # it is bound until its disposal is closed
        today = clock.today(disposal.organ)
        closing.close(session, dossier, by, {"end_date": f"{today:%d/%m/%Y}"})
