"""Search: one box, what was found with its best page and marked words, facets, and case files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args
from urllib.parse import urlencode

from flask import Blueprint, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import NotFound
from archive.models import CaseFile
from archive.reading import searched
from retention import tombstones
from retention.models import Tombstone
from search import saved, suggesting
from search.engine import FACETS, Order
from search.facets import CHOICES
from search.finding import Answer, as_told, find
from search.grouping import Groups, grouped
from search.models import SavedSearch
from web.auth import actor, asker, here, reading, require, services, the_case_file, writing
from web.hits import suggestion
from web.i18n import gettext, language
from web.lists import Listed, page_wanted
from web.search_words import (
    EXAMPLES,
    EXAMPLES_EN,
    FACET_NAMES,
    LONGEST,
    ORDERS,
    address,
    mistake_in_words,
    toggled,
    value_in_words,
    why_in_words,
)

blueprint = Blueprint("finding", __name__)
PER_PAGE = 10
_Found = TypeVar("_Found", Answer, Groups)
DEEPEST = 500  # pages of answers; who needs more asks more precisely
SHOWN_AT_ONCE = 6  # values of a facet; the others unfold
SUGGESTED = 8


@dataclass(frozen=True)
class Question:
    """What was asked, as the address says it."""

    text: str
    chosen: dict[str, tuple[str, ...]]
    order: Order | None
    by_case_file: bool
    inside: str  # code of the one case file that is looked into

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked at all."""
        return not (self.text or self.chosen or self.inside)

    def link(self, facet: str = "", value: str = "", **more: str) -> str:
        """The same question with one choice more or less, or in another order."""
        chosen = toggled(self.chosen, facet, value) if facet else self.chosen
        by = "case_file" if self.by_case_file else ""
        told = {"order": self.order or "", "by": by, "inside": self.inside, **more}
        return address(told.pop("q", self.text), chosen, **told)


def asked_for() -> Question:
    """The question of this request; nonsense in it is left out."""
    args = request.args
    chosen = {name: tuple(dict.fromkeys(args.getlist(name))) for name in CHOICES}
    order, inside = args.get("order", ""), args.get("inside", "").strip()
    return Question(
        args.get("q", "").strip()[:LONGEST],
        {name: some for name, values in chosen.items() if (some := tuple(filter(None, values)))},
        order if order in get_args(Order) else None,  # type: ignore[arg-type]
        args.get("by") == "case_file" and not inside,
        inside,
    )


@blueprint.get("/search")
def page() -> str:
    """What was found for the words in the box; every search is told (R11)."""
    question = asked_for()
    told: dict[str, Any] = {
        "question": question,
        "asked": question.text,
        "answer": None,
        "groups": None,
        "gone": [],
        "link": _link,
        "mistake": mistake_in_words,
        "why": why_in_words,
        "examples": EXAMPLES_EN if language() == "en" else EXAMPLES,
    }
    with reading() as rows:
        require(rows, Action.FIND, here())
        kept = rows.scalars(saved.seen(here(), actor())).all()
        within = within_of(rows, question)
    told |= {"kept": kept, "within": within}
    if question.is_empty:
        return render_template("finding/page.html", **told)
    if question.by_case_file:
        groups, number = _on_a_page(lambda page: _grouped(question, page))
        shown = Listed(groups.groups, groups.total, number, PER_PAGE)
        _tell(question, groups.documents)
        return render_template("finding/page.html", **{**told, "groups": groups, "shown": shown})
    answer, number = _on_a_page(lambda page: _find(question, page))
    _tell(question, answer.total, answer.codes)
    reached = min(answer.total, DEEPEST * PER_PAGE)
    shown_hits = Listed(answer.found, reached, number, PER_PAGE)
    return render_template(
        "finding/page.html",
        **{**told, "answer": answer, "shown": shown_hits, "gone": _gone(question.text)},
        facets=_facets(answer),
        facet_names=FACET_NAMES,
        orders=ORDERS,
        in_words=value_in_words,
        at_once=SHOWN_AT_ONCE,
        ends=_ends(answer),
        reached=reached,
    )


