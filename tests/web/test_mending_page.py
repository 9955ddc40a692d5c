"""The button that sends a document down the road again, and the command that does the same."""

import pytest
from click.testing import CliRunner

from archive import audit
from archive.models import Part
from ingest.models import Intake
from tests.factories import a_document
from tests.web.conftest import House
from web.cli import main

NAME = "Làm lại bản lưu trữ"


@pytest.fixture
def lacking(house: House) -> str:
    """The code of a document without a valid archival copy."""
    code = a_document(house.services.db, house.organ(), "Về việc thử", by=house.person("lan")).code
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        part = rows.get_one(Part, house.part(code).id)
        part.mending = part.document.mending = "not_valid_pdfa"
        audit.record(rows, "document.test", part.document)
    return code


def walks(house: House) -> list[Intake]:
    with house.services.db.reading() as rows:
        return rows.query(Intake).all()


def test_an_archivist_sends_it_again_and_that_is_told(house: House, lacking: str) -> None:
    client = house.as_("lan")
    assert NAME in client.get(f"/documents/{lacking}").text
    house.post(client, f"/documents/{lacking}/1/mend")
    assert [one.mends_part_id for one in walks(house)] == [house.part(lacking).id]
    assert len(house.events("document.mend")) == 1
    assert "Đang xử lý lại" in client.get(f"/documents/{lacking}").text
    house.post(client, f"/documents/{lacking}/1/mend")
    assert len(walks(house)) == 1
    assert "đang được xử lý lại" in client.get(f"/documents/{lacking}").text


def test_others_may_not_and_what_is_whole_needs_none(house: House, lacking: str) -> None:
    assert house.post(house.as_("binh"), f"/documents/{lacking}/1/mend").status_code == 403
    assert house.post(house.as_("hoa"), f"/documents/{lacking}/1/mend").status_code == 404
    assert NAME not in house.as_("lan").get(f"/documents/{house.open_code}").text
    house.post(house.as_("lan"), f"/documents/{house.open_code}/1/mend")
    assert not walks(house)


def test_the_command_sends_it_again(
    house: House, lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTRU_HOME", house.services.settings.home)
    done = CliRunner().invoke(main, ["--as", "lan", "mend", lacking])
    assert done.exit_code == 0, done.output
    assert "a.pdf" in done.output
    again = CliRunner().invoke(main, ["--as", "lan", "mend", lacking])
    assert again.exit_code == 3
    assert "đang được xử lý lại" in again.output
