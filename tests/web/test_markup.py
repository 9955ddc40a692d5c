"""Whatever people, files and certificates are called: on a page it is words, never markup."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from archive import audit
from archive.documents import Arrived
from archive.models import Person
from formats.text import PageText, Word, write_pages
from search import indexing
from tests.factories import a_case_file, a_document, an_intake, stored, writing
from tests.web.conftest import SAMPLE, House

EVIL = """x"'><script>evil()</script><img src=x onerror=evil()><svg onload=evil()>{{7*7}}${7*7}"""
ASKED = "kênh <script>evil()</script>"
OWN_SCRIPT = "/static/luutru.js"


@dataclass(frozen=True)
class Evil:
    """A house in which everything that can be named is named by an attacker."""

    house: House
    document: str
    case_file: str


@pytest.fixture
def evil(house: House, tmp_path: Path) -> Evil:
    db, organ, lan = house.services.db, house.organ(), house.person("lan")
    case_file = a_case_file(db, organ, EVIL, holder=lan, maintenance=EVIL)
    fields = dict.fromkeys(
        ("type_name", "code_number", "code_notation", "organ_name", "signer_name", "description"),
        EVIL,
    )
    document = a_document(
        db, organ, f"{ASKED} {EVIL}", case_file=case_file, by=lan,
        arrived=_arrived(house, tmp_path), **fields, **{f"+{EVIL}": EVIL},
    )  # fmt: skip
    an_intake(db, organ, lan, name=EVIL, state="waiting", reason="suspected_secret",
              details={"mark": EVIL, "page": 1}, case_file_id=case_file.id)  # fmt: skip
    an_intake(db, organ, lan, name=EVIL, state="stuck", reason=EVIL, progress={})
    with writing(db) as rows:
        row = rows.get_one(Person, lan.id)
        row.full_name = EVIL
        audit.record(rows, "person.rename", row)
    client = house.as_("lan")
    house.post(client, f"/documents/{document.code}/correct", subject=f"{ASKED} {EVIL} 2", why=EVIL)
    house.post(client, "/account/tokens", name=EVIL, days="30")
    indexing.rebuild(db, house.services.files, house.services.engine)
    return Evil(house, document.code, case_file.code)


def _arrived(house: House, folder: Path) -> Arrived:
    """A file whose text layer, name, certificates and reports are an attacker's."""
    said = f"{ASKED} {EVIL}".split()
    words = tuple(
        Word(one, 0.05 * at, 0.1, 0.05 * at + 0.04, 0.12, 0, None) for at, one in enumerate(said)
    )
    write_pages([PageText(1, 595.0, 842.0, words, "layer", None)], folder / "w")
    files = house.services.files
    original = stored(files, "original", SAMPLE.read_bytes(), "application/pdf")
    made = (
        original,
        stored(files, "text", " ".join(said).encode(), "text/plain"),
        stored(files, "words", (folder / "w").read_bytes(), "application/gzip"),
        stored(files, "verapdf_report", b"{}", "application/json"),
    )
    return Arrived(f"{EVIL}\r\nX-Evil: 1.pdf", original.digest, 1, made, _facts())


def _facts() -> dict[str, object]:
    sign = {
        "kind": "signature", "signer": EVIL, "organ": EVIL, "unit": EVIL, "issuer": EVIL,
        "serial": EVIL, "policy": EVIL, "field": EVIL, "algorithm": EVIL, "level": EVIL,
        "indication": "TOTAL-PASSED", "reason": EVIL, "changes": EVIL, "certificate_status": EVIL,
        "time": "2026-03-05T02:30:00+00:00", "time_source": EVIL,
        "stamp_authority": EVIL, "time_stamp": {"authority": EVIL},
    }  # fmt: skip
    return {
        "identify": {"puid": EVIL, "mime": EVIL, "name": EVIL, "version": EVIL},
        "check_for_viruses": {"status": "clean", "engine": EVIL, "signatures": EVIL, "why": EVIL},
        "check_signatures": {"count": 1, "indication": "TOTAL-PASSED", "signatures": [sign]},
        "read_text": {"pages": 1, "how": {EVIL: 1}, "confidence": None},
        "make_pdfa": {
            "case": "converted", "method": EVIL, "notes": [EVIL],
            "dropped": [{"what": EVIL, "count": 1}],
        },
        "seal": {"kind": "inside", "level": EVIL, "is_trial": False, "signer": EVIL},
        "validate": {"is_valid": True, "flavour": EVIL, "version": EVIL},
    }  # fmt: skip


