"""An archive whose journal of destructions proves nothing: administrators look, nobody else."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from archive import audit, people
from archive.models import Event, Person
from retention.destruction_journal import DestructionJournal
from tests.factories import a_person
from tests.web.destroying import Ruin, a_ruin, count
from web import auth, health
from web.app import create_app
from web.cli import main
from web.services import open_services


@pytest.fixture
def closed(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    """After a destruction its journal is lost; then the archive is opened."""
    with a_ruin(tmp_path, blank_sqlite) as ruin:
        ruin.case_file(1)
        ruin.ready()
        assert ruin.run()
        ruin.journal.rename(tmp_path / "kept")
    with open_services(ruin.services.settings) as services:
        assert services.closed_by is not None
        yield Ruin(services, ruin.desk)


def token_of(ruin: Ruin, person: Person, kind: str) -> str:
    with audit.acting_as(None, "web"), ruin.services.db.transaction() as rows:
        who = people.by_id(rows, person.id)
        return people.sign_in(rows, who, kind, timedelta(hours=1), "script")


def client_of(ruin: Ruin, person: Person) -> FlaskClient:
    client = create_app(ruin.services).test_client()
    with client.session_transaction() as cookie:
        cookie[auth.SECRET] = token_of(ruin, person, "session")
    return client


def administrator(ruin: Ruin) -> Person:
    return a_person(ruin.services.db, ruin.desk.office.organ, "quan", "administrator")


def test_administrators_look_and_are_told_why(closed: Ruin) -> None:
    client = client_of(closed, administrator(closed))
    for path in ("/", "/health", "/people", "/case-files"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert str(closed.journal) in page.text, path
    assert 'role="alert"' in client.get("/health").text


def test_nothing_is_changed_by_anybody(closed: Ruin) -> None:
    client = client_of(closed, administrator(closed))
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "x"
    before = count(closed, Event)
    for path in ("/people/new", "/case-files/new", "/receive", "/account/place"):
        answer = client.post(path, data={"csrf_token": "x"})
        assert answer.status_code == 503, path
        assert str(closed.journal) in answer.text, path
    assert count(closed, Event) == before


def test_nobody_else_sees_a_page_and_all_are_told_why(closed: Ruin) -> None:
    desk = closed.desk
    for person in (desk.lan, desk.binh, desk.mai, desk.truong):
        client = client_of(closed, person)
        for path in ("/", "/case-files", "/search?q=a", "/tombstones"):
            page = client.get(path)
            assert page.status_code == 503, path
            assert str(closed.journal) in page.text, path
    nobody = create_app(closed.services).test_client()
    assert nobody.get("/sign-in").status_code == 200
    assert nobody.get("/healthz").status_code == 200


def test_the_api_is_open_to_nobody(closed: Ruin) -> None:
    api = create_app(closed.services).test_client()
    for person in (closed.desk.lan, administrator(closed)):
        token = {"Authorization": f"Bearer {token_of(closed, person, 'token')}"}
        for path in ("/api/v1/search?q=a", "/api/v1/case-files", "/api/v1/tombstones/X"):
            answer = api.get(path, headers=token)
            assert answer.status_code == 503, path
            told = answer.get_json()["error"]
            assert told["code"] == "destruction_journal_missing"
            assert str(closed.journal) in json.dumps(told, ensure_ascii=False)


def test_commands_refuse_in_words_and_the_doctor_says_what_to_do(
    closed: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTRU_HOME", str(closed.home))
    closed.services.engine.close()
    for words in (["case-file", "list"], ["worker"], ["person", "list"]):
        refused = CliRunner().invoke(main, ["--as", "lan", *words])
        assert refused.exit_code != 0
        assert str(closed.journal) in refused.output, words
    told = CliRunner().invoke(main, ["doctor", "--json"])
    assert told.exit_code == 1
    (line,) = [
        one for one in map(json.loads, told.stdout.splitlines()) if one["name"] == "destructions"
    ]
    assert (line["is_good"], line["without"]) == (False, "destructions_unproved")
    assert "destruction_journal_missing" in line["found"]


def test_the_journal_is_looked_at_while_the_archive_is_open_too(
    tmp_path: Path, blank_sqlite: Path
) -> None:
    def line(ruin: Ruin) -> health.Check:
        return next(one for one in health.checks(ruin.services) if one.name == "destructions")

    with a_ruin(tmp_path, blank_sqlite) as ruin:
        assert line(ruin).is_good and line(ruin).found.endswith(", 0")
        ruin.case_file(1)
        ruin.ready()
        assert ruin.run()
        assert line(ruin).is_good and line(ruin).found.endswith(", 2")
        kept = ruin.journal.rename(tmp_path / "kept")
        assert line(ruin).without == "destructions_unproved"
        kept.rename(ruin.journal)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert not DestructionJournal(in_the_way).takes_lines()
    assert not DestructionJournal(in_the_way / "inside").takes_lines()
    assert DestructionJournal(tmp_path / "new" / "one").takes_lines()
