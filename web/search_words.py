"""A search in words: facets and their values, orders, why something was found, and addresses."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import url_for

from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS
from search.engine import (
    CASE_FILE,
    FORMAT,
    ISSUER,
    KIND,
    SIGNER,
    STAGE,
    TERM,
    TYPE,
    UNIT,
    VERDICT,
    YEAR,
)
from search.facets import CHOICES, Value
from search.models import SavedSearch
from search.results import Result, Why
from search.trees import Mistake
from web.field_words import STAGES
from web.i18n import gettext
from web.signature_words import INDICATIONS


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


FACET_NAMES = {
    KIND: _l("Kind"),
    YEAR: _l("Year"),
    TYPE: _l("Type"),
    ISSUER: _l("Issuing organ"),
    UNIT: _l("Unit"),
    CASE_FILE: _l("Case file"),
    SIGNER: _l("Signed by"),
    STAGE: _l("Where its case file stands"),
    TERM: _l("Retention"),
    VERDICT: _l("Signatures"),
    FORMAT: _l("Format"),
}
KIND_NAMES = {"document": _l("Documents"), "case_file": _l("Case files")}
ORDERS = {
    "best": _l("What fits best"),
    "newest": _l("Newest first"),
    "oldest": _l("Oldest first"),
    "number": _l("By number"),
    "title": _l("By subject"),
}
LONGEST = 400  # letters of a question
NO_SIGNATURE = _l("Not signed")
MISTAKES = {
    "unopened_parenthesis": _l("This bracket was never opened; it is left out."),
    "unclosed_parenthesis": _l("This bracket is not closed; it is read to the end."),
    "unclosed_quote": _l(
        "These quotes are not closed; the words behind them are searched one by one."
    ),
    "lone_or": _l("“or” stands between nothing here; it is left out."),
    "too_deep": _l(
        "Brackets stand in brackets more than %(most)s times; the inner ones are left out."
    ),
    "star_not_at_end": _l("A star stands at the end of a word only; here it is left out."),
    "no_value": _l("Nothing stands behind “%(field)s:”; it is searched as words."),
    "unknown_field": _l("There is no field “%(name)s”; it is searched as words."),
    "bad_number": _l("This is no number; it is searched as words."),
    "too_many_numbers": _l("So many numbers are not looked for one by one; at most %(most)s."),
    "bad_date": _l("There is no such day; it is searched as words."),
    "reversed_range": _l("The end comes before the beginning; they were changed round."),
    "unknown_value": _l(
        "“%(field)s” has no such value; it is searched as words. There are: %(known)s."
    ),
    "no_range_here": _l("“%(field)s” takes no range; it is searched as words."),
    "no_words": _l("There is no word here that could be looked for."),
    "short_start": _l("This beginning is too short; write more letters before the star."),
    "short_near": _l("This word is too short for a near spelling; it is searched as it is."),
    "old_encoding": _l("This looks like the old encoding %(encoding)s; it was read as such."),
    "too_many_words": _l("Of so many words only the first %(most)s are looked for."),
}
EXAMPLES = (
    ("212/QĐ-VP", _l("the document of that number, and those that cite it")),
    ("quy che bao mat", _l("words without marks find those with marks, too")),
    ('"quy chế"', _l("words in quotes stand side by side")),
    ("quy chế -tạm", _l("a minus leaves out what has the word")),
    ('loại:"quyết định" năm:2019..2021', _l("a field by its name, and years from, to")),
)
EXAMPLES_EN = (*EXAMPLES[:-1], ('type:"quyết định" year:2019..2021', EXAMPLES[-1][1]))
_FIELD_NAMES = {one.column: one.name for one in (*CASE_FILE_FIELDS, *DOCUMENT_FIELDS)}


def value_in_words(facet: str, one: Value) -> str:
    """What is shown of a facet's value."""
    if facet == KIND:
        return gettext(KIND_NAMES.get(one.value, one.value))
    if facet == STAGE:
        return str(STAGES.get(one.value, one.value))
    if facet == VERDICT:
        return gettext(INDICATIONS.get(one.value, NO_SIGNATURE))
    if one.said:
        return f"{one.value} – {one.said}"
    return one.value


def mistake_in_words(one: Mistake) -> str:
    """What could not be understood as it stands, and how it was read."""
    return gettext(MISTAKES[one.code], **one.details)


def why_in_words(found: Result) -> str:
    """Why it was found: "subject, number, page 4"."""
    return ", ".join(dict.fromkeys(_why(one, found.kind) for one in found.why))


def _why(one: Why, kind: str) -> str:
    match one.what:
        case "number" if kind == "case_file":
            return gettext("code")
        case "subject" if kind == "case_file":
            return gettext("title")
        case "number":
            return gettext("number")
        case "subject":
            return gettext("subject")
        case "page":
            return gettext("text of page %(page)s", page=one.where)
        case "attachment":
            return gettext(
                "attachment (part %(part)s), page %(page)s", part=one.part, page=one.where
            )
        case "case_file":
            return gettext("case file %(code)s", code=one.where)
        case "field":
            return _FIELD_NAMES.get(one.where, one.where).lower()
    return gettext("text")


def address(
    asked: str, chosen: Mapping[str, Sequence[str]], endpoint: str = "finding.page", **more: str
) -> str:
    """The page of this question with these choices."""
    told = [("q", asked)] if asked else []
    told += [(name, value) for name in CHOICES for value in chosen.get(name, ())]
    told += [(name, value) for name, value in more.items() if value]
    return f"{url_for(endpoint)}?{urlencode(told)}"


def toggled(
    chosen: Mapping[str, Sequence[str]], facet: str, value: str
) -> dict[str, tuple[str, ...]]:
    """The choices with this value chosen, or no longer."""
    mine = tuple(chosen.get(facet, ()))
    other = tuple(one for one in mine if one != value) if value in mine else (*mine, value)
    return {**{name: tuple(some) for name, some in chosen.items()}, facet: other}


def as_read(kept: SavedSearch) -> str:
    """A kept question for people: what was typed, and what was chosen."""
    said = [kept.asked] if kept.asked else []
    for name, values in kept.chosen.items():
        told = ", ".join(value_in_words(name, Value(one, 0)) for one in values)
        said.append(f"{gettext(FACET_NAMES[name])}: {told}")
    return " · ".join(said)
