"""The fingerprint of a list says every line of it, and its order."""

import hashlib

from hypothesis import given
from hypothesis import strategies as some

from retention import merkle

LEAVES = some.lists(some.integers(0, 50).map(lambda one: f"{one:064x}"), max_size=20)


def test_a_leaf_is_what_anybody_can_work_out() -> None:
    told = b'\x00{"code":"TTLT.2020.01","digests":["ab","cd"],"rule":"3.4 v1"}'
    assert merkle.leaf("TTLT.2020.01", ["ab", "cd"], "3.4 v1") == hashlib.sha256(told).hexdigest()


def test_two_leaves_make_one_knot_and_a_third_goes_up_alone() -> None:
    one, two, three = (f"{n:064x}" for n in (1, 2, 3))

    def knot(left: str, right: str) -> str:
        return hashlib.sha256(b"\x01" + bytes.fromhex(left + right)).hexdigest()

    assert merkle.root([]) == merkle.EMPTY
    assert merkle.root([one]) == one
    assert merkle.root([one, two]) == knot(one, two)
    assert merkle.root([one, two, three]) == knot(knot(one, two), three)


@given(LEAVES, LEAVES)
def test_other_lines_or_another_order_have_another_root(first: list[str], other: list[str]) -> None:
    assert (merkle.root(first) == merkle.root(other)) == (first == other)
