"""Making dropped entries of an Elasticsearch unrecoverable, and looking whether they are gone.

A deletion only marks. Words leave the files when a part is merged without them, which the server
does not do before every copy has said that it knows of the deletion: up to half a minute later.
"""

import time
from collections.abc import Collection, Iterable
from typing import Any

from archive.database import pieces
from search import engine
from search.engine import Proof
from search.engines.elasticsearch_generations import Generations
from search.engines.elasticsearch_schema import name_of
from search.engines.elasticsearch_server import Server, meaning

_PAGE = 10_000  # ids that the server gives at once
_LOOKED_UP = 500  # ids whose frequency is asked at once
_MERGING = 3600.0  # seconds that merging may take
_PATIENCE = 120.0  # seconds that copies have to say that they know
_TURNS = 3
_PROBE = "document frequency of each id in every part, and the list of all parts of all copies"
_STATISTICS: dict[str, Any] = {
    "term_statistics": True,
    "field_statistics": False,
    "positions": False,
    "offsets": False,
}
_Body = dict[str, Any]


class Forgetting:
    """Looks into the files of the current generation, through the server."""

    def __init__(self, server: Server, generations: Generations) -> None:
        self._server = server
        self._generations = generations

    def ids(self) -> set[str]:
        """Of all entries that can be found."""
        found: set[str] = set()
        after: list[str] | None = None
        while True:
            with self._generations.asked(60) as client:
                hits = client.search(
                    index=self._generations.alias,
                    sort=[{engine.ID: "asc"}],
                    size=_PAGE,
                    search_after=after,
                    stored_fields="_none_",
                    track_total_hits=False,
                    allow_partial_search_results=False,
                )["hits"]["hits"]
            if not hits:
                return found
            after = hits[-1]["sort"]
            found |= {hit["sort"][0] for hit in hits}

    def in_dictionary(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that stand in the dictionary, entries included that are only marked."""
        there: set[str] = set()
        for some in pieces(ids, _LOOKED_UP):
            asked = [_frequency_of(one) for one in some]
            with self._generations.asked(60) as client:
                answers = client.mtermvectors(index=self._generations.alias, docs=asked)["docs"]
                pairs = zip(some, answers, strict=True)
                there |= {one for one, said in pairs if _is_there(one, said)}
        return there

    def frequencies(self, field: str, words: Collection[str]) -> dict[str, int]:
        """How often each of these words stands in the field; those that do not are left out."""
        counts: dict[str, int] = {}
        alias = self._generations.alias
        with self._generations.asked() as client:
            shards = len(client.search_shards(index=alias)["shards"])
            for shard in range(shards if words else 0):
                answer = client.termvectors(
                    index=alias,
                    preference=f"_shards:{shard}",
                    doc={field: " ".join(words)},
                    fields=[field],
                    **_STATISTICS,
                )
                for word, said in answer["term_vectors"].get(field, {"terms": {}})["terms"].items():
                    if "doc_freq" in said:
                        counts[word] = counts.get(word, 0) + int(said["doc_freq"])
        return counts

    def expunge(self) -> None:
        """Merge until no part holds anything that is only marked as deleted, or patience ends."""
        alias = self._generations.alias
        for _ in range(_TURNS):
            with self._generations.asked(_MERGING) as client:
                client.indices.flush(index=alias, force=True, wait_if_ongoing=True)
                self._wait_until_all_copies_know()
                client.indices.forcemerge(index=alias, only_expunge_deletes=True, flush=True)
                client.indices.flush(index=alias, force=True, wait_if_ongoing=True)
            if not any(_is_unclean(one) for one in self._parts()[0]):
                return

    def proof(self, before: Collection[str], kept: Collection[str]) -> Proof:
        """What stands in the files now."""
        found = self.ids() | self.in_dictionary(set(before) - set(kept))
        parts, missing_copies = self._parts()
        stray = [f"{self._generations.alias}: {missing_copies} copies out of reach"]
        return Proof(
            engine="elasticsearch",
            probe=_PROBE,
            gone=tuple(sorted(set(before) - found)),
            remaining=len(found),
            missing=tuple(sorted(set(kept) - found)),
            unexpected=tuple(sorted(found - set(kept))),
            segments=len(parts),
            segments_with_deletions=sum(map(_is_unclean, parts)),
            stray_files=(*self._generations.others(), *(stray if missing_copies else [])),
        )

    def _parts(self) -> tuple[list[_Body], int]:
        """The segments of all copies of all shards, and how many copies nobody could look into."""
        with self._generations.asked() as client:
            answer = client.indices.segments(index=self._generations.alias)
        parts = [
            segment
            for index in answer["indices"].values()
            for copies in index["shards"].values()
            for copy in copies
            for segment in copy["segments"].values()
        ]
        return parts, answer["_shards"]["total"] - answer["_shards"]["successful"]

    def _wait_until_all_copies_know(self) -> None:
        """A copy that might still ask for a deletion keeps the entry's words in all others."""
        give_up = time.monotonic() + _PATIENCE
        while time.monotonic() < give_up:
            with self._generations.asked() as client:
                stats = client.indices.stats(index=self._generations.alias, level="shards")
            copies = [
                copy
                for index in stats["indices"].values()
                for shard in index["shards"].values()
                for copy in shard
            ]
            if all(map(_knows_all, copies)):
                return
            time.sleep(1)


def _frequency_of(entry_id: str) -> _Body:
    """A question for the frequency of an id, at the shard where its entry stands or stood."""
    return {
        "doc": {engine.ID: entry_id},
        "routing": name_of(entry_id),
        "fields": [engine.ID],
        **_STATISTICS,
    }


def _is_there(entry_id: str, said: _Body) -> bool:
    if "error" in said:
        is_missing = said["error"].get("type") == "index_not_found_exception"
        raise meaning(404 if is_missing else 503, said["error"])
    vectors = said["term_vectors"]
    return engine.ID in vectors and "doc_freq" in vectors[engine.ID]["terms"][entry_id]


def _knows_all(copy: _Body) -> bool:
    last = copy["seq_no"]["max_seq_no"]
    leases = copy["retention_leases"]["leases"]
    return all(lease["retaining_seq_no"] > last for lease in leases)


def _is_unclean(segment: _Body) -> bool:
    """Whether it holds what is marked as deleted, or belongs to an older or a later state."""
    return bool(segment["deleted_docs"]) or not (segment["committed"] and segment["search"])
