"""Our entries in Whoosh's own terms: its fields, and what is written of an entry.

Words come split already, so they are handed over as lists. What is indexed is never stored, except
the id and the revision, so that the index holds as little of a record as it can.
"""

from collections.abc import Mapping
from typing import Any

from whoosh.analysis import IDAnalyzer, SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, KEYWORD, STORED, TEXT, Schema

from search import engine
from search.engine import Entry
from search.words import order_keys, texts_of

VERSION = "whoosh 2"  # raise it with every change here, in `words.py` or of keys: all is remade
REVISION = "revision"
NO_NUMBER = -(2**63)
_WITHOUT_POSITIONS = (engine.PAIRS, engine.PAIRS_FOLDED)
_WITH_POSITIONS = (
    engine.EXACT,
    engine.FOLDED,
    engine.TITLE,
    engine.TITLE_FOLDED,
    engine.NAMED,
    engine.NAMED_FOLDED,
)
_KEYS = (engine.KIND, engine.NUMBERS, engine.CITES, engine.READERS, engine.ORGAN, *engine.FACETS)
_NUMBERS = (engine.DAY, engine.ADDED)
_ORDERS = ("day", "number", "title")


def by(order: str) -> str:
    """The field of keys by which entries are put in this order."""
    return f"by_{order}"


def make_schema() -> Schema:
    """The fields of the index."""
    words = SpaceSeparatedTokenizer()
    fields = {engine.ID: ID(stored=True, analyzer=IDAnalyzer()), REVISION: STORED()}
    fields |= {name: TEXT(analyzer=words, phrase=True) for name in _WITH_POSITIONS}
    fields |= {name: TEXT(analyzer=words, phrase=False) for name in _WITHOUT_POSITIONS}
    fields |= {name: KEYWORD(analyzer=words) for name in _KEYS}
    fields |= {name: COLUMN(NumericColumn("q", default=NO_NUMBER)) for name in _NUMBERS}
    fields |= {by(name): COLUMN(VarBytesColumn()) for name in _ORDERS}
    return Schema(**fields)


def as_document(entry: Entry) -> Mapping[str, Any]:
    """An entry as it is written."""
    keys: dict[str, tuple[str, ...]] = {
        **entry.facets,
        engine.KIND: (entry.kind,),
        engine.NUMBERS: entry.number_keys,
        engine.CITES: entry.cites,
        engine.READERS: entry.readers,
        engine.ORGAN: (entry.organ,),
    }
    return {
        engine.ID: [entry.id],
        f"_stored_{engine.ID}": entry.id,
        REVISION: entry.revision,
        engine.ADDED: entry.added,
        engine.DAY: entry.day,
        **{by(name): key.encode() for name, key in order_keys(entry).items()},
        **{name: text.split() for name, text in texts_of(entry).items()},
        **{name: [value for value in values if value] for name, values in keys.items()},
    }
