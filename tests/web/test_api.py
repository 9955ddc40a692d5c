"""The API as programs meet it: the real application, its store, its index and its story."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from werkzeug.test import Client

from archive import audit, audit_check, case_files, clock, documents, organs, people, reading
from archive.models import Document
from ingest.models import Intake
from tests.factories import counting
from tests.web.api_office import (
    PDF,
    PREFIX,
    Answer,
    ApiOffice,
    Asker,
    Template,
    furnish,
    open_office,
)
from web.api.application import create_api
from web.worker import Worker

BORN_DIGITAL = (
    Path(__file__).parents[2] / "samples/05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf"
)
END_STATES = {"shelved", "waiting", "refused", "stuck"}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> Template:
    home = tmp_path_factory.mktemp("furnished")
    return home, furnish(home, blank_sqlite)


@pytest.fixture
def office(tmp_path: Path, furnished: Template) -> Iterator[ApiOffice]:
    with open_office(furnished, tmp_path) as opened:
        yield opened


@pytest.fixture
def lan(office: ApiOffice) -> Asker:
    """An archivist's token."""
    return office.asks("lan")


def code_of(answer: Answer) -> str:
    assert answer.is_json
    told = answer.told["error"]
    assert told["message"]
    return str(told["code"])


def original(office: ApiOffice, role: str = "original") -> str:
    return f"/documents/{office.document}/parts/1/renditions/{role}"


# Who may ask --------------------------------------------------------------------------------------


def test_every_address_but_the_description_needs_a_token(office: ApiOffice) -> None:
    stranger = office.stranger()
    api = create_api(office.services)
    asked = 0
    for rule in api.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            values = {"code": office.document, "intake": 1, "part": 1, "role": "original"}
            path = rule.build({name: values[name] for name in rule.arguments})
            assert path is not None
            answer = stranger(method, path[1])
            if rule.endpoint == "openapi.spec":
                assert answer.status_code == 200
                continue
            assert (answer.status_code, code_of(answer)) == (401, "token_needed")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            asked += 1
    assert asked >= 12
    assert stranger.get("/nowhere").status_code == 401


