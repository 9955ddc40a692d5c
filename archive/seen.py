"""Two people with the same form: the second is told, and nothing is overwritten unseen.

Case files and documents count their revisions. Rows without a count are known by their digest.
"""

from sqlalchemy.orm import Session

from archive import audit
from archive.errors import Conflict
from archive.models import Row


def state_of(row: Row) -> str:
    """What a form sends along, so that it is known from which state it was typed."""
    return audit.row_digest(row)[:16]


def require_as_seen(session: Session, row: Row, seen: str | None) -> None:
    """Hold the row, and go on only if it is as it was when it was looked at.

    Raises:
        Conflict: `changed_meanwhile`.
    """
    audit.hold(session, row)
    if seen and seen != state_of(row):
        raise Conflict("changed_meanwhile", document=_name_of(row))


def _name_of(row: Row) -> str:
    for column in ("full_name", "name", "code"):
        if value := getattr(row, column, ""):
            return str(value)
    return f"{row.STORY} {row.id}"
