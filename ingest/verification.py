"""Is a document still what it was? Digests, seals, signatures and veraPDF, asked again."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from archive import audit, documents, organs
from archive.errors import StoreFailed
from archive.files import FileStore
from archive.models import Document, Part
from archive.settings import Settings
from formats import verapdf
from formats.confined import confined
from formats.seals import check_detached, check_seal
from formats.signature_reports import SignatureReport
from formats.signatures import check_signatures
from formats.trust import TrustFolder


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
    session: Session, files: FileStore, settings: Settings, codes: Sequence[str]
) -> Iterator[Verification]:
    """Verify documents one by one; the caller tells of it with `tell`."""
    for code in codes:
        document = documents.by_code(session, code)
        pinned = organs.pinned(session, document.organ_id)
        with tempfile.TemporaryDirectory(prefix="luutru-verify-") as folder:
            checks = [
                check
                for part in document.parts
                for check in _part(files, settings, part, pinned, Path(folder))
            ]
        yield Verification(code, tuple(checks))


def tell(session: Session, document: Document, verification: Verification) -> None:
    """Write the outcome into the document's story."""
    broken = [f"{one.part}/{one.role}: {one.what}" for one in verification.checks if not one.holds]
    audit.record(
        session,
        "document.verify",
        document,
        facts={"holds": verification.holds, "checks": len(verification.checks), "broken": broken},
    )


def _part(
    files: FileStore, settings: Settings, part: Part, pinned: set[str], folder: Path
) -> Iterator[Checked]:
    copies: dict[str, Path] = {}
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
    yield from _seal(settings, part, pinned, copies)
    yield from _signatures(settings, part, copies)
    yield from _pdfa(settings, part, copies)


def _seal(
    settings: Settings, part: Part, pinned: set[str], copies: dict[str, Path]
) -> Iterator[Checked]:
    trust = TrustFolder(settings.trust)
    if "seal" in copies and "original" in copies:
        signature = copies["seal"].read_bytes()
        verdict = check_detached(copies["original"], signature, pinned, trust)
        yield Checked("seal", part.ordinal, "seal", verdict.holds, verdict.reason)
    elif "archival" in copies:
        verdict = check_seal(copies["archival"], pinned, trust)
        yield Checked("seal", part.ordinal, "archival", verdict.holds, verdict.reason)


def _signatures(settings: Settings, part: Part, copies: dict[str, Path]) -> Iterator[Checked]:
    """The signatures again, as of the moment of receipt: the verdict must be the one recorded."""
    if "signature_report" not in copies or "original" not in copies:
        return
    kept = SignatureReport.from_json(copies["signature_report"].read_text(encoding="utf-8"))
    trust = TrustFolder(settings.trust)
    again = confined(check_signatures, copies["original"], trust, kept.checked_at, seconds=180)
    same = again.indication == kept.indication
    detail = f"{kept.indication} → {again.indication}" if not same else str(kept.indication)
    yield Checked("signatures", part.ordinal, "original", same, detail)


def _pdfa(settings: Settings, part: Part, copies: dict[str, Path]) -> Iterator[Checked]:
    if "archival" not in copies:
        return
    jar = Path(settings.verapdf_jar)
    verdict = verapdf.validate([copies["archival"]], jar=jar)[copies["archival"]]
    said = verdict.flavour or verdict.problem or ""
    yield Checked("pdfa", part.ordinal, "archival", verdict.is_valid, said)