@pytest.mark.parametrize("secret", ["wrong", "x" * 5000, "é", "a b"])
def test_a_wrong_token_opens_nothing(office: ApiOffice, secret: str) -> None:
    answer = office.app.test_client().get(
        f"{PREFIX}/documents", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 401


def test_a_token_that_has_run_out_opens_nothing(office: ApiOffice) -> None:
    asker = office.asks("lan", lasting=timedelta(hours=1))
    assert asker.get("/token").status_code == 200
    with clock.standing_at(datetime.now(UTC) + timedelta(hours=2)):
        assert asker.get("/token").status_code == 401


def test_a_token_can_be_ended_by_who_has_it(office: ApiOffice, lan: Asker) -> None:
    told = lan.get("/token").told
    assert (told["user"], told["organ"], told["roles"]) == ("lan", "TTLT", ["archivist"])
    assert lan("DELETE", "/token").status_code == 204
    assert lan.get("/token").status_code == 401
    assert office.events("person.sign_out")[-1].door == "api"


def test_a_session_of_the_pages_is_no_token(office: ApiOffice) -> None:
    with audit.acting_as(None, "web"), office.services.db.transaction() as rows:
        secret = people.sign_in(rows, people.by_name(rows, "lan"), "session", timedelta(hours=1))
    assert Asker(office.app, secret).get("/documents").status_code == 401


def test_cookies_are_not_looked_at(office: ApiOffice) -> None:
    client = office.app.test_client()
    with client.session_transaction() as cookie:
        cookie["sign_in"] = "anything"
    assert client.get(f"{PREFIX}/documents").status_code == 401
    assert "Set-Cookie" not in office.asks("lan").get("/documents").headers


def test_too_many_requests_are_slowed_down(office: ApiOffice, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.api.application.RATE", "3 per minute")
    client = Client(create_api(office.services), Answer)
    assert [client.get("/token").status_code for _ in range(4)] == [401, 401, 401, 429]
    answer = cast(Answer, client.get("/token"))
    assert (code_of(answer), answer.headers["Retry-After"]) == ("too_many_requests", "60")


# Whose things -------------------------------------------------------------------------------------


def test_another_organ_cannot_tell_what_is_here_from_what_is_nowhere(
    office: ApiOffice, lan: Asker
) -> None:
    sent = lan.send(b"a letter", "thu.txt").told["intake"]
    hoa = office.asks("hoa")
    for here, nowhere in (
        (f"/documents/{office.document}", "/documents/TTLT-2026-0009999"),
        (original(office), "/documents/TTLT-2026-0009999/parts/1/renditions/original"),
        (f"/case-files/{office.case_file}", "/case-files/TTLT.2021.99/KH"),
        (f"/documents?case_file={office.case_file}", "/documents?case_file=TTLT.2021.99/KH"),
        (f"/intakes/{sent}", "/intakes/9999"),
    ):
        found, missing = hoa("GET", here), hoa("GET", nowhere)
        assert (found.status_code, missing.status_code) == (404, 404)
        assert code_of(found) == code_of(missing)
    for path in ("/documents", "/case-files", "/intakes"):
        assert hoa.get(path).told["total"] == 0
    assert hoa.get("/search", q="kênh").told["total"] == 0


def test_another_organ_cannot_send_into_a_case_file_of_this_one(office: ApiOffice) -> None:
    answer = office.asks("hoa").send(b"x", "x.txt", case_file=office.case_file)
    assert (answer.status_code, code_of(answer)) == (404, "no_such_case_file")


@pytest.mark.rule("HC-63")
def test_an_auditor_sees_descriptions_and_no_content(office: ApiOffice) -> None:
    thanh = office.asks("thanh")
    assert thanh.get(f"/documents/{office.document}").status_code == 200
    assert thanh.get("/documents").told["total"] == 1
    hit = thanh.get("/search", q="kênh mương").told["results"][0]
    assert (hit["document"], hit["page"], hit["snippet"]) == (office.document, None, "")
    answer = thanh.get(original(office))
    assert (answer.status_code, code_of(answer)) == (403, "not_allowed")
    assert not office.events("document.download")
    assert thanh.send(b"x", "x.txt").status_code == 403
    assert thanh.get("/intakes").status_code == 403


def test_an_auditor_reads_content_after_a_reason(office: ApiOffice) -> None:
    thanh = office.asks("thanh")
    with office.services.db.reading() as rows:
        person = people.by_name(rows, "thanh")
    with audit.acting_as(person, "web"), office.services.db.transaction() as rows:
        document = documents.by_code(rows, office.document)
        reading.give_reason(rows, person, document, "Kiểm tra theo kế hoạch 12")
    assert thanh.get(original(office)).data == PDF


def test_an_officer_sees_his_own_intakes_only(office: ApiOffice, lan: Asker) -> None:
    binh = office.asks("binh")
    own, other = binh.send(b"own", "a.txt").told, lan.send(b"other", "b.txt").told
    assert [one["intake"] for one in binh.get("/intakes").told["intakes"]] == [own["intake"]]
    assert binh.get(f"/intakes/{other['intake']}").status_code == 404
    assert lan.get("/intakes").told["total"] == 2


def test_a_case_file_that_one_may_not_see_is_not_named(office: ApiOffice, lan: Asker) -> None:
    with audit.acting_as(None, "command"), office.services.db.transaction() as rows:
        secret = case_files.open_one(
            rows, organs.by_code(rows, "TTLT"), "02/TC", "Riêng", access_level="assigned"
        )
        documents.place(rows, documents.by_code(rows, office.document), secret)
        code = secret.code
    places = office.asks("binh").get(f"/documents/{office.document}").told["case_files"]
    assert [one["case_file"] for one in places] == [office.case_file]
    assert len(lan.get(f"/documents/{office.document}").told["case_files"]) == 2
    assert office.asks("binh").get(f"/case-files/{code}").status_code == 404


# Reading ------------------------------------------------------------------------------------------


def test_a_document_is_told_whole(office: ApiOffice, lan: Asker) -> None:
    told = lan.get(f"/documents/{office.document}").told
    assert (told["document"], told["number"]) == (office.document, "15/KH-UBND")
    assert told["fields"]["Subject"] == "Kế hoạch nạo vét kênh mương"
    assert told["fields"]["IssuedDate"] == "2021-03-05"
    assert told["shelved_at"].endswith("+00:00")
    part = told["parts"][0]
    assert part["sha256"] == hashlib.sha256(PDF).hexdigest()
    hrefs = {one["role"]: one["href"] for one in part["renditions"]}
    assert hrefs["original"] == PREFIX + original(office)
    assert [one.door for one in office.events("document.describe")] == ["api"]


@pytest.mark.rule("DB-05", "HC-63")
def test_heads_and_officers_download_the_file_and_each_download_is_told(
    office: ApiOffice,
) -> None:
    answer = office.asks("binh").get(original(office))
    assert answer.data == PDF
    assert answer.headers["ETag"] == f'"{hashlib.sha256(PDF).hexdigest()}"'
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.mimetype == "application/octet-stream"
    (event,) = office.events("document.download")
    assert (event.door, event.subject_code) == ("api", office.document)
    assert event.facts == {
        "part": 1,
        "rendition": "original",
        "sha256": hashlib.sha256(PDF).hexdigest(),
    }
    with office.services.db.reading() as rows:
        assert event.person_id == people.by_name(rows, "binh").id
        assert audit_check.verify(rows).is_good


def test_who_has_the_bytes_already_is_sent_none(office: ApiOffice, lan: Asker) -> None:
    etag = lan("HEAD", original(office)).headers["ETag"]
    answer = lan("GET", original(office), headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert not office.events("document.download")
    refused = office.asks("thanh")("GET", original(office), headers={"If-None-Match": etag})
    assert refused.status_code == 403


def test_a_hostile_file_name_is_made_harmless(office: ApiOffice, lan: Asker) -> None:
    named = lan.get(original(office)).headers["Content-Disposition"]
    assert "\n" not in named
    assert "/" not in named
    assert "s%E1%BB%91%2015.pdf" in named


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("parts/1/renditions/archival", "no_such_rendition"),
        ("parts/2/renditions/original", "no_such_part"),
        ("parts/1/renditions/..", "no_such_rendition"),
    ],
)
def test_a_form_that_is_not_there_is_not_found(
    office: ApiOffice, lan: Asker, path: str, code: str
) -> None:
    answer = lan.get(f"/documents/{office.document}/{path}")
    assert (answer.status_code, code_of(answer)) == (404, code)


def test_a_damaged_file_is_not_given_out(office: ApiOffice, lan: Asker) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    path = office.services.files.path(digest)  # type: ignore[attr-defined]
    path.chmod(0o640)
    path.write_bytes(b"something else")
    answer = lan.get(original(office))
    assert (answer.status_code, code_of(answer)) == (507, "file_damaged")
    assert not office.events("document.download")


def test_lists_come_in_pieces(office: ApiOffice, lan: Asker) -> None:
    with audit.acting_as(None, "command"), office.services.db.transaction() as rows:
        organ = organs.by_code(rows, "TTLT")
        for number in range(1, 6):
            arrived = documents.Arrived("a.pdf", f"{number:064d}", 1, ())
            documents.shelve(rows, organ, arrived, {"CodeNumber": str(number)})
    first = lan.get("/documents", limit=4).told
    rest = lan.get("/documents", limit=4, start=4).told
    numbers = [one["number"] for one in first["documents"] + rest["documents"]]
    assert (first["total"], rest["start"]) == (6, 4)
    assert numbers == ["5", "4", "3", "2", "1", "15/KH-UBND"]
    assert lan.get("/documents", unfiled="true").told["total"] == 5
    in_file = lan.get("/documents", case_file=office.case_file).told
    assert [one["document"] for one in in_file["documents"]] == [office.document]
    assert lan.get("/documents", mending="true").told["total"] == 0


# Finding ------------------------------------------------------------------------------------------


def test_search_answers_as_the_command_does_and_is_told_once(office: ApiOffice, lan: Asker) -> None:
    answer = lan.get("/search", q="kenh muong")
    assert answer.told == {
        "total": 1,
        "start": 0,
        "exact": 1,
        "most": 0,
        "near": 0,
        "case_files": 0,
        "facets": {},
        "meant": None,
        "understood": "kenh muong",
        "mistakes": [],
        "results": [
            {
                "kind": "document",
                "document": office.document,
                "case_file": office.case_file,
                "case_files": [office.case_file],
                "number": "15/KH-UBND",
                "title": "Kế hoạch nạo vét kênh mương",
                "page": 2,
                "part": 1,
                "pages": [2],
                "snippet": "Kênh mương xã Hòa Bình",
                "why": [
                    {"what": "subject", "where": "", "part": 1},
                    {"what": "page", "where": "2", "part": 1},
                ],
            }
        ],
    }
    (event,) = office.events("search.run")
    assert (event.door, event.facts) == ("api", {"total": 1, "hits": [office.document]})
    assert office.words_of(event) == {"searched": "kenh muong"}


def test_while_the_index_is_made_anew_search_says_when_to_come_back(
    office: ApiOffice, lan: Asker, tmp_path: Path
) -> None:
    office.services.engine.close()
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file():
            file.unlink()
    answer = lan.get("/search", q="kênh")
    assert (answer.status_code, code_of(answer)) == (503, "search_broken")
    assert int(answer.headers["Retry-After"]) > 0


# Case files ---------------------------------------------------------------------------------------


def test_a_case_file_is_opened_once(office: ApiOffice, lan: Asker) -> None:
    given = {"notation": "07/TC", "title": "Tài chính", "year": 2024, "maintenance": "10 năm"}
    answer = lan("POST", "/case-files", json=given)
    assert answer.status_code == 201
    assert answer.told["case_file"] == "TTLT.2024.07/TC"
    assert (answer.told["holder"], answer.told["documents"]) == ("lan", 0)
    again = lan("GET", answer.headers["Location"].removeprefix(PREFIX))
    assert again.told == answer.told
    second = lan("POST", "/case-files", json=given)
    assert (second.status_code, code_of(second)) == (409, "case_file_exists")
    assert lan.get("/case-files").told["total"] == 2
    assert office.asks("thanh")("POST", "/case-files", json=given).status_code == 403


def test_a_marked_title_opens_no_case_file(office: ApiOffice, lan: Asker) -> None:
    given = {"notation": "08/TC", "title": "Kế hoạch (TỐI MẬT)"}
    answer = lan("POST", "/case-files", json=given)
    assert (answer.status_code, code_of(answer)) == (422, "secret_mark")
    assert lan.get("/case-files").told["total"] == 1


# Receiving ----------------------------------------------------------------------------------------


def test_a_longer_list_of_received_files_asks_no_more_questions(
    office: ApiOffice, lan: Asker
) -> None:
    counts = []
    for number in range(2):
        for one in range(1 + 5 * number):
            lan.send(f"{number}-{one}".encode(), "a.txt", case_file=office.case_file)
        with counting(office.services.db) as asked:
            listed = lan.get("/intakes").told["intakes"]
        assert {one["case_file"] for one in listed} == {office.case_file}
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.rule("HC-49")
def test_a_file_is_handed_in_and_receipted(office: ApiOffice, lan: Asker) -> None:
    answer = lan.send(
        b"some words",
        "thư mời.txt",
        fields='{"Subject": "Thư mời", "+Nơi để": "tủ 9"}',
        case_file=office.case_file,
    )
    told = answer.told
    assert answer.status_code == 201
    assert answer.headers["Location"] == told["href"] == f"{PREFIX}/intakes/{told['intake']}"
    assert told["sha256"] == hashlib.sha256(b"some words").hexdigest()
    assert (told["name"], told["size"], told["state"]) == ("thư mời.txt", 10, "received")
    assert (told["case_file"], told["document"]) == (office.case_file, None)
    assert office.services.files.has(told["sha256"])
    assert office.services.bell.is_set()
    with office.services.db.reading() as rows:
        intake = rows.get_one(Intake, told["intake"])
        assert (intake.door, intake.fields) == ("api", {"Subject": "Thư mời", "+Nơi để": "tủ 9"})
    assert [one.door for one in office.events("intake.receive")] == ["api"]


def test_sending_twice_is_sending_once_unless_a_second_is_wanted(
    office: ApiOffice, lan: Asker
) -> None:
    first, second = lan.send(b"same", "a.txt"), lan.send(b"same", "b.txt")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.told["intake"] == second.told["intake"]
    third = lan.send(b"same", "a.txt", again="true")
    assert third.status_code == 201
    assert third.told["intake"] != first.told["intake"]


@pytest.mark.parametrize(
    ("content", "name", "fields", "status", "code"),
    [
        (b"", "a.txt", {}, 422, "empty_file"),
        (b"x", "TỐI MẬT.txt", {}, 422, "secret_mark"),
        (b"x", "a.txt", {"fields": '{"NoSuchField": "1"}'}, 422, "unknown_field"),
        (b"x", "a.txt", {"fields": '{"IssuedDate": "yesterday"}'}, 422, "bad_value"),
        (b"x", "a.txt", {"fields": "not json"}, 422, "does_not_fit"),
        (b"x", "a.txt", {"fields": '{"Subject": "\\ud800"}'}, 422, "does_not_fit"),
        (b"x", "a.txt", {"fields": '{"+x\\ud800": "a\\udfff"}'}, 422, "does_not_fit"),
        (b"x", "a.txt", {"fields": "[" * 100_000}, 422, "does_not_fit"),
        (b"x", "a.txt", {"unknown": "1"}, 422, "does_not_fit"),
        (b"x", "a.txt", {"again": "maybe"}, 422, "does_not_fit"),
        (b"x", "a.txt", {"case_file": "TTLT.2021.none"}, 404, "no_such_case_file"),
    ],
)
def test_what_cannot_be_taken_is_turned_away_with_a_reason(
    office: ApiOffice,
    lan: Asker,
    content: bytes,
    name: str,
    fields: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = lan.send(content, name, **fields)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert lan.get("/intakes").told["total"] == 0


def test_a_file_is_needed(lan: Asker) -> None:
    assert code_of(lan("POST", "/intakes", data={"file": "only words"})) == "does_not_fit"
    assert code_of(lan("POST", "/intakes", json={"file": "x"})) == "does_not_fit"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\thu\\a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("Quyết định\n2.pdf", "Quyết định\n2.pdf"),
        ("Quye\u0302\u0301t.pdf", "Quyết.pdf"),
    ],
)
def test_a_name_is_kept_as_it_was_given_without_folders(lan: Asker, name: str, kept: str) -> None:
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f"filename*=UTF-8''{''.join(f'%{one:02X}' for one in name.encode())}\r\n\r\nx\r\n"
        f"--{boundary}--\r\n"
    )
    kind = f"multipart/form-data; boundary={boundary}"
    answer = lan("POST", "/intakes", data=body.encode(), content_type=kind)
    assert answer.status_code == 201
    assert answer.told["name"] == kept


