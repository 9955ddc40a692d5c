"""User names by the two rules of the regulations, with what each does when a name is taken.

Tiền Giang, QĐ 03/2014, 6.2: leminhhieu; then the family name shortened, then the middle names too,
then the year of birth. Kon Tum, QĐ 04/2017, 7.2: pvthe; then the agency's abbreviation behind it.
A name that was ever issued is never issued again. Beyond what the rules foresee a number is added,
and it is said that the rule did not know the case.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.errors import Invalid
from archive.models import Organ, Person
from archive.organ_rules import rules_of
from formats.vietnamese import fold, nfc


@dataclass(frozen=True)
class Chosen:
    """A user name that is free, with the organ's suffix."""

    name: str
    is_outside_rule: bool = False


@dataclass(frozen=True)
class _Words:
    """A full name as its plain letters: family name, middle names, given name."""

    family: str
    middle: tuple[str, ...]
    given: str


def choose(
    session: Session,
    organ: Organ,
    full_name: str,
    *,
    birth_year: int | None = None,
    post: str = "",
    taken: frozenset[str] = frozenset(),
) -> Chosen:
    """The first name of the organ's rule that nobody ever had.

    Args:
        session: the session that knows who had which name.
        organ: whose rule and suffix count.
        full_name: as it is written.
        birth_year: asked for only when the other names are taken.
        post: an account by post (Kon Tum): "Chánh Văn phòng" becomes cvp and the agency.
        taken: further names that are about to be issued.

    Raises:
        Invalid: `name_has_no_letters`, `birth_year_needed`.
    """
    rules = rules_of(organ)
    suffix = rules.user_name_suffix
    for tried in _tries(rules.user_names, organ, full_name, birth_year, post):
        if tried is None:
            raise Invalid("birth_year_needed", name=nfc(full_name).strip())
        name = tried.name + suffix
        if name not in taken and not was_issued(session, name):
            return Chosen(name, tried.is_outside_rule)
    raise AssertionError("there is always a further number")


def was_issued(session: Session, name: str) -> bool:
    """Whether anybody has this name, or had it: accounts are never deleted."""
    return session.scalar(select(Person.id).where(Person.user_name == name)) is not None


def tien_giang(full_name: str, birth_year: int | None = None) -> list[str]:
    """The names of QĐ 03/2014, 6.2, in order of preference, without doubles."""
    words = _words_of(full_name)
    middle = "".join(words.middle)
    initials = "".join(one[0] for one in words.middle)
    family = words.family[:1]
    names = [
        words.family + middle + words.given,
        family + middle + words.given,
        family + initials + words.given,
    ]
    if birth_year is not None:
        names.append(f"{names[0]}{birth_year % 100:02d}")
    return list(dict.fromkeys(names))


def kon_tum(full_name: str, agency: str, post: str = "") -> list[str]:
    """The names of QĐ 04/2017, 7.2: by post with the agency, or by person."""
    short = abbreviation(agency)
    if post.strip():
        return [_initials(post) + short]
    words = _words_of(full_name)
    name = words.family[:1] + "".join(one[0] for one in words.middle) + words.given
    return [name, name + short]


def abbreviation(agency: str) -> str:
    """An agency's code as letters of a user name: "UBND-TPKT" becomes ubndtpkt."""
    return _letters(agency, digits=True)


def _tries(
    rule: str, organ: Organ, full_name: str, birth_year: int | None, post: str
) -> Iterator[Chosen | None]:
    """The rule's names, then numbered ones; None where the year of birth must be asked first."""
    if rule == "kon_tum":
        names = kon_tum(full_name, organ.code, post)
    else:
        names = tien_giang(full_name, birth_year)
    yield from (Chosen(one) for one in names)
    if rule == "tien_giang" and birth_year is None:
        yield None
    for number in itertools.count(2):
        yield Chosen(f"{names[-1]}-{number}", is_outside_rule=True)


def _words_of(full_name: str) -> _Words:
    words = [letters for one in nfc(full_name).split() if (letters := _letters(one))]
    if not words:
        raise Invalid("name_has_no_letters", name=full_name)
    family = words[0] if len(words) > 1 else ""
    return _Words(family, tuple(words[1:-1]), words[-1])


def _initials(text: str) -> str:
    return "".join(letters[0] for one in text.split() if (letters := _letters(one)))


def _letters(text: str, *, digits: bool = False) -> str:
    """Plain small letters only: no marks, no spaces, no signs."""
    return "".join(
        one for one in fold(text) if one.isascii() and (one.isalpha() or (digits and one.isdigit()))
    )
