"""The meeting of a disposal's council (B6, B7): opinions, how they are counted, the minutes.

Everybody present says of every line: destroyed, kept, or kept by another term. To destroy takes
more than half of those present; where both sides are equal the chair decides, with a reason.
Dissent stays in the minutes, and nothing is changed once they are made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import audit, clock
from archive.errors import Conflict, Invalid, NotAllowed, NotFound
from archive.models import Person
from archive.moves import Hindrance
from archive.terms import term_of
from formats.vietnamese import nfc
from retention import disposals, lines, listing
from retention.council import own_seat, present, require_sitting, sitting, tell
from retention.models import CouncilOpinion, CouncilSeat, Disposal, DisposalItem

VERDICTS = ("destroy", "keep", "new_term")
FOR_EVER = 1000  # years, to compare terms by


@dataclass(frozen=True)
class Result:
    """What the council says of one line.

    Attributes:
        verdict: destroy, keep, new_term; empty while it is open.
        new_term: the longest of those that were wanted.
        counts: opinions of those present, by verdict.
        is_tied: both sides are equal, and the chair has not decided.
        why: the chair's reason, or the notes of those who had it kept.
        has_dissent: not all were of one opinion.
    """

    verdict: str
    new_term: str
    counts: Counter[str]
    is_tied: bool = False
    why: str = ""
    has_dissent: bool = False


# Opinions -----------------------------------------------------------------------------------------


def opine(
    session: Session,
    disposal: Disposal,
    by: Person,
    ordinals: Iterable[int] | None,
    verdict: str,
    *,
    new_term: str = "",
    note: str = "",
) -> int:
    """Say what becomes of these lines; of all on which one has said nothing yet, where None.

    Raises:
        Conflict: `disposal_stage`, `is_absent`, `duplicate_has_no_term`.
        NotAllowed: `not_in_council`.
        Invalid: `bad_value`, `term_unclear`, `nothing_chosen`, `note_missing`: who keeps says why.
    """
    require_sitting(session, disposal, "opine")
    seat = own_seat(disposal, by)
    if seat.absent_why:
        raise Conflict("is_absent", name=seat.person.full_name)
    verdict, new_term, note = _said(verdict, new_term, note)
    items = lines.left(session, disposal)
    own = _opinions_of(session, seat, is_tie_break=False)
    if ordinals is None:
        chosen = [one for one in items if one.id not in own]
    else:
        wanted = set(ordinals)
        chosen = [one for one in items if one.ordinal in wanted]
    if not chosen:
        raise Invalid("nothing_chosen")
    _require_term_fits(verdict, chosen)
    for one in chosen:
        _write(session, one, seat, own.get(one.id), (verdict, new_term, note), tie=False)
    _tell_opinions(session, disposal, chosen, "opine", verdict, note)
    return len(chosen)


def _said(verdict: str, new_term: str, note: str) -> tuple[str, str, str]:
    new_term, note = nfc(new_term).strip(), nfc(note).strip()
    if verdict not in VERDICTS:
        raise Invalid("bad_value", field="verdict", value=verdict)
    if verdict == "new_term" and term_of(new_term) is None:
        raise Invalid("term_unclear", term=new_term)
    if verdict != "destroy" and not note:
        raise Invalid("note_missing")
    return verdict, new_term if verdict == "new_term" else "", note


def _require_term_fits(verdict: str, items: Iterable[DisposalItem]) -> None:
    """A term is a case file's: of a duplicate one says that it goes, or stays."""
    without = [one.code for one in items if one.case_file_id is None]
    if verdict == "new_term" and without:
        raise Conflict("duplicate_has_no_term", things=without[:10])


def _opinions_of(
    session: Session, seat: CouncilSeat, *, is_tie_break: bool
) -> dict[int, CouncilOpinion]:
    found = session.scalars(
        select(CouncilOpinion).where(
            CouncilOpinion.seat_id == seat.id, CouncilOpinion.is_tie_break.is_(is_tie_break)
        )
    )
    return {one.item_id: one for one in found}


def _write(
    session: Session,
    item: DisposalItem,
    seat: CouncilSeat,
    known: CouncilOpinion | None,
    said: tuple[str, str, str],
    *,
    tie: bool,
) -> None:
    one = known or CouncilOpinion(item_id=item.id, seat_id=seat.id, is_tie_break=tie)
    one.verdict, one.new_term, one.note = said
    one.given_at = clock.now()
    session.add(one)


