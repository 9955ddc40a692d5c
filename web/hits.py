"""What a search answers to programs: the same object from `luutru find --json` and from the API.

How well something fits is told by its place alone: the engine's figure for it counts how common
words are in all that the index holds, also in what the asker may not know.
"""

from dataclasses import asdict
from typing import Any

from archive.documents import number_as_shown
from archive.models import Document
from search.facets import Facets
from search.finding import Answer
from search.grouping import Group
from search.results import Found, Result, Why
from search.suggesting import Suggestion
from web.names import headline


def hit(found: Result) -> dict[str, Any]:
    """One document or case file that was found. The names and forms are a promise to scripts."""
    if isinstance(found, Found):
        return _document(found)
    return {
        "kind": found.kind,
        "document": None,
        "case_file": found.code,
        "case_files": [found.code],
        "number": found.code,
        "title": found.case_file.title,
        "page": None,
        "part": None,
        "pages": [],
        "snippet": "",
        "why": [_why(one) for one in found.why],
    }


def _document(found: Found) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "document": found.code,
        "case_file": found.case_file.code if found.case_file else None,
        "case_files": [one.code for one in found.case_files],
        "number": number_as_shown(found.document),
        "title": headline(found.document),
        "page": found.places.best,
        "part": found.part if found.places.best else None,
        "pages": list(found.places.pages),
        "snippet": found.snippet,
        "why": [_why(one) for one in found.why],
    }


def _why(one: Why) -> dict[str, Any]:
    return {"what": one.what, "where": one.where, "part": one.part}


def counts(answer: Answer) -> dict[str, Any]:
    """How much was found, how it divides, and how the question was understood."""
    return {
        "total": answer.total,
        "exact": answer.exact,
        "most": answer.most,
        "near": answer.near,
        "case_files": answer.case_files,
        "facets": facets(answer.facets),
        "meant": answer.meant.text if answer.meant else None,
        "understood": answer.asked.understood,
        "mistakes": [asdict(one) for one in answer.asked.mistakes],
    }


def facets(counted: Facets) -> dict[str, list[dict[str, Any]]]:
    """The values of each facet, the commonest first."""
    return {
        name: [
            {"value": one.value, "count": one.count, "chosen": one.is_chosen, "said": one.said}
            for one in values
        ]
        for name, values in counted.items()
    }


def group(one: Group) -> dict[str, Any]:
    """What was found in one case file; without one, in none."""
    return {
        "case_file": one.case_file.code if one.case_file else None,
        "title": one.case_file.title if one.case_file else None,
        "total": one.total,
        "found": one.is_found,
        "results": [hit(found) for found in one.found],
    }


def suggestion(one: Suggestion) -> dict[str, str]:
    """Something that may be meant."""
    return asdict(one)


def named(document: Document) -> dict[str, str]:
    """A document by its names only."""
    return {
        "document": document.code,
        "number": number_as_shown(document),
        "title": headline(document),
    }
