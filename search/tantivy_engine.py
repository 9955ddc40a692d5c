"""Tantivy: the engine for one machine, a library that works on a folder of files.

Readers open the current generation and see a commit as soon as it is there. Only the worker
writes; it opens the writer at its first change and keeps it until `close`. What is indexed is never
stored, except the id and the revision, so that the index holds as little of a record as it can.
"""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import tantivy

from search import engine
from search.engine import (
    And,
    Boost,
    Entry,
    Everything,
    Hit,
    Node,
    Not,
    Or,
    Page,
    Phrase,
    Prefer,
    Prefix,
    Proof,
    Query,
    Range,
    SearchBroken,
    Term,
)
from search.generations import Generations, WriterLock
from search.words import texts_of

SCHEMA_VERSION = 1
_WITH_POSITIONS = (engine.EXACT, engine.FOLDED, engine.TITLE, engine.TITLE_FOLDED)
_WITHOUT_POSITIONS = (engine.PAIRS, engine.PAIRS_FOLDED)
_KEYS = (
    engine.NUMBERS,
    engine.CITES,
    engine.READERS,
    engine.ORGAN,
    engine.TYPE,
    engine.CASE_FILE,
)
_BY_DAY = "by_day"  # day and id in one key: always there, never twice the same
_REVISION = "revision"
_HEAP = 64 * 1024 * 1024
_VERSION_FILE = "luutru.json"


def _schema() -> tantivy.Schema:
    fields = tantivy.SchemaBuilder()
    fields.add_text_field(engine.ID, stored=True, tokenizer_name="raw", index_option="basic")
    for name in _WITH_POSITIONS:
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in _WITHOUT_POSITIONS:
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in _KEYS:
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    fields.add_text_field(_BY_DAY, fast=True, tokenizer_name="raw", index_option="basic")
    fields.add_integer_field(engine.DAY, indexed=True, fast=True)
    fields.add_integer_field(_REVISION, stored=True)
    return fields.build()