def test_a_file_that_is_too_large_is_not_stored(tmp_path: Path, furnished: Template) -> None:
    with open_office(furnished, tmp_path, upload_megabytes=1) as office:
        kept = set(office.services.files.digests())
        for size in (1024 * 1024 + 1, 5 * 1024 * 1024):
            answer = office.asks("lan").send(b"x" * size, "big.txt")
            assert answer.status_code == 413
            assert code_of(answer) in ("too_large", "upload_too_large")
        assert set(office.services.files.digests()) == kept


def test_a_large_body_is_read_only_from_who_may_send_one(office: ApiOffice) -> None:
    assert office.asks("thanh").send(b"x" * 5_000_000, "a.txt").status_code == 403
    long_title = {"notation": "1", "title": "x" * 5_000_000}
    assert office.asks("lan")("POST", "/case-files", json=long_title).status_code == 413


# Errors -------------------------------------------------------------------------------------------


def test_an_error_speaks_the_language_that_was_asked_for(lan: Asker) -> None:
    path = "/documents/TTLT-2026-0009999"
    english = lan("GET", path, headers={"Accept-Language": "en"}).told["error"]
    vietnamese = lan("GET", path, headers={"Accept-Language": "vi-VN,vi;q=0.9"}).told["error"]
    assert english["code"] == vietnamese["code"] == "no_such_document"
    assert "no document TTLT-2026-0009999" in english["message"]
    assert english["details"] == {"document": "TTLT-2026-0009999"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/case-files//", 404),
        ("GET", "/documents/%00", 404),
        ("GET", "/intakes/99999999999999999999", 404),
        ("DELETE", "/documents", 405),
        ("GET", "/documents?pages=5", 422),
        ("GET", "/documents?start=-1", 422),
        ("GET", "/documents?limit=1000", 422),
        ("GET", "/search?q=%00", 422),
        ("GET", "/search?colour=red", 422),
        ("GET", "/search?order=longest", 422),
    ],
)
def test_what_is_not_understood_is_answered_in_json(
    lan: Asker, method: str, path: str, status: int
) -> None:
    answer = lan(method, path)
    assert answer.status_code == status
    assert code_of(answer)


