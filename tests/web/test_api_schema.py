"""The description of the API is true: what it allows is taken, what it forbids is refused.

Schemathesis reads `openapi.json` and asks every address in ways that fit and in ways that do not.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from tests.web.api_office import PREFIX, ApiOffice, Template, furnish, open_office

ADDRESSES = (
    "GET /token",
    "GET /search",
    "GET /search/groups",
    "GET /search/suggestions",
    "GET /documents/{code}/related",
    "GET /intakes",
    "POST /intakes",
    "GET /intakes/{intake}",
    "GET /documents",
    "GET /documents/{code}",
    "GET /documents/{code}/parts/{part}/renditions/{role}",
    "POST /documents/{code}/alarm",
    "GET /case-files",
    "POST /case-files",
    "GET /case-files/{code}",
    "GET /case-files/{code}/retention",
    "GET /documents/{code}/retention",
    "GET /tombstones/{code}",
)
# Names and values of the tables' fields follow rules that no schema tells.
# What is chosen comes as text: `stage=true` is the word "true", and one value is a list.
MORE_RULES: dict[str, list[CheckFunction]] = {
    "POST /intakes": [positive_data_acceptance],
    "GET /search": [negative_data_rejection],
    "GET /search/groups": [negative_data_rejection],
}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> Template:
    home = tmp_path_factory.mktemp("furnished")
    return home, furnish(home, blank_sqlite)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, furnished: Template) -> Iterator[ApiOffice]:
    with open_office(furnished, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def described(office: ApiOffice) -> BaseSchema:
    return schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", office.app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_does_as_it_says(
    office: ApiOffice, described: BaseSchema, address: str, mode: GenerationMode
) -> None:
    method, path = address.split()
    headers = {"Authorization": f"Bearer {office.asks('lan').secret}"}

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=12,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers, excluded_checks=MORE_RULES.get(address, []))

    ask()


def test_every_address_is_asked(described: BaseSchema) -> None:
    told = {f"{method.upper()} {path}" for path in described for method in described[path]}
    assert told == {*ADDRESSES, "DELETE /token"}  # which would end the token that asks
