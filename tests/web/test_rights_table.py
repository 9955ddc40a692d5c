"""Every address as every role, at one's own organ and another, on what is restricted and frozen.

The answers make a table; docs/rights.md must hold the very same one. When it differs, the wanted
section is written beside the test's files and the failure says where: read it, then take it over.
"""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from archive import (
    audit,
    books,
    clock,
    delegations,
    exports,
    freezes,
    grants,
    holidays,
    key_custody,
    people,
    registers,
)
from archive import documents as docs
from archive import units as unit_verbs
from archive.access import Action
from archive.database import Database
from archive.file_plans import draw_up
from archive.life_models import AccessChange, DocumentLink, Submission, SubmissionItem
from archive.models import CaseFile, FilePlanEntry, Fonds, Organ, Person
from archive.roles import ROLES
from formats import verapdf
from ingest.models import Issuance
from retention import schedule
from retention.models import Appraisal, Destruction, Disposal, Tombstone, Transfer, TransferItem
from retention.schedule import RuleValues
from tests.factories import a_case_file, a_person, an_intake, writing
from tests.web.conftest import House
from tests.web.route_table import NOBODY, PUBLIC, RIGHTS, ROUTES, Route
from web import auth
from web.api.application import PREFIX, create_api
from web.error_words import WORDS
from web.errors import words_for
from web.pages import forms

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
ROLE_ORDER = ("administrator", "archivist", "clerk", "officer", "head", "auditor")
SHORT = ("QT", "LT", "VT", "CV", "LĐ", "KT")
STAFF = dict(zip(ROLE_ORDER, ("quan", "lan", "minh", "binh", "truong", "thu"), strict=True))
YES, NO, UNKNOWN, LATER, BROKEN = "✓", "–", "∅", "✗", "‼"
BYTES_GONE = 507  # let in, but of some documents no byte is stored here
SIGNS_OUT = {"POST account.sign_out", "POST account.end_sessions"}
Names = dict[str, Any]
A_RULE = RuleValues("3.4", "Tổ chức, nhân sự", "Hồ sơ tuyển dụng", "20 năm")


@dataclass(frozen=True)
class Asked:
    """One address with its method, on the pages or the API."""

    key: str
    method: str
    rule: Rule
    app: Flask
    prefix: str


def asked_of(house: House) -> list[Asked]:
    """Every address there is."""
    found = []
    for mark, prefix, app in (("", "", house.app), ("API ", PREFIX, create_api(house.services))):
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                key = f"{mark}{method} {rule.endpoint}"
                found.append(Asked(key, method, rule, app, prefix))
    return found


def test_every_address_has_its_line_in_the_table(house: House) -> None:
    keys = {one.key for one in asked_of(house)}
    assert keys - ROUTES.keys() - PUBLIC == set(), "write what it is into tests/web/route_table.py"
    assert (ROUTES.keys() | PUBLIC) - keys == set(), "these addresses are gone"


def test_every_right_has_its_line_in_the_table() -> None:
    assert set(RIGHTS) == set(Action)


@pytest.mark.rule("HC-03")
def test_the_page_lists_every_right_of_every_role() -> None:
    wanted = "\n".join(rights_rows())
    assert section("quyền") == wanted


def rights_rows() -> Iterator[str]:
    yield f"| quyền | {' | '.join(SHORT)} | căn cứ |"
    yield f"|---|{'---|' * len(SHORT)}---|"
    for action, (what, basis) in RIGHTS.items():
        held = (YES if action in ROLES[role] else "" for role in ROLE_ORDER)
        yield f"| {what} | {' | '.join(held)} | {basis} |"


