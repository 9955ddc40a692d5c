"""Our entries and questions in Elasticsearch's own terms: its mapping, documents and queries.

Nothing is stored that could be read back: no `_source`, and of an entry only its id, its revision
and what it is counted and put in order by.
"""

import hashlib
import json
import logging
from collections.abc import Iterable
from typing import Any

from archive.database import pieces
from search import engine
from search.engine import (
    And,
    Boost,
    Entry,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Range,
    Term,
)
from search.words import LONGEST, keys_of, order_keys, texts_of

SCHEMA_VERSION = 2  # raise it with every change here, in `words.py` or of keys: then all is remade
REVISION = "revision"
LARGEST = 24 * 1024 * 1024  # bytes of one entry; a server takes a tenth of its memory at once
KNOWN_AT_ONCE = 60_000  # values of one condition; the server takes 65,536
_LONGEST_KEY = 8_000  # characters; the server takes 32,766 bytes
_LONGEST_ID = 512  # bytes of the server's own name of an entry
_WITH_POSITIONS = (
    engine.EXACT,
    engine.FOLDED,
    engine.TITLE,
    engine.TITLE_FOLDED,
    engine.NAMED,
    engine.NAMED_FOLDED,
)
_WITHOUT_POSITIONS = (engine.PAIRS, engine.PAIRS_FOLDED)
_KEYS = (engine.KIND, engine.NUMBERS, engine.CITES, engine.READERS, engine.ORGAN)
_ORDER_KEYS = ("day", "number", "title")
_ORDERS: dict[str, list[dict[str, str]]] = {
    "best": [{"_score": "desc"}, {engine.ID: "asc"}],
    "newest": [{"by_day": "desc"}],
    "oldest": [{"by_day": "asc"}],
    "number": [{"by_number": "asc"}],
    "title": [{"by_title": "asc"}],
}
_Body = dict[str, Any]
log = logging.getLogger("luutru.search")


def make_mapping() -> _Body:
    """The fields of an index, and no others."""
    word = {"type": "text", "analyzer": "whitespace"}
    key = {"type": "keyword", "norms": True, "doc_values": False}
    order = {"type": "keyword", "index": False}
    fields: dict[str, _Body] = {engine.ID: {"type": "keyword", "norms": True}}
    fields |= {name: {**word, "index_options": "positions"} for name in _WITH_POSITIONS}
    fields |= {name: {**word, "index_options": "freqs"} for name in _WITHOUT_POSITIONS}
    fields |= {name: key for name in _KEYS}
    fields |= {name: {"type": "keyword"} for name in engine.FACETS}
    fields |= {f"by_{name}": order for name in _ORDER_KEYS}
    fields |= {name: {"type": "long"} for name in (engine.DAY, engine.ADDED)}
    fields[REVISION] = {"type": "long", "index": False}
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": fields}


def name_of(entry_id: str) -> str:
    """The server's own name of an entry: the id, unless that is too long for it."""
    if len(entry_id.encode(errors="replace")) <= _LONGEST_ID:
        return entry_id
    return hashlib.sha256(entry_id.encode(errors="replace")).hexdigest()


def as_document(entry: Entry) -> bytes:
    """An entry as it is sent. One that is too large for the server loses the end of its text."""
    document: _Body = {engine.ID: entry.id}
    document |= {field: _keys(values) for field, values in keys_of(entry).items()}
    document |= {f"by_{name}": key for name, key in order_keys(entry).items()}
    document |= {REVISION: entry.revision, engine.ADDED: entry.added, engine.DAY: entry.day}
    texts = {field: _words(text) for field, text in texts_of(entry).items()}
    size = sum(len(text.encode(errors="replace")) for text in texts.values())
    if size > LARGEST:
        log.warning("%s has too many words for the server; the last are left out", entry.id)
        texts = {field: _cut(text, LARGEST / size) for field, text in texts.items()}
    return as_json(document | texts)


