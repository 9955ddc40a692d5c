"""What the engines that stand on a folder of files have in common: Tantivy's and Whoosh's.

Readers open the current generation and see a commit as soon as it is there. Only the worker writes;
whatever goes wrong meanwhile, nothing uncommitted stays.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from search.engine import FOLDED, ID, MOST_VALUES, Entry, Everything, Page, Proof, Query, Remaining
from search.engines.generations import Dropped, Generations, WriterLock
from search.words import one_letter_away

Writer = TypeVar("Writer")
_AT_ONCE = 50  # entries that are put together


class FolderEngine(ABC, Generic[Writer]):
    """The engine on one folder; safe to share between threads."""

    def __init__(self, root: Path, version: int | str) -> None:
        self._generations = Generations(root, version)
        self._dropped = Dropped(root)
        self._lock = WriterLock(root)
        self._reading = threading.RLock()
        self._writing = threading.RLock()

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, replacing any with the same id; they are found when this returns."""
        with self._changing() as writer:
            last = {entry.id: entry for entry in entries}
            self._delete(writer, last)
            self._add(writer, last.values())
            self._commit(writer)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget these. Forgetting twice is fine."""
        with self._changing() as writer:
            dropped = self.held(ids)
            self._dropped.add(sorted(dropped))
            self._delete(writer, dropped)
            self._commit(writer)

    def find(self, query: Query) -> Page:
        """The best matches that the asker may read.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        return self._found(query) if query.readers else Page(start=query.start)

    def facets(
        self, query: Query, fields: Sequence[str], most: int = MOST_VALUES
    ) -> dict[str, dict[str, int]]:
        """Of all that the question finds, how many have which value in each of these fields.

        Of each so many values, the commonest.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        if not query.readers:
            return {field: {} for field in fields}
        return self._counted(query, fields, most)

    def check(self) -> None:
        """Look whether it can be asked.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        self.find(Query(Everything(), ("nobody",), limit=1))

    def near(self, word: str, most: int) -> list[str]:
        """Words without marks in the index that differ by one letter, the commonest first.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        counts = self._frequencies(FOLDED, one_letter_away(word))
        there = [one for one, count in counts.items() if count]
        return sorted(there, key=lambda one: (-counts[one], one))[:most]

    def held(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that its files still name, also where they are only marked dropped.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
        """
        return {one for one, count in self._frequencies(ID, ids).items() if count}

    def purge(self, remaining: Remaining) -> Proof:
        """Make all but these unrecoverable, and say how we know."""
        with self._writing:
            kept = set(remaining.ids())
            before = self._ids_in_files() | self._dropped.ids()
            self.drop(before - kept)
            lost = kept - self._found_ids()
            missing = given_back(remaining, lost)
            while some := list(islice(missing, _AT_ONCE)):
                self.put(some)
            kept -= lost
            kept -= self._write_anew(remaining, kept)
            self._generations.remove_others()
            proof = self._proof(before, kept)
            if proof.is_complete:
                self._dropped.clear()
            return proof

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Make a new index of these beside the old one, and put it in its place whole."""
        with self._writing:
            self._lock.take()
            self._give_up_writer()
            with self._generations.new() as folder:
                self._build(folder, entries)

    def clear(self) -> None:
        """Forget everything; also makes the first, empty index."""
        self.rebuild(())

    def close(self) -> None:
        """Let go of files and locks. The engine may be used again afterwards."""
        with self._writing:
            self._finish_writer()
            self._lock.release()
        self._let_go()

    # What each does in its own way --------------------------------------------------------------

    @abstractmethod
    def _found(self, query: Query) -> Page:
        """As `find`, for who has keys."""

    @abstractmethod
    def _counted(self, query: Query, fields: Sequence[str], most: int) -> dict[str, dict[str, int]]:
        """As `facets`, for who has keys."""

    @abstractmethod
    def _frequencies(self, field: str, words: Iterable[str]) -> dict[str, int]:
        """How many entries have each of these words, those included that are marked dropped."""

    @abstractmethod
    def _ids_in_files(self) -> set[str]:
        """All ids that the files name, also those that are only marked dropped."""

    @abstractmethod
    def _found_ids(self) -> set[str]:
        """Ids of the entries that are found."""

    @abstractmethod
    def _changing(self) -> AbstractContextManager[Writer]:
        """The one writer, while nobody else changes anything."""

    @abstractmethod
    def _delete(self, writer: Writer, ids: Iterable[str]) -> None:
        """Mark these as dropped."""

    @abstractmethod
    def _add(self, writer: Writer, entries: Iterable[Entry]) -> None:
        """Add these, which are not there."""

    @abstractmethod
    def _commit(self, writer: Writer) -> None:
        """Write everything down, so that a power failure takes nothing of it."""

    @abstractmethod
    def _build(self, folder: Path, entries: Iterable[Entry]) -> None:
        """Make an index of these in an empty folder."""

    @abstractmethod
    def _write_anew(self, remaining: Remaining, kept: Collection[str]) -> set[str]:
        """Leave nothing in the files that is only marked dropped, nor files that nothing needs.

        Gives back the ids of those that were kept and are there no more to be written.
        """

    @abstractmethod
    def _proof(self, before: set[str], kept: set[str]) -> Proof:
        """What is seen now, where `before` was seen and `kept` should be left."""

    @abstractmethod
    def _let_go(self) -> None:
        """Close our view of the index; the next search opens it anew."""

    def _give_up_writer(self) -> None:
        """Drop a writer that was kept open, with all that it has not committed."""

    def _finish_writer(self) -> None:
        """End a writer that was kept open, gently."""


def given_back(remaining: Remaining, lost: set[str]) -> Iterator[Entry]:
    """The entries of those that are lost, each of which is then lost no more."""
    for entry in remaining.entries(frozenset(lost)) if lost else ():
        if entry.id in lost:
            lost.remove(entry.id)
            yield entry
