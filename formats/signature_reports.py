"""What was found out about the signatures of a file, as plain values that can be stored.

The three indications and their sub-indications are those of EN 319 102-1; `reason` is a stable
code beside them, for which the interface has words.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal

PASSED: Final = "TOTAL-PASSED"
INDETERMINATE: Final = "INDETERMINATE"
FAILED: Final = "TOTAL-FAILED"

Indication = Literal["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]


@dataclass(frozen=True)
class SignatureCheck:
    """One signature or document time stamp, as judged at the moment of receipt."""

    field: str
    kind: Literal["signature", "document_timestamp"]
    indication: Indication
    sub_indication: str | None
    reason: str
    """`valid`, or why it is not: a stable code."""
    signer: str | None = None
    organ: str | None = None
    unit: str | None = None
    signer_kind: Literal["person", "organ", "unknown"] = "unknown"
    serial: str | None = None
    issuer: str | None = None
    fingerprint: str | None = None
    """SHA-256 of the certificate, in hexadecimal."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    certificate_status: str = "unknown"
    """At the time that was judged: `good`, `revoked`, `suspended`, `expired`, `not_yet_valid`
    or `unknown`."""
    revoked_since: datetime | None = None
    time: datetime | None = None
    """When it was signed, as far as is known."""
    time_source: Literal["signature_timestamp", "document_timestamp", "claimed", "none"] = "none"
    claimed_time: datetime | None = None
    judged_at: datetime | None = None
    """The moment for which the certificate was judged: the proved time, or that of receipt."""
    stamp_reason: str | None = None
    """What became of the signature time stamp: `valid`, or why it proves nothing."""
    level: str | None = None
    """What the file carries: `B-B`, `B-T`, `B-LT`, `B-LTA`; `CMS` before PAdES."""
    coverage: str | None = None
    covers_whole_file: bool = False
    changes: str | None = None
    """The gravest change after signing: `NONE`, `LTA_UPDATES`, `FORM_FILLING`, `ANNOTATIONS`
    or `OTHER`."""
    changes_allowed: bool | None = None

    @property
    def passed(self) -> bool:
        """Whether it is valid beyond doubt."""
        return self.indication == PASSED


@dataclass(frozen=True)
class SignatureReport:
    """Every signature of one file, in the order of signing."""

    checked_at: datetime
    checks: tuple[SignatureCheck, ...] = ()
    problem: str | None = None
    """Why the file could not be read through: `pdf_unreadable`, `pdf_encrypted` or
    `too_many_signatures`."""
    trust_problems: tuple[str, ...] = ()
    """Files of the trust folder that could not be read."""

    @property
    def signatures(self) -> tuple[SignatureCheck, ...]:
        """The signatures alone, without document time stamps."""
        return tuple(each for each in self.checks if each.kind == "signature")

    @property
    def indication(self) -> Indication | None:
        """The worst of all signatures, or none when nothing is signed."""
        found = {each.indication for each in self.checks if each.kind == "signature"}
        order: tuple[Indication, ...] = (FAILED, INDETERMINATE, PASSED)
        return next((worst for worst in order if worst in found), None)

    def to_json(self) -> str:
        """The report as JSON, readable by `from_json`."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_iso)

    @staticmethod
    def from_json(text: str) -> "SignatureReport":
        """The report that `to_json` wrote; values that a later version added are passed over."""
        told = json.loads(text)
        return SignatureReport(
            checked_at=datetime.fromisoformat(told["checked_at"]),
            checks=tuple(_check_from(each) for each in told["checks"]),
            problem=told.get("problem"),
            trust_problems=tuple(told.get("trust_problems", ())),
        )


@dataclass(frozen=True)
class PersonAndOrgan:
    """Whether a document carries both a post-holder's and its organ's valid signature."""

    person: Literal["valid", "not_valid", "missing"]
    organ: Literal["valid", "not_valid", "missing"]

    @property
    def complete(self) -> bool:
        """Whether both are there and valid."""
        return self.person == "valid" and self.organ == "valid"

    @property
    def reason(self) -> str:
        """`both_valid`, or what is wanting."""
        wrong = [f"{who}_{state}" for who, state in asdict(self).items() if state != "valid"]
        return "_and_".join(wrong) or "both_valid"


def has_person_and_organ(report: SignatureReport) -> PersonAndOrgan:
    """Tell whether a person and an organ have both signed validly.

    Who signed is read from the certificate (see `signers.py`); a signer of unknown kind counts
    as neither, so a doubt is shown to a person instead of being decided here.
    """
    return PersonAndOrgan(person=_state(report, "person"), organ=_state(report, "organ"))


def _state(report: SignatureReport, kind: str) -> Literal["valid", "not_valid", "missing"]:
    theirs = [each for each in report.signatures if each.signer_kind == kind]
    if not theirs:
        return "missing"
    return "valid" if any(each.passed for each in theirs) else "not_valid"


def _iso(value: Any) -> str:  # json hands over whatever it cannot write itself
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


_TIMES = {"valid_from", "valid_until", "revoked_since", "time", "claimed_time", "judged_at"}
_NAMES = {each.name for each in fields(SignatureCheck)}


def _check_from(told: dict[str, Any]) -> SignatureCheck:  # plain JSON values
    known = {name: value for name, value in told.items() if name in _NAMES}
    times = {name: datetime.fromisoformat(known[name]) for name in _TIMES if known.get(name)}
    return SignatureCheck(**(known | times))
