"""The certificate of a destruction: what a machine reads, and how anybody checks it alone.

It says what was destroyed, on what ground, by whom and when, what was looked for where, found
before and not after. It is sealed by the organ's key. To check it nothing of ours is needed but
this module: no database, no home. What the lines say must give the root that was decided on.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.database import pieces
from archive.hands import told_by
from archive.models import Event, EventRow, Organ, Person
from archive.organ_rules import rules_of
from archive.places import PLACES
from formats.names import safe_name
from retention import lines, merkle, merkle_proofs
from retention.destruction_journal import Line
from retention.execution import Batch
from retention.models import Disposal, DisposalDocument, DisposalItem, Erasure

KIND, VERSION = "luutru.destruction", 1
LAW = "Luật Lưu trữ 33/2024/QH15, Điều 16; Thông tư 06/2025/TT-BNV; Nghị định 113/2025/NĐ-CP"
JSON_NAME, SEAL_NAME = "certificate.json", "certificate.json.p7s"
PROVED = "disposal.prove"
TAKEN_OUT = ("document.download", "document.print", "document.export", "case_file.export")


# Making it ----------------------------------------------------------------------------------------


def contents(session: Session, disposal: Disposal, batch: Batch, intent: Line) -> dict[str, Any]:
    """All that the certificate says, as plain values."""
    told = {
        "kind": KIND,
        "version": VERSION,
        "made_at": clock.now(),
        "organ": {"code": disposal.organ.code, "name": disposal.organ.name},
        "disposal": disposal.code,
        "list": disposal.title,
        "legal_basis": LAW,
        "decision": {"number": disposal.decision_number, "date": disposal.decision_date},
        "appraisal": {"number": disposal.appraisal_number, "date": disposal.appraisal_date,
                      "not_due_because": disposal.appraisal_reason},
        "reason": disposal.reason,
        "other_copies": disposal.other_copies,
        "persons": _persons(session, disposal),
        "times": _times(disposal),
        "root": disposal.root,
        "lines": _lines(session, disposal, batch),
        "places": _places(session, disposal),
        "taken_out_before": _taken_out(session, batch),
        "chain": _chain(session, disposal),
        "journal": {"line": intent.number, "link": intent.link},
    }  # fmt: skip
    return dict(json.loads(audit.canonical(told)))


def as_bytes(told: dict[str, Any]) -> bytes:
    """The one form in which it is sealed."""
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def read(content: bytes) -> dict[str, Any]:
    """What a certificate of ours says."""
    return dict(json.loads(content))


def digest_of(content: bytes) -> str:
    """By which journal, disposal and chain name it."""
    return hashlib.sha256(content).hexdigest()


def file_stem(code: str) -> str:
    """How its files are named beside the journal: the disposal's code, as a name of a file."""
    return safe_name(code.replace("/", "-"))


def _persons(session: Session, disposal: Disposal) -> dict[str, dict[str, str]]:
    parts = {
        "list": disposal.made_by_id,
        "decision": disposal.decided_by_id,
        "execution": disposal.executor_id,
        "keeper": disposal.keeper_id,
    }
    found = {}
    for part, number in parts.items():
        if number is not None:
            one = session.get_one(Person, number)
            found[part] = {"name": one.full_name, "position": one.position, "user": one.user_name}
    made = told_by(session, "disposal", [disposal.id]).get(disposal.id)
    if made is not None and made.principal:  # the other parts are nobody's to lend
        found["list"]["for"] = made.principal
    return found


def _times(disposal: Disposal) -> dict[str, datetime | date | None]:
    return {
        "listed": disposal.made_at,
        "decided": disposal.decided_at,
        "reconfirmed": disposal.reconfirmed_at,
        "handed_over": disposal.handed_over_at,
        "begun": disposal.begun_at,
        "paper_destroyed_on": disposal.destroyed_on_paper,
    }


def _lines(session: Session, disposal: Disposal, batch: Batch) -> list[dict[str, Any]]:
    """Every line that was decided on, with its way to the root, also those that were left out."""
    decided = lines.decided(session, disposal)
    leaves = [one.digest for one in decided]
    keeps_titles = rules_of(disposal.organ).keep_titles
    gone = {one.number for one in batch.of_kind("document")}
    inside = _inside(session, decided)
    told = []
    for place, one in enumerate(decided):
        is_gone = one.outcome == "destroy"
        told.append(
            {
                "code": one.code,
                "title": one.title if keeps_titles or not is_gone else "",
                "kind": "case_file" if one.case_file_id is not None else "document",
                "cause": one.cause,
                "reason": one.reason if keeps_titles or not is_gone else "",
                "rule": one.rule,
                "term": one.term,
                "mandate": one.mandate,
                "expires_on": one.expires_on,
                "notice_until": one.notice_until,
                "twin": one.twin_code,
                "on_paper": one.on_paper,
                "outcome": "destroyed" if is_gone else one.outcome,
                "outcome_why": one.outcome_why,
                "leaf": one.digest,
                "proof": merkle_proofs.path(leaves, place),
                "documents": [
                    {
                        "code": each.code,
                        "digests": each.digests,
                        "pages": each.pages,
                        "on_paper": each.on_paper,
                        "outcome": "destroyed" if is_gone and each.document_id in gone else "kept",
                        "kept_for": each.kept_why,
                    }
                    for each in inside.get(one.id, ())
                ],
            }
        )
    return told


