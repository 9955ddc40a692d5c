"""What a list forgets of its lines that are gone: all but what the tombstone keeps (decision 17).

Where their paper stood, and what members of the council noted of them, says more than that. Why
they went stays, as their titles do, only where the organ keeps these. What was noted of lines that
stay, stays.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from archive.models import Event, EventRow, EventWords, Row
from archive.organ_rules import rules_of
from retention import emptying, lines
from retention.models import CouncilOpinion, Disposal, DisposalItem

SAID = ("disposal.opine", "disposal.break_tie")


def forget(
    session: Session, disposal: Disposal, items: Sequence[DisposalItem]
) -> tuple[list[Row], list[int]]:
    """Make these lines forget; the rows that are changed, and the events that lost their words.

    Twice is the same as once. The caller tells of it, with the events as `erased_words`.
    """
    keeps_titles = rules_of(disposal.organ).keep_titles
    for one in items:
        one.box = one.volume = ""
        if not keeps_titles:
            one.title, one.reason = "", disposal.code
    noted = _opinions(session, items)
    for said in noted:
        said.note = disposal.code if said.is_tie_break else ""
    events = _events(session, disposal, items)
    emptying.erase_words(session, events)
    session.flush()
    return [*items, *noted], events


def _opinions(session: Session, items: Iterable[DisposalItem]) -> list[CouncilOpinion]:
    found: list[CouncilOpinion] = []
    for some in lines.pieces(one.id for one in items):
        said = CouncilOpinion.item_id.in_(some), CouncilOpinion.note != ""
        found += session.scalars(select(CouncilOpinion).where(*said))
    return found


def _events(session: Session, disposal: Disposal, items: Iterable[DisposalItem]) -> list[int]:
    """What members said of any of them, in the story's words; the rows say it of what stays."""
    found: set[int] = set()
    for some in lines.pieces(one.id for one in items):
        tells = exists().where(
            EventRow.event_id == Event.id,
            EventRow.kind == DisposalItem.STORY,
            EventRow.row_id.in_(some),
        )
        wanted = (
            select(Event.id)
            .join(EventWords, EventWords.event_id == Event.id)
            .where(
                Event.subject_type == Disposal.STORY,
                Event.subject_id == disposal.id,
                Event.action.in_(SAID),
                tells,
            )
        )
        found.update(session.scalars(wanted))
    return sorted(found)
