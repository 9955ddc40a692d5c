"""Reading PDF values that may be malformed, and gathering what is found in them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pikepdf import Array, Dictionary, Name, Object, ObjectSet, PdfError, String

from formats.conversion import Dropped

_LONGEST_DETAIL = 600


@dataclass
class Findings:
    """What was met on the way, gathered by name."""

    counts: Counter[str] = field(default_factory=Counter)
    details: dict[str, list[str]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)

    def drop(self, what: str, detail: str = "", count: int = 1) -> None:
        """Remember that something does not come along."""
        self.counts[what] += count
        said = self.details.setdefault(what, [])
        if detail and len(said) < 50:
            said.append(detail)

    def dropped(self) -> tuple[Dropped, ...]:
        """Everything dropped, in stable order, details cut to a readable length."""
        return tuple(
            Dropped(what, count, "; ".join(self.details[what])[:_LONGEST_DETAIL])
            for what, count in sorted(self.counts.items())
        )


def dictionary(holder: Object, key: Name) -> Dictionary:
    """The dictionary that stands there, or an empty one."""
    value = holder.get(key)
    return value if isinstance(value, Dictionary) else Dictionary()


def array(holder: Object, key: Name) -> list[Object]:
    """The items of the array that stands there, or none."""
    value = holder.get(key)
    return list(value) if isinstance(value, Array) else []


def number(value: object, otherwise: float = 0.0) -> float:
    """The number, or another when it is none."""
    try:
        return float(value)  # type: ignore[arg-type]  # whatever the file holds there
    except (TypeError, ValueError):
        return otherwise


def words(value: Object | None) -> str:
    """The text of a string or a name; empty for anything else."""
    try:
        return str(value) if isinstance(value, String | Name) else ""
    except (UnicodeDecodeError, PdfError):
        return "?"


def name_tree(root: Object | None) -> Iterator[tuple[str, Object]]:
    """The entries of a name tree, as far as it can be read."""
    visited, waiting = ObjectSet(), [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary) or not visited.add(node):
            continue
        waiting += reversed(array(node, Name.Kids))
        entries = array(node, Name.Names)
        for name, value in zip(entries[::2], entries[1::2], strict=False):
            yield words(name), value
