"""The address of an Elasticsearch: its machines, who asks, and how its index is laid out.

`elasticsearchs://user:password@one:9200,two:9200/records?ca=/etc/ssl/ours.pem&replicas=1`; without
the `s` nothing is encrypted on the way. Instead of a name and a password: `?api_key=…`.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from archive.errors import Invalid

SCHEMES = {"elasticsearch": "http", "elasticsearchs": "https"}
EXAMPLE = "elasticsearch://host:9200/records"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?", re.ASCII)
_SHARDS, _REPLICAS, _SECONDS = range(1, 1025), range(0, 101), range(1, 3601)


@dataclass(frozen=True)
class Address:
    """Where an Elasticsearch is, and what it is told.

    Attributes:
        nodes: `https://host:9200` of each machine that may be asked.
        index: how the names of its indexes begin.
        headers: who asks; never shown.
        authority: file of the certificates that vouch for the server's; None: the machine's own.
        shards: how many parts a new generation has.
        replicas: how many copies of each part; None: one where there are two machines or more.
        timeout: seconds after which a question counts as unanswered.
    """

    nodes: tuple[str, ...]
    index: str = "records"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    authority: Path | None = None
    shards: int = 1
    replicas: int | None = None
    timeout: int = 10


def read_address(url: str) -> Address:
    """The parts of an address.

    Raises:
        Invalid: `bad_search_address`, with the part that cannot be understood.
    """
    scheme, _, rest = url.partition("://")
    place, _, asked = rest.partition("?")
    who, _, place = place.rpartition("@")
    hosts, _, index = place.partition("/")
    options = _options(asked)
    authority = options.get("ca")
    if authority is not None and not Path(authority).is_file():
        raise _wrong("ca")
    if not _NAME.fullmatch(index or "records"):
        raise _wrong("index")
    return Address(
        nodes=tuple(f"{SCHEMES[scheme]}://{_host(one)}" for one in hosts.split(",")),
        index=index or "records",
        headers=_who(who, options.get("api_key")),
        authority=Path(authority) if authority else None,
        shards=_number(options, "shards", _SHARDS) or 1,
        replicas=_number(options, "replicas", _REPLICAS),
        timeout=_number(options, "timeout", _SECONDS) or 10,
    )


def _options(asked: str) -> dict[str, str]:
    """What stands behind the question mark; an API key may hold signs that mean something there."""
    options = dict(parse_qsl(asked.replace("+", "%2B"), keep_blank_values=True))
    unknown = options.keys() - {"ca", "api_key", "shards", "replicas", "timeout"}
    if unknown:
        raise _wrong(min(unknown))
    return options


def _host(given: str) -> str:
    found = _HOST.fullmatch(given)
    if found is None or not 0 < int(found[2] or 9200) < 65536:
        raise _wrong("host")
    return f"{found[1]}:{found[2] or 9200}"


def _number(options: Mapping[str, str], name: str, allowed: range) -> int | None:
    if name not in options:
        return None
    given = options[name]
    if not (given.isascii() and given.isdecimal() and len(given) < 9 and int(given) in allowed):
        raise _wrong(name)
    return int(given)


def _who(account: str, api_key: str | None) -> dict[str, str]:
    """The header that says who asks. The client's own way knows passwords in ASCII only."""
    if api_key is not None:
        if account:
            raise _wrong("api_key")
        key = _base64(api_key) if ":" in api_key else api_key
        if not key.isascii() or not key.isprintable():
            raise _wrong("api_key")
        return {"authorization": f"ApiKey {key}"}
    if not account:
        return {}
    name, colon, password = account.partition(":")
    if not name or not colon:
        raise _wrong("user")
    return {"authorization": f"Basic {_base64(f'{unquote(name)}:{unquote(password)}')}"}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _wrong(part: str) -> Invalid:
    """Never the address itself: it may hold a password."""
    return Invalid("bad_search_address", part=part, example=EXAMPLE)
