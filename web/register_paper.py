"""The paper beside the form of a line: its first page, and what the page seems to say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from archive import documents
from archive.access import Action
from formats.errors import FormatError
from formats.text import PageText, read_pages
from ingest import first_page
from ingest.first_page import Suggestion
from ingest.intakes import intake_for, tell_looking
from ingest.models import Intake
from web import pictures
from web import register_words as words
from web.auth import asker, here, may, require, services

PAGES_READ = 30  # of a long file: the signer of a longer one is typed
_A4 = (595.0, 842.0)


@dataclass(frozen=True)
class Paper:
    """The file that is registered: on its road, or a document already."""

    intake: int | None = None
    document: str = ""
    name: str = ""
    picture: str = ""  # address of its first page's picture
    wide: float = _A4[0]
    high: float = _A4[1]
    suggested: tuple[tuple[str, Suggestion], ...] = ()


def paper_of(rows: Session, number: int | None, code: str) -> Paper:
    """The file that is being registered: a received one by its number, a document by its code."""
    if number is not None:
        intake = intake_for(rows, asker(), here(), number)
        if intake.document is None:
            return _on_the_road(rows, intake)
        code = intake.document.code
        return replace(_shelved(rows, code), intake=number)
    return _shelved(rows, code) if code else Paper()


def _on_the_road(rows: Session, intake: Intake) -> Paper:
    tell_looking(rows, intake)
    paper = Paper(
        intake=intake.id,
        name=intake.name,
        picture=url_for("registering.picture", number=intake.id),
    )
    words_file = next((one for one in intake.files if one.role == "words"), None)
    if words_file is None:
        return paper
    folder = services().workshop.folder(intake.id) / words_file.step
    place = folder / f"words{words_file.digest[:12]}"
    return _with_words(paper, read_pages(place)) if place.is_file() else paper


def _shelved(rows: Session, code: str) -> Paper:
    document = documents.by_code(rows, code)
    require(rows, Action.DESCRIBE, document)
    paper = Paper(document=code, name=document.subject or code)
    if not may(rows, Action.READ, document) or not document.parts:
        return paper
    part = document.parts[0]
    if pictures.shown(part) is not None:
        picture = url_for(
            "documents.picture", code=code, part=1, number=1, width=pictures.WIDTHS[1]
        )
        paper = replace(paper, picture=picture)
    source = documents.rendition(part, "words")
    if source is None:
        return paper
    with pictures.local(services(), source.digest) as path:
        return _with_words(paper, read_pages(path))


def _with_words(paper: Paper, pages: Iterable[PageText]) -> Paper:
    try:
        read = list(islice(pages, PAGES_READ))
    except FormatError:
        return paper
    first = next((one for one in read if one.words), None)
    if first is None:
        return paper
    found = first_page.suggest(read)
    return replace(paper, wide=first.width, high=first.height, suggested=tuple(found.items()))


def marks_of(paper: Paper) -> list[dict[str, Any]]:
    """The places on the first page, in points, numbered as beside the fields."""
    suggested = dict(paper.suggested)
    numbers = words.marks_of(suggested)
    places = {numbers[column]: one for column, one in suggested.items() if one.page == 1}
    return [
        {
            "number": number,
            "x": round(one.left * paper.wide - 2, 1),
            "y": round(one.top * paper.high - 2, 1),
            "width": round((one.right - one.left) * paper.wide + 4, 1),
            "height": round((one.bottom - one.top) * paper.high + 4, 1),
        }
        for number, one in places.items()
    ]
