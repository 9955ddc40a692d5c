"""Words for an index, split in another process while this one reads rows and writes the index.

Splitting and folding are the most of the work of a rebuild. Entries come back in their order, and
never more than a few are on their way.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from formats.confined import confined
from formats.errors import ProgramFailed
from search.engine import Entry
from search.words import texts_of

_AT_ONCE = 20  # entries that go over together
_LETTERS = 2_000_000  # and no more than these
_AHEAD = 3  # bundles on their way
_SECONDS = 300.0


def split_ahead(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The same entries, with their words."""
    with ThreadPoolExecutor(1, thread_name_prefix="splitting") as pool:
        waiting: deque[Future[list[Entry]]] = deque()
        try:
            for bundle in _bundles(entries):
                waiting.append(pool.submit(_split, bundle))
                if len(waiting) > _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:  # whoever stopped listening waits for none of them
            pool.shutdown(wait=False, cancel_futures=True)


def _bundles(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    bundle: list[Entry] = []
    letters = 0
    for entry in entries:
        bundle.append(entry)
        letters += len(entry.body)
        if len(bundle) == _AT_ONCE or letters > _LETTERS:
            yield bundle
            bundle, letters = [], 0
    if bundle:
        yield bundle


def _split(bundle: list[Entry]) -> list[Entry]:
    try:
        texts = confined(words_of, bundle, seconds=_SECONDS)
    except ProgramFailed:  # then the engine splits them itself
        return bundle
    return [replace(entry, body="", texts=mine) for entry, mine in zip(bundle, texts, strict=True)]


def words_of(bundle: list[Entry]) -> list[dict[str, str]]:
    """The words of each, by field."""
    return [texts_of(entry) for entry in bundle]
