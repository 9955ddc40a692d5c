"""What searching takes and gives: see `schemas.py`."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Integer, List, Nested, String
from apiflask.validators import OneOf, Range

from search.engine import FACETS
from web.api.schemas import PageIn, PageOut
from web.api.values import Whole, a_number, a_text, a_text_or_none, given_text

LONGEST = 400
ORDERS = ("best", "newest", "oldest", "number", "title")


def _chosen(said: str) -> "List[Any]":
    return List(
        given_text(longest=300), load_default=list, metadata={"description": f"{said} Repeat it."}
    )


class ChosenIn(PageIn):
    """What is looked for, and to which values it is narrowed: one of those of each facet."""

    q = given_text(
        "Words, phrases in quotes, numbers, field:value; nothing asks for everything.",
        longest=LONGEST,
        load_default="",
    )
    kind = List(
        String(validate=OneOf(["document", "case_file"])),
        load_default=list,
        metadata={"description": "Documents or case files; both, if not said."},
    )
    year = _chosen("A year.")
    issuer = _chosen("The organ that issued it.")
    type = _chosen("A type, such as Quyết định.")
    unit = _chosen("A unit, by its name.")
    case_file = _chosen("A case file, by its code.")
    signer = _chosen("Who signed.")
    stage = _chosen("The stage of its case file, such as accepted.")
    term = _chosen("How long it is kept.")
    verdict = _chosen("What was said of its signatures: TOTAL-PASSED, none, …")
    format = _chosen("The kind of file, such as pdf.")


class QuestionIn(ChosenIn):
    """What is looked for."""

    order = String(
        validate=OneOf(ORDERS),
        load_default=None,
        metadata={"description": "As suits the question, if not said."},
    )
    facets = List(
        String(validate=OneOf(FACETS)),
        load_default=list,
        metadata={"description": "Facets to be counted. Repeat it."},
    )
    inside_case_file = given_text("Only in this case file.", longest=200, load_default="")
    inside_document = given_text("Only in this document.", longest=200, load_default="")


class WhyOut(Schema):
    """One reason for which it was found."""

    what = a_text("number, subject, page, attachment, field, case_file or text.")
    where = a_text("Which page, field or case file; empty for the others.")
    part = a_number("Which part the page is of.")


class HitOut(Schema):
    """A document or a case file that was found."""

    kind = a_text("document or case_file.")
    document = a_text_or_none("null for a case file.")
    case_file = a_text_or_none("The first of those you may know of.")
    case_files = List(String(), required=True)
    number = a_text()
    title = a_text()
    page = a_number("Its best page; null where you may see the description only.", or_none=True)
    part = a_number("Of which part that page is.", or_none=True)
    pages = List(Integer(), required=True, metadata={"description": "All pages with the words."})
    snippet = a_text()
    why = List(Nested(WhyOut), required=True)


class MistakeOut(Schema):
    """Something in the question that was read in another way than it stands."""

    code = a_text()
    place = a_number("Where it begins in what was sent.")
    length = a_number("How many characters it has.")
    details = Dict(required=True)


class SearchOut(PageOut):
    """What was found, best first."""

    exact = a_number("How many match all that was asked; they come first.")
    most = a_number("How many follow with most of the words.")
    near = a_number("How many come last, by near spellings.")
    case_files = a_number("How many of all are case files.")
    facets = Dict(required=True, metadata={"description": "By facet: value, count, chosen, said."})
    meant = a_text_or_none("What may have been meant, where little was found.")
    understood = a_text("The question as it was read.")
    mistakes = List(Nested(MistakeOut), required=True)
    results = List(Nested(HitOut), required=True)


class GroupOut(Schema):
    """What was found in one case file; where that is null, in none."""

    case_file = a_text_or_none()
    title = a_text_or_none()
    total = a_number("How many documents were found in it.")
    found = Boolean(required=True, metadata={"description": "By its own data."})
    results = List(Nested(HitOut), required=True, metadata={"description": "The best of them."})


class GroupsOut(PageOut):
    """What was found, by case file."""

    results = List(Nested(GroupOut), required=True)


class BegunIn(Schema):
    """What somebody has typed so far."""

    q = given_text(longest=LONGEST, load_default="")
    most = Whole(load_default=8, validate=Range(1, 20))


class SuggestionOut(Schema):
    """Something that may be meant."""

    kind = a_text("document or case_file.")
    code = a_text()
    number = a_text()
    title = a_text()


class SuggestionsOut(Schema):
    """What may be meant."""

    results = List(Nested(SuggestionOut), required=True)


class RelatedOneOut(Schema):
    """A document like another."""

    document = a_text()
    number = a_text()
    title = a_text()


class RelatedOut(Schema):
    """Documents like another, most alike first."""

    results = List(Nested(RelatedOneOut), required=True)