def _tell_opinions(
    session: Session,
    disposal: Disposal,
    items: Sequence[DisposalItem],
    deed: str,
    verdict: str,
    note: str,
) -> None:
    session.flush()
    audit.record(
        session,
        f"disposal.{deed}",
        disposal,
        also=tuple(items),
        facts={"verdict": verdict, "lines": [one.ordinal for one in items]},
        why=note,
    )


def break_tie(
    session: Session,
    disposal: Disposal,
    by: Person,
    ordinal: int,
    verdict: str,
    *,
    new_term: str = "",
    note: str,
) -> None:
    """Decide where both sides are equal, as the chair, with a reason.

    Raises:
        Conflict: `disposal_stage`, `not_tied`.
        NotAllowed: `not_in_council`, `not_the_chair`.
        Invalid: `reason_missing`, and as `opine`.
    """
    require_sitting(session, disposal, "break_tie")
    seat = own_seat(disposal, by)
    if seat.role != "chair":
        raise NotAllowed("not_the_chair", disposal=disposal.code)
    if not note.strip():
        raise Invalid("reason_missing")
    said = _said(verdict, new_term, note)
    item = next((one for one in lines.left(session, disposal) if one.ordinal == ordinal), None)
    if item is None:
        raise NotFound("no_such_thing")
    _require_term_fits(verdict, [item])
    earlier = _opinions_of(session, seat, is_tie_break=True)
    if not results(session, disposal, [item.id])[item.id].is_tied and item.id not in earlier:
        raise Conflict("not_tied", thing=item.code)
    _write(session, item, seat, earlier.get(item.id), said, tie=True)
    _tell_opinions(session, disposal, [item], "break_tie", verdict, note)


# Counting -----------------------------------------------------------------------------------------


def opinions(
    session: Session, disposal: Disposal, items: Iterable[int]
) -> dict[int, list[CouncilOpinion]]:
    """What was said of these lines, of everybody who ever sat, in order."""
    found = session.scalars(
        select(CouncilOpinion)
        .join(CouncilSeat, CouncilSeat.id == CouncilOpinion.seat_id)
        .where(CouncilSeat.disposal_id == disposal.id, CouncilOpinion.item_id.in_(list(items)))
        .order_by(CouncilOpinion.id)
    )
    said: dict[int, list[CouncilOpinion]] = {}
    for one in found:
        said.setdefault(one.item_id, []).append(one)
    return said


def results(session: Session, disposal: Disposal, items: Iterable[int]) -> dict[int, Result]:
    """What the council says of each of these lines, as far as it has."""
    numbers = list(items)
    return results_of(disposal, numbers, opinions(session, disposal, numbers))


def results_of(
    disposal: Disposal, items: Iterable[int], said: Mapping[int, list[CouncilOpinion]]
) -> dict[int, Result]:
    """The same of opinions that were read already."""
    there = {one.id for one in present(disposal)}
    return {one: _result(said.get(one, []), there) for one in items}


def _result(said: Sequence[CouncilOpinion], there: set[int]) -> Result:
    votes = [one for one in said if one.seat_id in there and not one.is_tie_break]
    counts = Counter(one.verdict for one in votes)
    dissent = len(counts) > 1
    if len(votes) < len(there):
        return Result("", "", counts, has_dissent=dissent)
    kept, gone = len(votes) - counts["destroy"], counts["destroy"]
    if gone == kept or (kept > gone and counts["keep"] == counts["new_term"]):
        breaks = [one for one in said if one.is_tie_break and one.seat_id in there]
        if not breaks:
            return Result("", "", counts, is_tied=True, has_dissent=dissent)
        last = breaks[-1]
        return Result(last.verdict, last.new_term, counts, False, last.note, dissent)
    if gone > kept:
        return Result("destroy", "", counts, has_dissent=dissent)
    verdict = "new_term" if counts["new_term"] > counts["keep"] else "keep"
    agreeing = [one for one in votes if one.verdict == verdict]
    term = max((one.new_term for one in agreeing), key=_years, default="")
    notes = dict.fromkeys(one.note for one in agreeing if one.note)
    return Result(verdict, term, counts, False, "; ".join(notes), dissent)


