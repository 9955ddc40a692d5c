"""Documents like this one: those that cite it or that share neighbouring words of its subject."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from archive import access
from archive.access import Action
from archive.documents import number_as_shown
from archive.models import Document, Person
from formats.document_numbers import find_numbers, keys, parse
from search.asking import Asker, asker_of
from search.engine import (
    CITES,
    KIND,
    NUMBERS,
    PAIRS_FOLDED,
    TITLE_FOLDED,
    Boost,
    Hit,
    Node,
    Or,
    Prefer,
    SearchEngine,
    Term,
)
from search.entries import DOCUMENT
from search.words import pairs, split

MOST_WORDS = 24  # of a subject
_CITED = 8.0  # what a citation counts, beside a pair of words


def like_this(
    session: Session, engine: SearchEngine, person: Person, document: Document, *, most: int = 6
) -> tuple[Document, ...]:
    """Documents that the person may find and that are most like this one; often none.

    Raises:
        SearchBroken: the index is being made anew.
        NotFound, NotAllowed: the person may not see its description.
    """
    access.require(session, person, Action.DESCRIBE, document)
    words = [one.folded for one in split(document.subject)][:MOST_WORDS]
    akin: list[Node] = [Term(PAIRS_FOLDED, one) for one in dict.fromkeys(pairs(words))]
    akin += [Boost(one, _CITED) for one in _citations(document)]
    if not akin:
        return ()
    in_title = tuple(Term(TITLE_FOLDED, one) for one in dict.fromkeys(words))
    alike = Prefer(Or(tuple(akin)), in_title)
    asker = asker_of(session, engine, person).without([document.code])

    def ask(asker: Asker) -> Sequence[Hit]:
        return asker.page(alike, filters=(Term(KIND, DOCUMENT),), limit=most).hits

    found = asker.checked(session, person, ask)
    return tuple(found.rows.documents[one.id] for one in found.hits)


def _citations(document: Document) -> list[Node]:
    """Those that cite it, and those that its subject names."""
    year = document.issued_date.year if document.issued_date else None
    own = parse(number_as_shown(document))
    mine = sorted(keys(own, year=year)) if own else []
    named = [one.number for one in find_numbers(document.subject)]
    cited = sorted({key for one in named for key in keys(one)})
    return [
        *(Term(CITES, one) for one in mine if _is_whole(one)),
        *(Term(NUMBERS, one) for one in cited if _is_whole(one)),
    ]


def _is_whole(key: str) -> bool:
    """Whether it says counter, and organ or type: every office has a number 4."""
    counter, _, symbol = key.split("|")
    return bool(counter) and "-" in symbol
