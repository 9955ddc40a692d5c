"""Places of content that retention cannot know: what the road made, pictures, copies, the index.

Each says how a thing is found there and how it is made to go (`retention.probes.Spot`).
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive.database import pieces
from archive.models import Part
from archive.settings import Settings
from archive.use_models import WholeCopy
from ingest import shelving
from ingest.leftovers import clear_temporary_folders, left_in_temporary_folders
from ingest.models import Intake, IntakeFile, Issuance
from retention import probes
from retention.execution import Batch, Thing
from retention.models import TransferItem
from retention.probes import BOTH, DOCUMENTS, Found, Sought
from search import indexing
from web import pictures, transfer_making, whole_making
from web.services import Services

CASE_FILES = frozenset({"case_file"})


# What the road made -------------------------------------------------------------------------------


def digests_of(session: Session, things: Sequence[Thing]) -> dict[str, list[str]]:
    """All bytes that are or were kept for these documents, those of the road among them."""
    found = {code: set(some) for code, some in probes.digests_of(session, things).items()}
    for code, numbers in intakes_of(session, things).items():
        mine = found.setdefault(code, set())
        for some in pieces(numbers):
            mine |= set(session.scalars(select(Intake.digest).where(Intake.id.in_(some))))
            made = select(IntakeFile.digest).where(IntakeFile.intake_id.in_(some))
            mine |= set(session.scalars(made))
            states = select(
                Issuance.prepared_digest, Issuance.signed_digest, Issuance.issued_digest
            )
            for row in session.execute(states.where(Issuance.intake_id.in_(some))):
                mine |= {one for one in row if one}
        mine.discard(shelving.FORGOTTEN)
    return {code: sorted(some) for code, some in found.items()}


def intakes_of(session: Session, things: Sequence[Thing]) -> dict[str, list[int]]:
    """The received files that became these documents or mended them, by the document's code."""
    by_number = {one.number: one.code for one in things if one.kind == "document"}
    found: dict[str, set[int]] = {}
    for some in pieces(by_number):
        became = select(Intake.document_id, Intake.id).where(Intake.document_id.in_(some))
        mended = (
            select(Part.document_id, Intake.id)
            .join(Part, Part.id == Intake.mends_part_id)
            .where(Part.document_id.in_(some))
        )
        for asked in (became, mended):
            for document, number in session.execute(asked):
                found.setdefault(by_number[document or 0], set()).add(number)
    return {code: sorted(numbers) for code, numbers in found.items()}


@dataclass
class WorkArea:
    """Part results of the road, by the number of the received file."""

    services: Services
    name: str = "work area"
    kinds: frozenset[str] = DOCUMENTS

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Folders that are there."""
        found: Found = {}
        for code, numbers in self._numbers(sought).items():
            there = [one for one in numbers if self.services.workshop.folder(one).exists()]
            found[code] = {"found": len(there), "intakes": numbers}
        return found

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Remove them."""
        troubles: dict[str, str] = {}
        for code, numbers in self._numbers(sought).items():
            for one in numbers:
                if (trouble := _remove(self.services.workshop.folder(one))) is not None:
                    troubles[code] = trouble
        return troubles

    def _numbers(self, sought: Sequence[Sought]) -> dict[str, list[int]]:
        if all(one.before for one in sought):
            return {one.thing.code: one.before.get("intakes", []) for one in sought}
        with self.services.db.reading() as session:
            return intakes_of(session, [one.thing for one in sought])


@dataclass
class PagePictures:
    """Drawn pages, by the digest of the file that they show."""

    services: Services
    name: str = "page pictures"
    kinds: frozenset[str] = DOCUMENTS

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Folders of pictures that are there, and are not of a file that others need."""
        listed = self._listed(sought)
        needed = self._needed({one for some in listed.values() for one in some}, sought)
        found: Found = {}
        for code, mine in listed.items():
            there = [one for one, place in self._places(mine) if place.exists()]
            shown = [one for one in there if one not in needed]
            found[code] = {"found": len(shown), "digests": mine}
        return found

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Remove them."""
        listed = self._listed(sought)
        needed = self._needed({one for some in listed.values() for one in some}, sought)
        troubles: dict[str, str] = {}
        for code, mine in listed.items():
            for _, place in self._places(sorted(set(mine) - needed)):
                if (trouble := _remove(place)) is not None:
                    troubles[code] = trouble
        return troubles

    def _places(self, digests: Sequence[str]) -> Iterator[tuple[str, Path]]:
        return zip(digests, pictures.folders(self.services.settings, digests), strict=True)

    def _listed(self, sought: Sequence[Sought]) -> dict[str, list[str]]:
        if all(one.before for one in sought):
            return {one.thing.code: one.before.get("digests", []) for one in sought}
        with self.services.db.reading() as session:
            return digests_of(session, [one.thing for one in sought])

    def _needed(self, digests: set[str], sought: Sequence[Sought]) -> set[str]:
        if not all(one.before for one in sought):
            return set()  # all that is there counts as found
        with self.services.db.reading() as session:
            return shelving.needed(session, digests)


