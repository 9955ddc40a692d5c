"""What a term waits for, and the day on which it came: a settlement, a replacement, an asset's end.

Corrected by a later word; the earlier one stays readable.
"""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive import audit, clock, freezes, stated_terms
from archive.errors import Conflict, Invalid
from archive.hands import Whose, with_whose
from archive.models import CaseFile, Person
from archive.terms import term_of
from formats.vietnamese import nfc
from retention import ends, locking
from retention.assignments import ASSIGNABLE
from retention.clock import STARTED_BY
from retention.ends import Standing
from retention.models import Occurrence

KINDS = tuple(STARTED_BY.values())


def of_case_file(session: Session, case_file: CaseFile) -> list[Occurrence]:
    """All that was said, the latest first; of each kind the latest counts."""
    return list(session.scalars(_of(case_file)))


def told_of(session: Session, case_file: CaseFile) -> dict[Occurrence, Whose]:
    """The same, each with who said it, and for whom."""
    return with_whose(session, _of(case_file), Occurrence)


def _of(case_file: CaseFile) -> Select[Occurrence]:
    of_it = select(Occurrence).where(Occurrence.case_file_id == case_file.id)
    return of_it.order_by(Occurrence.id.desc())


def awaited(standing: Standing) -> list[str]:
    """The kinds that its terms count from, whether they came or not."""
    known = (term_of(one) for one in standing.terms)
    kinds = (STARTED_BY.get(one.period) for one in known if one is not None)
    return [one for one in dict.fromkeys(kinds) if one is not None]


def record(
    session: Session,
    case_file: CaseFile,
    by: Person,
    *,
    kind: str,
    happened_on: date | None,
    evidence: str,
    note: str = "",
    seen: int | None = None,
) -> Occurrence:
    """Write down that it came; said once more it corrects the day, with the reason.

    Args:
        session: the transaction's session.
        case_file: whose term waits.
        by: who says it.
        kind: ended, superseded or asset_ended.
        happened_on: the day.
        evidence: number of the document that shows it.
        note: a word to it; where a day is corrected, why.
        seen: the revision that was looked at.

    Raises:
        Invalid: `bad_value`, `occurrence_day_missing`, `day_in_future`, `evidence_missing`,
            `before_work_ended`, `nothing_waits_for_it`, `reason_missing`.
        Conflict: `changed_meanwhile`, `wrong_stage`, `frozen`, `stands_for_destroyed`,
            `only_longer_on_a_list`.
    """
    if kind not in KINDS:
        raise Invalid("bad_value", field="kind", value=kind)
    if happened_on is None:
        raise Invalid("occurrence_day_missing")
    evidence, note = nfc(evidence).strip(), note.strip()
    if not evidence:
        raise Invalid("evidence_missing")
    audit.hold(session, case_file)
    if seen not in (None, case_file.revision):
        raise Conflict("changed_meanwhile", document=case_file.code)
    if case_file.stage not in ASSIGNABLE:
        raise Conflict("wrong_stage", stage=case_file.stage, move="occurrence")
    freezes.require_thawed(session, case_file)
    if happened_on > clock.today(case_file.organ):
        raise Invalid("day_in_future", day=happened_on)
    if case_file.end_date is not None and happened_on < case_file.end_date:
        raise Invalid("before_work_ended", case_file=case_file.code, day=case_file.end_date)
    standing = ends.standings(session, [case_file.id])[case_file.id]
    if kind not in awaited(standing):
        raise Invalid("nothing_waits_for_it", case_file=case_file.code)
    earlier = standing.occurrences.get(kind)
    if earlier is not None and not note:
        raise Invalid("reason_missing")
    with locking.only_later(session, case_file, is_same=True):
        return _write(session, case_file, by, kind, happened_on, evidence, note, earlier)


def _write(
    session: Session,
    case_file: CaseFile,
    by: Person,
    kind: str,
    happened_on: date,
    evidence: str,
    note: str,
    earlier: date | None,
) -> Occurrence:
    made = Occurrence(
        organ_id=case_file.organ_id,
        case_file_id=case_file.id,
        kind=kind,
        happened_on=happened_on,
        evidence=evidence,
        note=note,
        recorded_by_id=by.id,
        recorded_at=clock.now(),
    )
    session.add(made)
    case_file.revision += 1
    session.flush()
    facts = {"kind": kind, "on": happened_on.isoformat()}
    if earlier is not None:
        facts["earlier"] = earlier.isoformat()
    audit.record(
        session, "case_file.occurrence", case_file, facts=facts, why=note, evidence=evidence
    )
    ends.refresh(session, case_file)
    stated_terms.look_again(session, case_file)
    return made
