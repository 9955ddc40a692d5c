"""Every table that points to a record is filled with a phrase; after its end none says it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Date, Integer, Text, select
from sqlalchemy.orm import Session

from archive import audit, audit_check, clock
from archive.database import Base, UtcDateTime
from archive.models import Document, Part, Placement, Row
from retention import emptying, preparing
from tests.factories import a_document
from tests.web.destroying import WORD, Ruin, a_ruin, tables_saying

POINTED_AT = {"document", "case_file", "part", "intake"}
# Records of their own, with terms of their own: a book and its lines, hand-overs of many files.
OWN = ("register", "register_entry", "delivery", "transfer", "submission", "freeze_order")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DIGEST = "a" * 64
# Columns with a fixed set of values; everything else that is a text gets the phrase.
VALUES: dict[str, Any] = {
    "document_link.kind": "relates",
    "paper_part.kind": "annex",
    "taken_out.why": "draft",
    "export_request.is_allowed": True,
    "whole_copy.order": "time",
    "whole_copy.state": "ready",
    "intake.state": "shelved",
    "intake.digest": DIGEST,
    "intake.next_step": None,
    "intake_file.digest": DIGEST,
    "issuance.state": "issued",
    "issuance.kind": "document",
    "issuance_comment.said_at": LONG_AGO,
    "issuance.copy_kind": "",
    "issuance.prepared_digest": DIGEST,
    "issuance.signed_digest": DIGEST,
    "issuance.issued_digest": DIGEST,
    "loan.returned_on": date(2020, 2, 1),
    "retention_assignment.term": "5 năm",
    "retention_assignment.source": "officer",
    "occurrence.kind": "ended",
    "appraisal.cause": "expired",
    "appraisal.twin_id": None,
    "appraisal.twin_named_by_id": None,
    "appraisal.twin_confirmed_by_id": None,
    "appraisal.expires_on": date(2019, 1, 1),
    "appraisal.stage": "kept",
    "appraisal.verdict": "extend",
    "appraisal.new_term": "5 năm",
    "appraisal.noticed_on": date(2019, 1, 1),
    "appraisal_opinion.side": "unit",
    "appraisal_opinion.verdict": "destroy",
    "appraisal_opinion.new_term": "",
    "submission_item.outcome": "accepted",
    "rendition.role": "text_old",
    "rendition.digest": DIGEST,
    "part.role": "annex",
    "part.digest": DIGEST,
    "part.ordinal": 7,
    "transfer_item.outcome": "given_up",
    "entry_twin.grounds": "number",
    "entry_twin.decision": "other",
    "register.kind": "incoming",
    "register_entry.state": "registered",
    "register_entry.circulation": "both",
    "register_entry.handling": "handle",
    "register_entry.copy_kind": "",
    "register_entry.outcome": "",
    "transfer.stage": "registered",
    "transfer.export_state": "",
    "transfer.manifest": "",
    "freeze_order.lifted_at": LONG_AGO,
    "register.code": "DEN",
    "submission.code": "NL-1",
    "transfer.code": "LS-1",
    "intake.door": "web",
    "letting_in.ground": "resolution",
    "issuance.layout": "nd30",
}


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def pointing() -> set[str]:
    """The tables with a foreign key to what can be destroyed, and those that hang on these."""
    direct = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in POINTED_AT
    }
    return direct | {"issuance_comment", "appraisal_opinion", "letting_in"}


def test_every_table_that_points_to_a_record_forgets_or_says_why_not() -> None:
    known = set(emptying.TABLES) | set(emptying.STAYS)
    assert pointing() - known - POINTED_AT == set()
    assert not set(emptying.TABLES) & set(emptying.STAYS)
    assert known <= set(Base.metadata.tables)


def test_no_row_that_points_to_it_says_anything_of_it_afterwards(ruin: Ruin) -> None:
    case_file = ruin.case_file(1)
    ruin.index()
    filled = fill_all(ruin, case_file.id)
    ruin.desk.walk("handed_over")
    assert set(emptying.TABLES) - set(filled) == set()
    told = {one.split(".")[0] for one in tables_saying(ruin)}
    assert set(emptying.TABLES) - {"case_file", "intake_file"} <= told  # these have digests alone
    ruin.begin()
    assert ruin.run()
    assert ruin.disposal().trouble == "paper_not_confirmed"  # R19
    assert not ruin.run()
    mai = ruin.desk.mai
    with ruin.desk.at(mai) as (session, disposal):
        preparing.confirm_paper(session, disposal, mai, clock.today(disposal.organ))
    assert ruin.run()
    assert (ruin.disposal().trouble, ruin.disposal().stage) == ("", "destroyed")
    left = [one for one in tables_saying(ruin) if one.split(".")[0] not in OWN]
    assert not left, "; ".join(left)
    with ruin.services.db.reading() as session:
        assert audit_check.verify(session, ruin.services.db.journal).findings == ()


def fill_all(ruin: Ruin, case_file: int) -> dict[str, int]:
    """One more row of every table, each told with words of its own."""
    office = ruin.desk.office
    made: dict[str, int] = {"organ": office.organ.id, "person": office.lan.id}
    made["case_file"] = case_file
    made["other"] = a_document(ruin.services.db, office.organ).id
    with audit.acting_as(office.lan, "command"), ruin.services.db.transaction() as session:
        document = session.scalars(
            select(Document).join(Placement).where(Placement.case_file_id == case_file)
        ).one()
        made["document"] = document.id
        part = session.scalars(select(Part).where(Part.document_id == document.id)).one()
        made["part"] = part.id
        for name in (*OWN, *emptying.TABLES):
            if name in ("document", "case_file"):
                continue
            row = filled(session, name, made)
            session.add(row)
            session.flush()
            words: dict[str, Any] = {} if name in OWN else {"said": f"{WORD} {name}"}
            audit.record(session, f"{name}.test", row, **words)
            made.setdefault(name, row.id)
    return made


def filled(session: Session, name: str, made: dict[str, int]) -> Row:
    """A row that says the phrase in every text it has."""
    model = emptying.models()[name]
    values: dict[str, Any] = {}
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        key = f"{name}.{attribute.key}"
        if column.primary_key and attribute.key == "id":
            continue
        if key in VALUES:
            values[attribute.key] = VALUES[key]
        elif column.foreign_keys:
            values[attribute.key] = pointed(name, attribute.key, column, made)
        elif isinstance(column.type, Text):
            values[attribute.key] = f"{WORD} {key}"
        elif isinstance(column.type, JSON):
            values[attribute.key] = {"said": f"{WORD} {key}"}
        elif column.nullable:
            continue
        elif isinstance(column.type, Boolean):
            values[attribute.key] = False
        elif isinstance(column.type, UtcDateTime):
            values[attribute.key] = LONG_AGO
        elif isinstance(column.type, Date):
            values[attribute.key] = date(2020, 1, 1)
        elif isinstance(column.type, Integer):
            values[attribute.key] = 1
    return model(**values)


def pointed(name: str, column: str, real: Any, made: dict[str, int]) -> int | None:
    """The row that it points to; the document where only one of two may be named."""
    target = next(iter(real.foreign_keys)).column.table.name
    if column == "to_id":
        return made["other"]
    if target == name:
        return None
    both = {one.key for one in emptying.models()[name].__mapper__.column_attrs}
    if column == "case_file_id" and {"document_id", "case_file_id"} <= both and name not in (
        "taken_out", "intake", "register_entry",
    ):  # fmt: skip
        return None
    if column in ("mends_part_id", "case_file_id") and name in ("intake", "issuance"):
        return None
    return made.get(target)
