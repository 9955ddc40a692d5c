"""Did you mean: a word that the asker's own documents have, in place of one that they have not.

An engine names words of all that it holds. None is offered before it was counted among what the
asker may find, together with the other words of the question.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from formats.vietnamese import Syllable
from search.asking import Asker
from search.engine import FOLDED, And, Everything, Node, Term
from search.query import Asked, understand

MOST_WORDS = 8  # of a question; more is no slip of the finger
_CANDIDATES = 12  # for one word
_SHORTEST = 2  # letters of a word that may be misspelt
_MUCH_MORE = 20  # times as often must another be found, where the word itself is found


@dataclass(frozen=True)
class Meant:
    """Another question, and how much it finds for the asker."""

    text: str
    total: int


def meant(asker: Asker, asked: Asked, text: str) -> Meant | None:
    """What may have been meant, if it finds more."""
    words = list(asked.loose)
    if not words or len(words) > MOST_WORDS:
        return None
    better = [_better(asker, words, place) for place in range(len(words))]
    if not any(better):
        return None
    said = text
    for word, other in sorted(
        zip(words, better, strict=True), key=lambda one: one[0].start, reverse=True
    ):
        if other:
            said = said[: word.start] + other + said[word.end :]
    total = asker.count(understand(said).node)
    return Meant(said, total) if total > asker.count(asked.node) else None


def _better(asker: Asker, words: Sequence[Syllable], place: int) -> str:
    """The word with which most is found, where this one finds nothing or next to nothing."""
    word = words[place].folded
    if len(word) < _SHORTEST or word.isdecimal():
        return ""
    own = asker.count(Term(FOLDED, word))
    if own * _MUCH_MORE > asker.count(Everything()):
        return ""  # no other word can be found so much more often
    others = [Term(FOLDED, one.folded) for number, one in enumerate(words) if number != place]
    context: list[Node] = [one for one in others if asker.count(one)]
    best, most = "", 0
    for candidate in asker.engine.near(word, _CANDIDATES):
        count = asker.count(And((Term(FOLDED, candidate), *context)))
        if count > most and count >= own * _MUCH_MORE:
            best, most = candidate, count
    return best
