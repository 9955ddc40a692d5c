"""Deciding on a document that is suspected to be a state secret, as its page does."""

from typing import Any

from apiflask import APIBlueprint
from marshmallow import RAISE

from archive.access import Action
from ingest import decisions, twins
from web.api.doors import writing
from web.api.schemas import AlarmIn, AlarmOut
from web.auth import reading, services, the_document
from web.marks import refuse_marks

blueprint = APIBlueprint("alarms", __name__, url_prefix="/documents", tag="Documents")
_DECIDING = {
    400: "Not JSON",
    404: "No such document",
    409: "It is not suspected, or a file that mends it waits for the decision",
}


@blueprint.post("/<code>/alarm")
@blueprint.input(AlarmIn, arg_name="given", unknown=RAISE)
@blueprint.output(AlarmOut)
@blueprint.doc(responses=_DECIDING)
def decide(code: str, given: dict[str, Any]) -> dict[str, Any]:
    """Say that a suspected document is no state secret, or that it is one.

    One that is stays closed, and what is made of the same bytes elsewhere is suspected from now.
    """
    refuse_marks({"why": given["why"]})
    is_secret = given["verb"] == "confirm"
    with reading() as rows:
        document = the_document(rows, code, Action.DECIDE_SECRET)
        same_bytes = twins.digests_of(document) if is_secret else set()
    workshop = services().workshop
    with twins.copied_apart(services().db.engine, workshop, same_bytes), writing() as rows:
        document = the_document(rows, code, Action.DECIDE_SECRET)
        if is_secret:
            decisions.confirm_shelved(rows, workshop, document, given["why"])
        else:
            decisions.clear_shelved(rows, document, given["why"])
        told = {"document": code, "alarm": document.alarm}
    services().bell.set()
    return told
