"""What is written about a record stays for as long as the record does (HC-80)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS, Field
from archive.models import CaseFile, Document
from retention import ends
from retention.models import Appraisal
from tests.web.conftest import House
from tests.web.submitting import a_closed_file
from web import clockwork, likeness_clock, term_clock, term_watch


def described(rows: Session, code: str) -> list[dict[str, Any]]:
    """Every field of the law of the case file and of what stands in it."""
    held = rows.scalars(select(CaseFile).where(CaseFile.code == code)).one()
    inside = rows.scalars(
        select(Document).where(Document.placements.any(case_file_id=held.id)).order_by(Document.id)
    )
    return [
        values_of(held, CASE_FILE_FIELDS),
        *(values_of(one, DOCUMENT_FIELDS) for one in inside),
    ]


def values_of(row: CaseFile | Document, fields: tuple[Field, ...]) -> dict[str, Any]:
    return {one.code: getattr(row, one.column) for one in fields if hasattr(row, one.column)}


@pytest.mark.rule("HC-80")
def test_metadata_stay_for_the_whole_term_and_until_somebody_destroys(house: House) -> None:
    services = house.services
    code = a_closed_file(house, term="5 năm", end=date(2025, 3, 14))
    with services.db.reading() as rows:
        before = described(rows, code)
        held = rows.scalars(select(CaseFile).where(CaseFile.code == code)).one()
        assert ends.of_case_file(rows, held).on == date(2030, 12, 31)
    assert before[0]["Title"] and before[0]["StartDate"] and before[0]["Maintenance"] == "5 năm"
    assert before[1]["Subject"]
    nights = [datetime(year, 12, 5, 3, tzinfo=UTC) for year in range(2026, 2031)]
    for night in (*nights, datetime(2031, 1, 2, 3, tzinfo=UTC), datetime(2041, 6, 1, tzinfo=UTC)):
        with clock.standing_at(night):
            term_clock.catch_up(services)
            term_watch.look(services)
            likeness_clock.look(services)
            clockwork.give_notice(services)
            with services.db.reading() as rows:
                assert described(rows, code) == before, night
            assert house.as_("lan").get(f"/case-files/{code}").status_code == 200
    with services.db.reading() as rows:  # its term is over, and still a person has to decide
        assert (
            rows.scalar(select(Appraisal.stage).where(Appraisal.case_file_id == held.id)) == "due"
        )
