"""Making the list of what is to be destroyed (Danh mục, B4), and giving back what leaves it again.

A line copies all that will be left of the thing when it is gone: code, title, rule, term, reason,
documents with the digests of their originals. What stands in a list is locked: its re-appraisal is
at the stage `listed` and makes no move by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import audit, case_files, clock
from archive.documents import number_as_shown
from archive.errors import Conflict, Invalid
from archive.hands import natural
from archive.models import CaseFile, Document, Organ, Part, Person, Placement
from archive.organ_rules import rules_of
from formats.vietnamese import nfc
from retention import appraisals, disposals, dossier_terms, lines, merkle, sharing
from retention.appraisal_facts import with_things
from retention.models import (
    Appraisal,
    Assignment,
    Disposal,
    DisposalDocument,
    DisposalItem,
)

MOST = 1000  # lines in one list: what one council looks through, and one booklet prints


@dataclass
class _Inside:
    """What stands in a case file, or what a document is: gathered for its line."""

    documents: list[tuple[int, str]] = field(default_factory=list)  # row and code, in order
    digests: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def all_digests(self) -> list[str]:
        """Of every original, in order."""
        return [one for number, _ in self.documents for one in self.digests[number]]


def make(
    session: Session,
    organ: Organ,
    by: Person,
    chosen: Iterable[int],
    *,
    title: str,
    formation: str = "",
    condition: str = "",
) -> Disposal:
    """Make a list of these re-appraisals, with its dossier; from now on they are locked.

    Raises:
        Invalid: `title_missing`, `nothing_chosen`, `too_many_chosen`, `dossier_term_short`.
        Conflict: `not_proposed`: some of them are not, or not any more; `dossier_is_kept`; what
            `retention.appraisals` says.
    """
    numbers = list(dict.fromkeys(chosen))
    title = nfc(title).strip()
    if not title:
        raise Invalid("title_missing")
    if not numbers:
        raise Invalid("nothing_chosen")
    if len(numbers) > MOST:
        raise Invalid("too_many_chosen", most=MOST)
    dossier_terms.require_long_enough(rules_of(organ).dossier_term)
    audit.hold(session, organ)  # one list after the other: its number, and what it locks
    found = _chosen(session, organ, numbers)
    disposal = _begin(session, organ, by, title, formation, condition)
    disposals.hand(session, disposal, by, "list")
    _write_lines(session, disposal, found)
    appraisals.move_all(session, organ, found, "list", by)
    items = session.scalars(
        select(DisposalItem).where(DisposalItem.disposal_id == disposal.id)
    ).all()
    audit.record(
        session,
        "disposal.make",
        disposal,
        also=tuple(items),
        facts={"things": [one.code for one in items], "root": lines.root_of(items)},
        title=title,
    )
    return disposal


def _chosen(session: Session, organ: Organ, numbers: list[int]) -> list[Appraisal]:
    wanted = appraisals.listable(organ).where(Appraisal.id.in_(numbers))
    held = wanted.options(
        *with_things(),
        joinedload(Appraisal.document).selectinload(Document.parts),
        selectinload(Appraisal.twin),
    ).with_for_update(key_share=True, of=Appraisal)
    found = list(session.scalars(held, execution_options={"populate_existing": True}))
    if len(found) != len(numbers):
        raise Conflict("not_proposed", count=len(numbers) - len(found))
    files = [one.case_file_id for one in found if one.case_file_id is not None]
    dossier_terms.require_not_too_early(session, files, clock.today(organ))
    return sorted(found, key=_in_order)


def _in_order(one: Appraisal) -> tuple[bool, str]:
    """Expired ones first, then duplicates, by code: as the form groups them."""
    thing = one.case_file or one.document
    return one.cause != "expired", thing.code if thing is not None else ""


def _begin(
    session: Session, organ: Organ, by: Person, title: str, formation: str, condition: str
) -> Disposal:
    year = clock.today(organ).year
    number = _next_number(session, organ, year)
    dossier = case_files.open_one(
        session,
        organ,
        f"HUY-{year}-{number:03d}",
        f"Hồ sơ hủy tài liệu: {title}",
        maintenance=rules_of(organ).dossier_term,
        access_level="assigned",  # to nobody: it names what is gone
        creator=by.full_name,
    )
    disposal = Disposal(
        organ_id=organ.id,
        code=f"{organ.code}-HUY-{year}-{number:03d}",
        title=title,
        formation=nfc(formation).strip(),
        condition=nfc(condition).strip(),
        made_by_id=natural(by),
        made_at=clock.now(),
        dossier_id=dossier.id,
    )
    session.add(disposal)
    session.flush()
    return disposal


def _next_number(session: Session, organ: Organ, year: int) -> int:
    """After the year's last list; numbers that a case file bears already are passed over."""
    prefix, notation = f"{organ.code}-HUY-{year}-", f"huy-{year}-"
    of_year = select(Disposal.code).where(Disposal.code.startswith(prefix, autoescape=True))
    longest_first = func.length(Disposal.code).desc(), Disposal.code.desc()
    last = session.scalar(of_year.order_by(*longest_first).limit(1))
    like_it = func.lower(CaseFile.notation).startswith(notation, autoescape=True)
    bearing = select(CaseFile.notation).where(CaseFile.organ_id == organ.id, like_it)
    taken = {one.lower() for one in session.scalars(bearing.where(CaseFile.year == year))}
    first = int(last.removeprefix(prefix)) + 1 if last else 1
    return next(one for one in count(first) if f"{notation}{one:03d}" not in taken)


