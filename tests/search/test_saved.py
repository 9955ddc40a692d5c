"""Searches that people keep, share with their unit and follow."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit, audit_check, clock, people
from archive.database import Database
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Organ, Person, Unit
from search import saved
from search.models import SearchFollower
from tests.factories import a_person, an_organ


@pytest.fixture
def organ(db: Database) -> Organ:
    return an_organ(db)


@pytest.fixture
def lan(db: Database, organ: Organ) -> Person:
    return _of_unit(db, organ, a_person(db, organ, "lan", "officer"))


def _of_unit(db: Database, organ: Organ, person: Person) -> Person:
    with audit.acting_as(None, "test"), db.transaction() as session:
        unit = session.scalar(select(Unit).where(Unit.organ_id == organ.id))
        if unit is None:
            unit = Unit(organ_id=organ.id, code="P1", name="Phòng Một")
            session.add(unit)
            session.flush()
            audit.record(session, "unit.make", unit)
        row = session.get_one(Person, person.id)
        row.unit_id = unit.id
        audit.record(session, "person.change", row)
    with db.reading() as session:
        return people.by_id(session, person.id)


def test_what_is_kept_is_ones_own_until_it_is_shared_with_the_unit(
    db: Database, organ: Organ, lan: Person
) -> None:
    hoa = _of_unit(db, organ, a_person(db, organ, "hoa", "officer"))
    tuan = a_person(db, organ, "tuan", "officer")
    with audit.acting_as(lan, "test"), db.transaction() as session:
        kept = saved.save(session, organ, lan, " Quy  chế ", "quy che", chosen={"year": ["2019"]})
        assert (kept.name, kept.asked, kept.chosen) == ("Quy chế", "quy che", {"year": ["2019"]})
        assert session.scalars(saved.seen(organ, hoa)).all() == []
        saved.share(session, organ, lan, kept.id, is_shared=True)
        assert [one.id for one in session.scalars(saved.seen(organ, hoa))] == [kept.id]
        with pytest.raises(NotFound, match="no_such_saved_search"):
            saved.the_saved(session, organ, tuan, kept.id)
        for verb in (saved.drop, lambda *told: saved.share(*told, is_shared=False)):
            with pytest.raises(Conflict, match="saved_by_another"):
                verb(session, organ, hoa, kept.id)
        saved.follow(session, organ, hoa, kept.id, is_daily=True)
        assert saved.followed(session, organ, hoa)[kept.id].is_daily
        saved.drop(session, organ, lan, kept.id)
        assert session.scalars(select(SearchFollower)).all() == []
    with db.reading() as session:
        assert audit_check.verify(session).is_good


def test_what_was_looked_at_is_not_new_any_more_and_never_becomes_new_again(
    db: Database, organ: Organ, lan: Person
) -> None:
    with audit.acting_as(lan, "test"), db.transaction() as session:
        kept = saved.save(session, organ, lan, "A", "quy che")
        first = saved.followed(session, organ, lan)[kept.id].seen_at
        later = clock.now() + timedelta(hours=1)
        saved.look(session, kept, lan, later)
        saved.look(session, kept, lan, first)
        assert saved.followed(session, organ, lan)[kept.id].seen_at == later


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " "}, "saved_name_missing"),
        ({"name": "x" * 101}, "saved_name_too_long"),
        ({"asked": "x" * 401}, "question_too_long"),
        ({"asked": " "}, "nothing_asked"),
        ({"chosen": {"readers": ["organ:1"]}}, "unknown_facet"),
        ({"ordered": "backwards"}, "unknown_order"),
        ({"chosen": {"year": [str(one) for one in range(60)]}}, "too_many_chosen"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_reason(
    db: Database, organ: Organ, lan: Person, told: dict[str, Any], code: str
) -> None:
    given: dict[str, Any] = {"name": "A", "asked": "quy che", **told}
    refused = pytest.raises(Invalid, match=code)
    with audit.acting_as(lan, "test"), db.transaction() as session, refused:
        saved.save(session, organ, lan, given.pop("name"), given.pop("asked"), **given)


def test_a_name_is_taken_once_and_who_has_no_unit_shares_with_nobody(
    db: Database, organ: Organ, lan: Person
) -> None:
    tuan = a_person(db, organ, "tuan", "officer")
    with audit.acting_as(lan, "test"), db.transaction() as session:
        saved.save(session, organ, lan, "A", "quy che")
        with pytest.raises(Conflict, match="saved_name_taken"):
            saved.save(session, organ, lan, "A", "khac")
        saved.save(session, organ, tuan, "A", "quy che")
        with pytest.raises(Invalid, match="no_unit_to_share_with"):
            saved.save(session, organ, tuan, "B", "quy che", is_shared=True)


def test_who_may_not_see_a_search_any_more_is_told_nothing_of_it(
    db: Database, organ: Organ, lan: Person
) -> None:
    hoa = _of_unit(db, organ, a_person(db, organ, "hoa", "officer"))
    with audit.acting_as(lan, "test"), db.transaction() as session:
        kept = saved.save(session, organ, lan, "Quy chế", "quy che", is_shared=True, is_daily=True)
        saved.follow(session, organ, hoa, kept.id, is_daily=True)
        number = kept.id

    def waiting() -> set[int]:
        tomorrow = clock.now() + timedelta(days=1)
        with db.reading() as session, pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda: tomorrow)
            return {one.person_id for one in saved.daily(session, organ, 50)}

    assert waiting() == {lan.id, hoa.id}
    with audit.acting_as(lan, "test"), db.transaction() as session:
        saved.share(session, organ, lan, number, is_shared=False)
    assert waiting() == {lan.id}
