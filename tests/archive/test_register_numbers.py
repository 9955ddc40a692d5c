"""Numbers under many hands: no gap, no double, on both databases."""

import multiprocessing
import os
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, books, clock, registers
from archive.audit_check import verify
from archive.database import Database
from archive.models import Organ, Person
from archive.register_models import Register, RegisterEntry
from tests import careless
from tests.archive.conftest import Office

PROCESSES, EACH = 8, 250


def _clerk(url: str, organ_id: int, person_id: int, count: int, told: Any) -> None:
    """One of the clerks, in a process of their own; every seventh line is thought better of."""
    numbers = []
    with careless.disks(), audit.acting(audit.Actor(door="web", person_id=person_id)):
        db = Database(url)
        for one in range(count):
            numbers.append(_enter(db, organ_id, person_id, f"Văn bản {os.getpid()}-{one}"))
            if one % 7 == 0:
                _think_better(db, organ_id, person_id)
        db.close()
    told.put(numbers)


def _enter(db: Database, organ_id: int, person_id: int, subject: str) -> int:
    with db.transaction() as session:
        return _written(session, organ_id, person_id, subject).number


def _think_better(db: Database, organ_id: int, person_id: int) -> None:
    try:
        with db.transaction() as session:
            _written(session, organ_id, person_id, "Bỏ")
            raise KeyError
    except KeyError:
        pass


def _written(session: Session, organ_id: int, person_id: int, subject: str) -> RegisterEntry:
    organ = session.get_one(Organ, organ_id)
    book = books.book_by_code(session, organ, "di")
    by = session.get_one(Person, person_id)
    return registers.enter(session, book, by, {"subject": subject})


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.rule("HC-28")
@pytest.mark.rule("HC-53")
def test_eight_processes_take_two_thousand_numbers_without_gap_or_double(office: Office) -> None:
    with office.db.transaction() as session:
        books.ensure_books(session, session.get_one(Organ, office.organ.id))
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    arguments = (office.db.url, office.organ.id, office.first.id, EACH, told)
    clerks = [context.Process(target=_clerk, args=arguments) for _ in range(PROCESSES)]
    for one in clerks:
        one.start()
    given = [number for _ in clerks for number in told.get(timeout=500)]
    for one in clerks:
        one.join()
    assert [one.exitcode for one in clerks] == [0] * PROCESSES
    assert sorted(given) == list(range(1, PROCESSES * EACH + 1))
    with office.db.reading() as session:
        numbers = session.scalars(
            select(RegisterEntry.number).join(Register).where(Register.code == "di")
        ).all()
        assert Counter(numbers) == Counter(given)
        years = session.scalars(select(func.distinct(RegisterEntry.year))).all()
        assert years == [clock.today(office.organ).year]
        assert not verify(session).findings