def _years(text: str) -> int:
    """A term as a number of years, to find the longest one."""
    term = term_of(text)
    if term is None:
        return 0
    return term.years or FOR_EVER


def spoken(session: Session, disposal: Disposal) -> dict[int, int]:
    """On how many lines each seat has said something, by its row."""
    found = session.execute(
        select(CouncilOpinion.seat_id, func.count())
        .join(CouncilSeat, CouncilSeat.id == CouncilOpinion.seat_id)
        .where(CouncilSeat.disposal_id == disposal.id, CouncilOpinion.is_tie_break.is_(False))
        .group_by(CouncilOpinion.seat_id)
    )
    return {seat: count for seat, count in found}


# The minutes --------------------------------------------------------------------------------------


def everybody_spoke(session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """Everybody present has said something of every line."""
    there = [one.id for one in present(disposal)]
    left = select(DisposalItem.id).where(
        DisposalItem.disposal_id == disposal.id, DisposalItem.outcome == "destroy"
    )
    wanted = (session.scalar(select(func.count()).select_from(left.subquery())) or 0) * len(there)
    found = select(func.count(CouncilOpinion.id)).where(
        CouncilOpinion.seat_id.in_(there),
        CouncilOpinion.item_id.in_(left),
        CouncilOpinion.is_tie_break.is_(False),
    )
    missing = wanted - (session.scalar(found) or 0)
    return Hindrance("opinions_missing", {"count": missing}) if missing else None


def is_quorate(_session: Session, disposal: Disposal, _by: Person) -> Hindrance | None:
    """More than half of the members are there, the chair among them."""
    here, all_of_them = present(disposal), sitting(disposal)
    has_chair = any(one.role == "chair" for one in here)
    if has_chair and len(here) * 2 > len(all_of_them):
        return None
    return Hindrance("not_quorate", {"present": len(here), "members": len(all_of_them)})


CHECKS = (is_quorate, everybody_spoke)
"""What must hold before the minutes are made, beside the table's own."""


def meet(session: Session, disposal: Disposal, by: Person, met_on: date | None) -> None:
    """Make the minutes: from now on nothing of the meeting changes. Chair or secretary do it.

    Lines that are kept, or get another term, leave the list.

    Raises:
        NotAllowed, Conflict: see `retention.disposals`; `ties_open`.
        Invalid: `decision_date_wrong`.
    """
    disposals.require(session, disposal, "meet", by, CHECKS)
    today = clock.today(disposal.organ)
    first = disposal.council_date or today
    if met_on is None or not first <= met_on <= today:
        raise Invalid("decision_date_wrong", first=first, last=today)
    items = lines.left(session, disposal)
    said = results(session, disposal, [one.id for one in items])
    tied = [one.ordinal for one in items if said[one.id].is_tied]
    if tied:
        raise Conflict("ties_open", disposal=disposal.code, lines=tied[:10])
    kept = [one for one in items if said[one.id].verdict != "destroy"]
    for one in kept:
        found = said[one.id]
        one.outcome, one.outcome_why, one.new_term = "keep", found.why, found.new_term
    listing.give_back(session, disposal, kept, by)
    disposals.move(
        session, disposal, "meet", by, met_on=met_on, also=tuple(kept),
        facts={"on": met_on.isoformat(), "kept": [one.code for one in kept],
               "absent": [one.person_id for one in sitting(disposal) if one.absent_why]},
    )  # fmt: skip


def sign(session: Session, disposal: Disposal, by: Person) -> None:
    """Sign the minutes of the meeting, oneself and after the password was asked for (B7).

    Raises:
        Conflict: `disposal_stage`, `signed_already`, `is_absent`.
        NotAllowed: `not_in_council`.
    """
    audit.hold(session, disposal)
    if disposal.stage not in ("met", "appraised"):
        raise Conflict("disposal_stage", stage=disposal.stage, move="sign")
    seat = own_seat(disposal, by)
    if seat.absent_why:
        raise Conflict("is_absent", name=seat.person.full_name)
    if seat.signed_at is not None:
        raise Conflict("signed_already")
    seat.signed_at = clock.now()
    tell(session, disposal, "sign_meeting", {"seat": seat.id})
