"""Destroying, and proving it: every place of content, at every step, with every trouble."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retention.models import Erasure, Tombstone
from tests.web.destroying import TITLE, Ruin, a_ruin, count, tables_saying


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def test_what_is_destroyed_is_found_nowhere_any_more(ruin: Ruin) -> None:
    ruin.case_file()
    ruin.case_file()
    ruin.index()
    assert ruin.hits() == 4
    before = ruin.places_saying()
    assert any(one.startswith("files/") for one in before)
    assert any(one.startswith("archive.db") for one in before)
    ruin.desk.walk("handed_over")
    ruin.begin()
    assert ruin.run()
    assert ruin.disposal().trouble == ""
    assert ruin.disposal().stage == "destroyed"
    ruin.services.db.erase_traces()
    assert tables_saying(ruin) == []
    assert ruin.places_saying() == []
    assert tables_saying(ruin, TITLE) == ["disposal_item.title", "tombstone.title"]
    assert ruin.hits() == 0
    assert count(ruin, Tombstone) == 6
    assert count(ruin, Erasure, Erasure.state != "done") == 0