def test_what_nobody_thought_of_says_nothing_of_the_inside(
    office: ApiOffice, lan: Asker, monkeypatch: Any
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("web.api.documents.described", broken)
    answer = lan.get(f"/documents/{office.document}")
    assert (answer.status_code, code_of(answer)) == (500, "broken")
    assert b"secret inside" not in answer.data


# The whole way ------------------------------------------------------------------------------------


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.rule("HC-49", "DB-05")
def test_a_file_is_sent_carried_found_and_fetched(office: ApiOffice, lan: Asker) -> None:
    content = BORN_DIGITAL.read_bytes()
    sent = lan.send(content, BORN_DIGITAL.name, case_file=office.case_file).told
    path = sent["href"].removeprefix(PREFIX)

    def is_over() -> bool:
        return lan.get(path).told["state"] in END_STATES and _is_indexed(office)

    Worker(office.services).run_until_quiet(is_over)
    told = lan.get(path).told
    assert (told["state"], told["reason"], told["step"]) == ("shelved", None, None)
    document = lan.get(f"/documents/{told['document']}").told
    forms = {one["role"]: one for one in document["parts"][0]["renditions"]}
    assert forms["original"]["sha256"] == sent["sha256"]
    for role in ("original", "archival", "text", "verapdf_report"):
        fetched = lan("GET", forms[role]["href"].removeprefix(PREFIX))
        assert hashlib.sha256(fetched.data).hexdigest() == forms[role]["sha256"]
    assert (
        lan.get("/search", q="03/2014/QĐ-UBND").told["results"][0]["document"] == told["document"]
    )


def _is_indexed(office: ApiOffice) -> bool:
    with office.services.db.reading() as rows:
        return not rows.query(Document).where(Document.indexed_revision < Document.revision).count()
