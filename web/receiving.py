"""Receiving from the command line: store, then hand over to a live worker or do its work."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from archive import access
from archive.access import Action
from archive.errors import ArchiveError
from archive.models import Document, Organ, Person
from archive.reading import the_case_file
from ingest.models import Intake
from ingest.reception import Receipt, Sending, receive
from web.services import Services
from web.words import say, say_code
from web.worker import Worker, WorkerBusy, only_worker

END_STATES = ("shelved", "waiting", "refused", "stuck", "discarded")
LOOK = 0.3  # seconds between looks at what a live worker is doing
MEGABYTE = 1024 * 1024
# Wrong in what was typed, and so for every file alike.
OF_THE_COMMAND = {"unknown_field", "bad_value", "not_among", "out_of_range", "bad_characters",
                  "other_organ", "not_allowed"}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A file to receive, with what is known of it."""

    path: Path
    fields: dict[str, str]
    case_file: str | None = None
    again: bool = False


@dataclass(frozen=True)
class Fate:
    """What became of one file."""

    path: Path
    sha256: str | None
    intake: int | None
    state: str
    document: str | None
    case_file: str | None
    reason: str | None
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The promise to scripts."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "intake": self.intake,
            "state": self.state,
            "document": self.document,
            "case_file": self.case_file,
            "reason": self.reason,
        }

    def as_line(self) -> str:
        """For people."""
        why = f"  {say_code(self.reason, **self.details)}" if self.reason else ""
        name = "".join(map(_shown, self.path.name))
        name = name if len(name) <= 44 else name[:43] + "…"
        return f"{name:<44}  {say('state_' + self.state):<12}  {self.document or '—':<22}{why}"


def _shown(letter: str) -> str:
    """A letter of a file name as a terminal may be given it: what would steer it is spelled."""
    return letter if letter.isprintable() else letter.encode("unicode_escape", "replace").decode()


def receive_all(
    services: Services,
    person: Person,
    given: Sequence[Given],
    *,
    wait: bool,
    tell: Callable[[str], None],
    organ_id: int | None = None,
) -> Iterator[Fate]:
    """Receive each file at this organ, else at the person's own.

    With `wait`, carry on until each has come to an end.

    Raises:
        NotAllowed: the person may not receive.
        NotFound: `no_such_case_file`.
    """
    place = organ_id or person.organ_id
    case_files_by_code = _check(services, person, given, place)
    taken = [_take(services, person, one, case_files_by_code, place) for one in given]
    numbers = [one.intake_id for one in taken if isinstance(one, Receipt)]
    fates = _followed(services, numbers, wait, tell)
    for what, one in zip(given, taken, strict=True):
        yield _fate(what.path, fates[one.intake_id], one) if isinstance(one, Receipt) else one


def fates_of(
    services: Services, numbers: list[int], *, wait: bool, tell: Callable[[str], None]
) -> list[Fate]:
    """What became of these received files; with `wait`, once each has come to an end."""
    found = _followed(services, numbers, wait, tell)
    return [_fate(Path(found[one].name), found[one]) for one in numbers]


def _followed(
    services: Services, numbers: list[int], wait: bool, tell: Callable[[str], None]
) -> dict[int, Intake]:
    if wait:
        carry(services, numbers, tell)
    return _fates(services, numbers)


def _check(
    services: Services, person: Person, given: Sequence[Given], organ_id: int
) -> dict[str | None, int]:
    """The case files that are named, by code; all of them, before anything is stored."""
    with services.db.reading() as session:
        organ = session.get_one(Organ, organ_id)
        access.require(session, person, Action.RECEIVE, organ)
        found: dict[str | None, int] = {}
        for code in {one.case_file for one in given if one.case_file}:
            found[code] = the_case_file(session, person, code, Action.PLACE).id
        return found


def _take(
    services: Services,
    person: Person,
    given: Given,
    case_file_ids: dict[str | None, int],
    organ_id: int,
) -> Receipt | Fate:
    """Store one file; what is turned away at the desk holds up none of the others."""
    try:
        with given.path.open("rb") as stream:
            return receive(
                services.db,
                services.files,
                stream,
                Sending(
                    given.path.name,
                    given.fields,
                    case_file_ids.get(given.case_file),
                    given.again,
                ),
                organ_id=organ_id,
                by=person,
                door="command",
                limit=services.settings.upload_megabytes * MEGABYTE,
            )
    except OSError:
        return _turned_away(given.path, "cannot_open")
    except OperationalError:  # a full disk, mostly: what was receipted before is still told
        return _turned_away(given.path, "database_unwritable")
    except ArchiveError as no:
        if no.code in OF_THE_COMMAND:
            raise
        return _turned_away(given.path, no.code, no.details)


def _turned_away(path: Path, reason: str, details: dict[str, Any] | None = None) -> Fate:
    return Fate(path, None, None, "refused", None, None, reason, details or {})


def carry(services: Services, numbers: list[int], tell: Callable[[str], None]) -> None:
    """Take the worker's lock and run the road here; while somebody else has it, watch him work.

    He may end before our files do (another `receive --wait` does), so the lock is asked for again.
    """
    told = False
    while not _are_done(services, numbers):
        try:
            with only_worker(services):
                Worker(services).run_until_quiet(lambda: _are_done(services, numbers))
        except WorkerBusy:
            if not told:
                tell(say("handed_over"))
            told = True
            time.sleep(LOOK)


def _are_done(services: Services, numbers: list[int]) -> bool:
    """Whether each is at an end, and what was shelved is in the index too."""
    on_the_way = or_(Intake.state.not_in(END_STATES), Document.indexed_revision < Document.revision)
    left = (
        select(Intake.id)
        .outerjoin(Document, Document.id == Intake.document_id)
        .where(Intake.id.in_(numbers), on_the_way)
        .limit(1)
    )
    with services.db.reading() as session:
        return session.scalar(left) is None


def _fates(services: Services, numbers: list[int]) -> dict[int, Intake]:
    with services.db.reading() as session:
        found = session.scalars(
            select(Intake)
            .where(Intake.id.in_(numbers))
            .options(joinedload(Intake.document), joinedload(Intake.case_file))
        )
        return {one.id: one for one in found}


def _fate(path: Path, intake: Intake, receipt: Receipt | None = None) -> Fate:
    is_known = receipt is not None and not receipt.is_new
    reason = intake.reason or ("same_bytes" if is_known else None)
    return Fate(
        path=path,
        sha256=intake.digest,
        intake=intake.id,
        state=intake.state,
        document=intake.document.code if intake.document else None,
        case_file=intake.case_file.code if intake.case_file else None,
        reason=reason,
        details=intake.details,
    )
