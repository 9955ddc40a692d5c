"""What the files of a Tantivy index still hold: ids, parts with dropped entries, stray files.

A dropped entry is only marked; its words stay in the part (segment) it was written to until nothing
of that part is in use. So a purge writes anew what else stands in such parts, and looks again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy

from search import engine
from search.engine import Proof, SearchBroken


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


def ids_beside_dropped(searcher: tantivy.Searcher, folder: Path) -> set[str]:
    """Ids of the entries that are found and stand in a part with dropped ones.

    Raises:
        SearchBroken: `damaged`; the searcher's parts are not those that the folder lists.
    """
    parts = _parts(folder)
    dropped = [one["deletes"]["num_deleted_docs"] if one["deletes"] else 0 for one in parts]
    if sum(one["max_doc"] for one in parts) - sum(dropped) != searcher.num_docs:
        raise SearchBroken("search_broken", reason="damaged", said="parts do not add up")
    if not any(dropped):
        return set()
    with damage_told():
        places = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1)).hits
        beside = [place for _, place in places if dropped[place.segment_ord]]
        return {str(searcher.doc(place)[engine.ID][0]) for place in beside}


def proof(searcher: tantivy.Searcher, folder: Path, before: set[str], kept: set[str]) -> Proof:
    """What is seen now, where `before` was seen and `kept` should be left."""
    found = ids_in_files(searcher)
    parts = _parts(folder)
    live = {one["segment_id"].replace("-", "") for one in parts}
    stray = [one.name for one in folder.iterdir() if _is_stray(one.name, live)]
    return Proof(
        engine="tantivy",
        probe="term dictionary of ids, all segments",
        gone=tuple(sorted(before - found)),
        remaining=len(found),
        missing=tuple(sorted(kept - found)),
        unexpected=tuple(sorted(found - kept)),
        segments=len(parts),
        segments_with_deletions=sum(1 for one in parts if one["deletes"]),
        stray_files=tuple(sorted(stray)),
    )


def _parts(folder: Path) -> list[dict[str, Any]]:
    """The parts in use, in the order in which a searcher counts them."""
    with damage_told():
        found: list[dict[str, Any]] = json.loads((folder / "meta.json").read_text())["segments"]
        return found


def _is_stray(name: str, live: set[str]) -> bool:
    """Whether this file belongs to a part that the index no longer lists."""
    stem = name.partition(".")[0]
    return len(stem) == 32 and stem not in live


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
