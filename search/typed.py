"""What was typed, made ready to be read: in Unicode, not too long, its places kept in mind."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property

from formats.old_encodings import decode_tcvn3, decode_vni
from formats.syllables import has_marks, is_syllable
from formats.vietnamese import Syllable, looks_like_legacy, nfc
from search.trees import Mistake
from search.words import split

WORDS_WANTED = 48  # of a pasted page the first words say enough
CHARACTERS = 4000
_PIECE = re.compile(r"\S{1,40}|\s")  # characters of one influence none of another
_NO_LETTERS = re.compile(r"[^A-Za-z\x80-\U0010ffff]+")
_CLEAR = 3  # letters of a word by which an old encoding is known: not by the sign of 5 µm
_OLD = {"tcvn3": decode_tcvn3, "vni": decode_vni}


@dataclass(frozen=True)
class Typed:
    """What was typed.

    Attributes:
        given: as it came.
        said: what is read of it.
        is_cut: whether more was typed than is read.
        mistakes: what was amiss with it as a whole.
    """

    given: str
    said: str
    is_cut: bool
    mistakes: tuple[Mistake, ...]

    def placed(self, mistake: Mistake) -> Mistake:
        """The same with its place in what was given."""
        start, end = self._place(mistake.place), self._place(mistake.place + mistake.length)
        return replace(mistake, place=start, length=max(end - start, 1))

    def placed_word(self, word: Syllable) -> Syllable:
        """The same with its place in what was given."""
        return replace(word, start=self._place(word.start), end=self._place(word.end))

    def _place(self, place: int) -> int:
        """NFC may have joined characters, and an old encoding may have written one as two."""
        if self.given.startswith(self.said):
            return place
        return bisect_right(self._ends, place) - 1

    @cached_property
    def _ends(self) -> list[int]:
        """How long what is read is, up to each place in what was given."""
        ends, before = [0], 0
        for piece in _PIECE.findall(self.given[:CHARACTERS]):
            ends += [before + len(_unicode(piece[:end], self._old)) for end in range(1, len(piece))]
            before += len(_unicode(piece, self._old))
            ends.append(before)
        return ends

    @cached_property
    def _old(self) -> str | None:
        return next(
            (one.details["encoding"].lower() for one in self.mistakes if _is_old(one)), None
        )


def take(given: str) -> Typed:
    """What can be read of a text: the first words of a long one."""
    start = given[:CHARACTERS]
    plain = _unicode(start, None)
    old = _old_encoding(plain)
    said = _unicode(start, old)
    mistakes = [Mistake("old_encoding", 0, len(said), {"encoding": old.upper()})] if old else []
    words = split(said)
    is_cut = len(words) > WORDS_WANTED
    if is_cut:
        after = words[WORDS_WANTED - 1].end
        most = {"most": str(WORDS_WANTED)}
        mistakes.append(Mistake("too_many_words", after, len(said) - after, most))
        said = said[:after]
    return Typed(given, said, is_cut, tuple(mistakes))


def _unicode(text: str, old: str | None) -> str:
    plain = nfc(text.encode("utf-8", "replace").decode("utf-8"))  # no halves of letters
    return nfc(_OLD[old](plain)) if old else plain


def _old_encoding(text: str) -> str | None:
    """The encoding of before Unicode in which this was typed, where that is beyond doubt.

    Of few words, all that are marked must be Vietnamese in it, and none of them as it stands.
    """
    words = [word for word in _NO_LETTERS.split(text) if not word.isascii()]
    known = looks_like_legacy(text)
    if known or any(is_syllable(word) for word in words):
        return known if known and _is_clear(words, known) else None
    for name, decode in _OLD.items():
        read = [decode(word) for word in words]
        if all(map(is_syllable, read)) and all(map(has_marks, read)) and _is_clear(words, name):
            return name
    return None


def _is_clear(words: list[str], name: str) -> bool:
    """Whether a word of some length is no Vietnamese as it stands, and is so when decoded."""
    pairs = ((word, _OLD[name](word)) for word in words if not is_syllable(word))
    return any(len(read) >= _CLEAR and is_syllable(read) for _, read in pairs)


def _is_old(mistake: Mistake) -> bool:
    return mistake.code == "old_encoding"
