"""Pages, explanations and forms name who acted, and for whom (R9): “… thay …”."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.hands import Whose, told_by
from archive.models import CaseFile, Organ, Person
from retention import (
    appraisals,
    approving,
    assignments,
    council,
    explaining,
    listing,
    occurrences,
    schedule,
)
from retention.models import Appraisal
from tests.retention.disposing import Desk
from tests.retention.office import TWENTY
from tests.web.conftest import House
from tests.web.test_disposal_pages import Walk
from web import disposal_forms, forms
from web.retention_words import sentences

BOTH = r"Mai (thay mặt|for|thay) Lan"


@pytest.fixture
def walk(house: House) -> Walk:
    return Walk(house)


@contextmanager
def for_lan(desk: Desk) -> Iterator[tuple[Session, Person]]:
    """Mai acts for Lan."""
    with audit.acting_as(desk.mai, "web", principal=desk.lan), desk.db.transaction() as session:
        lan = session.get_one(Person, desk.lan.id)
        lan.is_lent = True
        yield session, lan


def test_a_term_and_an_event_are_explained_by_who_said_them(walk: Walk) -> None:
    desk = walk.desk
    made = desk.file("5 năm sau khi kết thúc hợp đồng")
    with for_lan(desk) as (session, lan):
        found = session.get_one(CaseFile, made.id)
        assignments.assign(
            session, found, lan, term="10 năm sau khi kết thúc hợp đồng", source="archivist",
            reason="Rà soát",
        )  # fmt: skip
        occurrences.record(
            session, found, lan, kind="ended", happened_on=date(2020, 1, 2), evidence="01/HĐ"
        )
    with desk.db.reading() as session:
        told = explaining.explain(session, session.get_one(CaseFile, made.id))
    assert [(one.by, one.principal) for one in (told.said[0], told.happened[0])] == [
        ("Mai", "Lan"),
        ("Mai", "Lan"),
    ]
    assert "Mai for Lan" in " ".join(sentences(told, str))
    page = walk.as_("lan").get(f"/retention/case-files/{made.code}").text
    assert len(re.findall(BOTH, page)) >= 3


def test_a_conclusion_is_shown_by_who_came_to_it(walk: Walk) -> None:
    desk = walk.desk
    number = desk.propose(desk.file())
    with for_lan(desk) as (session, lan):
        one = session.get_one(Appraisal, number)
        appraisals.move(session, one, "withdraw", lan, reason="Xem lại")
    with for_lan(desk) as (session, lan):
        one = session.get_one(Appraisal, number)
        appraisals.move(session, one, "extend", lan, reason="Còn dùng", new_term="20 năm")
    page = walk.as_("lan").get(f"/retention/appraisals/{number}").text
    facts = page.split('id="story"')[0]
    assert re.search(BOTH, facts)


def test_a_rule_is_shown_by_who_approved_it(walk: Walk) -> None:
    desk = walk.desk
    with desk.acting(desk.binh) as session:
        made = schedule.draft(
            session, desk.organ(session), TWENTY, session.get_one(Person, desk.binh.id)
        ).id
    with for_lan(desk) as (session, lan):
        approving.approve(
            session, schedule.by_id(session, desk.organ(session), made), lan,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    page = walk.as_("lan").get(f"/retention/schedule/rules/{made}").text
    assert re.search(BOTH, page.split('id="story"')[0])


def test_a_list_and_a_council_name_who_made_them(walk: Walk) -> None:
    desk = walk.desk
    desk.propose(desk.file())
    with for_lan(desk) as (session, lan):
        desk.code = listing.make(
            session, session.get_one(Organ, desk.office.organ.id), lan, desk.proposed,
            title="Hết hạn", formation="Hình thành", condition="Tốt",
        ).code  # fmt: skip
    assert re.search(BOTH, walk.look("lan").split('id="story"')[0])
    assert "Mai, thay Lan" in body(desk, "list")
    with (
        audit.acting_as(desk.mai, "web", principal=desk.truong),
        desk.db.transaction() as session,
    ):
        truong = session.get_one(Person, desk.truong.id)
        truong.is_lent = True
        one = desk.found(session)
        council.set_up(
            session, one, truong, desk.members(), number="12/QĐ",
            on=clock.today(one.organ),
        )  # fmt: skip
    assert "Mai, thay Truong" in body(desk, "council")
    assert re.search(r"Mai (thay mặt|for) Truong", walk.look("lan").split('id="story"')[0])


def body(desk: Desk, kind: str) -> str:
    with desk.db.reading() as session, audit.acting_as(desk.lan, "web"):
        form = disposal_forms.form_of(session, desk.lan, desk.found(session), kind)
    return forms._templates().get_template(form.template).render(title=form.title, **form.told)


def test_of_one_who_acts_for_nobody_no_other_is_named(walk: Walk) -> None:
    desk = walk.desk
    number = desk.propose(desk.file())
    with desk.db.reading() as session:
        assert told_by(session, "appraisal", [number, None]) == {number: Whose("Lan")}
        assert told_by(session, "appraisal", []) == {}
