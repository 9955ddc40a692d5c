"""What an outgoing document answers, said of lines, linked between their documents."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import answers, audit, clock, freezes, links, people, register_handling, registers
from archive.life_models import DocumentLink
from archive.models import Document, Event, Organ
from archive.register_models import RegisterEntry
from tests.archive.conftest import Office
from tests.archive.test_registers import again, entered, held, says

MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)


def with_document(office: Office, book: str, digest: str, subject: str) -> tuple[str, Document]:
    """A line of the book, with its document."""
    document = office.shelve(f"{subject}.pdf", digest * 64, subject=subject)
    entry = entered(office, book, subject=subject)
    with office.db.transaction() as session:
        one = held(session, office, entry.code)
        one.document = session.get_one(Document, document.id)
        audit.record(session, "register_entry.join", one)
    return entry.code, document


def finish(office: Office, asked: str, answer: str) -> None:
    with office.db.transaction() as session:
        by = held(session, office, answer)
        register_handling.finish(session, held(session, office, asked), "answered", answered_by=by)


def all_links(session: Session) -> list[tuple[int, int, str]]:
    found = session.scalars(select(DocumentLink).order_by(DocumentLink.id))
    return [(one.from_id, one.to_id, one.kind) for one in found]


@pytest.mark.rule("HC-04", "HC-27")
def test_an_answer_is_linked_with_what_it_answers_and_seen_from_both_ends(office: Office) -> None:
    asked, letter = with_document(office, "den", "a", "Đề nghị báo cáo")
    answer, reply = with_document(office, "di", "b", "Trả lời")
    finish(office, asked, answer)
    with office.db.reading() as session:
        assert all_links(session) == [(reply.id, letter.id, "answers")]
        reader = people.by_id(session, office.first.id)
        for one, other, is_from in ((reply, letter, True), (letter, reply, False)):
            (seen,) = links.linked(session, reader, session.get_one(Document, one.id))
            assert (seen.other.id, seen.is_from) == (other.id, is_from)
        line = held(session, office, answer)
        assert [one.code for one in answers.asked_of(session, line)] == [asked]
    assert again(office, asked).answered_by_id == again(office, answer).id


def test_a_second_answer_is_kept_though_the_line_had_ended(office: Office) -> None:
    asked, letter = with_document(office, "den", "a", "Đề nghị báo cáo")
    first, _ = with_document(office, "di", "b", "Trả lời")
    second, more = with_document(office, "di", "c", "Trả lời bổ sung")
    finish(office, asked, first)
    with office.db.transaction() as session:
        line = held(session, office, second)
        register_handling.answer(session, line, [held(session, office, asked)])
    with office.db.reading() as session:
        assert (more.id, letter.id, "answers") in all_links(session)
        known = answers.asked_of(session, held(session, office, second))
        assert [one.code for one in known] == [asked]
        told = select(Event.facts).where(Event.action == "register_entry.also_answers")
        assert session.scalars(told).one() == {"entry": asked, "reason": "already_finished"}
    assert again(office, asked).answered_by_id == again(office, first).id


def test_what_a_cancelled_number_answered_is_to_be_answered_anew(office: Office) -> None:
    with clock.standing_at(MONDAY):
        asked, answer = entered(office).code, entered(office, "di").code
        finish(office, asked, answer)
        with office.db.transaction() as session:
            registers.cancel(session, held(session, office, answer), "Cấp nhầm")
    line = again(office, asked)
    assert (line.outcome, line.finished_on, line.answered_by_id) == ("", None, None)


def test_an_order_keeps_the_link_from_being_made_and_the_story_says_so(office: Office) -> None:
    asked, letter = with_document(office, "den", "a", "Đề nghị báo cáo")
    answer, _ = with_document(office, "di", "b", "Trả lời")
    with office.db.transaction() as session:
        freezes.freeze(
            session,
            session.get_one(Organ, office.organ.id),
            [session.get_one(Document, letter.id)],
            by=office.first,
            number="1/QĐ",
            ordered_on=clock.today(office.organ),
            reason="Thanh tra",
        )
    with office.db.transaction() as session:
        line = held(session, office, answer)
        register_handling.answer(session, line, [held(session, office, asked)])
    with office.db.reading() as session:
        assert all_links(session) == []
        told = select(Event.facts).where(Event.action == "document.link_left_out")
        assert session.scalars(told).one()["reason"] == "frozen"
    assert again(office, asked).finished_on is None


def test_only_what_came_in_is_answered(office: Office) -> None:
    first, second = entered(office, "di"), entered(office, "di")
    with says("not_incoming"), office.db.transaction() as session:
        line = held(session, office, first.code)
        register_handling.answer(session, line, [held(session, office, second.code)])


def test_lines_are_named_by_their_code_or_by_their_document(office: Office) -> None:
    code, document = with_document(office, "den", "a", "Đề nghị")
    other = entered(office)
    outgoing, _ = with_document(office, "di", "b", "Trả lời")
    with office.db.reading() as session:
        organ = session.get_one(Organ, office.organ.id)
        named = [document.code, f" {other.code.upper()} ", outgoing, "den/so/9", "KHONG-CO", ""]
        found: list[RegisterEntry] = answers.lines_named(session, organ, named)
    assert [one.code for one in found] == [code, other.code]
