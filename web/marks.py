"""Words under a mark of secrecy do not enter the archive's fields, through whatever door (R15).

`web.auth.writing` asks it of every form, the commands' `door` of every option. Doors ask here by
themselves where words come otherwise, or where they answer in their own way.
"""

from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from archive.errors import Refused
from ingest import admission

if TYPE_CHECKING:
    from formats.tables import Table

UNKEPT = frozenset({"csrf_token", "password", "table"})  # a table's cells are asked by themselves
# Who decides on a secret may name its mark in the reason.
DECIDING = frozenset({"receiving.decide", "alarms.decide"})


def refuse_marks(fields: Mapping[str, object]) -> None:
    """Go on only if no field carries a mark.

    Raises:
        Refused: `secret_mark`; nothing was stored.
    """
    if mark := admission.mark_in_fields(fields):
        raise Refused("secret_mark", mark=mark)


def refuse_marks_in(form: MultiDict[str, str], endpoint: str | None) -> None:
    """The same of a page's form, whatever it is for.

    Raises:
        Refused: `secret_mark`; nothing was stored.
    """
    if endpoint in DECIDING:
        return
    for name, value in form.items(multi=True):
        if name not in UNKEPT:
            refuse_marks({name: value})


def refuse_marks_in_table(table: "Table") -> "Table":
    """The same of a table that was handed over, which is the answer.

    Raises:
        Refused: `secret_mark`; nothing was stored.
    """
    for row in table.rows:
        for name, cell in zip_longest(table.header, row.cells, fillvalue=""):
            refuse_marks({name: cell})
    return table
