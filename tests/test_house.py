"""The house stays tidy: short checks on the text of the project itself."""

import ast
import dataclasses
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from archive.settings import PREFIX, Settings
from tests import balance

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("archive", "ingest", "search", "retention", "web", "formats")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FOLDERS = (*PACKAGES, "tests", "script", "docs", "samples", "benchmarks", ".ci")
TEXT_ENDINGS = {"", ".py", ".md", ".csv", ".toml", ".html", ".css", ".js", ".po", ".txt", ".svg"}
MOST_LINES = 400
IS_A_LIST = re.compile(r"/migrations/|models\.py$|/error_words\.py$")  # as many as there are

MAY_READ_THE_ENVIRONMENT = {
    "archive/settings.py",
    "web/cli.py",
    "web/app.py",
    "formats/programs.py",
    "formats/confined.py",
}
# An index has commits of its own; they are no transactions of the archive.
MAY_COMMIT = {
    "archive/database.py",
    "search/engines/tantivy_engine.py",
    "search/engines/tantivy_merging.py",
    "search/engines/whoosh_engine.py",
}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
# Written in two pieces, so that this file does not contain what it looks for.
PLACEHOLDERS = [first + second for first, second in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"))]
REGISTRIES = [
    first + second
    for first, second in (
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("npmjs", ".org"),
        ("npmjs", ".com"),
        ("repo1.maven", ".org"),
        ("repo.maven", ".apache"),
        ("central.sonatype", ".com"),
        ("deb.debian", ".org"),
        ("proxy.golang", ".org"),
        ("index.crates", ".io"),
    )
]
MACHINE_PATHS = [
    first + second for first, second in (("/wo", "rk/"), ("/ro", "ot/"), ("/home/", "u"))
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts() -> list[Path]:
    """Every file that we wrote to be read."""
    places = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    places += [path for path in ROOT.glob("*") if path.is_file()]
    return [
        path for path in places if path.suffix in TEXT_ENDINGS and "__pycache__" not in path.parts
    ]


def lines_with(words: list[str], *, whole_words: bool = False) -> list[str]:
    edge = r"\b" if whole_words else ""
    pattern = re.compile("|".join(edge + re.escape(word) + edge for word in words))
    return [
        f"{name_of(path)}:{number}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_name_means_our_folder(package: str) -> None:
    file = import_module(package).__file__
    assert file is not None
    assert Path(file).parent == ROOT / package


def test_each_package_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if path.name == "__init__.py"
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_only_the_database_commits() -> None:
    commits = re.compile(r"\.commit\(")
    found = [name_of(path) for path in MODULES if commits.search(path.read_text(encoding="utf-8"))]
    assert set(found) <= MAY_COMMIT


def test_only_the_doors_read_the_environment() -> None:
    reads = re.compile(r"\bos\.(environ|getenv)\b|from os import .*(environ|getenv)")
    found = {name_of(path) for path in MODULES if reads.search(path.read_text(encoding="utf-8"))}
    assert found <= MAY_READ_THE_ENVIRONMENT


def test_no_module_grows_beyond_one_sitting() -> None:
    with_logic = [path for path in MODULES if not IS_A_LIST.search(name_of(path))]
    long = [
        name_of(path)
        for path in with_logic
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    ]
    assert not long


def test_module_names_say_something_and_shadow_no_package() -> None:
    taken = SAYS_NOTHING | set(PACKAGES)
    inside = [path for path in MODULES if path.stem in taken and path.parent != ROOT]
    assert not [name_of(path) for path in inside]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    names = [PREFIX + field.name.upper() for field in dataclasses.fields(Settings)]
    assert not [name for name in names if name not in page]


def test_nothing_is_left_for_later_in_the_text() -> None:
    assert not lines_with(PLACEHOLDERS, whole_words=True)


def test_no_text_names_a_registry_or_a_path_of_one_machine() -> None:
    assert not lines_with(REGISTRIES + MACHINE_PATHS)


def test_every_decision_has_a_number_and_a_title() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for number, page in enumerate(pages, 1):
        assert page.name.startswith(f"{number:03d}-")
        assert page.read_text(encoding="utf-8").startswith(f"# {number} ")


def test_links_between_pages_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{name_of(page)}: {target}"
        for page in pages
        for target in link.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=~!;]", line)[0] for line in asked}
    page = (ROOT / "docs" / "decisions" / "007-dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| ([a-z0-9-]+) \| (?!what it saves)", page, flags=re.MULTILINE)
    assert names == set(explained)


def test_the_long_files_of_tests_are_there() -> None:
    assert [name for name in balance.LONG if not (ROOT / "tests" / name).is_file()] == []
