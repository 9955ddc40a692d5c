"""Paper goes with what goes and stays with what stays (R19), whatever list it stands on."""

import pytest

from archive import clock
from archive.errors import Conflict
from archive.models import CaseFile, Document, Event
from retention import disposals, execution, preparing, sharing
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import Office


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


def shared(desk: Desk) -> tuple[CaseFile, Document, CaseFile]:
    """A case file on a list, a document in it, and the longer case file that holds it, too."""
    file, longer = desk.file(), desk.file("20 năm")
    document = desk.document_in(file)
    desk.place(document, longer)
    desk.propose(file)
    return file, document, longer


def begin(desk: Desk) -> None:
    with desk.at(desk.mai) as (session, one):
        execution.begin(session, one, desk.mai)


def confirm(desk: Desk) -> Event:
    with desk.at(desk.mai) as (session, one):
        preparing.confirm_paper(session, one, desk.mai, clock.today(one.organ))
    return next(one for one in desk.events() if one.action == "disposal.confirm_paper")


def leaving(desk: Desk) -> list[tuple[str, str]]:
    with desk.db.reading() as session:
        found = sharing.on_paper(session, desk.found(session))
        return [(one.code, one.box) for one in found.leaving]


def staying(desk: Desk) -> list[tuple[str, str, tuple[str, ...]]]:
    with desk.db.reading() as session:
        found = sharing.on_paper(session, desk.found(session))
        return [(one.line, one.document, one.files) for one in found.staying]


def test_paper_of_a_document_that_stays_is_neither_listed_nor_confirmed(desk: Desk) -> None:
    file, document, longer = shared(desk)
    desk.on_paper(document, "Kệ 3")
    desk.walk("listed")
    assert leaving(desk) == []
    desk.walk("handed_over")
    assert leaving(desk) == []
    assert staying(desk) == [(file.code, document.code, (longer.code,))]
    begin(desk)
    with pytest.raises(Conflict) as said:
        confirm(desk)
    assert said.value.code == "nothing_on_paper"
    with desk.db.reading() as session:
        one = desk.found(session)
        assert disposals.paper_is_gone(session, one, desk.mai) is None


def test_paper_of_the_case_file_itself_goes_while_that_of_its_shared_document_stays(
    desk: Desk,
) -> None:
    file, document, _ = shared(desk)
    desk.on_paper(document, "Kệ 3")
    desk.on_paper(file, "Hộp 7")
    desk.walk("handed_over")
    begin(desk)
    assert leaving(desk) == [(file.code, "Hộp 7")]
    with desk.db.reading() as session:
        assert disposals.paper_is_gone(session, desk.found(session), desk.mai) is not None
    told = confirm(desk)
    assert (told.facts["things"], told.facts["staying"]) == ([file.code], [document.code])


def test_each_line_answers_for_its_own_paper(desk: Desk) -> None:
    _, document, _ = shared(desk)
    other = desk.file()
    desk.propose(other)
    desk.on_paper(document, "Kệ 3")
    desk.on_paper(desk.document_in(other), "Kệ 4")
    desk.walk("handed_over")
    assert leaving(desk) == [(other.code, "Kệ 4")]


def test_paper_of_what_is_taken_into_another_file_after_the_decision_stays_too(desk: Desk) -> None:
    file, longer = desk.file(), desk.file("20 năm")
    document = desk.document_in(file)
    desk.on_paper(document, "Kệ 3")
    desk.propose(file)
    desk.walk("decided")
    assert leaving(desk) == [(file.code, "Kệ 3")]
    desk.place(document, longer)
    desk.walk("prepared")
    assert leaving(desk) == []
    assert [one[1] for one in staying(desk)] == [document.code]
    told = [one for one in desk.events() if one.action == "disposal.keep_shared"]
    assert told[-1].facts["on_paper"] == []


def test_a_document_that_goes_with_both_its_files_takes_its_paper_along(desk: Desk) -> None:
    file, other = desk.file(), desk.file()
    document = desk.document_in(file)
    desk.place(document, other)
    desk.on_paper(document, "Kệ 3")
    desk.propose(file)
    desk.propose(other)
    desk.walk("handed_over")
    assert {one for one, _ in leaving(desk)} == {file.code, other.code}
    assert staying(desk) == []
