"""What waits for a program or for the scanner: asked now and then whether it is there again.

While it is still missing nothing changes and nothing is told; the next look is only put off.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive import audit, clock
from archive.database import Database
from formats.programs import is_installed
from ingest import outcomes
from ingest.models import Intake
from ingest.scanner import ScannerSilent
from ingest.workspace import Workshop

OF_THE_SCANNER = frozenset({"scanner_silent", "scanner_answer_unknown"})
PROGRAMS = frozenset({"tesseract", "soffice", "gs", "java"})  # found by their names


@dataclass(frozen=True)
class Lacking:
    """What a file waits for."""

    reason: str
    program: str


def look_again(db: Database, is_missing: Callable[[Lacking], bool]) -> int:
    """Put those back on the road for whom it is there now; how many."""
    is_due = (Intake.state == "waiting", Intake.try_after <= clock.now())
    with db.reading() as session:  # mostly nobody waits, and then no writer is held up
        rows = session.execute(select(Intake.id, Intake.reason, Intake.details).where(*is_due))
        lacking = {number: _lacking(reason, details) for number, reason, details in rows}
    if not lacking:
        return 0
    missing = {one for one in set(lacking.values()) if is_missing(one)}  # each asked about once
    with (
        audit.acting(audit.Actor(door="worker", account="luutru")),
        db.transaction() as session,
    ):
        waiting = select(Intake).where(*is_due, Intake.id.in_(lacking))
        resumed = 0
        for intake in session.scalars(waiting.with_for_update(skip_locked=True, key_share=True)):
            if lacking[intake.id] in missing:
                intake.attempts = min(intake.attempts + 1, outcomes.LOOKS_COUNTED + 1)
                intake.try_after = clock.now() + outcomes.pause_after(intake.attempts)
                continue
            looks = min(intake.attempts, outcomes.LOOKS_COUNTED)
            outcomes.resume(session, intake)
            intake.attempts, resumed = looks, resumed + 1
        return resumed


def _lacking(reason: str | None, details: Mapping[str, Any]) -> Lacking:
    return Lacking(reason or "", str(details.get("program", "")))


def missing_here(workshop: Workshop) -> Callable[[Lacking], bool]:
    """True only where that can be seen from here; in doubt the step itself finds out."""

    @cache
    def is_silent() -> bool:
        with tempfile.NamedTemporaryFile(prefix="luutru-probe-") as probe:
            probe.write(b"luutru")
            probe.flush()
            try:
                workshop.scanner.scan(Path(probe.name))
            except ScannerSilent:
                return True
        return False

    def is_missing(one: Lacking) -> bool:
        if one.reason in OF_THE_SCANNER:
            return is_silent()
        if one.program == "verapdf":
            return not Path(workshop.settings.verapdf_jar).expanduser().is_file()
        return one.program in PROGRAMS and not is_installed(one.program)

    return is_missing