class Looking(HTMLParser):
    """Collects what a browser would run, load or follow."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script":
            self.scripts.append(given.get("src", "inline"))
        for name, value in given.items():
            runs = name.startswith("on") or name in ("srcdoc", "style")
            leads = name in ("href", "src", "action", "formaction", "data", "xlink:href")
            away = leads and not re.match(r"[/?#]|data:image/", value) and value != ""
            if runs or away:
                self.found.append(f"<{tag} {name}={value!r}>")


def look(page: str) -> Looking:
    looking = Looking()
    looking.feed(page)
    looking.close()
    return looking


PAGES = (
    "/", "/documents/{document}", "/documents/{document}?q={asked}&page=1",
    "/documents/{document}?q={evil}", "/documents/{document}/correct",
    "/documents/{document}/print", "/case-files", "/case-files?q={evil}&year={evil}&stage={evil}",
    "/case-files/{case_file}", "/case-files/new", "/tray", "/tray?only={evil}",
    "/receiving", "/receiving?tab={evil}&whose={evil}", "/receiving/road", "/search?q={asked}",
    "/search?q={evil}", "/search?q=%22{evil}", "/account/tokens", "/account/password",
    "/documents/{evil}", "/case-files/{evil}", "/{evil}", "/documents/{document}/1/files/{evil}",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_name_becomes_markup(evil: Evil, path: str) -> None:
    address = path.format(
        document=evil.document, case_file=evil.case_file, evil=quote(EVIL), asked=quote(ASKED)
    )
    client = evil.house.as_("lan")
    for language in ("vi", "en"):
        evil.house.post(client, "/language", language=language)
        answer = client.get(address)
        assert answer.status_code in (200, 404), answer.status_code
        looked = look(answer.text)
        assert looked.found == []
        assert set(looked.scripts) <= {OWN_SCRIPT}
        assert "<script>evil" not in answer.text


def test_names_are_shown_as_they_are_written(evil: Evil) -> None:
    client = evil.house.as_("lan")
    escaped = "&lt;script&gt;evil()&lt;/script&gt;"
    for path in (f"/documents/{evil.document}", f"/case-files/{evil.case_file}", "/receiving"):
        page = client.get(path).text
        assert escaped in page, path
        assert "{{7*7}}" in page, path
    marked = client.get(f"/search?q={quote('kênh')}").text
    assert "<mark>kênh</mark>" in marked
    assert escaped in marked


def test_what_was_typed_wrong_is_shown_again_as_words(evil: Evil) -> None:
    house = evil.house
    client, guest = house.as_("lan"), house.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', guest.get("/sign-in").text)
    assert token
    form = {"csrf_token": token[1], "name": EVIL, "password": "x" * 12, "next": f"/{EVIL}"}
    pages = [
        guest.post("/sign-in", data=form),
        guest.get(f"/sign-in?next={quote('/' + EVIL)}"),
        house.post(client, "/case-files/new", notation=EVIL, title="", year=EVIL, holder=EVIL),
        house.post(client, f"/documents/{evil.document}/correct", subject=EVIL, issued_date=EVIL,
                   why=EVIL, extra_name=EVIL, extra_value=EVIL + "2"),
    ]  # fmt: skip
    for answer in pages:
        assert look(answer.text).found == []
        assert set(look(answer.text).scripts) <= {OWN_SCRIPT}
    for path in (f"/documents/{evil.document}/place", "/tray", "/receiving"):
        house.post(client, path, document=[EVIL], case_file=EVIL)
        said = client.get("/").text
        assert look(said).found == []
        assert "evil()" in said


def test_a_downloads_name_is_a_name_and_nothing_more(evil: Evil) -> None:
    client = evil.house.as_("lan")
    for role in ("original", "text", "words", "verapdf_report"):
        answer = client.get(f"/documents/{evil.document}/1/files/{role}")
        assert answer.status_code == 200
        told = answer.headers["Content-Disposition"]
        assert told.startswith("attachment; filename=")
        assert not re.search(r"[<>\r\n]", told)
        assert "X-Evil" not in answer.headers
        assert answer.mimetype != "text/html"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
