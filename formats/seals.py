"""The archive's own seal: put inside a PDF (PAdES), kept beside a file (CAdES), and checked again.

The level that a seal reports is what the file really carries: without a time stamp B-B, with one
B-T, and B-LTA only if the file alone, with no help from any folder or network, would still be
found valid twenty years on. Nothing is ever signed in place: the sealed file is a new one.
"""

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from asn1crypto import cms
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from formats.confined import confined_for
from formats.errors import ProgramFailed, Unreadable
from formats.seal_keys import TRIAL_UNIT, SealKey
from formats.seal_marks import SealMark
from formats.seal_questions import Answers, PublicKey, stamper
from formats.sealing import Job, Level, SealResult, run_signing, sealed, stamped_at
from formats.signature_findings import described
from formats.signature_reports import SignatureCheck
from formats.signature_walk import DAMAGE, judge
from formats.signatures import check_by
from formats.stamps import VIETNAM, Stamp
from formats.trust import Evidence, Trust, TrustFolder

__all__ = [
    "DetachedSeal",
    "Level",
    "SealResult",
    "SealVerdict",
    "check_detached",
    "check_seal",
    "fingerprint_in",
    "seal",
    "seal_detached",
]

FIELD = "Seal"


@dataclass(frozen=True)
class DetachedSeal:
    """A seal to be kept beside the file that it seals, as `.p7s`."""

    signature: bytes
    result: SealResult


@dataclass(frozen=True)
class SealVerdict:
    """What a seal is worth: `valid`, `valid_trial`, `invalid`, or `missing`."""

    state: Literal["valid", "valid_trial", "invalid", "missing"]
    reason: str
    check: SignatureCheck | None = None

    @property
    def holds(self) -> bool:
        """Whether the file is as it was sealed, by a key of ours."""
        return self.state in ("valid", "valid_trial")


def seal(
    path_in: Path,
    path_out: Path,
    key: SealKey,
    *,
    level: Level = "B-B",
    timestamp_url: str | None = None,
    trust: TrustFolder | None = None,
    visible: Stamp | SealMark | None = None,
    reason: str | None = None,
    name: str | None = None,
    field: str = FIELD,
    at: datetime | None = None,
) -> SealResult:
    """Seal a PDF into a new file, as high as asked for and as the means allow.

    Args:
        path_in: the file, which stays as it is.
        path_out: the sealed file; it appears whole or not at all.
        key: the organ's key.
        level: what to aim at; without `timestamp_url` it is B-B.
        timestamp_url: an RFC 3161 server.
        trust: anchors for the key and the time stamps; B-LTA needs them.
        visible: the mark on the first page, the organ's seal in an empty field that the file has
            (`field`), or none for a seal that is not seen.
        reason: words kept in the signature.
        name: who seals, in words; the certificate's own name when missing.
        field: name of the signature field.
        at: the moment of sealing by our own clock; now when missing.

    Raises:
        Unreadable: `pdf_unreadable`: not a PDF that can be sealed; `beyond_limits`.
        ProgramFailed: `timestamp_unreachable` (worth trying later), `seal_certificate_expired`,
            `seal_certificate_revoked`, `seal_token_failed`.
    """
    job = Job(
        public=PublicKey.of(key),
        aim=level if timestamp_url else "B-B",
        timestamp_url=timestamp_url,
        trust_folder=(trust or TrustFolder()) if level == "B-LTA" else None,
        visible=visible,
        reason=reason,
        name=name,
        field=field,
        at=_moment(key, at),
    )
    partial = path_out.with_name(path_out.name + ".part")
    try:
        told = Answers(key, timestamp_url)
        result = confined_for(path_in, sealed, job, path_in, partial, answers=told)
        partial.replace(path_out)
        return result
    finally:
        partial.unlink(missing_ok=True)


def seal_detached(
    path: Path, key: SealKey, *, timestamp_url: str | None = None, at: datetime | None = None
) -> DetachedSeal:
    """Sign the bytes of any file without touching it: a CAdES signature to be kept beside it."""
    moment = _moment(key, at)
    client = stamper(timestamp_url) if timestamp_url else None
    with path.open("rb") as stream:
        work = key.signer.async_sign_general_data(
            stream,
            "sha256",
            use_cades=True,
            timestamper=client,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=moment),
        )
        signed = run_signing(work, timestamp_url)
    result = SealResult(
        level="B-T" if client else "B-B",
        reason=None,
        sealed_at=stamped_at(signed["content"]) or moment,
        time_source="timestamp" if client else "own_clock",
        fingerprint=key.fingerprint,
        field=None,
        is_trial=key.is_trial,
    )
    return DetachedSeal(bytes(signed.dump()), result)


def check_seal(
    path: Path,
    pinned: Collection[str],
    trust: TrustFolder | None = None,
    at: datetime | None = None,
) -> SealVerdict:
    """Tell whether a file carries a seal of one of our keys, and nothing was changed since.

    `pinned` are fingerprints of the organ's certificates, which the archive knows as its own: they
    are believed without an authority. Their time stamps are judged by the trust folder.
    """
    report = check_by(path, _with_pins(trust, pinned), at or datetime.now(UTC))
    ours = [each for each in report.signatures if each.fingerprint in pinned]
    if not ours:
        return SealVerdict("missing", report.problem or "not_sealed_by_us")
    return _verdict(ours[-1])


def check_detached(
    path: Path,
    signature: bytes,
    pinned: Collection[str],
    trust: TrustFolder | None = None,
    at: datetime | None = None,
) -> SealVerdict:
    """Tell whether a seal kept beside a file is ours and fits the file's bytes."""
    try:
        signed = cms.ContentInfo.load(signature)["content"]
        certificate = extract_certificate_info(signed).signer_cert
        digest = _digest(path, extract_signer_info(signed)["digest_algorithm"]["algorithm"].native)
        if certificate.sha256.hex() not in pinned:
            return SealVerdict("missing", "not_sealed_by_us")
        known = _with_pins(trust, pinned)
        told = asyncio.run(judge(signed, digest, known, Evidence(), at or datetime.now(UTC)))
    except DAMAGE:
        return SealVerdict("invalid", "damaged_signature")
    return _verdict(described(FIELD, "signature", certificate, told.answer, told.moment))


def fingerprint_in(signature: bytes) -> str:
    """The SHA-256 of the certificate with which a seal beside a file was made.

    Raises:
        Unreadable: `damaged_signature`.
    """
    try:
        signed = cms.ContentInfo.load(signature)["content"]
        return str(extract_certificate_info(signed).signer_cert.sha256.hex())
    except DAMAGE as wrong:
        raise Unreadable("damaged_signature", said=type(wrong).__name__) from wrong


def _moment(key: SealKey, at: datetime | None) -> datetime:
    moment = (at or datetime.now(UTC)).astimezone(VIETNAM).replace(microsecond=0)
    if moment > key.valid_until:
        raise ProgramFailed("seal_certificate_expired", until=key.valid_until.isoformat())
    return moment


def _with_pins(trust: TrustFolder | None, pinned: Collection[str]) -> Trust:
    known = (trust or TrustFolder()).load()
    return replace(known, pinned=frozenset(pinned))


def _verdict(check: SignatureCheck) -> SealVerdict:
    if not check.passed:
        return SealVerdict("invalid", check.reason, check)
    if check.changes not in (None, "NONE", "LTA_UPDATES"):
        return SealVerdict("invalid", "changed_after_sealing", check)
    return SealVerdict("valid_trial" if check.unit == TRIAL_UNIT else "valid", "valid", check)


def _digest(path: Path, algorithm: str) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).digest()
