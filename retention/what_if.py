"""Before a rule is changed, or a term given: which case files would move, earlier or later.

Nothing is changed by looking, and nothing by approving the version either: what was given a rule
keeps it. The list says of what re-appraisal should think (records-law 4.4).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.database import pieces
from archive.errors import Invalid
from archive.models import CaseFile, Person
from archive.reading import known_case_files
from archive.terms import term_of
from retention import ends
from retention.clock import End, Fate
from retention.models import Clock, RetentionRule

EARLIER, LATER, OTHER, SAME = "earlier", "later", "other", "same"
AT_ONCE = 2_000


@dataclass(frozen=True)
class Moved:
    """One case file, and its end before and after.

    Attributes:
        case_file_id: its row.
        code: its code.
        title: its title.
        before: when it is over now.
        after: when it would be.
        way: earlier, later, or other where it isn't two days that differ.
    """

    case_file_id: int
    code: str
    title: str
    before: End
    after: End
    way: str


@dataclass(frozen=True)
class Counted:
    """How many would move; `is_more` where nobody looked to the end."""

    earlier: int = 0
    later: int = 0
    other: int = 0
    same: int = 0
    is_more: bool = False

    @property
    def moved(self) -> int:
        """All that are not as they were."""
        return self.earlier + self.later + self.other


def way(before: End, after: End) -> str:
    """Whether a case file would leave earlier or later: what never ends leaves last of all."""
    if before == after:
        return SAME
    if before.on is not None and after.on is not None:
        return EARLIER if after.on < before.on else LATER
    if Fate.PERMANENT in (before.fate, after.fate):
        return LATER if after.fate is Fate.PERMANENT else EARLIER
    return OTHER


def of_version(session: Session, rule: RetentionRule) -> Iterator[Moved]:
    """The case files that were given an earlier version of it, with what this one would mean.

    Counted from the rows, some thousands at a time; those that would stay are told too.
    """
    last = 0
    while some := _followers(session, rule, last):
        last = some[-1].id
        standings = ends.standings(session, [one.id for one in some])
        for one in some:
            standing = standings[one.id]
            before, after = standing.end, standing.end_under(rule.term)
            yield Moved(one.id, one.code, one.title, before, after, way(before, after))


def _followers(session: Session, rule: RetentionRule, after: int) -> list[CaseFile]:
    """Case files whose binding rule is another version of the same number, in order."""
    others = select(RetentionRule.id).where(
        RetentionRule.organ_id == rule.organ_id,
        RetentionRule.number == rule.number,
        RetentionRule.id != rule.id,
    )
    wanted = (
        select(CaseFile)
        .join(Clock, Clock.case_file_id == CaseFile.id)
        .where(Clock.rule_id.in_(others), Clock.case_file_id > after)
        .order_by(Clock.case_file_id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(wanted))


def looked_at(session: Session, rule: RetentionRule, most: int) -> tuple[Counted, list[Moved]]:
    """How many would move and which, of the first `most` that follow the rule."""
    count = dict.fromkeys((EARLIER, LATER, OTHER, SAME), 0)
    moved: list[Moved] = []
    for number, one in enumerate(of_version(session, rule)):
        if number >= most:
            return _counted(count, is_more=True), moved
        count[one.way] += 1
        if one.way != SAME:
            moved.append(one)
    return _counted(count, is_more=False), moved


def _counted(count: Mapping[str, int], *, is_more: bool) -> Counted:
    return Counted(count[EARLIER], count[LATER], count[OTHER], count[SAME], is_more)


def of_term(session: Session, case_file: CaseFile, term: str) -> Moved:
    """What another term would mean for one case file.

    Raises:
        Invalid: `term_unclear`.
    """
    if term_of(term) is None:
        raise Invalid("term_unclear", term=term)
    standing = ends.standings(session, [case_file.id])[case_file.id]
    before, after = standing.end, standing.end_under(term)
    return Moved(case_file.id, case_file.code, case_file.title, before, after, way(before, after))


def known_to(session: Session, by: Person, moved: Sequence[Moved]) -> list[Moved]:
    """The same list; of case files that the person may not know of neither code nor title."""
    known: set[int] = set()
    for some in pieces((one.case_file_id for one in moved), AT_ONCE):
        known |= known_case_files(session, by, some)
    return [one if one.case_file_id in known else replace(one, code="", title="") for one in moved]
