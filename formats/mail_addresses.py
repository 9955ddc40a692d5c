"""Whether a letter can be sent to an address: one plain mailbox, nothing that a header could break.

Narrower than RFC 5321 on purpose: no quoted local part, no comments, no address literals, ASCII.
"""

import re

LONGEST = 254  # of RFC 5321
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


def is_mail_address(text: str) -> bool:
    """One mailbox that mail servers take."""
    is_short = len(text) <= LONGEST and len(text.partition("@")[0]) <= 64
    return is_short and "=?" not in text and _ADDRESS.fullmatch(text) is not None
