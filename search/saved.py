"""Keeping a search, sharing it with one's unit, following it, and dropping it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from archive import audit, clock, notice_subjects, notices
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Organ, Person
from archive.notice_subjects import Subject, Subjects
from archive.notices import Told
from formats.vietnamese import nfc
from search.asking import Asker
from search.engine import ADDED, Order, Range
from search.facets import checked, filters_of
from search.models import SavedSearch, SearchFollower
from search.query import understand

NEW = "saved_search_new"
LONGEST_NAME = 100
LONGEST_QUESTION = 400
MOST = 100  # of one person; more is no help to anybody
MOST_CHOSEN = 50  # values of facets in one search


def save(
    session: Session,
    organ: Organ,
    person: Person,
    name: str,
    asked: str,
    *,
    chosen: Mapping[str, Sequence[str]] | None = None,
    ordered: str = "",
    is_shared: bool = False,
    is_daily: bool = False,
) -> SavedSearch:
    """Keep a question under a name; who keeps it follows it.

    Raises:
        Invalid: `saved_name_missing`, `saved_name_too_long`, `question_too_long`, `nothing_asked`,
            `unknown_facet`, `unknown_order`, `no_unit_to_share_with`.
        Conflict: `saved_name_taken`, `too_many_saved`.
    """
    owner = session.get_one(Person, person.id, with_for_update={"key_share": True})
    named = _name(name)
    question, values = _question(asked, chosen or {}, ordered)
    if is_shared and owner.unit_id is None:
        raise Invalid("no_unit_to_share_with")
    kept = select(func.count()).where(SavedSearch.person_id == person.id)
    if (session.scalar(kept) or 0) >= MOST:
        raise Conflict("too_many_saved", most=MOST)
    if session.scalar(_of_name(organ, person, named)) is not None:
        raise Conflict("saved_name_taken", name=named)
    now = clock.now()
    found = SavedSearch(
        organ_id=organ.id,
        person_id=person.id,
        unit_id=owner.unit_id if is_shared else None,
        name=named,
        asked=question,
        chosen=values,
        ordered=ordered,
        saved_at=now,
    )
    session.add(found)
    session.flush()
    mine = _follow(session, found, person, now, is_daily=is_daily)
    facts = {"is_shared": is_shared, "is_daily": is_daily}
    audit.record(session, "saved_search.save", found, also=(mine,), facts=facts)
    return found


def the_saved(session: Session, organ: Organ, person: Person, number: int) -> SavedSearch:
    """One that the person keeps, or that is shared with the person's unit.

    Raises:
        NotFound: `no_such_saved_search`.
    """
    found = session.scalar(seen(organ, person).where(SavedSearch.id == number))
    if found is None:
        raise NotFound("no_such_saved_search", number=number)
    return found


def seen(organ: Organ, person: Person) -> Select[SavedSearch]:
    """The person's own and those shared with the person's unit, by name."""
    return (
        select(SavedSearch)
        .where(SavedSearch.organ_id == organ.id, _for(person))
        .options(joinedload(SavedSearch.person))
        .order_by(SavedSearch.name, SavedSearch.id)
    )


def drop(session: Session, organ: Organ, person: Person, number: int) -> None:
    """Give up a search of one's own, for all who follow it.

    Raises:
        NotFound: `no_such_saved_search`; Conflict: `saved_by_another`.
    """
    found = _own(session, organ, person, number)
    of_it = select(SearchFollower).where(SearchFollower.saved_search_id == found.id)
    followers = session.scalars(of_it).all()
    for one in followers:
        session.delete(one)
    session.flush()
    session.delete(found)
    session.flush()
    owner = session.get_one(Person, person.id)
    facts = {"saved_search": number}
    audit.record(session, "person.drop_search", owner, also=(found, *followers), facts=facts)


def share(
    session: Session, organ: Organ, person: Person, number: int, *, is_shared: bool
) -> SavedSearch:
    """Let one's unit use a search of one's own, or keep it to oneself again.

    Raises:
        NotFound: `no_such_saved_search`; Conflict: `saved_by_another`; Invalid:
            `no_unit_to_share_with`.
    """
    found = _own(session, organ, person, number)
    if is_shared and person.unit_id is None:
        raise Invalid("no_unit_to_share_with")
    found.unit_id = person.unit_id if is_shared else None
    session.flush()
    audit.record(session, "saved_search.share", found, facts={"is_shared": is_shared})
    return found


def follow(
    session: Session, organ: Organ, person: Person, number: int, *, is_daily: bool
) -> SearchFollower:
    """Be told once a day when there is something new, or only see it on the page.

    Raises:
        NotFound: `no_such_saved_search`.
    """
    found = the_saved(session, organ, person, number)
    mine = _follower(session, found, person) or _follow(session, found, person, clock.now())
    mine.is_daily = is_daily
    session.flush()
    audit.record(session, "saved_search.follow", found, also=(mine,), facts={"is_daily": is_daily})
    return mine


def look(session: Session, saved: SavedSearch, person: Person, at: datetime) -> None:
    """Note that the person saw what it finds: what came before `at` is not new any more."""
    mine = _follower(session, saved, person)
    if mine is None:
        mine = _follow(session, saved, person, at)
        audit.record(session, "saved_search.follow", saved, also=(mine,), facts={"is_daily": False})
    mine.seen_at = max(mine.seen_at, at)


def followed(session: Session, organ: Organ, person: Person) -> dict[int, SearchFollower]:
    """How the person follows those that are seen, by the number of the saved search."""
    found = session.scalars(
        select(SearchFollower)
        .join(SavedSearch, SavedSearch.id == SearchFollower.saved_search_id)
        .where(
            SavedSearch.organ_id == organ.id, SearchFollower.person_id == person.id, _for(person)
        )
    )
    return {one.saved_search_id: one for one in found}


def _follow(
    session: Session, saved: SavedSearch, person: Person, at: datetime, *, is_daily: bool = False
) -> SearchFollower:
    mine = SearchFollower(
        saved_search_id=saved.id, person_id=person.id, seen_at=at, is_daily=is_daily
    )
    session.add(mine)
    session.flush()
    return mine


def _follower(session: Session, saved: SavedSearch, person: Person) -> SearchFollower | None:
    return session.scalar(
        select(SearchFollower)
        .where(SearchFollower.saved_search_id == saved.id, SearchFollower.person_id == person.id)
        .with_for_update(key_share=True)
    )


def _own(session: Session, organ: Organ, person: Person, number: int) -> SavedSearch:
    found = the_saved(session, organ, person, number)
    if found.person_id != person.id:
        raise Conflict("saved_by_another", name=found.person.full_name)
    audit.hold(session, found)
    return found


def _for(person: Person) -> ColumnElement[bool]:
    mine = SavedSearch.person_id == person.id
    if person.unit_id is None:
        return mine
    return or_(mine, SavedSearch.unit_id == person.unit_id)


def _of_name(organ: Organ, person: Person, name: str) -> Select[int]:
    return select(SavedSearch.id).where(
        SavedSearch.organ_id == organ.id,
        SavedSearch.person_id == person.id,
        SavedSearch.name == name,
    )


def _name(name: str) -> str:
    named = " ".join(nfc(name).split())
    if not named:
        raise Invalid("saved_name_missing")
    if len(named) > LONGEST_NAME:
        raise Invalid("saved_name_too_long", most=LONGEST_NAME)
    return named


def _question(
    asked: str, chosen: Mapping[str, Sequence[str]], ordered: str
) -> tuple[str, dict[str, list[str]]]:
    question = nfc(asked).strip()
    if len(question) > LONGEST_QUESTION:
        raise Invalid("question_too_long", most=LONGEST_QUESTION)
    values = {facet: list(some) for facet, some in checked(chosen).items()}
    if ordered and ordered not in get_args(Order):
        raise Invalid("unknown_order", order=ordered, known=", ".join(get_args(Order)))
    if not question and not values:
        raise Invalid("nothing_asked")
    if sum(map(len, values.values())) > MOST_CHOSEN:
        raise Invalid("too_many_chosen", most=MOST_CHOSEN)
    return question, values


# What is new --------------------------------------------------------------------------------------


def new_since(asker: Asker, one: SavedSearch, since: datetime) -> int:
    """How much of what it finds, and the asker may find, the archive took in after that moment.

    Raises:
        SearchBroken: the index is being made anew.
    """
    later = Range(ADDED, low=int(since.timestamp()) + 1)
    return asker.count(understand(one.asked).node, (*filters_of(one.chosen), later))


def daily(
    session: Session, organ: Organ, most: int, after: tuple[int, int] = (0, 0)
) -> list[SearchFollower]:
    """Some of those who want to be told once a day and were told, or looked, on an earlier day.

    Whoever may not see the search any more is told nothing: it was shared and is not now, or they
    have gone to another unit.

    Args:
        session: of a look at the rows.
        organ: whose searches.
        most: how many; what one person follows stands together.
        after: number of the person, and of what the person follows, with which the last ended.
    """
    midnight = clock.end_of(clock.today(organ) - timedelta(days=1), organ)
    told_earlier = or_(SearchFollower.told_at.is_(None), SearchFollower.told_at < midnight)
    wanted = (
        select(SearchFollower)
        .join(SavedSearch, SavedSearch.id == SearchFollower.saved_search_id)
        .join(Person, Person.id == SearchFollower.person_id)
        .where(SavedSearch.organ_id == organ.id, SearchFollower.is_daily.is_(True))
        .where(or_(SavedSearch.person_id == Person.id, SavedSearch.unit_id == Person.unit_id))
        .where(SearchFollower.seen_at < midnight, told_earlier)
        .where(tuple_(SearchFollower.person_id, SearchFollower.id) > after)
        .options(joinedload(SearchFollower.saved_search), joinedload(SearchFollower.person))
        .order_by(SearchFollower.person_id, SearchFollower.id)
        .limit(most)
    )
    return list(session.scalars(wanted))


def known_until(one: SearchFollower) -> datetime:
    """What came before this moment is not news to them."""
    return max(one.seen_at, one.told_at or one.seen_at)


def tell(session: Session, organ: Organ, fresh: Iterable[SearchFollower], at: datetime) -> set[int]:
    """Put into the inbox of each that there is something new; the notices that say so.

    What came until `at` is not told again, also not to those for whom there was nothing.
    """
    told = []
    for one in fresh:
        one.told_at = at
        day = clock.day_of(at, organ).isoformat()
        told.append(Told(one.person_id, NEW, one.saved_search, day))
    return {one.id for one in notices.tell(session, organ, told, in_one=True)}


def subjects(session: Session, person: Person, numbers: set[int]) -> Subjects:
    """What notices say of saved searches: their names, to those who may use them."""
    open_ones = select(SavedSearch).where(SavedSearch.id.in_(numbers), _for(person))
    names = {one.id: one.name for one in session.scalars(open_ones)}
    return {
        (SavedSearch.STORY, one): Subject(
            SavedSearch.STORY, str(one), names.get(one, ""), one in names
        )
        for one in numbers
    }


notice_subjects.MORE[SavedSearch.STORY] = subjects
