"""The language of questions: what was typed as a small tree, with places, and what was amiss in it.

    quy chế "chữ ký số"          all words, and a phrase
    người ký:Lan năm:2019..2021  fields, ranges
    loại:(quyết định, chỉ thị)   a list
    -nháp  a or b  (a b)  quy*  lan~

`read` never fails. What cannot be understood is read as words, and a `Mistake` says where and why.
"""

import re
from collections.abc import Iterator

from search.query_fields import LONGEST_NAME, QueryField, field_called, field_like, key_of
from search.trees import All, Any, Like, Mistake, Quoted, Said, Starting, Tree, Within, Without

MOST_MISTAKES = 10
DEEPEST = 12  # parentheses within parentheses
_LONGEST_LOOK_BACK = 8  # words of a field's name
_LONGEST_CHOICE = 5  # words of one of a field's values
_OPENING, _CLOSING = '"“”„«', '"“”»'
_SEPARATORS, _COMPARING = ",;|", "<>=≤≥"
_CHUNK = re.compile(rf"[^\s{_OPENING}{_CLOSING}]+")
_SPACE = re.compile(r"\s*")
_OR = re.compile(r"(?:\|\|?|or|hoặc|hoac)(?![^\s()])", re.IGNORECASE)
_NOT = re.compile(r"(?:-|NOT\s+)+")
_NAME_AHEAD = re.compile(rf"[^\s:{_OPENING}()]+(?:[ _]+[^\s:{_OPENING}()]+){{0,7}}?:")
_RANGE_GOES_ON = re.compile(rf"\s*(?:\.\.+|…)\s*[^\s{_OPENING}()]+")
_ENDS_OPEN = re.compile(rf"(?:\.\.|…|[{_COMPARING}])\Z")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d]|-)*")
_HAS_A_WORD = re.compile(r"[^\W_]")
_RANGED = ("day", "year", "moment")


