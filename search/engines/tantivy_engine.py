"""Tantivy: the engine for one machine, a library that works on a folder of files.

Readers open the current generation and see a commit as soon as it is there. Only the worker
writes; it opens the writer at its first change and keeps it until `close`. What is indexed is never
stored, except the id and the revision, so that the index holds as little of a record as it can.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
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
from search.engines import tantivy_files, tantivy_merging
from search.engines.on_folder import FolderEngine, given_back
from search.engines.tantivy_files import LIST, damage_told
from search.engines.tantivy_merging import HEAP
from search.engines.tantivy_schema import (
    REVISION,
    SCHEMA_VERSION,
    as_document,
    as_query,
    by,
    make_schema,
)


class TantivyEngine(FolderEngine[tantivy.IndexWriter]):
    """The engine on one folder; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, SCHEMA_VERSION)
        self._schema = make_schema()
        self._index: tantivy.Index | None = None
        self._seen: tuple[Path, tuple[int, ...]] | None = None
        self._writer: tantivy.IndexWriter | None = None

    # Reading ------------------------------------------------------------------------------------

    def _found(self, query: Query) -> Page:
        searcher = self._searcher()
        if query.first is None:
            return self._page(searcher, query)
        return self._page_of_two(searcher, query, query.first)

    def _counted(self, query: Query, fields: Sequence[str], most: int) -> dict[str, dict[str, int]]:
        searcher = self._searcher()
        counted = {"size": most, "segment_size": engine.MOST_VALUES}  # of parts all, to be exact
        wanted = {field: {"terms": {"field": field, **counted}} for field in fields}
        with damage_told():
            found = searcher.aggregate(as_query(self._schema, query), wanted)
        return {
            field: {str(one["key"]): int(one["doc_count"]) for one in found[field]["buckets"]}
            for field in fields
        }

    def _frequencies(self, field: str, words: Iterable[str]) -> dict[str, int]:
        searcher = self._searcher()
        with damage_told():
            return {one: searcher.doc_freq(field, one) for one in words}

    def _ids_in_files(self) -> set[str]:
        return tantivy_files.ids_in_files(self._searcher())

    def _found_ids(self) -> set[str]:
        return tantivy_files.found_ids(self._searcher())

    def _searcher(self) -> tantivy.Searcher:
        """The latest commit of the current generation, by whatever process it was made."""
        with self._reading:
            if self._index is not None and self._is_newest():
                return self._index.searcher()
        generation = self._generations.current()
        try:
            return self._newest_view()
        except SearchBroken:
            if self._generations.current() == generation:
                raise
            return self._newest_view()  # another process put a new one in its place just now

    def _is_newest(self) -> bool:
        """Whether nothing was committed and no generation came since we looked last."""
        if self._seen is None:
            return False
        folder, marks = self._seen
        try:
            return marks == self._marks(folder)
        except OSError:
            return False

    def _marks(self, folder: Path) -> tuple[int, ...]:
        both = (self._generations.pointer.stat(), (folder / LIST).stat())
        return tuple(mark for one in both for mark in (one.st_ino, one.st_mtime_ns))

    def _newest_view(self) -> tantivy.Searcher:
        with self._reading, damage_told():
            folder = self._generations.usable()
            marks = self._marks(folder)
            if self._index is None or self._seen is None or self._seen[0] != folder:
                self._index = tantivy.Index.open(str(folder))
            else:
                self._index.reload()
            self._seen = (folder, marks)
            return self._index.searcher()

    def _let_go(self) -> None:
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
                self._writer = tantivy.Index.open(str(self._generations.usable())).writer(HEAP, 1)
        return self._writer

    def _give_up_writer(self) -> None:
        if self._writer is not None:
            _abandon(self._writer)
            self._writer = None

    def _finish_writer(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            _finish(writer)

    def _delete(self, writer: tantivy.IndexWriter, ids: Iterable[str]) -> None:
        with damage_told():
            for one in ids:
                writer.delete_documents_by_term(engine.ID, one)

    def _add(self, writer: tantivy.IndexWriter, entries: Iterable[Entry]) -> None:
        for entry in entries:
            with damage_told():
                writer.add_document(as_document(entry))

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        with damage_told():
            writer.commit()

    def _build(self, folder: Path, entries: Iterable[Entry]) -> None:
        with damage_told():
            writer = tantivy.Index(self._schema, path=str(folder)).writer(HEAP, 1)
        try:
            self._add(writer, entries)
            self._commit(writer)
            _finish(writer)
        except BaseException:
            _abandon(writer)
            raise

    # Forgetting ---------------------------------------------------------------------------------

    def _write_anew(self, remaining: Remaining, kept: Collection[str]) -> set[str]:
        """In a new generation, made of the files of this one; or, of a few entries, all anew."""
        self._finish_writer()
        lost: set[str] = set()
        if len(kept) > tantivy_merging.TOGETHER and self._count_unclean():
            lost = set(sorted(kept)[: tantivy_merging.TOGETHER])
            few = list(given_back(remaining, lost))
            old = self._generations.usable()
            with self._generations.new() as folder:
                tantivy_merging.copy(old, folder)
                tantivy_merging.merge(folder, few)
        if self._count_unclean():
            lost = set(kept)
            self.rebuild(given_back(remaining, lost))
        self._sweep_files()
        return lost

    def _count_unclean(self) -> int:
        return tantivy_files.count_unclean(self._generations.usable())

    def _sweep_files(self) -> None:
        """Remove the files of parts that are no longer in use, those of late merges included."""
        self._searcher()  # our own view lets go of the old files first
        writer = self._open_writer()
        with damage_told():
            writer.garbage_collect_files()

    def _proof(self, before: set[str], kept: set[str]) -> Proof:
        return tantivy_files.proof(self._searcher(), self._generations.usable(), before, kept)


_ORDERS: dict[str, dict[str, Any]] = {
    "best": {},
    "newest": {"order_by_field": by("day"), "order": tantivy.Order.Desc},
    "oldest": {"order_by_field": by("day"), "order": tantivy.Order.Asc},
    "number": {"order_by_field": by("number"), "order": tantivy.Order.Asc},
    "title": {"order_by_field": by("title"), "order": tantivy.Order.Asc},
}


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
