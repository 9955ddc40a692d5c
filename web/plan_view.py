"""A file plan as its page shows it: lines in order, with what stands in their case files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import clock
from archive.access import Action
from archive.file_plans import people_of
from archive.life_models import FreezeOrder, Frozen
from archive.models import CaseFile, FilePlan, FilePlanEntry, Person, Placement, Unit
from archive.plan_approval import carried_lines
from archive.plan_tables import maker_of, units_of
from archive.plan_tree import Brief, Line, brief_lines_of
from archive.terms import term_of
from formats.vietnamese import fold
from web.auth import asker, here, may
from web.deeds import Deed
from web.errors import words_for
from web.field_words import STAGES
from web.i18n import gettext
from web.lists import Listed, page_wanted
from web.plan_files import case_files_of, hidden_among

PER_PAGE = 50


@dataclass(frozen=True)
class LineShown:
    """One line of the page."""

    entry: FilePlanEntry
    depth: int
    number: str  # of a heading
    title: str
    maker: str
    has_left: bool  # the account of who was to draw it up is closed
    unit: str
    case_file: CaseFile | None  # None where there is none, or the asker may not know of it
    stage: str
    files: int  # case files under a heading
    documents: int
    deed: Deed | None


@dataclass(frozen=True)
class HeadingShown:
    """A heading to choose from."""

    id: int
    depth: int
    name: str
    files: int


@dataclass(frozen=True)
class PlanShown:
    """A plan with one page of its lines."""

    shown: Listed[LineShown]
    headings: list[HeadingShown]
    files: int
    permanent: int
    documents: int
    approved_by: str
    carried: int  # case files of earlier years among them


def shown(
    session: Session, plan: FilePlan, *, words: str = "", under: int | None = None
) -> PlanShown:
    """One page of the plan's lines, in a fixed number of questions.

    Args:
        session: the transaction's session.
        plan: whose lines.
        words: each must stand in number or title.
        under: only what stands under this heading.
    """
    lines = brief_lines_of(session, plan)
    carried = carried_lines(session, plan)
    counts = _counts(lines, _documents(session, plan, carried))
    wanted = _under(lines, under) if under else lines
    if asked := fold(words).split()[:10]:
        wanted = [one for one in wanted if _fits(one, asked)]
    number = min(page_wanted(), max(1, -(-len(wanted) // PER_PAGE)))
    some = wanted[(number - 1) * PER_PAGE : number * PER_PAGE]
    desk = _Desk(session, plan, some, counts, carried)
    files = [one for one in lines if one.entry.notation]
    return PlanShown(
        Listed([desk.shown(one) for one in some], len(wanted), number, PER_PAGE),
        [_heading(one, counts) for one in lines if not one.entry.notation],
        len(files),
        sum(_is_permanent(one) for one in files),
        sum(documents for _, documents in (counts[one.entry.id] for one in files)),
        desk.people[plan.approved_by_id].full_name if plan.approved_by_id else "",
        len(carried),
    )


def _heading(line: Line[Brief], counts: Mapping[int, tuple[int, int]]) -> HeadingShown:
    name = f"{line.number}. {line.entry.title}"
    return HeadingShown(line.entry.id, line.depth, name, counts[line.entry.id][0])


def _fits(line: Line[Brief], words: list[str]) -> bool:
    told = fold(f"{line.entry.notation} {line.entry.title}")
    return all(word in told for word in words)


def _is_permanent(line: Line[Brief]) -> bool:
    term = term_of(line.entry.maintenance)
    return term is not None and term.is_permanent


def _under(lines: list[Line[Brief]], heading: int) -> list[Line[Brief]]:
    """The heading and what stands under it, as they follow one another."""
    place = next((n for n, one in enumerate(lines) if one.entry.id == heading), None)
    if place is None:
        return []
    depth = lines[place].depth
    end = next(
        (n for n in range(place + 1, len(lines)) if lines[n].depth <= depth),
        len(lines),
    )
    return lines[place:end]


def _documents(session: Session, plan: FilePlan, carried: Mapping[int, int]) -> dict[int, int]:
    """How many documents stand in the case file of each line."""
    own = (
        select(CaseFile.plan_entry_id, func.count(Placement.id))
        .join(Placement, Placement.case_file_id == CaseFile.id)
        .join(FilePlanEntry, FilePlanEntry.id == CaseFile.plan_entry_id)
        .where(FilePlanEntry.plan_id == plan.id)
        .group_by(CaseFile.plan_entry_id)
    )
    found = {line: count for line, count in session.execute(own) if line is not None}
    if carried:
        inside = (
            select(Placement.case_file_id, func.count())
            .where(Placement.case_file_id.in_(carried.values()))
            .group_by(Placement.case_file_id)
        )
        counted = {number: count for number, count in session.execute(inside)}
        found |= {line: counted.get(number, 0) for line, number in carried.items()}
    return found


def _counts(lines: list[Line[Brief]], documents: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Case files and documents of each line; a heading has those of all that is under it."""
    counts = {
        one.entry.id: (1, documents.get(one.entry.id, 0)) if one.entry.notation else (0, 0)
        for one in lines
    }
    for one in reversed(lines):  # what is under a heading comes after it
        if (above := one.entry.parent_id) in counts:
            files, inside = counts[one.entry.id]
            counts[above] = (counts[above][0] + files, counts[above][1] + inside)
    return counts