def section(name: str) -> str:
    """What stands between the two marks of a generated section."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- hết {name} -->", text, re.DOTALL)
    assert found, f"docs/rights.md has no section {name}"
    return found[1]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.rule("HC-61", "HC-62", "DB-02", "KT-13")
def test_the_page_says_of_every_address_who_may_and_who_may_not(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_printed", lambda form: Response())  # asked for, not drawn
    judging_once(monkeypatch)
    names = the_rows(house)
    house.app.config["WTF_CSRF_ENABLED"] = False
    clients = {role: Client(house, user) for role, user in STAFF.items()}
    stranger, everything = Client(house, "nguoila"), Client(house, "tatca")
    restricted = {**names, "document": house.closed_code, "case_file": names["closed_file"]}
    rows = [*routes_head()]
    for one in sorted(asked_of(house), key=in_order):
        if one.key in PUBLIC:
            continue
        route = ROUTES[one.key]
        with nullcontext() if route.stays else forgetting(house.services.db):
            own = [client.ask(one, route, names) for client in clients.values()]
            closed, other = [""], ""
            if uses_things(route):
                closed = [client.ask(one, route, restricted) for client in clients.values()]
                other = stranger.ask(one, route, names)
            held = everything.ask_frozen(one, route, names)
        cells = (*own, " ".join(closed), other, held)
        rows.append(f"| {route.what} | {' | '.join(cells)} |")
    said = "\n".join(rows)
    (tmp_path / "rights.md").write_text(said, encoding="utf-8")
    assert BROKEN not in said, [row for row in rows if BROKEN in row]
    assert section("địa chỉ") == said, f"the wanted section: {tmp_path / 'rights.md'}"


def judging_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has the same copies judged by veraPDF: it is started once for each of them."""
    judge, known = verapdf.validate, dict[bytes, verapdf.Verdict]()

    def validate(paths: list[Path], *, jar: Path) -> dict[Path, verapdf.Verdict]:
        said = {path: path.read_bytes() for path in paths}
        for path, content in said.items():
            if content not in known:
                known[content] = judge([path], jar=jar)[path]
        return {path: known[content] for path, content in said.items()}

    monkeypatch.setattr(verapdf, "validate", validate)


def routes_head() -> Iterator[str]:
    yield f"| việc | {' | '.join(SHORT)} | hồ sơ hạn chế | cơ quan khác | đang khóa |"
    yield f"|---|{'---|' * (len(SHORT) + 3)}"


def in_order(one: Asked) -> int:
    return list(ROUTES).index(one.key) if one.key in ROUTES else 0


def uses_things(route: Route) -> bool:
    return any(
        value in ("{document}", "{case_file}")
        for value in (*route.fill.values(), *route.form.values())
    )


class Client:
    """One person with a browser and a token."""

    def __init__(self, house: House, user_name: str) -> None:
        self.browser: FlaskClient = house.as_(user_name)
        with self.browser.session_transaction() as cookie:
            self.secret = cookie[auth.SECRET]
        with writing(house.services.db) as rows:
            person = people.by_name(rows, user_name)
            self.token = people.sign_in(rows, person, "token", timedelta(hours=1))
        self.unknown = [pattern_of(house, one) for one in WORDS if one.startswith("no_such_")]
        self.not_allowed = pattern_of(house, "not_allowed")

    def ask(self, asked: Asked, route: Route, names: Names) -> str:
        """Whether the person may: yes, no, or there is no such thing for them."""
        status, said = self._send(asked, route, names, route.form)
        if status >= 500 and status != BYTES_GONE:
            return BROKEN
        if status == 404 or any(one.search(said) for one in self.unknown):
            return UNKNOWN
        if status == 403 or self.not_allowed.search(said):
            return NO
        return YES

    def ask_frozen(self, asked: Asked, route: Route, names: Names) -> str:
        """Whether a freeze stops it, where nothing else stands in the way."""
        if route.frozen is None:
            return ""
        _, said = self._send(asked, route, names, route.frozen)
        return LATER if "5/QĐ-KHOA" in said else YES

    def _send(
        self, asked: Asked, route: Route, names: Names, form: Mapping[str, Any]
    ) -> tuple[int, str]:
        adapter = asked.app.url_map.bind("localhost")
        path = adapter.build(asked.rule.endpoint, filled(route.fill, names), method=asked.method)
        more: dict[str, Any] = {}
        if asked.method == "GET":
            more["query_string"] = filled(form, names)
        else:
            more["json" if asked.prefix and form else "data"] = filled(form, names)
        if asked.prefix:
            more["headers"] = {"Authorization": f"Bearer {self.token}"}
        with self.browser.session_transaction() as cookie:
            cookie.clear()
            cookie[auth.SECRET] = self.secret
        answer = self.browser.open(asked.prefix + path, method=asked.method, **more)
        with self.browser.session_transaction() as cookie:
            told = " ".join(str(said) for _, said in cookie.pop("_flashes", []))
        was_out = answer.headers.get("Location", "").startswith("/sign-in")
        assert not was_out or asked.key in SIGNS_OUT, asked.key
        text = answer.text if answer.status_code in (409, 422) else ""
        return answer.status_code, f"{told} {text}"


def pattern_of(house: House, code: str) -> re.Pattern[str]:
    """How a page says this, whatever it names."""
    with house.app.test_request_context():
        said = words_for(code).what
    return re.compile(".*?".join(re.escape(one) for one in said.split("…")))


