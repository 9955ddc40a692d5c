"""What stands on a list: its page says that only a longer term can be said, and holds to it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive import audit, people
from archive.models import CaseFile
from tests.web.destroying import Ruin, a_ruin
from web import auth
from web.app import create_app


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


def archivist(ruin: Ruin) -> FlaskClient:
    client = create_app(ruin.services).test_client()
    with audit.acting_as(None, "web"), ruin.services.db.transaction() as rows:
        lan = people.by_id(rows, ruin.desk.lan.id)
        secret = people.sign_in(rows, lan, "session", timedelta(hours=1))
    with client.session_transaction() as cookie:
        cookie[auth.SECRET] = secret
    return client


def test_the_page_says_so_and_holds_to_it(ruin: Ruin) -> None:
    case_file, client = ruin.case_file(1), archivist(ruin)
    page = f"/retention/case-files/{case_file.code}"
    assert 'id="on-a-list"' not in client.get(page).text
    ruin.desk.walk("listed")
    assert ruin.desk.code in client.get(page).text.partition('id="on-a-list"')[2][:200]

    def say(term: str) -> int:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
        assert token is not None
        given = {"term": term, "reason": "Rà soát", "csrf_token": token[1]}
        return client.post(f"/retention/case-files/assign/{case_file.code}", data=given).status_code

    def stated() -> str:
        with ruin.services.db.reading() as rows:
            return rows.get_one(CaseFile, case_file.id).maintenance

    assert (say("2 năm"), stated()) == (409, "5 năm")
    assert (say("20 năm"), stated()) == (302, "20 năm")
