"""Talking to an Elasticsearch: its answers, its refusals, and many changes in one request.

What it says is put into errors of ours here, and nowhere else. That nobody answers, or that the
disk is full, says nothing against the index: it is not made anew because of it.
"""

import json
import logging
import random
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from elastic_transport import SerializationError, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from archive.errors import ArchiveError, Invalid
from search.engine import SearchAway, SearchBroken
from search.engines.elasticsearch_address import Address
from search.engines.elasticsearch_schema import as_json, name_of

_TRIES = 3  # of a question, each at another machine if there is one
_BULK_SECONDS = 120
_BULK_BYTES, _BULK_COUNT = 4 * 1024 * 1024, 500
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before a change that was too much is tried again
_NO_SUCH_INDEX = "index_not_found_exception"
_BLOCKED = "cluster_block_exception"
_TOO_LONG = ("maxClauseCount", "max_nested_depth", "too_many_buckets")
_FLOODED = "read-only-allow-delete"
_SHARDS_WAITED_FOR = "20s"
_TELLING = 500  # characters of what it said
log = logging.getLogger("luutru.search")
logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # we say it once, in our words


@dataclass(frozen=True)
class Change:
    """An entry that is to be there, or, without a document, not to be there any more."""

    id: str
    document: bytes | None = None

    def lines(self) -> list[bytes]:
        """As a request of many has it."""
        verb = "delete" if self.document is None else "index"
        action = as_json({verb: {"_id": name_of(self.id)}})
        return [action] if self.document is None else [action, self.document]


