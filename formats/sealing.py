"""How a seal is made: a new file is written, checked as others would, and its level measured."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

import pkcs11
from asn1crypto import cms, x509
from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError, extract_signer_info
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec
from pyhanko.stamp.base import BaseStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

from formats.errors import ProgramFailed, Unreadable
from formats.seal_keys import SealKey
from formats.seal_marks import SealMark
from formats.seal_questions import PublicKey, asking_stamper
from formats.signature_findings import has_passed
from formats.signature_walk import DAMAGE, judge
from formats.stamps import Stamp, place_stamp
from formats.trust import Evidence, Trust, TrustFolder, offline_rules

Level = Literal["B-B", "B-T", "B-LTA"]

_AHEAD = timedelta(days=20 * 365)

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
class Job:
    """One sealing, with everything that it needs; the key itself stays with who ordered it."""

    public: PublicKey
    aim: Level
    timestamp_url: str | None
    trust_folder: TrustFolder | None
    visible: Stamp | SealMark | None
    reason: str | None
    name: str | None
    field: str
    at: datetime

    @cached_property
    def key(self) -> SealKey:
        """A key that asks for each signature."""
        return self.public.asking()

    @cached_property
    def trust(self) -> Trust:
        """What is believed when data for the long term is gathered."""
        return self.trust_folder.load() if self.trust_folder else Trust()


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


def sealed(job: Job, path_in: Path, partial: Path) -> SealResult:
    """Write the sealed file and tell what it carries; to be called in a confined child."""
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
        stamped = stamped_at(signature.signed_data)
    return SealResult(
        level=level,
        reason=missing,
        sealed_at=stamped or job.at,
        time_source="timestamp" if stamped else "own_clock",
        fingerprint=job.key.fingerprint,
        field=job.field,
        is_trial=job.key.is_trial,
    )


def _write(job: Job, path_in: Path, partial: Path) -> None:
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
            timestamper=_stamper(job),
            stamp_style=style,
            new_field_spec=spec,
        )
        run_signing(_signing(signer, writer, target, context), job.timestamp_url)
        target.flush()
        os.fsync(target.fileno())


def _stamper(job: Job) -> TimeStamper | None:
    if job.aim == "B-B" or job.timestamp_url is None:
        return None
    return asking_stamper(job.timestamp_url)


def _prepared(
    job: Job, source: IO[bytes]
) -> tuple[IncrementalPdfFileWriter, BaseStampStyle | None, SigFieldSpec | None]:
    """Open the file for an update behind its end, with the mark's place found if there is one.

    A seal mark is drawn in a field that is there already; otherwise a new field is made.
    """
    try:
        writer = IncrementalPdfFileWriter(source, strict=False)
        if writer.prev.encrypted:
            raise Unreadable("pdf_encrypted")
        if job.visible is None:
            return writer, None, SigFieldSpec(job.field, on_page=0)
        if isinstance(job.visible, SealMark):
            return writer, job.visible.style(_empty_field(writer, job.field), job.at), None
        found = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
        page = found[0].get_object()
        mark = place_stamp(job.visible, page, job.at)
    except DAMAGE as wrong:
        raise Unreadable("pdf_unreadable", said=type(wrong).__name__) from wrong
    box = cast("tuple[int, int, int, int]", mark.place.box)  # the library writes fractions as well
    return writer, mark.style, SigFieldSpec(job.field, on_page=0, box=box)


def _empty_field(writer: IncrementalPdfFileWriter, name: str) -> generic.DictionaryObject:
    for told, value, field in enumerate_sig_fields(writer):
        if told == name and value is None:
            return cast(generic.DictionaryObject, field.get_object())
    raise Unreadable("field_missing", field=name)


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


def run_signing(work: Coroutine[Any, Any, T], timestamp_url: str | None) -> T:
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


def _context(job: Job) -> ValidationContext:
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


def _anchors(job: Job) -> list[x509.Certificate]:
    own = job.key.certificate
    return [*job.trust.anchors, *([own] if own.self_signed != "no" else [])]


def _found(reader: PdfFileReader, field: str) -> EmbeddedPdfSignature:
    found = (each for each in reader.embedded_signatures if each.field_name == field)
    return cast(EmbeddedPdfSignature, next(found))


def _hold_to_account(job: Job, signature: EmbeddedPdfSignature) -> None:
    """Check the fresh seal as others would, before anybody is told that it is there."""
    digest = signature.compute_digest()
    pinned = Trust(pinned=frozenset({job.key.fingerprint}))
    told = asyncio.run(judge(signature.signed_data, digest, pinned, Evidence(), job.at))
    if not has_passed(told.answer):
        raise ProgramFailed("seal_not_valid", said=told.answer.ades_subindic.standard_name)
    # Whose stamp it is may be unknown here; that it stamps this seal may not.
    if told.stamp_reason in ("bytes_changed", "not_signed_by_this_key"):
        raise ProgramFailed("timestamp_not_valid", said=told.stamp_reason)


def _lasts(job: Job, signature: EmbeddedPdfSignature) -> bool:
    """Whether the file alone would be valid far ahead, if its stamps are renewed till then."""
    now = datetime.now(UTC)
    rules = PdfSignatureValidationSpec(offline_rules(_anchors(job), Evidence()))
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    answer = asyncio.run(simulate_future_ades_lta_validation(signature, rules, now + _AHEAD, now))
    return has_passed(answer)


def stamped_at(signed: cms.SignedData) -> datetime | None:
    """The time that a signature's own stamp tells, if it has one."""
    for token in extract_tst_data_iter(extract_signer_info(signed), signed=False):
        return cast(datetime, token["encap_content_info"]["content"].parsed["gen_time"].native)
    return None
