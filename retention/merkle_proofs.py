"""That a line stands in a list whose root is known, shown without the other lines."""

import hashlib
from collections.abc import Sequence

Step = list[str]
"""The neighbour's side, `left` or `right`, and its digest."""


def path(leaves: Sequence[str], place: int) -> list[Step]:
    """The neighbours on the way from a leaf up to the root of `merkle.root`."""
    row, steps = [bytes.fromhex(one) for one in leaves], list[Step]()
    while len(row) > 1:
        other = place ^ 1
        if other < len(row):
            steps.append(["left" if other < place else "right", row[other].hex()])
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [_knot(left, right) for left, right in pairs]
        row, place = above + row[-1:] if len(row) % 2 else above, place // 2
    return steps


def climbed(leaf: str, steps: Sequence[Step]) -> str:
    """The root at which a leaf arrives along these neighbours."""
    here = bytes.fromhex(leaf)
    for side, digest in steps:
        other = bytes.fromhex(digest)
        here = _knot(other, here) if side == "left" else _knot(here, other)
    return here.hex()


def _knot(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
