"""Who may do what with a fonds that was passed on: every deed on it, by both organs' people.

The answers make the last table of docs/rights.md; when it differs, the wanted one is written
beside the test's files and the failure says where.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response
from sqlalchemy import select

from archive import custody
from archive.models import Fonds, Organ
from archive.roles import PASSED_ON
from tests.factories import a_person, writing
from tests.web.conftest import House
from tests.web.route_table import PUBLIC, RIGHTS, ROUTES
from tests.web.test_rights_table import (
    BROKEN,
    ROLE_ORDER,
    SHORT,
    STAFF,
    Client,
    asked_of,
    forgetting,
    in_order,
    judging_once,
    section,
    the_rows,
    uses_things,
)
from web.pages import forms


def test_the_page_lists_the_rights_that_pass() -> None:
    listed = section("quyền chuyển giao").splitlines()
    assert listed == [f"- {RIGHTS[one][0]}" for one in RIGHTS if one in PASSED_ON]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_page_says_who_does_what_with_a_fonds_that_was_passed_on(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_printed", lambda form: Response())  # asked for, not drawn
    judging_once(monkeypatch)
    names = the_rows(house)
    house.app.config["WTF_CSRF_ENABLED"] = False
    keepers = pass_it_on(house)
    sides = [[Client(house, user) for user in side] for side in (keepers, STAFF.values())]
    rows = [*head()]
    for one in sorted(asked_of(house), key=in_order):
        if one.key in PUBLIC or not uses_things(ROUTES[one.key]):
            continue
        with forgetting(house.services.db):
            said = [[who.ask(one, ROUTES[one.key], names) for who in side] for side in sides]
        cells = " | ".join(" ".join(answers) for answers in said)
        rows.append(f"| {ROUTES[one.key].what} | {cells} |")
    wanted = "\n".join(rows)
    (tmp_path / "rights.md").write_text(wanted, encoding="utf-8")
    assert BROKEN not in wanted, [row for row in rows if BROKEN in row]
    assert section("phông chuyển giao") == wanted, f"wanted: {tmp_path / 'rights.md'}"


def pass_it_on(house: House) -> list[str]:
    """The keeper's people, a role each, after the act."""
    with writing(house.services.db) as rows:
        keeper = rows.scalars(select(Organ).where(Organ.code == "SXD")).one()
        fonds = rows.scalars(select(Fonds).where(Fonds.organ_id == house.organ().id)).one()
        custody.pass_on(rows, fonds, keeper, "Sáp nhập", decision="5/QĐ-UBND")
    for role in ROLE_ORDER:
        a_person(house.services.db, keeper, f"kt-{role}", role)
    return [f"kt-{role}" for role in ROLE_ORDER]


def head() -> Iterator[str]:
    order = " ".join(SHORT)
    yield f"| việc | cơ quan kế thừa: {order} | cơ quan cũ: {order} |"
    yield "|---|---|---|"
