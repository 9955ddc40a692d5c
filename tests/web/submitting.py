"""Case files that are closed, due and submitted: what tests of submission begin with."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from archive import audit, clock, closing, people, submissions
from archive.database import Database
from archive.documents import Arrived
from archive.models import CaseFile, Organ
from tests.factories import a_case_file, a_document, stored
from tests.web.conftest import House
from web import clockwork

LATE = clock.now() + timedelta(days=90)  # when these tests look, some days after they were due
LOOKED = clock.day_of(LATE, Organ(zone="Asia/Ho_Chi_Minh"))  # the legal day of it
ENDED = clock.months_after(LOOKED - timedelta(days=17), -12)
DUE = clock.months_after(ENDED, 12)
DAYS_LATE = (LOOKED - DUE).days
DESCRIBED = {"type_name": "Quyết định", "issued_date": "10/01/2026", "organ_name": "UBND"}
CLEAN = {"check_for_viruses": {"status": "clean"}, "check_signatures": {"count": 0}}


def a_closed_file(
    house: House,
    holder: str = "binh",
    *,
    title: str = "Quy hoạch sử dụng đất",
    end: date | None = None,
    term: str = "20 năm",
    facts: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """A case file with one document, closed by its holder; its code."""
    db = house.services.db
    case_file = a_case_file(
        db,
        house.organ(),
        title,
        holder=house.person(holder),
        maintenance=term,
        start_date=date(2025, 1, 1),
        **more,
    )
    a_document(
        db,
        house.organ(),
        f"Văn bản trong {case_file.notation}",
        case_file=case_file,
        by=house.person(holder),
        arrived=_arrived(house, case_file.notation, facts or CLEAN),
        **DESCRIBED,
    )
    with audit.acting_as(None, "command"), db.transaction() as session:
        found = session.get_one(CaseFile, case_file.id)
        closing.close(
            session, found, people.by_name(session, holder), {"EndDate": f"{end or ENDED:%d/%m/%Y}"}
        )
    return case_file.code


def _arrived(house: House, words: str, facts: dict[str, Any]) -> Arrived:
    original = stored(house.services.files, "original", words.encode(), "application/pdf")
    return Arrived("a.pdf", original.digest, 3, (original,), facts)


def submit(house: House, *codes: str, by: str = "binh") -> str:
    """Submit these case files; the submission's code."""
    with audit.acting_as(None, "command"), house.services.db.transaction() as session:
        person = people.by_name(session, by)
        files = [the_file(session, one) for one in codes]
        organ = session.get_one(Organ, person.organ_id)
        return submissions.submit(session, organ, files, person, name="Hồ sơ đất đai").code


def look_through(house: House) -> None:
    """Let the worker look through what was submitted."""
    clockwork.look_through_submissions(house.services)


def the_file(session: Any, code: str) -> CaseFile:
    found: CaseFile = session.scalars(select(CaseFile).where(CaseFile.code == code)).one()
    return found


def stage_of(house: House, code: str) -> str:
    with house.services.db.reading() as session:
        return the_file(session, code).stage


def the_document_in(db: Database, code: str) -> str:
    with db.reading() as session:
        found = the_file(session, code)
        return found.placements[0].document.code