class TantivyEngine:
    """The engine on one folder; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._generations = Generations(root)
        self._schema = _schema()
        self._reading = threading.Lock()
        self._index: tantivy.Index | None = None
        self._seen: tuple[Path, int, int] | None = None
        self._writing = threading.RLock()
        self._lock = WriterLock(root)
        self._writer: tantivy.IndexWriter | None = None

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, replacing any with the same id; they are found when this returns."""
        with self._changing() as writer:
            for entry in entries:
                _delete(writer, entry.id)
                _add(writer, entry)
            _commit(writer)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget these. Forgetting twice is fine."""
        with self._changing() as writer:
            for one in ids:
                _delete(writer, one)
            _commit(writer)

    def find(self, query: Query) -> Page:
        """The best matches that the asker may read.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        if not query.readers:
            return Page(start=query.start)
        searcher = self._searcher()
        if query.first is None:
            return self._page(searcher, query)
        return self._page_of_two(searcher, query, query.first)

    def purge(self, remaining: Iterable[Entry]) -> Proof:
        """Make all but these unrecoverable, and say how we know."""
        with self._writing:
            with self._changing() as writer:
                before = self._ids_in_files()
                with _damage_told():
                    writer.delete_all_documents()
                kept: set[str] = set()
                for entry in remaining:
                    if entry.id not in kept:
                        kept.add(entry.id)
                        _add(writer, entry)
                _commit(writer)
            self._sweep_files()
            return self._proof(before, kept)

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Make a new index of these beside the old one, and put it in its place whole."""
        with self._writing:
            self._lock.take()
            self._give_up_writer()
            with self._generations.new() as folder:
                (folder / _VERSION_FILE).write_text(json.dumps({"version": SCHEMA_VERSION}))
                with _damage_told():
                    writer = tantivy.Index(self._schema, path=str(folder)).writer(_HEAP, 1)
                try:
                    for entry in entries:
                        _add(writer, entry)
                    _commit(writer)
                    _finish(writer)
                except BaseException:
                    _abandon(writer)
                    raise

    def clear(self) -> None:
        """Forget everything; also makes the first, empty index."""
        self.rebuild(())

    def close(self) -> None:
        """Let go of files and locks. The engine may be used again afterwards."""
        with self._writing:
            self._finish_writer()
            self._lock.release()
        with self._reading:
            self._index = self._seen = None

    # Reading ------------------------------------------------------------------------------------

    def _searcher(self) -> tantivy.Searcher:
        """The latest commit of the current generation, by whatever process it was made."""
        with self._reading, _damage_told():
            folder = self._current()
            stat = (folder / "meta.json").stat()
            now = (folder, stat.st_ino, stat.st_mtime_ns)
            if self._index is None or self._seen is None or self._seen[0] != folder:
                self._index = tantivy.Index.open(str(folder))
            elif now != self._seen:
                self._index.reload()
            self._seen = now
            return self._index.searcher()

    def _current(self) -> Path:
        """The folder of the current generation.

        Raises:
            SearchBroken: `missing`, or `other_version` than this program's.
        """
        folder = self._generations.current()
        if folder is None:
            raise SearchBroken("search_broken", reason="missing")
        found = json.loads((folder / _VERSION_FILE).read_text())["version"]
        if found != SCHEMA_VERSION:
            raise SearchBroken("search_broken", reason="other_version", found=found)
        return folder

    def _page(self, searcher: tantivy.Searcher, query: Query) -> Page:
        wanted = self._wanted(query)
        most = max(searcher.num_docs, 1)  # the engine reserves memory for what it is asked
        with _damage_told():
            found = searcher.search(
                wanted,
                limit=min(query.limit, most),
                offset=min(query.start, most),
                **_ORDERS[query.order],
            )
            hits = tuple(_as_hit(searcher, score, place) for score, place in found.hits)
        total: int = found.count  # type: ignore[attr-defined]  # missing in the stubs only
        return Page(hits, total, query.start)

    def _page_of_two(self, searcher: tantivy.Searcher, query: Query, first: Node) -> Page:
        """What matches `first`, and after the last of it what does not."""
        front = replace(query, node=And((query.node, first)), first=None)
        ahead = self._page(searcher, front)
        back = replace(
            query,
            node=And((query.node, Not(first))),
            first=None,
            start=max(query.start - ahead.total, 0),
            limit=max(query.limit - len(ahead.hits), 1),
        )
        behind = self._page(searcher, back)
        hits = (ahead.hits + behind.hits)[: query.limit]
        return Page(hits, ahead.total + behind.total, query.start)

    def _wanted(self, query: Query) -> tantivy.Query:
        """The question with its rights and filters, which count for nothing in the ranking."""
        readers = tantivy.Query.term_set_query(self._schema, engine.READERS, list(query.readers))
        parts = [(tantivy.Occur.Must, _unranked(readers))]
        parts += [(tantivy.Occur.Must, _unranked(self._asked(one))) for one in query.filters]
        if query.hidden:
            hidden = tantivy.Query.term_set_query(self._schema, engine.ID, list(query.hidden))
            parts.append((tantivy.Occur.MustNot, hidden))
        parts.append((tantivy.Occur.Must, self._asked(query.node)))
        return tantivy.Query.boolean_query(parts)

    def _asked(self, node: Node) -> tantivy.Query:
        """One node, and all below it, in the engine's own terms."""
        ask, schema = tantivy.Query, self._schema
        match node:
            case Everything():
                return ask.all_query()
            case Term(field, word):
                return ask.term_query(schema, field, word, _INDEX_OPTIONS.get(field, "basic"))
            case Phrase(field, words):
                return ask.phrase_query(schema, field, list(words))
            case Prefix(field, start):  # a phrase-prefix query would stop at fifty words
                return _unranked(ask.fuzzy_term_query(schema, field, start, 0, prefix=True), 1.0)
            case Range(field, low, high):
                kind = tantivy.FieldType.Integer
                return _unranked(ask.range_query(schema, field, kind, low, high), 1.0)
            case Or(nodes):
                return ask.boolean_query([(tantivy.Occur.Should, self._asked(n)) for n in nodes])
            case And(nodes):
                return self._all_of(nodes)
            case Not():
                return self._all_of((node,))
            case Boost(inner, factor):
                return ask.boost_query(self._asked(inner), factor)
            case Prefer(inner, better):
                liked = [(tantivy.Occur.Should, self._asked(one)) for one in better]
                return ask.boolean_query([(tantivy.Occur.Must, self._asked(inner)), *liked])

    def _all_of(self, nodes: tuple[Node, ...]) -> tantivy.Query:
        """All of these; only `Not`s would match nothing, so everything is put beside them."""
        parts = [(tantivy.Occur.Must, _unranked(tantivy.Query.all_query()))]
        for node in nodes:
            if isinstance(node, Not):
                parts.append((tantivy.Occur.MustNot, self._asked(node.node)))
            else:
                parts.append((tantivy.Occur.Must, self._asked(node)))
        return tantivy.Query.boolean_query(parts)

    # Writing ------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[tantivy.IndexWriter]:
        """The one writer; whatever goes wrong inside, nothing uncommitted of it stays."""
        with self._writing:
            try:
                yield self._open_writer()
            except BaseException:
                self._give_up_writer()
                raise

    def _open_writer(self) -> tantivy.IndexWriter:
        self._lock.take()
        if self._writer is None:
            with _damage_told():
                self._writer = tantivy.Index.open(str(self._current())).writer(_HEAP, 1)
        return self._writer

    def _give_up_writer(self) -> None:
        """Drop the writer with all that it has not committed."""
        if self._writer is not None:
            _abandon(self._writer)
            self._writer = None

    def _finish_writer(self) -> None:
        """End the writer gently, merges included."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            _finish(writer)

    # Forgetting ---------------------------------------------------------------------------------

    def _sweep_files(self) -> None:
        """Remove the files of parts that are no longer in use, those of late merges included."""
        self._searcher()  # our own view lets go of the old files first
        self._finish_writer()
        writer = self._open_writer()
        with _damage_told():
            writer.garbage_collect_files()

    def _ids_in_files(self) -> set[str]:
        """All ids that the index's files still name, also those that are only marked dropped."""
        searcher = self._searcher()
        with _damage_told():
            return {word for word, _ in searcher.terms_with_prefix(engine.ID, "")}

    def _proof(self, before: set[str], kept: set[str]) -> Proof:
        found = self._ids_in_files()
        with _damage_told():
            folder = self._current()
            segments = json.loads((folder / "meta.json").read_text())["segments"]
        live = {one["segment_id"].replace("-", "") for one in segments}
        stray = [one.name for one in folder.iterdir() if _is_stray(one.name, live)]
        return Proof(
            engine="tantivy",
            probe="term dictionary of ids, all segments",
            gone=tuple(sorted(before - found)),
            remaining=len(found),
            missing=tuple(sorted(kept - found)),
            unexpected=tuple(sorted(found - kept)),
            segments=len(segments),
            segments_with_deletions=sum(1 for one in segments if one["deletes"]),
            stray_files=tuple(sorted(stray)),
        )


