"""The road with small fake steps: what is tested is who may run what, and what a failure costs."""

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit, clock, documents
from archive.audit_check import verify
from archive.errors import DatabaseBusy, Refused, Waits
from archive.models import Document, Event
from formats.errors import ProgramFailed, ProgramMissing, Unreadable
from ingest import claims, outcomes
from ingest.looking_again import look_again, missing_here
from ingest.pipeline import ROAD, Road, advance, advance_together
from ingest.scanner import ScannerSilent, ScanResult
from ingest.steps import Step
from ingest.workspace import Outcome, PartResultGone, Workspace
from tests.ingest.conftest import Desk

FACTS: dict[str, dict[str, Any]] = {
    "identify": {"mime": "application/pdf", "puid": "fmt/276", "family": "pdf"},
    "read_text": {"pages": 1, "how": {"layer": 1}},
    "make_pdfa": {"case": "converted"},
    "seal": {"kind": "inside"},
    "validate": {"is_valid": True},
}
Run = Callable[[Workspace], Outcome]


def easy(name: str) -> Run:
    """A step that makes a small file and goes on."""

    def run(work: Workspace) -> Outcome:
        out = work.scratch(name) / "out"
        out.write_text(f"{name} {work.intake_id}")
        role = {"seal": "archival", "read_text": "text"}.get(name, f"made-{name}")
        return Outcome(dict(FACTS.get(name, {})), {role: out})

    return run


def road(**instead: Run) -> Road:
    """The real road's names with easy steps, some of them replaced."""
    return tuple(Step(one.name, instead.get(one.name, easy(one.name))) for one in ROAD)


def fails_with(error: Exception) -> Run:
    def run(work: Workspace) -> Outcome:
        raise error

    return run


def test_a_good_file_is_carried_to_the_shelf(desk: Desk) -> None:
    number = desk.receive(b"noi dung", fields={"Subject": "Về việc thử"}).intake_id
    advance(desk.db, desk.workshop, number, road())
    intake = desk.intake(number)
    assert intake.state == "shelved"
    with desk.db.reading() as session:
        code = session.get_one(Document, intake.document_id or 0).code
        document = documents.by_code(session, code)
        roles = {one.role for one in document.parts[0].renditions}
        assert verify(session).is_good
    assert (document.subject, roles) == ("Về việc thử", {"original", "archival", "text"})
    assert not desk.workshop.folder(number).exists()


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Refused("infected", found="Eicar"), "refused", "infected"),
        (Waits("suspected_secret", mark="MẬT"), "waiting", "suspected_secret"),
        (Unreadable("encrypted"), "waiting", "encrypted"),
        (ProgramMissing("program_missing", program="java"), "waiting", "program_missing"),
        (ProgramFailed("timestamp_unreachable", host="x"), "waiting", "timestamp_unreachable"),
        (ProgramFailed("seal_token_failed", said="x"), "waiting", "seal_token_failed"),
    ],
)
def test_what_cannot_go_on_is_set_aside_at_once_with_its_reason(
    desk: Desk, error: Exception, state: str, reason: str
) -> None:
    number = desk.receive(b"noi dung").intake_id
    advance(desk.db, desk.workshop, number, road(admit=fails_with(error)))
    intake = desk.intake(number)
    assert (intake.state, intake.reason, intake.next_step) == (state, reason, "admit")
    with desk.db.reading() as session:
        assert claims.due(session, ROAD[-1], 10) == []


@pytest.mark.parametrize(
    ("error", "is_apart"),
    [
        (Waits("suspected_secret"), True),
        (Refused("infected"), True),
        (Unreadable("encrypted"), False),
    ],
)
def test_suspected_and_infected_bytes_lie_apart(
    desk: Desk, error: Exception, is_apart: bool
) -> None:
    receipt = desk.receive(b"noi dung")
    advance(desk.db, desk.workshop, receipt.intake_id, road(admit=fails_with(error)))
    assert desk.workshop.quarantine.has(receipt.sha256) is is_apart
    assert desk.workshop.files.has(receipt.sha256) is not is_apart
    assert desk.workshop.folder(receipt.intake_id).exists() is not is_apart


