"""Whoosh: the engine in pure Python, for where nothing else can be installed and little is kept.

It stands on a folder of files as Tantivy's does, and keeps the same promises for some thousands of
documents (docs/operating.md says how many). Searches take turns; pure Python would anyway.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from whoosh.codec.base import Segment
from whoosh.index import create_in, open_dir
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from archive.errors import ArchiveError
from search import engine
from search.engine import Entry, Hit, Page, Proof, Query, Remaining, SearchBroken, in_order_of_ids
from search.engines.generations import VERSION_FILE, settle
from search.engines.on_folder import FolderEngine
from search.engines.whoosh_schema import REVISION, VERSION, as_document, make_schema
from search.engines.whoosh_view import View, counts, found, in_order

Merging = Callable[[SegmentWriter, list[Segment]], list[Segment]]
_MEGABYTES = 64  # that a writer holds before it lays words aside in a file


class WhooshEngine(FolderEngine[SegmentWriter]):
    """The engine on one folder; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, VERSION)
        self._schema = make_schema()
        self._view: View | None = None
        self._seen: tuple[Path, str] | None = None

    # Reading ------------------------------------------------------------------------------------

    def _found(self, query: Query) -> Page:
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

    def _counted(self, query: Query, fields: Sequence[str], most: int) -> dict[str, dict[str, int]]:
        with self._newest_view() as view:
            numbers = found(view, query)
            return {field: counts(view, numbers, field, most) for field in fields}

    def _frequencies(self, field: str, words: Iterable[str]) -> dict[str, int]:
        with self._newest_view() as view:
            return {one: view.reader.doc_frequency(field, one) for one in words}

    def _ids_in_files(self) -> set[str]:
        with self._newest_view() as view:
            return set(view.words_from(engine.ID, ""))

    def _found_ids(self) -> set[str]:
        with self._newest_view() as view:
            return {str(view.reader.stored_fields(one)[engine.ID]) for one in view.entries}

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
        with self._reading:
            view, self._view, self._seen = self._view, None, None
            if view is not None:
                with suppress(Exception):  # it was looked at for the last time
                    view.reader.close()

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

    def _delete(self, writer: SegmentWriter, ids: Iterable[str]) -> None:
        with damage_told(), closing(writer.reader()) as reader:
            for one in ids:
                if (engine.ID, one) in reader:
                    for number in list(reader.postings(engine.ID, one).all_ids()):
                        writer.delete_document(number)

    def _add(self, writer: SegmentWriter, entries: Iterable[Entry]) -> None:
        for entry in entries:
            with damage_told():
                writer.add_document(**as_document(entry))

    def _commit(self, writer: SegmentWriter, merging: Merging | None = None) -> None:
        with damage_told():
            writer.commit(mergetype=merging)
            settle(Path(writer.storage.folder))

    def _build(self, folder: Path, entries: Iterable[Entry]) -> None:
        with damage_told():
            writer = create_in(folder, self._schema).writer(limitmb=_MEGABYTES)
        with _given_up_at_trouble(writer):
            self._add(writer, entries)
            self._commit(writer)

    # Forgetting ---------------------------------------------------------------------------------

    def _write_anew(self, remaining: Remaining, kept: Collection[str]) -> set[str]:
        """Parts with something dropped, from themselves."""
        with self._changing() as writer:
            self._commit(writer, _without_dropped)
        self._sweep_files()
        return set()

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


def _without_dropped(writer: SegmentWriter, parts: list[Segment]) -> list[Segment]:
    """Write parts anew that have dropped entries; those that have none stay as they are."""
    for part in parts:
        if part.has_deletions() and part.doc_count():
            with closing(SegmentReader(writer.storage, writer.schema, part)) as reader:
                writer.add_reader(reader)
    return [part for part in parts if not part.has_deletions()]


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
