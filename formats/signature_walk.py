"""The walk from a file's newest proof of time back to its oldest signature.

Every document time stamp is judged at the time that the next one proves, each signature's own
stamp at the time of the oldest that covers it, the signer's certificate at the time so proved.
A stamp that does not hold proves nothing: what it covers is judged as if it were not there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from asn1crypto import cms, ocsp
from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.general import (
    CMSExtractionError,
    MultivaluedAttributeError,
    NonexistentAttributeError,
    extract_certificate_info,
    extract_signer_info,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.ades import ades_basic_validation, ades_timestamp_validation
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, message_imprint_checker
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import NO_REVOCATION

from formats.signature_findings import (
    CLOCKS_DIFFER,
    REASONS,
    Answer,
    described,
    has_passed,
    in_order,
    reason,
    with_changes,
)
from formats.signature_reports import FAILED, SignatureCheck
from formats.trust import Evidence, Trust, offline_rules

# What hostile or broken structures make the parsers raise; none of it is a fault of ours.
DAMAGE = (
    misc.PdfError,
    CMSExtractionError,
    SignatureValidationError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)


@dataclass(frozen=True)
class Judged:
    """A signature's own verdict, the moment it was judged for, and what its stamp was worth."""

    answer: Answer
    moment: datetime
    stamped: datetime | None
    stamp_reason: str | None


async def walk(
    reader: PdfFileReader, found: list[EmbeddedPdfSignature], trust: Trust, at: datetime
) -> list[SignatureCheck]:
    """Judge signatures, given in the order of signing, from the newest backwards."""
    checks: list[SignatureCheck] = []
    proved, stamped_later = at, False
    stored = _stored(reader)
    for signature in reversed(found):
        try:
            inside = stored + _brought_by(signature)
            if signature.sig_object_type == "/DocTimeStamp":
                check = await _check_document_stamp(signature, trust, inside, proved)
                if check.passed and check.time is not None:
                    proved = check.time
                stamped_later = True
            else:
                check = await _check_signature(signature, trust, inside, proved)
                check = replace(
                    _with_time(check, proved if proved < at else None),
                    level=_level(signature, stored, stamped_later),
                )
            checks.append(with_changes(check, signature))
        except DAMAGE:
            checks.append(damaged(str(signature.field_name)))
    return checks[::-1]


def damaged(field: str) -> SignatureCheck:
    """The line for a signature that cannot be read."""
    return SignatureCheck(field, "signature", FAILED, "FORMAT_FAILURE", "damaged_signature")


async def judge(
    signed: cms.SignedData, digest: bytes, trust: Trust, inside: Evidence, proved: datetime
) -> Judged:
    """Judge a CMS signature over a digest, at the time that its own stamp or `proved` gives."""
    stamped, stamp_reason = await _own_stamp(signed, trust, inside, proved)
    moment = stamped or proved
    answer = await _ask(
        signed,
        trust,
        inside,
        lambda rules: ades_basic_validation(
            signed,
            rules,
            timing_info=ValidationTimingInfo(moment, moment, True),
            raw_digest=digest,
        ),
    )
    return Judged(answer, moment, stamped, stamp_reason)


async def _check_document_stamp(
    stamp: EmbeddedPdfSignature, trust: Trust, inside: Evidence, proved: datetime
) -> SignatureCheck:
    answer = await _ask_stamp(stamp.signed_data, stamp.compute_digest, trust, inside, proved)
    check = described(
        str(stamp.field_name), "document_timestamp", stamp.signer_cert, answer, proved
    )
    check = in_order(check, _stamp_time(stamp.signed_data), proved)
    return replace(check, time_source="document_timestamp")


async def _check_signature(
    signature: EmbeddedPdfSignature, trust: Trust, inside: Evidence, proved: datetime
) -> SignatureCheck:
    told = await judge(signature.signed_data, signature.compute_digest(), trust, inside, proved)
    check = described(
        str(signature.field_name), "signature", signature.signer_cert, told.answer, told.moment
    )
    return replace(
        check,
        claimed_time=signature.self_reported_timestamp,
        time=told.stamped,
        time_source="signature_timestamp" if told.stamped else "none",
        stamp_reason=told.stamp_reason,
    )