class Server:
    """The machines at an address; safe to share between threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._opening = threading.Lock()
        self._client: Elasticsearch | None = None

    @contextmanager
    def asked(self, seconds: float | None = None) -> Iterator[Elasticsearch]:
        """The client, whose complaints become errors of ours."""
        with told():
            client = self._open()
            yield client.options(request_timeout=seconds) if seconds else client

    def _open(self) -> Elasticsearch:
        with self._opening:
            if self._client is None:
                given = self.address
                trust: dict[str, Any] = (
                    {"ca_certs": str(given.authority)} if given.authority else {}
                )
                self._client = Elasticsearch(
                    list(given.nodes),
                    headers=given.headers,
                    request_timeout=given.timeout,
                    max_retries=_TRIES - 1,
                    retry_on_timeout=False,
                    **trust,
                )
            return self._client

    def close(self) -> None:
        """End its connections; it may be asked again afterwards."""
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def is_torn(self, index: str) -> bool:
        """Whether a part was given up because its files are damaged; waiting mends nothing then.

        A part whose machine is away, or just starting, comes back by itself.
        """
        with self.asked() as client:
            shards: Any = client.cat.shards(
                index=index, format="json", h="index,shard,prirep,state"
            )
            return any(
                _is_given_up(
                    client.cluster.allocation_explain(
                        index=one["index"], shard=int(one["shard"]), primary=True
                    ).body
                )
                for one in shards
                if (one["prirep"], one["state"]) == ("p", "UNASSIGNED")
            )

    def change(self, index: str, changes: Iterable[Change]) -> None:
        """Make these changes, in order, as many in one request as the server takes well.

        While it works on some, the next are made ready.

        Raises:
            SearchAway: it is too busy for too long, its disk is full, or it does not answer.
            SearchBroken: there is no such index.
        Invalid: `question_too_long`, of an entry that does not fit in one request.
        """
        with ThreadPoolExecutor(1, "search-changes") as sender:
            under_way: Future[None] | None = None
            for some in _together(changes):
                if under_way is not None:
                    under_way.result()
                under_way = sender.submit(self._change_all, index, some)
            if under_way is not None:
                under_way.result()

    def _change_all(self, index: str, changes: list[Change]) -> None:
        for pause in _PAUSES:
            changes = self._change_once(index, changes)
            if not changes:
                return
            log.warning("the search server is too busy; %d changes wait", len(changes))
            time.sleep(pause * random.uniform(0.5, 1.5))  # not all who wait come back at once
        if self._change_once(index, changes):
            raise SearchAway("search_away", reason="too_busy")

    def _change_once(self, index: str, changes: list[Change]) -> list[Change]:
        """Make them; those for which the server had no room just now."""
        lines: list[Any] = list(chain.from_iterable(one.lines() for one in changes))
        try:
            with self.asked(_BULK_SECONDS) as client:
                answer = client.bulk(index=index, operations=lines, timeout=_SHARDS_WAITED_FOR)
        except SearchAway as refusal:
            if refusal.details["reason"] == "too_busy":
                return changes
            raise
        except Invalid:  # more than its administrator lets through in one request
            if len(changes) == 1:
                raise
            half = len(changes) // 2
            return self._change_once(index, changes[:half]) + self._change_once(
                index, changes[half:]
            )
        if not answer["errors"]:
            return []
        results = (next(iter(one.values())) for one in answer["items"])
        return [one for one, said in zip(changes, results, strict=True) if _is_refused(said)]


def _is_given_up(explained: dict[str, Any]) -> bool:
    """Whether the server tried a part and failed, or found its files and cannot read them."""
    stores = [one.get("store", {}) for one in explained.get("node_allocation_decisions", ())]
    reason = explained.get("unassigned_info", {}).get("reason")
    return reason == "ALLOCATION_FAILED" or any("store_exception" in one for one in stores)


def _is_refused(said: dict[str, Any]) -> bool:
    """Whether there was no room for this change.

    Raises:
        ArchiveError: something else is in its way.
    """
    if "error" not in said:  # to delete what is not there is fine
        return False
    refusal = meaning(said["status"], said["error"])
    if isinstance(refusal, SearchAway) and refusal.details["reason"] == "too_busy":
        return True
    raise refusal


def _together(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """The changes, so many at a time as fit in one request."""
    some: list[Change] = []
    size = 0
    for one in changes:
        more = len(one.document or b"")
        if some and (size + more > _BULK_BYTES or len(some) == _BULK_COUNT):
            yield some
            some, size = [], 0
        some.append(one)
        size += more
    if some:
        yield some


# What it says ------------------------------------------------------------------------------------


@contextmanager
def told() -> Iterator[None]:
    """The client's complaints as errors of ours."""
    try:
        yield
    except (UnsupportedProductError, SerializationError) as error:  # something else answers there
        raise _away("foreign", error) from error
    except ApiError as error:
        body = error.body
        said = body.get("error", body) if isinstance(body, dict) else body
        raise meaning(error.status_code, said) from error
    except TlsError as error:
        raise _away("untrusted", error) from error
    except TransportError as error:
        raise _away("silent", error) from error


def meaning(status: int, said: Any) -> ArchiveError:
    """What a refusal means for us."""
    kind = said.get("type", "") if isinstance(said, dict) else ""
    text = json.dumps(said) if isinstance(said, dict) else str(said)
    if status == 404 and kind == _NO_SUCH_INDEX:
        return SearchBroken("search_broken", reason="missing")
    if status in (401, 403) and kind != _BLOCKED:
        return _away("refused", kind)
    if status in (403, 429) and kind == _BLOCKED:
        return _away("full_disk" if _FLOODED in text else "blocked", text)
    if status == 429:
        return _away("too_busy", kind)
    if status == 413 or any(one in text for one in _TOO_LONG):
        return Invalid("question_too_long")
    if status in (502, 503, 504):
        return _away("red", kind or text)
    if not kind:
        return _away("foreign", f"{status} {text}")
    return SearchBroken("search_broken", reason="damaged", said=text[:_TELLING])


def _away(reason: str, said: object) -> SearchAway:
    return SearchAway("search_away", reason=reason, said=str(said)[:_TELLING])
