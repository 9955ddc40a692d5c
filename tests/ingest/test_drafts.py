"""A draft before its signature: who is asked about it, what they say, its next version."""

from pathlib import Path

import pytest
from sqlalchemy import select

from archive.errors import NotAllowed, NotFound
from archive.models import Document, Event, Person
from archive.register_models import RegisterEntry
from ingest import drafts, issued, issuing
from ingest.issuances import by_number, sees
from ingest.models import Intake, IssuanceComment
from tests.factories import a_document, a_person, writing
from tests.formats import drafts as files
from tests.ingest.test_issuing import FIELDS, Bureau
from tests.ingest.test_issuing import bureau as bureau  # a fixture
from tests.ingest.test_issuing import db as db  # a fixture
from tests.ingest.test_registering import says


def ask(bureau: Bureau, number: int, whom: Person, by: Person | None = None) -> None:
    by = by or bureau.officer
    with bureau.acting(by), bureau.db.transaction() as session:
        drafts.ask(session, number, by, whom)


def say(bureau: Bureau, number: int, by: Person, words: str) -> None:
    with bureau.acting(by), bureau.db.transaction() as session:
        drafts.comment(session, number, by, words)


def redraft(bureau: Bureau, number: int, by: Person | None = None, name: str = "moi.pdf") -> None:
    by = by or bureau.officer
    source = files.draft(bureau.folder, date="Tây Ninh, ngày &nbsp; tháng &nbsp; năm 2026")
    with bureau.acting(by):
        drafts.redraft(bureau.db, bureau.workshop, number, source, name, by=by, seen=None)


def said(bureau: Bureau, number: int) -> list[tuple[int, int, str]]:
    with bureau.db.reading() as session:
        found = drafts.comments_of(session, by_number(session, number))
        return [(one.person_id, one.version, one.words) for one in found]


@pytest.fixture
def colleague(bureau: Bureau) -> Person:
    return a_person(bureau.db, bureau.desk.organ, "hoa", "officer")


@pytest.mark.rule("HC-31")
def test_a_draft_with_its_attachments_is_linked_commented_and_taken_up(
    bureau: Bureau, colleague: Person
) -> None:
    letter = a_document(bureau.db, bureau.desk.organ, "Đề nghị báo cáo", by=bureau.officer)
    fields = {**FIELDS, "Priority": "1"}
    number = bureau.prepare(fields=fields, answers=(letter.code,))
    bureau.prepare(kind="annex", main=number, fields={"Subject": "Phụ lục số liệu"})
    ask(bureau, number, colleague)
    with bureau.db.reading() as session:
        assert sees(session, colleague, by_number(session, number))
    say(bureau, number, colleague, "Bổ sung số liệu quý III")
    before = bureau.row(number).prepared_digest
    redraft(bureau, number)
    say(bureau, number, bureau.clerk, "Đồng ý")
    assert said(bureau, number) == [
        (colleague.id, 1, "Bổ sung số liệu quý III"),
        (bureau.clerk.id, 2, "Đồng ý"),
    ]
    row = bureau.row(number)
    assert (row.version, len(row.annexes)) == (2, 1)
    assert row.prepared_digest != before and not bureau.workshop.files.has(before)
    bureau.sign(number)
    told = bureau.issue(number)
    with bureau.db.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
        assert entry.priority == 1  # as the draft proposed
        digest = session.scalars(select(Event.facts).where(Event.action == "issuance.prepare"))
        assert before in [one["sha256"] for one in digest]
    assert len(told.intakes) == 2


def test_who_is_asked_reads_and_does_nothing_else(bureau: Bureau, colleague: Person) -> None:
    number = bureau.prepare()
    with pytest.raises(NotFound):
        say(bureau, number, colleague, "Chưa ai hỏi")
    ask(bureau, number, colleague)
    for act in (
        lambda: redraft(bureau, number, colleague),
        lambda: ask(bureau, number, bureau.clerk, colleague),
        lambda: issuing.give_up(bureau.db, bureau.workshop, number, "Thôi", by=colleague),
    ):
        with bureau.acting(colleague), pytest.raises(NotAllowed):
            act()
    with says("asked_already"):
        ask(bureau, number, colleague)
    with says("asks_oneself"):
        ask(bureau, number, bureau.officer)
    with says("words_missing"):
        say(bureau, number, colleague, " ")
    auditor = a_person(bureau.db, bureau.desk.organ, "thu", "auditor")
    with says("may_not_comment"):
        ask(bureau, number, auditor)


def test_after_its_signature_a_draft_is_no_draft_any_more(
    bureau: Bureau, colleague: Person
) -> None:
    number = bureau.prepare()
    ask(bureau, number, colleague)
    bureau.sign(number)
    with says("not_prepared"):
        say(bureau, number, colleague, "Muộn rồi")
    with says("not_prepared"):
        redraft(bureau, number)


def test_a_version_with_a_mark_of_secrecy_is_refused(bureau: Bureau) -> None:
    number = bureau.prepare()
    before = set(bureau.workshop.files.digests())
    with says("secret_mark"):
        redraft(bureau, number, name="TỐI MẬT.pdf")
    assert set(bureau.workshop.files.digests()) == before


def test_the_second_of_two_who_send_a_version_is_told(bureau: Bureau) -> None:
    number = bureau.prepare()
    seen = bureau.row(number).revision
    redraft(bureau, number)
    with bureau.acting(bureau.officer), says("changed_meanwhile"):
        drafts.redraft(
            bureau.db,
            bureau.workshop,
            number,
            Path("x"),
            "x.pdf",
            by=bureau.officer,
            seen=seen,
        )


def test_of_a_secret_no_comment_stays(bureau: Bureau, colleague: Person) -> None:
    number = bureau.prepare()
    ask(bureau, number, colleague)
    say(bureau, number, colleague, "Nên bỏ đoạn về quân số")
    bureau.sign(number)
    told = bureau.issue(number)
    with writing(bureau.db) as session:
        issued.forget(session, session.get_one(Intake, told.intakes[0]))
    with bureau.db.reading() as session:
        assert session.scalars(select(IssuanceComment)).all() == []
        assert session.scalars(select(Document)).all() == []
