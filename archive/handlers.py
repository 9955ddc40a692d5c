"""Whom a book means: the people behind the names of units and persons that its lines carry.

A line names a unit by its name or code, a person by their full name. Who shares a name with
somebody at work is not meant by it: it may be the other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import access, people
from archive.access import Action
from archive.errors import NotAllowed
from archive.models import Organ, Person, Unit
from archive.register_models import RegisterEntry
from formats.vietnamese import fold

Named = dict[str, set[int]]  # the numbers of the people whom a plain name means
_BETWEEN = (r"[;\n]", ",", r"\s+và\s+")
_BEFORE, _BEHIND = " \t+-–•", " \t.;"  # what lists put around a name


def known_names(session: Session, organ: Organ, staff: Iterable[Person]) -> Named:
    """Whom a name in a book means: everybody of a unit, or the one person of that name."""
    named: Named = {}
    by_name: dict[str, list[int]] = {}
    in_unit: dict[int, set[int]] = {}
    for one in staff:
        by_name.setdefault(plain(one.full_name), []).append(one.id)
        if one.unit_id is not None:
            in_unit.setdefault(one.unit_id, set()).add(one.id)
    named |= {name: set(numbers) for name, numbers in by_name.items() if len(numbers) == 1}
    for unit in session.scalars(select(Unit).where(Unit.organ_id == organ.id)):
        for name in {plain(unit.name), plain(unit.code)}:
            named[name] = in_unit.get(unit.id, set())
    return named


def receivers(entry: RegisterEntry, named: Named) -> set[int]:
    """Whom a line names: who handles it, who gets it, and who keeps its filed copy."""
    got = [str(one.get("organ_name", "")) for one in entry.recipients]
    texts = [entry.to_places, entry.copy_holder, *got]
    return {number for text in texts for number in meant(text, named).people}


@dataclass
class Meant:
    """Whom a text means, and what in it is no name that is known here."""

    people: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def meant(text: str, named: Named) -> Meant:
    """The people whom a text names; a name may hold what parts others ("Tin học và Thống kê")."""
    found = Meant()
    _read(text, named, _BETWEEN, found)
    return found


def _read(text: str, named: Named, between: Sequence[str], found: Meant) -> None:
    name = plain(text)
    if name in named:
        found.people |= named[name]
    elif between:
        for piece in re.split(between[0], text):
            _read(piece, named, between[1:], found)
    elif name:
        found.unknown.append(text.strip())


def plain(name: str) -> str:
    """A name as it is compared: without marks and capitals, "- " before it, "(để t/h)" behind."""
    bare = name.strip().lstrip(_BEFORE).rstrip(_BEHIND)
    if bare.endswith(")"):
        bare = bare[: max(bare.rfind("("), 0)].rstrip(_BEHIND)
    return " ".join(fold(bare).split())


# Who handles a line -------------------------------------------------------------------------------


def may_finish(session: Session, person: Person, entry: RegisterEntry) -> bool:
    """Whether the person may end this line: a clerk, or who handles it by the book (KT 13.7)."""
    organ = entry.register.organ
    if access.may(session, person, Action.REGISTER, organ):
        return True
    return access.may(session, person, Action.WORK, organ) and is_handler(session, person, entry)


def require_finishing(session: Session, person: Person, entry: RegisterEntry) -> None:
    """Go on only if the person may end this line.

    Raises:
        NotAllowed: `not_the_handler`.
    """
    if not may_finish(session, person, entry):
        raise NotAllowed("not_the_handler", entry=entry.code)


def is_handler(session: Session, person: Person, entry: RegisterEntry) -> bool:
    """Whether the line was handed to the person or to their unit."""
    if not entry.to_places.strip() or person.organ_id != entry.organ_id:
        return False
    unit = session.get(Unit, person.unit_id) if person.unit_id is not None else None
    if unit is not None and _names(entry, unit.name, unit.code):
        return True
    if not _names(entry, person.full_name):
        return False
    own = plain(person.full_name)
    return [plain(one.full_name) for one in people.at_work(session, entry.organ_id)].count(own) == 1


def _names(entry: RegisterEntry, *names: str) -> bool:
    return bool(meant(entry.to_places, {plain(one): {0} for one in names}).people)