def read(text: str, *, is_cut: bool = False) -> tuple[All, list[Mistake]]:
    """What was typed, as a tree; of a text that was cut, open quotes are closed at its end."""
    reader = _Reader(text, is_cut=is_cut)
    tree = reader.everything()
    return tree if isinstance(tree, All) else All((tree,)), reader.mistakes[:MOST_MISTAKES]


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str, *, is_cut: bool) -> None:
        self.text = text
        self.is_cut = is_cut
        self.mistakes: list[Mistake] = []
        self._at = 0
        self._depth = 0
        self._in_field = False
        self._told_too_deep = False
        self._last_closing = max(map(text.rfind, _CLOSING))

    def everything(self) -> Tree:
        """The whole text."""
        tree = self._any()
        while self._at < len(self.text):  # a closing parenthesis that nothing opened
            self._amiss("unopened_parenthesis", self._at, 1)
            self._at += 1
            tree = _joined([tree, self._any()])
        return tree

    def _any(self) -> Tree:
        """Alternatives, up to the end or a closing parenthesis."""
        choices: list[Tree] = []
        last_or: tuple[int, int] | None = None
        told: tuple[int, int] | None = None
        while True:
            choice = self._all()
            is_empty = isinstance(choice, All) and not choice.trees
            if not is_empty:
                choices.append(choice)
            operator = self._operator()
            lone = last_or or operator
            if is_empty and lone and lone != told and not self._in_field:
                self._amiss("lone_or", *lone)
                told = lone
            if operator is None:
                break
            last_or = operator
        return choices[0] if len(choices) == 1 else Any(tuple(choices)) if choices else All(())

    def _operator(self) -> tuple[int, int] | None:
        """An "or" that stands here, and is passed."""
        self._skip_space()
        length = self._length_of_or()
        if not length:
            return None
        start, self._at = self._at, self._at + length
        return start, length

    def _length_of_or(self) -> int:
        if self._in_field and self.text[self._at : self._at + 1] in tuple(_SEPARATORS):
            return 1
        found = _OR.match(self.text, self._at)
        return len(found.group()) if found else 0

    def _all(self) -> Tree:
        """Things wanted together, up to an "or", the end, or a closing parenthesis."""
        trees: list[Tree] = []
        run = _Run(self.text)
        while self._goes_on():
            tree = self._one(run)
            if tree is not None:
                trees += run.said()
                trees.append(tree)
        return _joined([*trees, *run.said()])

    def _goes_on(self) -> bool:
        self._skip_space()
        if self._at >= len(self.text) or self._length_of_or():
            return False
        return self.text[self._at] != ")"

    def _one(self, run: "_Run") -> Tree | None:
        """The next thing; None where it was passed over or is one more plain word of the run."""
        sign = self.text[self._at]
        if sign == "(":
            return self._group()
        if sign in _OPENING + _CLOSING:
            return self._quoted()
        if found := _NOT.match(self.text, self._at):
            return self._without(found.end())
        chunk = self._chunk()
        if chunk in ("AND", "&", "&&"):
            self._at += len(chunk)
            return None
        return self._named(chunk, run) or self._plain(chunk, run)

    # Single things ------------------------------------------------------------------------------

    def _group(self) -> Tree | None:
        opened = self._at
        self._at += 1
        if self._depth >= DEEPEST:
            if not self._told_too_deep:
                self._amiss("too_deep", opened, 1, most=str(DEEPEST))
            self._told_too_deep = True
            return None
        self._depth += 1
        tree = self._any()
        self._depth -= 1
        if self._at < len(self.text):
            self._at += 1
        elif not self.is_cut:
            self._amiss("unclosed_parenthesis", opened, 1)
        return None if isinstance(tree, All) and not tree.trees else tree

    def _quoted(self) -> Tree | None:
        opened = self._at
        closes = None
        if opened < self._last_closing:
            closes = next(
                at for at in range(opened + 1, len(self.text)) if self.text[at] in _CLOSING
            )
        elif not self.is_cut:
            self._amiss("unclosed_quote", opened, 1)
            self._at += 1
            return None
        end = len(self.text) if closes is None else closes
        said = self.text[opened + 1 : end]
        self._at = min(end + 1, len(self.text))
        is_like = self.text.startswith("~", self._at)
        if is_like:
            self._at += 1
        if not _HAS_A_WORD.search(said):
            return None
        return (Like if is_like else Quoted)(said, opened + 1, end)

    def _without(self, after: int) -> Tree | None:
        is_apart = not self._at or self.text[self._at - 1] in "( \t\n" or self._in_field
        self._at = after
        if not is_apart or after >= len(self.text) or self.text[after] in ") \t\n":
            return None
        run = _Run(self.text)
        name = _NAME_AHEAD.match(self.text, after)
        named_to = name.end() if name and field_called(name.group()[:-1]) else after
        found = self._one(run)
        while found is None and self._at < named_to:
            self._skip_space()
            found = self._one(run)
        tree = found if found is not None else _joined(list(run.said()))
        return None if isinstance(tree, All) and not tree.trees else Without(tree)

    def _plain(self, chunk: str, run: "_Run") -> Tree | None:
        start, self._at = self._at, self._at + len(chunk)
        bare = chunk.rstrip(",;.:!?") if chunk[-1:] not in "*~" else chunk
        special = self._special(bare, start)
        if special is None:
            run.add(start, self._at)
        return special

    def _special(self, chunk: str, start: int) -> Tree | None:
        """A beginning or a near spelling."""
        end = start + len(chunk)
        inner = chunk.strip("*~")
        if chunk.strip("(),.;:") == "*":
            return Starting("", start, end)
        if not _HAS_A_WORD.search(inner):
            return None
        if "*" in inner or chunk.startswith("*"):
            place = start + chunk.index("*")
            self._amiss("star_not_at_end", place, 1)
            return None
        if chunk.endswith("*"):
            return Starting(inner, start, end)
        if chunk[0] == "~" or chunk[-1] == "~":
            return Like(inner, start, end)
        return None

    # Fields ---------------------------------------------------------------------------------------

    def _named(self, chunk: str, run: "_Run") -> Tree | None:
        """A field with its value, where the chunk has a colon behind a field's name."""
        if self._in_field or ":" not in chunk:
            return None
        colon = self._at + chunk.index(":")
        found = run.name_before(self._at, colon)
        if found is None:
            self._doubt_name(chunk)
            return None
        wanted, start = found
        after = colon + 1
        is_loose = after >= len(self.text) or self.text[after].isspace()
        if is_loose and not self._is_loose_value(wanted, start, colon):
            return None
        run.cut(start)
        self._at = _past_space(self.text, after) if is_loose else after
        value = self._value(wanted)
        if value is None:
            self._amiss("no_value", start, colon + 1 - start, field=wanted.label)
            run.add(start, colon)
            self._at = max(self._at, after)
            return None
        return Within(wanted, value, is_loose, start, colon)

    def _doubt_name(self, chunk: str) -> None:
        name, _, rest = chunk.partition(":")
        is_name = 2 <= len(name) <= LONGEST_NAME and _NAME.fullmatch(name)
        if not is_name or not _HAS_A_WORD.match(rest[:1]) or self._has_enough_mistakes:
            return
        like = field_like(name)
        known = {"like": like.label} if like else {}
        self._amiss("unknown_field", self._at, len(name), name=name, **known)

    def _is_loose_value(self, wanted: QueryField, start: int, colon: int) -> bool:
        """Whether what stands behind a colon and a space is to be looked for in the field.

        "Số: 15/QĐ-UBND" is better understood as it stands.
        """
        after = _past_space(self.text, colon + 1)
        if after >= len(self.text) or (self._depth and self.text[after] == ")"):
            self._amiss("no_value", start, colon + 1 - start, field=wanted.label)
            return False
        following = _CHUNK.match(self.text, after)
        return wanted.kind != "number" and (
            following is None
            or (following.group()[0] not in "-()" and ":" not in following.group())
        )

    def _value(self, wanted: QueryField) -> Tree | None:
        """A value, a list of them, or a group; None where there is none."""
        self._in_field = True
        try:
            if self._at < len(self.text) and self.text[self._at] == "(":
                return self._group()
            values: list[Tree] = []
            while (one := self._one_value(wanted)) is not None:
                values.append(one)
                follows = self.text[self._at : self._at + 2]
                if len(follows) < 2 or follows[0] not in _SEPARATORS or follows[1].isspace():
                    break
                self._at += 1
        finally:
            self._in_field = False
        return None if not values else values[0] if len(values) == 1 else Any(tuple(values))

    def _one_value(self, wanted: QueryField) -> Tree | None:
        if self._at >= len(self.text) or self.text[self._at].isspace():
            return None
        if self.text[self._at] in _OPENING + _CLOSING:
            return self._quoted()
        chunk = self._chunk()
        if wanted.kind in _RANGED:
            chunk = self._whole_range(chunk)
        if wanted.kind == "choice":
            chunk = self._whole_choice(wanted, chunk)
        start, self._at = self._at, self._at + len(chunk)
        special = self._special(chunk, start)
        if special is not None or not _HAS_A_WORD.search(chunk):
            return special
        return Said(chunk, start, self._at)

    def _whole_range(self, chunk: str) -> str:
        """With what follows two dots or a sign of comparison, spaces or not."""
        end = self._at + len(chunk)
        if _ENDS_OPEN.search(chunk):
            following = _CHUNK.match(self.text, _past_space(self.text, end))
            return self.text[self._at : following.end()] if following else chunk
        goes_on = _RANGE_GOES_ON.match(self.text, end)
        return self.text[self._at : goes_on.end()] if goes_on else chunk

    def _whole_choice(self, wanted: QueryField, chunk: str) -> str:
        """With the words behind it that belong to the same choice, such as "đang mở"."""
        end = self._at + len(chunk)
        for _ in range(_LONGEST_CHOICE - 1):
            following = _CHUNK.match(self.text, _past_space(self.text, end))
            if following is None:
                break
            end = following.end()
            if key_of(self.text[self._at : end]) in wanted.choices:
                chunk = self.text[self._at : end]
        return chunk

    # Small steps ----------------------------------------------------------------------------------

    def _chunk(self) -> str:
        """What stands here up to a space or a quote; in parentheses, up to the closing one."""
        found = _CHUNK.match(self.text, self._at)
        chunk = found.group() if found else self.text[self._at : self._at + 1]
        if self._in_field:
            chunk = re.split(rf"(?<=.)[{re.escape(_SEPARATORS)}]", chunk, maxsplit=1)[0]
        if self._depth and ")" in chunk:
            opened = 0
            for at, sign in enumerate(chunk):
                opened += (sign == "(") - (sign == ")")
                if opened < 0:
                    return chunk[:at] or chunk[:1]
        return chunk

    def _skip_space(self) -> None:
        self._at = _past_space(self.text, self._at)

    @property
    def _has_enough_mistakes(self) -> bool:
        return len(self.mistakes) >= MOST_MISTAKES

    def _amiss(self, code: str, place: int, length: int, **details: str) -> None:
        self.mistakes.append(Mistake(code, place, length, details))


class _Run:
    """Plain words that follow each other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """One more."""
        self._places.append((start, end))

    def cut(self, start: int) -> None:
        """Give back what stands from here on: it was the name of a field."""
        self._places = [one for one in self._places if one[0] < start]

    def said(self) -> Iterator[Said]:
        """What has come together, which is then forgotten."""
        if self._places:
            start, end = self._places[0][0], self._places[-1][1]
            self._places = []
            if _HAS_A_WORD.search(self._text, start, end):
                yield Said(self._text[start:end], start, end)

    def name_before(self, chunk: int, colon: int) -> tuple[QueryField, int] | None:
        """The longest name of a field that ends at this colon, and where it begins."""
        starts = [place[0] for place in self._places[-_LONGEST_LOOK_BACK:]] + [chunk]
        for start in starts:
            wanted = field_called(self._text[start:colon])
            if wanted is not None and colon > start:
                return wanted, start
        return None


def _past_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _joined(trees: list[Tree]) -> Tree:
    """All of these as one."""
    flat = [inner for one in trees for inner in (one.trees if isinstance(one, All) else (one,))]
    return flat[0] if len(flat) == 1 else All(tuple(flat))
