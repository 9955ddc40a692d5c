"""Tests say which row of docs/rules.csv they prove; one that names no such row fails."""

import csv
from pathlib import Path

import pytest

ROWS = Path(__file__).parent.parent / "docs" / "rules.csv"
IDS = pytest.StashKey[frozenset[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Read the list of rows once."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        config.stash[IDS] = frozenset(line["id"] for line in csv.DictReader(file))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test whose mark names no row, before its fixtures are made."""
    known = item.config.stash[IDS]
    for mark in item.iter_markers("rule"):
        unknown = sorted(set(map(str, mark.args)) - known)
        if unknown or not mark.args:
            pytest.fail(f"no such row in docs/rules.csv: {unknown}", pytrace=False)
