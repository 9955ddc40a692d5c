"""From the library's answers to our own values: indications, reasons, who signed, what changed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from asn1crypto import x509
from pyhanko.sign.ades.report import AdESStatus
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import AdESBasicValidationResult
from pyhanko.sign.validation.status import SignatureCoverageLevel

from formats.signature_reports import FAILED, INDETERMINATE, PASSED, Indication, SignatureCheck
from formats.signers import read_signer

CLOCKS_DIFFER = timedelta(minutes=5)
Answer = AdESBasicValidationResult[Any]  # the status inside differs by what was asked

REASONS = {
    "HASH_FAILURE": "bytes_changed",
    "SIG_CRYPTO_FAILURE": "not_signed_by_this_key",
    "FORMAT_FAILURE": "damaged_signature",
    "REVOKED": "certificate_revoked",
    "REVOKED_NO_POE": "certificate_revoked",
    "REVOKED_CA_NO_POE": "authority_revoked",
    "EXPIRED": "certificate_expired",
    "OUT_OF_BOUNDS_NO_POE": "certificate_expired",
    "OUT_OF_BOUNDS_NOT_REVOKED": "certificate_expired",
    "NO_CERTIFICATE_CHAIN_FOUND": "authority_unknown",
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE": "authority_unknown",
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": "chain_not_accepted",
    "CHAIN_CONSTRAINTS_FAILURE": "certificate_not_for_signing",
    "CRYPTO_CONSTRAINTS_FAILURE": "weak_algorithm",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "weak_algorithm",
    "NO_SIGNING_CERTIFICATE_FOUND": "certificate_missing",
    "TRY_LATER": "status_unknown",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE": "status_unknown",
    "TIMESTAMP_ORDER_FAILURE": "stamp_from_the_future",
}


def described(
    field: str,
    kind: Literal["signature", "document_timestamp"],
    certificate: x509.Certificate,
    answer: Answer,
    moment: datetime,
) -> SignatureCheck:
    """Say who signed and what the certificate was worth at the moment for which it was judged."""
    signer = read_signer(certificate)
    revocation = getattr(answer.api_status, "revocation_details", None)
    return SignatureCheck(
        field=field,
        kind=kind,
        indication=_indication(answer),
        sub_indication=sub_indication(answer, certificate),
        reason=reason(answer, moment, certificate),
        signer=signer.name,
        organ=signer.organ,
        unit=signer.unit,
        signer_kind=signer.kind if kind == "signature" else "unknown",
        serial=f"{certificate.serial_number:x}",
        issuer=certificate.issuer.human_friendly,
        fingerprint=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
        certificate_status=_certificate_status(answer, certificate, moment),
        revoked_since=revocation.revocation_date if revocation else None,
        judged_at=moment,
    )


def has_passed(answer: Answer) -> bool:
    """Whether the library found nothing against it."""
    return bool(answer.ades_subindic.status == AdESStatus.PASSED)


def sub_indication(answer: Answer, certificate: x509.Certificate) -> str | None:
    """Name the sub-indication of EN 319 102-1, or none when it passed."""
    if has_passed(answer):
        return None
    name = str(answer.ades_subindic.standard_name)
    # A stranger's self-signed certificate is called unfit by the library; it is only unknown.
    if name == "CHAIN_CONSTRAINTS_FAILURE" and certificate.self_signed != "no":
        return "NO_CERTIFICATE_CHAIN_FOUND"
    return name


def reason(answer: Answer, moment: datetime, certificate: x509.Certificate) -> str:
    """Give the stable code for why a certificate or stamp does not hold, or `valid`."""
    name = sub_indication(answer, certificate)
    if name is None:
        return "valid"
    code = REASONS.get(name, "not_understood")
    if code == "certificate_expired":
        if moment < certificate.not_valid_before:
            return "certificate_not_yet_valid"
        if moment <= certificate.not_valid_after:
            return "authority_expired"
    if code == "certificate_revoked" and _is_suspended(answer):
        return "certificate_suspended"
    return code


def in_order(check: SignatureCheck, stamped: datetime, proved: datetime) -> SignatureCheck:
    """Put the stamp's time into its line; one from after its own proof proves nothing."""
    if stamped <= proved + CLOCKS_DIFFER:
        return replace(check, time=min(stamped, proved) if check.passed else stamped)
    name = "TIMESTAMP_ORDER_FAILURE"
    if check.passed:
        check = replace(check, indication=INDETERMINATE, sub_indication=name, reason=REASONS[name])
    return replace(check, time=stamped)


def with_changes(check: SignatureCheck, signature: EmbeddedPdfSignature) -> SignatureCheck:
    """Add what happened to the file after signing; what is not allowed undoes a good answer."""
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    told = signature.summarise_integrity_info()
    diff = told["diff_result"]
    level = diff.modification_level if isinstance(diff, DiffResult) else ModificationLevel.OTHER
    coverage = cast(SignatureCoverageLevel, told["coverage"])
    allowed = bool(told["docmdp_ok"]) and level != ModificationLevel.OTHER
    check = replace(
        check,
        coverage=coverage.name,
        covers_whole_file=coverage == SignatureCoverageLevel.ENTIRE_FILE,
        changes=level.name,
        changes_allowed=allowed,
    )
    if check.indication == FAILED or allowed:
        return check
    whole = coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    code = "changed_after_signing" if whole else "parts_not_signed"
    return replace(check, indication=FAILED, sub_indication="FORMAT_FAILURE", reason=code)


def _indication(answer: Answer) -> Indication:
    if has_passed(answer):
        return PASSED
    return FAILED if answer.ades_subindic.status == AdESStatus.FAILED else INDETERMINATE


def _certificate_status(answer: Answer, certificate: x509.Certificate, moment: datetime) -> str:
    if answer.ades_subindic.standard_name.startswith("REVOKED"):
        return "suspended" if _is_suspended(answer) else "revoked"
    if moment > certificate.not_valid_after:
        return "expired"
    if moment < certificate.not_valid_before:
        return "not_yet_valid"
    return "good" if has_passed(answer) else "unknown"


def _is_suspended(answer: Answer) -> bool:
    details = getattr(answer.api_status, "revocation_details", None)
    return details is not None and details.revocation_reason.native == "certificate_hold"
