"""What this machine has, and what is missing without it."""

import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from archive import clock, journal_check, people
from archive.errors import ArchiveError, NotReady
from archive.files import free_megabytes
from archive.models import Document, Organ
from formats.errors import FormatError
from formats.programs import is_installed, run
from ingest import leftovers
from ingest.models import Intake
from retention import replay
from retention.destruction_journal import open_journal
from retention.probes import said
from search import indexing
from web.services import Services

LEAST_MEGABYTES = 1024
STANDSTILL = timedelta(minutes=15)
# What a working archive may lack: good advice, but no reason for `doctor` to fail.
ADVICE = frozenset(
    {"no_timestamps", "trial_seal", "no_trust_anchors", "one_person_only", "no_virus_scan"}
)


@dataclass(frozen=True)
class Check:
    """A part of the machine: whether it is there, what was found, what fails without it."""

    name: str
    is_good: bool
    found: str
    without: str = ""  # a stable code of what is missing without it; empty when nothing is


def checks(services: Services) -> list[Check]:
    """Everything that can be looked at in a few seconds."""
    return [
        *(_program(*row) for row in _PROGRAMS),
        _vietnamese(),
        _verapdf(services),
        _guarded("scanner", lambda: _scanner(services), "no_virus_scan"),
        _guarded("seal", lambda: _seal(services), "no_seal"),
        _timestamps(services),
        _guarded("database", lambda: _database(services), "nothing_works"),
        _disk(services),
        _guarded("store", lambda: _store(services), "foreign_store"),
        _journal(services),
        _guarded("destructions", lambda: _destructions(services), "nothing_works"),
        _guarded("index", lambda: _index(services), "index_rebuilt"),
        _guarded("queue", lambda: _queue(services), "nothing_works"),
        _trust(services),
        _guarded("hands", lambda: _parted(services), "nothing_works"),
    ]


def is_ready(services: Services) -> dict[str, bool]:
    """What operators ask: database, files, index, queue."""
    looked = {
        "database": lambda: _database(services).is_good,
        "files": lambda: _disk(services).is_good,
        "index": lambda: indexing.is_whole(services.engine),
        "queue": lambda: _moves(services),
    }
    return {name: _is_good(look) for name, look in looked.items()}


_PROGRAMS: tuple[tuple[str, list[str], str], ...] = (
    ("tesseract", ["tesseract", "--version"], "no_ocr"),
    ("java", ["java", "-version"], "no_verapdf"),
    ("soffice", ["soffice", "--version"], "no_office"),
    ("gs", ["gs", "--version"], "no_ghostscript"),
)


def _journal(services: Services) -> Check:
    journal = services.db.journal
    if journal is None:
        return Check("journal", False, "", "no_journal")
    with services.db.reading() as session:
        gaps = journal_check.unexplained(session)
    if gaps:
        return Check("journal", False, f"{journal.folder}: {', '.join(gaps)}", "journal_gap_untold")
    return Check("journal", journal.takes_lines(), str(journal.folder), "no_journal")


def _destructions(services: Services) -> Check:
    """The journal of destructions as it is now, and whether the archive was opened by it (R18)."""
    journal = open_journal(services.settings.destructions)
    place = str(journal.folder)
    try:
        if services.closed_by is not None:
            raise services.closed_by
        with services.db.reading() as session:
            replay.compare(session, journal)
    except NotReady as trouble:
        came_back = trouble.code == "destruction_not_repeated"
        without = "destructions_came_back" if came_back else "destructions_unproved"
        return Check("destructions", False, f"{place}, {said(trouble)}", without)
    if not journal.takes_lines():
        return Check("destructions", False, place, "destructions_unwritable")
    return Check("destructions", True, f"{place}, {last.number if (last := journal.last()) else 0}")


def _program(name: str, command: list[str], without: str) -> Check:
    if not is_installed(command[0]):
        return Check(name, False, "", without)
    try:
        said = run(command, seconds=30, megabytes=None)
    except FormatError as failed:
        return Check(name, False, failed.code, without)
    first = (said.stdout or said.stderr).decode(errors="replace").strip().splitlines()
    return Check(name, said.code == 0, first[0] if first else "", without)


def _vietnamese() -> Check:
    if not is_installed("tesseract"):
        return Check("tesseract-vie", False, "", "no_ocr")
    said = run(["tesseract", "--list-langs"], seconds=30).stdout.decode().split()
    return Check("tesseract-vie", "vie" in said, "vie" if "vie" in said else "", "no_ocr")