def _with_time(check: SignatureCheck, covered: datetime | None) -> SignatureCheck:
    """Fill in the time of a signature without a stamp of its own, and where it comes from."""
    if check.time is not None:
        return check
    if covered is not None:
        return replace(check, time=covered, time_source="document_timestamp")
    source: Literal["claimed", "none"] = "claimed" if check.claimed_time else "none"
    return replace(check, time=check.claimed_time, time_source=source)


async def _own_stamp(
    signed: cms.SignedData, trust: Trust, inside: Evidence, proved: datetime
) -> tuple[datetime | None, str | None]:
    """Give the time proved by a signature's own stamp, and what became of that stamp."""
    code = None
    signer_info = extract_signer_info(signed)
    imprint = message_imprint_checker(signer_info)
    for token in extract_tst_data_iter(signer_info, signed=False):
        answer = await _ask_stamp(token, imprint, trust, inside, proved)
        stamped = _stamp_time(token)
        if stamped > proved + CLOCKS_DIFFER:
            code = REASONS["TIMESTAMP_ORDER_FAILURE"]
        elif has_passed(answer):
            return min(stamped, proved), "valid"
        else:
            code = reason(answer, proved, extract_certificate_info(token).signer_cert)
    return None, code


async def _ask_stamp(
    token: cms.SignedData,
    imprint: Callable[[str], bytes],
    trust: Trust,
    inside: Evidence,
    moment: datetime,
) -> Answer:
    return await _ask(
        token,
        trust,
        inside,
        lambda rules: ades_timestamp_validation(
            token,
            rules,
            imprint,
            timing_info=ValidationTimingInfo(moment, moment, True),
        ),
    )


async def _ask(
    signed: cms.SignedData,
    trust: Trust,
    inside: Evidence,
    question: Callable[[SignatureValidationSpec], Awaitable[Answer]],
) -> Answer:
    """Ask with the folder's data first, and with the file's own beside it when that says nothing.

    The file's data was chosen by its sender: an answer in it that is still fresh must not hide
    a revocation that the folder knows of.
    """
    held = [each.chosen for each in signed["certificates"] or () if each.name == "certificate"]
    believed = trust.believed(held)
    folder = trust.evidence.speaking_for(held)
    answer = await question(offline_rules(believed, folder))
    if has_passed(answer) or answer.ades_subindic.standard_name.startswith("REVOKED"):
        return answer
    known = folder + inside.speaking_for(held)
    answer = await question(offline_rules(believed, known))
    if answer.ades_subindic != AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE:
        return answer
    # The library says no more than this when only the revocation status is missing.
    unchecked = await question(offline_rules(believed, known, NO_REVOCATION))
    if has_passed(unchecked):
        return replace(answer, ades_subindic=AdESIndeterminate.TRY_LATER)
    return answer


def _stamp_time(token: cms.SignedData) -> datetime:
    return cast(datetime, token["encap_content_info"]["content"].parsed["gen_time"].native)


def _level(signature: EmbeddedPdfSignature, stored: Evidence, stamped_later: bool) -> str:
    """Name the PAdES level by what the file carries for this signature, whatever it is worth."""
    if signature.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
        return "CMS"
    stamped = any(True for _ in extract_tst_data_iter(signature.signer_info, signed=False))
    if not stamped and not stamped_later:
        return "B-B"
    if not (stored.ocsps or stored.crls):
        return "B-T"
    return "B-LTA" if stamped_later else "B-LT"


def _stored(reader: PdfFileReader) -> Evidence:
    """Gather what the document's security store holds."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        crls = [each.get_object().read_data(DecodePurpose.CRL) for each in store.crls]
        ocsps = [each.get_object().read_data(DecodePurpose.OCSP_RESPONSE) for each in store.ocsps]
        return Evidence(
            tuple(store.load_certs()),
            tuple(asn1_crl.CertificateList.load(each) for each in crls),
            tuple(ocsp.OCSPResponse.load(each) for each in ocsps),
        )
    except NoDSSFoundError:
        return Evidence()
    except DAMAGE:
        return Evidence()  # a damaged store proves nothing; the folder may still know


def _brought_by(signature: EmbeddedPdfSignature) -> Evidence:
    """Gather what a signature carries in itself, as the formats before PAdES do."""
    certificates = (signature.signer_cert, *signature.other_embedded_certs)
    try:
        archive = find_unique_cms_attribute(
            signature.signer_info["signed_attrs"], "adobe_revocation_info_archival"
        )
        return Evidence(certificates, tuple(archive["crl"] or ()), tuple(archive["ocsp"] or ()))
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return Evidence(certificates)
