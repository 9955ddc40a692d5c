"""What a search answers to programs: the same object from `luutru find --json` and from the API."""

from typing import Any

from archive.documents import number_as_shown
from search.finding import Found
from web.names import headline


def hit(found: Found) -> dict[str, Any]:
    """One document that was found. The names and forms are a promise to scripts."""
    document = found.document
    return {
        "document": document.code,
        "case_file": found.case_file.code if found.case_file else None,
        "number": number_as_shown(document),
        "title": headline(document),
        "page": found.places.best,
        "pages": list(found.places.pages),
        "snippet": found.snippet,
        "score": round(found.score, 4),
    }
