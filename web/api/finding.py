"""Search: the same answers as `luutru find --json`."""

from typing import Any

from apiflask import APIBlueprint
from marshmallow import RAISE

from archive import reading as reads
from archive.access import Action
from search.finding import find
from web.api.doors import writing
from web.api.schemas import QuestionIn, SearchOut
from web.auth import asker, here, reading, require, services
from web.hits import hit

blueprint = APIBlueprint("finding", __name__, url_prefix="/search", tag="Search")


@blueprint.get("")
@blueprint.input(QuestionIn, location="query", arg_name="wanted", unknown=RAISE)
@blueprint.output(SearchOut)
@blueprint.doc(responses={503: "The index is being made anew"})
def search(wanted: dict[str, Any]) -> dict[str, Any]:
    """Find documents by their words, number or data.

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
            start=wanted["start"],
            limit=wanted["limit"],
        )
    with writing() as rows:
        reads.searched(rows, asker(), here().id, wanted["q"], answer.total, answer.codes)
    results = [hit(one) for one in answer.found]
    return {"total": answer.total, "start": answer.start, "results": results}
