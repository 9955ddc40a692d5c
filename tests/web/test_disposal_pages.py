"""Disposals at the door: every step on its page, every refusal in words and in the story."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from archive import audit, clock
from archive.models import Organ
from retention import preparing
from tests.factories import PASSWORD, a_person
from tests.retention.disposing import Desk, later
from tests.retention.office import Office
from tests.web.conftest import House
from web import clockwork


class Walk:
    """The people of a disposal, each with a browser, and what they do there."""

    def __init__(self, house: House) -> None:
        self.house, organ = house, house.organ()
        db = house.services.db
        people = {name: house.person(name) for name in ("lan", "binh")}
        truong = a_person(db, organ, "truong", "head")
        office = Office(db, organ, people["lan"], people["binh"], truong)
        self.desk = Desk(office, a_person(db, organ, "mai", "archivist"))
        self.clients: dict[str, FlaskClient] = {}

    def as_(self, name: str) -> FlaskClient:
        if name not in self.clients:
            self.clients[name] = self.house.as_(name)
        return self.clients[name]

    @property
    def path(self) -> str:
        return f"/retention/disposals/{self.desk.code}"

    @property
    def today(self) -> str:
        return f"{clock.today(self.desk.office.organ):%d/%m/%Y}"

    def look(self, name: str, more: str = "") -> str:
        answer = self.as_(name).get(self.path + more)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def post(self, name: str, more: str, **form: Any) -> Any:
        return self.house.post(self.as_(name), self.path + more, **form)

    def root(self, name: str, more: str) -> str:
        found = re.search(r'name="root" value="([0-9a-f]{64})"', self.look(name, more))
        assert found
        return found.group(1)

    def no_source(self) -> None:
        with audit.acting_as(None, "command"), self.desk.db.transaction() as session:
            organ = session.get_one(Organ, self.desk.office.organ.id)
            organ.rules = {**organ.rules, "is_source": False}
            audit.record(session, "organ.test", organ)


@pytest.fixture
def walk(house: House) -> Iterator[Walk]:
    yield Walk(house)


def test_a_disposal_goes_its_way_by_the_pages(walk: Walk) -> None:
    walk.desk.files(2)
    walk.no_source()
    page = walk.as_("lan").get("/retention/disposals/new").text
    assert "Khối tài liệu hình thành" in page
    made = walk.house.post(
        walk.as_("lan"), "/retention/disposals/new",
        appraisal=[str(one) for one in walk.desk.proposed], title="Tài liệu hết hạn",
        formation="Hình thành", condition="Tốt",
    )  # fmt: skip
    walk.desk.code = made.location.rsplit("/", 1)[-1]
    walk.look("truong", "/council")
    walk.post(
        "truong", "/council", number="12/QĐ", on=walk.today, person=["truong", "lan", "binh", ""],
        role=["chair", "secretary", "member", "member"],
        speaks_for=["leadership", "archive", "unit", "other"], interest=["", "", "Tôi lập", ""],
    )  # fmt: skip
    assert walk.desk.stage() == "council"
    for name in ("truong", "lan", "binh"):
        assert "Tôi lập" in walk.look(name, "/meeting")
        walk.post(name, "/opinions", all="1", verdict="destroy")
    walk.post("lan", "/minutes", met_on=walk.today)
    for name in ("truong", "lan", "binh"):
        walk.post(name, "/minutes/sign", password=PASSWORD)
    walk.look("lan", "/appraisal")
    walk.post("lan", "/appraisal", is_due="0", reason="Không thuộc nguồn nộp lưu")
    assert walk.desk.stage() == "appraised"
    root = walk.root("truong", "/decision")
    walk.post("truong", "/decision", number="45/QĐ", on=walk.today, root=root)
    walk.look("mai", "/preparation")
    walk.post("mai", "/preparation", reason="Theo QĐ 45", other_copies="Không có")
    walk.post(
        "mai", "/reconfirmation", count="2", root=walk.root("mai", "/reconfirmation"),
        password=PASSWORD,
    )  # fmt: skip
    walk.look("lan", "/sign/hand-over")
    walk.post("lan", "/sign/hand-over", password=PASSWORD)
    assert walk.desk.stage() == "handed_over"
    assert walk.as_("binh").get(walk.path).status_code == 404  # decided: a member's part is over
    for name in ("lan", "mai", "truong", "thu"):
        walk.look(name)
    walk.look("mai", "/sign/begin")
    walk.post("mai", "/sign/begin", password=PASSWORD)
    assert walk.desk.stage() == "executing"
    assert "executing" not in walk.look("thu")


def test_the_authority_s_document_comes_with_its_opinion(walk: Walk) -> None:
    walk.desk.files(2)
    walk.desk.walk("met")
    form = {"is_due": "1", "number": "7/LTLS", "on": walk.today, "refused": "2: Có giá trị"}
    without = walk.post("lan", "/appraisal", **form)
    assert without.status_code == 422 and walk.desk.stage() == "met"
    file = (io.BytesIO(b"%PDF-1.4 y kien"), "ykien.pdf")
    assert walk.post("lan", "/appraisal", file=file, **form).status_code == 302
    assert walk.desk.stage() == "appraised"
    assert [one.outcome for one in walk.desk.items()] == ["destroy", "keep"]
    assert walk.as_("lan").get(walk.path + "/print/kept").mimetype == "application/pdf"


def test_a_wrong_password_reconfirms_nothing_and_is_told(walk: Walk) -> None:
    walk.desk.files(1)
    walk.desk.walk("prepared")
    root = walk.root("mai", "/reconfirmation")
    answer = walk.post("mai", "/reconfirmation", count="1", root=root, password="sai")
    assert answer.status_code == 422 and walk.desk.stage() == "prepared"
    last = walk.desk.events()[-1]
    assert (last.action, last.facts["reason"]) == ("disposal.refused", "wrong_password")
    answer = walk.post("mai", "/reconfirmation", count="2", root=root, password=PASSWORD)
    assert answer.status_code == 422 and "Con số không đúng" in answer.text


@pytest.mark.rule("HC-72")
def test_a_refusal_is_said_on_the_grey_button_and_in_the_story(walk: Walk) -> None:
    """The list maker may not prepare: the button says why, and so does the refusal."""
    walk.desk.files(1)
    walk.desk.walk("decided")
    assert "ba người khác nhau" in walk.look("lan")
    answer = walk.post("lan", "/preparation", reason="Vì", other_copies="Không")
    assert answer.status_code == 422
    last = walk.desk.events()[-1]
    assert (last.action, last.facts) == (
        "disposal.refused", {"move": "prepare", "reason": "another_hand"},
    )  # fmt: skip


def test_who_may_not_even_know_of_it_is_told_that_there_is_none(walk: Walk) -> None:
    walk.desk.files(1)
    walk.desk.walk("listed")
    for name in ("minh", "quan", "hoa"):
        assert walk.as_(name).get(walk.path).status_code == 404
        assert walk.post(name, "/stop", reason="x").status_code == 404
    assert walk.as_("thu").get(walk.path).status_code == 200
    assert walk.post("thu", "/decision", number="1").status_code == 403


def test_past_the_last_day_the_page_says_so_in_red_and_nothing_moves(walk: Walk) -> None:
    walk.desk.files(1)
    walk.desk.walk("decided")
    with later(16):
        walk.clients.clear()
        assert "Đã hết mười lăm ngày" in walk.look("truong")
        clockwork.give_notice(walk.house.services)
        made = clockwork.give_notice(walk.house.services)
        assert made == 0
        page = walk.as_("truong").get("/notices").text
    assert "mười lăm ngày" in page
    assert walk.desk.stage() == "decided"


def test_a_page_asks_few_questions_however_long_the_list(walk: Walk) -> None:
    from tests.factories import counting

    walk.desk.files(6)
    walk.desk.walk("council")
    walk.desk.opine()
    client = walk.as_("lan")
    for more in ("", "/meeting"):
        client.get(walk.path + more)
        with counting(walk.house.services.db) as asked:
            client.get(walk.path + more)
        assert len(asked) <= 15, (more, len(asked))


def test_what_is_kept_for_others_is_named_at_the_preparation(walk: Walk) -> None:
    leaving, _ = walk.desk.files(2)
    staying = walk.desk.file("Vĩnh viễn")
    walk.desk.place(walk.desk.document_in(leaving), staying)
    walk.desk.walk("decided")
    page = walk.look("mai", "/preparation")
    assert staying.code in page and walk.desk.document_in(leaving).code in page
    with walk.desk.db.reading() as session:
        assert len(preparing.outlook(session, walk.desk.found(session)).shared) == 1
