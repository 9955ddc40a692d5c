"""Links between documents in words, as each of their ends says them."""

from typing import Any

from archive.links import Linked
from web.i18n import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "answers": _l("Answers"),
    "relates": _l("Relates to"),
    "replaces": _l("Replaces"),
    "attachment": _l("Is an attachment of"),
    "paper_twin": _l("Is the paper twin of"),
}
_FROM_THE_OTHER_END: dict[str, Any] = {
    "answers": _l("Is answered by"),
    "relates": _l("Relates to"),
    "replaces": _l("Is replaced by"),
    "attachment": _l("Has as an attachment"),
    "paper_twin": _l("Is the paper twin of"),
}


def said_of(one: Linked) -> Any:
    """What the document is to the other one."""
    return (KINDS if one.is_from else _FROM_THE_OTHER_END)[one.link.kind]
