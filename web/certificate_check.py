"""Checking a certificate of destruction with nothing of the archive at hand but this program."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import Invalid
from formats.attachments import attached
from formats.errors import FormatError
from formats.seals import SealVerdict, check_detached, check_seal, fingerprint_in
from retention.certificates import JSON_NAME, SEAL_NAME, Fault, faults

LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True)
class CertificateCheck:
    """What came of it: what the certificate says of itself, who sealed it, what does not fit."""

    told: dict[str, Any]
    fingerprint: str
    seal: SealVerdict | None
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether all of it fits."""
        return not self.faults


def check(path: Path, wanted: str = "") -> CertificateCheck:
    """Check the PDF, or the JSON with its seal beside it.

    Args:
        path: the file.
        wanted: the fingerprint that the seal's certificate must have, where one is known.

    Raises:
        Invalid: `not_a_certificate`.
    """
    content, signature, is_pdf = _taken_apart(path)
    if signature is None:
        return CertificateCheck({}, "", None, (Fault("seal_missing"),))
    found = list(faults(content))
    try:
        fingerprint = fingerprint_in(signature)
    except FormatError:
        return CertificateCheck({}, "", None, (Fault("seal_differs"), *found))
    if wanted and wanted.lower().replace(":", "") != fingerprint:
        found.append(Fault("seal_differs", fingerprint[:16]))
    seal = _beside(content, signature, fingerprint)
    if not seal.holds:
        found.insert(0, Fault("seal_differs", seal.reason))
    if is_pdf and not check_seal(path, {fingerprint}).holds:
        found.insert(0, Fault("page_seal_differs"))
    return CertificateCheck(_read(content), fingerprint, seal, tuple(found))


def _taken_apart(path: Path) -> tuple[bytes, bytes | None, bool]:
    if path.stat().st_size > LARGEST:
        raise Invalid("not_a_certificate")
    raw = path.read_bytes()
    if raw[:5] != b"%PDF-":
        beside = path.with_name(path.name + ".p7s")
        return raw, beside.read_bytes() if beside.is_file() else None, False
    try:
        held = attached(path, (JSON_NAME, SEAL_NAME))
    except FormatError as wrong:
        raise Invalid("not_a_certificate") from wrong
    if JSON_NAME not in held:
        raise Invalid("not_a_certificate")
    return held[JSON_NAME], held.get(SEAL_NAME), True


def _beside(content: bytes, signature: bytes, fingerprint: str) -> SealVerdict:
    with tempfile.TemporaryDirectory(prefix="luutru-verify-") as room:
        place = Path(room, "certificate")
        place.write_bytes(content)
        return check_detached(place, signature, {fingerprint})


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
