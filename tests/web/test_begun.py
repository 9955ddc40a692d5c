"""Nothing is destroyed that was written into the database past the program (R10, R16)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update

from archive.models import Document
from retention.models import Disposal, DisposalDocument, DisposalItem
from tests.factories import a_case_file
from tests.web.destroying import Ruin, a_ruin
from web.app import create_app
from web.execution_view import trouble_words

Tampering = Callable[[Connection, Document], None]


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def another(ruin: Ruin) -> Document:
    """A document that nobody ever listed."""
    office = ruin.desk.office
    other = a_case_file(ruin.services.db, office.organ, "Còn dùng", holder=office.binh)
    return ruin.document(other, 99)


def added(rows: Connection, other: Document) -> None:
    item = rows.scalar(select(DisposalItem.id).limit(1))
    rows.execute(
        insert(DisposalDocument).values(
            item_id=item, ordinal=99, document_id=other.id, code=other.code, digests=[]
        )
    )


def exchanged(rows: Connection, other: Document) -> None:
    """The line says what it said; behind its code stands another document."""
    rows.execute(update(DisposalDocument).values(document_id=other.id))


def taken_back(rows: Connection, _other: Document) -> None:
    """A listed document less, without a reason, is not what was begun either."""
    rows.execute(update(DisposalDocument).values(kept_why="x"))


def told_in_the_story(rows: Connection, other: Document) -> None:
    """The event is rewritten as well; its digest is not what it was."""
    added(rows, other)
    guards = text("select name from sqlite_master where type = 'trigger' and tbl_name = 'event'")
    for name in rows.scalars(guards).all():
        rows.execute(text(f"drop trigger {name}"))
    changed = rows.execute(
        text(
            "update event set facts = json_insert(facts, '$.things[#]', :code) "
            "where action = 'disposal.begin'"
        ),
        {"code": other.code},
    )
    assert changed.rowcount == 1


def past_the_program(ruin: Ruin, act: Tampering, other: Document) -> None:
    with ruin.services.db.engine.begin() as rows:
        act(rows, other)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (added, "not_as_begun"),
        (exchanged, "not_as_begun"),
        (taken_back, "not_as_begun"),
        (told_in_the_story, "not_begun"),
    ],
)
def test_what_was_written_into_a_list_under_way_is_not_destroyed(
    ruin: Ruin, act: Tampering, code: str
) -> None:
    other = another(ruin)
    ruin.case_file(1)
    ruin.ready()
    past_the_program(ruin, act, other)
    assert ruin.run()
    one = ruin.disposal()
    assert (one.stage, one.trouble.partition(":")[0]) == ("executing", code)
    with create_app(ruin.services).test_request_context():
        assert ruin.desk.code in trouble_words(one.trouble).what
    assert all(each.subject for each in ruin.documents())
    assert any(each.startswith("files/") for each in ruin.places_saying())
    assert not (ruin.journal / "destructions.log").exists()


def test_a_list_that_nobody_began_is_not_carried_out(ruin: Ruin) -> None:
    ruin.case_file(1)
    ruin.index()
    ruin.desk.walk("handed_over")

    with ruin.services.db.engine.begin() as rows:
        rows.execute(update(Disposal).values(stage="executing"))
    assert ruin.run()
    assert (ruin.disposal().stage, ruin.disposal().trouble.partition(":")[0]) == (
        "executing",
        "not_begun",
    )
    assert all(each.subject for each in ruin.documents())
