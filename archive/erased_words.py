"""Words of the story that go when what they speak of goes; the chain stands without them (R12).

Whoever erases tells of it in the same transaction, with the numbers as the fact `erased_words`:
words that are missing without are a finding of the check.
"""

from collections.abc import Iterable

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from archive.models import Event, EventRow, EventWords, Row


def erase_words(session: Session, subject: Row) -> list[int]:
    """Erase the words of a row's story; the numbers of the events."""
    about = (Event.subject_type == subject.STORY, Event.subject_id == subject.id)
    return _erase(session, select(Event.id).where(*about))


def erase_words_telling(session: Session, rows: Iterable[Row]) -> list[int]:
    """The same for every event that tells of these rows, whosever story it is."""
    numbers: list[int] = []
    for row in rows:
        told = (EventRow.kind == row.STORY, EventRow.row_id == row.id)
        numbers += _erase(session, select(EventRow.event_id).where(*told))
    return numbers


def _erase(session: Session, story: Select[int]) -> list[int]:
    worded = select(EventWords.event_id).where(EventWords.event_id.in_(story))
    numbers = list(session.scalars(worded.order_by(EventWords.event_id)))
    session.execute(delete(EventWords).where(EventWords.event_id.in_(story)))
    return numbers
