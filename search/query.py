"""Our query language: what people type, as a question for an engine.

All words are wanted, in any order; `language.py` says what else can be typed. Document numbers,
dates and short names are recognised as staff write them. Typed with marks, exact matches come first
and folded ones after; typed without, marks do not matter. Whatever is typed, there is an answer and
no error: what could not be understood is read as words, and said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from formats.document_numbers import parse
from formats.vietnamese import Syllable, has_marks
from search.day_words import today_here
from search.engine import (
    EXACT,
    FOLDED,
    PAIRS,
    PAIRS_FOLDED,
    TITLE,
    TITLE_FOLDED,
    Boost,
    Everything,
    Node,
    Not,
    Or,
    Order,
    Phrase,
    Prefer,
    Query,
    Term,
)
from search.field_values import Reader
from search.language import read
from search.said import Meaning, meaning, parts_of, words_of
from search.trees import (
    All,
    Any,
    Like,
    Mistake,
    Quoted,
    Said,
    Starting,
    Tree,
    Within,
    Without,
    written,
)
from search.typed import WORDS_WANTED as WORDS_WANTED
from search.typed import take
from search.wanted import (
    SHORTEST_NEAR,
    SHORTEST_START,
    Part,
    all_of,
    all_words,
    any_marks,
    any_of,
    beginning,
    side_by_side,
    spelt_nearly,
    unwanted,
    wanted,
)
from search.wanted import Wanted as Wanted
from search.weaker import FEWEST, close_of, most_of, nearly
from search.words import pairs

_EVEN_IF_FOLDED = 0.1  # what a match without its marks is worth, when marks were typed
_EXACT_TOO = 0.3  # what an exact match adds, when no marks were typed
_IN_TITLE = 1.5
_MOST_THREES = 12  # of neighbours that are looked for; a longer question is looked for as a whole


@dataclass(frozen=True)
class Asked:
    """What was typed, understood.

    Attributes:
        node: the question for the engine.
        order: the order that suits the question best.
        first: what comes before everything else found.
        wanted: what to look for on the pages and to mark.
        has_marks: whether any word was typed with its marks, so that marks matter.
        mistakes: what could not be understood as it stands; places are those in what was typed.
        understood: the question as it was read, as somebody could have typed it.
        most: entries with most of the words, best first; None where nothing can be left out.
        near: entries with all words in near spellings; None where there are none.
        close: of those that match `node`, the ones where its words stand side by side; None where
            the question is short.
        loose: the words that stand by themselves, for "did you mean"; places as in `mistakes`.
    """

    node: Node
    order: Order = "best"
    first: Node | None = None
    wanted: tuple[Wanted, ...] = ()
    has_marks: bool = False
    mistakes: tuple[Mistake, ...] = ()
    understood: str = ""
    most: Node | None = None
    near: Node | None = None
    close: Node | None = None
    loose: tuple[Syllable, ...] = ()

    def query(
        self,
        readers: Iterable[str],
        *,
        filters: Iterable[Node] = (),
        hidden: Iterable[str] = (),
        start: int = 0,
        limit: int = 20,
        order: Order | None = None,
    ) -> Query:
        """The same question, with the rights of who asks and the stretch of answers wanted."""
        return Query(
            self.node,
            tuple(readers),
            tuple(filters),
            tuple(hidden),
            start,
            limit,
            order or self.order,
            self.first,
        )


def understand(text: str, today: date | None = None) -> Asked:
    """What was typed, as a question. Nothing typed asks for everything, newest first."""
    if not text.strip():
        return Asked(Everything(), "newest")
    typed = take(text)
    said, mistakes = typed.said, list(typed.mistakes)
    tree = All((Said(said, 0, len(said)),))
    if not parse(said):  # in "530 /QĐ -SXD" the minus leaves nothing out
        tree, amiss = read(said, is_cut=typed.is_cut)
        mistakes += amiss
    asked = _Question(tree, today or today_here(), mistakes).asked()
    return replace(
        asked,
        mistakes=tuple(typed.placed(one) for one in asked.mistakes),
        loose=tuple(typed.placed_word(one) for one in asked.loose),
    )


class _Question:
    """A tree on its way to being a question."""

    def __init__(self, tree: All, today: date, mistakes: list[Mistake]) -> None:
        self._tree = tree
        self._mistakes = mistakes
        self._today = today
        self._values = Reader(today, mistakes.append)
        self._meanings = {
            one: meaning(one.text, one.start, today) for one in tree.trees if type(one) is Said
        }
        self._has_marks = has_marks(_plainly_said(tree))
        self._of_numbers: set[Syllable] = set()

    def asked(self) -> Asked:
        """The question."""
        parts = [part for tree in self._tree.trees for part in self._parts(tree)]
        shown = sorted((one for part in parts for one in part.shown), key=lambda one: one[0])
        loose = sorted((word for part in parts for word in part.words), key=_place)
        asked = Asked(
            Or(()),
            wanted=tuple(dict.fromkeys(one for _, one in shown)),
            has_marks=self._has_marks,
            understood=written(self._tree),
            loose=tuple(loose),
        )
        asked = self._of_parts(asked, parts, loose) if parts else self._of_nothing(asked)
        return replace(asked, mistakes=tuple(sorted(self._mistakes, key=lambda one: one.place)))

    def _of_nothing(self, asked: Asked) -> Asked:
        if any(isinstance(one, Starting) for one in self._tree.trees):  # a star alone
            return replace(asked, node=Everything(), order="newest")
        if not self._mistakes:
            self._mistakes.append(Mistake("no_words", 0, 1))
        return asked

    def _of_parts(self, asked: Asked, parts: list[Part], loose: list[Syllable]) -> Asked:
        better = [*(node for one in parts for node in one.better), *self._lifts(loose)]
        must = all_of([one.must for one in parts])
        if not better:
            return replace(asked, node=must, order="newest", near=nearly(parts, (), ()))
        node = Prefer(Boost(must, _EVEN_IF_FOLDED if self._has_marks else 1.0), tuple(better))
        order, first = self._order()
        most = most_of(parts, better, loose)
        return replace(
            asked,
            node=node,
            order=order,
            first=first,
            most=most,
            near=nearly(parts, better, loose),
            close=close_of(node, loose) if most else None,
        )

    def _order(self) -> tuple[Order, Node | None]:
        """Newest first where there is nothing to be better at."""
        meanings = list(self._meanings.values())
        others = [one for one in self._tree.trees if type(one) is not Said]
        if len(meanings) == 1 and meanings[0].is_bare_number and not others:
            return "newest", meanings[0].numbers[0].node
        is_only_days = all(one.is_only_dates for one in meanings)
        is_filter = all(isinstance(one, Within | Without) for one in others)
        return ("newest" if meanings and is_only_days and is_filter else "best"), None

    # One thing after the other --------------------------------------------------------------------

    def _parts(self, tree: Tree) -> list[Part]:
        match tree:
            case Quoted():
                return self._quoted(tree)
            case Starting():
                return self._starting(tree)
            case Like():
                return self._like(tree)
            case Said():
                return self._said(self._meanings.get(tree) or self._meaning(tree))
            case Within():
                return [self._within(tree)]
            case Without(inner):
                return self._without(inner)
            case All(trees):
                return [self._all(trees)]
            case Any(trees):
                return [self._any(trees)]

    def _meaning(self, said: Said) -> Meaning:
        return meaning(said.text, said.start, self._today)

    def _said(self, said: Meaning) -> list[Part]:
        self._of_numbers |= {word for one in said.numbers for word in one.words}
        return parts_of(said)

    def _quoted(self, said: Said) -> list[Part]:
        words = words_of(said.text, said.start)
        if not words:
            return []
        folded = [one.folded for one in words]
        better: tuple[Node, ...] = ()
        if self._has_marks:
            better = (side_by_side(EXACT, [one.exact for one in words]),)
        else:
            better = (Boost(side_by_side(EXACT, [one.exact for one in words]), _EXACT_TOO),)
        shown = ((words[0].start, wanted(words)),)
        return [
            Part(side_by_side(FOLDED, folded), better, spelt_nearly(words), shown, may_lack=True)
        ]

    def _starting(self, said: Starting) -> list[Part]:
        words = words_of(said.text, said.start)
        if not words:
            return []
        if len(words) == 1 and len(words[0].folded) < SHORTEST_START:
            self._mistakes.append(Mistake("short_start", said.start, said.end - said.start))
            return parts_of(self._meaning(Said(said.text, said.start, said.end)))
        better = (beginning(words, EXACT),) if any_marks(words) else ()
        shown = ((words[0].start, wanted(words, "start")),)
        return [Part(beginning(words), better, shown=shown, may_lack=True)]

    def _like(self, said: Like) -> list[Part]:
        words = words_of(said.text, said.start)
        if all(len(one.folded) < SHORTEST_NEAR for one in words):
            self._mistakes.append(Mistake("short_near", said.start, said.end - said.start))
            return parts_of(self._meaning(Said(said.text, said.start, said.end)))
        better = tuple(Term(FOLDED, one.folded) for one in words)
        shown = tuple((one.start, wanted((one,), "near")) for one in words)
        return [Part(spelt_nearly(words), better, shown=shown, may_lack=True)]

    def _within(self, asked: Within) -> Part:
        part = self._values.part(asked)
        if not asked.is_loose:
            return part
        end = max((one.end for one in _leaves(asked.value)), default=asked.end)
        said = words_of(asked.field.label, asked.start)
        values = [word for one in _leaves(asked.value) for word in words_of(one.text, one.start)]
        shown = tuple((one.start, wanted((one,))) for one in values if one.start < end)
        must = any_of([part.must, all_words([*said, *values])])
        return replace(part, must=must, near=None, shown=part.shown or shown)

    def _without(self, tree: Tree) -> list[Part]:
        if isinstance(tree, Said) and not isinstance(tree, Starting | Like):
            words = words_of(tree.text, tree.start)
            return [Part(Not(unwanted(words)))] if words else []
        inner = self._parts(tree)
        return [Part(Not(all_of([one.must for one in inner])))] if inner else []

    def _all(self, trees: Sequence[Tree]) -> Part:
        parts = [part for tree in trees for part in self._parts(tree)]
        words = sorted((word for part in parts for word in part.words), key=_place)
        return Part(
            must=all_of([one.must for one in parts]) if parts else Everything(),
            better=(*(node for one in parts for node in one.better), *self._lifts(words)),
            near=all_of([one.nearly for one in parts]) if any(p.near for p in parts) else None,
            shown=tuple(shown for one in parts for shown in one.shown),
        )

    def _any(self, trees: Sequence[Tree]) -> Part:
        choices = [self._all([one]) for one in trees]
        return Part(
            must=any_of([one.must for one in choices]),
            better=tuple(dict.fromkeys(node for one in choices for node in one.better)),
            near=any_of([one.nearly for one in choices]) if any(c.near for c in choices) else None,
            shown=tuple(shown for one in choices for shown in one.shown),
        )

    def _lifts(self, words: Sequence[Syllable]) -> list[Node]:
        """What lifts a match of plain words: exact words, neighbours, the subject."""
        rows = self._rows(words)
        exact = list(dict.fromkeys(one.exact for one in words))
        folded = list(dict.fromkeys(one.folded for one in words))
        exact_pairs = dict.fromkeys(pairs(one.exact for one in words))
        folded_pairs = dict.fromkeys(pairs(one.folded for one in words))
        if not self._has_marks:
            lifts = _in_a_row(FOLDED, [[one.folded for one in row] for row in rows])
            lifts += [Boost(Term(EXACT, one), _EXACT_TOO) for one in exact]
            lifts += [Term(PAIRS_FOLDED, one) for one in folded_pairs]
            return lifts + [Boost(Term(TITLE_FOLDED, one), _IN_TITLE) for one in folded]
        lifts = _in_a_row(EXACT, [[one.exact for one in row] for row in rows])
        lifts += [Term(EXACT, one) for one in exact]
        lifts += [Term(PAIRS, one) for one in exact_pairs]
        lifts += [Boost(Term(PAIRS_FOLDED, one), _EVEN_IF_FOLDED) for one in folded_pairs]
        return lifts + [Boost(Term(TITLE, one), _IN_TITLE) for one in exact]

    def _rows(self, words: Sequence[Syllable]) -> list[list[Syllable]]:
        """Three words and more between numbers: who cites a number has all its words in a row."""
        runs = groupby(words, lambda one: one in self._of_numbers)
        rows = [list(run) for in_number, run in runs if not in_number]
        return [row for row in rows if len(row) >= FEWEST]


def _in_a_row(field: str, rows: Iterable[Sequence[str]]) -> list[Node]:
    """The words as they were typed, and each three of them: that is no chance."""
    found: list[tuple[str, ...]] = []
    for row in rows:
        found.append(tuple(row))
        if len(row) <= _MOST_THREES:
            found += zip(row, row[1:], row[2:], strict=False)
    return [Phrase(field, one) for one in dict.fromkeys(found)]


def _plainly_said(tree: Tree) -> str:
    """All words outside fields."""
    match tree:
        case Said(text):
            return text
        case All(trees) | Any(trees):
            return " ".join(map(_plainly_said, trees))
    return ""


def _leaves(tree: Tree) -> list[Said]:
    match tree:
        case Said():
            return [tree]
        case All(trees) | Any(trees):
            return [leaf for one in trees for leaf in _leaves(one)]
        case Without(inner):
            return _leaves(inner)
    return []


def _place(word: Syllable) -> int:
    return word.start
