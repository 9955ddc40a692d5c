"""What each organ sets for itself where the regulations differ (records law, section 1.6)."""

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy.orm import Session

from archive import audit, readers, standing
from archive.errors import Invalid
from archive.models import Organ
from archive.seen import require_as_seen

_SUFFIX = re.compile(r"([.@-][a-z0-9]+)*")
_LONGEST_SUFFIX = 30
READ_POLICIES = ("open", "unit", "assigned")


def _rule(default: Any, name: str, among: tuple[str, ...] = (), least: int = 0) -> Any:
    """A rule with its English name, its choices where there are some, and its least number."""
    return field(default=default, metadata={"name": name, "among": among, "least": least})


@dataclass(frozen=True)
class OrganRules:
    """An organ's own rules, with the defaults that hold where nothing was set."""

    deadline_days: int = _rule(7, "Working days to answer where no law says otherwise")
    refuse_complaints: bool = _rule(True, "Refuse complaints and denunciations")
    refuse_resolutions: bool = _rule(True, "Refuse their resolution until it may be published")
    refuse_named: bool = _rule(True, "Refuse what is addressed to a named person")
    scan_policy: str = _rule("all", "What is scanned", ("all", "main_text", "list"))
    annex_pages: int = _rule(15, "Annexes of so many pages may stay on paper")
    types_to_scan: str = _rule("", "Types of documents that are digitised")
    types_first_page: str = _rule("", "Types of documents of which the first page is enough")
    user_names: str = _rule("tien_giang", "How user names are made", ("tien_giang", "kon_tum"))
    user_name_suffix: str = _rule("", "Suffix of user names")
    mark_copies: bool = _rule(True, "Mark what is printed or downloaded")
    export_needs_consent: bool = _rule(False, "Taking content out needs consent")
    notice_days: int = _rule(30, "Days of notice before a case file is due")
    receipt_days: int = _rule(3, "Days in which a recipient says that it arrived; 0: not asked")
    outgoing_needs_origin: bool = _rule(False, "Outgoing answers something or has a case file")
    number_by_type: bool = _rule(False, "Outgoing numbers are counted by type of document")
    expiry_notice_days: int = _rule(30, "Days of notice before a term of retention ends", least=30)
    escalation_days: int = _rule(10, "Days until the head is told of a notice nobody opened")
    silence_days: int = _rule(15, "Days that a unit has to say what becomes of its case file")
    is_source: bool = _rule(True, "Permanent case files go to a historical archive")
    transfer_years: int = _rule(5, "Years after acceptance in which they go there")
    council_size: int = _rule(3, "Members that a disposal's council has at least", least=1)
    freeze_stops_batch: bool = _rule(False, "One frozen line stops the whole disposal")
    keep_titles: bool = _rule(True, "Titles of what was destroyed stay readable for archivists")
    dossier_term: str = _rule("Vĩnh viễn", "How long the dossier of a disposal is kept")


def rules_of(organ: Organ) -> OrganRules:
    """The organ's rules, defaults filled in."""
    known = {one.name for one in fields(OrganRules)}
    return OrganRules(**{name: value for name, value in organ.rules.items() if name in known})


def set_rules(
    session: Session,
    organ: Organ,
    given: dict[str, str],
    why: str,
    *,
    seen: str | None = None,
    read_policy: str = "",
) -> None:
    """Set rules of the organ with a reason; the earlier values stay readable in the story.

    Args:
        session: the transaction's session.
        organ: whose rules.
        given: rules as they were typed; those that are not given stay.
        why: the reason, such as the regulation that sets them.
        seen: the state from which they were typed.
        read_policy: who reads what no case file narrows; empty: as it is.

    Raises:
        Invalid: `reason_missing`, `unknown_rule`, `bad_rule`.
        Conflict: `changed_meanwhile`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    values = parse_rules(given)
    if read_policy not in ("", *READ_POLICIES):
        raise Invalid("bad_rule", rule="read_policy", value=read_policy)
    require_as_seen(session, organ, seen)
    now: dict[str, Any] = {**as_set(rules_of(organ)), "read_policy": organ.read_policy}
    organ.read_policy = read_policy or organ.read_policy
    changed = {name: value for name, value in values.items() if now[name] != value}
    organ.rules = {**organ.rules, **changed}
    if now["read_policy"] != organ.read_policy:
        changed["read_policy"] = organ.read_policy
        readers.changed(session, [organ.id, *standing.keeps(session, organ.id)])
    session.flush()
    audit.record(
        session,
        "organ.set_rules",
        organ,
        facts={"before": {name: now[name] for name in changed}, "after": changed},
        why=why.strip(),
    )


def parse_rules(given: dict[str, str]) -> dict[str, Any]:
    """Values of rules from what was typed; those that are not given keep their present value.

    Raises:
        Invalid: `unknown_rule`, or `bad_rule`, naming it.
    """
    known = {one.name: one for one in fields(OrganRules)}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name not in known:
            raise Invalid("unknown_rule", rule=name)
        values[name] = _parse(name, text.strip(), known[name].default, known[name].metadata)
    return values


def _parse(name: str, text: str, default: Any, about: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("1", "0", "true", "false", "on", ""):
            raise Invalid("bad_rule", rule=name, value=text)
        return text.lower() in ("1", "true", "on")
    if isinstance(default, int):
        if not text.isdecimal() or not about["least"] <= int(text) <= 3650:
            raise Invalid("bad_rule", rule=name, value=text)
        return int(text)
    if about["among"] and text not in about["among"]:
        raise Invalid("bad_rule", rule=name, value=text)
    if name == "user_name_suffix":
        return _suffix(name, text.lower())
    return text


def _suffix(name: str, text: str) -> str:
    """Plain letters and digits behind dots, hyphens and one @, as in an address."""
    if not _SUFFIX.fullmatch(text) or len(text) > _LONGEST_SUFFIX or text.count("@") > 1:
        raise Invalid("bad_rule", rule=name, value=text)
    return text


def as_set(rules: OrganRules) -> dict[str, Any]:
    """The rules as plain values, for pages and the command line."""
    return asdict(rules)
