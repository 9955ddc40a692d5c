"""Our entries and questions in Tantivy's own terms: its fields, documents and queries.

What is indexed is never stored, except the id and the revision, so that the index holds as little
of a record as it can.
"""

import tantivy

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
from search.words import keys_of, order_keys, texts_of

SCHEMA_VERSION = 5  # raise it with every change here, in `words.py` or of keys: then all is remade
REVISION = "revision"
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
_INDEX_OPTIONS = dict.fromkeys(_WITH_POSITIONS + _WITHOUT_POSITIONS, "freq")
_MUST, _MUST_NOT, _SHOULD = tantivy.Occur.Must, tantivy.Occur.MustNot, tantivy.Occur.Should


def by(order: str) -> str:
    """The field of keys by which entries are put in this order."""
    return f"by_{order}"


def make_schema() -> tantivy.Schema:
    """The fields of the index."""
    fields = tantivy.SchemaBuilder()
    fields.add_text_field(engine.ID, stored=True, tokenizer_name="raw", index_option="basic")
    for name in _WITH_POSITIONS:
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in _WITHOUT_POSITIONS:
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in _KEYS:
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in engine.FACETS:
        fields.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in _ORDER_KEYS:
        fields.add_text_field(by(name), fast=True, tokenizer_name="raw", index_option="basic")
    for name in (engine.DAY, engine.ADDED):
        fields.add_integer_field(name, indexed=True, fast=True)
    fields.add_integer_field(REVISION, stored=True)
    return fields.build()


def as_document(entry: Entry) -> tantivy.Document:
    """An entry as it is written."""
    document = tantivy.Document()
    document.add_text(engine.ID, entry.id)
    document.add_integer(REVISION, entry.revision)
    document.add_integer(engine.ADDED, entry.added)
    for name, key in order_keys(entry).items():
        document.add_text(by(name), key)
    if entry.day is not None:
        document.add_integer(engine.DAY, entry.day)
    for field, text in texts_of(entry).items():
        document.add_text(field, text)
    for field, values in keys_of(entry).items():
        for value in values:
            document.add_text(field, value)
    return document


def as_query(schema: tantivy.Schema, query: Query) -> tantivy.Query:
    """The question with its rights and filters, which count for nothing in the ranking."""
    readers = tantivy.Query.term_set_query(schema, engine.READERS, list(query.readers))
    parts = [(_MUST, _unranked(readers))]
    parts += [(_MUST, _unranked(_asked(schema, one))) for one in query.filters]
    if query.hidden:
        hidden = tantivy.Query.term_set_query(schema, engine.ID, list(query.hidden))
        parts.append((_MUST_NOT, hidden))
    parts.append((_MUST, _asked(schema, query.node)))
    return tantivy.Query.boolean_query(parts)


def _asked(schema: tantivy.Schema, node: Node) -> tantivy.Query:
    """One node, and all below it."""
    ask = tantivy.Query
    match node:
        case Everything():
            return _unranked(ask.all_query())
        case Term(field, word) if field in engine.FACETS:  # what is common is no less wanted there
            return _unranked(ask.term_query(schema, field, word, "basic"), 1.0)
        case Term(field, word):
            return ask.term_query(schema, field, word, _INDEX_OPTIONS.get(field, "basic"))
        case Phrase(field, words):
            return ask.phrase_query(schema, field, list(words))
        case Prefix(field, start):  # a phrase-prefix query would stop at fifty words
            return _unranked(ask.fuzzy_term_query(schema, field, start, 0, prefix=True), 1.0)
        case Near(field, word):
            near = ask.fuzzy_term_query(schema, field, word, 1, transposition_cost_one=False)
            return _unranked(near, 1.0)
        case Range(field):
            kind = tantivy.FieldType.Integer
            return _unranked(ask.range_query(schema, field, kind, *node.ends), 1.0)
        case Or(nodes):
            return ask.boolean_query([(_SHOULD, _asked(schema, one)) for one in nodes])
        case And(nodes):
            return _all_of(schema, nodes)
        case Not():
            return _all_of(schema, (node,))
        case Boost(inner, factor):
            return ask.boost_query(_asked(schema, inner), factor)
        case Prefer(inner, better):
            liked = [(_SHOULD, _asked(schema, one)) for one in better]
            return ask.boolean_query([(_MUST, _asked(schema, inner)), *liked])


def _all_of(schema: tantivy.Schema, nodes: tuple[Node, ...]) -> tantivy.Query:
    """All of these; only `Not`s would match nothing, so everything is put beside them."""
    parts = [(_MUST, _unranked(tantivy.Query.all_query()))]
    for node in nodes:
        if isinstance(node, Not):
            parts.append((_MUST_NOT, _asked(schema, node.node)))
        else:
            parts.append((_MUST, _asked(schema, node)))
    return tantivy.Query.boolean_query(parts)


def _unranked(query: tantivy.Query, score: float = 0.0) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, score)
