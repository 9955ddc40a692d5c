"""The generations of an index on an Elasticsearch, one of them current.

They are indexes `records-v1-000001` and so on. Which one answers says the alias `records-v1`: with
the version of our mapping in it, no program ever reads an index of another version.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from elasticsearch import Elasticsearch

from archive.errors import ArchiveError
from search.engine import SearchAway, SearchBroken
from search.engines.elasticsearch_schema import SCHEMA_VERSION, make_mapping
from search.engines.elasticsearch_server import Server

_SECONDS = 60  # to make, change or remove an index
_REFRESH = "30s"  # what is put is shown at once all the same; this is for what a kill left behind


class Generations:
    """The generations at one address."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.alias = f"{server.address.index}-v{SCHEMA_VERSION}"
        self._name = re.compile(re.escape(server.address.index) + r"-v(\d+)-(\d{6})")

    @contextmanager
    def asked(self, seconds: float | None = None) -> Iterator[Elasticsearch]:
        """The client, for the current generation: what is the matter with it is looked up.

        Raises:
            SearchBroken: it is missing, damaged or of another version.
            SearchAway: it does not answer, for now.
        """
        try:
            with self._server.asked(seconds) as client:
                yield client
        except SearchBroken as broken:
            if broken.details["reason"] != "missing":
                raise
            raise self._missing() from broken
        except SearchAway as away:
            if away.details["reason"] != "red" or not self._server.is_torn(self.alias):
                raise
            raise SearchBroken("search_broken", reason="damaged") from away

    def current(self) -> str:
        """The name of the current generation."""
        with self.asked() as client:
            (name,) = client.indices.get_alias(index=self.alias)
            return str(name)

    def see_that_it_is_open(self) -> None:
        """The current generation takes changes in.

        Raises:
            SearchAway: `full_disk`, or `blocked` by an administrator.
        """
        with self.asked() as client:
            found = client.indices.get_settings(
                index=self.alias, name="index.blocks.*", flat_settings=True
            )
        for index in found.values():
            shut = {name for name, value in index["settings"].items() if str(value) == "true"}
            if "index.blocks.read_only_allow_delete" in shut:
                raise SearchAway("search_away", reason="full_disk")
            if shut:
                raise SearchAway("search_away", reason="blocked", said=", ".join(sorted(shut)))

    def others(self) -> list[str]:
        """Generations that are not current: half made, or of another version."""
        return [name for name, aliases in self._all().items() if self.alias not in aliases]

    def remove(self, names: list[str]) -> None:
        """Remove these with all that they hold."""
        with self._server.asked(_SECONDS) as client:
            for name in names:
                client.indices.delete(index=name, ignore_unavailable=True)

    @contextmanager
    def new(self) -> Iterator[str]:
        """An empty generation that becomes current at the end; the others then leave.

        When something goes wrong inside, it is the new one that leaves.
        """
        self.remove(self.others())  # what a kill left
        numbers = [int(found[2]) for one in self._all() if (found := self._name.fullmatch(one))]
        name = f"{self.alias}-{max(numbers, default=0) + 1:06d}"
        self._create(name)
        try:
            yield name
            self._swap(name)
        except BaseException:
            with suppress(ArchiveError):  # something worse is on its way to the caller
                if self.alias not in self._all().get(name, ()):
                    self.remove([name])
            raise
        self.remove(self.others())

    def _create(self, name: str) -> None:
        settings = {
            "number_of_shards": self._server.address.shards,
            "number_of_replicas": 0,  # copies are made once, of the whole
            "refresh_interval": "-1",
            "merge.policy.expunge_deletes_allowed": 0,  # a purge leaves nothing (R14)
        }
        with self._server.asked(_SECONDS) as client:
            client.indices.create(index=name, settings=settings, mappings=make_mapping())

    def _swap(self, name: str) -> None:
        """Make it ready for questions, and give it the alias in place of any other."""
        replicas = self._server.address.replicas
        copies: dict[str, Any] = {"auto_expand_replicas": "0-1"}
        if replicas is not None:
            copies = {"number_of_replicas": replicas}
        old = [one for one, aliases in self._all().items() if self.alias in aliases]
        actions: list[dict[str, Any]] = [{"remove_index": {"index": one}} for one in old]
        actions.append({"add": {"index": name, "alias": self.alias, "is_write_index": True}})
        with self._server.asked(_SECONDS) as client:
            client.indices.refresh(index=name)
            client.indices.put_settings(
                index=name, settings={"refresh_interval": _REFRESH, **copies}
            )
            client.indices.update_aliases(actions=actions)

    def _all(self) -> dict[str, set[str]]:
        """All generations, of any version, and the aliases of each."""
        pattern = f"{self._server.address.index}-v*"
        with self._server.asked(_SECONDS) as client:
            found = client.indices.get_alias(index=pattern, allow_no_indices=True)
        return {
            name: set(one["aliases"]) for name, one in found.items() if self._name.fullmatch(name)
        }

    def _missing(self) -> SearchBroken:
        """There is none that this program can read; perhaps one of another."""
        versions = {self._name.sub(r"\1", one) for one in self._all()}
        if others := sorted(versions - {str(SCHEMA_VERSION)}):
            return SearchBroken("search_broken", reason="other_version", found=", ".join(others))
        return SearchBroken("search_broken", reason="missing")
