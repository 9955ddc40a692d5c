"""An organ with a schedule and case files: what tests of retention begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from archive import audit, closing, receipt, submissions
from archive.database import Database
from archive.models import CaseFile, Organ, Person
from retention import approving, schedule
from retention.models import RetentionRule
from retention.schedule import RuleValues
from tests.factories import a_case_file, a_document, a_person, an_organ

TWENTY = RuleValues("3.4", "Tổ chức, nhân sự", "Hồ sơ tuyển dụng", "20 năm", "TT 10/2022, mục 3.4")


@dataclass(frozen=True)
class Office:
    """One organ with an archivist, an officer and a head."""

    db: Database
    organ: Organ
    lan: Person  # archivist
    binh: Person  # officer
    truong: Person  # head

    @contextmanager
    def acting(self, person: Person) -> Iterator[Session]:
        with audit.acting_as(person, "command"), self.db.transaction() as session:
            yield session

    def rule(self, values: RuleValues = TWENTY, on: date = date(2020, 1, 1)) -> RetentionRule:
        """A row in force: drafted by the archivist, approved by the head."""
        with self.acting(self.lan) as session:
            organ = session.get_one(Organ, self.organ.id)
            number = schedule.draft(session, organ, values, self.lan).id
        with self.acting(self.truong) as session:
            rule = session.get_one(RetentionRule, number)
            approving.approve(session, rule, self.truong, valid_from=on)
            return rule

    def case_file(
        self, term: str = "5 năm", ended_on: str = "14/03/2019", *, terms: tuple[str, ...] = ("",)
    ) -> CaseFile:
        """A closed one, with a document for each of the terms that stand on documents."""
        made = a_case_file(
            self.db, self.organ, holder=self.binh, maintenance=term, start_date=date(2019, 1, 2)
        )
        for one in terms:
            a_document(self.db, self.organ, case_file=made, maintenance=one)
        self.close(made, end_date=ended_on)
        return made

    def close(self, case_file: CaseFile, **values: str) -> None:
        with self.acting(self.binh) as session:
            closing.close(session, session.get_one(CaseFile, case_file.id), self.binh, values)

    def hand_over(self, case_file: CaseFile, verb: str = "accept") -> None:
        """Submit it; the archivist takes it in, or returns it."""
        with self.acting(self.binh) as session:
            organ = session.get_one(Organ, self.organ.id)
            found = session.get_one(CaseFile, case_file.id)
            code = submissions.submit(session, organ, [found], self.binh).code
        with self.acting(self.lan) as session:
            item = submissions.by_code(session, code).items[0]
            receipt.note_checks(session, item, receipt.checks(session, item.case_file))
            if verb == "accept":
                receipt.accept(session, item, self.lan, "Đã xem")
            else:
                receipt.give_back(session, item, self.lan, "Còn thiếu")


def furnish(db: Database) -> Office:
    """The organ and its people."""
    organ = an_organ(db)
    lan = a_person(db, organ, "lan", "archivist")
    binh = a_person(db, organ, "binh", "officer")
    return Office(db, organ, lan, binh, a_person(db, organ, "truong", "head"))