@dataclass
class Made:
    """What the system makes of whole case files, by its number: of what goes, or with it inside.

    It goes whole, half made ones too: it can be made again of what is left.
    """

    services: Services
    name: str
    key: str  # under which the ledger keeps their numbers
    asked: Select[int, int]  # the case file's number and that of what was made of it
    places: Callable[[Settings, int], tuple[Path, ...]]
    kinds: frozenset[str] = CASE_FILES

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Those that are there."""
        found: Found = {}
        for code, numbers in self._numbers(sought).items():
            there = [one for one in numbers if any(place.exists() for place in self._places(one))]
            found[code] = {"found": len(there), self.key: numbers}
        return found

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Remove them."""
        troubles: dict[str, str] = {}
        for code, numbers in self._numbers(sought).items():
            for place in (each for one in numbers for each in self._places(one)):
                if (trouble := _remove(place)) is not None:
                    troubles[code] = trouble
        return troubles

    def _places(self, number: int) -> tuple[Path, ...]:
        return self.places(self.services.settings, number)

    def _numbers(self, sought: Sequence[Sought]) -> dict[str, list[int]]:
        if all(one.before for one in sought):
            return {one.thing.code: one.before.get(self.key, []) for one in sought}
        by_number = {one.thing.number: one.thing.code for one in sought}
        case_file = self.asked.selected_columns[0]
        found: dict[str, list[int]] = {}
        with self.services.db.reading() as session:
            for some in pieces(by_number):
                for file, number in session.execute(self.asked.where(case_file.in_(some))):
                    found.setdefault(by_number[file], []).append(number)
        return found


def whole_copies(services: Services) -> Made:
    """Whole case files as one PDF, for who asked, for a day."""

    def places(settings: Settings, number: int) -> tuple[Path, ...]:
        place = whole_making.place_of(settings, number)
        return place, place.with_suffix(".part")

    asked = select(WholeCopy.case_file_id, WholeCopy.id)
    return Made(services, "whole copies", "copies", asked, places)


def transfer_folders(services: Services) -> Made:
    """Folders for the historical archive, of transfers that came to nothing."""

    def places(settings: Settings, number: int) -> tuple[Path, ...]:
        place = transfer_making.place_of(settings, number)
        return place, place.with_name(place.name + ".part")

    asked = select(TransferItem.case_file_id, TransferItem.transfer_id)
    return Made(services, "folders for the historical archive", "transfers", asked, places)


# The index ----------------------------------------------------------------------------------------


@dataclass
class Index:
    """Words and fields in the index: by the id in its files, those that are only marked too."""

    services: Services
    name: str = "index"
    kinds: frozenset[str] = BOTH
    _proof: dict[str, object] = field(default_factory=dict)

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Whether a segment names it."""
        ids = _entry_ids(sought)
        held = self.services.engine.held(ids.values())
        proof = {"proof": self._proof} if self._proof else {}
        return {code: {"found": int(entry in held), **proof} for code, entry in ids.items()}

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Drop them, then have what stood beside them written anew."""
        services = self.services
        with services.indexing:
            indexing.forget(services.engine, list(_entry_ids(sought).values()))
            proof = indexing.purge(services.db, services.files, services.engine)
        self._proof = {
            "engine": proof.engine,
            "probe": proof.probe,
            "remaining": proof.remaining,
            "segments": proof.segments,
            "segments_with_deletions": proof.segments_with_deletions,
            "stray_files": len(proof.stray_files),
        }
        if proof.is_complete:
            return {}
        return dict.fromkeys((one.thing.code for one in sought), "index_not_purged")


def _entry_ids(sought: Sequence[Sought]) -> dict[str, str]:
    """Under which id the index knows each of these, by its code."""
    things = [one.thing for one in sought]
    return {one.code: indexing.id_of(one.kind, one.number, one.code) for one in things}


@dataclass
class TemporaryFolders:
    """Copies that a program was reading when it was killed; nobody knows of which document."""

    services: Services
    name: str = "temporary folders"
    kinds: frozenset[str] = CASE_FILES

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """What lies there of ours and is used no more; told of the first line for all."""
        count = len(left_in_temporary_folders([self.services.settings.path()]))
        return {one.thing.code: {"found": count if not place else 0}
                for place, one in enumerate(sought)}  # fmt: skip

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Remove them."""
        clear_temporary_folders([self.services.settings.path()])
        return {}


def _remove(place: Path) -> str | None:
    """Remove a file or a folder; what troubled it."""
    try:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    except FileNotFoundError:
        return None
    except OSError as trouble:
        return probes.said(trouble)
    return None
