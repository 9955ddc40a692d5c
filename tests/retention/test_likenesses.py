"""Duplicates looked for at night: by index, a few at a time, and again where something changed."""

from typing import Any

import pytest
from sqlalchemy import event, select

from archive import audit, clock
from archive.database import Database
from archive.documents import Arrived, Made
from archive.models import Document, Organ
from retention import emptying, likenesses
from retention.models import Likeness, LikenessCursor
from tests.factories import a_document, a_person, an_organ
from tests.retention.ending import BEGUN, Ending, ending, on


@pytest.fixture
def here(db: Database) -> Ending:
    return ending(db)


def bytes_of(*digests: str) -> Arrived:
    made = tuple(Made("original", one * 64, 10, "application/pdf") for one in digests)
    return Arrived("a.pdf", made[0].digest, 1, made[:1])


NUMBERED: dict[str, Any] = {
    "code_number": "12", "code_notation": "QĐ-UBND", "organ_name": "UBND tỉnh",
    "issued_date": "05/03/2024",
}  # fmt: skip


def look(here: Ending, most: int = likenesses.AT_ONCE) -> int:
    """One go of the worker."""
    with audit.acting_as(None, "worker"), here.db.transaction() as session:
        return likenesses.look(session, session.get_one(Organ, here.organ.id), most)


def look_all(here: Ending, most: int = likenesses.AT_ONCE) -> int:
    done = 0
    while more := look(here, most):
        done += more
    return done


def noted(here: Ending) -> set[tuple[int, str, int]]:
    with here.db.reading() as session:
        return {
            (one.document_id, one.ground, one.earlier_id)
            for one in session.scalars(select(Likeness))
        }


def change(here: Ending, document: Document, **values: Any) -> None:
    """Somebody corrects a document, and it is told."""
    with here.office.acting(here.office.lan) as session:
        found = session.get_one(Document, document.id)
        for name, value in values.items():
            setattr(found, name, value)
        found.revision += 1
        session.flush()
        audit.record(session, "document.test", found)


def test_each_looks_like_the_nearest_earlier_one_and_by_what(here: Ending) -> None:
    db, organ = here.db, here.organ
    by_bytes = [a_document(db, organ, arrived=bytes_of("d")) for _ in range(3)]
    by_number = [a_document(db, organ, **NUMBERED) for _ in range(2)]
    by_code = [a_document(db, organ, doc_code="G09.2024.7") for _ in range(2)]
    a_document(db, organ, **{**NUMBERED, "issued_date": "06/03/2024"})
    a_document(db, organ, **{**NUMBERED, "code_notation": "QĐ-SXD"})
    other = an_organ(db, "G10")
    a_document(db, other, by=a_person(db, other, "nga", "archivist"), **NUMBERED)
    look_all(here)
    assert noted(here) == {
        (by_bytes[1].id, "digest", by_bytes[0].id),
        (by_bytes[2].id, "digest", by_bytes[1].id),
        (by_number[1].id, "number", by_number[0].id),
        (by_code[1].id, "doc_code", by_code[0].id),
    }


def test_a_few_at_a_time_and_twice_is_the_same_as_once(here: Ending) -> None:
    for _ in range(5):
        a_document(here.db, here.organ, **NUMBERED)
    assert look(here, 2) == 2
    once = noted(here)
    with here.db.transaction() as session:  # killed before it was stored
        likenesses.look(session, session.get_one(Organ, here.organ.id), 2)
        session.rollback()
    assert noted(here) == once
    look_all(here, 2)
    whole = noted(here)
    assert len(whole) == 4
    with here.db.transaction() as session:
        likenesses.refresh(session, list(session.scalars(select(Document.id))))
    assert noted(here) == whole
    assert look(here) == 0


def test_one_night_has_an_end_and_the_next_goes_on(
    here: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        a_document(here.db, here.organ, **NUMBERED)
    monkeypatch.setattr(likenesses, "A_NIGHT", 3)
    with on(BEGUN):
        assert look_all(here, 2) == 3
        with here.db.reading() as session:
            assert likenesses.is_behind(session, here.organ)
    from datetime import timedelta

    with on(BEGUN + timedelta(days=1)):
        assert look_all(here, 2) == 2
        with here.db.reading() as session:
            assert not likenesses.is_behind(session, here.organ)


def test_what_is_changed_afterwards_is_looked_at_again(here: Ending) -> None:
    db, organ = here.db, here.organ
    first, second, third = (a_document(db, organ, **NUMBERED) for _ in range(3))
    alone = a_document(db, organ, code_number="99", code_notation="TB", issued_date="01/02/2024")
    look_all(here)
    change(here, second, code_number="13")
    look_all(here)
    assert noted(here) == {(third.id, "number", first.id)}
    change(here, first, code_number="99", code_notation="TB", organ_name=alone.organ_name,
           issued_date=alone.issued_date)  # fmt: skip
    look_all(here)  # an earlier one now looks like a later one
    assert noted(here) == {(alone.id, "number", first.id)}


def test_annexes_count_and_the_one_behind_the_nearest_is_found(here: Ending) -> None:
    db, organ = here.db, here.organ
    first, between, last = (a_document(db, organ, arrived=bytes_of("d")) for _ in range(3))
    with here.office.acting(here.office.lan) as session:
        from archive.models import Part

        document = session.get_one(Document, between.id)
        part = Part(document_id=between.id, ordinal=2, role="annex", file_name="b.pdf",
                    digest="e" * 64)  # fmt: skip
        session.add(part)
        session.flush()
        audit.record(session, "document.test", document, also=(part,))
    look_all(here)
    assert noted(here) == {(last.id, "digest", first.id)}


def test_what_is_destroyed_leaves_and_the_next_one_takes_its_place(here: Ending) -> None:
    first, second, third = (a_document(here.db, here.organ, **NUMBERED) for _ in range(3))
    look_all(here)
    assert (third.id, "number", second.id) in noted(here)
    with here.office.acting(here.office.lan) as session:
        document = session.get_one(Document, second.id)
        document.destroyed_at = clock.now()
        session.flush()
        forgot = emptying.empty(session, emptying.Gone({}, {second.id: second.code}), "HUY")
        audit.record(session, "document.test", document, also=forgot.rows,
                     facts={"erased_words": list(forgot.events)})  # fmt: skip
    assert noted(here) == {(third.id, "number", first.id)}
    look_all(here)
    assert noted(here) == {(third.id, "number", first.id)}


def test_the_number_of_questions_does_not_grow(here: Ending) -> None:
    asked: list[int] = []

    def questions(count: int) -> int:
        for _ in range(count):
            a_document(here.db, here.organ, **NUMBERED)
        asked.clear()
        look(here)
        return len(asked)

    event.listen(here.db.engine, "before_cursor_execute", lambda *_: asked.append(1))
    look_all(here)
    few = questions(3)
    assert questions(30) <= few + 1


def test_cursors_stand_once_for_each_organ(here: Ending) -> None:
    a_document(here.db, here.organ)
    look_all(here)
    look_all(here)
    with here.db.reading() as session:
        assert len(session.scalars(select(LikenessCursor)).all()) == 1
