"""Where an outgoing document comes from: what it answers, or the case file that it is made in."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from archive import answers, books, clock, closing, documents, organ_rules, registers
from archive.database import Database
from archive.life_models import DocumentLink
from archive.models import CaseFile, Document, Organ, Person
from archive.register_models import RegisterEntry
from ingest import issuing, joining, registering
from ingest.registering import Form
from tests.factories import a_case_file, a_document, writing
from tests.ingest.conftest import Desk
from tests.ingest.test_issuing import Bureau
from tests.ingest.test_issuing import bureau as bureau  # a fixture
from tests.ingest.test_issuing import db as db  # a fixture
from tests.ingest.test_registering import LETTER, received, registered, says, shelve


def ask_for_origin(desk: Desk) -> None:
    with writing(desk.db) as session:
        organ = session.get_one(Organ, desk.organ.id)
        organ_rules.set_rules(session, organ, {"outgoing_needs_origin": "1"}, "QĐ 212/QĐ-VP")


TIMES = count(1)


def issued(desk: Desk, *asked: str, case_file: CaseFile | None = None, **more: Any) -> str:
    """A line of the outgoing book, typed at the desk."""
    with desk.db.transaction() as session:
        organ = session.get_one(Organ, desk.organ.id)
        form = Form(
            {"subject": f"Trả lời Sở Nội vụ, lần {next(TIMES)}", "type_name": "Công văn"},
            answers=[registers.entry_by_code(session, organ, code) for code in asked],
            case_file=session.get_one(CaseFile, case_file.id) if case_file else None,
            **more,
        )
        by = session.get_one(Person, desk.person.id)
        book = books.default_book(session, organ, "outgoing")
        return registering.register(session, book, by, form).entry.code


def line(desk: Desk, code: str) -> RegisterEntry:
    with desk.db.reading() as session:
        return registers.entry_by_code(session, session.get_one(Organ, desk.organ.id), code)


def only_link(db: Database) -> tuple[int, int, str]:
    with db.reading() as session:
        link = session.scalars(select(DocumentLink)).one()
        return link.from_id, link.to_id, link.kind


# At the desk --------------------------------------------------------------------------------------


@pytest.mark.rule("HC-27")
@pytest.mark.parametrize("first", ["letter", "reply"])
def test_a_registered_answer_is_linked_whichever_file_arrives_last(desk: Desk, first: str) -> None:
    letter = received(desk, b"%PDF-1.7 hoi")
    asked = registered(desk, Form(LETTER, intake_id=letter))
    reply = received(desk, b"%PDF-1.7 dap", "tra-loi.pdf")
    answer = issued(desk, asked, intake_id=reply)
    assert line(desk, asked).answered_by_id == line(desk, answer).id
    order = [letter, reply] if first == "letter" else [reply, letter]
    made = {number: shelve(desk.db, number).id for number in order}
    assert only_link(desk.db) == (made[reply], made[letter], "answers")


@pytest.mark.rule("HC-32")
def test_what_answers_nothing_needs_an_open_case_file_where_the_organ_asks(desk: Desk) -> None:
    issued(desk)
    ask_for_origin(desk)
    with says("origin_missing"):
        issued(desk)
    asked = registered(desk)
    issued(desk, asked)
    case_file = a_case_file(desk.db, desk.organ, "Lập kế hoạch", holder=desk.person)
    code = issued(desk, case_file=case_file, intake_id=received(desk))
    assert line(desk, code).case_file_id == case_file.id
    document = shelve(desk.db, 1)
    with desk.db.reading() as session:
        placed = session.get_one(Document, document.id).placements
        assert [one.case_file_id for one in placed] == [case_file.id]


def test_a_file_that_comes_later_goes_into_the_case_file_of_its_line(desk: Desk) -> None:
    case_file = a_case_file(desk.db, desk.organ, "Lập kế hoạch", holder=desk.person)
    code = issued(desk, case_file=case_file)
    document = a_document(desk.db, desk.organ, "Kế hoạch", by=desk.person)
    with writing(desk.db) as session:
        organ = session.get_one(Organ, desk.organ.id)
        held = registers.entry_by_code(session, organ, code)
        joining.join_document(session, held, documents.by_code(session, document.code))
    with desk.db.reading() as session:
        placed = session.get_one(Document, document.id).placements
        assert [one.case_file_id for one in placed] == [case_file.id]


@pytest.mark.rule("HC-89")
def test_a_message_is_received_and_its_sender_told_in_one_act(desk: Desk) -> None:
    letter = {**LETTER, "channel": "axis"}
    told = line(desk, registered(desk, Form(letter, intake_id=received(desk), acknowledges=True)))
    silent = line(desk, registered(desk, Form({**LETTER, "code_number": "16"})))
    assert told.acknowledged_at is not None
    assert silent.acknowledged_at is None


# By issuing ---------------------------------------------------------------------------------------


@pytest.mark.rule("HC-27", "HC-31")
@pytest.mark.parametrize("by", ["document", "line"])
def test_an_issued_answer_ends_what_it_answers_and_is_linked(bureau: Bureau, by: str) -> None:
    letter = received(bureau.desk)
    asked = registered(bureau.desk, Form(LETTER, intake_id=letter))
    document = shelve(bureau.db, letter)
    number = bureau.prepare(answers=(document.code if by == "document" else asked,))
    bureau.sign(number)
    reply = bureau.shelve(bureau.issue(number).intakes[0])
    assert only_link(bureau.db) == (reply.id, document.id, "answers")
    ended = line(bureau.desk, asked)
    assert (ended.outcome, ended.answered_by_id) == (
        "answered",
        bureau.row(number).register_entry_id,
    )
    with bureau.db.reading() as session:
        entry = session.get_one(RegisterEntry, ended.answered_by_id)
        assert [one.code for one in answers.asked_of(session, entry)] == [asked]


@pytest.mark.rule("HC-32")
def test_a_draft_that_answers_nothing_needs_an_open_case_file(bureau: Bureau) -> None:
    ask_for_origin(bureau.desk)
    with says("origin_missing"):
        bureau.prepare()
    case_file = a_case_file(bureau.db, bureau.desk.organ, holder=bureau.officer)
    number = bureau.prepare(case_file=case_file.code)
    bureau.sign(number)
    reply = bureau.shelve(bureau.issue(number).intakes[0])
    with bureau.db.reading() as session:
        placed = session.get_one(Document, reply.id).placements
        assert [one.case_file_id for one in placed] == [case_file.id]


def test_what_cannot_be_answered_is_said_before_anything_is_made(bureau: Bureau) -> None:
    outgoing = issued(bureau.desk)
    for code, said in ((outgoing, "not_incoming"), ("den/2026/99", "no_such_entry")):
        with says(said):
            bureau.prepare(answers=(code,))
    assert list(bureau.workshop.files.digests()) == []


def test_what_is_given_up_leaves_its_question_open(bureau: Bureau) -> None:
    asked = registered(bureau.desk)
    number = bureau.prepare(answers=(asked,))
    bureau.sign(number)
    bureau.workshop.settings.path("seals").mkdir()
    bureau.workshop.settings.path("seals", "TTLT.png").write_bytes(b"no picture")
    with pytest.raises(Exception, match="seal_picture_unreadable"):
        bureau.issue(number)
    assert line(bureau.desk, asked).outcome == "answered"
    with bureau.acting(bureau.clerk):
        issuing.give_up(bureau.db, bureau.workshop, number, "Thôi", by=bureau.clerk)
    assert line(bureau.desk, asked).finished_on is None


# The whole matter ---------------------------------------------------------------------------------


@pytest.mark.rule("HC-04", "HC-31")
def test_a_matter_stands_in_its_case_file_from_the_letter_to_the_end(bureau: Bureau) -> None:
    case_file = a_case_file(
        bureau.db, bureau.desk.organ, "Báo cáo đầu tư", holder=bureau.officer, maintenance="10 năm"
    )
    letter = received(bureau.desk)
    with bureau.db.reading() as session:
        form = Form(LETTER, intake_id=letter, case_file=session.get_one(CaseFile, case_file.id))
    asked = registered(bureau.desk, form)
    first = shelve(bureau.db, letter)
    number = bureau.prepare(answers=(asked,), case_file=case_file.code)
    bureau.sign(number)
    second = bureau.shelve(bureau.issue(number).intakes[0])
    assert only_link(bureau.db) == (second.id, first.id, "answers")
    with bureau.acting(bureau.officer), bureau.db.transaction() as session:
        held = session.get_one(CaseFile, case_file.id)
        inside = [one.document_id for one in sorted(held.placements, key=lambda one: one.ordinal)]
        assert inside == [first.id, second.id]
        last = f"{clock.today(bureau.desk.organ):%d/%m/%Y}"
        closing.close(session, held, bureau.officer, {"EndDate": last})
        assert (held.stage, held.document_total) == ("closed", 2)
