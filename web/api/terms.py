"""Why something is kept, and until when: the same sentences as on its page."""

from typing import Any

from apiflask import APIBlueprint

from archive.access import Action
from retention.explaining import explain
from web.api.schemas import RetentionOut
from web.auth import asker, reading, the_case_file, the_document
from web.i18n import gettext
from web.retention_words import as_values

blueprint = APIBlueprint("retention", __name__, tag="Retention")


@blueprint.get("/case-files/<path:code>/retention")
@blueprint.output(RetentionOut)
@blueprint.doc(responses={404: "No such case file"})
def case_file(code: str) -> dict[str, Any]:
    """Why a case file is kept, and until when.

    Counted now: its rule, whose decision it was, what holds it, what comes next.
    """
    with reading() as rows:
        found = the_case_file(rows, code, Action.SEE_RETENTION)
        return as_values(explain(rows, found, asker()), gettext)


@blueprint.get("/documents/<code>/retention")
@blueprint.output(RetentionOut)
@blueprint.doc(responses={404: "No such document"})
def document(code: str) -> dict[str, Any]:
    """Why a document is kept, and until when.

    The longest term of all case files in which it stands decides.
    """
    with reading() as rows:
        found = the_document(rows, code, Action.SEE_RETENTION)
        return as_values(explain(rows, found, asker()), gettext)
