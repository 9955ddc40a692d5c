"""What a worker carries out is what its executor began, as the story tells it (R10, R16).

Whoever writes to the database past the program could call a list begun that nobody decided on, or
add something to one under way. So a worker asks the chained story before it touches anything.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit
from archive.errors import Conflict
from archive.models import CaseFile, Document, Event, EventRow
from retention import lines
from retention.execution import Batch
from retention.models import Disposal

BEGAN = "disposal.begin"
NAMED = 10  # things in one sentence
KINDS = {"case_file": CaseFile.STORY, "document": Document.STORY}


def require_as_begun(session: Session, disposal: Disposal, batch: Batch) -> None:
    """Go on only if the executor began exactly this.

    Raises:
        Conflict: `not_begun`: no sound event tells of it. `not_as_begun`, with what differs.
    """
    asked = select(Event).where(
        Event.subject_type == Disposal.STORY,
        Event.subject_id == disposal.id,
        Event.action == BEGAN,
    )
    event = session.scalar(asked.order_by(Event.id.desc()).limit(1))
    if event is None or event.person_id != disposal.executor_id or event.principal_id is not None:
        raise Conflict("not_begun", disposal=disposal.code)
    rows = _rows(session, event)
    if not _is_sound(session, event, rows):
        raise Conflict("not_begun", disposal=disposal.code)
    told = set(event.facts["things"])
    here = {one.code for one in batch.things}
    unknown = {one.code for one in batch.things if (KINDS[one.kind], one.number) not in rows}
    if differing := sorted((told ^ here) | unknown):
        raise Conflict("not_as_begun", disposal=disposal.code, things=differing[:NAMED])
    if lines.root_of(lines.left(session, disposal)) != event.facts["root"]:
        raise Conflict("not_as_begun", disposal=disposal.code, things=[])


def _rows(session: Session, event: Event) -> dict[tuple[str, int], str | None]:
    """The rows that the event tells of, with their digests after it."""
    asked = select(EventRow.kind, EventRow.row_id, EventRow.row_digest)
    found = session.execute(asked.where(EventRow.event_id == event.id))
    return {(kind, number): digest for kind, number, digest in found}


def _is_sound(session: Session, event: Event, rows: dict[tuple[str, int], str | None]) -> bool:
    """Whether it is what its digest says, and stands in the chain behind the one before it."""
    before = session.scalar(select(Event.link).where(Event.id == event.id - 1)) or audit.START
    if audit.event_digest(event, rows) != event.digest:
        return False
    return audit.next_link(before, event.digest) == event.link
