"""Where an outgoing document comes from: what it answers, or the case file that it is made in.

HCMC 9.1 and 10.1: whatever goes out is tied to what came in; where nothing came in, the officer
opens a case file first. An organ whose rules ask for neither takes both all the same.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from archive import access, answers, case_files, documents, register_lists, registers
from archive.access import Action
from archive.errors import Conflict, Invalid, NotFound
from archive.models import CaseFile, Organ, Person
from archive.organ_rules import rules_of
from archive.register_models import RegisterEntry


def open_case_file(session: Session, code: str, organ: Organ, by: Person) -> CaseFile | None:
    """The organ's case file with this code, if the person may fill it now; None for no code.

    Raises:
        NotFound, NotAllowed, Invalid, Conflict: as `case_files.require_fillable`.
    """
    if not code.strip():
        return None
    case_file = case_files.by_code(session, code)
    case_files.require_fillable(session, by, case_file, organ.id)
    return case_file


def incoming_line(session: Session, code: str, organ: Organ, by: Person) -> RegisterEntry:
    """The incoming line with this code, which somebody says is answered.

    Raises:
        NotFound: `no_such_entry`: there is none, or it is closed to the person.
        Conflict: `not_incoming`, `entry_cancelled`.
    """
    found = registers.entry_by_code(session, organ, code)
    if not register_lists.may_see(session, by, organ, found):
        raise NotFound("no_such_entry", entry=code)
    if found.register.kind != "incoming":
        raise Conflict("not_incoming", entry=found.code)
    if found.state == "cancelled":
        raise Conflict("entry_cancelled", entry=found.code)
    return found


def require_answerable(session: Session, codes: Iterable[str], organ: Organ, by: Person) -> None:
    """Go on only if each of these is a line or a document of which the person knows.

    Raises:
        NotFound: `no_such_entry`, `no_such_document`; Conflict: `not_incoming`, `entry_cancelled`.
    """
    for code in codes:
        if answers.is_line(code):
            incoming_line(session, code, organ, by)
        else:
            access.require(session, by, Action.DESCRIBE, documents.by_code(session, code))


def require_origin(organ: Organ, has_origin: bool) -> None:
    """Go on only if it answers something or has a case file, where the organ asks for that.

    Raises:
        Invalid: `origin_missing`.
    """
    if rules_of(organ).outgoing_needs_origin and not has_origin:
        raise Invalid("origin_missing")
