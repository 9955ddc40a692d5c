"""Who may do what: one question, `may(person, action, thing)`, and no means no.

What can be asked for stands in `roles.py`, where it holds in `standing.py`: at the organ of the
appointment, and at those whose fonds that organ keeps. Reading content follows R11: open to the
organ's working roles, narrowed by the case file's level; administrators and auditors see
descriptions, and content only after a logged reason.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from archive import clock
from archive.errors import NotAllowed, NotFound
from archive.models import (
    DESTROYED,
    SECRETS,
    CaseFile,
    Document,
    Grant,
    Organ,
    Person,
    Placement,
)
from archive.roles import CONTENT_ROLES, OPENED_BY_GRANT, OVERSEERS, SEE_ALL_ROLES
from archive.roles import Action as Action
from archive.standing import held, policy_at, policy_of
from archive.standing import organs_of as organs_of
from archive.standing import roles_of as roles_of

REASONED_READING = timedelta(hours=8)
FILLS_FOR_ALL = frozenset({"archivist", "clerk"})
OPENED_BY = {"organ": ("open",), "unit": ("open", "unit")}  # keys, and the policies that give them


def may(
    session: Session, person: Person | None, action: Action, thing: Organ | CaseFile | Document
) -> bool:
    """Whether the person may do this to this thing. Without a rule that says so: no."""
    if person is None or is_gone(thing):
        return False
    organ_id = thing.id if isinstance(thing, Organ) else thing.organ_id
    granted = any(action in one.actions for one in held(person, organ_id))
    if isinstance(thing, Organ):
        return granted
    if isinstance(thing, Document) and thing.alarm in SECRETS:
        return granted and decides_secrets(person, organ_id)
    if granted and (_oversees(person, organ_id, action) or _is_within_level(person, thing)):
        return True
    return action in OPENED_BY_GRANT and _has_grant(session, person, thing)


def is_gone(thing: Organ | CaseFile | Document) -> bool:
    """Whether it was destroyed, or is being destroyed: nobody sees it, whatever their role."""
    if isinstance(thing, Document):
        return thing.destroyed_at is not None
    return isinstance(thing, CaseFile) and thing.stage == DESTROYED


def decides_secrets(person: Person, organ_id: int) -> bool:
    """Whether the person decides on state secrets there; nobody else knows of a suspected one."""
    return any(Action.DECIDE_SECRET in one.actions for one in held(person, organ_id))


def open_documents(person: Person) -> ColumnElement[bool]:
    """Documents under no suspicion, and those on which the person decides; for `where`.

    What was destroyed is nobody's.
    """
    return open_by_alarm(tuple(one for one in organs_of(person) if decides_secrets(person, one)))


def open_by_alarm(deciding: tuple[int, ...]) -> ColumnElement[bool]:
    """The same for who decides at these organs."""
    is_open = or_(Document.alarm.is_(None), Document.alarm.not_in(SECRETS))
    if deciding:
        is_open = or_(is_open, Document.organ_id.in_(deciding))
    return and_(is_open, Document.destroyed_at.is_(None))


def require(
    session: Session, person: Person | None, action: Action, thing: Organ | CaseFile | Document
) -> None:
    """Go on only if the person may.

    Raises:
        NotFound: the person may not even know of the thing.
        NotAllowed: the person may see it, but not do this.
    """
    if may(session, person, action, thing):
        return
    sees = Action.DESCRIBE if not isinstance(thing, CaseFile) else Action.SEE_CASE_FILES
    if isinstance(thing, Organ) or may(session, person, sees, thing):
        raise NotAllowed("not_allowed", action=str(action))
    raise NotFound("no_such_thing")


def require_filling(session: Session, person: Person | None, case_file: CaseFile) -> None:
    """Go on only if the person may put documents into this case file, or take them out.

    All may see it, but only who holds it acts on it (HC-62); archivists and clerks place for all.

    Raises:
        NotFound: the person may not even know of it.
        NotAllowed: `not_allowed`, or `not_the_holder`.
    """
    require(session, person, Action.PLACE, case_file)
    assert person is not None
    if case_file.holder_id in (None, person.id):
        return
    if not roles_of(person, case_file.organ_id) & FILLS_FOR_ALL:
        raise NotAllowed("not_the_holder", case_file=case_file.code)


def require_placing(
    session: Session, person: Person | None, document: Document, case_file: CaseFile
) -> None:
    """Go on only if the person may place this document into this case file.

    Who may read a document may not by that alone open it to others: only an archivist, the holder
    of a case file it stands in, or in the tray who received it, adds readers to it (R11).

    Raises:
        NotFound: the person may not even know of one of the two.
        NotAllowed: `not_allowed`, `not_the_holder`, or `placing_adds_readers`.
    """
    require(session, person, Action.PLACE, document)
    require_filling(session, person, case_file)
    assert person is not None
    if disposes_of(session, person, document):
        return
    readers = readers_of(document)
    if not are_covered(session, case_file.organ_id, readers_of_case_file(case_file), readers):
        raise NotAllowed("placing_adds_readers", document=document.code, case_file=case_file.code)


def disposes_of(session: Session, person: Person, document: Document) -> bool:
    """Whether it is for this person to say who reads the document."""
    if "archivist" in roles_of(person, document.organ_id):
        return True
    holders = session.scalars(
        select(CaseFile.holder_id).join(Placement).where(Placement.document_id == document.id)
    ).all()
    return person.id in (holders or [document.shelved_by_id])


def case_file_filter(session: Session, person: Person) -> Callable[[CaseFile], bool]:
    """Which case files the person may know of."""
    return lambda one: may(session, person, Action.SEE_CASE_FILES, one)


def _oversees(person: Person, organ_id: int, action: Action) -> bool:
    """Administrators and auditors do what they may with every description of their organ (R11).

    What the person may do in another role does not reach any further by that.
    """
    return action is not Action.READ and any(
        one.role in OVERSEERS and action in one.actions for one in held(person, organ_id)
    )


def _is_within_level(person: Person, thing: CaseFile | Document) -> bool:
    """Whether the case files' levels leave it open to this person."""
    if roles_of(person, thing.organ_id) & SEE_ALL_ROLES:
        return True
    if isinstance(thing, CaseFile):
        return bool(set(readers_of_case_file(thing)) & set(_content_keys(person)))
    return bool(set(readers_of(thing)) & set(_content_keys(person)))


