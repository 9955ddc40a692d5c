"""Making the list: what a line copies, what is locked, what the list is refused for."""

from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from archive import access, audit, case_files, clock, closing
from archive.errors import Conflict, Invalid
from archive.life_models import PaperPart
from archive.models import CaseFile, Document, Part, Person, Placement
from archive.roles import Action
from retention import assignments, dossiers, lines, listing, merkle
from retention.models import Disposal, DisposalDocument, RetentionRule
from tests.factories import a_document
from tests.retention.disposing import Desk, a_desk, later
from tests.retention.office import Office


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


def make(desk: Desk, numbers: list[int], **more: str) -> None:
    with desk.acting(desk.lan) as session:
        told = {"title": "Tài liệu hết hạn", **more}
        listing.make(session, desk.organ(session), desk.lan, numbers, **told)


def test_a_line_says_all_that_will_be_left(desk: Desk) -> None:
    (file,) = desk.files(1)
    a_second = a_document(desk.db, desk.office.organ, "Phụ lục", case_file=None)
    desk.place(a_second, file)
    with desk.acting(desk.lan) as session:
        found = session.get_one(CaseFile, file.id)
        session.add(
            PaperPart(organ_id=found.organ_id, case_file_id=found.id, what="Hộp", place="Hộp 7")
        )
        session.flush()
        audit.record(session, "case_file.test", found)
    desk.make()
    (item,) = desk.items()
    assert (item.code, item.title, item.term) == (file.code, file.title, "5 năm")
    assert (item.box, item.on_paper, item.document_total, item.page_total) == ("Hộp 7", True, 2, 2)
    with desk.db.reading() as session:
        documents = session.scalars(
            select(DisposalDocument).order_by(DisposalDocument.ordinal)
        ).all()
        digests = session.scalars(
            select(Part.digest)
            .join(Placement, Placement.document_id == Part.document_id)
            .order_by(Placement.ordinal)
        ).all()
    assert [one.digests for one in documents] == [[one] for one in digests]
    assert item.digest == merkle.leaf(file.code, digests, "")


def test_a_line_names_the_rule_of_its_term_and_its_mandate(desk: Desk) -> None:
    file = desk.file()
    rule = desk.office.rule()
    with desk.acting(desk.lan) as session:
        found, rule = session.get_one(CaseFile, file.id), session.get_one(RetentionRule, rule.id)
        assignments.assign(
            session, found, desk.lan, term="5 năm", rule=rule, source="archivist", reason="Như cũ"
        )
    desk.propose(file)
    desk.make()
    (item,) = desk.items()
    assert (item.rule, item.term, item.mandate) == ("3.4 v1", "5 năm", "TT 10/2022, mục 3.4")


def test_what_is_listed_is_locked_and_stands_in_no_second_list(desk: Desk) -> None:
    desk.files(2)
    desk.make()
    assert {desk.appraisal(one).stage for one in desk.proposed} == {"listed"}
    with pytest.raises(Conflict) as said:
        make(desk, desk.proposed)
    assert said.value.code == "not_proposed"


@pytest.mark.parametrize(
    ("numbers", "title", "code"),
    [([], "Một", "nothing_chosen"), ([1], "  ", "title_missing"),
     (list(range(1, 1002)), "Một", "too_many_chosen")],
)  # fmt: skip
def test_a_list_without_lines_or_title_is_none(
    desk: Desk, numbers: list[int], title: str, code: str
) -> None:
    with pytest.raises(Invalid) as said:
        make(desk, numbers, title=title)
    assert said.value.code == code


def test_another_organ_s_things_stand_in_no_list(desk: Desk) -> None:
    with pytest.raises(Conflict) as said:
        make(desk, [4711])
    assert said.value.code == "not_proposed"


def test_what_is_frozen_comes_into_no_list(desk: Desk) -> None:
    file, _other = desk.files(2)
    desk.freeze(desk.document_in(file))
    with pytest.raises(Conflict) as said:
        desk.make()
    assert (said.value.code, said.value.details["order"]) == ("frozen", "9/LĐ")


