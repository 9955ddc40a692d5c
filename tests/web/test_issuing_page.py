"""Issuing through the pages: prepared by an officer, brought back signed, issued by the clerk."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from formats.seal_keys import SealKey
from ingest.issuances import by_number
from ingest.models import Issuance
from tests.factories import a_case_file, a_person, counting
from tests.formats import drafts
from tests.formats.pki import Pki
from tests.web.conftest import House
from web.app import create_app

FORM = {
    "subject": "Về việc phối hợp báo cáo",
    "code_notation": "STC-VP",
    "type_name": "Công văn",
    "signer_name": "Nguyễn Văn An",
}


@pytest.fixture
def bureau(
    house: House, trust_of_authority: Path, key_of_organ: SealKey, verapdf_agrees: Path
) -> Iterator[House]:
    """The house, with an organ's real key, an authority it trusts, and somebody who leads."""
    settings = replace(
        house.services.settings,
        trust_folder=str(trust_of_authority),
        verapdf_jar=str(verapdf_agrees),
    )
    workshop = replace(
        house.services.workshop, settings=settings, key_of=lambda organ: key_of_organ
    )
    services = replace(house.services, settings=settings, workshop=workshop)
    a_person(services.db, house.organ(), "tam", "head")
    yield replace(house, services=services, app=create_app(services))


def send(house: House, client: FlaskClient, path: str, content: bytes, **form: Any) -> Any:
    return house.post(client, path, file=(io.BytesIO(content), "du-thao.pdf"), **form)


def prepared(house: House, folder: Path, **form: Any) -> int:
    client = house.as_("binh")
    draft = drafts.draft(folder).read_bytes()
    answer = send(house, client, "/issuing/new", draft, **{**FORM, **form})
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def row(house: House, number: int) -> Issuance:
    with house.services.db.reading() as rows:
        return by_number(rows, number)


def sign(house: House, number: int, pki: Pki) -> Any:
    given_out = house.as_("tam").get(f"/issuing/{number}/prepared.pdf")
    assert given_out.status_code == 200
    data = drafts.signed_by(pki.signer("person", "person"), given_out.data)
    return send(house, house.as_("tam"), f"/issuing/{number}/signed", data)


def followed(client: FlaskClient, answer: Any) -> str:
    return str(client.get(answer.location).text)


def test_what_is_on_its_way_out_is_seen_on_its_case_file_by_who_may_know_of_it(
    bureau: House, tmp_path: Path
) -> None:
    held = a_case_file(bureau.services.db, bureau.organ(), holder=bureau.person("binh"))
    number = prepared(bureau, tmp_path, case_file=held.code)
    link = f'href="/issuing/{number}"'
    assert link in bureau.as_("binh").get(f"/case-files/{held.code}").text
    assert link in bureau.as_("minh").get(f"/case-files/{held.code}").text
    a_person(bureau.services.db, bureau.organ(), "mai", "officer")
    assert link not in bureau.as_("mai").get(f"/case-files/{held.code}").text


@pytest.mark.rule("HC-34", "HC-41", "HC-42", "TN-33")
def test_an_officer_prepares_the_head_signs_and_the_clerk_issues(
    bureau: House, authority: Pki, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path)
    page = bureau.as_("minh").get(f"/issuing/{number}").text
    assert 'disabled aria-describedby="why-not"' in page  # nobody has signed yet
    assert sign(bureau, number, authority).status_code == 302
    clerk = bureau.as_("minh")
    assert 'aria-describedby="why-not"' not in clerk.get(f"/issuing/{number}").text
    answer = bureau.post(clerk, f"/issuing/{number}/issue")
    assert "01/STC-VP" in followed(clerk, answer)
    assert row(bureau, number).state == "issued"
    assert clerk.get(f"/issuing/{number}/issued.pdf").data.startswith(b"%PDF")


@pytest.mark.rule("HC-90")
def test_the_clerk_is_told_that_another_person_signed_and_says_why_it_goes_out(
    bureau: House, authority: Pki, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path, signer_name="Trần Văn Trưởng")
    head, clerk = bureau.as_("tam"), bureau.as_("minh")
    given_out = head.get(f"/issuing/{number}/prepared.pdf").data
    signed = drafts.signed_by(authority.signer("person", "person"), given_out)
    answer = send(bureau, head, f"/issuing/{number}/signed", signed)
    assert "Người khác đã ký" in followed(head, answer)
    page = clerk.get(f"/issuing/{number}").text
    assert "Trần Văn Trưởng" in page and 'name="signer_why" rows="2" required' in page
    answer = bureau.post(clerk, f"/issuing/{number}/issue")
    assert 'class="say say-danger"' in followed(clerk, answer)
    assert row(bureau, number).state == "signed"
    bureau.post(clerk, f"/issuing/{number}/issue", signer_why="Phó Giám đốc ký thay")
    assert row(bureau, number).state == "issued"
    assert "Phó Giám đốc ký thay" in clerk.get(f"/issuing/{number}").text