def _has_grant(session: Session, person: Person, thing: CaseFile | Document) -> bool:
    """Whether a grant to this very person covers the thing now; it is not lent to a delegate."""
    if person.is_lent:
        return False
    if isinstance(thing, CaseFile):
        covers = Grant.case_file_id == thing.id
    else:
        files = select(Placement.case_file_id).where(Placement.document_id == thing.id)
        covers = or_(Grant.document_id == thing.id, Grant.case_file_id.in_(files))
    found = select(Grant.id).where(Grant.person_id == person.id, covers, _is_alive()).limit(1)
    return session.scalar(found) is not None


# What the index carries (R23) ---------------------------------------------------------------------


def readers_of_case_file(case_file: CaseFile) -> list[str]:
    """The keys to a case file's content: one of them in the asker's hand opens it.

    They follow from its level alone. What the organ's policy narrows lies in the hand: who may not
    use a kind of key there is not given it, and a policy that changes holds for all at once.
    """
    keys = [f"archive:{case_file.organ_id}"]
    if case_file.access_level == "organ":
        keys.append(f"organ:{case_file.organ_id}")
    if case_file.access_level in ("organ", "unit") and case_file.unit_id is not None:
        keys.append(f"unit:{case_file.unit_id}")
    if case_file.holder_id is not None:
        keys.append(f"person:{case_file.holder_id}")
    return keys


def readers_of(document: Document) -> list[str]:
    """The keys to a document's content, from all the case files it is in; grants included."""
    if document.alarm in SECRETS:
        return [f"secret:{document.organ_id}"]
    keys = {key for one in document.placements for key in readers_of_case_file(one.case_file)}
    return sorted(keys or _readers_in_tray(document))