def test_numbers_of_lists_follow_one_another(desk: Desk) -> None:
    first, second = desk.files(2)
    year = clock.today(desk.office.organ).year
    make(desk, desk.proposed[:1])
    make(desk, desk.proposed[1:])
    with desk.db.reading() as session:
        codes = list(session.scalars(select(Disposal.code).order_by(Disposal.id)))
    assert codes == [f"TTLT-HUY-{year}-001", f"TTLT-HUY-{year}-002"]
    assert first.code != second.code


def test_numbers_go_on_after_the_thousandth_list(desk: Desk) -> None:
    desk.files(3)
    year = clock.today(desk.office.organ).year
    make(desk, desk.proposed[:1])
    with desk.db.engine.begin() as connection:
        connection.execute(update(Disposal).values(code=f"TTLT-HUY-{year}-999"))
    for number in desk.proposed[1:]:
        make(desk, [number])
    with desk.db.reading() as session:
        codes = list(session.scalars(select(Disposal.code).order_by(Disposal.id)))
    assert [one[-4:] for one in codes] == ["-999", "1000", "1001"]


def test_a_number_that_a_case_file_bears_is_passed_over(desk: Desk) -> None:
    """Nobody keeps lists from being drawn up by opening a case file."""
    desk.files(1)
    with desk.acting(desk.binh) as session:
        organ = desk.organ(session)
        year = clock.today(organ).year
        for notation in (f"HUY-{year}-001", f"huy-{year}-002"):
            case_files.open_one(session, organ, notation, "Hồ sơ", maintenance="5 năm")
    assert desk.make() == f"TTLT-HUY-{year}-003"


# The dossier --------------------------------------------------------------------------------------


def test_the_dossier_is_a_case_file_kept_for_ever(desk: Desk) -> None:
    desk.files(1)
    desk.make()
    with desk.db.reading() as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
    assert (dossier.maintenance, dossier.stage) == ("Vĩnh viễn", "open")


def test_the_dossier_is_read_by_those_who_may_see_disposals_only(desk: Desk) -> None:
    desk.files(1)
    desk.make()
    with desk.db.reading() as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
        sees = {
            one.user_name: access.may(
                session, session.get_one(Person, one.id), Action.SEE_CASE_FILES, dossier
            )
            for one in (desk.lan, desk.mai, desk.truong, desk.binh)
        }
    assert sees == {"lan": True, "mai": True, "truong": True, "binh": False}


@pytest.mark.parametrize(
    ("stage", "refused"),
    [("council", {"close", "take_out"}), ("closed", {"take_out", "reopen"}), ("stopped", set())],
)
def test_a_dossier_stays_whole_and_is_closed_by_its_disposal_only(
    desk: Desk, stage: str, refused: set[str]
) -> None:
    """Not even by an archivist; that of a stopped disposal is a case file like any other."""
    desk.files(1)
    desk.walk("handed_over" if stage == "closed" else "listed")
    with desk.db.reading() as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
    papers = [
        a_document(desk.db, desk.office.organ, name, case_file=dossier) for name in ("A", "B")
    ]
    with desk.db.engine.begin() as connection:
        now = clock.now()
        connection.execute(
            update(Disposal).values(
                stage=stage, certificate="c" * 64, destroyed_at=now, closed_at=now
            )
        )

    def take_out(session: Session, found: CaseFile) -> None:
        closing.take_out(session, found, session.get_one(Document, papers[0].id), "draft")

    def close(session: Session, found: CaseFile) -> None:
        by, day = session.get_one(Person, desk.lan.id), clock.today(found.organ)
        closing.close(session, found, by, {"end_date": f"{day:%d/%m/%Y}"})

    def reopen(session: Session, found: CaseFile) -> None:
        closing.reopen(session, found, session.get_one(Person, desk.lan.id), "Nhầm")

    said = set()
    for act in (take_out, close, reopen):
        try:
            with desk.acting(desk.lan) as session:
                act(session, session.get_one(CaseFile, dossier.id))
        except Conflict as error:
            if error.code == "dossier_is_bound":
                said.add(act.__name__)
    assert said == refused


