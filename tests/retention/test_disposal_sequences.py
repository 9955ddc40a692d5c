"""Whatever is tried in whatever order by whomever: what must never be, never is."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from archive import clock
from archive.errors import ArchiveError
from archive.models import Person
from retention import disposals, lines, listing, preparing, sharing
from retention.models import DisposalItem
from tests.factories import a_document, a_person
from tests.retention.disposing import Desk, a_desk
from tests.retention.office import Office

WHO = some.integers(0, 3)
STEPS = some.sampled_from(
    ["set_up", "opine", "meet", "sign", "appraise", "decide", "prepare", "reconfirm", "hand_over",
     "begin", "freeze", "share", "add", "stop"]
)  # fmt: skip
ROAD = ["set_up", "opine", "meet", "sign", "appraise", "decide", "prepare", "reconfirm",
        "hand_over", "begin"]  # fmt: skip

OFTEN = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes a second: no shrinking
)


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    return a_desk(sqlite_office)


class Try:
    """One list, four people who may all do everything, and whatever comes to their minds."""

    def __init__(self, desk: Desk, people: list[Person], maker: int) -> None:
        self.desk, self.people = desk, people
        desk.proposed = []
        self.files = desk.files(2)
        desk.make(people[maker])

    def step(self, name: str, number: int) -> None:
        who = self.people[number]
        steps: dict[str, Callable[[], object]] = {
            "set_up": self.desk.set_up,
            "opine": self.desk.opine,
            "meet": self.desk.meet,
            "sign": self.desk.sign,
            "appraise": self.desk.appraise,
            "decide": lambda: self.desk.decide(who),
            "prepare": lambda: self.desk.prepare(who),
            "reconfirm": lambda: self.desk.reconfirm(who),
            "hand_over": lambda: self.desk.hand_over(who),
            "begin": lambda: self.begin(who),
            "freeze": lambda: self.desk.freeze(self.files[number % 2]),
            "share": self.share,
            "add": lambda: self.desk.place(
                a_document(self.desk.db, self.desk.office.organ), self.files[0]
            ),
            "stop": lambda: self.stop(who),
        }
        with suppress(ArchiveError):
            steps[name]()

    def begin(self, who: Person) -> None:
        with self.desk.at(who) as (session, one):
            disposals.require(session, one, "begin", who)
            preparing.look_again(session, one, who)
            disposals.move(session, one, "begin", who)

    def stop(self, who: Person) -> None:
        with self.desk.at(who) as (session, one):
            listing.stop(session, one, who, "Dừng")

    def share(self) -> None:
        other = self.desk.file("20 năm")
        with suppress(Exception):  # shared already
            self.desk.place(self.desk.document_in(self.files[1]), other)

    def look(self) -> None:
        """What must hold at every moment."""
        with self.desk.db.reading() as session:
            one = self.desk.found(session)
            hands = [one.made_by_id, one.decided_by_id, one.executor_id]
            known = [each for each in hands if each is not None]
            assert len(set(known)) == len(known)
            told = [event.facts.get("to") for event in self.desk.events()]
            assert one.stage == "listed" or told.count(one.stage) == 1
            items = lines.left(session, one)
            if one.stage in ("decided", "prepared", "reconfirmed", "handed_over", "executing"):
                assert len(known) >= 2 and one.root
                decided = lines.decided(session, one)
                assert lines.root_of(decided) == one.root
                assert {each.id for each in items} <= {each.id for each in decided}
            if one.stage == "executing":
                assert len(known) == 3
                self._nothing_is_destroyed_too_early(items)
                assert not lines.hindered(session, one.organ, items)
                assert not lines.altered(session, items)
                shared = sharing.shared_in(session, items)
                kept = {doc.id for each in items for doc in each.documents if doc.kept_why}
                assert set(shared) <= kept

    @staticmethod
    def _nothing_is_destroyed_too_early(items: list[DisposalItem]) -> None:
        for one in items:
            today = clock.today(one.disposal.organ)
            assert one.notice_until < today and one.expires_on is not None
            assert one.expires_on < today
            assert one.notice_until - one.appraisal.noticed_on >= timedelta(days=30)


@settings(OFTEN, max_examples=12)
@given(maker=WHO, steps=some.lists(some.tuples(STEPS, WHO), max_size=14))
def test_no_order_of_steps_breaks_what_must_hold(
    desk: Desk, maker: int, steps: list[tuple[str, int]]
) -> None:
    tried = Try(desk, everybody(desk), maker)
    for name, number in steps:
        tried.step(name, number)
        tried.look()


@settings(OFTEN, max_examples=8)
@given(
    maker=WHO,
    hands=some.lists(WHO, min_size=len(ROAD), max_size=len(ROAD)),
    between=some.lists(
        some.tuples(some.integers(0, len(ROAD)), some.sampled_from(["freeze", "share", "add"])),
        max_size=2,
    ),
)
def test_nor_does_the_whole_road_with_something_in_between(
    desk: Desk, maker: int, hands: list[int], between: list[tuple[int, str]]
) -> None:
    tried = Try(desk, everybody(desk), maker)
    for place, (name, number) in enumerate(zip(ROAD, hands, strict=True)):
        for _, what in (one for one in between if one[0] == place):
            tried.step(what, number)
        for each in (number, *range(4)):  # the first whose hand it may be
            tried.step(name, each)
        tried.look()


def everybody(desk: Desk) -> list[Person]:
    """Four who are archivists and heads at once; made once."""
    made = getattr(desk, "everybody", None)
    if made is None:
        made = [
            a_person(desk.db, desk.office.organ, f"p{n}", "archivist", "head") for n in range(4)
        ]
        desk.everybody = made  # type: ignore[attr-defined]
    return list(made)
