"""Words of searches go with what they quote; those that mean something else stay (R14)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import audit, audit_check, reading
from archive.models import Event, EventWords
from search import saved
from search.models import SavedSearch, SearchFollower
from tests.factories import a_case_file
from tests.web.destroying import Killed, Ruin, a_ruin, tables_saying
from web.services import open_services


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def search(ruin: Ruin, words: str, *hits: str) -> None:
    binh = ruin.desk.office.binh
    with audit.acting_as(binh, "web"), ruin.services.db.transaction() as session:
        reading.searched(session, binh, binh.organ_id, words, len(hits), hits)


def searched(ruin: Ruin) -> dict[str, int]:
    """Words of searches that still stand, and how much each found."""
    asked = select(EventWords.words, Event.facts).join(Event, Event.id == EventWords.event_id)
    with ruin.services.db.reading() as session:
        rows = session.execute(asked.where(Event.action == "search.run")).all()
    return {words["searched"]: facts["total"] for words, facts in rows}


def test_kept_searches_that_quote_it_are_dropped_and_others_stay(ruin: Ruin) -> None:
    ruin.case_file(2)
    binh, organ = ruin.desk.office.binh, ruin.desk.office.organ
    one = ruin.documents()[0].code
    kept = {
        "A": one,
        "B": "ve zephyrolith 0 noi ve viec rieng",
        "Về ZEPHYROLITH 0 nói": "x",
        "C": "riêng",
    }
    with audit.acting_as(binh, "web"), ruin.services.db.transaction() as session:
        for name, asked in kept.items():
            saved.save(session, organ, binh, name, asked, is_daily=True)
    ruin.ready()
    ruin.run()
    with ruin.services.db.reading() as session:
        assert session.scalars(select(SavedSearch.name)).all() == ["C"]
        assert len(session.scalars(select(SearchFollower)).all()) == 1
        assert audit_check.verify(session).is_good


def test_what_quotes_it_goes_and_what_means_something_else_stays(ruin: Ruin) -> None:
    case_file = ruin.case_file(2)
    other = ruin.document(a_case_file(ruin.services.db, ruin.desk.office.organ, "Còn"), 99)
    one, two = (each.code for each in ruin.documents()[:2])
    for words, hits in (
        (one, ()),
        (f"tim {case_file.code.lower()} o dau", ()),
        ("về ZEPHYROLITH 0 nói về việc riêng", ()),
        ("zephyrolith-1.pdf", ()),
        ("noi ve viec rieng", ()),  # a part of its title
        ("kẻ khác", (one, two)),
    ):
        search(ruin, words, *hits)
    for words, hits in (
        ("riêng", ()),
        ("việc riêng của người khác", ()),
        ("kẻ thứ ba", (one, other.code)),
        ("không gì cả", ()),
    ):
        search(ruin, words, *hits)
    ruin.ready()

    def dying(step: str) -> None:
        if step == "emptied rows":
            raise Killed(step)

    with pytest.raises(Killed):  # titles are gone; what quoted them was written down
        ruin.run(dying)
    ruin.free()
    assert ruin.run()
    assert (ruin.disposal().stage, ruin.disposal().trouble) == ("destroyed", "")
    left = {"riêng": 0, "việc riêng của người khác": 0, "kẻ thứ ba": 2, "không gì cả": 0}
    assert searched(ruin) == left
    with ruin.services.db.reading() as session:
        told = session.scalars(select(Event).where(Event.action == "search.run")).all()
        assert len(told) == 10  # who searched, when, how much was found
        assert audit_check.verify(session, ruin.services.db.journal).findings == ()


def test_in_an_older_copy_they_go_again(tmp_path: Path, blank_sqlite: Path) -> None:
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        ruin.case_file(1)
        search(ruin, "zephyrolith 0 nói về")
        search(ruin, "việc khác")
        ruin.index()
        ruin.services.engine.close()
        shutil.copytree(ruin.home, tmp_path / "copy")
        ruin.desk.walk("handed_over")
        ruin.begin()
        assert ruin.run()
        assert set(searched(ruin)) == {"việc khác"}
    shutil.rmtree(ruin.home)
    (tmp_path / "copy").rename(ruin.home)
    with open_services(ruin.services.settings) as services:
        again = Ruin(services, ruin.desk)
        assert set(searched(again)) == {"việc khác"}
        assert tables_saying(again) == []
        with services.db.reading() as session:
            assert audit_check.verify(session, services.db.journal).findings == ()
