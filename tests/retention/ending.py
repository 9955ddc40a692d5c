"""Terms that end: an office whose calendar a test turns, and steps of the machine."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.database import Database
from archive.life_models import Notice, NoticeItem
from archive.models import CaseFile, Organ, Person, Unit
from retention import appraisals, assignments, ends, expiries, opinions
from retention.models import Appraisal
from tests.factories import a_person, writing
from tests.retention.office import Office, furnish

BEGUN = date(2026, 11, 2)
TOLD = date(2026, 12, 1)  # thirty days before the last day of 2026
OVER = date(2027, 1, 1)


@contextmanager
def on(day: date) -> Iterator[None]:
    """Ten in the morning of the organ's day."""
    with clock.standing_at(datetime(day.year, day.month, day.day, 3, tzinfo=UTC)):
        yield


@dataclass
class Ending:
    """An office with case files that end on 31 December 2026."""

    office: Office
    hoa: Person  # officer of the same unit, who holds nothing

    @property
    def db(self) -> Database:
        return self.office.db

    @property
    def organ(self) -> Organ:
        return self.office.organ

    @property
    def archivists(self) -> list[int]:
        """The first person of the organ is one, too."""
        return [1, self.office.lan.id]

    def case_file(
        self,
        term: str = "5 năm",
        ended_on: str = "14/03/2021",
        *,
        confirmed: bool = True,
        **more: Any,
    ) -> CaseFile:
        with on(BEGUN):
            made = self.office.case_file(term, ended_on, **more)
            with self.office.acting(self.office.lan) as session:
                found = session.get_one(CaseFile, made.id)
                if confirmed:
                    who = session.get_one(Person, self.office.lan.id)
                    assignments.confirm(session, found, who, "archivist")
                found.unit_id = self.hoa.unit_id
                session.flush()
                audit.record(session, "case_file.test", found)
                ends.refresh(session, found)
        return made

    def go(self, *steps: expiries.Step) -> int:
        """What the machine does on a day: all its steps, or these."""
        done = 0
        for step in steps or expiries.STEPS:
            after: expiries.Place | None = None
            while True:
                with writing(self.db) as session:
                    batch = step(session, session.get_one(Organ, self.organ.id), after)
                done += batch.done
                after = batch.behind
                if after is None:
                    break
        return done

    def of(self, case_file: CaseFile) -> list[Appraisal]:
        with self.db.reading() as session:
            wanted = select(Appraisal).where(Appraisal.case_file_id == case_file.id)
            return list(session.scalars(wanted.order_by(Appraisal.id)))

    def stage(self, case_file: CaseFile) -> str:
        return self.of(case_file)[-1].stage

    def told(self, kind: str = "term_ends") -> list[tuple[int, int]]:
        """Person and thing of every line of notices of a kind."""
        with self.db.reading() as session:
            wanted = select(NoticeItem.person_id, NoticeItem.subject_id)
            found = session.execute(wanted.where(NoticeItem.kind == kind))
            return sorted((person, thing) for person, thing in found)

    def notices(self, kind: str = "term_ends") -> list[Notice]:
        with self.db.reading() as session:
            return list(session.scalars(select(Notice).where(Notice.kind == kind)))

    @contextmanager
    def held(self, case_file: CaseFile, person: Person) -> Iterator[tuple[Session, Appraisal]]:
        with self.office.acting(person) as session:
            yield session, session.get_one(Appraisal, self.of(case_file)[-1].id)

    def opine(self, case_file: CaseFile, person: Person, verdict: str, **more: Any) -> None:
        with self.held(case_file, person) as (session, one):
            who = session.get_one(Person, person.id)
            opinions.opine(session, one, who, verdict=verdict, reason="Đã xem lại", **more)

    def move(self, case_file: CaseFile, name: str, person: Person | None, **more: Any) -> None:
        more.setdefault("reason", "Đã xem lại")
        with self.held(case_file, person or self.office.lan) as (session, one):
            who = session.get_one(Person, person.id) if person else None
            appraisals.move(session, one, name, who, **more)

    def why_not(self, case_file: CaseFile, name: str, person: Person) -> list[str]:
        with self.db.reading() as session:
            one = session.get_one(Appraisal, self.of(case_file)[-1].id)
            who = session.get_one(Person, person.id)
            return [it.code for it in appraisals.hindrances(session, one, name, who)]


def ending(db: Database) -> Ending:
    with on(BEGUN):
        office = furnish(db)
        with writing(db) as session:
            unit = Unit(organ_id=office.organ.id, code="KH", name="Phòng Kế hoạch")
            session.add(unit)
            session.flush()
            audit.record(session, "unit.add", unit)
        return Ending(office, a_person(db, office.organ, "hoa", "officer", unit_id=unit.id))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each came to, all begun together, on the day on which the test stands."""
    came: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            came[place] = act()
        except Exception as failed:
            came[place] = failed

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, place, act))
        for place, act in enumerate(acts)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return came