# The lines ----------------------------------------------------------------------------------------


def _write_lines(session: Session, disposal: Disposal, found: Sequence[Appraisal]) -> None:
    inside = _inside(session, found)
    said = lines.latest_on(session, (one.case_file_id for one in found if one.case_file_id))
    items = []
    for ordinal, one in enumerate(found, 1):
        item = _line(disposal, ordinal, one, inside[one.id], said.get(one.case_file_id or 0))
        items.append(item)
        session.add(item)
        session.flush()
        session.add_all(
            DisposalDocument(
                item_id=item.id,
                ordinal=place,
                document_id=number,
                code=code,
                digests=inside[one.id].digests[number],
                pages=inside[one.id].pages[number],
            )
            for place, (number, code) in enumerate(inside[one.id].documents, 1)
        )
    session.flush()
    sharing.settle_paper(session, items, sharing.shared_in(session, items))
    session.flush()


def _line(
    disposal: Disposal, ordinal: int, one: Appraisal, inside: _Inside, said: Assignment | None
) -> DisposalItem:
    thing = one.case_file or one.document
    assert thing is not None
    stated = one.case_file.maintenance if one.case_file is not None else ""
    return DisposalItem(
        disposal_id=disposal.id,
        ordinal=ordinal,
        appraisal_id=one.id,
        case_file_id=one.case_file_id,
        document_id=one.document_id,
        code=thing.code,
        title=_title(thing),
        cause=one.cause,
        reason=one.reason,
        rule=lines.rule_of(said),
        term=said.term if said is not None else stated,
        mandate=said.rule.mandate if said is not None and said.rule is not None else "",
        expires_on=one.expires_on,
        notice_until=one.notice_until,
        twin_code=one.twin.code if one.twin is not None else "",
        digest=merkle.leaf(thing.code, inside.all_digests, lines.rule_of(said)),
        document_total=len(inside.documents),
        page_total=sum(inside.pages.values()),
    )


def _title(thing: CaseFile | Document) -> str:
    if isinstance(thing, CaseFile):
        return thing.title
    return " · ".join(filter(None, (number_as_shown(thing), thing.subject))) or thing.code


def _inside(session: Session, found: Sequence[Appraisal]) -> dict[int, _Inside]:
    """What each line covers, in a few questions for all of them."""
    inside: dict[int, _Inside] = defaultdict(_Inside)
    of_file = {one.case_file_id: one.id for one in found if one.case_file_id is not None}
    for some in lines.pieces(of_file):
        wanted = (
            select(Placement.case_file_id, Document.id, Document.code, Part.digest, Part.pages)
            .join(Document, Document.id == Placement.document_id)
            .join(Part, Part.document_id == Document.id)
            .where(Placement.case_file_id.in_(some))
            .order_by(Placement.case_file_id, Placement.ordinal, Part.ordinal)
        )
        for file, number, code, digest, pages in session.execute(wanted):
            _add(inside[of_file[file]], number, code, digest, pages)
    for one in found:
        if one.document is not None:
            for part in one.document.parts:
                _add(inside[one.id], one.document.id, one.document.code, part.digest, part.pages)
    return inside


def _add(inside: _Inside, number: int, code: str, digest: str, pages: int | None) -> None:
    if number not in inside.digests:
        inside.documents.append((number, code))
    inside.digests[number].append(digest)
    inside.pages[number] += pages or 0


# Before it is set up ------------------------------------------------------------------------------


