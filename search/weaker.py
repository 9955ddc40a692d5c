"""The same question with less: most of its words, or words spelt nearly as they were typed."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from formats.vietnamese import Syllable, has_marks
from search.engine import PAIRS_FOLDED, And, Boost, Node, Prefer, Term
from search.wanted import Part, all_of, any_of, near_pair, word
from search.words import pairs

FEWEST = 3  # things wanted; of two, one is no answer
_MOST_THINGS = 12  # that are counted; of a longer question neighbours are taken together
_SHARE = 0.6  # of them that an answer has
_LONGEST_NEAR = 16  # words whose near spellings are looked for
_LESS = 0.1  # what matching is worth beside what lifts one match above another
_NEAR_PAIR = 4.0  # two words beside each other, spelt nearly so: about what a common pair is worth
LONG = 5  # words of a question that thousands of long papers have by chance
_SIDE_BY_SIDE = 0.5  # of the neighbours of a long question that stand so in an answer, too
# Words that a sentence has and a record need not; nobody means them when asked for most words.
_OF_SENTENCES = """
là của và về các cho trong có những được theo với tại từ này đó nào gì thế ai bao nhiêu khi thì mà
như đến bị để đang đã sẽ ra rằng hay một cái ấy kia đâu sao nói cần tìm xem giúp tôi mình ở không
việc
"""
_WITHOUT_MARKS = "cua va ve cac cho nhung duoc theo voi trong nao nhieu la tai"
_GRAMMAR = frozenset(_OF_SENTENCES.split()), frozenset(_WITHOUT_MARKS.split())


def most_of(
    parts: Sequence[Part], better: Sequence[Node], loose: Sequence[Syllable]
) -> Node | None:
    """Entries with most of what is wanted, ranked by how much and how near."""
    parts = _word_by_word(parts)
    needed = [one.must for one in parts if not one.may_lack]
    counted = [one for one in parts if one.may_lack]
    telling = [one for one in counted if not is_of_sentences(one)]
    if len(telling) >= 2:
        counted = telling
    things = _together([one.must for one in counted])
    if len(counted) < FEWEST:
        return None
    enough = _at_least(max(ceil(len(things) * _SHARE), 2), things)
    lifts = [Boost(one, _NEAR_PAIR) for one in _near_pairs(loose)]
    return Prefer(Boost(all_of([*needed, enough]), _LESS), (*better, *lifts))


def nearly(parts: Sequence[Part], better: Sequence[Node], loose: Sequence[Syllable]) -> Node | None:
    """Entries with all that is wanted in near spellings; None where no other spelling is near.

    Of three words and more, each stands beside its neighbour: some other word that differs by a
    letter is in every long paper, and proves nothing.
    """
    parts = _word_by_word(parts)
    if len(loose) > _LONGEST_NEAR or all(one.near is None for one in parts):
        return None
    if len(loose) < FEWEST:
        return Prefer(Boost(all_of([one.nearly for one in parts]), _LESS), tuple(better))
    figures = [word(one.folded) for one in loose if one.folded.isdecimal()]
    others = [one.nearly for one in parts if not one.words]
    near = _near_pairs(loose)
    return Prefer(Boost(all_of([*others, *figures, *near]), _LESS), tuple(better)) if near else None


def close_of(must: Node, loose: Sequence[Syllable]) -> Node | None:
    """Of the entries with all words of a long question, those where they stand side by side.

    Half of its neighbours do: people ask in words of two syllables. None for a short question.
    """
    if len(loose) < LONG:
        return None
    words = [one.folded for one in loose]
    together = _together([Term(PAIRS_FOLDED, one) for one in dict.fromkeys(pairs(words))])
    return And((must, Boost(_at_least(ceil(len(together) * _SIDE_BY_SIDE), together), _LESS)))


def _word_by_word(parts: Sequence[Part]) -> list[Part]:
    return [one for part in parts for one in part.word_by_word or (part,)]


def _near_pairs(loose: Sequence[Syllable]) -> list[Node]:
    """Each word beside its neighbour, spelt as it is or nearly so; figures are no misspelling."""
    if len(loose) > _LONGEST_NEAR:
        return []
    neighbours = pairwise(one.folded for one in loose)
    return [
        near_pair(one, two)
        for one, two in dict.fromkeys(neighbours)
        if not (one.isdecimal() or two.isdecimal())
    ]


def is_of_sentences(part: Part) -> bool:
    """Whether this is a word such as "của", that questions have for the sake of grammar."""
    return len(part.words) == 1 and _is_grammar(part.words[0])


def _is_grammar(word: Syllable) -> bool:
    with_marks, without = _GRAMMAR
    return word.exact in (with_marks if has_marks(word.exact) else without)


def _together(things: list[Node]) -> list[Node]:
    """No more than can be counted: neighbours of a long question are one thing."""
    size = -(-len(things) // _MOST_THINGS)
    if size <= 1:
        return things
    return [all_of(things[at : at + size]) for at in range(0, len(things), size)]


def _at_least(count: int, things: list[Node]) -> Node:
    """So many of these: as few alternatives as halving gives, not every choice of them."""
    if count == len(things):
        return all_of(things)
    if count == 1:
        return any_of(things)
    half = len(things) // 2
    left, right = things[:half], things[half:]
    choices: list[Node] = []
    for here in range(max(count - len(right), 0), min(count, len(left)) + 1):
        sides = [_at_least(n, side) for n, side in ((here, left), (count - here, right)) if n]
        choices.append(all_of(sides))
    return any_of(choices)
