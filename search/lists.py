"""All that a question finds, as rows: for lists that people take along, without pages."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from archive.models import CaseFile, Document, Person
from search import results
from search.asking import asker_of
from search.engine import Order, SearchEngine
from search.facets import Chosen, checked, filters_of
from search.finding import scope, tiers_of
from search.query import understand

AT_ONCE = 200


def rows_of(
    session: Session,
    engine: SearchEngine,
    person: Person,
    text: str,
    most: int,
    *,
    chosen: Chosen | None = None,
    order: Order | None = None,
    within: CaseFile | Document | None = None,
) -> list[Document | CaseFile]:
    """The first of what a question finds, in the order of `finding.find`; at most so many.

    Raises:
        SearchBroken: the index is being made anew.
        Invalid: `unknown_facet`.
        NotFound, NotAllowed: the person may not look into that case file or document.
    """
    asked, filters = understand(text), tuple(filters_of(checked(chosen or {})))
    whole = asker_of(session, engine, person).within(scope(session, person, within))
    asker = whole.within(filters)

    def all_of_them() -> Iterator[Document | CaseFile]:
        for tier in tiers_of(whole, asked):
            start, total = 0, 1
            while start < total:
                page = asker.page(
                    tier.node,
                    first=tier.first,
                    start=start,
                    limit=AT_ONCE,
                    order=order or asked.order,
                )
                known = results.known(session, person, page.hits)
                for hit in page.hits:
                    if known.has(hit.id):
                        yield known.documents.get(hit.id) or known.case_files[hit.id]
                start, total = start + AT_ONCE, page.total

    found: list[Document | CaseFile] = []
    for one in all_of_them():
        if len(found) == most:
            break
        found.append(one)
    return found
