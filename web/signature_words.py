"""Verdicts on signatures in words: who signed, when, and why it holds or does not."""

from dataclasses import dataclass
from typing import Any

from web.i18n import gettext, moment_of
from web.i18n import lazy_gettext as _l

INDICATIONS = {
    "TOTAL-PASSED": _l("Valid"),
    "INDETERMINATE": _l("Cannot be decided"),
    "TOTAL-FAILED": _l("Not valid"),
}
LEVELS = {"TOTAL-PASSED": "good", "INDETERMINATE": "doubt", "TOTAL-FAILED": "bad"}
REASONS = {
    "valid": _l("The signature holds and its certificate was good at the time of signing."),
    "bytes_changed": _l("The signed bytes were changed."),
    "not_signed_by_this_key": _l("The signature was not made with the key of its certificate."),
    "damaged_signature": _l("The signature itself is damaged."),
    "certificate_revoked": _l("The certificate had been revoked."),
    "certificate_suspended": _l("The certificate was suspended."),
    "authority_revoked": _l("The certificate of the issuing authority had been revoked."),
    "authority_expired": _l("The certificate of the issuing authority had run out."),
    "certificate_expired": _l(
        "The certificate has run out, and no time stamp proves that the signature is older."
    ),
    "certificate_not_yet_valid": _l("The certificate was not valid yet."),
    "authority_unknown": _l("The issuing authority is not among those that this archive trusts."),
    "chain_not_accepted": _l("The chain of certificates is not accepted."),
    "certificate_not_for_signing": _l("The certificate is not meant for signing documents."),
    "weak_algorithm": _l("The algorithm is too weak to prove anything today."),
    "certificate_missing": _l("The certificate of the signer is not in the file."),
    "status_unknown": _l("Whether the certificate was revoked could not be found out."),
    "stamp_from_the_future": _l("The time stamp is later than its own proof."),
    "changed_after_signing": _l("The file was changed after signing, beyond what is allowed."),
    "parts_not_signed": _l("The signature does not cover the whole file."),
    "not_understood": _l("The verdict is not understood; look into the report."),
}
SOURCES = {
    "signature_timestamp": _l("proved by a time stamp"),
    "document_timestamp": _l("proved by a time stamp of the file"),
    "claimed": _l("as the signer's clock said"),
    "none": "",
}
CHANGES = {
    "NONE": "",
    "LTA_UPDATES": _l("Afterwards only proofs for long keeping were added."),
    "FORM_FILLING": _l("Afterwards form fields were filled in."),
    "ANNOTATIONS": _l("Afterwards notes were added."),
    "OTHER": _l("Afterwards the content was changed."),
}


@dataclass(frozen=True)
class SignatureShown:
    """One signature as the page shows it."""

    who: str
    organ: str
    when: str
    source: str
    verdict: str
    level: str  # good | doubt | bad
    reason: str
    rows: tuple[tuple[str, str], ...]


def signatures_shown(facts: dict[str, Any]) -> list[SignatureShown]:
    """The signatures of a file, in the order of signing; time stamps of the file are left out."""
    told = facts.get("signatures") or []
    return [_shown(one) for one in told if one.get("kind", "signature") == "signature"]


def reason_in_words(code: str | None) -> str:
    """Why a signature or seal holds or does not."""
    return str(REASONS.get(code or "not_understood", REASONS["not_understood"]))


def _shown(one: dict[str, Any]) -> SignatureShown:
    indication = str(one.get("indication"))
    return SignatureShown(
        who=one.get("signer") or gettext("unknown signer"),
        organ=one.get("organ") or "",
        when=moment_of(one.get("time")),
        source=str(SOURCES.get(one.get("time_source") or "none", "")),
        verdict=str(INDICATIONS.get(indication, indication)),
        level=LEVELS.get(indication, "doubt"),
        reason=reason_in_words(one.get("reason")),
        rows=tuple((name, value) for name, value in _rows(one) if value),
    )


def _rows(one: dict[str, Any]) -> list[tuple[str, str]]:
    certificate = " – ".join(
        moment_of(one.get(edge))[:10] for edge in ("valid_from", "valid_until") if one.get(edge)
    )
    return [
        (gettext("Indication (EN 319 102-1)"), _indication(one)),
        (gettext("Issued by"), one.get("issuer") or ""),
        (gettext("Certificate valid"), certificate),
        (gettext("Serial number"), one.get("serial") or ""),
        (gettext("Level"), one.get("level") or ""),
        (gettext("Changes"), str(CHANGES.get(one.get("changes") or "NONE", ""))),
    ]


def _indication(one: dict[str, Any]) -> str:
    parts = (one.get("indication"), one.get("sub_indication"))
    return " / ".join(str(part) for part in parts if part)
