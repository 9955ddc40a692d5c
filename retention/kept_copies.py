"""The copy that stays for a destroyed duplicate stays as long as that one had to (R17).

From the decision on the line of a list says for which copy a duplicate leaves, and until when that
copy stands for it; later its tombstone says the same. Until then no term that keeps the copy
becomes shorter than that; it is not taken out of the case file that keeps it so long, and goes by
no list of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, literal, select, union_all
from sqlalchemy.orm import Session

from archive import clock, stated_terms
from archive.database import pieces
from archive.errors import Conflict
from archive.models import CaseFile, Document, Organ, Placement
from archive.moves import MORE_CHECKS, MORE_TAKING, Hindrance
from retention import ends
from retention.clock import End, Fate
from retention.models import Appraisal, Destruction, Disposal, DisposalItem, Tombstone

STANDING = ("decided", "prepared", "reconfirmed", "handed_over", "executing", "destroyed",
            "closed")  # fmt: skip


@dataclass(frozen=True)
class Stand:
    """A copy that stands for another one.

    Attributes:
        copy: its code.
        document: its row.
        gone: the code of the one for which it stands.
        disposal: the list on which that one stood.
        until: the last day; None: for ever.
    """

    copy: str
    document: int
    gone: str
    disposal: str
    until: date | None

    @property
    def end(self) -> End:
        """How long something must keep it."""
        return End(Fate.PERMANENT) if self.until is None else End(Fate.RUNS, self.until)

    @property
    def hindrance(self) -> Hindrance:
        """Why it stays. What it stands for is not named: few may know what is gone."""
        if self.until is None:
            return Hindrance("stands_for_ever", {"thing": self.copy})
        return Hindrance("stands_for_destroyed", {"thing": self.copy, "day": self.until})


def is_at_least(kept: End, leaving: End) -> bool:
    """Whether one copy surely stays as long as the other had to: what nobody can count never."""
    if kept.fate is Fate.PERMANENT:
        return True
    if kept.on is None or leaving.on is None:
        return False
    return kept.on >= leaving.on


# Fixed by the decision ----------------------------------------------------------------------------


def fix_ends(session: Session, items: Sequence[DisposalItem], today: date) -> list[DisposalItem]:
    """Write down until when each of these duplicates had to stay; those that are changed by it.

    What stands in no case file had no term: its copy stands for it today.
    """
    doubles = [one for one in items if one.cause == "duplicate" and one.document_id is not None]
    numbers = {one.document_id for one in doubles if one.document_id is not None}
    filed = _places(session, numbers)
    known = ends.of_documents(session, numbers)
    changed = []
    for one in doubles:
        number = one.document_id or 0
        until = known[number].on if number in filed else today
        if one.twin_until != until:
            one.twin_until = until
            changed.append(one)
    return changed


def _places(session: Session, documents: Iterable[int]) -> dict[int, list[int]]:
    """The case files in which each of these documents stands."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in pieces(sorted(set(documents))):
        wanted = select(Placement.document_id, Placement.case_file_id)
        for document, case_file in session.execute(wanted.where(Placement.document_id.in_(some))):
            found[document].append(case_file)
    return dict(found)


# What stands for what -----------------------------------------------------------------------------


def stands_of(session: Session, organ: Organ, documents: Iterable[int]) -> list[Stand]:
    """For what each of these documents stands today."""
    found: dict[Stand, None] = {}
    for some in pieces(sorted(set(documents))):
        found |= dict.fromkeys(_stands(session, organ, some))
    return list(found)


def stands_in(session: Session, organ: Organ, case_files: Iterable[int]) -> list[Stand]:
    """The same of all documents in these case files."""
    found: dict[Stand, None] = {}
    for some in pieces(sorted(set(case_files))):
        inside = select(Placement.document_id).where(Placement.case_file_id.in_(some))
        found |= dict.fromkeys(_stands(session, organ, inside))
    return list(found)


def _stands(session: Session, organ: Organ, copies: Any) -> list[Stand]:
    """What lists say that go or went their way, and what is left of those that went."""
    today = clock.today(organ)
    both = union_all(_on_lists(copies), _on_tombstones(organ, copies)).subquery()
    found = [
        Stand(copy, document or 0, gone, disposal, until)
        for *_, copy, document, gone, disposal, until in session.execute(
            select(both).order_by(both.c.which, both.c.place)
        )
    ]
    return [one for one in found if one.until is None or one.until >= today]


