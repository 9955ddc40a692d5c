"""What an explanation of one thing's retention says, as plain values; see `explaining.py`."""

from dataclasses import dataclass
from datetime import date, datetime

from retention.clock import End, Fate
from retention.ends import CONFIRMING

UNKNOWN = End(Fate.UNKNOWN)


@dataclass(frozen=True)
class RuleTold:
    """A row of the schedule, in one version."""

    id: int
    number: str
    version: int
    group: str
    title: str
    term: str
    mandate: str
    state: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class SaidTold:
    """What somebody said of the term, and when."""

    term: str
    source: str  # officer, archivist, appraisal
    by: str
    at: datetime
    on: date  # the organ's legal day
    reason: str
    rule: RuleTold | None
    principal: str = ""  # for whom they acted


@dataclass(frozen=True)
class TermTold:
    """One of the terms that must be kept to, and when it would be over by itself.

    Attributes:
        where: binding, confirmed, stated or document.
        term: as it is written.
        end: its own.
        document: the code of the document on which it stands.
        decides: whether it is the longest.
    """

    where: str
    term: str
    end: End
    document: str = ""
    decides: bool = False


@dataclass(frozen=True)
class HappenedTold:
    """What a term waited for, as it was written down; `counts` is not what was corrected since."""

    kind: str
    on: date
    evidence: str
    note: str
    by: str
    at: datetime
    counts: bool
    principal: str = ""  # for whom they acted


@dataclass(frozen=True)
class NoticeTold:
    """The notice given, and how far re-appraisal has come."""

    noticed_on: date
    notice_until: date
    expires_on: date | None
    stage: str
    verdict: str


@dataclass(frozen=True)
class OrderTold:
    """An order that holds it."""

    number: str
    ordered_on: date


@dataclass(frozen=True)
class StandTold:
    """A copy that stands for a duplicate which is gone, or is decided to go (R17).

    Attributes:
        copy: the code of the document that stays.
        until: the last day; None: for ever.
        gone: the code of the other one; empty where the asker may not know of it.
        disposal: the list on which that one stood; the same.
    """

    copy: str
    until: date | None
    gone: str = ""
    disposal: str = ""


@dataclass(frozen=True)
class SharedTold:
    """A document in it that stands in another case file too, and that one's end.

    Codes are empty where the asker may not know of the thing.
    """

    document: str
    case_file: str
    end: End


@dataclass(frozen=True)
class VersionTold:
    """A draft that would follow the rule, and what it would mean once somebody assigned it."""

    number: str
    version: int
    term: str
    end: End


@dataclass(frozen=True)
class Explanation:
    """All that is to be said of one thing's retention.

    Attributes:
        kind: case_file or document.
        code: of the thing.
        stage: of a case file.
        ended_on: the last day of the work.
        end: when it is over.
        terms: what is counted, the one that binds first.
        said: who said what of the term, the latest first.
        proposed: the rule that the file plan proposes, as long as nobody said anything.
        counted_from: kinds of what its terms count from, whether it came or not.
        happened: what came, the latest first.
        notice: the latest notice.
        orders: what holds it.
        stands: what in it stands for something that is gone.
        shared: documents in it that stand elsewhere too; the first of them.
        next_version: a draft of the rule's next version.
        then: what comes next: open, waits, permanent, unknown, notice, notice_late, noticed, due,
            proposed, listed, kept, destroyed, transferred.
        then_on: the day of that, where it has one.
        case_files: of a document, those in which it stands.
    """

    kind: str
    code: str
    stage: str = ""
    ended_on: date | None = None
    end: End = UNKNOWN
    terms: tuple[TermTold, ...] = ()
    said: tuple[SaidTold, ...] = ()
    proposed: RuleTold | None = None
    counted_from: tuple[str, ...] = ()
    happened: tuple[HappenedTold, ...] = ()
    notice: NoticeTold | None = None
    orders: tuple[OrderTold, ...] = ()
    stands: tuple[StandTold, ...] = ()
    shared: tuple[SharedTold, ...] = ()
    next_version: VersionTold | None = None
    then: str = ""
    then_on: date | None = None
    case_files: tuple["Explanation", ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Whether the archive has said the last word of its term."""
        return bool(self.said) and self.said[0].source in CONFIRMING
