"""What both sides say of a thing under re-appraisal: the unit that made it, and the archive."""

from sqlalchemy.orm import Session

from archive import audit, clock
from archive.errors import Invalid
from archive.hands import natural
from archive.models import Person
from archive.terms import term_of
from formats.vietnamese import nfc
from retention.appraisal_checks import sides_of
from retention.appraisal_facts import Known, known_of
from retention.appraisals import VERDICTS, error_of, hindrances_of
from retention.models import Appraisal, AppraisalOpinion


def opine(
    session: Session,
    appraisal: Appraisal,
    by: Person,
    *,
    verdict: str,
    reason: str,
    new_term: str = "",
    side: str = "",
) -> AppraisalOpinion:
    """Say for one's side what should become of it; what it said before stays beside it.

    Args:
        session: the transaction's session.
        appraisal: of which it is said.
        by: who says it.
        verdict: extend, permanent or destroy; of a duplicate permanent means: keep both.
        reason: why.
        new_term: how long, where it is to be kept longer.
        side: unit or archive; needed only of who may speak for both.

    Raises:
        NotAllowed: `not_your_unit`, `same_person_on_both_sides`.
        Conflict: the first hindrance of another kind.
        Invalid: `reason_missing`, `bad_value`, `term_unclear`, `which_side`.
    """
    audit.hold(session, appraisal)
    one = known_of(session, appraisal)
    sides = sides_of(session, one, by)
    if len(sides) == 2 and side not in sides:
        raise Invalid("which_side")
    side = side or min(sides, default="unit")
    for hindrance in hindrances_of(session, one, "opine", by, side):
        raise error_of(one, hindrance)
    given = _opinion(one, verdict, nfc(reason).strip(), nfc(new_term).strip())
    given.appraisal_id, given.side = appraisal.id, side
    given.given_by_id, given.given_at = natural(by), clock.now()
    session.add(given)
    appraisal.revision += 1
    session.flush()
    session.refresh(appraisal, ["opinions"])
    facts = {"side": side, "verdict": verdict, "term": given.new_term, "thing": one.thing.code}
    audit.record(session, "appraisal.opine", appraisal, facts=facts, why=given.reason)
    return given


def _opinion(one: Known, verdict: str, reason: str, new_term: str) -> AppraisalOpinion:
    if verdict not in VERDICTS or (one.is_duplicate and verdict == "extend"):
        raise Invalid("bad_value", field="verdict", value=verdict)
    if not reason:
        raise Invalid("reason_missing")
    if verdict == "extend" and term_of(new_term) is None:
        raise Invalid("term_unclear", term=new_term)
    return AppraisalOpinion(
        verdict=verdict, reason=reason, new_term=new_term if verdict == "extend" else ""
    )
