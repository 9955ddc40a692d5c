"""Commands for finding: asking the index, and making it whole."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy.orm import Session

from archive import reading
from archive.access import Action
from archive.errors import Invalid
from archive.models import CaseFile, Document, Person
from search import indexing
from search.engine import FACETS
from search.facets import CHOICES
from search.finding import Answer, as_told
from search.finding import find as find_for
from web.carets import pointed_at
from web.commands.door import (
    acting,
    answer,
    door,
    json_option,
    names_marks,
    tell,
    the_archive,
)
from web.hits import counts, hit
from web.search_words import MISTAKES
from web.words import say, translated

_STEP = 20  # times that a rebuild says how far it is


@click.command()
@click.argument("words", nargs=-1)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--start", type=click.IntRange(0), default=0)
@click.option("--order", type=click.Choice(["best", "newest", "oldest", "number", "title"]),
              help="How answers are ordered; as suits the question, if not said.")  # fmt: skip
@click.option("--only", "choices", multiple=True, metavar="FACET=VALUE",
              help=f"Narrow to this value of {', '.join(CHOICES)}.")  # fmt: skip
@click.option("--in-case-file", "case_file", metavar="CODE", help="Look in this case file only.")
@click.option("--in-document", "document", metavar="CODE", help="Look in this document only.")
@click.option("--counts", "with_counts", is_flag=True,
              help="Say at the end how much was found, by facet too.")  # fmt: skip
@json_option
@click.pass_obj
@door
@names_marks
def find(
    actor: str | None,
    words: tuple[str, ...],
    limit: int,
    start: int,
    order: Any,
    choices: tuple[str, ...],
    case_file: str | None,
    document: str | None,
    with_counts: bool,
    as_json: bool,
) -> None:
    """Find documents and case files by their words, number or fields."""
    text, chosen = " ".join(words), _chosen(choices)
    if not text and not chosen and not case_file and not document:
        raise click.UsageError("WORDS")
    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as db:
            found = find_for(
                db,
                services.files,
                services.engine,
                who,
                text,
                chosen=chosen,
                order=order,
                start=start,
                limit=limit,
                within=_within(db, who, case_file, document),
                counting=FACETS if with_counts else (),
            )
            rows = [hit(one) for one in found.found]
        with services.db.transaction() as db:
            told = as_told(text, found.chosen)
            inside = case_file or document or ""
            reading.searched(db, who, who.organ_id, told, found.total, found.codes, inside=inside)
    for row in rows:
        answer(row) if as_json else click.echo(_hit_line(row))
    if with_counts:
        answer(counts(found)) if as_json else click.echo(_counts_said(found))
    _tell_mistakes(text, found)
    tell(say("found", total=found.total))


def _tell_mistakes(text: str, found: Answer) -> None:
    """What was not understood as it stands, and where."""
    for one in found.asked.mistakes:
        piece, caret = pointed_at(text, one.place, one.length)
        tell(f"{translated(MISTAKES[one.code]) % one.details}\n  {piece}\n  {caret}")


def _chosen(given: tuple[str, ...]) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise Invalid("bad_pair", given=one)
        chosen.setdefault(name.strip(), []).append(value.strip())
    return chosen


def _within(
    db: Session, who: Person, case_file: str | None, document: str | None
) -> CaseFile | Document | None:
    if case_file:
        return reading.the_case_file(db, who, case_file, Action.SEE_CASE_FILES)
    return reading.the_document(db, who, document, Action.DESCRIBE) if document else None


def _hit_line(row: dict[str, Any]) -> str:
    page = f"  tr. {row['page']}" if row["page"] else ""
    code = row["document"] or row["case_file"]
    number = row["number"] if row["document"] else ""
    return f"{code}  {number}  {row['title']}{page}\n    {row['snippet']}"


def _counts_said(found: Answer) -> str:
    lines = [f"{found.exact} + {found.most} + {found.near} = {found.total}"]
    for name, values in found.facets.items():
        told = ", ".join(f"{one.value} {one.count}" for one in values)
        lines += [f"{name}: {told}"] if told else []
    return "\n".join([*lines, *([f"? {found.meant.text}"] if found.meant else [])])


@click.group()
def search() -> None:
    """The search index."""


@search.command("rebuild")
@json_option
@door
def search_rebuild(as_json: bool) -> None:
    """Make the index anew from the rows and the store. Stop the worker first.

    The old index answers until the new one is whole. Cut off, it may be begun again.
    """
    with the_archive() as services:
        done = indexing.rebuild(services.db, services.files, services.engine, _progress())
    if as_json:
        answer({"documents": done.count, "case_files": done.case_files,
                "without_text": list(done.without_text)})  # fmt: skip
    tell(say("rebuilt", count=done.count))


def _progress() -> Callable[[int, int], None]:
    """Say now and then how far it is."""
    said = 0

    def hear(done: int, total: int) -> None:
        nonlocal said
        step = done * _STEP // max(total, 1)
        if step > said:
            said = step
            tell(say("rebuilding", done=done, total=total))

    return hear


@search.command("status")
@json_option
@door
def search_status(as_json: bool) -> None:
    """Whether the index can be asked, and how much it does not know yet. Exit 1: it cannot."""
    with the_archive() as services:
        stands = indexing.status(services.db, services.engine)
    if as_json:
        answer(asdict(stands))
    else:
        for kind in indexing.KINDS:
            click.echo(say(f"index_{kind}", count=stands.there[kind], behind=stands.behind[kind]))
    tell(say("index_whole" if stands.is_whole else "index_broken"))
    sys.exit(0 if stands.is_whole else 1)


@search.command("purge")
@json_option
@door
def search_purge(as_json: bool) -> None:
    """Make the words of what is gone unrecoverable, and prove it. Stop the worker first."""
    with the_archive() as services, services.indexing:
        proof = indexing.purge(services.db, services.files, services.engine)
    if as_json:
        answer({**asdict(proof), "complete": proof.is_complete})
    else:
        click.echo(f"{proof.engine}: {proof.probe}")
    told = "index_purged" if proof.is_complete else "index_not_purged"
    tell(say(told, gone=len(proof.gone), remaining=proof.remaining))
    sys.exit(0 if proof.is_complete else 1)
