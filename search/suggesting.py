"""What may be meant while it is still being typed: numbers, subjects and case files.

The last word is a beginning. Only what the person may find is looked at, and checked against the
rows before it is shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive.documents import number_as_shown
from archive.models import Person
from formats.document_numbers import query_keys
from formats.vietnamese import fold, nfc
from search.asking import Asker, asker_of
from search.engine import (
    FOLDED,
    KIND,
    NUMBERS,
    PAIRS_FOLDED,
    TITLE_FOLDED,
    And,
    Boost,
    Hit,
    Node,
    Or,
    Prefer,
    Prefix,
    SearchEngine,
    Term,
)
from search.entries import CASE_FILE
from search.results import Known
from search.words import pairs, split

MOST_WORDS = 8
_NUMBER = re.compile(r"(?:so\s+)?(\d{1,6})[a-z]?\s*(?:/\s*((?:19|20)\d\d)\s*)?(?:[/\s]\s*(.*))?")
_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Suggestion:
    """A document or case file that may be meant."""

    kind: str
    code: str
    number: str
    title: str


def suggest(
    session: Session, engine: SearchEngine, person: Person, typed: str, *, most: int = 8
) -> tuple[Suggestion, ...]:
    """A few things that begin as it was typed, those by number first.

    Raises:
        SearchBroken: the index is being made anew.
    """
    text = nfc(typed[:200])
    words = [one.folded for one in split(text)][:MOST_WORDS]
    if not words:
        return ()
    asker = asker_of(session, engine, person)
    found = asker.checked(session, person, lambda one: _hits(one, text, words, most))
    return tuple(_suggestions(found.hits, found.rows))


def _hits(asker: Asker, text: str, words: list[str], most: int) -> list[Hit]:
    by_number = _by_number(text)
    found: dict[str, Hit] = {}
    if by_number is not None:
        page = asker.page(by_number, limit=most, order="newest")
        found = {one.id: one for one in page.hits}
    if len(found) < most:
        page = asker.page(_by_words(words), limit=most)
        found |= {one.id: one for one in page.hits if one.id not in found}
    return list(found.values())[:most]


def _by_number(text: str) -> Node | None:
    """Documents whose number begins so: "12", "12/qd", "12/2020/q"."""
    nodes: list[Node] = [Term(NUMBERS, key) for key in query_keys(text)]
    if begun := _NUMBER.fullmatch(fold(text.strip()).replace("-", " ").strip()):
        counter, year, symbol = begun.groups()
        said = _SIGNS.sub("-", symbol or "").strip("-")
        start = f"{int(counter)}|{year or ''}|{said}" if said or year else f"{int(counter)}"
        nodes.append(Prefix(NUMBERS, start))
    return Or(tuple(nodes)) if nodes else None


def _by_words(words: list[str]) -> Node:
    """Those with all the words in the subject, or of a case file in its code too."""
    whole, last = words[:-1], words[-1]
    in_title: list[Node] = [*(Term(TITLE_FOLDED, one) for one in whole), Prefix(TITLE_FOLDED, last)]
    anywhere: list[Node] = [*(Term(FOLDED, one) for one in whole), Prefix(FOLDED, last)]
    of_case_file = And((Term(KIND, CASE_FILE), *anywhere))
    better = [Boost(Term(PAIRS_FOLDED, one), 2.0) for one in pairs(words)]
    better.append(Boost(Term(TITLE_FOLDED, last), 2.0))
    return Prefer(Or((And(tuple(in_title)), of_case_file)), tuple(better))


def _suggestions(hits: Sequence[Hit], rows: Known) -> Iterator[Suggestion]:
    for hit in hits:
        if document := rows.documents.get(hit.id):
            number = number_as_shown(document)
            yield Suggestion("document", document.code, number, document.subject)
        elif case_file := rows.case_files.get(hit.id):
            yield Suggestion("case_file", case_file.code, case_file.code, case_file.title)
