"""Certificates that verify alone, tombstones for archivists only, troubles that pass."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import audit, clock, freezes, loans, people
from archive.errors import Conflict, NotAllowed, StoreFailed
from archive.files import LocalFiles
from archive.models import CaseFile, Part, Person
from archive.use_models import Loan
from retention import certificates, execution
from retention.destruction_journal import DestructionJournal
from retention.models import Destruction, DisposalHand, DisposalItem, DisposalPaper, Erasure
from search.engine import SearchBroken
from search.engines.tantivy_engine import TantivyEngine
from tests.factories import a_case_file, a_document, a_person
from tests.web.destroying import TITLE, WORD, Ruin, a_copy, a_ruin, count, tables_saying
from web import auth, executing
from web.app import create_app
from web.certificate_check import check
from web.cli import main


@pytest.fixture
def ruin(tmp_path: Path, blank_sqlite: Path) -> Iterator[Ruin]:
    with a_ruin(tmp_path, blank_sqlite) as made:
        yield made


@pytest.fixture(scope="module")
def once_gone(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> Ruin:
    """Destroyed once; every test gets a copy of what is left."""
    with a_ruin(tmp_path_factory.mktemp("gone"), blank_sqlite) as ruin:
        ruin.case_file(2)
        ruin.case_file(1)
        ruin.ready()
        assert ruin.run()
        assert ruin.disposal().stage == "destroyed"
        return ruin


@pytest.fixture
def gone(tmp_path: Path, once_gone: Ruin) -> Iterator[Ruin]:
    """Two case files and their documents, destroyed."""
    with a_copy(tmp_path, once_gone) as ruin:
        yield ruin


def kept(ruin: Ruin, ending: str) -> Path:
    stem = certificates.file_stem(ruin.desk.code)
    return ruin.journal / "certificates" / f"{stem}.{ending}"


def verified(path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(main, ["certificate", "verify", str(path), "--json", *more])
    return done.exit_code, json.loads(done.stdout)


def as_(app: Flask, ruin: Ruin, person: Person) -> FlaskClient:
    client = app.test_client()
    with audit.acting_as(None, "web"), ruin.services.db.transaction() as rows:
        secret = people.sign_in(rows, people.by_id(rows, person.id), "session", timedelta(hours=1))
    with client.session_transaction() as cookie:
        cookie[auth.SECRET] = secret
    return client


# The certificate ----------------------------------------------------------------------------------


def test_a_certificate_is_verified_without_archive_or_home(
    gone: Ruin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("LUUTRU_HOME", str(nowhere))
    for ending in ("pdf", "json"):
        code, told = verified(kept(gone, ending))
        assert (code, told["holds"], told["faults"]) == (0, True, [])
        assert (told["disposal"], told["lines"]) == (gone.desk.code, 2)
    assert not nowhere.exists()
    assert verified(kept(gone, "pdf"), "--fingerprint", told["fingerprint"])[0] == 0
    assert verified(kept(gone, "pdf"), "--fingerprint", "0" * 64)[0] == 1
    assert not told["is_seal_known"]  # whoever asks must know whose it is


def test_what_is_nested_without_end_is_no_certificate(gone: Ruin, tmp_path: Path) -> None:
    place = tmp_path / "c.json"
    place.write_bytes(b"[" * 200_000)
    shutil.copy(kept(gone, "json.p7s"), tmp_path / "c.json.p7s")
    code, told = verified(place)
    assert (code, told["holds"]) == (1, False)
    assert "certificate_unreadable" in {one["code"] for one in told["faults"]}


def test_it_says_what_was_looked_for_where_before_and_after(gone: Ruin) -> None:
    told = json.loads(kept(gone, "json").read_bytes())
    places = {one["name"]: one for one in told["places"]}
    for name, looked, before in (
        ("store", 3, 3), ("index", 5, 5), ("rows", 5, 5), ("words of the story", 5, 5),
        ("pages of the database", 5, 5), ("page pictures", 3, 0), ("whole copies", 2, 0),
    ):  # fmt: skip
        found = places[name]
        assert (found["looked_for"], found["found_before"]) == (looked, before), name
        assert found["found_after"] == 0
    assert places["index"]["proof"]["segments_with_deletions"] == 0
    assert places["exports and backups"]["not_searchable_from_here"]
    assert set(told["persons"]) == {"list", "decision", "execution", "keeper"}
    assert WORD not in kept(gone, "json").read_text()


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("lines", 0, "documents", 0, "digests", 0), "b" * 64, "line_differs"),
        (("lines", 0, "rule"), "9.9 v9", "line_differs"),
        (("lines", 0, "proof", 0, 1), "b" * 64, "line_not_in_list"),
        (("root",), "c" * 64, "root_differs_from_lines"),
        (("chain", "previous"), "d" * 64, "chain_differs"),
        (("reason",), "Khác", "seal_differs"),
    ],
)
def test_tampering_is_named(gone: Ruin, path: tuple[Any, ...], value: str, fault: str) -> None:
    place = kept(gone, "json")
    told = json.loads(place.read_bytes())
    spot: Any = told
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    place.write_bytes(certificates.as_bytes(told))
    found = {one.code for one in check(place).faults}
    assert {fault, "seal_differs"} <= found


def test_a_changed_page_a_missing_seal_and_another_file_are_named(
    gone: Ruin, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.pdf"
    with pikepdf.open(kept(gone, "pdf")) as pdf:
        pdf.pages[0].Rotate = 90
        pdf.save(changed)
    assert {one.code for one in check(changed).faults} == {"page_seal_differs"}
    kept(gone, "json.p7s").unlink()
    assert {one.code for one in check(kept(gone, "json")).faults} == {"seal_missing"}
    other = tmp_path / "other.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(other)
    assert CliRunner().invoke(main, ["certificate", "verify", str(other)]).exit_code == 2


def test_the_certificate_goes_into_the_dossier_once(gone: Ruin) -> None:
    for _ in range(2):
        executing.begin_again(gone.services)
    with gone.services.db.reading() as session:
        papers = session.scalars(select(DisposalPaper)).all()
    (paper,) = [one for one in papers if one.kind == "certificate"]
    with gone.services.files.open(paper.digest) as stream:
        assert stream.read() == kept(gone, "pdf").read_bytes()


# Tombstones ---------------------------------------------------------------------------------------


def test_tombstones_are_found_by_those_who_may_see_disposals_only(gone: Ruin) -> None:
    app, code = create_app(gone.services), gone.documents()[0].code
    archivist, officer = (as_(app, gone, one) for one in (gone.desk.lan, gone.desk.binh))
    page = archivist.get(f"/tombstones/{code}")
    assert page.status_code == 200
    assert "45/QĐ-TTLT" in page.text
    assert archivist.get(f"/tombstones/{gone.files[0].code}").text.count(TITLE) == 1
    assert code in archivist.get("/tombstones").text
    never = officer.get("/tombstones/TTLT-2026-9999999")
    hidden = officer.get(f"/tombstones/{code}")
    assert (hidden.status_code, never.status_code) == (404, 404)
    signed = re.compile(r'(name="csrf_token" value=")[^"]+')  # by the second
    both = (hidden.text.replace(code, ""), never.text.replace("TTLT-2026-9999999", ""))
    assert signed.sub(r"\1", both[0]) == signed.sub(r"\1", both[1])
    assert officer.get("/tombstones").status_code == 403
    assert f"/tombstones/{code}" in archivist.get(f"/search?q={code}").text
    assert f"/tombstones/{code}" not in officer.get(f"/search?q={code}").text


def test_what_is_gone_is_gone_from_every_page(gone: Ruin) -> None:
    app, lan = create_app(gone.services), gone.desk.lan
    archivist = as_(app, gone, lan)
    document, case_file = gone.documents()[0].code, gone.files[0].code
    for path in (f"/documents/{document}", f"/case-files/{case_file}",
                 f"/documents/{document}/1/original"):  # fmt: skip
        assert archivist.get(path).status_code == 404, path
    for path in ("/", "/case-files", f"/search?q={WORD}", "/mending", "/intakes"):
        page = archivist.get(path)
        assert document not in page.text, path
        assert case_file not in page.text, path


def test_a_code_is_never_given_again(gone: Ruin) -> None:
    codes = {one.code for one in gone.documents()}
    assert a_document(gone.services.db, gone.desk.office.organ).code not in codes


# Troubles -----------------------------------------------------------------------------------------


def test_one_file_that_the_disk_will_not_give_up_is_listed_and_tried_again(
    ruin: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruin.case_file(3)
    ruin.ready()
    remove, stuck = LocalFiles.remove, set[str]()

    def refusing(files: LocalFiles, digest: str) -> None:
        if not stuck and files is ruin.services.files:
            stuck.add(digest)
        if digest in stuck:
            raise PermissionError(13, "Permission denied")
        remove(files, digest)

    monkeypatch.setattr(LocalFiles, "remove", refusing)
    assert ruin.run()
    one = ruin.disposal()
    assert (one.stage, one.trouble, one.attempts) == ("executing", "still_found", 1)
    with ruin.services.db.reading() as session:
        now = execution.progress(session, one)
    assert now.places["store"] == (3, 2, 1)
    assert [(each[1], each[2]) for each in now.troubles] == [
        ("store", "os_error: Permission denied")
    ]
    assert count(ruin, Destruction) == 0
    assert not ruin.run()  # it rests first
    pauses = []
    for _ in range(3):
        assert now.again_at is not None
        pauses.append(now.again_at - clock.now())
        with clock.standing_at(now.again_at):
            assert ruin.run()
            with ruin.services.db.reading() as session:
                now = execution.progress(session, ruin.disposal())
            assert now.again_at is not None
            pauses[-1] = now.again_at - clock.now()
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    monkeypatch.setattr(LocalFiles, "remove", remove)
    assert now.again_at is not None
    with clock.standing_at(now.again_at):
        assert ruin.run()
    assert (ruin.disposal().trouble, ruin.disposal().stage) == ("", "destroyed")
    assert tables_saying(ruin) == []


def test_its_page_says_how_far_it_is_and_what_would_not_go(
    ruin: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruin.case_file(3)
    ruin.ready()
    lan = as_(create_app(ruin.services), ruin, ruin.desk.lan)
    path = f"/retention/disposals/{ruin.desk.code}"
    waiting = lan.get(path).text
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert 'id="going"' in waiting and "<progress" not in waiting
    remove, stuck = LocalFiles.remove, ruin.documents()[0]
    digests = {one.digest for one in _parts(ruin, stuck.id)}

    def refusing(files: LocalFiles, digest: str) -> None:
        if digest in digests and files is ruin.services.files:
            raise PermissionError(13, "Permission denied")
        remove(files, digest)

    monkeypatch.setattr(LocalFiles, "remove", refusing)
    assert ruin.run()
    one = ruin.disposal()
    shown = lan.get(path).text
    with ruin.services.db.reading() as session:
        now = execution.progress(session, one)
    total, done = (sum(each[part] for each in now.places.values()) for part in (0, 1))
    assert done == total - 1
    assert f'<progress max="{total}" value="{done}"' in shown
    assert re.search(r'<th scope="row">Kho tệp</th>.*?>3<.*?>2<.*?class="bad">1<', shown)
    assert re.search(rf"{stuck.code}</span> · Kho tệp: [^<]*Permission denied", shown)
    assert one.try_after is not None
    again = one.try_after.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    assert f"{again:%H:%M}" in shown
    monkeypatch.undo()
    ruin.free()
    assert ruin.run()
    after = lan.get(path).text
    assert 'id="going"' not in after and "refresh" not in after


def test_an_index_that_is_down_is_waited_for(ruin: Ruin, monkeypatch: pytest.MonkeyPatch) -> None:
    ruin.case_file(1)
    ruin.ready()

    def down(*_: object) -> None:
        raise SearchBroken("search_broken", reason="missing")

    monkeypatch.setattr(TantivyEngine, "drop", down)
    assert ruin.run()
    assert (ruin.disposal().stage, ruin.disposal().trouble) == ("executing", "still_found")
    monkeypatch.undo()
    ruin.free()
    assert ruin.run()
    assert ruin.disposal().stage == "destroyed"


def test_a_clock_that_was_a_year_ahead_holds_nothing_up(
    ruin: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruin.case_file(1)
    ruin.ready()
    with clock.standing_at(clock.now() + timedelta(days=366)), monkeypatch.context() as broken:
        broken.setattr(TantivyEngine, "drop", lambda *_: (_ for _ in ()).throw(OSError(5, "io")))
        assert ruin.run()
        assert ruin.disposal().trouble == "still_found"
    ahead = clock.now() + timedelta(days=366)
    with audit.acting_as(None, "worker"), ruin.services.db.transaction() as session:
        one = ruin.desk.found(session)
        one.claim, one.claimed_until = "killed", ahead + execution.LEASE
    assert ruin.run()
    assert ruin.disposal().stage == "destroyed"


def test_a_clock_that_was_set_back_a_year_destroys_nothing_before_its_notice(ruin: Ruin) -> None:
    ruin.case_file(1)
    ruin.index()
    ruin.desk.walk("handed_over")
    before = clock.now() - timedelta(days=366)
    with clock.standing_at(before):
        assert begins(ruin) != ""
    assert ruin.disposal().stage == "handed_over"
    assert all(one.destroyed_at is None for one in ruin.documents())
    ruin.begin()
    with clock.standing_at(before):
        assert ruin.run()  # what began goes on; but nobody says that it was destroyed then
        assert (ruin.disposal().stage, ruin.disposal().destroyed_at) == ("executing", None)
        assert ruin.disposal().trouble
    ruin.free()
    assert ruin.run()
    assert (ruin.disposal().trouble, ruin.disposal().stage) == ("", "destroyed")
    assert check(kept(ruin, "pdf")).holds


def test_an_executor_who_leaves_after_it_began_leaves_nothing_half_destroyed(ruin: Ruin) -> None:
    ruin.case_file(1)
    ruin.ready()
    with ruin.desk.acting(ruin.desk.lan) as session:
        found = session.get_one(Person, ruin.desk.mai.id)
        found.locked_from = clock.today(ruin.desk.office.organ) - timedelta(days=1)
        session.flush()
        audit.record(session, "person.test", found)
    assert ruin.run()
    assert (ruin.disposal().trouble, ruin.disposal().stage) == ("", "destroyed")


def test_a_disk_that_fills_while_the_certificate_is_written_ends_nothing(
    ruin: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruin.case_file(1)
    ruin.ready()
    keep = DestructionJournal.keep

    def full(journal: DestructionJournal, name: str, content: bytes) -> Path:
        if name.endswith(".pdf"):
            raise StoreFailed("journal_unwritable", folder="…", why="No space left on device")
        return keep(journal, name, content)

    monkeypatch.setattr(DestructionJournal, "keep", full)
    assert ruin.run()
    one = ruin.disposal()
    assert (one.stage, one.certificate) == ("executing", "")
    assert one.trouble.startswith("journal_unwritable")
    assert [line.kind for line in executing.journal_of(ruin.services).lines()] == ["intent"]
    assert count(ruin, DisposalItem, DisposalItem.destroyed_on.is_not(None)) == 0
    monkeypatch.undo()
    ruin.free()
    assert ruin.run()
    assert ruin.disposal().stage == "destroyed"
    assert check(kept(ruin, "pdf")).holds


def test_nothing_goes_where_the_journal_cannot_be_written(ruin: Ruin) -> None:
    ruin.case_file(1)
    ruin.ready()
    ruin.journal.write_text("a file stands in its place")
    assert ruin.run()
    assert ruin.disposal().trouble.startswith("journal_unwritable")
    assert any(one.startswith("files/") for one in ruin.places_saying())
    ruin.journal.unlink()
    ruin.free()
    assert ruin.run()
    assert ruin.disposal().stage == "destroyed"


# Shared things ------------------------------------------------------------------------------------


def test_a_document_that_another_case_file_holds_stays_and_so_do_shared_bytes(ruin: Ruin) -> None:
    office = ruin.desk.office
    other = a_case_file(ruin.services.db, office.organ, "Hồ sơ khác", holder=office.binh)
    shared = ruin.document(other, 1)
    twin = ruin.document(other, 1)  # the same bytes
    case_file = ruin.case_file(1, shared)
    own = ruin.desk.document_in(case_file)
    ruin.ready()
    assert ruin.run()
    assert ruin.disposal().stage == "destroyed"
    left = {one.id: one for one in ruin.documents()}
    assert left[shared.id].destroyed_at is None
    assert left[twin.id].subject.startswith("Về")
    assert left[own.id].subject == ""
    told = json.loads(kept(ruin, "json").read_bytes())
    outcomes = {one["code"]: one for one in told["lines"][0]["documents"]}
    assert outcomes[shared.code]["outcome"] == "kept"
    assert outcomes[shared.code]["kept_for"] == other.code
    assert outcomes[own.code]["outcome"] == "destroyed"
    assert check(kept(ruin, "pdf")).holds
    for digest in {part.digest for part in _parts(ruin, shared.id)}:
        assert ruin.services.files.has(digest)


def _parts(ruin: Ruin, document: int) -> list[Part]:
    with ruin.services.db.reading() as session:
        return list(session.scalars(select(Part).where(Part.document_id == document)))


# Guards of the beginning --------------------------------------------------------------------------


def begins(ruin: Ruin, by: Person | None = None) -> str:
    try:
        ruin.begin(by)
    except (Conflict, NotAllowed) as refused:
        return refused.code
    return ""


def handed_over(ruin: Ruin, documents: int = 1) -> CaseFile:
    made = ruin.case_file(documents)
    ruin.desk.walk("handed_over")
    return made


def test_only_its_executor_begins_in_person_and_with_an_open_account(ruin: Ruin) -> None:
    handed_over(ruin)
    desk = ruin.desk
    assert begins(ruin, desk.lan) in ("another_hand", "not_the_executor")
    assert begins(ruin, desk.truong) in ("not_allowed", "another_hand", "not_the_executor")
    third = a_person(ruin.services.db, desk.office.organ, "ba", "archivist")
    assert begins(ruin, third) == "not_the_executor"
    with audit.acting_as(desk.lan, "web", principal=desk.mai), pytest.raises(NotAllowed):
        _begin_now(ruin)
    with desk.acting(desk.lan) as session:
        found = session.get_one(Person, desk.mai.id)
        found.locked_from = clock.today(desk.office.organ) - timedelta(days=1)
        session.flush()
        audit.record(session, "person.test", found)
    assert begins(ruin) in ("executor_not_active", "not_allowed")
    assert ruin.disposal().stage == "handed_over"
    assert ruin.hits() == 0 or all(one.destroyed_at is None for one in ruin.documents())


def _begin_now(ruin: Ruin) -> None:
    with ruin.services.db.transaction() as session:
        who = session.get_one(Person, ruin.desk.mai.id)
        execution.begin(session, ruin.desk.found(session), who)


@pytest.mark.parametrize("stops", [True, False])
def test_a_freeze_after_reconfirmation_stops_the_batch_or_leaves_the_line_out(
    ruin: Ruin, stops: bool
) -> None:
    held = ruin.case_file(2)
    ruin.case_file(1)
    ruin.index()
    ruin.desk.walk("handed_over")
    ruin.desk.freeze(ruin.desk.document_in(held))  # one document within the batch
    with ruin.desk.acting(ruin.desk.lan) as session:
        organ = ruin.desk.organ(session)
        organ.rules = {**organ.rules, "freeze_stops_batch": stops}
        audit.record(session, "organ.test", organ)
    if stops:
        assert begins(ruin) == "frozen_in_batch"
        assert all(one.destroyed_at is None for one in ruin.documents())
        return
    assert begins(ruin) == ""
    assert ruin.run()
    assert ruin.disposal().stage == "destroyed"
    assert [one.outcome for one in ruin.desk.items()] == ["omitted", "destroy"]
    assert sum(one.destroyed_at is None for one in ruin.documents()) == 2
    told = json.loads(kept(ruin, "json").read_bytes())
    assert told["lines"][0]["outcome"] == "omitted"
    assert "frozen" in told["lines"][0]["outcome_why"]
    assert check(kept(ruin, "pdf")).holds


def test_what_was_added_altered_lent_or_is_on_its_way_stops_it(
    ruin: Ruin, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_file = handed_over(ruin)
    desk = ruin.desk

    def lend(session: Session) -> Loan:
        return loans.lend(
            session, session.get_one(CaseFile, case_file.id), desk.lan, name="Bình",
            purpose="Tra cứu", approved_by="Trưởng", until_on=clock.today(desk.office.organ),
        )  # fmt: skip

    monkeypatch.setattr(freezes, "MORE_HOLDS", [])  # what comes in all the same is seen
    with desk.acting(desk.lan) as session:
        lend(session)
    assert begins(ruin) == "lent_out"
    with desk.acting(desk.lan) as session:
        loan = session.get_one(Loan, 1)
        loan.returned_on = clock.today(desk.office.organ)
        audit.record(session, "loan.test", loan)
    desk.place(a_document(ruin.services.db, desk.office.organ), case_file)
    assert begins(ruin) == "list_altered"
    assert ruin.disposal().stage == "handed_over"


def test_a_hand_in_two_parts_is_refused_by_the_database_too(ruin: Ruin) -> None:
    handed_over(ruin)
    with pytest.raises(IntegrityError), ruin.desk.at(ruin.desk.lan) as (session, one):
        session.add(DisposalHand(disposal_id=one.id, person_id=ruin.desk.lan.id, part="execution"))
        session.flush()
    with pytest.raises(IntegrityError), ruin.desk.at(ruin.desk.lan) as (session, one):
        one.items[0].destroyed_on = one.items[0].expires_on
        session.flush()


def test_nothing_begins_while_a_notice_runs(ruin: Ruin) -> None:
    handed_over(ruin)
    with ruin.desk.at(ruin.desk.lan) as (session, one):
        one.items[0].notice_until = clock.today(one.organ)
        audit.record(session, "disposal.test", one)
    assert begins(ruin) == "nothing_to_destroy"
    assert count(ruin, Erasure) == 0