def _inside(session: Session, items: list[DisposalItem]) -> dict[int, list[DisposalDocument]]:
    found: dict[int, list[DisposalDocument]] = {}
    for some in pieces([one.id for one in items]):
        listed = select(DisposalDocument).where(DisposalDocument.item_id.in_(some))
        ordered = listed.order_by(DisposalDocument.item_id, DisposalDocument.ordinal)
        for one in session.scalars(ordered):
            found.setdefault(one.item_id, []).append(one)
    return found


def _places(session: Session, disposal: Disposal) -> list[dict[str, Any]]:
    """Of every place of content: how it was searched, what was found there before and after."""
    known = {one.name: one for one in PLACES}
    told: dict[str, dict[str, Any]] = {}
    asked = select(Erasure.place, Erasure.before, Erasure.after).where(
        Erasure.disposal_id == disposal.id
    )
    for one in session.execute(asked.order_by(Erasure.id)):
        place = told.setdefault(
            one.place,
            {
                "name": one.place,
                "searched": known[one.place].searched,
                "emptied": known[one.place].emptied,
                "looked_for": 0,
                "found_before": 0,
                "found_after": 0,
                "not_searchable_from_here": False,
                "kept_for_others": {},
                "proof": {},
            },
        )
        place["looked_for"] += 1
        place["found_before"] += 1 if one.before.get("found") else 0
        place["found_after"] += 1 if one.after.get("found") else 0
        place["kept_for_others"] |= one.after.get("kept_for_others", {})
        place["not_searchable_from_here"] |= one.before.get("searched") == "not_from_here"
        place["proof"] |= one.after.get("proof", {})
    for name, one_place in known.items():
        if name not in told:
            how = {"searched": one_place.searched, "emptied": one_place.emptied}
            told[name] = {"name": name, **how, "not_searchable_from_here": True}
    return [told[one.name] for one in PLACES]


def _taken_out(session: Session, batch: Batch) -> dict[str, int]:
    """How often people took something of it out of the archive before, by the act."""
    counted: dict[str, int] = {}
    for kind, numbers in (("document", batch.gone.documents), ("case_file", batch.gone.case_files)):
        for some in pieces(numbers):
            asked = (
                select(Event.action, func.count())
                .join(EventRow, EventRow.event_id == Event.id)
                .where(
                    EventRow.kind == kind, EventRow.row_id.in_(some), Event.action.in_(TAKEN_OUT)
                )
                .group_by(Event.action)
            )
            for action, count in session.execute(asked):
                counted[action] = counted.get(action, 0) + count
    return counted


def _chain(session: Session, disposal: Disposal) -> dict[str, Any]:
    """The event that says that everything was looked for: its place in the chain of events."""
    about = (Event.subject_type == "disposal", Event.subject_id == disposal.id)
    asked = select(Event).where(*about, Event.action == PROVED).order_by(Event.id.desc()).limit(1)
    event = session.scalars(asked).one()
    before = session.scalar(select(Event.link).where(Event.id == event.id - 1)) or audit.START
    return {"event": event.id, "digest": event.digest, "previous": before, "link": event.link}


def told_to_journal(session: Session, disposal: Disposal, batch: Batch) -> dict[str, Any]:
    """What the journal must know to carry it out again: codes, digests, rules; no words."""
    items = {one.id: one for one in lines.left(session, disposal)}
    digests = {
        (one.item_id, one.code): one.digests
        for some in _inside(session, list(items.values())).values()
        for one in some
    }
    organ = session.get_one(Organ, disposal.organ_id)
    return {
        "disposal": disposal.code,
        "organ": organ.code,
        "decision": disposal.decision_number,
        "decision_date": disposal.decision_date,
        "root": disposal.root,
        "begun_on": clock.today(organ),
        "things": [
            {
                "kind": one.kind,
                "code": one.code,
                "of": items[one.item].code,
                "rule": items[one.item].rule,
                "digests": digests.get((one.item, one.code), []),
                "twin": items[one.item].twin_code,
                "twin_until": items[one.item].twin_until,
            }
            for one in batch.things
        ],
    }


# Checking it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Something that does not fit: what, and where."""

    code: str
    where: str = ""


def faults(content: bytes) -> Iterator[Fault]:
    """All that does not fit within the certificate itself; its seal is looked at elsewhere."""
    try:
        told = json.loads(content)
        if told["kind"] != KIND or told["version"] != VERSION:
            yield Fault("not_a_certificate")
            return
        yield from _faults(told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        yield Fault("certificate_unreadable", type(wrong).__name__)


def _faults(told: dict[str, Any]) -> Iterator[Fault]:
    leaves = []
    for one in told["lines"]:
        digests = [digest for each in one["documents"] for digest in each["digests"]]
        if merkle.leaf(one["code"], digests, one["rule"]) != one["leaf"]:
            yield Fault("line_differs", one["code"])
        if merkle_proofs.climbed(one["leaf"], one["proof"]) != told["root"]:
            yield Fault("line_not_in_list", one["code"])
        leaves.append(one["leaf"])
    if merkle.root(leaves) != told["root"]:
        yield Fault("root_differs_from_lines", told["root"][:12])
    chain = told["chain"]
    if audit.next_link(chain["previous"], chain["digest"]) != chain["link"]:
        yield Fault("chain_differs", str(chain["event"]))
    for place in told["places"]:
        if place.get("found_after"):
            yield Fault("still_found", place["name"])
