"""Terms of retention that stand on documents themselves, and the case files that follow them.

The longest term of anything in a case file wins, so its end may change with what stands in it: the
case file counts one revision more, and the event says the term, so that the end can be told from
the story alone.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import CaseFile, Document, Placement

AFTER_CHANGES: list[Callable[[Session, CaseFile], None]] = []
"""What later packages ask of a case file once something that its end is counted from changed."""


def of_case_file(session: Session, case_file: CaseFile) -> dict[str, str]:
    """The terms stated on documents in it, by their codes; few state one."""
    wanted = (
        select(Document.code, Document.maintenance)
        .join(Placement, Placement.document_id == Document.id)
        .where(Placement.case_file_id == case_file.id, Document.maintenance != "")
    )
    return {code: term for code, term in session.execute(wanted)}


def placed(document: Document, case_file: CaseFile) -> dict[str, Any]:
    """What the event says of a document's coming into a case file."""
    if document.maintenance:
        case_file.revision += 1
    told = {"maintenance": document.maintenance} if document.maintenance else {}
    return {"case_file": case_file.code, **told}


def taken_out(session: Session, document: Document, case_file: CaseFile) -> None:
    """A document that states a term has left a case file, which may end earlier from now on.

    Raises:
        Conflict: what stands in it must be kept longer.
    """
    if document.maintenance:
        case_file.revision += 1
        look_again(session, case_file)


def changed(session: Session, document: Document, before: str | None) -> dict[str, Any]:
    """What the event says where a document's term was corrected: its case files are told of too."""
    if before is None or document.maintenance == before:
        return {}
    inside = select(Placement.case_file_id).where(Placement.document_id == document.id)
    found = session.scalars(select(CaseFile).where(CaseFile.id.in_(inside)).order_by(CaseFile.id))
    case_files = tuple(found)
    for one in case_files:
        one.revision += 1
        look_again(session, one)
    facts = {"maintenance": document.maintenance, "case_files": [one.code for one in case_files]}
    return {"also": case_files, "facts": facts}


def look_again(session: Session, case_file: CaseFile) -> None:
    """Something that its end is counted from was changed: whoever must, looks at it.

    Raises:
        Conflict: what stands in it must be kept longer.
    """
    session.flush()
    for look in AFTER_CHANGES:
        look(session, case_file)
