"""Words under a mark of secrecy do not enter the archive's fields, through whatever door (R15)."""

from collections.abc import Mapping

from archive.errors import Refused
from ingest import admission


def refuse_marks(fields: Mapping[str, object]) -> None:
    """Go on only if no field carries a mark.

    Raises:
        Refused: `secret_mark`; nothing was stored.
    """
    if mark := admission.mark_in_fields(fields):
        raise Refused("secret_mark", mark=mark)
