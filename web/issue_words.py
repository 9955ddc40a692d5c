"""An issuance as its pages show it: its steps, its fields on the page, its signatures in words."""

from dataclasses import dataclass
from typing import Any

from archive.fields import given_value
from archive.register_fields import number_of_entry
from formats.issuing_places import SIGNATURE_FIELDS
from ingest.issuances import awaited_signer
from ingest.models import Issuance
from web.errors import Said, words_for
from web.i18n import lazy_gettext as _l
from web.signature_words import LEVELS, reason_in_words

KIND_NAMES = {
    "document": _l("Document to be signed"),
    "scan": _l("Scan of signed paper"),
    "copy": _l("Copy of a document"),
    "annex": _l("Annex in a file of its own"),
}
LAYOUT_NAMES = {
    "nd30": _l("Decree 30/2020: seal over the left third of the signature"),
    "hcmc2019": _l("2019: organ at the top right of the first page"),
}
STATE_NAMES = {
    "prepared": _l("Prepared"),
    "signed": _l("Signed"),
    "issued": _l("Issued"),
    "given_up": _l("Given up"),
}
FIELDS_OF_PAGES = {
    "Number": _l("The number"),
    "Day": _l("Day"),
    "Month": _l("Month"),
    "Year": _l("Year"),
    "Date": _l("Date"),
    "Person": _l("Leader's signature"),
    "Agency": _l("Organ's signature"),
}
COLOURS = {"prepared": "info", "signed": "warning", "issued": "success", "given_up": "secondary"}


@dataclass(frozen=True)
class StepShown:
    """One step of the line."""

    name: Any  # a sentence that is translated when it is shown
    state: str  # done, here, ahead


@dataclass(frozen=True)
class FieldShown:
    """A field on its page, in millimetres and in words."""

    key: str
    name: Any
    values: dict[str, Any]
    is_signature: bool


@dataclass(frozen=True)
class IssuanceShown:
    """An issuance, ready to be shown."""

    row: Issuance
    subject: str
    number: str
    kind: Any
    state: Any
    colour: str
    steps: tuple[StepShown, ...]
    fields: tuple[FieldShown, ...]


def shown(issuance: Issuance) -> IssuanceShown:
    """Put an issuance into words."""
    entry = issuance.register_entry
    places: dict[str, dict[str, Any]] = issuance.places.get("fields", {})
    return IssuanceShown(
        row=issuance,
        subject=given_value(issuance.fields, "Subject"),
        number=number_of_entry(entry) if entry else "",
        kind=KIND_NAMES[issuance.kind],
        state=STATE_NAMES[issuance.state],
        colour=COLOURS[issuance.state],
        steps=_steps(issuance),
        fields=tuple(
            FieldShown(key, FIELDS_OF_PAGES[key], values, key in SIGNATURE_FIELDS)
            for key, values in places.items()
        ),
    )


def _steps(issuance: Issuance) -> tuple[StepShown, ...]:
    """Prepared, signed by the leader, numbered and sealed, in the archive."""
    is_shelved = issuance.intake is not None and issuance.intake.document_id is not None
    signed = _l("Leader's signature") if issuance.kind == "document" else _l("No leader signs")
    done = (
        (_l("Prepared"), True),
        (signed, issuance.state in ("signed", "issued")),
        (_l("Numbered and sealed"), issuance.state == "issued"),
        (_l("In the archive"), is_shelved),
    )
    here = next((at for at, (_, is_done) in enumerate(done) if not is_done), len(done))
    return tuple(
        StepShown(name, "done" if is_done else "here" if at == here else "ahead")
        for at, (name, is_done) in enumerate(done)
    )


@dataclass(frozen=True)
class SignatureTold:
    """One signature in a sentence."""

    field: Any
    signer: str
    level: str  # good, doubt, bad
    reason: str


def signatures(issuance: Issuance) -> list[SignatureTold]:
    """What was found out about its signatures."""
    return [
        SignatureTold(
            FIELDS_OF_PAGES.get(one["field"], one["field"]),
            one["signer"] or "–",
            LEVELS[one["indication"]],
            reason_in_words(one["reason"]),
        )
        for one in issuance.verdict.get("signatures", [])
    ]


def another_signer(issuance: Issuance) -> Said | None:
    """What the clerk has to decide when somebody signed who was not to."""
    wanted = awaited_signer(issuance)
    if not wanted:
        return None
    return words_for("another_signer", {"wanted": wanted, "signer": issuance.signer_name})


_A4 = (210.0, 297.0)


@dataclass(frozen=True)
class MarkShown:
    """A field on the picture of a page, in thousandths of its width and height."""

    name: Any
    left: float
    top: float
    width: float
    height: float
    is_signature: bool


def marks(issuance: Issuance, page: int) -> list[MarkShown]:
    """The empty fields of one page, as long as they are to be looked at."""
    if issuance.state != "prepared":
        return []
    sizes = issuance.places.get("sizes", [])
    across, down = sizes[page - 1] if page <= len(sizes) else _A4
    return [
        MarkShown(
            one.name,
            round(1000 * one.values["left"] / across, 1),
            round(1000 * one.values["top"] / down, 1),
            round(1000 * one.values["width"] / across, 1),
            round(1000 * one.values["height"] / down, 1),
            one.is_signature,
        )
        for one in shown(issuance).fields
        if one.values["page"] == page
    ]