def as_json(body: _Body) -> bytes:
    """A line of a request; halves of letters, which no alphabet has, become question marks."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def as_query(query: Query) -> _Body:
    """The question with its rights and filters, which count for nothing in the ranking."""
    asked = [_asked(one, 1.0) for one in query.filters]
    filters = [{"terms": {engine.READERS: _keys(query.readers)}}, *asked]
    unseen = pieces(_keys(query.hidden), KNOWN_AT_ONCE)
    hidden = [{"terms": {engine.ID: some}} for some in unseen]
    return _bool(must=[_asked(query.node, 1.0)], filter=filters, must_not=hidden)


def as_order(query: Query) -> list[dict[str, str]]:
    """By what is sorted; never do two entries stand equal."""
    return _ORDERS[query.order]


def _asked(node: Node, factor: float) -> _Body:
    """One node, and all below it; how much it counts is handed down to the words.

    The server takes thirty levels, so what says the same with fewer levels does.
    """
    match node:
        case Everything():
            return {"match_all": {"boost": 0.0}}  # as in Tantivy, where it says nothing about rank
        case Term(field, word) if field in engine.FACETS:  # what is common is no less wanted there
            key = {"term": {field: {"value": _one(field, word)}}}
            return {"constant_score": {"filter": key, "boost": factor}}
        case Term(field, word):
            value = _one(field, word)
            return {"term": {field: {"value": value, "boost": factor}}}
        case Phrase(field, words):
            phrase = " ".join(_one(field, word) for word in words)
            return {"match_phrase": {field: {"query": phrase, "boost": factor}}}
        case Prefix(field, start):
            return {"prefix": {field: {"value": _one(field, start), "boost": factor}}}
        case Near(field, word):
            return _near(field, word, factor)
        case Range(field):
            low, high = node.ends
            return {"range": {field: {"gte": low, "lte": high, "boost": factor}}}
        case Or(nodes):
            return _any_of(nodes, factor)
        case And(nodes):
            return _all_of(nodes, factor)
        case Not():
            return _all_of((node,), factor)
        case Boost(inner, more):
            return _asked(inner, factor * more)
        case Prefer(inner, better):
            liked = [_asked(one, factor) for one in better]
            return _bool(must=[_asked(inner, factor)], should=liked)


def _near(field: str, word: str, factor: float) -> _Body:
    """All that are near, not the fifty that the server would otherwise take."""
    near = {
        "value": _one(field, word),
        "fuzziness": 1,
        "transpositions": False,
        "rewrite": "constant_score",
        "boost": factor,
    }
    return {"fuzzy": {field: near}}


def _any_of(nodes: tuple[Node, ...], factor: float) -> _Body:
    if not nodes:
        return {"match_none": {}}
    if len(nodes) == 1:
        return _asked(nodes[0], factor)
    return _bool(should=[_asked(one, factor) for one in _flat(nodes, Or)])


def _all_of(nodes: tuple[Node, ...], factor: float) -> _Body:
    """All of these, on as few levels as can be: alternatives may stand beside what is wanted."""
    parts = _flat(nodes, And)
    wanted = [one for one in parts if not isinstance(one, Not)]
    unwanted = _flat([one.node for one in parts if isinstance(one, Not)], Or)
    if len(wanted) == 1 and not unwanted:
        return _asked(wanted[0], factor)
    choice = max((one for one in wanted if _is_choice(one)), key=_depth, default=Or(()))
    assert isinstance(choice, Or)
    everything: list[_Body] = [] if wanted else [{"match_all": {}}]
    asked = _bool(
        must=[_asked(one, factor) for one in wanted if one is not choice],
        should=[_asked(one, factor) for one in _flat(choice.nodes, Or)],
        filter=everything,
        must_not=[_asked(one, factor) for one in unwanted],
    )
    if choice.nodes:
        asked["bool"]["minimum_should_match"] = 1
    return asked


def _is_choice(node: Node) -> bool:
    return isinstance(node, Or) and len(node.nodes) > 1


def _depth(node: Node) -> int:
    """How many nodes lie below each other."""
    match node:
        case Or(nodes) | And(nodes):
            return 1 + max(map(_depth, nodes), default=0)
        case Not(inner) | Boost(inner) | Prefer(inner):
            return 1 + _depth(inner)
    return 1


def _flat(nodes: Iterable[Node], kind: type[And] | type[Or]) -> list[Node]:
    """The nodes, with those of the same kind among them taken apart."""
    parts: list[Node] = []
    for one in nodes:
        parts += _flat(one.nodes, kind) if isinstance(one, kind) else [one]
    return parts


def _bool(**clauses: list[_Body]) -> _Body:
    return {"bool": {name: some for name, some in clauses.items() if some}}


# Words and keys that the server takes whole ------------------------------------------------------


def _one(field: str, word: str) -> str:
    """A word or key of a question, as an entry has it."""
    if field in _WITH_POSITIONS or field in _WITHOUT_POSITIONS:
        return _short(word)
    return word[:_LONGEST_KEY]


def _keys(values: tuple[str, ...]) -> list[str]:
    return [value[:_LONGEST_KEY] for value in values]


def _words(text: str) -> str:
    """A text of words, none so long that the server would break it in two.

    It counts in halves of letters where a letter is of an old script.
    """
    if max(text, default="") <= "\uffff":
        return text
    return " ".join(map(_short, text.split(" ")))


def _short(word: str) -> str:
    halves = word.encode("utf-16-le", "replace")
    if len(halves) <= 2 * LONGEST:
        return word
    return halves[: 2 * LONGEST].decode("utf-16-le", "ignore")


def _cut(text: str, share: float) -> str:
    """So much of a text, up to the end of a word."""
    return text[: int(len(text) * share)].rpartition(" ")[0]
