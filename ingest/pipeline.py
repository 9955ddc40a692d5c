"""The road into the archive, from the front desk to the shelf.

A step reads its workspace, does one thing, and says what it found. Steps never touch the
database: `advance` writes each outcome down in one short transaction, so a crash costs at most
the step that was running, and running a step twice does no harm.
"""

from archive.database import Database
from archive.errors import Conflict, Refused, Waits
from formats.errors import ProgramFailed, ProgramMissing, Unreadable
from ingest import claims, outcomes, steps
from ingest.claims import Claim
from ingest.scanner import ScannerSilent
from ingest.steps import Answer, Step
from ingest.workspace import Outcome, PartResultGone, Workshop

Road = tuple[Step, ...]

ROAD: Road = (
    steps.identify,  # what kind of file is this, really?
    steps.check_for_viruses,
    steps.check_signatures,  # which signatures does it carry? (asked before a byte is changed)
    steps.read_text,  # the text layer, or OCR, Vietnamese first
    steps.admit,  # may this be here at all? (record rules, R15)
    steps.make_pdfa,
    steps.seal,  # sign the rendition with the organ's key
    steps.validate,  # ask veraPDF about the sealed files, many at once: no verdict means not valid
)


def advance(db: Database, workshop: Workshop, intake_id: int, road: Road = ROAD) -> None:
    """Carry one received file as far along the road as it will go."""
    while claim := claims.take_next_step(db, workshop, intake_id, road):
        try:
            with claims.held(db, [claim]):
                outcome = claim.step.run(claims.open_workspace(db, workshop, claim))
                outcomes.write_down(db, workshop, claim, outcome, road)
        except Exception as error:
            put_aside(db, workshop, claim, error)
        else:
            if not outcome.is_finished:
                return


def advance_together(db: Database, workshop: Workshop, road: Road = ROAD, most: int = 40) -> int:
    """Carry the files that wait at the last step over it, all at once; how many there were."""
    last = road[-1]
    together = claims.take_together(db, workshop, last, most)
    if not together:
        return 0
    with claims.held(db, together):
        try:
            answers = last.run_together(
                [claims.open_workspace(db, workshop, claim) for claim in together]
            )
        except Exception as error:
            answers = [error] * len(together)
        for claim, answer in zip(together, answers, strict=True):
            _conclude(db, workshop, claim, answer, road)
    return len(together)


def _conclude(db: Database, workshop: Workshop, claim: Claim, answer: Answer, road: Road) -> None:
    """Write one file's answer down; its own trouble holds none of the others."""
    try:
        if not isinstance(answer, Outcome):
            raise answer
        outcomes.write_down(db, workshop, claim, answer, road)
    except Exception as error:
        put_aside(db, workshop, claim, error)


def put_aside(db: Database, workshop: Workshop, claim: Claim, error: Exception) -> None:
    """Decide what a failure means; when that fails too (a full disk), try again later."""
    try:
        _decide(db, workshop, claim, error)
    except Exception as worse:
        outcomes.try_again_later(db, claim, worse)


def _decide(db: Database, workshop: Workshop, claim: Claim, error: Exception) -> None:
    """Never, not now, again from further back, or simply again."""
    match error:
        case Refused():
            outcomes.refuse(db, workshop, claim, error)
        case Waits() | Unreadable():  # a person must decide; never retried by itself
            outcomes.wait(db, workshop, claim, error.code, error.details)
        case ProgramMissing() | ScannerSilent():  # goes on by itself once it is there
            outcomes.wait(db, workshop, claim, error.code, error.details, look_again=True)
        case ProgramFailed(code=code) if code in outcomes.SILENT_SERVICES:
            outcomes.wait(db, workshop, claim, code, error.details, look_again=True)
        case Conflict(code="frozen" | "recalled"):  # what it would mend is held by an order
            outcomes.wait(db, workshop, claim, error.code, error.details)
        case PartResultGone():
            outcomes.step_back(db, claim, error.role)
        case _:
            outcomes.try_again_later(db, claim, error)  # 1, 2, 4, 8 minutes; after five, "stuck"
