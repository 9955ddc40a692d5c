"""Words of searches that quote what is destroyed: they stand in the story of nobody's row (R14).

A search is quoted by chance; nothing in its event points to what it was about. Two things tell:
what it found, which its event names where that is little, and the words themselves, held against
codes, numbers and titles of what goes. Whoever searched, when, and how much was found stays.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database import pieces
from archive.models import DESTROYED, CaseFile, Document, Event, EventWords, Part
from formats.vietnamese import fold
from retention.execution import Thing, gone_of
from search.models import SavedSearch

_Search = tuple[int, str, dict[str, list[str]]]  # number, words, facts
SEARCHES = ("search.run", "search.take")
FEWEST = 3  # words; fewer stand in any title
_WORD = re.compile(r"[^\W_]+")


def quoting(session: Session, things: Sequence[Thing]) -> dict[int, str]:
    """Searches whose words are to go with these, with the code of the first that each quotes."""
    if not things:
        return {}
    codes = {one.code for one in things}
    found, asked = _matching(session, things, _searches(session), codes)
    return found | _found_nothing_else(session, asked, codes)


def kept_quoting(session: Session, things: Sequence[Thing]) -> dict[int, str]:
    """Searches that people keep and that quote these, by their number, with the code of one."""
    if not things:
        return {}
    kept = session.execute(select(SavedSearch.id, SavedSearch.name, SavedSearch.asked))
    said: Iterable[_Search] = ((number, words, {}) for number, *both in kept for words in both)
    return _matching(session, things, said, set())[0]


def _matching(
    session: Session, things: Sequence[Thing], searches: Iterable[_Search], codes: set[str]
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Those that quote one of the things, and of the others those that found one."""
    said = list(_said(session, things))
    phrases = {phrase: code for code, phrase in reversed(said) if is_telling(phrase, code)}
    lengths = {one.count(" ") + 1 for one in phrases}
    titles, owners = [f" {phrase} " for _, phrase in said], [code for code, _ in said]
    whole, starts = "\n".join(titles), [0, *accumulate(len(one) + 1 for one in titles)]
    found: dict[int, str] = {}
    asked: dict[int, list[str]] = {}
    for event, words, facts in searches:
        phrase = plain(words)
        hit = next((one for one in _runs(phrase.split(), lengths) if one in phrases), None)
        if hit is not None:
            found[event] = phrases[hit]
        elif is_long(phrase) and (place := whole.find(f" {phrase} ")) >= 0:
            found[event] = owners[bisect_right(starts, place) - 1]
        elif not codes.isdisjoint(hits := facts.get("hits", ())):
            asked[event] = list(hits)
    return found, asked


def still_worded(session: Session, events: Sequence[int]) -> list[int]:
    """Those of the events that have words."""
    return [
        number
        for some in pieces(events)
        for number in session.scalars(
            select(EventWords.event_id).where(EventWords.event_id.in_(some))
        )
    ]


def plain(text: str) -> str:
    """Words without marks and signs, one space between them."""
    return " ".join(_WORD.findall(fold(text)))


def is_telling(phrase: str, code: str) -> bool:
    """Whether words that stand in a search mean this thing, and not any other too."""
    return phrase == plain(code) or is_long(phrase)


def is_long(phrase: str) -> bool:
    """Whether it has more words than stand in any title."""
    return phrase.count(" ") + 1 >= FEWEST


def _runs(words: list[str], lengths: set[int]) -> Iterator[str]:
    """All words that stand together, as many as one of these lengths says."""
    for length in lengths:
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _searches(session: Session) -> Iterator[_Search]:
    asked = (
        select(EventWords.event_id, EventWords.words, Event.facts)
        .join(Event, Event.id == EventWords.event_id)
        .where(Event.action.in_(SEARCHES))
        .execution_options(yield_per=1000)
    )
    for event, words, facts in session.execute(asked):
        yield event, str(words.get("searched", "")), facts


def _said(session: Session, things: Sequence[Thing]) -> Iterator[tuple[str, str]]:
    """By code: what a search for it may be made of."""
    gone = gone_of(things)
    yield from ((one.code, plain(one.code)) for one in things)
    for some in pieces(gone.case_files):
        titles = select(CaseFile.id, CaseFile.title).where(CaseFile.id.in_(some))
        for number, title in session.execute(titles):
            yield gone.case_files[number], plain(title)
    for some in pieces(gone.documents):
        described = select(
            Document.id, Document.subject, Document.code_number, Document.code_notation
        )
        for number, subject, *name in session.execute(described.where(Document.id.in_(some))):
            yield gone.documents[number], plain(subject)
            yield gone.documents[number], plain(" ".join(name))
        names = select(Part.document_id, Part.file_name).where(Part.document_id.in_(some))
        for number, file_name in session.execute(names):
            yield gone.documents[number], plain(file_name)


def _found_nothing_else(
    session: Session, asked: dict[int, list[str]], codes: set[str]
) -> dict[int, str]:
    """Of searches that found some of these: those whose other hits are gone as well."""
    gone = set(codes)
    others = sorted({one for hits in asked.values() for one in hits} - codes)
    for some in pieces(others):
        destroyed = select(Document.code).where(
            Document.code.in_(some), Document.destroyed_at.is_not(None)
        )
        gone |= set(session.scalars(destroyed))
        emptied = select(CaseFile.code).where(CaseFile.code.in_(some), CaseFile.stage == DESTROYED)
        gone |= set(session.scalars(emptied))
    return {
        event: next(one for one in hits if one in codes)
        for event, hits in asked.items()
        if gone.issuperset(hits)
    }
