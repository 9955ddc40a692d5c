"""Tantivy: the engine for one machine, a library that works on a folder of files.

Readers open the current generation and see a commit as soon as it is there. Only the worker
writes; it opens the writer at its first change and keeps it until `close`. What is indexed is never
stored, except the id and the revision, so that the index holds as little of a record as it can.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import tantivy

from search import engine
from search.engine import (
    And,
    Entry,
    Hit,
    Node,
    Not,
    Page,
    Proof,
    Query,
    Remaining,
    SearchBroken,
    in_order_of_ids,
)
from search.engines import tantivy_files
from search.engines.generations import Dropped, Generations, WriterLock
from search.engines.tantivy_files import damage_told
from search.engines.tantivy_schema import (
    REVISION,
    SCHEMA_VERSION,
    as_document,
    as_query,
    by,
    make_schema,
)
from search.words import one_letter_away

_HEAP = 64 * 1024 * 1024


class TantivyEngine:
    """The engine on one folder; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._generations = Generations(root, SCHEMA_VERSION)
        self._schema = make_schema()
        self._reading = threading.Lock()
        self._index: tantivy.Index | None = None
        self._seen: tuple[Path, int, int] | None = None
        self._writing = threading.RLock()
        self._lock = WriterLock(root)
        self._dropped = Dropped(root)
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
            dropped = list(ids)
            self._dropped.add(sorted(self.held(dropped)))
            for one in dropped:
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

    def facets(self, query: Query, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """Of all that the question finds, how many have which value in each of these fields.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        if not query.readers:
            return {field: {} for field in fields}
        searcher = self._searcher()
        counted = {"size": _VALUES, "segment_size": _VALUES}
        wanted = {field: {"terms": {"field": field, **counted}} for field in fields}
        with damage_told():
            found = searcher.aggregate(as_query(self._schema, query), wanted)
        return {
            field: {str(one["key"]): int(one["doc_count"]) for one in found[field]["buckets"]}
            for field in fields
        }

    def check(self) -> None:
        """Look whether it can be asked.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        self.find(engine.Query(engine.Everything(), ("nobody",), limit=1))

    def near(self, word: str, most: int) -> list[str]:
        """Words without marks in the index that differ by one letter, the commonest first.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        searcher = self._searcher()
        with damage_told():
            counts = {one: searcher.doc_freq(engine.FOLDED, one) for one in one_letter_away(word)}
        there = [one for one, count in counts.items() if count]
        return sorted(there, key=lambda one: (-counts[one], one))[:most]

    def held(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that its files still name, also where they are only marked dropped.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        searcher = self._searcher()
        with damage_told():
            return {one for one in ids if searcher.doc_freq(engine.ID, one)}

    def purge(self, remaining: Remaining) -> Proof:
        """Make all but these unrecoverable, and say how we know.

        Only what stands in one part with something dropped is written anew.
        """
        with self._writing:
            kept = set(remaining.ids())
            before = tantivy_files.ids_in_files(self._searcher()) | self._dropped.ids()
            self.drop(sorted(before - kept))
            self._finish_writer()  # no merge is on its way any more that would mix parts
            kept -= self._write_anew(remaining, kept)
            self._sweep_files()
            proof = tantivy_files.proof(self._searcher(), self._generations.usable(), before, kept)
            if proof.is_complete:
                self._dropped.clear()
            return proof

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Make a new index of these beside the old one, and put it in its place whole."""
        with self._writing:
            self._lock.take()
            self._give_up_writer()
            with self._generations.new() as folder:
                with damage_told():
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
        self._let_go()

    # Reading ------------------------------------------------------------------------------------

    def _searcher(self) -> tantivy.Searcher:
        """The latest commit of the current generation, by whatever process it was made."""
        generation = self._generations.current()
        try:
            return self._newest_view()
        except SearchBroken:
            if self._generations.current() == generation:
                raise
            return self._newest_view()  # another process put a new one in its place just now

    def _newest_view(self) -> tantivy.Searcher:
        with self._reading, damage_told():
            folder = self._generations.usable()
            stat = (folder / "meta.json").stat()
            now = (folder, stat.st_ino, stat.st_mtime_ns)
            if self._index is None or self._seen is None or self._seen[0] != folder:
                self._index = tantivy.Index.open(str(folder))
            elif now != self._seen:
                self._index.reload()
            self._seen = now
            return self._index.searcher()

    def _let_go(self) -> None:
        """Close our view of the index; the next search opens it anew."""
        with self._reading:
            self._index = self._seen = None

    def _page(self, searcher: tantivy.Searcher, query: Query) -> Page:
        wanted = as_query(self._schema, query)
        most = max(searcher.num_docs, 1)  # the engine reserves memory for what it is asked
        with damage_told():
            found = searcher.search(
                wanted,
                limit=min(query.limit, most),
                offset=min(query.start, most),
                **_ORDERS[query.order],
            )
            hits = tuple(_as_hit(searcher, score, place) for score, place in found.hits)
        if query.order == "best":
            hits = in_order_of_ids(hits)
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
        return Page(hits, ahead.total + behind.total, query.start, ahead.total)

    # Writing ------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[tantivy.IndexWriter]:
        """The one writer; whatever goes wrong inside, nothing uncommitted of it stays."""
        with self._writing:
            try:
                yield self._open_writer()
            except BaseException:
                self._give_up_writer()
                self._let_go()  # whoever asks next looks at the files again
                raise

    def _open_writer(self) -> tantivy.IndexWriter:
        self._lock.take()
        if self._writer is None:
            with damage_told():
                self._writer = tantivy.Index.open(str(self._generations.usable())).writer(_HEAP, 1)
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

    def _write_anew(self, remaining: Remaining, kept: set[str]) -> set[str]:
        """Put again what stands beside something dropped, or is missing; what there is no more.

        Parts of which nothing is in use leave with the commit.
        """
        searcher = self._searcher()
        anew = tantivy_files.ids_beside_dropped(searcher, self._generations.usable())
        anew |= kept - tantivy_files.found_ids(searcher)
        lost = set(anew)
        if not anew:
            return lost
        with self._changing() as writer:
            for one in sorted(anew):
                _delete(writer, one)
            for entry in remaining.entries(anew):
                if entry.id in lost:
                    lost.remove(entry.id)
                    _add(writer, entry)
            _commit(writer)
        return lost

    def _sweep_files(self) -> None:
        """Remove the files of parts that are no longer in use, those of late merges included."""
        self._searcher()  # our own view lets go of the old files first
        self._finish_writer()
        writer = self._open_writer()
        with damage_told():
            writer.garbage_collect_files()


_ORDERS: dict[str, dict[str, Any]] = {
    "best": {},
    "newest": {"order_by_field": by("day"), "order": tantivy.Order.Desc},
    "oldest": {"order_by_field": by("day"), "order": tantivy.Order.Asc},
    "number": {"order_by_field": by("number"), "order": tantivy.Order.Asc},
    "title": {"order_by_field": by("title"), "order": tantivy.Order.Asc},
}
_VALUES = 65_000  # of one facet; the engine counts no more


def _add(writer: tantivy.IndexWriter, entry: Entry) -> None:
    document = as_document(entry)
    with damage_told():
        writer.add_document(document)


def _delete(writer: tantivy.IndexWriter, document: str) -> None:
    with damage_told():
        writer.delete_documents_by_term(engine.ID, document)


def _commit(writer: tantivy.IndexWriter) -> None:
    with damage_told():
        writer.commit()


def _finish(writer: tantivy.IndexWriter) -> None:
    """Let merges end and the writer's lock go."""
    with damage_told():
        writer.wait_merging_threads()


def _abandon(writer: tantivy.IndexWriter) -> None:
    """Forget what was not committed, end the writer's threads and let its lock go.

    Something worse is on its way to the caller, so complaints of the dying writer are not heard.
    """
    with suppress(SearchBroken), damage_told():
        writer.rollback()
    with suppress(SearchBroken):
        _finish(writer)


def _as_hit(searcher: tantivy.Searcher, score: Any, place: tantivy.DocAddress) -> Hit:
    stored = searcher.doc(place)
    number = score if isinstance(score, float) else 0.0  # ordered by a field, there is no score
    return Hit(str(stored[engine.ID][0]), number, int(stored[REVISION][0]))
