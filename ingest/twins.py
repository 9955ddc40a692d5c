"""The same bytes elsewhere: what is confirmed as a state secret comes under suspicion everywhere.

Documents on the shelf do so by `alarms.suspect_twins`; here is what is still on the road, of
whatever organ. It is set apart at once: its bytes leave the store, what a worker makes of it
meanwhile no longer counts, and who decides on secrets there is asked (R15).
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from archive import alarms, secret_lines
from archive.database import after_commit
from archive.errors import StoreFailed
from archive.models import Document, Part
from ingest import claims, shelving
from ingest.joining import ON_THE_ROAD
from ingest.models import Intake
from ingest.steps import SUSPICIOUS
from ingest.workspace import Workshop

SAME_BYTES = {"same_bytes": True}  # why it is suspected: not for what it says


@contextmanager
def copied_apart(engine: Engine, workshop: Workshop, digests: Iterable[str]) -> Iterator[None]:
    """Inside, bytes on the road lie in quarantine as well; afterwards only where the rows say.

    The transaction that sets the files apart stands inside, so that it waits for no copying.
    """
    with Session(engine.execution_options(reading=True)) as fresh:
        coming = [one for one in sorted(set(digests)) if fresh.scalar(_on_the_road(one).limit(1))]
    missing = [one for one in coming if not workshop.quarantine.has(one)]
    with ExitStack() as afterwards:
        for one in coming:
            afterwards.callback(shelving.let_go, engine, workshop, one)
        if missing:  # else nobody who lets go has to wait for us
            afterwards.enter_context(workshop.quarantine.keeping())
        for one in missing:
            shelving.copy_to_quarantine(workshop, one)
        yield


def suspect(session: Session, workshop: Workshop, digest: str) -> list[Intake]:
    """Set apart every file on the road that is made of these bytes.

    Inside `copied_apart`, unless they lie in quarantine for another file's sake; what still lies
    in the store is let go of by who called.

    Raises:
        StoreFailed: `file_gone`: they were not copied.
    """
    found = list(session.scalars(_on_the_road(digest).with_for_update(key_share=True, of=Intake)))
    if found and not workshop.quarantine.has(digest):
        raise StoreFailed("file_gone", digest=digest)
    for one in found:
        claims.release(one)
        one.is_quarantined = True
        claims.set_aside(session, one, "waiting", SUSPICIOUS, SAME_BYTES)
        if one.mends_part_id is not None:
            document = session.get_one(Part, one.mends_part_id).document
            alarms.sound(session, document, alarms.SUSPECTED)
        if one.register_entry_id is not None:
            secret_lines.suspect(session, one.register_entry_id)
        after_commit(session, partial(workshop.tidy, one.id))
    return found


def digests_of(document: Document) -> set[str]:
    """The bytes that a document is made of."""
    return {one.digest for one in document.parts}


def digests_with(session: Session, intake_id: int) -> set[str]:
    """The bytes of a received file, and of the document that it mends."""
    intake = session.get(Intake, intake_id)
    if intake is None:
        return set()
    if intake.mends_part_id is None:
        return {intake.digest}
    return {intake.digest, *digests_of(session.get_one(Part, intake.mends_part_id).document)}


def _on_the_road(digest: str) -> Select[Intake]:
    return (
        select(Intake)
        .where(Intake.digest == digest, Intake.state.in_(ON_THE_ROAD))
        .where(Intake.is_quarantined.is_(False))
        .order_by(Intake.id)
    )