def _on_a_page(look: Callable[[int], _Found]) -> tuple[_Found, int]:
    """What stands on the page that was asked for; beyond the end, on the last one."""
    wanted = min(page_wanted(), DEEPEST)
    found = look(wanted)
    last = max(1, -(-found.total // PER_PAGE))
    return (found, wanted) if wanted <= last else (look(last), last)


def within_of(rows: Session, question: Question) -> CaseFile | None:
    """The case file that is looked into.

    Raises:
        NotFound, NotAllowed: the person may not look into it.
    """
    if not question.inside:
        return None
    return the_case_file(rows, question.inside, Action.SEE_CASE_FILES)


def _facets(answer: Answer) -> dict[str, Any]:
    """Those that divide what was found, and those in which something is chosen."""
    return {
        name: values
        for name, values in answer.facets.items()
        if len(values) > 1 or any(one.is_chosen for one in values)
    }


def _ends(answer: Answer) -> dict[int, str]:
    """Where, on this page, what matches everything ends, and what follows."""
    near = answer.exact - answer.start
    most = near + answer.near
    told = {}
    if answer.most and most < len(answer.found):
        told[max(most, 0)] = gettext("From here on: most of the words, or all of them but apart")
    if answer.near and near < min(len(answer.found), most):
        told[max(near, 0)] = gettext("From here on: spelt a little differently")
    if not answer.exact and 0 in told and answer.start == 0:
        told[0] = " ".join((gettext("Nothing says all of it."), told[0]))
    return told


def _gone(asked: str) -> list[Tombstone]:
    """What is left of something destroyed, where a whole code was asked for by who may know."""
    with reading() as rows:
        try:
            return tombstones.by_code(rows, asker(), here(), asked)
        except NotFound:
            return []


def _find(question: Question, number: int) -> Answer:
    """Ask in a look of its own, so that no slow reading of pages holds up the writers."""
    with reading() as rows:
        return find(
            rows,
            services().files,
            services().engine,
            asker(),
            question.text,
            chosen=question.chosen,
            order=question.order,
            start=(number - 1) * PER_PAGE,
            limit=PER_PAGE,
            within=within_of(rows, question),
            counting=FACETS,
        )


def _tell(question: Question, total: int, codes: Sequence[str] = ()) -> None:
    with writing() as rows:
        told = as_told(question.text, question.chosen)
        searched(rows, asker(), here().id, told, total, codes, inside=question.inside)


def _grouped(question: Question, number: int) -> Groups:
    with reading() as rows:
        return grouped(
            rows,
            services().files,
            services().engine,
            asker(),
            question.text,
            chosen=question.chosen,
            start=(number - 1) * PER_PAGE,
            limit=PER_PAGE,
        )


def _link(code: str, number: int | None, asked: str, part: int = 1) -> str:
    """A hit's page in its document, with the words to be marked there."""
    target = url_for("documents.page", code=code)
    told: dict[str, Any] = {"page": number, "q": asked} if number else {"q": asked}
    if part > 1:
        told["part"] = part
    return f"{target}?{urlencode(told)}"


@blueprint.get("/search/suggestions")
def suggestions() -> BaseResponse:
    """What may be meant while it is being typed; it is not told: nobody has asked yet."""
    with reading() as rows:
        require(rows, Action.FIND, here())
        begun = request.args.get("q", "")[:LONGEST]
        found = suggesting.suggest(rows, services().engine, asker(), begun, most=SUGGESTED)
    open_one: dict[str, Callable[[str], str]] = {
        "document": lambda code: url_for("documents.page", code=code),
        "case_file": lambda code: url_for("case_files.one", code=code),
    }
    return jsonify([{**suggestion(one), "at": open_one[one.kind](one.code)} for one in found])


def question_of(one: SavedSearch) -> str:
    """Where a kept search is asked anew."""
    return address(one.asked, one.chosen, order=one.ordered)
