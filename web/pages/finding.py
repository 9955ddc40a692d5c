"""Search: one box, documents with their best page and marked words."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from archive.access import Action
from archive.errors import NotFound
from archive.reading import searched
from retention import tombstones
from retention.models import Tombstone
from search.finding import Answer, find
from web.auth import asker, here, reading, require, services, writing
from web.lists import Listed, page_wanted

blueprint = Blueprint("finding", __name__)
PER_PAGE = 10
DEEPEST = 500  # pages of answers; who needs more asks more precisely
LONGEST = 400


@blueprint.get("/search")
def page() -> str:
    """What was found for the words in the box; every search is told (R11)."""
    asked = request.args.get("q", "").strip()[:LONGEST]
    if not asked:
        with reading() as rows:
            require(rows, Action.FIND, here())
        return render_template("finding/page.html", asked="", answer=None, gone=[])
    answer = _find(asked, min(page_wanted(), DEEPEST))
    shown = Listed(answer.found, answer.total, answer.start // PER_PAGE + 1, PER_PAGE)
    return render_template(
        "finding/page.html", asked=asked, answer=answer, shown=shown, link=_link, gone=_gone(asked)
    )


def _gone(asked: str) -> list[Tombstone]:
    """What is left of something destroyed, where a whole code was asked for by who may know."""
    with reading() as rows:
        try:
            return tombstones.by_code(rows, asker(), here(), asked)
        except NotFound:
            return []


def _find(asked: str, number: int) -> Answer:
    """Ask, then tell: two looks, so that no slow reading of pages holds up the writers."""
    with reading() as rows:
        require(rows, Action.FIND, here())
        start = (number - 1) * PER_PAGE
        answer = find(
            rows,
            services().files,
            services().engine,
            asker(),
            asked,
            start=start,
            limit=PER_PAGE,
        )
    with writing() as rows:
        searched(rows, asker(), here().id, asked, answer.total, answer.codes)
    return answer


def _link(code: str, number: int | None, asked: str) -> str:
    """A hit's page in its document, with the words to be marked there."""
    target = url_for("documents.page", code=code)
    told = {"page": number, "q": asked} if number else {"q": asked}
    return f"{target}?{urlencode(told)}"
