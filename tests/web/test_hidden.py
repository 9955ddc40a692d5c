"""What a person may not know of is answered as what is not there, and is named nowhere."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from archive import access, audit, books, clock, documents, registers
from archive.database import Base
from archive.models import CaseFile, Document, Grant, Organ, Person
from ingest.models import Intake
from tests.factories import a_case_file, an_intake, stored
from tests.web.conftest import SAMPLE, House
from web.cli import main

ABSENT_DOCUMENT = "TTLT-2026-0999999"
ABSENT_CASE_FILE = "TTLT.2026.999"
HIDDEN_TITLE = "Kỷ luật cán bộ"


@pytest.fixture
def hidden(house: House) -> CaseFile:
    """An assigned case file of lan's, in which the document stands that everybody may read."""
    holder = house.person("lan")
    made = a_case_file(
        house.services.db, house.organ(), HIDDEN_TITLE, access_level="assigned", holder=holder
    )
    place(house, house.open_code, made.code)
    return made


def place(house: House, document: str, case_file: str) -> None:
    client = house.as_("lan")
    house.post(client, f"/documents/{document}/place", case_file=case_file)
    assert case_file in client.get(f"/documents/{document}").text


def grant(house: House, person: str, document: str) -> None:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        made = Grant(
            person_id=house.person(person).id,
            document_id=house.document(document).id,
            reason="phối hợp",
            granted_at=clock.now(),
            until=clock.now() + timedelta(days=1),
        )
        rows.add(made)
        rows.flush()
        audit.record(rows, "access.grant", made)


