"""A list forgets of what is gone all that is more than its tombstone (decision 17)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import audit, audit_check, clock
from archive.models import Organ
from retention import meeting, preparing
from retention.models import CouncilOpinion, DisposalItem
from tests.retention.disposing import WHY
from tests.web.destroying import TITLE, Ruin, a_ruin, tables_saying
from web import disposal_forms, executing, forms
from web.certificate_form import form_of

NOTE = "quillobrax"  # stands in what members note, and nowhere else
PLACE = "vexomarine"


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def keep_titles(ruin: Ruin, keeps: bool) -> None:
    desk = ruin.desk
    with desk.acting(desk.lan) as session:
        organ = session.get_one(Organ, desk.office.organ.id)
        organ.rules = {**organ.rules, "keep_titles": keeps}
        audit.record(session, "organ.test", organ)


def begun(ruin: Ruin, *, staying: bool = False) -> None:
    """A list that goes, with paper; of each line a note, and of the first the chair's last word."""
    desk = ruin.desk
    desk.on_paper(ruin.case_file(1), PLACE)
    if staying:
        ruin.case_file(1)
    ruin.index()
    desk.walk("council")
    desk.opine("destroy", note=f"{NOTE} 1")
    if staying:
        with desk.at(desk.truong) as (session, one):
            meeting.opine(session, one, desk.truong, [2], "keep", note=f"{NOTE} 2")
        with desk.at(desk.binh) as (session, one):
            meeting.opine(session, one, desk.binh, [2], "keep", note=f"{NOTE} 2")
    desk.meet()
    desk.sign()
    desk.walk("handed_over")
    ruin.begin()


def end(ruin: Ruin) -> None:
    desk = ruin.desk
    ruin.run()
    with desk.at(desk.mai) as (session, one):
        preparing.confirm_paper(session, one, desk.mai, clock.today(one.organ))
    assert ruin.run()
    assert (ruin.disposal().trouble, ruin.disposal().stage) == ("", "destroyed")


def body(ruin: Ruin, kind: str) -> str:
    desk = ruin.desk
    with desk.db.reading() as session, audit.acting_as(desk.lan, "web"):
        form = disposal_forms.form_of(session, desk.lan, desk.found(session), kind)
    return forms._templates().get_template(form.template).render(title=form.title, **form.told)


def test_notes_and_places_of_paper_go_while_title_and_reason_stay(ruin: Ruin) -> None:
    begun(ruin)
    assert "council_opinion.note" in tables_saying(ruin, NOTE)
    assert "disposal_item.box" in tables_saying(ruin, PLACE)
    end(ruin)
    assert tables_saying(ruin, NOTE) == []
    assert tables_saying(ruin, PLACE) == []
    assert tables_saying(ruin, TITLE) == ["disposal_item.title", "tombstone.title"]
    (item,) = ruin.desk.items()
    assert (item.reason, item.on_paper) == (WHY, True)
    ruin.services.db.erase_traces()
    assert ruin.places_saying(NOTE) == [] == ruin.places_saying(PLACE)
    with ruin.services.db.reading() as session:
        assert audit_check.verify(session, ruin.services.db.journal).findings == ()


def test_what_was_noted_of_lines_that_stay_stays(ruin: Ruin) -> None:
    begun(ruin, staying=True)
    end(ruin)
    with ruin.services.db.reading() as session:
        said = session.execute(
            select(DisposalItem.ordinal, CouncilOpinion.note)
            .join(CouncilOpinion, CouncilOpinion.item_id == DisposalItem.id)
            .where(CouncilOpinion.note != "")
        ).all()
    assert {(place, note) for place, note in said} == {(2, f"{NOTE} 1"), (2, f"{NOTE} 2")}


def test_a_chairs_last_word_keeps_no_reason_either(ruin: Ruin) -> None:
    begun(ruin)
    with ruin.desk.at(ruin.desk.lan) as (session, one):
        found = session.scalars(select(CouncilOpinion)).first()
        assert found is not None
        found.is_tie_break = True
        audit.record(session, "disposal.test", one, also=(found,))
    end(ruin)
    with ruin.services.db.reading() as session:
        notes = set(session.scalars(select(CouncilOpinion.note)))
    assert notes == {"", ruin.desk.code}


def test_where_titles_are_not_kept_neither_reasons_nor_forms_carry_them(ruin: Ruin) -> None:
    keep_titles(ruin, False)
    begun(ruin)
    for kind in ("hand_over", "meeting", "list"):
        assert TITLE not in body(ruin, kind)
        assert "không lưu tiêu đề" in body(ruin, kind)
    end(ruin)
    assert tables_saying(ruin, TITLE) == []
    assert tables_saying(ruin, WHY) == []
    record = body(ruin, "record")
    assert TITLE not in record and "tiêu đề của hồ sơ, tài liệu đã hủy không được lưu" in record
    assert ruin.files[0].code in record
    journal = executing.journal_of(ruin.services)
    (path,) = journal.certificates.glob("*.json")
    told = json.loads(path.read_text())
    assert TITLE not in path.read_text() and WHY not in path.read_text()
    assert told["lines"][0]["documents"][0]["digests"]
    form = form_of(told)
    printed = forms._templates().get_template(form.template).render(title=form.title, **form.told)
    assert "tiêu đề của hồ sơ, tài liệu đã hủy không được lưu" in printed


def test_where_titles_are_kept_forms_carry_them(ruin: Ruin) -> None:
    begun(ruin)
    end(ruin)
    record = body(ruin, "record")
    assert TITLE in record and "không được lưu" not in record
