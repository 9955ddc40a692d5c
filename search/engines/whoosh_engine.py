"""Whoosh: the engine in pure Python, for where nothing else can be installed and little is kept.

It stands on a folder of files as Tantivy's does, and keeps the same promises for some thousands of
documents (docs/operating.md says how many). Searches take turns; pure Python would anyway.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from whoosh.codec.base import Segment
from whoosh.index import create_in, open_dir
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from archive.errors import ArchiveError
from search import engine
from search.engine import Entry, Hit, Page, Proof, Query, Remaining, SearchBroken, in_order_of_ids
from search.engines.generations import VERSION_FILE, Dropped, Generations, WriterLock, settle
from search.engines.whoosh_schema import REVISION, VERSION, as_document, make_schema
from search.engines.whoosh_view import View, counts, found, in_order
from search.words import one_letter_away

Merging = Callable[[SegmentWriter, list[Segment]], list[Segment]]
_MEGABYTES = 64  # that a writer holds before it lays words aside in a file


class WhooshEngine:
    """The engine on one folder; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._generations = Generations(root, VERSION)
        self._schema = make_schema()
        self._reading = threading.RLock()
        self._view: View | None = None
        self._seen: tuple[Path, str] | None = None
        self._writing = threading.RLock()
        self._lock = WriterLock(root)
        self._dropped = Dropped(root)

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, replacing any with the same id; they are found when this returns."""
        with self._changing() as writer:
            last = {entry.id: entry for entry in entries}
            _delete(writer, last)
            _add(writer, last.values())
            _commit(writer)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget these. Forgetting twice is fine."""
        with self._changing() as writer:
            dropped = self.held(ids)
            self._dropped.add(sorted(dropped))
            _delete(writer, dropped)
            _commit(writer)

    def find(self, query: Query) -> Page:
        """The best matches that the asker may read.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        if not query.readers:
            return Page(start=query.start)
        with self._newest_view() as view:
            scores = found(view, query)
            numbers, ahead = in_order(view, query, scores)
            some = numbers[query.start : query.start + query.limit]
            ranked = query.order == "best"
            hits = tuple(_as_hit(view, one, scores[one] if ranked else 0.0) for one in some)
            if ranked:
                front = max(ahead - query.start, 0)
                hits = in_order_of_ids(hits[:front]) + in_order_of_ids(hits[front:])
            return Page(hits, len(numbers), query.start, ahead)

    def facets(self, query: Query, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """Of all that the question finds, how many have which value in each of these fields.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        if not query.readers:
            return {field: {} for field in fields}
        with self._newest_view() as view:
            numbers = found(view, query)
            return {field: counts(view, numbers, field) for field in fields}

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
        with self._newest_view() as view:
            often = {
                one: view.reader.doc_frequency(engine.FOLDED, one) for one in one_letter_away(word)
            }
        there = [one for one, count in often.items() if count]
        return sorted(there, key=lambda one: (-often[one], one))[:most]

    def held(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that its files still name, also where they are only marked dropped.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        with self._newest_view() as view:
            return {one for one in ids if (engine.ID, one) in view.reader}

    def purge(self, remaining: Remaining) -> Proof:
        """Make all but these unrecoverable, and say how we know.

        Parts with something dropped are written anew, from themselves.
        """
        with self._writing:
            kept = set(remaining.ids())
            before = self._ids_in_files() | self._dropped.ids()
            self.drop(before - kept)
            lost = kept - self._found_ids()
            with self._changing() as writer:
                _add(writer, _given_back(remaining, lost))
                _commit(writer, _without_dropped)
            kept -= lost
            self._sweep_files()
            proof = self._proof(before, kept)
            if proof.is_complete:
                self._dropped.clear()
            return proof

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Make a new index of these beside the old one, and put it in its place whole."""
        with self._writing:
            self._lock.take()
            with self._generations.new() as folder:
                with damage_told():
                    writer = create_in(folder, self._schema).writer(limitmb=_MEGABYTES)
                with _given_up_at_trouble(writer):
                    _add(writer, entries)
                    _commit(writer)

    def clear(self) -> None:
        """Forget everything; also makes the first, empty index."""
        self.rebuild(())

    def close(self) -> None:
        """Let go of files and locks. The engine may be used again afterwards."""
        with self._writing:
            self._lock.release()
        self._let_go()

    # Reading ------------------------------------------------------------------------------------

    @contextmanager
    def _newest_view(self) -> Iterator[View]:
        """The latest commit of the current generation, by whatever process it was made."""
        with self._reading, damage_told():
            try:
                self._look_again()
            except Exception:
                self._look_again()  # a commit or a new generation came just now
            assert self._view is not None
            yield self._view

    def _look_again(self) -> None:
        folder = self._generations.usable()
        now = (folder, _table_of_contents(folder))
        if self._view is None or now != self._seen:
            self._let_go()
            self._view = View(open_dir(folder, schema=self._schema, readonly=True).reader())
            self._seen = now

    def _let_go(self) -> None:
        """Close our view of the index; the next search opens it anew."""
        with self._reading:
            view, self._view, self._seen = self._view, None, None
            if view is not None:
                with suppress(Exception):  # it was looked at for the last time
                    view.reader.close()

    def _found_ids(self) -> set[str]:
        with self._newest_view() as view:
            return {str(view.reader.stored_fields(one)[engine.ID]) for one in view.entries}

    # Writing ------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[SegmentWriter]:
        """The one writer; whatever goes wrong inside, nothing uncommitted of it stays."""
        with self._writing:
            self._lock.take()
            with damage_told():
                folder = self._generations.usable()
                writer = open_dir(folder, schema=self._schema).writer(limitmb=_MEGABYTES)
            with _given_up_at_trouble(writer):
                yield writer

    # Forgetting ---------------------------------------------------------------------------------

    def _ids_in_files(self) -> set[str]:
        with self._newest_view() as view:
            return set(view.words_from(engine.ID, ""))

    def _sweep_files(self) -> None:
        """Remove what a writer that was killed left behind."""
        with self._newest_view() as view:
            for stray in _strays(self._generations.usable(), view):
                stray.unlink()

    def _proof(self, before: set[str], kept: set[str]) -> Proof:
        ids = self._ids_in_files()
        with self._newest_view() as view:
            parts = [part for part, _ in view.parts if part.segment()]
            strays = _strays(self._generations.usable(), view)
            return Proof(
                engine="whoosh",
                probe="term dictionary of ids, all segments",
                gone=tuple(sorted(before - ids)),
                remaining=len(ids),
                missing=tuple(sorted(kept - ids)),
                unexpected=tuple(sorted(ids - kept)),
                segments=len(parts),
                segments_with_deletions=sum(1 for part in parts if part.has_deletions()),
                stray_files=tuple(sorted(stray.name for stray in strays)),
            )


def _delete(writer: SegmentWriter, ids: Iterable[str]) -> None:
    with damage_told(), closing(writer.reader()) as reader:
        for one in ids:
            if (engine.ID, one) in reader:
                for number in list(reader.postings(engine.ID, one).all_ids()):
                    writer.delete_document(number)


def _add(writer: SegmentWriter, entries: Iterable[Entry]) -> None:
    for entry in entries:
        with damage_told():
            writer.add_document(**as_document(entry))


def _commit(writer: SegmentWriter, merging: Merging | None = None) -> None:
    """Write everything down, so that a power failure takes nothing of it."""
    with damage_told():
        writer.commit(mergetype=merging)
        settle(Path(writer.storage.folder))


def _without_dropped(writer: SegmentWriter, parts: list[Segment]) -> list[Segment]:
    """Write parts anew that have dropped entries; those that have none stay as they are."""
    for part in parts:
        if part.has_deletions() and part.doc_count():
            with closing(SegmentReader(writer.storage, writer.schema, part)) as reader:
                writer.add_reader(reader)
    return [part for part in parts if not part.has_deletions()]


def _given_back(remaining: Remaining, lost: set[str]) -> Iterator[Entry]:
    """The entries of those that are lost, each of which is then lost no more."""
    for entry in remaining.entries(frozenset(lost)) if lost else ():
        if entry.id in lost:
            lost.remove(entry.id)
            yield entry


@contextmanager
def _given_up_at_trouble(writer: SegmentWriter) -> Iterator[None]:
    """Let a writer go with all that it has not committed, when something goes wrong.

    Something worse is on its way to the caller, so complaints of the dying writer are not heard.
    """
    try:
        yield
    except BaseException:
        with suppress(Exception):
            writer.cancel()
        with suppress(Exception):
            writer.writelock.release()
        raise


def _as_hit(view: View, number: int, score: float) -> Hit:
    stored = view.reader.stored_fields(number)
    return Hit(str(stored[engine.ID]), score, int(stored[REVISION]))


def _table_of_contents(folder: Path) -> str:
    """The newest list of the index's parts; every commit writes another."""
    lists = {int(one.stem.rpartition("_")[2]): one.name for one in folder.glob("_MAIN_*.toc")}
    return lists[max(lists)]


def _strays(folder: Path, view: View) -> list[Path]:
    """Files that belong to no part in use."""
    ours = {_table_of_contents(folder), VERSION_FILE, "MAIN_WRITELOCK"}
    parts = {part.segment().segment_id() for part, _ in view.parts if part.segment()}
    return [
        one
        for one in folder.rglob("*")
        if one.is_file() and one.name not in ours and one.name.partition(".")[0] not in parts
    ]


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever Whoosh stumbles over in its files, as one error of ours."""
    try:
        yield
    except (ArchiveError, RecursionError):
        raise
    except Exception as error:  # torn files let it fail in any way there is
        said = f"{type(error).__name__}: {error}"
        raise SearchBroken("search_broken", reason="damaged", said=said) from error