class _Desk:
    """What is needed to show these lines, asked for once for all of them."""

    def __init__(
        self,
        session: Session,
        plan: FilePlan,
        lines: list[Line[Brief]],
        counts: Mapping[int, tuple[int, int]],
        carried: Mapping[int, int],
    ) -> None:
        self.entries = _whole(session, lines)
        entries = list(self.entries.values())
        self.counts = counts
        self.people: dict[int, Person] = people_of(session, entries, plan.approved_by_id)
        self.units: dict[int, Unit] = units_of(session, plan.organ_id)
        self.hidden = hidden_among(session, asker(), carried)
        self.case_files = case_files_of(session, asker(), here(), entries, carried)
        self.frozen = _frozen(session, self.case_files.values())
        self.may_open = may(session, Action.OPEN_CASE_FILE, here())

    def shown(self, line: Line[Brief]) -> LineShown:
        entry = self.entries[line.entry.id]
        holder = self.people.get(entry.holder_id or 0)
        unit = self.units.get(entry.unit_id or (holder.unit_id if holder else 0) or 0)
        case_file = self.case_files.get(entry.id)
        files, documents = self.counts[entry.id]
        return LineShown(
            entry=entry,
            depth=line.depth,
            number=line.number,
            title=self.hidden.get(entry.id, entry.title),
            maker=maker_of(entry, holder),
            has_left=holder is not None and _has_left(holder),
            unit=unit.name if unit else "",
            case_file=case_file,
            stage=str(STAGES.get(case_file.stage, case_file.stage)) if case_file else "",
            files=files,
            documents=documents if case_file or not entry.notation else 0,
            deed=self._opening(case_file) if case_file else None,
        )

    def _opening(self, case_file: CaseFile) -> Deed | None:
        """Opening it, or why that is not possible."""
        if case_file.stage != "planned":
            return None
        why_not = ""
        if not self.may_open:
            why_not = words_for("not_allowed", {}).what
        elif case_file.holder_id not in (None, asker().id):
            why_not = gettext("Who draws it up opens it.")
        elif order := self.frozen.get(case_file.id):
            why_not = gettext("Frozen by order %(order)s.", order=order)
        target = url_for("case_file_life.open_planned", code=case_file.code)
        return Deed(gettext("Open it"), "folder2-open", target, is_post=True, why_not=why_not)


def _whole(session: Session, lines: list[Line[Brief]]) -> dict[int, FilePlanEntry]:
    """The lines themselves, by number."""
    numbers = [one.entry.id for one in lines]
    found = select(FilePlanEntry).where(FilePlanEntry.id.in_(numbers))
    return {one.id: one for one in session.scalars(found)}


def _has_left(person: Person) -> bool:
    return person.locked_from is not None and person.locked_from <= clock.today(here())


def _frozen(session: Session, case_files: Iterable[CaseFile]) -> dict[int, str]:
    """The orders that hold some of these planned case files."""
    numbers = [one.id for one in case_files if one.stage == "planned"]
    if not numbers:
        return {}
    found = (
        select(Frozen.case_file_id, FreezeOrder.number)
        .join(FreezeOrder)
        .where(Frozen.case_file_id.in_(numbers), FreezeOrder.lifted_at.is_(None))
    )
    return {number: order for number, order in session.execute(found) if number is not None}
