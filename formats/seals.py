"""The archive's own seal: put inside a PDF (PAdES), kept beside a file (CAdES), and checked again.

The level that a seal reports is what the file really carries: without a time stamp B-B, with one
B-T, and B-LTA only if the file alone, with no help from any folder or network, would still be
found valid twenty years on. Nothing is ever signed in place: the sealed file is a new one.
"""

import asyncio
import hashlib
import os
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

import pkcs11
from asn1crypto import cms, x509
from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import (
    SigningError,
    extract_certificate_info,
    extract_signer_info,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec
from pyhanko.stamp.base import BaseStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

from formats.errors import ProgramFailed, Unreadable
from formats.seal_keys import TRIAL_UNIT, SealKey
from formats.signature_findings import described, has_passed
from formats.signature_reports import SignatureCheck
from formats.signature_walk import DAMAGE, judge
from formats.signatures import check_by
from formats.stamps import VIETNAM, Stamp, place_stamp
from formats.trust import Evidence, Trust, TrustFolder, offline_rules

Level = Literal["B-B", "B-T", "B-LTA"]

FIELD = "Seal"
_AHEAD = timedelta(days=20 * 365)
_SECONDS = 15

T = TypeVar("T")


@dataclass(frozen=True)
class SealResult:
    """What was sealed: the level that the file carries, and why it is lower than asked for."""

    level: Level
    reason: str | None
    """Why a higher level that was asked for was not reached, or none."""
    sealed_at: datetime
    time_source: Literal["timestamp", "own_clock"]
    fingerprint: str
    field: str | None
    is_trial: bool


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
    visible: Stamp | None = None,
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
        visible: the mark on the first page, or none for a seal that is not seen.
        reason: words kept in the signature.
        name: who seals, in words; the certificate's own name when missing.
        field: name of the signature field.
        at: the moment of sealing by our own clock; now when missing.

    Raises:
        Unreadable: `pdf_unreadable`: not a PDF that can be sealed.
        ProgramFailed: `timestamp_unreachable` (worth trying later), `seal_certificate_expired`,
            `seal_certificate_revoked`, `seal_token_failed`.
    """
    job = _Job(
        key=key,
        aim=level if timestamp_url else "B-B",
        timestamp_url=timestamp_url,
        trust=(trust or TrustFolder()).load() if level == "B-LTA" else Trust(),
        visible=visible,
        reason=reason,
        name=name,
        field=field,
        at=_moment(key, at),
    )
    partial = path_out.with_name(path_out.name + ".part")
    try:
        result = _sealed(job, path_in, partial)
        partial.replace(path_out)
        return result
    finally:
        partial.unlink(missing_ok=True)


def seal_detached(
    path: Path, key: SealKey, *, timestamp_url: str | None = None, at: datetime | None = None
) -> DetachedSeal:
    """Sign the bytes of any file without touching it: a CAdES signature to be kept beside it."""
    moment = _moment(key, at)
    stamper = _stamper(timestamp_url)
    with path.open("rb") as stream:
        work = key.signer.async_sign_general_data(
            stream,
            "sha256",
            use_cades=True,
            timestamper=stamper,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=moment),
        )
        signed = _run(work, timestamp_url)
    result = SealResult(
        level="B-T" if stamper else "B-B",
        reason=None,
        sealed_at=_stamped_at(signed["content"]) or moment,
        time_source="timestamp" if stamper else "own_clock",
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


@dataclass(frozen=True)
class _Job:
    """One sealing, with everything that it needs."""

    key: SealKey
    aim: Level
    timestamp_url: str | None
    trust: Trust
    visible: Stamp | None
    reason: str | None
    name: str | None
    field: str
    at: datetime


class _TimedSigner(PdfSigner):
    """Signs as of a moment given to it, so that the mark and the signature tell the same time."""

    def __init__(self, at: datetime, **settings: Any) -> None:
        super().__init__(**settings)
        self._at = at

    def init_signing_session(
        self, pdf_out: Any, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


class _NoLongTermData(Exception):
    """What a long-term seal must carry could not be gathered."""


def _sealed(job: _Job, path_in: Path, partial: Path) -> SealResult:
    missing = None
    try:
        _write(job, path_in, partial)
    except _NoLongTermData:
        missing = "long_term_data_missing"
        job = replace(job, aim="B-T")
        _write(job, path_in, partial)
    with partial.open("rb") as stream:
        signature = _found(PdfFileReader(stream, strict=False), job.field)
        _hold_to_account(job, signature)
        level = job.aim
        if level == "B-LTA" and not _lasts(job, signature):
            level, missing = "B-T", "long_term_data_incomplete"
        stamped = _stamped_at(signature.signed_data)
    return SealResult(
        level=level,
        reason=missing,
        sealed_at=stamped or job.at,
        time_source="timestamp" if stamped else "own_clock",
        fingerprint=job.key.fingerprint,
        field=job.field,
        is_trial=job.key.is_trial,
    )


def _write(job: _Job, path_in: Path, partial: Path) -> None:
    with path_in.open("rb") as source, partial.open("w+b") as target:
        writer, style, spec = _prepared(job, source)
        context = _context(job) if job.aim == "B-LTA" else None
        signer = _TimedSigner(
            job.at,
            signature_meta=PdfSignatureMetadata(
                field_name=job.field,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                name=job.name,
                reason=job.reason,
                embed_validation_info=context is not None,
                use_pades_lta=context is not None,
                validation_context=context,
                signer_key_usage=set(),
            ),
            signer=job.key.signer,
            timestamper=_stamper(job.timestamp_url) if job.aim != "B-B" else None,
            stamp_style=style,
            new_field_spec=spec,
        )
        _run(_signing(signer, writer, target, context), job.timestamp_url)
        target.flush()
        os.fsync(target.fileno())


def _prepared(
    job: _Job, source: IO[bytes]
) -> tuple[IncrementalPdfFileWriter, BaseStampStyle | None, SigFieldSpec]:
    """Open the file for an update behind its end, with the mark's place found if there is one."""
    try:
        writer = IncrementalPdfFileWriter(source, strict=False)
        if writer.prev.encrypted:
            raise Unreadable("pdf_encrypted")
        if job.visible is None:
            return writer, None, SigFieldSpec(job.field, on_page=0)
        found = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
        page = found[0].get_object()
        mark = place_stamp(job.visible, page, job.at)
    except DAMAGE as wrong:
        raise Unreadable("pdf_unreadable", said=type(wrong).__name__) from wrong
    box = cast("tuple[int, int, int, int]", mark.place.box)  # the library writes fractions as well
    return writer, mark.style, SigFieldSpec(job.field, on_page=0, box=box)


async def _signing(
    signer: PdfSigner,
    writer: IncrementalPdfFileWriter,
    target: IO[bytes],
    context: ValidationContext | None,
) -> None:
    try:
        await signer.async_sign_pdf(writer, output=target)
    finally:
        if context is not None:
            await context.aclose()  # type: ignore[no-untyped-call]


def _run(work: Coroutine[Any, Any, T], timestamp_url: str | None) -> T:
    """Do the work, and say in our own words what came between."""
    try:
        return asyncio.run(work)
    except TimestampRequestError as silent:
        host = urlsplit(timestamp_url or "").hostname
        raise ProgramFailed("timestamp_unreachable", host=host) from silent
    except pkcs11.PKCS11Error as refused:
        raise ProgramFailed("seal_token_failed", said=type(refused).__name__) from refused
    except (PathError, ValidationError) as missing:
        raise _NoLongTermData from missing
    except SigningError as refused:
        if isinstance(refused.__cause__, RevokedError):
            raise ProgramFailed("seal_certificate_revoked") from refused
        if isinstance(refused.__cause__, PathError | ValidationError):
            raise _NoLongTermData from refused
        raise Unreadable("pdf_not_sealable", said=str(refused)) from refused
    except misc.PdfError as wrong:
        raise Unreadable("pdf_unreadable", said=type(wrong).__name__) from wrong


def _context(job: _Job) -> ValidationContext:
    """What gathers data for the long term, from the folder and from the authorities' servers."""
    known = job.trust.evidence
    return ValidationContext(
        trust_roots=_anchors(job),
        other_certs=[*known.certificates, *job.key.signer.cert_registry],
        crls=list(known.crls),
        ocsps=list(known.ocsps),
        allow_fetching=True,
        # The library's default would seal without any revocation data and call it long-term.
        revocation_mode="require",
    )


def _anchors(job: _Job) -> list[x509.Certificate]:
    own = job.key.certificate
    return [*job.trust.anchors, *([own] if own.self_signed != "no" else [])]


def _found(reader: PdfFileReader, field: str) -> EmbeddedPdfSignature:
    found = (each for each in reader.embedded_signatures if each.field_name == field)
    return cast(EmbeddedPdfSignature, next(found))


def _hold_to_account(job: _Job, signature: EmbeddedPdfSignature) -> None:
    """Check the fresh seal as others would, before anybody is told that it is there."""
    digest = signature.compute_digest()
    pinned = Trust(pinned=frozenset({job.key.fingerprint}))
    told = asyncio.run(judge(signature.signed_data, digest, pinned, Evidence(), job.at))
    if not has_passed(told.answer):
        raise ProgramFailed("seal_not_valid", said=told.answer.ades_subindic.standard_name)


def _lasts(job: _Job, signature: EmbeddedPdfSignature) -> bool:
    """Whether the file alone would be valid far ahead, if its stamps are renewed till then."""
    now = datetime.now(UTC)
    rules = PdfSignatureValidationSpec(offline_rules(_anchors(job), Evidence()))
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    answer = asyncio.run(simulate_future_ades_lta_validation(signature, rules, now + _AHEAD, now))
    return has_passed(answer)


@lru_cache(maxsize=8)
def _stamper_for(url: str) -> TimeStamper:
    return RequestsHTTPTimeStamper(url, timeout=_SECONDS)  # type: ignore[no-untyped-call]


def _stamper(url: str | None) -> TimeStamper | None:
    """Give the one client of a server: each new one costs a request just to learn its size."""
    return _stamper_for(url) if url else None


def _stamped_at(signed: cms.SignedData) -> datetime | None:
    for token in extract_tst_data_iter(extract_signer_info(signed), signed=False):
        return cast(datetime, token["encap_content_info"]["content"].parsed["gen_time"].native)
    return None


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