def test_a_paper_that_lies_elsewhere_is_lacking_in_the_dossier(desk: Desk) -> None:
    desk.files(1)
    desk.walk("council")
    with desk.db.reading() as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
    for kind, place in (("list", dossier), ("council", None)):
        paper = a_document(desk.db, desk.office.organ, kind, case_file=place)
        with desk.at(desk.lan) as (session, one):
            row = dossiers.note(
                session, one, kind, digest=f"{paper.id:064d}", name="a.pdf", by=desk.lan
            )
            assert row is not None
            dossiers.filed(session, row, paper.id)
    with desk.db.reading() as session:
        lacking = dossiers.lacking(session, desk.found(session))
    assert "list" not in lacking and "council" in lacking


@pytest.mark.parametrize(
    ("term", "is_taken"),
    [("20 năm", True), ("70 năm", True), ("19 năm", False), ("5 năm", False), ("mãi", False),
     ("5 năm sau khi kết thúc", False)],
)  # fmt: skip
def test_a_dossier_is_kept_twenty_years_at_least(desk: Desk, term: str, is_taken: bool) -> None:
    desk.files(1)
    with desk.acting(desk.lan) as session:
        organ = desk.organ(session)
        organ.rules = {**organ.rules, "dossier_term": term}
        audit.record(session, "organ.test", organ)
    if is_taken:
        desk.make()
        return
    with pytest.raises(Invalid) as said:
        desk.make()
    assert said.value.code == "dossier_term_short"


def test_nobody_gives_a_dossier_a_shorter_term_afterwards(desk: Desk) -> None:
    desk.files(1)
    desk.walk("council")
    with pytest.raises(Invalid) as said, desk.acting(desk.lan) as session:
        dossier = session.get_one(CaseFile, desk.found(session).dossier_id or 0)
        assignments.assign(
            session, dossier, desk.lan, term="10 năm", source="archivist", reason="Gọn"
        )
    assert said.value.code == "dossier_term_short"


def test_papers_are_made_once_and_when_nothing_in_them_changes_any_more(desk: Desk) -> None:
    desk.files(1)

    def missing() -> list[str]:
        with desk.db.reading() as session:
            return dossiers.missing(session, desk.found(session))

    desk.walk("listed")
    assert missing() == []
    desk.walk("council")
    assert missing() == ["list", "explanation", "council"]
    desk.opine()
    desk.meet()
    assert "meeting" not in missing()
    desk.sign()
    assert missing() == ["list", "explanation", "council", "meeting"]
    with desk.at(desk.lan) as (session, one):
        note = partial(dossiers.note, session, one, "list", name="a.pdf", by=desk.lan)
        assert note(digest="a" * 64) is not None
        assert note(digest="b" * 64) is None
    assert missing() == ["explanation", "council", "meeting"]
    desk.walk("decided")
    assert missing() == ["explanation", "council", "meeting", "kept", "decision"]


# As it stands today -------------------------------------------------------------------------------


def test_lines_are_hindered_by_what_has_changed_since(desk: Desk) -> None:
    first, second, third = desk.files(3)
    desk.make()
    desk.freeze(first)
    with desk.acting(desk.lan) as session:
        found = session.get_one(CaseFile, second.id)
        assignments.assign(
            session, found, desk.lan, term="20 năm", source="archivist", reason="Có tranh chấp"
        )
    with desk.db.reading() as session:
        one = desk.found(session)
        items = lines.left(session, one)
        held = lines.hindered(session, one.organ, items)
        by_code = {item.code: held[item.id].code for item in items if item.id in held}
    assert by_code == {first.code: "frozen", second.code: "not_expired"}
    assert third.code not in by_code


def test_a_notice_that_runs_hinders_and_one_that_is_over_does_not(desk: Desk) -> None:
    desk.files(1)
    desk.make()
    today = clock.today(desk.office.organ)
    with desk.db.reading() as session:
        one = desk.found(session)
        (item,) = lines.left(session, one)
        item.notice_until = today
        (found,) = lines.hindered(session, one.organ, [item]).values()
        assert found.code == "notice_runs"
        with later(1):
            assert not lines.hindered(session, one.organ, [item])
        session.rollback()


def test_a_document_that_came_in_afterwards_alters_its_line(desk: Desk) -> None:
    first, second = desk.files(2)
    desk.make()
    desk.place(a_document(desk.db, desk.office.organ, "Đến sau"), second)
    with desk.db.reading() as session:
        items = lines.left(session, desk.found(session))
        assert lines.altered(session, items) == [second.code]
    assert first.code != second.code
