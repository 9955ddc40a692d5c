"""What an Elasticsearch remembers beside its index: what was dropped, and who writes.

Both stand in a small index of their own, `records-notes`, because the workers of several machines
share them. It holds ids and nothing of what they name.
"""

import logging
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from elasticsearch import BadRequestError, ConflictError

from archive.errors import ArchiveError
from search.engine import SearchAway, SearchBusy
from search.engines.elasticsearch_schema import as_json
from search.engines.elasticsearch_server import Change, Server

LEASE = 60  # seconds; who died while remaking the index is in nobody's way for longer
_RENEWED_AFTER = 10
_WRITER = "writer"
_PAGE = 10_000
_MAPPING: dict[str, Any] = {
    "dynamic": "strict",
    "properties": {
        "dropped": {"type": "keyword"},
        "owner": {"type": "keyword", "index": False},
        "until": {"type": "double", "index": False},
    },
}
log = logging.getLogger("luutru.search")


class Notes:
    """The notes of one engine on that server."""

    def __init__(self, server: Server) -> None:
        self.index = f"{server.address.index}-notes"
        self._server = server
        self._owner = secrets.token_hex(8)
        self._taken = 0.0

    # What was dropped ---------------------------------------------------------------------------

    def add_dropped(self, ids: Iterable[str]) -> None:
        """Remember these until a purge proves them gone."""
        changes = [Change(f"dropped:{one}", as_json({"dropped": one})) for one in ids]
        if changes:
            self._make_sure()
            self._server.change(self.index, changes)

    def dropped(self) -> set[str]:
        """All that are remembered."""
        self._make_sure()
        ids: set[str] = set()
        after: list[str] | None = None
        with self._server.asked() as client:
            client.indices.refresh(index=self.index)
            while True:
                found = client.search(
                    index=self.index,
                    query={"exists": {"field": "dropped"}},
                    sort=[{"dropped": "asc"}],
                    size=_PAGE,
                    search_after=after,
                    allow_partial_search_results=False,
                )["hits"]["hits"]
                if not found:
                    return ids
                ids |= {hit["_source"]["dropped"] for hit in found}
                after = found[-1]["sort"]

    def forget_dropped(self, ids: Iterable[str]) -> None:
        """These are proved gone."""
        self._server.change(self.index, (Change(f"dropped:{one}") for one in ids))

    # Who writes ---------------------------------------------------------------------------------

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only we change the index meanwhile; whoever else wants to is told that it is busy.

        Raises:
            SearchBusy: another process is remaking it, or purging.
        """
        self._make_sure()
        self.renew(at_once=True)
        try:
            yield
        finally:
            self._taken = 0.0
            with suppress(ArchiveError):  # whoever comes next waits for the minute to pass
                self._server.change(self.index, [Change(_WRITER)])

    def renew(self, *, at_once: bool = False) -> None:
        """Say that we are still at it; twice in a few seconds is once.

        Raises:
            SearchBusy: another process has taken it over, because we were silent too long.
        """
        if not at_once and time.monotonic() - self._taken < _RENEWED_AFTER:
            return
        found = self.see_that_it_is_free()
        known: dict[str, Any] = {"op_type": "create"}
        if found.get("found"):
            known = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        line = {"owner": self._owner, "until": time.time() + LEASE}
        with self._server.asked() as client:
            try:
                client.index(index=self.index, id=_WRITER, document=line, **known)
            except ConflictError as taken:
                raise SearchBusy("search_busy", index=self._server.address.index) from taken
        self._taken = time.monotonic()

    def see_that_it_is_free(self) -> dict[str, Any]:
        """Nobody else is remaking the index; what stands about it.

        Raises:
            SearchBusy: somebody is.
        """
        try:
            with self._server.asked() as client:
                answer = client.options(ignore_status=404).get(index=self.index, id=_WRITER)
        except SearchAway as away:
            if away.details["reason"] != "red" or not self._server.is_torn(self.index):
                raise
            self._make_anew()
            return {}
        found: dict[str, Any] = dict(answer.body)
        if found.get("found"):
            line = found["_source"]
            if line["owner"] != self._owner and line["until"] > time.time():
                raise SearchBusy("search_busy", index=self._server.address.index)
        return found

    def _make_anew(self) -> None:
        """Notes that cannot be read stop nobody; what was dropped is no longer known then."""
        log.warning("%s is damaged and made anew", self.index)
        with self._server.asked() as client:
            client.indices.delete(index=self.index, ignore_unavailable=True)
        self._make_sure()

    def _make_sure(self) -> None:
        """The index of notes is there."""
        with self._server.asked() as client:
            if client.indices.exists(index=self.index):
                return
            settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
            try:
                client.indices.create(index=self.index, settings=settings, mappings=_MAPPING)
            except BadRequestError as error:  # another process was quicker
                if error.error != "resource_already_exists_exception":
                    raise
