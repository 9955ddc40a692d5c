"""The fingerprint of a list: a tree of hashes over its lines, of which the root says it all.

Whoever holds the lines can work the root out anew, with nothing of ours: a leaf is
SHA-256(0x00 ‖ JSON of code, digests and rule), a knot SHA-256(0x01 ‖ left ‖ right); what is left
over in a row goes up as it is. Leaves and knots begin differently, so that none passes for the
other (RFC 6962, 2.1).
"""

import hashlib
import json
from collections.abc import Sequence

EMPTY = hashlib.sha256().hexdigest()
"""The root of no lines."""


def leaf(code: str, digests: Sequence[str], rule: str) -> str:
    """The digest of one line.

    Args:
        code: of the case file or document.
        digests: of the originals of everything in it, in order.
        rule: number and version of what its term rests on.
    """
    told = json.dumps(
        {"code": code, "digests": list(digests), "rule": rule},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(b"\x00" + told.encode()).hexdigest()


def root(leaves: Sequence[str]) -> str:
    """The root over the lines in their order."""
    row = [bytes.fromhex(one) for one in leaves]
    if not row:
        return EMPTY
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        row = above + row[-1:] if len(row) % 2 else above
    return row[0].hex()
