"""Documents: what is kept, what is known of one, and its files to download."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request, url_for
from marshmallow import RAISE
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from archive import access, alarms, documents, exports
from archive import reading as reads
from archive.access import Action
from archive.description import described
from archive.documents import number_as_shown
from archive.models import Document, Part, Placement, Rendition
from archive.reading import seen_documents
from web.api.doors import writing
from web.api.lists import piece
from web.api.schemas import DocumentOut, DocumentsIn, DocumentsOut
from web.auth import asker, here, reading, require, services, the_case_file, the_document
from web.downloads import ENDINGS, OF_UNKNOWN_KIND, as_download
from web.names import headline

blueprint = APIBlueprint("documents", __name__, url_prefix="/documents", tag="Documents")
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_DOWNLOAD: Any = {
    200: {
        "description": "The stored bytes, as they are.",
        "content": dict.fromkeys((*ENDINGS, OF_UNKNOWN_KIND), _BYTES),
        "headers": {
            "ETag": {"description": "The SHA-256 of the bytes.", "schema": {"type": "string"}}
        },
    },
    304: {"description": "You have these bytes already (If-None-Match)."},
    404: "No such document, part or stored form",
    507: "The stored file is damaged or gone",
}


@blueprint.get("")
@blueprint.input(DocumentsIn, location="query", arg_name="wanted", unknown=RAISE)
@blueprint.output(DocumentsOut)
@blueprint.doc(responses={404: "No such case file"})
def listed(wanted: dict[str, Any]) -> dict[str, Any]:
    """Documents of your organ whose descriptions you may see."""
    with reading() as rows:
        require(rows, Action.DESCRIBE, here())
        found, total = piece(rows, _wanted(rows, wanted), wanted)
        lines = [_line(one) for one in found]
    return {"total": total, "start": wanted["start"], "documents": lines}


def _wanted(rows: Session, wanted: dict[str, Any]) -> Select[Document]:
    seen = seen_documents(rows, asker(), here())
    found = select(Document).where(seen).options(selectinload(Document.parts))
    if wanted["unfiled"]:
        found = found.where(Document.is_filed.is_(False))
    if wanted["mending"]:
        found = found.where(Document.mending.is_not(None))
    if (code := wanted.get("case_file")) is None:
        return found.order_by(Document.id.desc())
    case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
    inside = Placement.case_file_id == case_file.id
    return found.join(Placement).where(inside).order_by(Placement.ordinal)


def _line(document: Document) -> dict[str, Any]:
    issued = document.issued_date
    return {
        "document": document.code,
        "number": number_as_shown(document),
        "title": headline(document),
        "type": document.type_name,
        "issued_date": issued.isoformat() if issued else None,
        "organ_name": document.organ_name,
        "pages": document.page_amount,
        "mending": document.mending,
        "shelved_at": document.shelved_at.isoformat(),
        "href": url_for("documents.one", code=document.code),
    }


@blueprint.get("/<code>")
@blueprint.output(DocumentOut)
@blueprint.doc(responses={404: "No such document"})
def one(code: str) -> dict[str, Any]:
    """All that is known of a document.

    Its data, its parts and their stored forms. The look is told in its story.
    """
    with writing() as rows:
        document = the_document(rows, code, Action.DESCRIBE)
        told = described(document, access.case_file_filter(rows, asker()))
        reads.opened(rows, document, "describe")
    told["href"] = url_for("documents.one", code=code)
    for part in told["parts"]:
        for form in part["renditions"]:
            form["href"] = _href(code, part["part"], form)
    return told


def _href(code: str, part: int, form: dict[str, Any]) -> str | None:
    if form["replaced_at"] is not None:
        return None
    return url_for("documents.download", code=code, part=part, role=form["role"])


@blueprint.get("/<code>/parts/<int:part>/renditions/<role>")
@blueprint.doc(responses=_DOWNLOAD)
def download(code: str, part: int, role: str) -> Any:
    """Download a stored form of a part.

    The bytes as they are stored, checked against their digest. The download is told in the story.
    """
    with reading() as rows:
        document = the_document(rows, code, Action.READ)
        exports.require_consent(rows, asker(), document)
        form = documents.stored_form(document, role, part)
        alarms.require_harmless(rows, asker(), document, form)
    if form.digest in request.if_none_match:
        return Response(status=304, headers={"ETag": f'"{form.digest}"'})
    content = services().files.open(form.digest)
    if request.method == "GET":
        _tell(code, part, form)
    return as_download(content, document, _part(document, part), form)


def _tell(code: str, part: int, form: Rendition) -> None:
    with writing() as rows:
        document = the_document(rows, code, Action.READ)
        reads.opened(rows, document, "download", part=part, rendition=form.role, sha256=form.digest)


def _part(document: Document, ordinal: int) -> Part:
    return next(one for one in document.parts if one.ordinal == ordinal)
