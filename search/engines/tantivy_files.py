"""What the files of a Tantivy index still hold: ids, parts with dropped entries, stray files.

A dropped entry is only marked; its words stay in the part (segment) it was written to until that
part is written anew.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy

from search import engine
from search.engine import Proof, SearchBroken

LIST = "meta.json"  # of the parts in use


def ids_in_files(searcher: tantivy.Searcher) -> set[str]:
    """All ids that the files name, also those that are only marked dropped."""
    with damage_told():
        return {word for word, _ in searcher.terms_with_prefix(engine.ID, "")}


def found_ids(searcher: tantivy.Searcher) -> set[str]:
    """Ids of the entries that are found."""
    every = tantivy.Query.all_query()
    with damage_told():
        there = searcher.terms_with_prefix(engine.ID, "", filter_query=every)
    return {word for word, _ in there}


def proof(searcher: tantivy.Searcher, folder: Path, before: set[str], kept: set[str]) -> Proof:
    """What is seen now, where `before` was seen and `kept` should be left."""
    found = ids_in_files(searcher)
    return Proof(
        engine="tantivy",
        probe="term dictionary of ids, all segments",
        gone=tuple(sorted(before - found)),
        remaining=len(found),
        missing=tuple(sorted(kept - found)),
        unexpected=tuple(sorted(found - kept)),
        segments=len(parts(folder)),
        segments_with_deletions=count_unclean(folder),
        stray_files=tuple(sorted(one.name for one in _strays(folder))),
    )


def parts(folder: Path) -> list[dict[str, Any]]:
    """The parts in use."""
    with damage_told():
        found: list[dict[str, Any]] = json.loads((folder / LIST).read_text())["segments"]
        return found


def count_unclean(folder: Path) -> int:
    """How many parts hold something that is only marked dropped."""
    return sum(1 for one in parts(folder) if one["deletes"])


def files_of_parts(folder: Path) -> list[Path]:
    """The files of the parts in use."""
    live = {one["segment_id"].replace("-", "") for one in parts(folder)}
    return [one for one in _files(folder) if one.name.partition(".")[0] in live]


def _strays(folder: Path) -> set[Path]:
    """Files of parts that the index no longer lists."""
    return set(_files(folder)) - set(files_of_parts(folder))


def _files(folder: Path) -> list[Path]:
    """The files of all parts; they begin with its number, which has 32 digits."""
    return [one for one in folder.iterdir() if len(one.name.partition(".")[0]) == 32]


@contextmanager
def damage_told() -> Iterator[None]:
    """The engine's own complaints, its panics included, as one error of ours."""
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise SearchBroken("search_broken", reason="damaged", said=str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it has no name that we could import
            raise
        raise SearchBroken("search_broken", reason="damaged", said=str(error)) from error