def _readers_in_tray(document: Document) -> set[str]:
    keys = {f"archive:{document.organ_id}", f"organ:{document.organ_id}"}
    if document.shelved_by_id is not None:
        keys.add(f"person:{document.shelved_by_id}")
    return keys


@dataclass(frozen=True)
class Granted:
    """The keys of grants that are alive, by the number of what each opens."""

    documents: Mapping[int, set[str]]
    case_files: Mapping[int, set[str]]


def granted_on(
    session: Session, documents: Collection[int], case_files: Collection[int]
) -> Granted:
    """The grants on these documents and case files, in one question."""
    on_documents: dict[int, set[str]] = {}
    on_case_files: dict[int, set[str]] = {}
    named = or_(Grant.document_id.in_(documents), Grant.case_file_id.in_(case_files))
    for one in session.scalars(select(Grant).where(named, _is_alive())):
        if one.document_id is not None:
            on_documents.setdefault(one.document_id, set()).add(f"grant:{one.person_id}")
        elif one.case_file_id is not None:
            on_case_files.setdefault(one.case_file_id, set()).add(f"grant:{one.person_id}")
    return Granted(on_documents, on_case_files)


def finders_of(session: Session, document: Document, granted: Granted | None = None) -> list[str]:
    """The keys with which a document's description is found: its readers and those who oversee."""
    keys = readers_of(document)
    if document.alarm in SECRETS:
        return keys
    if granted is None:
        places = [one.case_file_id for one in document.placements]
        granted = granted_on(session, [document.id], places)
    let_in = set(granted.documents.get(document.id, ()))
    for one in document.placements:
        let_in |= granted.case_files.get(one.case_file_id, set())
    return sorted({*keys, f"oversight:{document.organ_id}", *let_in})


def finders_of_case_file(case_file: CaseFile, granted: Granted) -> list[str]:
    """The keys of those who may know of a case file."""
    let_in = granted.case_files.get(case_file.id, set())
    return sorted({*readers_of_case_file(case_file), f"oversight:{case_file.organ_id}", *let_in})


def _is_alive() -> ColumnElement[bool]:
    return or_(Grant.until.is_(None), Grant.until > clock.now())


def are_covered(
    session: Session, organ_id: int, keys: Iterable[str], others: Iterable[str]
) -> bool:
    """Whether everybody of the organ whom one of the keys lets in is let in by the others too."""
    by = set(others)
    rest = set(keys) - by
    if not rest:
        return True
    policy = policy_of(session, organ_id)
    return all(_is_covered(session, organ_id, key, by, policy) for key in rest)


def _is_covered(session: Session, organ_id: int, key: str, by: set[str], policy: str) -> bool:
    kind, _, number = key.partition(":")
    if kind in ("person", "grant"):
        person = session.get_one(Person, int(number))
        return not by.isdisjoint(keys_of(person))
    if kind in OPENED_BY and policy not in OPENED_BY[kind]:
        return True  # nobody has it in hand
    return kind in ("unit", "archive") and policy == "open" and f"organ:{organ_id}" in by


def keys_of(person: Person) -> list[str]:
    """The keys in a person's hand: what the index is asked with."""
    keys = set(_content_keys(person))
    for organ_id in organs_of(person):
        if roles_of(person, organ_id) & OVERSEERS:
            keys.add(f"oversight:{organ_id}")
        if decides_secrets(person, organ_id):
            keys.add(f"secret:{organ_id}")
    return sorted(keys)


def _content_keys(person: Person) -> Iterable[str]:
    """Keys to content: of the working roles only."""
    for organ_id in organs_of(person):
        roles = roles_of(person, organ_id)
        if not roles & CONTENT_ROLES:
            continue
        policy = policy_at(person, organ_id)
        yield f"person:{person.id}"
        if not person.is_lent:
            yield f"grant:{person.id}"
        if policy in OPENED_BY["organ"]:
            yield f"organ:{organ_id}"
        if (
            person.unit_id is not None
            and person.organ_id == organ_id
            and policy in OPENED_BY["unit"]
        ):
            yield f"unit:{person.unit_id}"
        if roles & SEE_ALL_ROLES:
            yield f"archive:{organ_id}"
