"""The address of an Elasticsearch: what may stand in it, and that no password is told."""

from pathlib import Path

import pytest

from archive.errors import Invalid
from archive.settings import HIDDEN, Settings
from search.engine import open_engine
from search.engines.elasticsearch_address import Address, read_address


def test_a_plain_address_has_everything_it_needs() -> None:
    assert read_address("elasticsearch://host") == Address(("http://host:9200",))
    assert read_address("elasticsearch://host:9201/archive-1").index == "archive-1"


def test_several_machines_tls_copies_and_time_are_said_in_the_address(tmp_path: Path) -> None:
    authority = tmp_path / "ours ca.pem"
    authority.touch()
    given = read_address(
        f"elasticsearchs://one:9200,two,[::1]:9202/records?ca={authority}&shards=3&replicas=2&timeout=5"
    )
    assert given.nodes == ("https://one:9200", "https://two:9200", "https://[::1]:9202")
    assert given.authority == authority
    assert (given.shards, given.replicas, given.timeout) == (3, 2, 5)


def test_copies_that_nobody_asked_for_are_left_to_the_server() -> None:
    assert read_address("elasticsearch://host").replicas is None
    assert read_address("elasticsearch://host?replicas=0").replicas == 0


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("elasticsearch://", "host"),
        ("elasticsearch://a b/records", "host"),
        ("elasticsearch://host:0", "host"),
        ("elasticsearch://host:99999", "host"),
        ("elasticsearch://host:9200/Records", "index"),
        ("elasticsearch://host/_all", "index"),
        ("elasticsearch://host/a/b", "index"),
        ("elasticsearch://host/*", "index"),
        ("elasticsearch://name@host", "user"),
        ("elasticsearch://name:secret@host?api_key=x", "api_key"),
        ("elasticsearch://host?api_key=khóa", "api_key"),
        ("elasticsearch://host?ca=/nowhere.pem", "ca"),
        ("elasticsearch://host?shards=0", "shards"),
        ("elasticsearch://host?shards=-1", "shards"),
        ("elasticsearch://host?replicas=²", "replicas"),
        ("elasticsearch://host?timeout=1e9", "timeout"),
        ("elasticsearch://host?verify=no", "verify"),
    ],
)
def test_what_cannot_be_understood_is_named_and_nothing_secret(url: str, part: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_engine(url)
    assert refusal.value.code == "bad_search_address"
    assert refusal.value.details["part"] == part
    assert "secret" not in str(refusal.value.details)


def test_no_password_and_no_key_is_shown() -> None:
    for url in (
        "elasticsearchs://archive:SECRET@host:9200/records?replicas=1",
        "elasticsearch://host/records?api_key=SECRET&replicas=1",
        "elastic://archive:SECRET@host/records",
    ):
        shown = {row["variable"]: row["value"] for row in Settings(search_url=url).described()}
        assert HIDDEN in shown["LUUTRU_SEARCH_URL"]
        assert "SECRET" not in shown["LUUTRU_SEARCH_URL"]
    with pytest.raises(Invalid) as refusal:
        open_engine("elastic://archive:SECRET@host/records")
    assert "SECRET" not in str(refusal.value.details)
    assert "SECRET" not in repr(read_address("elasticsearch://archive:SECRET@host"))