def _verapdf(services: Services) -> Check:
    jar = Path(services.settings.verapdf_jar).expanduser()
    return Check("verapdf", jar.is_file(), jar.name if jar.is_file() else "", "no_verapdf")


def _scanner(services: Services) -> Check:
    if not services.settings.clamav_url:
        return Check("scanner", False, "", "no_virus_scan")
    with tempfile.NamedTemporaryFile(prefix="luutru-probe-") as probe:
        probe.write(b"luutru")
        probe.flush()
        answer = services.workshop.scanner.scan(Path(probe.name))
    return Check("scanner", answer.is_trustworthy, answer.engine, answer.why or "no_virus_scan")


def _seal(services: Services) -> Check:
    with services.db.reading() as session:
        organ = session.scalar(select(Organ.id).order_by(Organ.id).limit(1))
    if organ is None:
        return Check("seal", False, "", "not_set_up")
    key = services.keys.of(organ)
    return Check("seal", not key.is_trial, key.name, "trial_seal" if key.is_trial else "")


def _timestamps(services: Services) -> Check:
    url = services.settings.timestamp_url
    return Check("timestamps", bool(url), url, "" if url else "no_timestamps")


def _database(services: Services) -> Check:
    with services.db.reading() as session:
        count = session.scalar(select(func.count()).select_from(Document))
        session.execute(text("select 1"))
    name = services.db.engine.dialect.name
    return Check("database", True, f"{name}, {count}")


def _disk(services: Services) -> Check:
    free = free_megabytes(services.settings.files)
    if free is None:
        return Check("disk", True, "")
    return Check("disk", free >= LEAST_MEGABYTES, f"{free} MB", "store_full")


def _store(services: Services) -> Check:
    is_doubtful = leftovers.is_in_doubt(services.db)
    return Check("store", not is_doubtful, "", "foreign_store" if is_doubtful else "")


def _index(services: Services) -> Check:
    stands = indexing.status(services.db, services.engine)
    behind = sum(stands.behind.values())
    without = f"search_{stands.trouble}" if stands.trouble else "index_rebuilt"
    return Check("index", stands.is_whole, f"-{behind}", without)


def _queue(services: Services) -> Check:
    with services.db.reading() as session:
        rows = session.execute(
            select(Intake.state, func.count())
            .where(Intake.state.in_(("received", "waiting", "stuck")))
            .group_by(Intake.state)
        ).all()
    counts = {str(state): int(number) for state, number in rows}
    said = ", ".join(f"{state} {number}" for state, number in sorted(counts.items()))
    return Check("queue", counts.get("stuck", 0) == 0, said, "stuck_intakes")


def _moves(services: Services) -> bool:
    """Whether the road moves: nothing has long been due while nobody works on anything.

    A stuck file stops no other, and a long queue is no standstill; neither is told here.
    """
    late, now = clock.now() - STANDSTILL, clock.now()
    overdue = (
        select(Intake.id)
        .where(Intake.state == "received", Intake.queued_at < late)
        .where(or_(Intake.claimed_until.is_(None), Intake.claimed_until < late))
        .where(or_(Intake.try_after.is_(None), Intake.try_after < late))
    )
    at_work = select(Intake.id).where(Intake.state == "received", Intake.claimed_until >= now)
    with services.db.reading() as session:
        return (
            session.scalar(overdue.limit(1)) is None or session.scalar(at_work.limit(1)) is not None
        )


def _trust(services: Services) -> Check:
    folder = services.settings.trust
    anchors = [one for one in folder.glob("*") if one.suffix in (".crt", ".pem", ".cer")]
    return Check("trust", bool(anchors), str(len(anchors)), "no_trust_anchors")


def _parted(services: Services) -> Check:
    """The first person is administrator and archivist; two people are better (R9)."""
    with services.db.reading() as session:
        alone = people.count(session) < 2
    return Check("hands", not alone, "", "one_person_only")


def _guarded(name: str, look: Callable[[], Check], without: str) -> Check:
    """A part that fails to answer is a part that is not there."""
    try:
        return look()
    except (ArchiveError, FormatError) as failed:
        return Check(name, False, failed.code, without)
    except SQLAlchemyError:
        return Check(name, False, "database_unreachable", without)


def _is_good(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except (TimeoutError, ArchiveError, FormatError, OSError, ssl.SSLError, SQLAlchemyError):
        return False
