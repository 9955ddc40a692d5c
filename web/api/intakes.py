"""Receiving: hand in a file, then look what becomes of it."""

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from flask import g, request, url_for
from marshmallow import RAISE
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import FileStorage

from archive import audit
from archive.access import Action
from archive.errors import NotFound
from archive.models import CaseFile, Document
from archive.reading import known_case_files, known_documents
from ingest.intakes import names_hidden, seen_intakes
from ingest.models import Intake
from ingest.reception import Receipt, Sending, receive
from ingest.shelving import FORGOTTEN
from web.api.lists import piece
from web.api.schemas import IntakeIn, IntakeOut, IntakesIn, IntakesOut
from web.auth import asker, here, reading, require, services, the_case_file
from web.errors import words_for
from web.security import MEGABYTE, allow_upload

blueprint = APIBlueprint("intakes", __name__, url_prefix="/intakes", tag="Receiving")
_SENT: Any = {
    200: {
        "description": "These bytes were here already (and `again` was not given): this is what "
        "became of them. Nothing new was made.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/IntakeOut"}}},
    },
    400: "Not a form",
    404: "No such case file",
    409: "These bytes are here already, and you may not know more",
    413: "The file is too large; nothing was stored",
    507: "The store is full",
}


@blueprint.before_request
def _take_file() -> None:
    """Let in a large body only from who may hand in files."""
    if request.endpoint == "intakes.send" and g.get("person") is not None:
        with reading() as rows:
            require(rows, Action.RECEIVE, here())
        allow_upload(services().settings)


@blueprint.post("")
@blueprint.input(IntakeIn, location="form_and_files", arg_name="given", unknown=RAISE)
@blueprint.output(IntakeOut, status_code=201, description="Stored. It goes on by itself.")
@blueprint.doc(responses=_SENT)
def send(given: dict[str, Any]) -> Any:
    """Hand in a file.

    The answer is the receipt: the file is stored and its digest told, whatever happens later.
    Sending the same bytes twice is the same as once, so a request whose answer was lost may simply
    be sent again: the second answer is 200 with what became of the first.
    """
    with audit.acting_as(asker(), "api"):
        receipt = _take(given)
    services().bell.set()
    with reading() as rows:
        told = _told(rows, [rows.get_one(Intake, receipt.intake_id)])[0]
    headers = {"Location": told["href"]} if receipt.is_new else {}
    return told, 201 if receipt.is_new else 200, headers


def _take(given: dict[str, Any]) -> Receipt:
    with reading() as rows:
        code = given["case_file"].strip()
        case_file = the_case_file(rows, code, Action.PLACE) if code else None
    file: FileStorage = given["file"]
    return receive(
        services().db,
        services().files,
        file.stream,
        Sending(
            _name(file), given["fields_given"], case_file.id if case_file else None, given["again"]
        ),
        organ_id=here().id,
        by=asker(),
        door="api",
        limit=services().settings.upload_megabytes * MEGABYTE,
    )


def _name(file: FileStorage) -> str:
    """The name without the sender's folders, and without what databases cannot keep."""
    name = (file.filename or "").replace("\0", "").replace("\\", "/")
    return name.rsplit("/", 1)[-1].encode(errors="replace").decode()


@blueprint.get("")
@blueprint.input(IntakesIn, location="query", arg_name="wanted", unknown=RAISE)
@blueprint.output(IntakesOut)
def listed(wanted: dict[str, Any]) -> dict[str, Any]:
    """Received files that you may see: an archivist the organ's, an officer his own."""
    with reading() as rows:
        require(rows, Action.SEE_INTAKES, here())
        mine = select(Intake).where(*seen_intakes(rows, asker(), here()))
        if state := wanted.get("state"):
            mine = mine.where(Intake.state == state)
        whole = mine.options(*_WHOLE).order_by(Intake.id.desc())
        found, total = piece(rows, whole, wanted)
        intakes = _told(rows, found)
    return {"total": total, "start": wanted["start"], "intakes": intakes}


@blueprint.get("/<int:intake>")
@blueprint.output(IntakeOut)
@blueprint.doc(responses={404: "No such intake"})
def one(intake: int) -> dict[str, Any]:
    """What has become of a received file.

    Ask every second or two until `state` is shelved, waiting, refused or stuck.
    """
    with reading() as rows:
        require(rows, Action.SEE_INTAKES, here())
        mine = select(Intake).where(Intake.id == intake, *seen_intakes(rows, asker(), here()))
        found = rows.scalar(mine.options(*_WHOLE))
        if found is None:
            raise NotFound("no_such_intake", intake=intake)
        return _told(rows, [found])[0]


_WHOLE = (selectinload(Intake.document), selectinload(Intake.case_file))


def _told(rows: Session, intakes: Sequence[Intake]) -> list[dict[str, Any]]:
    """What the asker may know of each of them."""
    documents = [one.document_id for one in intakes if one.document_id]
    case_files = [one.case_file_id for one in intakes if one.case_file_id]
    seen_documents = known_documents(rows, asker(), documents)
    seen_case_files = known_case_files(rows, asker(), case_files)
    hidden = names_hidden(rows, asker(), intakes)
    return [
        _one(
            one,
            one.name if one.id not in hidden else "",
            one.document if one.document_id in seen_documents else None,
            one.case_file if one.case_file_id in seen_case_files else None,
        )
        for one in intakes
    ]


def _one(
    intake: Intake, name: str, document: Document | None, case_file: CaseFile | None
) -> dict[str, Any]:
    progress = intake.progress
    return {
        "intake": intake.id,
        "name": name,
        "sha256": intake.digest if intake.digest != FORGOTTEN else "",
        "size": intake.size,
        "received_at": intake.received_at.isoformat(),
        "state": intake.state,
        "step": intake.next_step,
        "progress": progress if {"step", "done", "total"} <= progress.keys() else None,
        "reason": intake.reason,
        "message": words_for(intake.reason, intake.details).line if intake.reason else None,
        "details": intake.details,
        "document": document.code if document else None,
        "case_file": case_file.code if case_file else None,
        "href": url_for("intakes.one", intake=intake.id),
    }