def said(answer_text: str, *names: str) -> str:
    """The page without what was asked for, and without its token."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer_text)
    for name in names:
        text = text.replace(name, "…")
    return text


def closed_case_file(house: House) -> str:
    with house.services.db.reading() as rows:
        return documents.by_code(rows, house.closed_code).placements[0].case_file.code


@pytest.mark.parametrize(
    "path",
    ["", "/correct", "/print", "/1/pages/1-160.webp", "/1/pages/1-1000.webp", "/1/files/original"],
)
@pytest.mark.parametrize("person", ["binh", "hoa"])
def test_a_hidden_document_is_answered_as_an_absent_one(
    house: House, person: str, path: str
) -> None:
    client = house.as_(person)
    hidden = client.get(f"/documents/{house.closed_code}{path}")
    absent = client.get(f"/documents/{ABSENT_DOCUMENT}{path}")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert said(hidden.text, house.closed_code) == said(absent.text, ABSENT_DOCUMENT)


@pytest.mark.parametrize("deed", ["reason", "correct", "place", "verify"])
def test_nothing_is_done_to_a_hidden_document_that_would_betray_it(house: House, deed: str) -> None:
    client, answers = house.as_("binh"), []
    for code in (house.closed_code, ABSENT_DOCUMENT):
        answer = house.post(
            client, f"/documents/{code}/{deed}", why="Tôi muốn đọc lắm", case_file=house.case_file
        )
        page = client.get(f"/documents/{code}").text  # shows what was flashed
        answers.append((answer.status_code, said(answer.text, code), said(page, code)))
    assert answers[0] == answers[1]


def test_a_hidden_case_file_is_answered_as_an_absent_one(house: House) -> None:
    client, code = house.as_("binh"), closed_case_file(house)
    hidden, absent = (
        client.get(f"/case-files/{code}"),
        client.get(f"/case-files/{ABSENT_CASE_FILE}"),
    )
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert said(hidden.text, code) == said(absent.text, ABSENT_CASE_FILE)


@pytest.mark.parametrize("path", ["/tray", "/documents/{open}/place", "/receiving"])
def test_a_hidden_case_file_takes_nothing_as_an_absent_one_does(house: House, path: str) -> None:
    client, pages = house.as_("binh"), []
    for code in (closed_case_file(house), ABSENT_CASE_FILE):
        target = path.format(open=house.open_code)
        answer = house.post(client, target, document=[house.tray_code], case_file=code)
        page = client.get(answer.headers["Location"]).text
        pages.append([said(one, code) for one in re.findall(r'<div class="say .*', page)])
    assert pages[0] == pages[1]
    assert pages[0]


@pytest.mark.parametrize("verb", ["look", "again", "discard"])
def test_another_organs_received_file_is_answered_as_an_absent_one(house: House, verb: str) -> None:
    lan = house.person("lan")
    an_intake(house.services.db, house.organ(), lan, state="waiting", id=471100)
    hoa = house.as_("hoa")
    answers = []
    for one in (471100, 471101):
        path = f"/receiving/{one}/{verb}"
        form = {"why": "để thử", "password": "mot cau de nho 2026"}
        answer = hoa.get(path) if verb == "look" else house.post(hoa, path, **form)
        answers.append((answer.status_code, said(answer.text, str(one))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_a_document_page_names_only_case_files_that_are_open(
    house: House, hidden: CaseFile
) -> None:
    lan = house.as_("lan").get(f"/documents/{house.open_code}").text
    binh = house.as_("binh").get(f"/documents/{house.open_code}").text
    for name in (hidden.code, HIDDEN_TITLE):
        assert name in lan
        assert name not in binh
    assert house.case_file in binh


def test_who_was_granted_one_document_is_not_told_its_case_file(house: House) -> None:
    grant(house, "binh", house.closed_code)
    client, code = house.as_("binh"), closed_case_file(house)
    page = client.get(f"/documents/{house.closed_code}")
    assert page.status_code == 200
    assert code not in page.text
    assert "không có hồ sơ nào ông/bà được xem" in page.text


def test_neither_list_names_a_case_file_that_is_closed(house: House, hidden: CaseFile) -> None:
    with audit.acting_as(None, "command"), house.services.db.transaction() as rows:
        document = rows.get_one(Document, house.document(house.open_code).id)
        document.mending = "no_archival_copy"
        audit.record(rows, "document.test", document)
    an_intake(house.services.db, house.organ(), house.person("binh"), case_file_id=hidden.id)
    for path in ("/tray?only=mending", "/receiving", "/receiving/road", "/search?q=quy+chế"):
        assert hidden.code in house.as_("lan").get(path).text, path
        assert hidden.code not in house.as_("binh").get(path).text, path
        assert HIDDEN_TITLE not in house.as_("binh").get(path).text, path


def test_a_grantee_cannot_place_what_he_was_let_read(house: House) -> None:
    grant(house, "binh", house.closed_code)
    client = house.as_("binh")
    page = client.get(f"/documents/{house.closed_code}").text
    assert "/place" not in page
    for path in (f"/documents/{house.closed_code}/place", "/tray"):
        house.post(client, path, document=[house.closed_code], case_file=house.case_file)
    with house.services.db.reading() as rows:
        assert len(documents.by_code(rows, house.closed_code).placements) == 1
    with clock.standing_at(clock.now() + timedelta(days=2)), house.services.db.reading() as rows:
        found = documents.by_code(rows, house.closed_code)
        assert not access.may(rows, house.person("binh"), access.Action.READ, found)


@pytest.mark.parametrize(
    "path",
    [
        f"/case-files?year={10**20}",
        f"/case-files?year={'9' * 5000}",
        f"/case-files?page={10**20}",
        f"/case-files/TTLT.2026.001?before={10**26}",
        f"/documents/{{open}}?before={10**26}&part={10**30}&page={10**40}&zoom={10**9}",
        f"/receiving/{10**22}/look",
        f"/receiving/{2**31}/look",
        f"/receiving/{'1' * 5000}/look",
        f"/documents/{{open}}/{10**22}/pages/1-160.webp",
        "/case-files?year=-1",
        "/case-files?year=²",
    ],
)
def test_a_number_beyond_any_row_breaks_nothing(house: House, path: str) -> None:
    answer = house.as_("lan").get(path.format(open=house.open_code))
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize(
    "path", ["/documents/a%00", "/case-files/a%00b", "/search?q=%00", "/case-files?q=a%00", "/%00"]
)
def test_a_zero_byte_is_turned_away_before_anything_is_asked(house: House, path: str) -> None:
    client = house.as_("lan")
    assert client.get(path).status_code == 400
    answer = house.post(client, f"/documents/{house.open_code}/correct", subject="a\0b", why="Thử")
    assert answer.status_code == 400
    assert "\0" not in house.document(house.open_code).subject


@pytest.mark.parametrize(
    "form",
    [
        {"extra_name": ["a", "b"], "extra_value": ["c", "d\0"]},
        {"extra_name\0": "a"},
        {"files": [(io.BytesIO(b"x"), "a.txt"), (io.BytesIO(b"y"), "b\0.txt")]},
        {"files\0": (io.BytesIO(b"x"), "a.txt")},
    ],
)
def test_a_zero_byte_is_turned_away_wherever_it_stands(house: House, form: dict[str, Any]) -> None:
    client = house.as_("lan")
    assert client.get("/search?q=a&q=%00").status_code == 400
    assert client.get("/search?q=a&%00=b").status_code == 400
    more = {"subject": "Đổi", "why": "Thử", **form}
    answer = house.post(client, f"/documents/{house.open_code}/correct", **more)
    assert answer.status_code == 400
    assert house.document(house.open_code).subject != "Đổi"


@pytest.mark.parametrize("days", ["9" * 5000, "²", "-30", "31", ""])
def test_a_number_of_days_that_was_not_offered_makes_no_token(house: House, days: str) -> None:
    answer = house.post(house.as_("lan"), "/account/tokens", name="script", days=days)
    assert answer.status_code == 422


@pytest.mark.parametrize("holder", ["9" * 25, "9" * 5000, "²", "x"])
def test_a_holder_that_nobody_can_be_breaks_nothing(house: House, holder: str) -> None:
    answer = house.post(
        house.as_("lan"), "/case-files/new", notation="77", title="Thử", holder=holder, year=""
    )
    assert answer.status_code in (302, 404, 422)


@pytest.mark.parametrize(
    "target", ["/\r\nX-Evil: 1", "/a\nb", "/\tb", "//evil.example", "/\\evil.example", "/\x7f"]
)
def test_the_way_back_is_a_plain_address_of_ours(house: House, target: str) -> None:
    answer = house.post(house.as_("lan"), "/language", language="en", next=target)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("field", ["title", "notation"])
def test_a_marked_title_opens_no_case_file(house: House, field: str) -> None:
    given = {"notation": "78", "title": "Kế hoạch", field: "Kế hoạch (TUYỆT MẬT)"}
    answer = house.post(house.as_("lan"), "/case-files/new", **given)
    assert answer.status_code == 422
    assert "TUYỆT MẬT" in answer.text
    with house.services.db.reading() as rows:
        assert not rows.query(CaseFile).where(CaseFile.title.like("%TUYỆT MẬT%")).count()


@pytest.mark.parametrize(
    "form",
    [
        {"subject": "Phương án [TỐI MẬT]"},
        {"extra_name": "Độ mật", "extra_value": "Mật"},
    ],
)
def test_a_correction_brings_in_no_mark_of_secrecy(house: House, form: dict[str, str]) -> None:
    before = house.document(house.open_code)
    answer = house.post(
        house.as_("lan"), f"/documents/{house.open_code}/correct", why="Ghi đủ", **form
    )
    assert answer.status_code == 422
    after = house.document(house.open_code)
    assert (after.subject, after.supplementary) == (before.subject, before.supplementary)


def tables_saying(house: House, words: str) -> set[str]:
    with house.services.db.reading() as rows:
        tables = Base.metadata.sorted_tables
        return {
            table.name
            for table in tables
            if any(words in str(one) for one in rows.execute(select(table)))
        }


MARKED = "Bố trí lực lượng (TUYỆT MẬT)"


@pytest.mark.parametrize(
    ("who", "path", "form"),
    [
        ("lan", "/plans/2026/lines/new", {"kind": "file", "notation": "1", "title": MARKED}),
        ("lan", "/plans/2026/lines/new", {"kind": "heading", "title": MARKED}),
        ("lan", "/plans/2026/lines/new", {"kind": "heading", "title": "TUYỆT MẬT"}),
        ("lan", "/submissions/call", {"note": MARKED}),
        ("lan", "/submissions/send", {"name": MARKED}),
        ("minh", "/registers/refusals", {"reason_code": "not_duty", "sender": MARKED}),
        (
            "minh",
            "/registers/letting-in",
            {"ground": "complaint", "subject": MARKED, "book": "den"},
        ),
        ("minh", "/registers/den/{year}/1/hand-on", {"to": "Phòng A", "opinion": MARKED}),
        ("minh", "/registers/den/{year}/1/cancel", {"why": MARKED}),
        ("binh", "/delegations", {"reason": MARKED}),
    ],
)
def test_no_form_brings_in_a_mark_of_secrecy(
    house: House, who: str, path: str, form: dict[str, str]
) -> None:
    house.post(house.as_("lan"), "/plans", year="2026")
    with audit.acting_as(None, "web"), house.services.db.transaction() as rows:
        organ = rows.get_one(Organ, house.organ().id)
        book = books.ensure_books(rows, organ)[0]
        by = rows.get_one(Person, house.person("minh").id)
        year = registers.enter(rows, book, by, {"subject": "Công văn"}).year
    answer = house.post(house.as_(who), path.format(year=year), **form)
    assert answer.status_code in (302, 422)
    assert tables_saying(house, "MẬT") == set()


def test_no_table_brings_a_marked_title_into_a_plan(house: House) -> None:
    client = house.as_("lan")
    house.post(client, "/plans", year="2026")
    table = "Số và ký hiệu hồ sơ,Tên đề mục và tiêu đề hồ sơ\n01.TC,Tuyệt mật\n"
    answer = house.post(client, "/plans/2026/import", file=(io.BytesIO(table.encode()), "a.csv"))
    assert answer.status_code == 422
    assert 'name="table"' not in answer.text


def test_no_table_of_people_brings_one_in(house: House) -> None:
    table = "Họ và tên,Vai trò,Chức vụ\nTrần Thị Mai,Viên chức,Văn thư (TỐI MẬT)\n"
    file = (io.BytesIO(table.encode()), "a.csv")
    answer = house.post(house.as_("quan"), "/people/import", file=file)
    assert (answer.status_code, 'name="table"' in answer.text) == (422, False)
    assert "TỐI MẬT" in answer.text


def test_no_option_of_a_command_brings_one_in(house: House) -> None:
    home = {"LUUTRU_HOME": house.services.settings.home, "LUUTRU_AS": "lan"}
    told = CliRunner().invoke(main, ["plan", "draw-up", "2026"], env=home)
    assert told.exit_code == 0, told.output
    told = CliRunner().invoke(main, ["plan", "add", "2026", MARKED], env=home)
    assert told.exit_code == 3, told.output
    assert tables_saying(house, "MẬT") == set()
    told = CliRunner().invoke(main, ["find", "tuyệt", "mật"], env=home)  # asking brings nothing in
    assert told.exit_code == 0, told.output


def test_a_story_leaves_out_what_closed_case_files_would_tell(
    house: House, hidden: CaseFile
) -> None:
    def placings(client: FlaskClient) -> int:
        page = client.get(f"/documents/{house.open_code}").text
        return page.count("đưa vào hồ sơ")

    assert placings(house.as_("lan")) == placings(house.as_("binh")) + 1


@pytest.mark.parametrize(
    "command",
    [
        ["show", "{document}"],
        ["export", "{document}", "--rendition", "original", "--to", "{folder}/o"],
        ["receive", "{file}", "--case-file", "{case_file}"],
    ],
)
def test_the_command_line_betrays_no_more(house: House, tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("một văn bản", encoding="utf-8")
    hidden = {"document": house.closed_code, "case_file": closed_case_file(house)}
    absent = {"document": ABSENT_DOCUMENT, "case_file": ABSENT_CASE_FILE}
    told = []
    for names in (hidden, absent):
        words = [one.format(**names, folder=tmp_path, file=file) for one in command]
        done = CliRunner().invoke(
            main, ["--as", "binh", *words], env={"LUUTRU_HOME": house.services.settings.home}
        )
        told.append((done.exit_code, said(done.output, *names.values())))
    assert told[0] == told[1]
    assert told[0][0] == 4
    assert not house.events("intake.receive")


# Received files -----------------------------------------------------------------------------------


def received(house: House, into: CaseFile, **columns: Any) -> Intake:
    """A PDF that lan received into a case file of her own."""
    original = stored(house.services.files, "original", SAMPLE.read_bytes(), "application/pdf")
    with house.services.db.transaction() as rows, audit.acting_as(None, "web"):
        books.ensure_books(rows, rows.get_one(Organ, into.organ_id))
    told = {"digest": original.digest, "size": original.size, "name": "ky-luat-can-bo.pdf"}
    facts = {"identify": {"family": "pdf", "mime": "application/pdf", "puid": "fmt/276"}}
    return an_intake(
        house.services.db,
        house.organ(),
        house.person("lan"),
        case_file_id=into.id,
        facts=facts,
        **told,
        **columns,
    )


@pytest.mark.parametrize("is_shelved", [False, True])
def test_a_clerk_knows_of_no_file_that_goes_where_he_may_not_look(
    house: House, hidden: CaseFile, is_shelved: bool
) -> None:
    columns: dict[str, Any] = {}
    if is_shelved:
        document = house.document(house.closed_code).id
        columns = {"document_id": document, "state": "shelved", "next_step": None}
    number = received(house, hidden, **columns).id
    clerk, letter = house.as_("minh"), {"subject": "Công văn", "intake": str(number)}
    for path in (f"/registers/received/{number}.webp", f"/registers/den/new?intake={number}"):
        assert clerk.get(path).status_code == 404
    assert "ky-luat" not in clerk.get("/registers/received").text
    assert house.post(clerk, "/registers/den/new", **letter).status_code == 404
    refused = {"reason_code": "unreadable", "sender": "Sở Y tế", "intake": str(number)}
    assert house.post(clerk, "/registers/refusals", **refused).status_code == 404
    assert house.document(house.closed_code).arrival_number is None


def test_who_looks_at_a_received_file_is_told_of_once_a_sitting(house: House) -> None:
    own = a_case_file(house.services.db, house.organ(), "Hồ sơ mở")
    number = received(house, own).id
    clerk = house.as_("minh")
    for _ in range(2):
        assert clerk.get(f"/registers/received/{number}.webp").mimetype == "image/webp"
    assert [one.person_id for one in house.events("intake.open")] == [house.person("minh").id]


def test_the_same_bytes_say_nothing_of_what_goes_into_a_closed_case_file(
    house: House, hidden: CaseFile
) -> None:
    received(house, hidden)
    file = (io.BytesIO(SAMPLE.read_bytes()), "ban-khac.pdf")
    letter = {"subject": "Công văn", "incomplete": "Chưa đọc được"}
    answer = house.post(house.as_("minh"), "/registers/den/new", **letter, file=file)
    assert answer.status_code == 422
    assert "ky-luat" not in answer.text
