"""Questions that the papers of a large archive answer, and asking them through the API."""

import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from archive import audit, people
from archive.models import Person
from benchmarks.large_papers import read_papers
from formats.vietnamese import fold
from search.engine import FACETS, Query
from search.query import understand
from web.app import create_app
from web.services import Services

FIRST_LETTERS = "first letters"
EVERYBODY = ("organ:1",)  # whom seven in ten documents are open to
_EVERY = 97  # of so many papers one is asked for
_A_TOKEN = 500  # questions; the API counts how many come with one token in a minute
_WARM = 3  # questions that are asked before the watch is started


class Api:
    """Somebody's programs, which ask."""

    def __init__(self, services: Services, person: int) -> None:
        self._services, self._person = services, person
        self._client = create_app(services).test_client()
        self._asked, self._token = 0, ""

    def ask(self, path: str) -> tuple[float, float, int]:
        """Seconds, seconds of the processor, and how much was found."""
        for _ in range(1 if self._asked else _WARM):
            self._get(path)
        begin, used = time.perf_counter(), time.thread_time()
        answer = self._get(path)
        taken = time.perf_counter() - begin, time.thread_time() - used
        return *taken, int(answer.get("total", len(answer["results"])))

    def _get(self, path: str) -> dict[str, Any]:
        if self._asked % _A_TOKEN == 0:
            self._token = self._new_token()
        self._asked += 1
        answer = self._client.get(path, headers={"Authorization": f"Bearer {self._token}"})
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        said: dict[str, Any] = answer.json  # type: ignore[assignment]
        return said

    def _new_token(self) -> str:
        with audit.acting_as(None, "api"), self._services.db.transaction() as rows:
            person = rows.get_one(Person, self._person)
            return people.sign_in(rows, person, "token", timedelta(hours=9))


def of(papers: Path, each: int) -> dict[str, list[str]]:
    """Paths of the API, so many of each kind."""
    chance, some = random.Random(7), _some(papers, each)
    kinds: dict[str, list[str]] = {}
    for paper in some:
        words = _words(paper, chance)
        kind, year = paper["type"], paper["date"][:4]
        letters = fold(chance.choice(paper["subject"].split()))[: chance.randrange(1, 4)]
        asked = {
            "words": _search(q=" ".join(words)),
            "words without marks": _search(q=fold(" ".join(words))),
            "phrases": _search(q=f'"{_neighbours(paper, chance)}"'),
            "filters": _search(q=words[0], type=kind, year=year),
            "fields and years": _search(q=f'loại:"{kind}" năm:{year} {words[0]}'),
            "numbers": _search(q=paper["so"]),
            FIRST_LETTERS: f"/api/v1/search/suggestions?{urlencode({'q': letters})}",
        }
        for name, path in asked.items():
            kinds.setdefault(name, []).append(path)
    return kinds


def words_for(papers: Path, each: int) -> list[tuple[dict[str, Any], list[str]]]:
    """Papers, and words that are in them."""
    chance = random.Random(7)
    return [(paper, _words(paper, chance)) for paper in _some(papers, each)]


def for_engine(papers: Path, each: int) -> list[Query]:
    """Words, as an engine is asked for them."""
    asked = (" ".join(words) for _, words in words_for(papers, each))
    return [understand(one).query(EVERYBODY) for one in asked]


def _some(papers: Path, each: int) -> list[dict[str, Any]]:
    """So many papers, from near the beginning of a file that may be very long."""
    found = []
    for number, paper in enumerate(read_papers(papers)):
        if number % _EVERY == 0:
            found.append(paper)
        if len(found) == each:
            break
    return found


def _words(paper: dict[str, Any], chance: random.Random) -> list[str]:
    """Two to four words of one line."""
    lines = [line for line in paper["body"].split("\n") if len(line.split()) >= 5]
    words = [one.strip(".,;:()“”\"'") for one in chance.choice(lines).split()]
    return chance.sample([one for one in words if one.isalpha()] or ["quy"], 1) + [
        one for one in chance.sample(words, chance.randrange(1, 4)) if one.isalpha()
    ]


def _neighbours(paper: dict[str, Any], chance: random.Random) -> str:
    words = paper["subject"].split()
    start = chance.randrange(len(words) - 2)
    return " ".join(words[start : start + chance.randrange(2, 4)])


def _search(**wanted: str) -> str:
    asked = [*wanted.items(), *(("facets", one) for one in FACETS)]
    return f"/api/v1/search?{urlencode(asked)}"
