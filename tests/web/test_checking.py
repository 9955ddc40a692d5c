"""Commands that ask whether everything is still as it was."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from archive.models import ChainHead
from tests.web.conftest import House
from web.cli import main


@pytest.fixture
def audit_verify(house: House) -> Callable[..., Result]:
    home = {"LUUTRU_HOME": str(house.services.settings.home)}
    return lambda *more: CliRunner(env=home).invoke(main, ["audit", "verify", *more])


def test_checking_the_story_prints_the_head_of_its_chain(
    house: House, audit_verify: Callable[..., Result]
) -> None:
    with house.services.db.reading() as rows:
        head = rows.query(ChainHead).one()
    said = audit_verify()
    assert said.exit_code == 0
    assert re.findall(r"\b[0-9a-f]{64}\b", said.stdout) == [head.link]
    told = json.loads(audit_verify("--json").stdout)
    assert told == {"events": head.last_id, "rows": told["rows"], "head": head.link, "good": True}
