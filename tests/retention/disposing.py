"""A disposal and the people around it: what tests of disposals begin with."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, freezes, papers
from archive.database import Database
from archive.models import CaseFile, Document, Event, Organ, Person, Placement
from retention import council, deciding, listing, meeting, preparing
from retention.council import Member
from retention.models import Appraisal, Disposal, DisposalItem
from tests.factories import a_person
from tests.retention.office import Office

Held = TypeVar("Held", CaseFile, Document)
_places = itertools.count(90)
WHY = "Hết thời hạn, không còn giá trị"
ENDED = date(2024, 12, 31)  # five years after 2019
STAGES = ("listed", "council", "met", "appraised", "decided", "prepared", "reconfirmed",
          "handed_over", "executing", "destroyed", "closed", "stopped")  # fmt: skip


@dataclass
class Desk:
    """An office with a second archivist, and what is proposed to be destroyed."""

    office: Office
    mai: Person  # archivist: the executor
    proposed: list[int] = field(default_factory=list)
    code: str = ""

    @property
    def db(self) -> Database:
        return self.office.db

    @property
    def lan(self) -> Person:
        return self.office.lan

    @property
    def binh(self) -> Person:
        return self.office.binh

    @property
    def truong(self) -> Person:
        return self.office.truong

    @contextmanager
    def acting(self, person: Person) -> Iterator[Session]:
        with self.office.acting(person) as session:
            yield session

    @contextmanager
    def at(self, person: Person) -> Iterator[tuple[Session, Disposal]]:
        with self.office.acting(person) as session:
            yield session, self.found(session)

    def found(self, session: Session) -> Disposal:
        return session.scalars(select(Disposal).where(Disposal.code == self.code)).one()

    def organ(self, session: Session) -> Organ:
        return session.get_one(Organ, self.office.organ.id)

    def file(self, term: str = "5 năm", ended_on: str = "14/03/2019") -> CaseFile:
        return self.office.case_file(term, ended_on)

    def propose(self, case_file: CaseFile, ended: date = ENDED) -> int:
        """As if both sides had spoken: the row as re-appraisal leaves it."""
        with self.acting(self.lan) as session:
            one = Appraisal(
                organ_id=case_file.organ_id,
                unit_id=case_file.unit_id,
                case_file_id=case_file.id,
                cause="expired",
                expires_on=ended,
                noticed_on=date(2026, 1, 1),
                notice_until=date(2026, 2, 1),
                stage="proposed",
                verdict="destroy",
                reason=WHY,
            )
            session.add(one)
            session.flush()
            audit.record(session, "appraisal.test", one)
            self.proposed.append(one.id)
            return one.id

    def files(self, count: int = 3) -> list[CaseFile]:
        made = [self.file() for _ in range(count)]
        for one in made:
            self.propose(one)
        return made

    # The road ------------------------------------------------------------------------------------

    def make(self, by: Person | None = None) -> str:
        with self.acting(by or self.lan) as session:
            made = listing.make(
                session, self.organ(session), by or self.lan, self.proposed,
                title="Tài liệu hết hạn 2024", formation="Hình thành trong hoạt động",
                condition="Tài liệu nguyên vẹn",
            )  # fmt: skip
            self.code = made.code
        return self.code

    def members(self) -> list[Member]:
        return [
            Member(self.truong, "chair", "leadership"),
            Member(self.lan, "secretary", "archive"),
            Member(self.binh, "member", "unit"),
        ]

    def set_up(self) -> None:
        with self.at(self.truong) as (session, one):
            council.set_up(
                session, one, self.truong, self.members(), number="12/QĐ-TTLT",
                on=clock.today(one.organ),
            )  # fmt: skip

    def opine(self, verdict: str = "destroy", by: Person | None = None, **more: str) -> None:
        for person in [by] if by else [self.truong, self.lan, self.binh]:
            with self.at(person) as (session, one):
                meeting.opine(session, one, person, None, verdict, **more)

    def meet(self) -> None:
        with self.at(self.lan) as (session, one):
            meeting.meet(session, one, self.lan, clock.today(one.organ))

    def sign(self) -> None:
        for person in (self.truong, self.lan, self.binh):
            with self.at(person) as (session, one):
                meeting.sign(session, one, person)

    def confer(self) -> None:
        self.opine()
        self.meet()
        self.sign()

    def appraise(self) -> None:
        with self.at(self.lan) as (session, one):
            one.organ.rules = {**one.organ.rules, "is_source": False}
            audit.record(session, "organ.test", one.organ)
            deciding.appraise(
                session, one, self.lan, is_due=False, reason="Không thuộc nguồn nộp lưu"
            )

    def decide(self, by: Person | None = None, on: date | None = None) -> None:
        who = by or self.truong
        with self.at(who) as (session, one):
            root = preparing.outlook(session, one).root
            deciding.decide(
                session, one, who, number="45/QĐ-TTLT", on=on or clock.today(one.organ), root=root
            )

    def prepare(self, by: Person | None = None) -> None:
        who = by or self.mai
        with self.at(who) as (session, one):
            preparing.prepare(
                session,
                one,
                who,
                reason="Theo Quyết định 45",
                other_copies="Sao lưu đến 2027",
            )

    def reconfirm(self, by: Person | None = None) -> None:
        who = by or self.mai
        with self.at(who) as (session, one):
            now = preparing.outlook(session, one)
            preparing.reconfirm(session, one, who, count=len(now.going), root=now.root)

    def hand_over(self, by: Person | None = None) -> None:
        who = by or self.lan
        with self.at(who) as (session, one):
            preparing.hand_over(session, one, who)

    def walk(self, to: str) -> None:
        """Walk the road as far as this stage, from where it stands."""
        steps: dict[str, Callable[[], object]] = {
            "listed": self.make,
            "council": self.set_up,
            "met": self.confer,
            "appraised": self.appraise,
            "decided": self.decide,
            "prepared": self.prepare,
            "reconfirmed": self.reconfirm,
            "handed_over": self.hand_over,
        }
        here = STAGES.index(self.stage()) if self.code else -1
        for stage, step in list(steps.items())[here + 1 :]:
            step()
            if stage == to:
                return

    # Looking -------------------------------------------------------------------------------------

    def stage(self) -> str:
        with self.db.reading() as session:
            return self.found(session).stage

    def items(self) -> list[DisposalItem]:
        with self.db.reading() as session:
            return list(
                session.scalars(
                    select(DisposalItem)
                    .where(DisposalItem.disposal_id == self.found(session).id)
                    .order_by(DisposalItem.ordinal)
                )
            )

    def appraisal(self, number: int) -> Appraisal:
        with self.db.reading() as session:
            return session.get_one(Appraisal, number)

    def events(self) -> list[Event]:
        with self.db.reading() as session:
            one = self.found(session)
            wanted = select(Event).where(
                Event.subject_type == "disposal", Event.subject_id == one.id
            )
            return list(session.scalars(wanted.order_by(Event.id)))

    def freeze(self, thing: Held) -> None:
        with self.acting(self.truong) as session:
            held = session.get_one(type(thing), thing.id)
            freezes.freeze(
                session, self.organ(session), [held], by=self.truong, number="9/LĐ",
                ordered_on=date(2026, 3, 1), reason="Thanh tra",
            )  # fmt: skip

    def place(self, document: Document, case_file: CaseFile) -> None:
        """The document stands in this case file too."""
        with self.acting(self.lan) as session:
            found = session.get_one(Document, document.id)
            session.add(
                Placement(
                    case_file_id=case_file.id, document_id=document.id, ordinal=next(_places),
                    placed_at=clock.now(),
                )
            )  # fmt: skip
            session.flush()
            audit.record(session, "document.test", found)

    def on_paper(self, thing: Held, place: str = "Kho 1") -> None:
        """Something of it is on paper, and stands there."""
        with self.acting(self.lan) as session:
            values = {"kind": "original", "what": "Bản giấy", "place": place}
            papers.add(session, session.get_one(type(thing), thing.id), values)

    def document_in(self, case_file: CaseFile) -> Document:
        with self.db.reading() as session:
            wanted = select(Document).join(Placement).where(Placement.case_file_id == case_file.id)
            return session.scalars(wanted.order_by(Placement.ordinal).limit(1)).one()


def a_desk(office: Office) -> Desk:
    return Desk(office, a_person(office.db, office.organ, "mai", "archivist"))


def later(days: int) -> AbstractContextManager[None]:
    """The clock so many days on."""
    return clock.standing_at(clock.now() + timedelta(days=days))
