"""Down the road again: a document on the shelf gets the archival copy that it lacks.

The kept original walks like a received file, with the programs of today; at the end it makes no
new document but new stored forms of the same part. The original is never touched, and the earlier
forms stay, marked as replaced.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import alarms, audit, clock, freezes
from archive.documents import judged_at_receipt, rendition
from archive.errors import Conflict, NotFound
from archive.models import Document, Part, Person
from ingest.models import Intake
from ingest.pipeline import ROAD
from ingest.reception import ON_THE_ROAD


def send_again(
    session: Session, document: Document, part_number: int, *, by: Person, door: str
) -> Intake:
    """Send the kept original of a part down the road again.

    Raises:
        NotFound: `no_such_part`.
        Conflict: `nothing_to_mend`, or `mending_already` with the number of that walk; `frozen`,
            `recalled`; `secret_stays_closed`.
    """
    part = next((one for one in document.parts if one.ordinal == part_number), None)
    original = rendition(part, "original") if part is not None else None
    if part is None or original is None:
        raise NotFound("no_such_part", part=part_number)
    session.refresh(part, ["mending"], with_for_update={"key_share": True})
    freezes.require_thawed(session, document)
    if alarms.is_closed(document):
        raise Conflict("secret_stays_closed", document=document.code)
    if part.mending is None:
        raise Conflict("nothing_to_mend", document=document.code)
    if (walk := on_its_way(session, part)) is not None:
        raise Conflict("mending_already", document=document.code, intake=walk)
    moment = clock.now()
    intake = Intake(
        organ_id=document.organ_id,
        received_by_id=by.id,
        received_at=moment,
        queued_at=moment,
        door=door,
        name=part.file_name,
        digest=part.digest,
        size=original.size,
        fields={"subject": document.subject, "organ_name": document.organ_name},
        next_step=ROAD[0].name,
        facts={**_decided_before(part), "at_receipt": judged_at_receipt(part)},
        mends_part_id=part.id,
    )
    session.add(intake)
    session.flush()
    facts = {"part": part_number, "intake": intake.id}
    audit.record(session, "document.mend", document, also=(intake,), facts=facts)
    return intake


def on_its_way(session: Session, part: Part) -> int | None:
    """The walk that is to mend this part, if there is one."""
    walking = Intake.mends_part_id == part.id, Intake.state.in_(ON_THE_ROAD)
    return session.scalar(select(Intake.id).where(*walking).limit(1))


def _decided_before(part: Part) -> dict[str, dict[str, bool]]:
    """That it is no secret stands; that it should be kept as received does not."""
    was_cleared = part.facts.get("decided", {}).get("not_secret")
    return {"decided": {"not_secret": True}} if was_cleared else {}
