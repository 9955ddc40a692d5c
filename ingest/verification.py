"""Is a document still what it was? Digests, seals, signatures and veraPDF, asked again."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from sqlalchemy.orm import Session

from archive import audit, documents, organs
from archive.database import Database, pieces
from archive.errors import StoreFailed
from archive.files import FileStore
from archive.models import Document, Part
from archive.settings import Settings
from formats import verapdf
from formats.confined import confined
from formats.errors import FormatError
from formats.seals import check_detached, check_seal
from formats.signature_reports import SignatureReport
from formats.signatures import check_signatures
from formats.trust import TrustFolder

BATCH = 20

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at: what, of which part, and whether it holds."""

    what: str  # digest, seal, signatures, pdfa
    part: int
    role: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True)
class Verification:
    """Everything that was looked at of one document."""

    document: str
    checks: tuple[Checked, ...]

    @property
    def holds(self) -> bool:
        """Whether all of it does."""
        return all(one.holds for one in self.checks)


def verify(
    db: Database, files: FileStore, settings: Settings, codes: Sequence[str]
) -> Iterator[Verification]:
    """Verify documents, some at once because Java is slow to start; tell of each with `tell`.

    What the rows say is read beforehand: no look at the database is open while programs run.

    Raises:
        NotFound: `no_such_document`.
        ProgramMissing: Java or veraPDF is not there.
    """
    for some in pieces(codes, BATCH):
        with tempfile.TemporaryDirectory(prefix="luutru-verify-") as folder:
            looked = [
                _look(files, settings, one, Path(folder) / str(number))
                for number, one in enumerate(_read(db, some))
            ]
            yield from _judged(settings, looked)


@dataclass(frozen=True)
class _Known:
    """A document as its rows have it, and the certificates of its organ's seals."""

    document: Document
    pinned: set[str]


@dataclass(frozen=True)
class _Looked:
    """A document with everything looked at but PDF/A, and its archival copies by part."""

    code: str
    checks: list[Checked]
    copies: dict[int, Path]


def _read(db: Database, codes: Sequence[str]) -> list[_Known]:
    with db.reading() as session:
        found = [documents.by_code(session, code) for code in codes]
        return [_Known(one, organs.pinned(session, one.organ_id)) for one in found]


def _look(files: FileStore, settings: Settings, known: _Known, folder: Path) -> _Looked:
    pinned = known.pinned
    folder.mkdir()
    looked = _Looked(known.document.code, [], {})
    for part in known.document.parts:
        copies: dict[str, Path] = {}
        looked.checks.extend(_digests(files, part, folder, copies))
        looked.checks.extend(_seal(settings, part, pinned, copies))
        looked.checks.extend(_signatures(settings, part, copies))
        if "archival" in copies:
            looked.copies[part.ordinal] = copies["archival"]
    return looked


def _judged(settings: Settings, looked: list[_Looked]) -> Iterator[Verification]:
    """One run of veraPDF over all the copies of some documents."""
    paths = [path for one in looked for path in one.copies.values()]
    jar = Path(settings.verapdf_jar)
    verdicts = verapdf.validate(paths, jar=jar) if paths else {}
    for one in looked:
        for part, path in one.copies.items():
            verdict = verdicts[path]
            said = verdict.flavour or verdict.problem or ""
            one.checks.append(Checked("pdfa", part, "archival", verdict.is_valid, said))
        yield Verification(one.code, tuple(one.checks))


def tell(session: Session, document: Document, verification: Verification) -> None:
    """Write the outcome into the document's story."""
    broken = [f"{one.part}/{one.role}: {one.what}" for one in verification.checks if not one.holds]
    audit.record(
        session,
        "document.verify",
        document,
        facts={"holds": verification.holds, "checks": len(verification.checks), "broken": broken},
    )


def _digests(
    files: FileStore, part: Part, folder: Path, copies: dict[str, Path]
) -> Iterator[Checked]:
    """Read every stored form, replaced ones too; the current ones stay in `copies`."""
    for one in part.renditions:
        place = folder / f"{part.ordinal}-{one.role}-{one.id}.pdf"
        try:
            files.fetch(one.digest, place)
        except StoreFailed as failed:
            yield Checked("digest", part.ordinal, one.role, False, failed.code)
            continue
        yield Checked("digest", part.ordinal, one.role, True)
        if one.replaced_at is None:
            copies[one.role] = place


def _seal(
    settings: Settings, part: Part, pinned: set[str], copies: dict[str, Path]
) -> Iterator[Checked]:
    trust = TrustFolder(settings.trust)
    role = "seal" if "seal" in copies and "original" in copies else "archival"
    try:
        if role == "seal":
            signature = copies["seal"].read_bytes()
            verdict = _apart(check_detached, copies["original"], signature, pinned, trust)
        elif "archival" in copies:
            verdict = _apart(check_seal, copies["archival"], pinned, trust)
        else:
            return
    except FormatError as failed:
        yield Checked("seal", part.ordinal, role, False, failed.code)
        return
    yield Checked("seal", part.ordinal, role, verdict.holds, verdict.reason)


def _apart(check: Callable[[*Ts], R], *arguments: *Ts) -> R:
    """Check in a child process: even what we sealed ourselves is taken apart by large programs."""
    return confined(check, *arguments, seconds=180, megabytes=2048)


def _signatures(settings: Settings, part: Part, copies: dict[str, Path]) -> Iterator[Checked]:
    """The signatures again, as of the moment of receipt: the verdict must be the one recorded."""
    if "signature_report" not in copies or "original" not in copies:
        return
    trust = TrustFolder(settings.trust)
    try:
        kept = SignatureReport.from_json(copies["signature_report"].read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError):
        yield Checked("signatures", part.ordinal, "signature_report", False, "unreadable")
        return
    try:
        again = _apart(check_signatures, copies["original"], trust, kept.checked_at)
    except FormatError as failed:
        yield Checked("signatures", part.ordinal, "original", False, failed.code)
        return
    same = again.indication == kept.indication
    detail = f"{kept.indication} → {again.indication}" if not same else str(kept.indication)
    yield Checked("signatures", part.ordinal, "original", same, detail)
