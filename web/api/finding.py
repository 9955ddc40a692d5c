"""Search: the same answers as `luutru find --json`."""

from typing import Any

from apiflask import APIBlueprint
from marshmallow import RAISE
from sqlalchemy.orm import Session

from archive import reading as reads
from archive.access import Action
from archive.models import CaseFile, Document
from search import grouping, related, suggesting
from search.engine import FACETS, KIND
from search.finding import as_told, find
from web.api.doors import writing
from web.api.search_schemas import (
    BegunIn,
    ChosenIn,
    GroupsOut,
    QuestionIn,
    RelatedOut,
    SearchOut,
    SuggestionsOut,
)
from web.auth import asker, here, reading, require, services, the_case_file, the_document
from web.hits import counts, group, hit, named, suggestion

blueprint = APIBlueprint("finding", __name__, tag="Search")
BROKEN = {503: "The index is being made anew"}


@blueprint.get("/search")
@blueprint.input(QuestionIn, location="query", arg_name="wanted", unknown=RAISE)
@blueprint.output(SearchOut)
@blueprint.doc(responses={404: "No such case file or document", **BROKEN})
def search(wanted: dict[str, Any]) -> dict[str, Any]:
    """Find documents and case files by their words, number or data.

    Every search is told; its words can be erased from the story.
    """
    with reading() as rows:
        require(rows, Action.FIND, here())
        answer = find(
            rows,
            services().files,
            services().engine,
            asker(),
            wanted["q"],
            chosen=_chosen(wanted),
            order=wanted["order"],
            start=wanted["start"],
            limit=wanted["limit"],
            within=_within(rows, wanted),
            counting=wanted["facets"],
        )
    with writing() as rows:
        told = as_told(wanted["q"], answer.chosen)
        inside = wanted["inside_case_file"] or wanted["inside_document"]
        reads.searched(rows, asker(), here().id, told, answer.total, answer.codes, inside=inside)
    results = [hit(one) for one in answer.found]
    return {**counts(answer), "start": answer.start, "results": results}


@blueprint.get("/search/groups")
@blueprint.input(ChosenIn, location="query", arg_name="wanted", unknown=RAISE)
@blueprint.output(GroupsOut)
@blueprint.doc(responses=BROKEN)
def groups(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same by case file: how many documents were found in each, and the best of them.

    The search is told.
    """
    chosen = _chosen(wanted)
    with reading() as rows:
        require(rows, Action.FIND, here())
        found = grouping.grouped(
            rows,
            services().files,
            services().engine,
            asker(),
            wanted["q"],
            chosen=chosen,
            start=wanted["start"],
            limit=wanted["limit"],
        )
    with writing() as rows:
        told = as_told(wanted["q"], chosen)
        reads.searched(rows, asker(), here().id, told, found.documents)
    results = [group(one) for one in found.groups]
    return {"total": found.total, "start": found.start, "results": results}


@blueprint.get("/search/suggestions")
@blueprint.input(BegunIn, location="query", arg_name="begun", unknown=RAISE)
@blueprint.output(SuggestionsOut)
@blueprint.doc(responses=BROKEN)
def suggestions(begun: dict[str, Any]) -> dict[str, Any]:
    """What may be meant while it is being typed: numbers, subjects, case files.

    It is not told: nobody has asked yet.
    """
    with reading() as rows:
        require(rows, Action.FIND, here())
        found = suggesting.suggest(rows, services().engine, asker(), begun["q"], most=begun["most"])
    return {"results": [suggestion(one) for one in found]}


@blueprint.get("/documents/<code>/related")
@blueprint.output(RelatedOut)
@blueprint.doc(responses={404: "No such document", **BROKEN})
def like_this(code: str) -> dict[str, Any]:
    """Documents like this one: those that cite it or share neighbouring words of its subject."""
    with reading() as rows:
        document = the_document(rows, code, Action.DESCRIBE)
        found = related.like_this(rows, services().engine, asker(), document)
        return {"results": [named(one) for one in found]}


def _chosen(wanted: dict[str, Any]) -> dict[str, list[str]]:
    return {name: wanted[name] for name in (KIND, *FACETS) if wanted[name]}


def _within(rows: Session, wanted: dict[str, Any]) -> CaseFile | Document | None:
    if code := wanted["inside_case_file"]:
        return the_case_file(rows, code, Action.SEE_CASE_FILES)
    if code := wanted["inside_document"]:
        return the_document(rows, code, Action.DESCRIBE)
    return None