def filled(values: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The values with names of rows put in."""
    return {key: _filled(value, names) for key, value in values.items()}


def _filled(value: Any, names: Names) -> Any:
    if value == "{file}":
        return (io.BytesIO(b"%PDF-1.7"), "a.pdf")
    return names[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value


@contextmanager
def forgetting(db: Database) -> Iterator[None]:
    """Inside, everything is done and nothing stays: each question finds the same archive."""

    @contextmanager
    def transaction(self: Database) -> Iterator[Session]:
        with self._writing() as session:
            yield session
            session.flush()
            session.expunge_all()
            session.rollback()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(db), "transaction", transaction)
        yield


# The archive that is asked ------------------------------------------------------------------------


def the_rows(house: House) -> Names:
    """A row for every kind of thing that an address names."""
    db, organ = house.services.db, house.organ()
    a_person(db, organ, "truong", "head")
    a_person(db, organ, "tatca", *ROLE_ORDER)
    with db.reading() as rows:
        other = rows.scalars(select(Organ).where(Organ.code == "SXD")).one()
        closed = rows.scalars(select(CaseFile).where(CaseFile.access_level == "assigned")).one()
    a_person(db, other, "nguoila", *ROLE_ORDER)
    other_file = a_case_file(db, organ, "Hồ sơ khác")
    shut_file = a_case_file(db, organ, "Hồ sơ đã kết thúc")
    intake = an_intake(db, organ, house.person("lan"), state="waiting", reason="damaged")
    with writing(db) as rows:
        _shut(rows, rows.get_one(CaseFile, shut_file.id))
        numbers = _numbers_of(rows, rows.get_one(Organ, organ.id), house)
    return {
        **numbers,
        "document": house.open_code,
        "case_file": house.case_file,
        "closed_file": closed.code,
        "other_file": other_file.code,
        "shut_file": shut_file.code,
        "tray": house.tray_code,
        "intake": intake.id,
        "person": house.person("binh").id,
        "held": house.person("binh").appointments[0].id,
    }


def _numbers_of(rows: Session, organ: Organ, house: House) -> Names:
    by = {name: people.by_name(rows, name) for name in (*STAFF.values(), "tatca")}
    case_file = rows.scalars(select(CaseFile).where(CaseFile.code == house.case_file)).one()
    case_file.holder_id = by["tatca"].id
    today = clock.today(organ)
    lent = delegations.make(
        rows,
        organ,
        by["minh"],
        by["tatca"],
        from_on=today,
        until_on=today + timedelta(days=1),
        reason="Nghỉ",
        by=by["minh"],
    )
    given = grants.give(rows, case_file, by["binh"], None, "Phối hợp", by=by["lan"])
    asked = exports.ask(rows, by["tatca"], docs.by_code(rows, house.open_code), "Thử")
    books.ensure_books(rows, organ)
    incoming = books.default_book(rows, organ, "incoming")
    registers.enter(rows, incoming, by["minh"], {"subject": "Đề nghị phối hợp"})
    holder = by["minh"]
    key = key_custody.hand(rows, organ, "ST-1", "organ", holder, permission="GUQ 1")
    order = freezes.freeze(
        rows,
        organ,
        [case_file],
        by=by["tatca"],
        number="5/QĐ-KHOA",
        ordered_on=date(2026, 1, 5),
        reason="Thanh tra",
    )
    return {
        "delegation": lent.id,
        "grant": given.id,
        "export": asked.id,
        "key": key.id,
        "unit": unit_verbs.add(rows, organ, "VP", "Văn phòng").id,
        "holiday": holidays.add(rows, organ, date(2026, 6, 1), "Bù", is_working=True).id,
        "line": _line(rows, organ),
        "issuance": _issuance(rows, organ, by["minh"]),
        "submission": _submission(rows, organ, case_file, by["tatca"]),
        "appraisal": _appraisal(rows, case_file),
        "rule": schedule.draft(rows, organ, A_RULE, by["lan"]).id,
        "transfer": _transfer(rows, organ, case_file, by["lan"]),
        "transferred": case_file.code,
        "disposal": _disposal(rows, organ, by["lan"]),
        "tombstone": _tombstone(rows, organ),
        "order": order.id,
        "change": _change(rows, case_file, by["tatca"]),
        "link": _link(rows, organ, house),
        "fonds": rows.scalars(select(Fonds.id).where(Fonds.organ_id == organ.id)).one(),
        "year": today.year,
        "next_year": today.year + 1,
        "nobody": NOBODY,
    }


def _shut(rows: Session, case_file: CaseFile) -> None:
    case_file.stage, case_file.closed_at = "closed", clock.now()
    rows.flush()
    audit.record(rows, "case_file.close", case_file)


def _change(rows: Session, case_file: CaseFile, by: Person) -> int:
    made = AccessChange(
        case_file_id=case_file.id,
        before="organ",
        after="unit",
        reason="Theo đề nghị",
        asked_by_id=by.id,
        asked_at=clock.now(),
    )
    rows.add(made)
    rows.flush()
    audit.record(rows, "case_file.ask_access", case_file)
    return made.id


def _link(rows: Session, organ: Organ, house: House) -> int:
    ends = [docs.by_code(rows, one) for one in (house.open_code, house.tray_code)]
    made = DocumentLink(
        organ_id=organ.id,
        from_id=ends[0].id,
        to_id=ends[1].id,
        kind="answers",
        made_at=clock.now(),
    )
    rows.add(made)
    rows.flush()
    audit.record(rows, "document.link", ends[0])
    return made.id


def _line(rows: Session, organ: Organ) -> int:
    plan = draw_up(rows, organ, clock.today(organ).year)
    line = FilePlanEntry(plan_id=plan.id, title="Hồ sơ", notation="01", maintenance="5 năm")
    rows.add(line)
    rows.flush()
    audit.record(rows, "file_plan.add_line", plan)
    return line.id


def _issuance(rows: Session, organ: Organ, by: Person) -> int:
    made = Issuance(
        organ_id=organ.id,
        name="CKS-thu",
        layout="nd30",
        places={"fields": {}},
        prepared_digest="0" * 64,
        prepared_by_id=by.id,
        prepared_at=clock.now(),
    )
    rows.add(made)
    rows.flush()
    audit.record(rows, "issuance.prepare", made)
    return made.id


def _appraisal(rows: Session, case_file: CaseFile) -> int:
    """The case file's term is over, and both sides are asked."""
    today = clock.today(case_file.organ)
    made = Appraisal(
        organ_id=case_file.organ_id,
        case_file_id=case_file.id,
        cause="expired",
        expires_on=today - timedelta(days=1),
        noticed_on=today - timedelta(days=31),
        notice_until=today - timedelta(days=1),
        stage="due",
    )
    rows.add(made)
    rows.flush()
    audit.record(rows, "appraisal.test", made)
    return made.id


def _transfer(rows: Session, organ: Organ, case_file: CaseFile, by: Person) -> str:
    made = Transfer(
        organ_id=organ.id,
        code="TTLT-LS-1",
        receiver="Lưu trữ lịch sử tỉnh",
        planned_on=date(2027, 1, 5),
        registered_by_id=by.id,
        registered_at=clock.now(),
    )
    rows.add(made)
    rows.flush()
    rows.add(TransferItem(transfer_id=made.id, case_file_id=case_file.id, ordinal=1))
    rows.flush()
    audit.record(rows, "transfer.register", made)
    return made.code


def _disposal(rows: Session, organ: Organ, by: Person) -> str:
    made = Disposal(
        organ_id=organ.id,
        code="TTLT-HUY-1",
        title="Tài liệu hết hạn",
        made_by_id=by.id,
        made_at=clock.now(),
    )
    rows.add(made)
    rows.flush()
    audit.record(rows, "disposal.make", made)
    return made.code


def _tombstone(rows: Session, organ: Organ) -> str:
    told = Destruction(
        organ_id=organ.id, code="TTLT-HUY-2026-900", number=900, link="f" * 64, certificate="",
        written_at=clock.now(),
    )  # fmt: skip
    rows.add(told)
    rows.flush()
    made = Tombstone(
        organ_id=organ.id, destruction_id=told.id, kind="document", code="TTLT-2020-0000001",
        ordinal=1, destroyed_on=date(2026, 1, 5),
    )  # fmt: skip
    rows.add(made)
    rows.flush()
    audit.record(rows, "destruction.test", told, also=(made,))
    return made.code


def _submission(rows: Session, organ: Organ, case_file: CaseFile, by: Person) -> str:
    made = Submission(
        organ_id=organ.id, code="TTLT-NL-1", submitted_by_id=by.id, submitted_at=clock.now()
    )
    rows.add(made)
    rows.flush()
    rows.add(SubmissionItem(submission_id=made.id, case_file_id=case_file.id, ordinal=1))
    rows.flush()
    audit.record(rows, "submission.send", made)
    return made.code