def test_an_officer_cannot_issue(bureau: House, authority: Pki, tmp_path: Path) -> None:
    number = prepared(bureau, tmp_path)
    sign(bureau, number, authority)
    officer = bureau.as_("binh")
    assert 'disabled aria-describedby="why-not"' in officer.get(f"/issuing/{number}").text
    bureau.post(officer, f"/issuing/{number}/issue")
    assert row(bureau, number).state == "signed"


def test_a_file_with_a_changed_page_is_turned_away_in_words(
    bureau: House, authority: Pki, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path)
    officer = bureau.as_("binh")
    data = officer.get(f"/issuing/{number}/prepared.pdf").data
    changed = drafts.with_words_added(data, 1)
    evil = drafts.signed_by(authority.signer("person", "person"), changed)
    answer = send(bureau, officer, f"/issuing/{number}/signed", evil)
    page = followed(officer, answer)
    assert 'class="say say-danger"' in page and "2" in page
    assert row(bureau, number).state == "prepared"


def test_what_another_prepared_and_another_organs_is_not_there(
    bureau: House, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path)
    a_person(bureau.services.db, bureau.organ(), "nga", "officer")
    for name in ("nga", "hoa", "lan", "thu"):
        client = bureau.as_(name)
        assert client.get(f"/issuing/{number}").status_code == 404
        assert client.get(f"/issuing/{number}/prepared.pdf").status_code == 404
        assert client.get(f"/issuing/{number}/pages/1").status_code == 404
    for name in ("binh", "minh", "tam"):
        assert bureau.as_(name).get(f"/issuing/{number}").status_code == 200


def test_the_page_is_drawn_with_the_fields_marked_and_they_can_be_moved(
    bureau: House, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path)
    officer = bureau.as_("binh")
    page = officer.get(f"/issuing/{number}?page=2").text
    assert page.count("<rect ") == 2
    assert officer.get(f"/issuing/{number}/pages/2").mimetype == "image/webp"
    assert officer.get(f"/issuing/{number}/pages/9").status_code == 404
    names = re.findall(r'name="((?:\w+)-(?:page|left|top|width|height))" value="([^"]*)"', page)
    moved = {**dict(names), "Person-left": "91,5"}
    bureau.post(officer, f"/issuing/{number}/fields", seen="1", page="2", **moved)
    assert row(bureau, number).places["fields"]["Person"]["left"] == 91.5
    answer = bureau.post(officer, f"/issuing/{number}/fields", seen="1", page="2", **moved)
    assert 'class="say say-danger"' in followed(officer, answer)  # somebody was faster
    answer = bureau.post(
        officer, f"/issuing/{number}/fields", seen="2", **{**moved, "Person-left": "x"}
    )
    assert row(bureau, number).places["fields"]["Person"]["left"] == 91.5


def test_what_was_typed_stays_when_a_draft_is_turned_away(bureau: House, tmp_path: Path) -> None:
    officer = bureau.as_("binh")
    draft = drafts.draft(tmp_path, number="Số: 15/STC-VP").read_bytes()
    answer = send(bureau, officer, "/issuing/new", draft, **FORM)
    assert answer.status_code == 422
    assert FORM["subject"] in answer.text and FORM["signer_name"] in answer.text
    assert send(bureau, officer, "/issuing/new", b"", **FORM).status_code == 422
    assert bureau.post(officer, "/issuing/new", **FORM).status_code == 422


def test_an_annex_is_added_and_a_document_given_up_with_a_reason(
    bureau: House, tmp_path: Path
) -> None:
    number = prepared(bureau, tmp_path)
    annex = prepared(bureau, tmp_path, main=str(number), subject="Phụ lục")
    officer = bureau.as_("binh")
    assert "Phụ lục" in officer.get(f"/issuing/{number}").text
    bureau.post(officer, f"/issuing/{number}/give-up", why="")
    assert row(bureau, number).state == "prepared"
    bureau.post(officer, f"/issuing/{number}/give-up", why="Không ban hành nữa")
    assert (row(bureau, number).state, row(bureau, annex).state) == ("given_up", "given_up")
    assert "Không ban hành nữa" in officer.get("/issuing?tab=given_up").text
    assert officer.get(f"/issuing/{number}").status_code == 200
    assert officer.get(f"/issuing/{number}/prepared.pdf").status_code == 404


def test_a_list_of_many_asks_few_questions(bureau: House, tmp_path: Path) -> None:
    first = prepared(bureau, tmp_path)
    with counting(bureau.services.db) as few:
        bureau.as_("binh").get("/issuing")
    source = row(bureau, first)
    copied = {
        one.key: getattr(source, one.key) for one in Issuance.__table__.columns if one.key != "id"
    }
    with bureau.services.db.engine.begin() as connection:
        connection.execute(insert(Issuance), [copied] * 40)
    with counting(bureau.services.db) as asked:
        page = bureau.as_("binh").get("/issuing").text
    assert page.count("<article") == 20
    assert len(asked) <= max(15, len(few))


def test_who_may_not_prepare_sees_no_list(bureau: House) -> None:
    assert bureau.as_("lan").get("/issuing").status_code == 403
    assert bureau.as_("binh").get("/issuing").status_code == 200