def explain(
    session: Session, disposal: Disposal, by: Person, formation: str, condition: str
) -> None:
    """Write the explanation (Bản thuyết minh, PL III) while no council has begun.

    Raises:
        Conflict: `disposal_stage`.
        Invalid: `explanation_missing`.
    """
    audit.hold(session, disposal)
    if disposal.stage != "listed":
        raise Conflict("disposal_stage", stage=disposal.stage, move="explain")
    formation, condition = nfc(formation).strip(), nfc(condition).strip()
    if not formation or not condition:
        raise Invalid("explanation_missing")
    disposals.hand(session, disposal, by, "list")
    disposal.formation, disposal.condition = formation, condition
    disposal.revision += 1
    session.flush()
    audit.record(session, "disposal.explain", disposal, formation=formation, condition=condition)


# Giving back --------------------------------------------------------------------------------------


def give_back(
    session: Session, disposal: Disposal, items: Sequence[DisposalItem], by: Person | None
) -> None:
    """Let the re-appraisals of lines that are not destroyed go on by themselves.

    What has a new term is kept by it from now on; what is frozen meanwhile gets none.

    Args:
        session: the transaction's session.
        disposal: whose lines.
        items: lines that are kept or left out, with the reason.
        by: who decided that; None: the machine.
    """
    rows = _held(session, items)
    frozen = lines.frozen(session, [one for one in items if one.new_term])
    back: dict[str, list[Appraisal]] = defaultdict(list)
    for one in items:
        if one.new_term and one.id not in frozen:
            appraisals.move(
                session, rows[one.appraisal_id], "keep", by, reason=one.outcome_why,
                new_term=one.new_term,
            )  # fmt: skip
        else:
            back[one.outcome_why].append(rows[one.appraisal_id])
    for why, some in back.items():
        appraisals.move_all(session, disposal.organ, some, "give_back", by, why)


def _held(session: Session, items: Sequence[DisposalItem]) -> dict[int, Appraisal]:
    """The re-appraisals of these lines, held until the transaction ends."""
    found: dict[int, Appraisal] = {}
    for some in lines.pieces(one.appraisal_id for one in items):
        wanted = select(Appraisal).where(Appraisal.id.in_(some)).options(*with_things())
        held = wanted.with_for_update(key_share=True, of=Appraisal)
        rows = session.scalars(held, execution_options={"populate_existing": True})
        found.update((one.id, one) for one in rows)
    return found


def stop(session: Session, disposal: Disposal, by: Person, reason: str) -> None:
    """Stop it before it is executed; everything in it is unlocked and stays.

    Raises:
        NotAllowed, Conflict, Invalid: see `retention.disposals`.
    """
    items = lines.left(session, disposal)
    disposals.move(session, disposal, "stop", by, reason=reason)
    for one in items:
        one.outcome, one.outcome_why = "omitted", f"stopped: {reason.strip()}"
    disposal.revision += 1
    session.flush()
    things = [one.code for one in items]
    audit.record(session, "disposal.omit", disposal, also=tuple(items), facts={"things": things})
    give_back(session, disposal, items, by)


def in_list(disposal: Disposal) -> Select[Appraisal]:
    """The re-appraisals on its list."""
    own = select(DisposalItem.appraisal_id).where(DisposalItem.disposal_id == disposal.id)
    return select(Appraisal).where(Appraisal.id.in_(own)).order_by(Appraisal.id)


# What the list leaves -----------------------------------------------------------------------------


def kept_with(session: Session, disposal: Disposal) -> Select[Appraisal]:
    """What was kept when this list was drawn up (Mục lục hồ sơ giữ lại).

    Its own lines that were not destroyed, and what re-appraisal kept since the list before it.
    """
    before = session.scalar(
        select(func.max(Disposal.made_at)).where(
            Disposal.organ_id == disposal.organ_id, Disposal.id < disposal.id
        )
    )
    own = select(DisposalItem.appraisal_id).where(
        DisposalItem.disposal_id == disposal.id, DisposalItem.outcome == "keep"
    )
    since: list[ColumnElement[bool]] = [
        Appraisal.verdict.in_(("extend", "permanent")),
        Appraisal.concluded_at <= disposal.made_at,
    ]
    if before is not None:
        since.append(Appraisal.concluded_at > before)
    return (
        select(Appraisal)
        .where(Appraisal.organ_id == disposal.organ_id, or_(Appraisal.id.in_(own), and_(*since)))
        .options(selectinload(Appraisal.case_file), selectinload(Appraisal.document))
        .order_by(Appraisal.id)
    )