def _on_lists(copies: Any) -> Select[int, int, str, int | None, str, str, date | None]:
    return (
        select(
            literal(1).label("which"),
            DisposalItem.id.label("place"),
            DisposalItem.twin_code.label("copy"),
            Appraisal.twin_id.label("document"),
            DisposalItem.code.label("gone"),
            Disposal.code.label("disposal"),
            DisposalItem.twin_until.label("until"),
        )
        .join(DisposalItem, DisposalItem.appraisal_id == Appraisal.id)
        .join(Disposal, Disposal.id == DisposalItem.disposal_id)
        .where(
            Appraisal.twin_id.in_(copies),
            Appraisal.cause == "duplicate",
            DisposalItem.outcome == "destroy",
            DisposalItem.is_decided,
            Disposal.stage.in_(STANDING),
        )
    )


def _on_tombstones(organ: Organ, copies: Any) -> Select[int, int, str, int, str, str, date | None]:
    """The list itself may not be known here: an older copy of the archive was put back."""
    return (
        select(
            literal(2).label("which"),
            Tombstone.id.label("place"),
            Document.code.label("copy"),
            Document.id.label("document"),
            Tombstone.code.label("gone"),
            Destruction.code.label("disposal"),
            Tombstone.twin_until.label("until"),
        )
        .select_from(Document)
        .join(
            Tombstone,
            and_(
                Tombstone.organ_id == Document.organ_id,
                Tombstone.twin_code == Document.code,
                Tombstone.twin_code != ends.NONE,
            ),
        )
        .join(Destruction, Destruction.id == Tombstone.destruction_id)
        .where(Document.id.in_(copies), Document.organ_id == organ.id)
    )


def falling(
    session: Session, stands: Sequence[Stand], without: Collection[int] = ()
) -> Stand | None:
    """The first of these whose copy nothing keeps so long, if these case files did not."""
    places = _places(session, (one.document for one in stands))
    counted = ends.of_case_files(session, {one for some in places.values() for one in some})
    for one in stands:
        keeping = [each for each in places.get(one.document, ()) if each not in without]
        if not any(is_at_least(counted[each], one.end) for each in keeping):
            return one
    return None


def hindrances(
    session: Session, organ: Organ, case_files: Iterable[int], without: Collection[int]
) -> dict[int, Hindrance]:
    """Of these case files those that alone keep a copy that stands for another one, and why."""
    stands = stands_in(session, organ, case_files)
    places = _places(session, (one.document for one in stands))
    wanted, found = set(case_files), dict[int, Hindrance]()
    for one in stands:
        if falling(session, [one], without) is not None:
            here = [each for each in places.get(one.document, ()) if each in wanted]
            found.update(dict.fromkeys(here, one.hindrance))
    return found


# What nobody does with them -----------------------------------------------------------------------


def require_kept(session: Session, case_file: CaseFile) -> None:
    """Go on only if all that stands in it is still kept as long as it must be; after a change.

    Raises:
        Conflict: `stands_for_destroyed`, `stands_for_ever`.
    """
    stands = stands_in(session, case_file.organ, [case_file.id])
    if stands and (one := falling(session, stands)) is not None:
        raise Conflict(one.hindrance.code, **one.hindrance.details)


def _keeps_none(session: Session, case_file: CaseFile) -> Hindrance | None:
    """It does not alone keep a copy that stands for another one: it may be worked on again."""
    stands = stands_in(session, case_file.organ, [case_file.id])
    one = falling(session, stands, {case_file.id}) if stands else None
    return one.hindrance if one is not None else None


def _may_leave(session: Session, case_file: CaseFile, document: Document) -> Hindrance | None:
    """The document does not stand for another one, or another case file keeps it as long."""
    stands = stands_of(session, case_file.organ, [document.id])
    one = falling(session, stands, {case_file.id}) if stands else None
    return one.hindrance if one is not None else None


MORE_CHECKS.setdefault("reopen", []).append(_keeps_none)
MORE_TAKING.append(_may_leave)
stated_terms.AFTER_CHANGES.append(require_kept)
