"""Whole case files as one PDF: asked for, made by the worker, fetched within a day by who asked.

Rights are asked three times: when it is asked for, when it is made, and when it is fetched. What
leaves the archive is told when it leaves, and only then.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from archive import access, audit, case_file_export, clock
from archive.access import Action
from archive.case_file_export import Whole
from archive.errors import ArchiveError, Conflict, NotFound
from archive.models import SECRETS, CaseFile, Document, Organ, Person, Placement
from archive.use_models import WholeCopy

KEPT = timedelta(hours=24)
MOST_AT_ONCE = 5  # of one person, not made yet
UNDER_WAY = ("waiting", "making")


def ask(
    session: Session, who: Person, case_file: CaseFile, *, order: str = "time", mark: str = ""
) -> WholeCopy:
    """Have the worker make it. Asked twice, the first one stands.

    Raises:
        NotAllowed: `export_needs_consent`.
        Invalid: `no_such_form`, `whole_too_large`.
        Conflict: `too_many_copies`.
    """
    whole = case_file_export.whole_of(session, who, case_file, order=order)
    mine = (WholeCopy.person_id == who.id, WholeCopy.state.in_(UNDER_WAY))
    same = (WholeCopy.case_file_id == case_file.id, WholeCopy.order == order)
    found = session.scalar(select(WholeCopy).where(*mine, *same).limit(1))
    if found is not None:
        return found
    count = session.scalar(select(func.count()).select_from(WholeCopy).where(*mine)) or 0
    if count >= MOST_AT_ONCE:
        raise Conflict("too_many_copies", most=MOST_AT_ONCE)
    made = WholeCopy(
        organ_id=case_file.organ_id,
        case_file_id=case_file.id,
        person_id=who.id,
        order=order,
        mark=mark,
        asked_at=clock.now(),
        total=len(whole.sources),
    )
    session.add(made)
    session.flush()
    facts = {"case_file": case_file.code, "order": order}
    audit.record(session, "whole_copy.ask", made, facts=facts)
    return made


def of(person: Person, organ: Organ) -> Select[WholeCopy]:
    """What the person asked for at this organ, newest first."""
    return (
        select(WholeCopy)
        .where(WholeCopy.person_id == person.id, WholeCopy.organ_id == organ.id)
        .options(selectinload(WholeCopy.case_file))
        .order_by(WholeCopy.id.desc())
    )


def take(session: Session, who: Person, number: int) -> WholeCopy:
    """Take it out, as far as it is still open to the person; told of it and of each document.

    Raises:
        NotFound: `no_such_thing`: none that this person asked for, or its case file is not open.
        NotAllowed: `export_needs_consent`.
        Conflict: `copy_not_ready`, `copy_out_of_date`.
    """
    found = session.get(WholeCopy, number)
    if found is None or found.person_id != who.id:
        raise NotFound("no_such_thing")
    access.require(session, who, Action.SEE_CASE_FILES, found.case_file)
    if found.state != "ready":
        raise Conflict("copy_not_ready")
    whole = case_file_export.take_out_whole(
        session, who, found.case_file, form="pdf", order=found.order
    )
    if case_file_export.content_of(whole) != found.content:
        raise Conflict("copy_out_of_date", case_file=found.case_file.code)
    return found


# The worker's ------------------------------------------------------------------------------------


def due(session: Session) -> int | None:
    """The one that waits longest."""
    waiting = select(WholeCopy.id).where(WholeCopy.state == "waiting")
    return session.scalar(waiting.order_by(WholeCopy.id).limit(1))


def to_make(session: Session, number: int) -> tuple[Whole, str]:
    """What goes into it for who asked, with the rights they have now, and its mark.

    Raises:
        NotFound, NotAllowed, Invalid: the rights, or the case file, have changed.
    """
    found = session.get_one(WholeCopy, number)
    who = session.get_one(Person, found.person_id)
    access.require(session, who, Action.SEE_CASE_FILES, found.case_file)
    whole = case_file_export.whole_of(session, who, found.case_file, order=found.order)
    return whole, found.mark


def note(session: Session, number: int, **columns: Any) -> None:
    """Write down how far it is."""
    found = session.get_one(WholeCopy, number)
    for name, value in columns.items():
        setattr(found, name, value)
    session.flush()


def free_all(session: Session) -> None:
    """What a worker that ended was making waits again."""
    for one in session.scalars(select(WholeCopy).where(WholeCopy.state == "making")):
        one.state, one.done = "waiting", 0


def kept_too_long(session: Session) -> list[int]:
    """Those whose file goes now."""
    old = select(WholeCopy.id).where(
        WholeCopy.state == "ready", WholeCopy.made_at < clock.now() - KEPT
    )
    return list(session.scalars(old))


def closed_since(session: Session) -> list[int]:
    """Those with a document that came under suspicion since: their file goes at once (R15)."""
    in_file = Placement.case_file_id == WholeCopy.case_file_id
    alarm = select(Placement.id).join(Document).where(in_file, Document.alarm.in_(SECRETS))
    found = session.scalars(select(WholeCopy).where(WholeCopy.state == "ready", alarm.exists()))
    return [one.id for one in found if not _is_as_made(session, one)]


def _is_as_made(session: Session, made: WholeCopy) -> bool:
    try:
        whole, _ = to_make(session, made.id)
    except ArchiveError:
        return False
    return case_file_export.content_of(whole) == made.content
