"""Which files of tests begin first, so that the workers of `pytest -n` end at the same time.

A worker takes whole files. One that takes minutes must not be left for the end, when the others
have nothing more to do; xdist by itself begins with those that have the most tests.
"""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONG = (  # the longest first, as measured; a minute and more, or long for few tests
    "journeys/test_road.py",
    "journeys/test_agency_life.py",
    "search/test_engines.py",
    "journeys/test_missing.py",
    "search/test_elasticsearch_engine.py",
    "journeys/test_keeping_and_leaving.py",
    "journeys/test_kills.py",
    "web/test_executing.py",
    "archive/test_register_numbers.py",
    "search/test_elasticsearch_faults.py",
    "journeys/test_seal_settings.py",
    "journeys/test_searching.py",
    "journeys/test_pages.py",
    "retention/test_disposals.py",
    "web/test_rights_table.py",
    "web/test_custody_rights.py",
    "web/test_destruction_proof.py",
    "journeys/test_notice_pages.py",
    "journeys/test_paper_twins.py",
    "web/test_command_examples.py",
    "web/test_notices_together.py",
    "archive/test_file_plans.py",
    "formats/test_pdfa.py",
    "web/test_lists.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long ones first, then those with the most tests; each file's own order stays."""
    if not hasattr(config, "workerinput"):
        return
    many = Counter(one.path for one in items)
    first = {ROOT / "tests" / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda one: (first.get(one.path, len(LONG)), -many[one.path], str(one.path)))
