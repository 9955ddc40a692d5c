"""Every code that any part of the archive says no with has words, in both languages."""

import ast
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from archive import errors as archive_errors
from formats import errors as format_errors
from web import error_words
from web.errors import STATUS, status_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("archive", "formats", "ingest", "retention", "search", "web")
PO = ROOT / "web/translations/vi/LC_MESSAGES/messages.po"
SILENT = {"ClaimLost", "PartResultGone", "UnauditedChange"}  # never reach people
IN_STEPS = {"no_archival_copy", "not_valid_pdfa", "suspected_secret", "step_failed"}
ASIDE = {"set_aside": 3, "wait": 3}  # who takes a file off the road, and where the code stands


@cache
def said() -> list[tuple[Path, ast.ClassDef | ast.Call]]:
    """Every class and every call in the whole program, and where it stands; read once."""
    return [
        (path, node)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.Call)
    ]


def error_classes() -> set[str]:
    """Names of all children of our two base classes, wherever they stand."""
    names = {"ArchiveError", "FormatError"}
    found = True
    while found:
        more = {
            node.name
            for _, node in said()
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id in names for base in node.bases)
        }
        found = bool(more - names)
        names |= more
    return names


def codes() -> dict[str, str]:
    """Every code with the place that raises it, and the reasons that are kept with rows."""
    classes = error_classes()
    found: dict[str, str] = dict.fromkeys(IN_STEPS, "ingest/steps.py")
    for path, node in said():
        given = code_given_to(node, classes) if isinstance(node, ast.Call) else None
        for value in ast.walk(given) if given else ():
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[value.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def code_given_to(call: ast.Call, classes: set[str]) -> ast.expr | None:
    """The code in the making of an error, or in taking a file off the road."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="claims" | "outcomes"), attr=name):
            place = 0 if name in classes else ASIDE.get(name)
        case _:
            return None
    return call.args[place] if place is not None and place < len(call.args) else None


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="vi")


def test_the_scan_finds_what_it_looks_for() -> None:
    assert {"Invalid", "Unreadable", "SearchBroken", "ScannerSilent"} <= error_classes()
    assert {"secret_mark", "no_such_document", "encrypted", "search_broken", "worker_died"} <= set(
        codes()
    )


def test_every_code_has_words() -> None:
    silent = {code: place for code, place in codes().items() if code not in error_words.WORDS}
    assert not silent


def test_every_word_has_its_vietnamese(catalogue: Catalog) -> None:
    for code, pair in error_words.WORDS.items():
        for english in pair:
            message = catalogue.get(english)
            assert message, (code, english)
            assert message.string, (code, english)
            assert not message.fuzzy, (code, english)


def test_every_sentence_of_the_interface_has_its_vietnamese(catalogue: Catalog) -> None:
    lacking = [one.id for one in catalogue if one.id and (one.fuzzy or not one.string)]
    assert not lacking


def test_names_in_sentences_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    import re

    name = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
    for message in catalogue:
        if not message.id or not isinstance(message.id, str):
            continue
        assert set(name.findall(message.id)) == set(name.findall(str(message.string))), message.id


def test_every_class_has_a_status() -> None:
    for module in (archive_errors, format_errors):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Exception):
                base = thing in (archive_errors.ArchiveError, format_errors.FormatError)
                assert base or any(one in STATUS for one in thing.__mro__), thing


def test_a_status_is_the_nearest_classes() -> None:
    assert status_of(archive_errors.NotFound("no_such_thing")) == 404
    assert status_of(format_errors.Unreadable("damaged")) == 422
    assert status_of(ValueError()) == 500


def test_details_stand_in_the_sentence_and_missing_ones_are_no_second_error() -> None:
    said = error_words.say("too_large", {"limit": 5 * 1024 * 1024}, str)
    assert said.what == "The file is larger than 5 MB."
    early = error_words.say("too_early", {"from_on": "2026-12-21"}, str)
    assert early.now == "It may be discarded from 21/12/2026."
    assert "…" in error_words.say("no_such_document", {}, str).what
    assert error_words.say("never heard of", {}, str).what == error_words.WORDS["broken"][0]
