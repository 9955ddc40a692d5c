"""Elasticsearch: the engine for several machines, a server that is asked over the network.

What answers is one index, the current generation, known by an alias that bears the version of our
mapping. A new generation grows beside it and takes the alias over in one request.
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from archive.errors import Invalid
from search import engine
from search.engine import And, Entry, Everything, Hit, Node, Not, Page, Proof, Query, Remaining
from search.engines.elasticsearch_address import Address
from search.engines.elasticsearch_forgetting import Forgetting
from search.engines.elasticsearch_generations import Generations
from search.engines.elasticsearch_notes import Notes
from search.engines.elasticsearch_schema import REVISION, as_document, as_order, as_query
from search.engines.elasticsearch_server import Change, Server
from search.words import one_letter_away

_AT_ONCE = 10_000  # hits that the server reaches in one step
_Body = dict[str, Any]


class ElasticsearchEngine:
    """The engine at one address; safe to share between threads."""

    def __init__(self, address: Address) -> None:
        self._server = Server(address)
        self._generations = Generations(self._server)
        self._notes = Notes(self._server)
        self._forgetting = Forgetting(self._server, self._generations)
        self._alias = self._generations.alias
        self._writing = threading.RLock()

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, replacing any with the same id; they are found when this returns.

        Raises:
            SearchBroken: there is no index.
            SearchBusy: another process is making a new one.
            SearchAway: the server does not answer, or takes nothing in.
        """
        with self._writing:
            self._notes.see_that_it_is_free()
            self._change(Change(entry.id, as_document(entry)) for entry in entries)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget these. Forgetting twice is fine."""
        with self._writing:
            self._notes.see_that_it_is_free()
            dropped = list(ids)
            self._notes.add_dropped(sorted(self.held(dropped)))
            self._change(Change(one) for one in dropped)

    def find(self, query: Query) -> Page:
        """The best matches that the asker may read.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
            SearchAway: the server does not answer.
            Invalid: `question_too_long`.
        """
        if not query.readers:
            return Page(start=query.start)
        if query.first is None:
            return self._page(query)
        return self._page_of_two(query, query.first)

    def facets(
        self, query: Query, fields: Sequence[str], most: int = engine.MOST_VALUES
    ) -> dict[str, dict[str, int]]:
        """Of all that the question finds, how many have which value in each of these fields.

        Of each so many values, the commonest.
        """
        if not query.readers or not fields:
            return {field: {} for field in fields}
        try:
            return self._counted(query, fields, most)
        except Invalid:  # more values in all than the server counts at once
            if len(fields) == 1:
                raise
            return {field: self._counted(query, [field], most)[field] for field in fields}

    def check(self) -> None:
        """Look whether it can be asked and takes changes in.

        Raises:
            SearchBroken: the index is missing, damaged or of another version.
            SearchAway: the server does not answer, or its disk is full.
        """
        self.find(Query(Everything(), ("nobody",), limit=1))
        self._generations.see_that_it_is_open()

    def near(self, word: str, most: int) -> list[str]:
        """Words without marks in the index that differ by one letter, the commonest first."""
        counts = self._forgetting.frequencies(engine.FOLDED, one_letter_away(word))
        return sorted(counts, key=lambda one: (-counts[one], one))[:most]

    def held(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that its files still name, also where they are only marked dropped.

        What was dropped and is not proved gone counts as held: the server does not show parts in
        which everything is marked.
        """
        wanted = set(ids)
        return self._forgetting.in_dictionary(wanted) | (wanted & self._notes.dropped())

    def purge(self, remaining: Remaining) -> Proof:
        """Make all but these unrecoverable, and say how we know.

        Raises:
            SearchBusy: another process is making a new index.
        """
        with self._writing, self._notes.alone():
            kept = set(remaining.ids())
            there = self._forgetting.ids()
            before = there | self._notes.dropped()
            self.drop(sorted(there - kept))
            lost = kept - there
            if lost:
                for entry in remaining.entries(lost.copy()):
                    lost.discard(entry.id)
                    self.put([entry])
            self._generations.remove(self._generations.others())
            self._forgetting.expunge()
            proof = self._forgetting.proof(before, kept - lost)
            if proof.is_complete:
                self._notes.forget_dropped(self._notes.dropped())
            return proof

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Make a new index of these beside the old one, and put it in its place whole."""
        with self._writing, self._notes.alone(), self._generations.new() as name:
            self._server.change(name, self._told(entries))
            self._notes.renew(at_once=True)

    def clear(self) -> None:
        """Forget everything; also makes the first, empty index."""
        self.rebuild(())

    def close(self) -> None:
        """End the connections. The engine may be used again afterwards."""
        self._server.close()

    # Reading ------------------------------------------------------------------------------------

    def _page(self, query: Query) -> Page:
        """One page; what lies further down than the server reaches is walked to."""
        if query.start + query.limit <= _AT_ONCE:
            hits, total = self._hits(query, query.limit, start=query.start)
            return Page(tuple(map(_as_hit, hits)), total, query.start)
        total = self._hits(query, 0)[1]
        wanted: list[_Body] = []
        if query.start < total:
            end = min(query.start + query.limit, total)
            wanted = self._walked(query, query.start, end)
        return Page(tuple(map(_as_hit, wanted)), total, query.start)

    def _walked(self, query: Query, start: int, end: int) -> list[_Body]:
        wanted: list[_Body] = []
        place, after = 0, None
        while place < end:
            stop = start if place < start else end
            hits, _ = self._hits(query, min(stop - place, _AT_ONCE), after=after)
            if not hits:
                break
            if place >= start:
                wanted += hits
            place, after = place + len(hits), hits[-1]["sort"]
        return wanted

    def _page_of_two(self, query: Query, first: Node) -> Page:
        """What matches `first`, and after the last of it what does not."""
        front = replace(query, node=And((query.node, first)), first=None)
        ahead = self._page(front)
        back = replace(
            query,
            node=And((query.node, Not(first))),
            first=None,
            start=max(query.start - ahead.total, 0),
            limit=max(query.limit - len(ahead.hits), 1),
        )
        behind = self._page(back)
        hits = (ahead.hits + behind.hits)[: query.limit]
        return Page(hits, ahead.total + behind.total, query.start, ahead.total)

    def _hits(
        self, query: Query, limit: int, *, start: int = 0, after: list[Any] | None = None
    ) -> tuple[list[_Body], int]:
        """Some hits as the server gives them, and how many there are."""
        found = self._search(
            query,
            size=limit,
            from_=start if after is None else None,
            search_after=after,
            sort=as_order(query) if limit else None,
            stored_fields="_none_",
            docvalue_fields=[engine.ID, REVISION],
        )["hits"]
        return found["hits"], found["total"]["value"]

    def _counted(self, query: Query, fields: Sequence[str], most: int) -> dict[str, dict[str, int]]:
        counted = {"size": most, "shard_size": engine.MOST_VALUES}  # of shards all, to be exact
        wanted = {field: {"terms": {"field": field, **counted}} for field in fields}
        found = self._search(query, size=0, aggregations=wanted)["aggregations"]
        return {
            field: {one["key"]: one["doc_count"] for one in found[field]["buckets"]}
            for field in fields
        }

    def _search(self, query: Query, **wanted: Any) -> _Body:
        several = self._server.address.shards > 1
        with self._generations.asked() as client:
            answer = client.search(
                index=self._alias,
                query=as_query(query),
                track_total_hits=True,
                allow_partial_search_results=False,
                preference=_same_copy(query),
                search_type="dfs_query_then_fetch" if several else None,
                **wanted,
            )
        return dict(answer.body)

    # Writing ------------------------------------------------------------------------------------

    def _change(self, changes: Iterable[Change]) -> None:
        """Make these changes, and have questions see them."""
        with self._generations.asked():  # so that what is the matter is looked up
            self._server.change(self._alias, changes)
        with self._generations.asked(60) as client:
            client.indices.refresh(index=self._alias)

    def _told(self, entries: Iterable[Entry]) -> Iterator[Change]:
        """The entries as changes; now and then it is said that somebody is at work."""
        for entry in entries:
            self._notes.renew()
            yield Change(entry.id, as_document(entry))


def _as_hit(hit: _Body) -> Hit:
    fields = hit["fields"]
    return Hit(fields[engine.ID][0], hit.get("_score") or 0.0, fields[REVISION][0])


def _same_copy(query: Query) -> str:
    """Who asks goes on with the copy that gave the first page: copies differ in what is deleted."""
    return hashlib.sha256(" ".join(query.readers).encode(errors="replace")).hexdigest()[:16]
