"""Finding from a document on: words inside it, page by page, and documents like it."""

from flask import Blueprint, render_template, request

from archive.access import Action
from archive.documents import number_as_shown
from archive.models import Document
from archive.reading import known_documents, searched
from search.inside import Inside, Spot, look_inside
from search.marking import PAGES_LOOKED_AT, mark
from search.query import understand
from search.related import like_this
from web.auth import asker, here, reading, services, the_document, writing
from web.lists import PER_PAGE, Listed, page_wanted
from web.pages.documents import opened
from web.search_words import LONGEST, mistake_in_words

blueprint = Blueprint("document_finding", __name__, url_prefix="/documents")


@blueprint.get("/<code>/find")
def inside(code: str) -> str:
    """Every page of the document on which the words stand.

    What a page says is content: who looks for it has opened the document, and the search is told.
    """
    asked = request.args.get("q", "").strip()[:LONGEST]
    with reading() as rows:
        the_document(rows, code, Action.READ)
    document, _ = opened(code, is_turning=True)
    understood = understand(asked)
    found = look_inside(services().files, document, understood) if asked else None
    subject = mark(document.subject, understood) if asked else ()
    in_subject = any(piece.is_marked for piece in subject)
    if found:
        _tell(document, asked, is_found=in_subject or bool(found.spots))
    return render_template(
        "documents/find.html",
        document=document,
        number=number_as_shown(document),
        asked=asked,
        understood=understood,
        found=found,
        subject=subject if in_subject else (),
        shown=_shown(found) if found else None,
        mistake=mistake_in_words,
        most=PAGES_LOOKED_AT,
    )


def _tell(document: Document, asked: str, *, is_found: bool) -> None:
    codes = [document.code] if is_found else []
    with writing() as rows:
        searched(rows, asker(), here().id, asked, len(codes), codes, inside=document.code)


def _shown(found: Inside) -> Listed[Spot]:
    last = max(1, -(-len(found.spots) // PER_PAGE))
    number = min(page_wanted(), last)
    some = found.spots[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Listed(some, len(found.spots), number)


@blueprint.get("/<code>/alike")
def alike(code: str) -> str:
    """Documents that cite this one, that it cites, or whose subjects say nearly the same.

    The page of the document fetches it once it is looked at: it waits for no index.
    """
    with reading() as rows:
        document = the_document(rows, code, Action.DESCRIBE)
        found = like_this(rows, services().engine, asker(), document)
        readable = known_documents(rows, asker(), [one.id for one in found], content=True)
        return render_template(
            "documents/alike.html", document=document, found=found, readable=readable
        )
