"""What the offices' regulations ask of the whole: a document as one thing, accounts and tokens,
several organs behind one address, nothing secret or foreign taken in."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import books, documents, key_custody, people, registers
from archive.life_models import KeyCustody
from archive.models import Document, Organ
from archive.register_models import Refusal, RegisterEntry
from formats.vietnamese import fold
from ingest import joining
from ingest.models import Intake
from tests.factories import a_document, a_person, an_intake, something_arrived, writing
from tests.web.conftest import House

SUBJECT = "Về việc lập dự toán ngân sách năm 2027"


def every(house: House, kind: Any) -> list[Any]:
    with house.services.db.reading() as rows:
        return list(rows.scalars(select(kind).order_by(kind.id)))


# One document -------------------------------------------------------------------------------------


@pytest.mark.rule("TN-08")
def test_a_document_has_number_subject_files_related_ones_handling_and_deadline_in_one_place(
    house: House,
) -> None:
    db, organ, clerk = house.services.db, house.organ(), house.as_("minh")
    code = a_document(db, organ, "Bản quét").code
    earlier = a_document(db, organ, "Văn bản năm trước").code
    with writing(db) as rows:
        book = books.default_book(rows, rows.get_one(Organ, organ.id), "incoming")
        typed = {
            "subject": SUBJECT,
            "code_number": "15",
            "code_notation": "STC-NS",
            "due_date": "20/12/2030",
        }
        entry = registers.enter(rows, book, people.by_name(rows, "minh"), typed)
        document = rows.get_one(Document, house.document(code).id)
        joining.join_document(rows, entry, document)
        documents.add_part(rows, document, something_arrived(), role="annex")
        where = f"/registers/{entry.code}"
    house.post(clerk, f"{where}/hand-on", to="Binh", opinion="Phòng Ngân sách chủ trì")
    house.post(clerk, f"/documents/{code}/links", kind="relates", document=earlier)
    page = house.as_("binh").get(f"/documents/{code}").text
    for said in (
        "15/STC-NS",  # số ký hiệu
        SUBJECT,  # trích yếu
        f"/documents/{code}?part=2",  # tập tin đính kèm
        "Văn bản năm trước",  # văn bản có liên quan
        "Phòng Ngân sách chủ trì",  # nội dung xử lý
        "20/12/2030",  # thời hạn xử lý
    ):
        assert said in page, said


# Nothing secret, nothing foreign ------------------------------------------------------------------


@pytest.mark.rule("KT-05", "TN-02")
def test_secrets_are_turned_away_and_what_is_no_work_of_the_organ_is_refused_with_its_reason(
    house: House,
) -> None:
    clerk = house.as_("minh")
    house.post(clerk, "/registers")
    house.post(clerk, "/registers/den/new", subject="(MẬT) Phương án bảo vệ")
    foreign = an_intake(
        house.services.db, house.organ(), house.person("minh"), name="quang-cao.pdf"
    )
    against = an_intake(house.services.db, house.organ(), house.person("minh"), name="phim.pdf")
    for intake, reason in ((foreign, "not_duty"), (against, "harmful")):
        house.post(
            clerk,
            "/registers/refusals",
            intake=str(intake.id),
            reason_code=reason,
            sender="Không rõ",
        )
    assert every(house, RegisterEntry) == []
    assert [one.reason_code for one in every(house, Refusal)] == [
        "secret_mark",
        "not_duty",
        "harmful",
    ]
    assert {one.state for one in every(house, Intake)} == {"refused"}
    secret = every(house, Refusal)[0]
    assert (secret.reason, secret.sender, secret.reference) == ("", "", "")


# People, rights, tokens ---------------------------------------------------------------------------


@pytest.mark.rule("TN-19", "TN-01")
def test_accounts_rights_and_personal_signing_tokens_are_given_and_recalled_in_one_place(
    house: House,
) -> None:
    admin = house.as_("quan")
    house.post(admin, "/people/new", full_name="Lê Minh Hiếu", role="officer", basis="QĐ 12")
    hieu = house.person("leminhhieu")
    house.post(admin, f"/people/{hieu.id}/roles", role="clerk", why="Phân công", until_on="")
    assert {one.role.code for one in house.person("leminhhieu").appointments} == {
        "officer",
        "clerk",
    }
    given = {
        "token": "BCY-001",
        "kind": "person",
        "holder": str(hieu.id),
        "permission": "CV 7/STTTT",
    }
    house.post(admin, "/administration/keys", **given)
    page = admin.get("/administration/keys").text
    assert "BCY-001" in page and "Lê Minh Hiếu" in page and "CV 7/STTTT" in page
    (held,) = every(house, KeyCustody)
    house.post(admin, f"/administration/keys/{held.id}/back", why="Thu hồi do chuyển công tác")
    with house.services.db.reading() as rows:
        assert key_custody.held_now(rows, rows.get_one(Organ, house.organ().id)) == []
    told = [house.words(one).get("why") for one in house.events("key_custody.take_back")]
    assert told == ["Thu hồi do chuyển công tác"]


@pytest.mark.rule("TN-01", "DB-09")
def test_several_organs_work_behind_one_address_and_none_sees_the_others(house: House) -> None:
    a_document(house.services.db, house.organ(), SUBJECT)
    own = a_document(house.services.db, _organ(house, "SXD"), "Về cấp phép xây dựng")
    for name, seen, hidden in (("lan", SUBJECT, own.subject), ("hoa", own.subject, SUBJECT)):
        page = house.as_(name).get("/tray").text
        assert seen in page and hidden not in page, name
    assert house.as_("lan").get(f"/documents/{own.code}").status_code == 404


def _organ(house: House, code: str) -> Organ:
    with house.services.db.reading() as rows:
        return rows.scalars(select(Organ).where(Organ.code == code)).one()


@pytest.mark.rule("DB-09", "KT-21")
@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("get", "/documents/{}"),
        ("get", "/documents/{}/1/files/original"),
        ("get", "/documents/{}/print"),
        ("post", "/documents/{}/verify"),
    ],
)
def test_what_is_assigned_is_open_to_who_was_given_it_and_each_look_is_told(
    house: House, verb: str, path: str
) -> None:
    stranger: FlaskClient = house.as_("binh")
    where = path.format(house.closed_code)
    ask = stranger.get if verb == "get" else lambda at: house.post(stranger, at)
    assert ask(where).status_code == 404
    house.as_("lan").get(f"/documents/{house.closed_code}")
    opened = house.events("document.open")
    assert [one.person_id for one in opened] == [house.person("lan").id]


@pytest.mark.rule("KT-22")
def test_who_has_an_account_is_listed_with_how_it_stands(house: House) -> None:
    a_person(house.services.db, house.organ(), "nghi", "officer")
    admin, gone = house.as_("quan"), house.person("nghi")
    house.post(admin, f"/people/{gone.id}/close", why="Nghỉ hưu", from_on="")
    everybody = fold(admin.get("/people?state=all").text)
    for name in ("lan", "binh", "minh", "thu", "quan"):
        assert name in everybody
    assert "nghi" in fold(admin.get("/people?state=closed").text)
