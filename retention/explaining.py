"""Why something is kept, until when, and what would change that: as plain values.

Which rule in which version, by whose decision, from which day, what holds it, what comes next. The
words are made in `web/retention_words.py`. `from_story` tells term and end once more from the
events alone (`retelling.py`): both must say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from archive import access, clock, freezes
from archive.hands import Whose
from archive.models import CaseFile, Document, Organ, Person, Placement
from archive.organ_rules import rules_of
from archive.reading import (
    found_case_files,
    found_documents,
    known_case_files,
)
from archive.roles import Action
from archive.terms import term_of
from retention import assignments, ends, kept_copies, occurrences, plan_rules, schedule
from retention.clock import End, Fate, end_of, longest
from retention.ends import CLOCKED, COUNTED, Standing
from retention.explanations import (
    UNKNOWN,
    Explanation,
    HappenedTold,
    NoticeTold,
    OrderTold,
    RuleTold,
    SaidTold,
    SharedTold,
    StandTold,
    TermTold,
    VersionTold,
)
from retention.models import Appraisal, Assignment, Occurrence, RetentionRule
from retention.retelling import Retold as Retold
from retention.retelling import from_story as from_story
from retention.schedule import DRAFT, IN_FORCE

MOST_SHARED = 20  # documents that are named
MOST_FILES = 50  # of one document


def explain(session: Session, thing: CaseFile | Document, by: Person | None = None) -> Explanation:
    """Why it is kept and until when, counted now.

    Args:
        session: a look.
        thing: of which it is told.
        by: who asks; other things of which they may not know are not named.
    """
    if isinstance(thing, Document):
        return _of_document(session, thing, by)
    return _of_case_file(session, thing, by)


def _of_case_file(session: Session, case_file: CaseFile, by: Person | None) -> Explanation:
    told = assignments.history_told(session, case_file)
    came = occurrences.told_of(session, case_file)
    said, happened = list(told), list(came)
    shared = _shared_rows(session, case_file, by)
    standings = _standings(session, case_file, said, happened, shared)
    standing = standings[case_file.id]
    counted_from = tuple(occurrences.awaited(standing))
    notice = _notice(session, case_file)
    then, then_on = _then(case_file, standing.end, notice)
    proposed = plan_rules.for_case_file(session, case_file) if not said else None
    known = _known_documents(session, by, standing)
    return Explanation(
        kind="case_file",
        code=case_file.code,
        stage=case_file.stage,
        ended_on=case_file.end_date,
        end=standing.end,
        terms=_terms(standing, known),
        said=tuple(_said(one, case_file.organ, whose) for one, whose in told.items()),
        proposed=rule_told(proposed) if proposed else None,
        counted_from=counted_from,
        happened=_happened(came),
        notice=notice,
        orders=_orders(session, case_file),
        stands=_stands(session, case_file, by),
        shared=_shared(shared, standings),
        next_version=_next_version(session, case_file, said, standing),
        then=then,
        then_on=then_on,
    )


def rule_told(rule: RetentionRule) -> RuleTold:
    """A row of the schedule as plain values."""
    return RuleTold(
        rule.id,
        rule.number,
        rule.version,
        rule.group_name,
        rule.title,
        rule.term,
        rule.mandate,
        rule.state,
        rule.valid_from,
        rule.valid_to,
    )


def _said(one: Assignment, organ: Organ, who: Whose) -> SaidTold:
    rule = rule_told(one.rule) if one.rule else None
    day = clock.day_of(one.decided_at, organ)
    said = SaidTold(one.term, one.source, who.name, one.decided_at, day, one.reason, rule)
    return replace(said, principal=who.principal)


def _known_documents(
    session: Session, by: Person | None, standing: Standing
) -> frozenset[str] | None:
    """Codes of those documents with a term of their own that the asker may know of; None: all."""
    if by is None or not standing.on_documents:
        return None
    wanted = select(Document.code).where(
        Document.code.in_(standing.on_documents), found_documents(session, by)
    )
    return frozenset(session.scalars(wanted))


def _terms(standing: Standing, known: frozenset[str] | None) -> tuple[TermTold, ...]:
    """Each term once: the same on the case file as the one that binds is not told again."""
    own = {
        "binding": standing.binding,
        "confirmed": standing.confirmed,
        "stated": standing.stated,
    }
    told: list[TermTold] = []
    for where, term in own.items():
        if term and term not in {one.term for one in told}:
            told.append(_term(standing, where, term))
    for code, term in sorted(standing.on_documents.items()):
        shown = code if known is None or code in known else ""
        told.append(replace(_term(standing, "document", term), document=shown))
    if not told:
        told.append(_term(standing, "stated", ""))
    decisive = next((one for one in told if one.end == standing.end), None)
    return tuple(replace(one, decides=one is decisive) for one in told)


def _term(standing: Standing, where: str, term: str) -> TermTold:
    if standing.stage not in COUNTED:
        return TermTold(where, term, UNKNOWN)
    return TermTold(where, term, end_of(term_of(term), standing.ended_on, standing.occurrences))


def _happened(found: Mapping[Occurrence, Whose]) -> tuple[HappenedTold, ...]:
    latest: dict[str, int] = {}
    for one in found:
        latest.setdefault(one.kind, one.id)
    return tuple(
        HappenedTold(
            one.kind,
            one.happened_on,
            one.evidence,
            one.note,
            who.name,
            one.recorded_at,
            latest[one.kind] == one.id,
            who.principal,
        )
        for one, who in found.items()
    )


def _notice(session: Session, thing: CaseFile) -> NoticeTold | None:
    found = session.scalar(
        select(Appraisal)
        .where(Appraisal.case_file_id == thing.id)
        .order_by(Appraisal.id.desc())
        .limit(1)
    )
    if found is None:
        return None
    return NoticeTold(
        found.noticed_on, found.notice_until, found.expires_on, found.stage, found.verdict
    )


def _orders(session: Session, thing: CaseFile | Document) -> tuple[OrderTold, ...]:
    return tuple(OrderTold(one.number, one.ordered_on) for one in freezes.orders_on(session, thing))


def _stands(
    session: Session, thing: CaseFile | Document, by: Person | None
) -> tuple[StandTold, ...]:
    """What of it stands for a duplicate that is gone; for which one, only who may know is told."""
    if isinstance(thing, CaseFile):
        found = kept_copies.stands_in(session, thing.organ, [thing.id])
    else:
        found = kept_copies.stands_of(session, thing.organ, [thing.id])
    sees = by is None or access.may(session, by, Action.SEE_DISPOSALS, thing.organ)
    return tuple(
        StandTold(one.copy, one.until, *((one.gone, one.disposal) if sees else ()))
        for one in found[:MOST_SHARED]
    )


@dataclass(frozen=True)
class _There:
    """A document in it that stands in another case file too."""

    document: str
    case_file_id: int
    case_file: str
    is_known: bool
    is_file_known: bool


def _shared_rows(session: Session, case_file: CaseFile, by: Person | None) -> list[_There]:
    """Documents in it that stand elsewhere too: a destruction leaves them there."""
    inside = select(Placement.document_id).where(Placement.case_file_id == case_file.id)
    sees_document = found_documents(session, by) if by is not None else true()
    sees_file = found_case_files(session, by) if by is not None else true()
    wanted = (
        select(Document.code, CaseFile.id, CaseFile.code, sees_document, sees_file)
        .join(Placement, Placement.document_id == Document.id)
        .join(CaseFile, CaseFile.id == Placement.case_file_id)
        .where(Placement.document_id.in_(inside), Placement.case_file_id != case_file.id)
        .order_by(Document.id, CaseFile.id)
        .limit(MOST_SHARED)
    )
    return [_There(*one) for one in session.execute(wanted)]


def _standings(
    session: Session,
    case_file: CaseFile,
    said: Sequence[Assignment],
    happened: Sequence[Occurrence],
    shared: Sequence[_There],
) -> dict[int, Standing]:
    """What decides the end of this one and of those that share its documents, counted together."""
    if shared:
        return ends.standings(session, {case_file.id, *(one.case_file_id for one in shared)})
    return {case_file.id: ends.standing_of(session, case_file, said, happened)}


def _shared(rows: Sequence[_There], standings: Mapping[int, Standing]) -> tuple[SharedTold, ...]:
    return tuple(
        SharedTold(
            one.document if one.is_known else "",
            one.case_file if one.is_file_known else "",
            standings[one.case_file_id].end,
        )
        for one in rows
    )


def _next_version(
    session: Session, case_file: CaseFile, said: Sequence[Assignment], standing: Standing
) -> VersionTold | None:
    """What the rule that was given would become: a draft, or a version that came since."""
    given = said[0].rule if said else None
    if given is None:
        return None
    later = RetentionRule.version > given.version
    same = RetentionRule.number == given.number
    for one in schedule.rules_of(session, case_file.organ, same, later):
        if one.state in (DRAFT, IN_FORCE):
            return VersionTold(one.number, one.version, one.term, standing.end_under(one.term))
    return None


def _then(case_file: CaseFile, end: End, notice: NoticeTold | None) -> tuple[str, date | None]:
    """What comes next, and when."""
    if case_file.stage not in CLOCKED:
        is_gone = case_file.stage in ("transferred", "destroyed")
        return (case_file.stage if is_gone else "open"), None
    if notice is not None and (notice.stage != "kept" or notice.expires_on == end.on):
        return notice.stage, notice.notice_until
    if end.fate is not Fate.RUNS or end.on is None:
        return str(end.fate), None
    days = rules_of(case_file.organ).expiry_notice_days
    day = end.on - timedelta(days=days)
    return ("notice_late" if day < clock.today(case_file.organ) else "notice"), day


# Documents ----------------------------------------------------------------------------------------


def _of_document(session: Session, document: Document, by: Person | None) -> Explanation:
    """The longest of all case files that it stands in; in none of them nobody can say."""
    there = select(Placement.case_file_id).where(Placement.document_id == document.id)
    found = ends.standings(session, session.scalars(there))
    shown = sorted(found)[:MOST_FILES]
    files = session.scalars(
        select(CaseFile).where(CaseFile.id.in_(shown)).order_by(CaseFile.id)
    ).all()
    known = set(shown)
    if by is not None:
        known = known_case_files(session, by, known)
    end = longest(one.end for one in found.values())
    own = document.maintenance
    return Explanation(
        kind="document",
        code=document.code,
        end=end,
        terms=(TermTold("document", own, UNKNOWN, document.code),) if own else (),
        orders=_orders(session, document),
        stands=_stands(session, document, by),
        case_files=tuple(_brief(one, found[one.id], one.id in known) for one in files),
        then="filed" if files else "unfiled",
    )


def _brief(case_file: CaseFile, standing: Standing, is_known: bool) -> Explanation:
    """A case file as a line of a document's explanation."""
    return Explanation(
        kind="case_file",
        code=case_file.code if is_known else "",
        stage=case_file.stage,
        ended_on=case_file.end_date,
        end=standing.end,
        terms=tuple(one for one in _terms(standing, frozenset()) if one.decides),
    )
