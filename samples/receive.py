"""Receive the samples as an agency would: into case files, with what the clerk knows of each.

    python -m samples.receive

Prints what became of every file. It is what `script/server --sample` calls.
"""

import json
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from archive import audit, case_files, people
from archive.errors import Conflict
from archive.models import Organ, Person
from archive.settings import Settings
from web.receiving import Given, receive_all
from web.services import Services, open_services

HERE = Path(__file__).parent
CASE_FILES = {
    "01.VP": ("Văn bản về công tác văn thư, lưu trữ điện tử", "Vĩnh viễn"),
    "02.CNTT": ("Triển khai phần mềm văn phòng điện tử eOffice", "10 năm"),
}


def main() -> int:
    """Receive them, as the only person there is; the number of files without a fate."""
    fields = json.loads((HERE / "fields.json").read_text(encoding="utf-8"))
    with open_services(Settings.from_environment()) as services:
        with services.db.reading() as session:
            person = people.only_person(session) or people.by_name(session, "quantri")
        with audit.acting_as(person, "command"):
            codes = _case_files(services, person)
            given = [_given(path, fields, codes) for path in sorted(HERE.glob("[0-9]*"))]
            fates = list(receive_all(services, person, given, wait=True, tell=print))
    for fate in fates:
        print(fate.as_line())
    return sum(fate.state == "received" for fate in fates)


def _case_files(services: Services, person: Person) -> list[str]:
    with services.db.transaction() as session:
        return [_opened(session, person, notation) for notation in CASE_FILES]


def _opened(session: Session, person: Person, notation: str) -> str:
    """A case file's code; it is opened at the first run."""
    organ = session.get_one(Organ, person.organ_id)
    title, kept_for = CASE_FILES[notation]
    code = case_files.code_of(organ.code, 2026, notation)
    try:
        case_files.open_one(
            session, organ, notation, title, year=2026, holder=person, maintenance=kept_for
        )
    except Conflict:
        return code
    return code


def _given(path: Path, fields: dict[str, dict[str, str]], codes: list[str]) -> Given:
    """Described documents go into the case file of their matter, the others into the tray."""
    known = fields.get(path.name[:2])
    if known is None:
        return Given(path, {})
    about_software = "eOffice" in known["Subject"] or "phần mềm" in known["Subject"]
    return Given(path, known, codes[1] if about_software else codes[0])


if __name__ == "__main__":
    sys.exit(main())
