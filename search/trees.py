"""A question as a small tree, as `language.py` reads it, and back as it could have been typed."""

from dataclasses import dataclass, field

from search.query_fields import QueryField


@dataclass(frozen=True)
class Said:
    """Words as they were typed, one after the other."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Quoted(Said):
    """Words that stand side by side."""


@dataclass(frozen=True)
class Starting(Said):
    """The beginning of a word; empty for any word at all."""


@dataclass(frozen=True)
class Like(Said):
    """Words in any spelling that is near."""


@dataclass(frozen=True)
class Within:
    """Something wanted in one field; `is_loose` where a space stands behind the colon, as in text.

    `start` and `end` are those of the name.
    """

    field: QueryField
    value: "Tree"
    is_loose: bool
    start: int
    end: int


@dataclass(frozen=True)
class All:
    """All of these; everything there is, where there are none."""

    trees: tuple["Tree", ...]


@dataclass(frozen=True)
class Any:
    """At least one of these."""

    trees: tuple["Tree", ...]


@dataclass(frozen=True)
class Without:
    """Not this."""

    tree: "Tree"


Tree = Said | Within | All | Any | Without


@dataclass(frozen=True)
class Mistake:
    """Something that could not be understood as it stands, and was read in another way.

    Attributes:
        code: what it is.
        place: where it begins in what was typed.
        length: how many characters it has.
        details: what a sentence about it names.
    """

    code: str
    place: int
    length: int
    details: dict[str, str] = field(default_factory=dict)


def written(tree: Tree) -> str:
    """The tree as somebody could have typed it."""
    match tree:
        case Quoted(text):
            return f'"{text}"'
        case Starting(text):
            return f"{text}*"
        case Like(text):
            return f"{text}~"
        case Said(text):
            return " ".join(text.split())
        case Within(field=wanted, value=value):
            return f"{wanted.label.replace(' ', '_')}:{_in_parentheses(value)}"
        case Without(inner):
            return f"-{_in_parentheses(inner)}"
        case All((one,)):
            return written(one)
        case All(trees):
            return " ".join(
                _in_parentheses(one) if isinstance(one, Any) else written(one) for one in trees
            )
        case Any(trees):
            return " or ".join(map(written, trees))


def _in_parentheses(tree: Tree) -> str:
    said = written(tree)
    is_one = not isinstance(tree, All | Any) and (type(tree) is not Said or " " not in said)
    return said if is_one else f"({said})"