@pytest.mark.parametrize(
    "error",
    [
        ProgramMissing("program_missing", program="java"),
        ProgramFailed("timestamp_unreachable", host="x"),
    ],
)
def test_what_waits_for_a_program_goes_on_once_it_is_there(desk: Desk, error: Exception) -> None:
    number = desk.receive(b"noi dung").intake_id
    missing = fails_with(error)
    advance(desk.db, desk.workshop, number, road(make_pdfa=missing))
    assert look_again(desk.db, lambda one: False) == 0
    with clock.standing_at(clock.now() + outcomes.LOOK_AGAIN):
        assert look_again(desk.db, lambda one: False) == 1
        advance(desk.db, desk.workshop, number, road())
    assert desk.intake(number).state == "shelved"


def test_looking_in_vain_tells_nothing_and_grows_seldom(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.receive(b"noi dung").intake_id
    lacks = road(make_pdfa=fails_with(ProgramMissing("program_missing", program="java")))
    advance(desk.db, desk.workshop, number, lacks)
    monkeypatch.setenv("PATH", "")
    is_missing, moment, pauses = missing_here(desk.workshop), clock.now(), []
    before = count_events(desk)
    for _ in range(4):
        with clock.standing_at(moment + timedelta(minutes=31)):
            assert look_again(desk.db, is_missing) == 0
        moment += timedelta(minutes=31)
        due = desk.intake(number).try_after
        assert due is not None
        pauses.append((due - moment).total_seconds() / 60)
    assert pauses == [2, 8, 30, 30]
    assert count_events(desk) == before
    assert desk.intake(number).state == "waiting"


def count_events(desk: Desk) -> int:
    with desk.db.reading() as session:
        return len(session.scalars(select(Event.id)).all())


def test_a_silent_scanner_is_asked_once_for_all_that_wait(desk: Desk) -> None:
    class Silent:
        asked = 0

        def scan(self, path: Path) -> ScanResult:
            self.asked += 1
            raise ScannerSilent("scanner_silent")

    silent = Silent()
    workshop = replace(desk.workshop, scanner=silent)
    for content in (b"mot", b"hai"):
        number = desk.receive(content).intake_id
        quiet = road(check_for_viruses=fails_with(ScannerSilent("scanner_silent")))
        advance(desk.db, workshop, number, quiet)
    with clock.standing_at(clock.now() + outcomes.LOOK_AGAIN):
        assert look_again(desk.db, missing_here(workshop)) == 0
        assert silent.asked == 1
        assert look_again(desk.db, lambda one: False) == 0  # they were put off
    with clock.standing_at(clock.now() + timedelta(minutes=9)):
        assert look_again(desk.db, missing_here(desk.workshop)) == 2


def test_a_missing_program_is_looked_for_ever_more_seldom(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    missing = road(make_pdfa=fails_with(ProgramMissing("program_missing", program="java")))
    moment, pauses = clock.now(), []
    for _ in range(6):
        with clock.standing_at(moment):
            look_again(desk.db, lambda one: False)
            advance(desk.db, desk.workshop, number, missing)
        due = desk.intake(number).try_after
        assert due is not None
        pauses.append((due - moment).total_seconds() / 60)
        moment = due
    assert pauses == [0.5, 2, 8, 30, 30, 30]
    assert (desk.intake(number).state, desk.intake(number).reason) == ("waiting", "program_missing")


def test_failures_are_tried_again_after_growing_pauses_and_then_stuck(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    broken = road(read_text=fails_with(OSError("tạm hỏng")))
    moment = clock.now()
    for minutes in (1, 2, 4, 8):
        with clock.standing_at(moment):
            advance(desk.db, desk.workshop, number, broken)
            intake = desk.intake(number)
            assert intake.state == "received"
            assert intake.try_after == moment + timedelta(minutes=minutes)
            advance(desk.db, desk.workshop, number, broken)
            assert desk.intake(number).attempts == intake.attempts
        moment += timedelta(minutes=minutes)
    with clock.standing_at(moment):
        advance(desk.db, desk.workshop, number, broken)
    intake = desk.intake(number)
    assert (intake.state, intake.reason) == ("stuck", "step_failed")
    assert "tạm hỏng" in (intake.trouble or "")


def test_a_step_that_kills_its_worker_ends_up_stuck(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    for _ in range(claims.MOST_CLAIMS):
        assert claims.take_next_step(desk.db, desk.workshop, number, road()) is not None
        claims.free_all(desk.db, desk.workshop)
    assert claims.take_next_step(desk.db, desk.workshop, number, road()) is None
    assert (desk.intake(number).state, desk.intake(number).reason) == ("stuck", "worker_died")


def test_a_claim_is_nobody_elses_until_its_lease_ends(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    assert claims.take_next_step(desk.db, desk.workshop, number, road()) is not None
    assert claims.take_next_step(desk.db, desk.workshop, number, road()) is None
    with clock.standing_at(clock.now() + claims.LEASE + timedelta(seconds=1)):
        assert claims.take_next_step(desk.db, desk.workshop, number, road()) is not None


def test_a_worker_that_overslept_changes_nothing(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    late = claims.take_next_step(desk.db, desk.workshop, number, road())
    assert late is not None
    with clock.standing_at(clock.now() + claims.LEASE + timedelta(seconds=1)):
        advance(desk.db, desk.workshop, number, road())
    before = desk.intake(number)
    outcomes.write_down(desk.db, desk.workshop, late, Outcome({"mime": "x"}), road())
    outcomes.try_again_later(desk.db, late, OSError())
    after = desk.intake(number)
    assert (after.state, after.facts) == (before.state, before.facts)


def test_a_part_result_that_is_gone_is_made_again(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    asked = Counter[str]()

    def reads(work: Workspace) -> Outcome:
        asked["read_text"] += 1
        return easy("read_text")(work)

    def needs_text(work: Workspace) -> Outcome:
        if asked["read_text"] == 1:
            work.file("text").unlink()
        work.file("text")
        return easy("admit")(work)

    advance(desk.db, desk.workshop, number, road(read_text=reads, admit=needs_text))
    assert asked["read_text"] == 2
    assert desk.intake(number).state == "shelved"


def test_a_changed_part_result_is_not_believed(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id

    def tampers(work: Workspace) -> Outcome:
        work.file("text").write_text("khác")
        with pytest.raises(PartResultGone):
            work.file("text")
        raise Unreadable("seen")

    advance(desk.db, desk.workshop, number, road(admit=tampers))
    assert desk.intake(number).reason == "seen"


def test_a_long_step_lets_others_go_first_and_keeps_its_part_results(desk: Desk) -> None:
    number = desk.receive(b"noi dung dai").intake_id
    seen: list[bool] = []

    def long(work: Workspace) -> Outcome:
        seen.append((work.scratch("read_text") / "page-1").exists())
        (work.scratch("read_text") / "page-1").write_text("trang 1")
        return easy("read_text")(work) if len(seen) > 2 else Outcome(is_finished=False)

    small = desk.receive(b"nho").intake_id
    advance(desk.db, desk.workshop, number, road(read_text=long))
    with desk.db.reading() as session:
        assert claims.due(session, ROAD[-1], 10) == [small, number]
    for _ in range(2):
        advance(desk.db, desk.workshop, number, road(read_text=long))
    assert seen == [False, True, True]
    assert desk.intake(number).state == "shelved"


def test_the_last_step_is_done_for_many_at_once(desk: Desk) -> None:
    runs: list[int] = []

    def together(works: Sequence[Workspace]) -> list[Outcome | Exception]:
        runs.append(len(works))
        return [Outcome(FACTS["validate"]) for _ in works]

    last = Step("validate", easy("validate"), together, is_together=True)
    whole = (*road()[:-1], last)
    numbers = [desk.receive(f"so {number}".encode()).intake_id for number in range(5)]
    for number in numbers:
        advance(desk.db, desk.workshop, number, whole)
    assert {desk.intake(number).next_step for number in numbers} == {"validate"}
    assert advance_together(desk.db, desk.workshop, whole) == 5
    assert runs == [5]
    assert {desk.intake(number).state for number in numbers} == {"shelved"}


def test_a_heavy_file_holds_up_none_of_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "HEAVY", 1000)
    whole = (*road()[:-1], TOGETHER)
    contents = [b"a", b"heavy" * 300, b"b", b"weighty" * 300, b"c"]
    numbers = [desk.receive(content).intake_id for content in contents]
    for number in numbers:
        advance(desk.db, desk.workshop, number, whole)
    assert [advance_together(desk.db, desk.workshop, whole) for _ in range(4)] == [3, 1, 1, 0]
    assert {desk.intake(number).state for number in numbers} == {"shelved"}


def test_many_threads_run_no_step_twice(desk: Desk) -> None:
    numbers = [desk.receive(f"so {number}".encode()).intake_id for number in range(12)]
    whole = road()

    def carry() -> None:
        while any(desk.intake(number).state != "shelved" for number in numbers):
            for number in numbers:
                advance(desk.db, desk.workshop, number, whole)

    threads = [threading.Thread(target=carry) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with desk.db.reading() as session:
        events = session.scalars(select(Event).where(Event.action == "intake.step")).all()
        times = Counter((one.subject_id, one.facts["step"]) for one in events)
        codes = list(session.scalars(select(Document.code)))
        assert verify(session).is_good
    assert set(times.values()) == {1}
    assert len(times) == len(numbers) * len(ROAD)
    assert len(codes) == len(set(codes)) == len(numbers)


def test_the_road_is_told_of_the_person_who_received_the_file(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    with audit.acting_as(None, "worker"):
        advance(desk.db, desk.workshop, number, road())
    with desk.db.reading() as session:
        shelved = session.scalars(select(Event).where(Event.action == "document.shelve")).one()
    assert (shelved.person_id, shelved.door) == (desk.person.id, "worker")


def all_together(works: Sequence[Workspace]) -> list[Outcome | Exception]:
    return [Outcome(FACTS["validate"]) for _ in works]


TOGETHER = Step("validate", easy("validate"), all_together, is_together=True)


def test_what_cannot_be_written_down_is_noted_and_tried_again(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id

    def forgets(work: Workspace) -> Outcome:
        return Outcome({}, {"text": work.scratch("read_text") / "gone"})

    advance(desk.db, desk.workshop, number, road(read_text=forgets))
    intake = desk.intake(number)
    assert (intake.state, intake.claim) == ("received", None)
    assert intake.try_after is not None
    assert "FileNotFoundError" in (intake.trouble or "")


def test_one_file_that_cannot_be_shelved_holds_none_of_the_others(desk: Desk) -> None:
    whole = (*road()[:-1], TOGETHER)
    numbers = [desk.receive(f"so {number}".encode()).intake_id for number in range(4)]
    for number in numbers:
        advance(desk.db, desk.workshop, number, whole)
    shutil.rmtree(desk.workshop.folder(numbers[1]))
    assert advance_together(desk.db, desk.workshop, whole) == 4
    states = [desk.intake(number).state for number in numbers]
    assert states == ["shelved", "received", "shelved", "shelved"]
    assert desk.intake(numbers[1]).trouble


def test_a_quarantine_that_cannot_be_filled_is_tried_again(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    (desk.workshop.settings.path("quarantine")).write_text("a file where a folder should be")
    advance(desk.db, desk.workshop, number, road(admit=fails_with(Waits("suspected_secret"))))
    intake = desk.intake(number)
    assert (intake.state, intake.claim) == ("received", None)
    assert "store_unwritable" in (intake.trouble or "")


def test_a_step_for_many_that_kills_its_worker_ends_up_stuck(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    whole = (*road()[:-1], TOGETHER)
    advance(desk.db, desk.workshop, number, whole)
    for _ in range(claims.MOST_CLAIMS):
        assert len(claims.take_together(desk.db, desk.workshop, TOGETHER, 40)) == 1
        claims.free_all(desk.db, desk.workshop)
    assert claims.take_together(desk.db, desk.workshop, TOGETHER, 40) == []
    assert (desk.intake(number).state, desk.intake(number).reason) == ("stuck", "worker_died")


def test_a_long_step_keeps_its_claim(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RENEWAL", timedelta(milliseconds=20))
    number = desk.receive(b"noi dung").intake_id

    def long(work: Workspace) -> Outcome:
        first = desk.intake(number).claimed_until
        end = time.monotonic() + 10
        while desk.intake(number).claimed_until == first and time.monotonic() < end:
            time.sleep(0.02)
        assert desk.intake(number).claimed_until != first
        return easy("make_pdfa")(work)

    advance(desk.db, desk.workshop, number, road(make_pdfa=long))
    assert desk.intake(number).state == "shelved"


def test_a_step_that_shows_no_progress_for_very_long_is_given_up(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    claim = claims.take_next_step(desk.db, desk.workshop, number, road())
    assert claim is not None
    keeper = claims._Keeper(desk.db, [claim])
    moment = clock.now()
    keeper.renew()
    with clock.standing_at(moment + claims.QUIET - timedelta(minutes=1)):
        keeper.renew()
        assert desk.intake(number).claimed_until == clock.now() + claims.LEASE
    with clock.standing_at(moment + claims.QUIET + timedelta(minutes=1)):
        keeper.renew()
    intake = desk.intake(number)
    assert (intake.state, intake.reason, intake.claim) == ("stuck", "step_endless", None)


def test_a_step_that_gets_on_is_never_given_up(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    claim = claims.take_next_step(desk.db, desk.workshop, number, road())
    assert claim is not None
    keeper, beat = (
        claims._Keeper(desk.db, [claim]),
        claims.open_workspace(desk.db, desk.workshop, claim).beat,
    )
    moment = clock.now()
    for page in range(1, 6):
        moment += claims.QUIET - timedelta(minutes=1)
        with clock.standing_at(moment):
            beat(lambda page=page: page, 5)  # type: ignore[misc]
            keeper.renew()
            assert desk.intake(number).claimed_until == moment + claims.LEASE


def test_a_worker_that_overslept_quarantines_nothing_and_leaves_the_folder(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    late = claims.take_next_step(desk.db, desk.workshop, number, road())
    assert late is not None
    desk.workshop.folder(number).mkdir(parents=True)
    claims.free_all(desk.db, desk.workshop)
    assert claims.take_next_step(desk.db, desk.workshop, number, road()) is not None
    outcomes.wait(desk.db, desk.workshop, late, "suspected_secret", {})
    assert desk.workshop.folder(number).exists()
    assert not desk.workshop.quarantine.has(late.original)
    assert desk.workshop.files.has(late.original)


def test_a_lease_that_is_being_renewed_loses_no_outcome(desk: Desk) -> None:
    number = desk.receive(b"noi dung").intake_id
    claim = claims.take_next_step(desk.db, desk.workshop, number, road())
    assert claim is not None
    found = []

    def write() -> None:
        with desk.db.transaction() as session:
            found.append(claims.still_ours(session, claim))

    writer = threading.Thread(target=write)
    with desk.db.transaction() as session:  # the renewal, in the middle
        assert claims.still_ours(session, claim) is not None
        writer.start()
        writer.join(0.5)
    writer.join()
    assert found[0] is not None


def test_a_busy_database_does_not_end_the_renewing_of_a_lease(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.receive(b"noi dung").intake_id
    claim = claims.take_next_step(desk.db, desk.workshop, number, road())
    assert claim is not None
    tried = threading.Semaphore(0)
    renew = claims._Keeper.renew

    def renew_busily(keeper: Any) -> None:
        tried.release()
        if not keeper.__dict__.setdefault("was_busy", False):
            keeper.was_busy = True
            raise DatabaseBusy("database_busy")
        renew(keeper)

    monkeypatch.setattr(claims._Keeper, "renew", renew_busily)
    monkeypatch.setattr(claims, "RENEWAL", timedelta(milliseconds=10))
    with claims.held(desk.db, [claim]):
        assert tried.acquire(timeout=30)
        assert tried.acquire(timeout=30)