_INDEX_OPTIONS = dict.fromkeys(_WITH_POSITIONS + _WITHOUT_POSITIONS, "freq")
_ORDERS: dict[str, dict[str, Any]] = {
    "best": {},
    "newest": {"order_by_field": _BY_DAY, "order": tantivy.Order.Desc},
    "oldest": {"order_by_field": _BY_DAY, "order": tantivy.Order.Asc},
}


def _add(writer: tantivy.IndexWriter, entry: Entry) -> None:
    document = _as_document(entry)
    with _damage_told():
        writer.add_document(document)


def _delete(writer: tantivy.IndexWriter, document: str) -> None:
    with _damage_told():
        writer.delete_documents_by_term(engine.ID, document)


def _commit(writer: tantivy.IndexWriter) -> None:
    with _damage_told():
        writer.commit()


def _finish(writer: tantivy.IndexWriter) -> None:
    """Let merges end and the writer's lock go."""
    with _damage_told():
        writer.wait_merging_threads()


def _abandon(writer: tantivy.IndexWriter) -> None:
    """Forget what was not committed, end the writer's threads and let its lock go.

    Something worse is on its way to the caller, so complaints of the dying writer are not heard.
    """
    with suppress(SearchBroken), _damage_told():
        writer.rollback()
    with suppress(SearchBroken):
        _finish(writer)


def _as_document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text(engine.ID, entry.id)
    document.add_integer(_REVISION, entry.revision)
    document.add_text(_BY_DAY, f"{entry.day or 0:08d} {entry.id}")
    if entry.day is not None:
        document.add_integer(engine.DAY, entry.day)
    for field, text in texts_of(entry).items():
        document.add_text(field, text)
    keys = (
        (engine.NUMBERS, entry.number_keys),
        (engine.CITES, entry.cites),
        (engine.READERS, entry.readers),
        (engine.CASE_FILE, entry.case_files),
        (engine.ORGAN, (entry.organ,)),
        (engine.TYPE, (entry.type_name,)),
    )
    for field, values in keys:
        for value in values:
            if value:
                document.add_text(field, value)
    return document


def _as_hit(searcher: tantivy.Searcher, score: Any, place: tantivy.DocAddress) -> Hit:
    stored = searcher.doc(place)
    number = score if isinstance(score, float) else 0.0  # ordered by a field, there is no score
    return Hit(str(stored[engine.ID][0]), number, int(stored[_REVISION][0]))


def _unranked(query: tantivy.Query, score: float = 0.0) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, score)


def _is_stray(name: str, live: set[str]) -> bool:
    """Whether this file belongs to a segment that the index no longer lists."""
    stem = name.partition(".")[0]
    return len(stem) == 32 and stem not in live


@contextmanager
def _damage_told() -> Iterator[None]:
    """The engine's own complaints, its panics included, as one error of ours."""
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise SearchBroken("search_broken", reason="damaged", said=str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it has no name that we could import
            raise
        raise SearchBroken("search_broken", reason="damaged", said=str(error)) from error
