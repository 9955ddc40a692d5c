"""Accounts from a table (XLSX, CSV): shown first line by line, then made all at once (KT-13).

The first look changes nothing. Names are found in the table's order, so what was shown is what is
made. A line whose person has an account with the same name, year of birth and unit is told of as
there already: a list that is given twice doubles nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import accounts, units
from archive.accounts import NewAccount, Opened
from archive.errors import ArchiveError, Invalid
from archive.models import Organ, Person
from archive.people import OneTime
from archive.roles import ROLES
from formats.tables import Table, heading_key
from formats.vietnamese import fold, nfc

COLUMNS: dict[str, tuple[str, ...]] = {
    "full_name": ("Họ và tên", "Họ tên", "Full name"),
    "roles": ("Vai trò", "Roles"),
    "user_name": ("Tên đăng nhập", "User name"),
    "birth_year": ("Năm sinh", "Ngày sinh", "Birth year"),
    "position": ("Chức vụ", "Position"),
    "email": ("Thư điện tử", "Email"),
    "unit": ("Đơn vị", "Phòng", "Unit"),
    "basis": ("Căn cứ", "Basis"),
}
ROLE_NAMES = {
    "quản trị": "administrator",
    "quản trị viên": "administrator",
    "quản trị hệ thống": "administrator",
    "lưu trữ": "archivist",
    "lưu trữ viên": "archivist",
    "cán bộ lưu trữ": "archivist",
    "văn thư": "clerk",
    "chuyên viên": "officer",
    "công chức": "officer",
    "lãnh đạo": "head",
    "người đứng đầu": "head",
    "kiểm tra": "auditor",
    "thanh tra": "auditor",
}


@dataclass(frozen=True)
class Line:
    """One line of the table, with what would become of it."""

    number: int
    full_name: str
    new: NewAccount | None = None
    user_name: str = ""
    is_outside_rule: bool = False
    is_there: bool = False
    wrong: ArchiveError | None = None


@dataclass(frozen=True)
class Looked:
    """The whole table, looked through."""

    lines: tuple[Line, ...]

    @property
    def to_make(self) -> tuple[Line, ...]:
        """The lines that become accounts."""
        return tuple(one for one in self.lines if one.new and not one.wrong and not one.is_there)

    @property
    def wrong(self) -> tuple[Line, ...]:
        """The lines that must be mended first."""
        return tuple(one for one in self.lines if one.wrong)


def look(session: Session, organ: Organ, table: Table) -> Looked:
    """What would become of each line. Nothing is changed.

    Raises:
        Invalid: `column_missing`: the table has no names, or no roles.
    """
    places = _places(table)
    there = _those_who_are_there(session, organ)
    taken: frozenset[str] = frozenset()
    lines = []
    for row in table.rows:
        cells = {
            name: nfc(row.cells[at]).strip() if at < len(row.cells) else ""
            for name, at in places.items()
        }
        if not any(cells.values()):
            continue
        line = _looked_at(session, organ, row.number, cells, there, taken)
        taken |= {line.user_name} if line.user_name else set()
        lines.append(line)
    return Looked(tuple(lines))


def make_all(
    session: Session, organ: Organ, looked: Looked, first: Mapping[int, OneTime]
) -> list[Opened]:
    """Make the accounts of a list, all of them or none; `first` holds a password for each line.

    Raises:
        Invalid: `list_has_mistakes`, `nothing_to_make`.
    """
    if looked.wrong:
        raise Invalid("list_has_mistakes", rows=[one.number for one in looked.wrong])
    if not looked.to_make:
        raise Invalid("nothing_to_make")
    made = []
    for one in looked.to_make:
        assert one.new is not None
        made.append(accounts.open_account(session, organ, one.new, first[one.number]))
    return made


def _places(table: Table) -> dict[str, int]:
    keys = [heading_key(one) for one in table.header]
    places: dict[str, int] = {}
    for column, names in COLUMNS.items():
        wanted = {heading_key(one) for one in (column, *names)}
        at = next((place for place, key in enumerate(keys) if key in wanted), None)
        if at is not None:
            places[column] = at
    for needed in ("full_name", "roles"):
        if needed not in places:
            raise Invalid("column_missing", column=COLUMNS[needed][0])
    return places


def _looked_at(
    session: Session,
    organ: Organ,
    number: int,
    cells: Mapping[str, str],
    there: Mapping[tuple[Any, ...], str],
    taken: frozenset[str],
) -> Line:
    name = " ".join(cells["full_name"].split())
    try:
        new = _new(session, organ, cells)
        if user_name := there.get(_who(new.full_name, new.birth_year, new.unit_id)):
            return Line(number, name, new, user_name, is_there=True)
        accounts.check(session, organ, new)
        chosen = accounts.chosen_name(session, organ, new, taken)
        accounts.require_free(session, chosen.name, taken)
    except ArchiveError as wrong:
        return Line(number, name, wrong=wrong)
    return Line(number, name, new, chosen.name, chosen.is_outside_rule)


def _new(session: Session, organ: Organ, cells: Mapping[str, str]) -> NewAccount:
    unit = cells.get("unit", "")
    return NewAccount(
        full_name=" ".join(cells["full_name"].split()),
        roles=tuple(roles_from(cells["roles"])),
        user_name=cells.get("user_name", ""),
        birth_year=birth_year_from(cells.get("birth_year", "")),
        position=cells.get("position", ""),
        email=cells.get("email", ""),
        unit_id=units.by_code(session, organ, unit).id if unit else None,
        basis=cells.get("basis", ""),
    )


def roles_from(text: str) -> list[str]:
    """Roles by code or Vietnamese name, several parted by comma, semicolon or plus.

    Raises:
        Invalid: `unknown_role`.
    """
    known = {fold(name): code for name, code in ROLE_NAMES.items()} | {code: code for code in ROLES}
    codes = []
    for part in text.replace(";", ",").replace("+", ",").split(","):
        if key := " ".join(fold(part).split()):
            if key not in known:
                raise Invalid("unknown_role", role=part.strip())
            codes.append(known[key])
    return list(dict.fromkeys(codes))


def birth_year_from(text: str) -> int | None:
    """The year of a date or a year by itself.

    Raises:
        Invalid: `bad_birth_year`.
    """
    text = text.strip()
    if not text:
        return None
    parts = text.replace("-", "/").replace(".", "/").split("/")
    year = next((one for one in parts if len(one) == 4 and one.isascii() and one.isdigit()), None)
    if year is None:
        raise Invalid("bad_birth_year", year=text)
    return int(year)


def _those_who_are_there(session: Session, organ: Organ) -> dict[tuple[Any, ...], str]:
    found = session.execute(
        select(Person.full_name, Person.birth_year, Person.unit_id, Person.user_name).where(
            Person.organ_id == organ.id
        )
    )
    return {_who(name, year, unit): user_name for name, year, unit, user_name in found}


def _who(name: str, birth_year: int | None, unit_id: int | None) -> tuple[Any, ...]:
    return (" ".join(nfc(name).split()).casefold(), birth_year, unit_id)
