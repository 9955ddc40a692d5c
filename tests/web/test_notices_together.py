"""Several workers at once, killed and started again: each is told each thing once."""

import multiprocessing
from collections import Counter
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit, clock, closing, notices
from archive.audit_check import verify
from archive.database import Database
from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile, Organ, Person
from tests.factories import a_case_file, a_document, a_person, an_organ
from web import clockwork

PEOPLE, EACH, WORKERS = 5, 4, 3


def _work(url: str, moment: datetime, begin: Any, rounds: int) -> None:
    """A worker in a process of its own that looks at the calendar again and again."""
    db = Database(url)
    services: Any = SimpleNamespace(db=db)
    with clock.standing_at(moment):
        begin.send("ready")
        begin.recv()
        for _ in range(rounds):
            clockwork.give_notice(services)
    db.close()


def due_case_files(db: Database) -> datetime:
    """Case files of several holders, all due; the moment at which they are."""
    organ = an_organ(db)
    ended = clock.today(organ) - timedelta(days=30)
    for name in range(PEOPLE):
        holder = a_person(db, organ, f"canbo{name}", "officer")
        for _ in range(EACH):
            case_file = a_case_file(
                db, organ, holder=holder, maintenance="20 năm", start_date=date(2025, 1, 1)
            )
            a_document(db, organ, case_file=case_file)
            with audit.acting_as(None, "command"), db.transaction() as session:
                found = session.get_one(CaseFile, case_file.id)
                by = session.get_one(Person, holder.id)
                closing.close(session, found, by, {"EndDate": f"{ended:%d/%m/%Y}"})
    return clock.now() + timedelta(days=360)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.rule("HC-67")
def test_three_workers_at_once_and_a_killed_one_tell_each_thing_once(db: Database) -> None:
    moment = due_case_files(db)
    context = multiprocessing.get_context("spawn")
    gates = [context.Pipe() for _ in range(WORKERS)]  # a lock of all would die with the killed one
    workers = [context.Process(target=_work, args=(db.url, moment, begin, 5)) for _, begin in gates]
    for one in workers:
        one.start()
    for gate, _ in gates:
        gate.recv()
    for gate, _ in gates:
        gate.send("begin")
    workers[0].join(0.05)
    workers[0].kill()  # wherever it is: what it had not finished, another tells
    for one in workers:
        one.join()
    assert [one.exitcode for one in workers[1:]] == [0] * (WORKERS - 1)
    _tell_again(db, moment)
    with db.reading() as session:
        told = Counter(
            (one.person_id, one.subject_id) for one in session.scalars(select(NoticeItem))
        )
        assert set(told.values()) == {1} and len(told) == PEOPLE * EACH
        digests = session.scalars(select(Notice)).all()
        assert sorted(Counter(one.person_id for one in digests).values()) == [1] * PEOPLE
        assert not verify(session).findings


def _tell_again(db: Database, moment: datetime) -> None:
    """A worker that is started afterwards finds nothing left to tell, that day and the next."""
    services: Any = SimpleNamespace(db=db)
    for later in (timedelta(), timedelta(days=1)):
        with clock.standing_at(moment + later):
            assert clockwork.give_notice(services) == 0


def test_a_notice_that_was_rolled_back_is_told_the_next_time(db: Database) -> None:
    moment = due_case_files(db)
    with db.reading() as session:
        organ = session.scalars(select(Organ)).one()
    with clock.standing_at(moment):
        with pytest.raises(KeyError), audit.acting_as(None, "worker"), db.transaction() as session:
            notices.tell(session, organ, notices.of_submission(session, organ))
            raise KeyError  # the machine went off before the commit
        services: Any = SimpleNamespace(db=db)
        assert clockwork.give_notice(services) == PEOPLE
