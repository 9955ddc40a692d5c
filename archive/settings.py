"""Configuration: one frozen dataclass, read once from `LUUTRU_*`.

Three addresses are the whole difference between one machine and many: database, search, files.
Everything has a default that works.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from archive.errors import Invalid

PREFIX = "LUUTRU_"
OF_THE_COMMAND = frozenset({PREFIX + "AS", PREFIX + "LANGUAGE"})  # options, not settings
CACHE = Path.home() / ".cache" / "luutru"
HIDDEN = "•••"
# What an address may hold that opens something: scheme://name:HERE@place, ?password=HERE
_IN_ADDRESS = re.compile(
    r"(?<=://)([^/?#\s@:]*:)\S*(?=@)"
    r"|([?&;][\w.-]*(?:pass|password|passwd|pwd|pin|pin-value|secret|token_pin|key_pin|api_key)=)[^&;#\s]*",
    re.IGNORECASE,
)


def _setting(default: Any, meaning: str, *, secret: bool = False) -> Any:
    """A field that carries its own line of documentation."""
    return field(default=default, metadata={"meaning": meaning, "secret": secret}, repr=not secret)


@dataclass(frozen=True, repr=False)
class Settings:
    """All that can be set, with defaults for one machine."""

    home: str = _setting("var", "Folder of everything that has no address of its own.")
    database_url: str = _setting(
        "", "Database: sqlite:///… or postgresql+psycopg://…. Empty: a SQLite file in the home."
    )
    search_url: str = _setting(
        "",
        "Search engine: tantivy:///…, whoosh:///… or elasticsearch://host:9200/records. "
        "Empty: an index in the home.",
    )
    files_url: str = _setting("", "Store of files: file:///…. Empty: a folder in the home.")
    seal_url: str = _setting(
        "",
        "Key of the seal: pkcs12:///… or pkcs11:///….so?token=…&key=…; {organ} stands for the "
        "organ's code. Empty: trial keys.",
    )
    seal_pin: str = _setting("", "Password or PIN of that key.", secret=True)
    timestamp_url: str = _setting("", "RFC 3161 time-stamp server. Empty: seals without (B-B).")
    journal: str = _setting(
        "",
        "Folder of the chain's journal, best on another disk or machine than the database. Empty: "
        "journal/ in the home.",
    )
    journal_url: str = _setting(
        "",
        "Journal of destructions: file:///…, best on another disk or machine. Empty: a folder "
        "beside the home.",
    )
    trust_folder: str = _setting(
        "",
        "Trust anchors (*.crt), crls/, ocsp/ for incoming signatures. Empty: trust/ in the home.",
    )
    clamav_url: str = _setting(
        "", "ClamAV: clamav:///path/to/socket or clamav://host:port. Empty: files are not scanned."
    )
    verapdf_jar: str = _setting(
        str(CACHE / "verapdf-cli-1.30.2.jar"), "The veraPDF program, one jar."
    )
    mail_url: str = _setting(
        "",
        "Mail server for notices: smtp://host:25, smtp+starttls://user:password@host:587 or "
        "smtps://user:password@host:465. Empty: notices stay in the inbox.",
        secret=True,
    )
    mail_from: str = _setting("", "Sender of notices. Empty: luutru@ and this machine's name.")
    host: str = _setting("127.0.0.1", "Address that `luutru serve` listens on.")
    port: int = _setting(8080, "Port that `luutru serve` listens on.")
    behind_tls: bool = _setting(
        False, "Pages are reached through HTTPS: cookies are marked Secure and HSTS is sent."
    )
    trusted_proxies: int = _setting(0, "How many proxies in front add X-Forwarded-For.")
    workers: int = _setting(0, "Documents on the road at once. 0: one more than there are cores.")
    upload_megabytes: int = _setting(512, "Largest file that is taken, in MB.")
    page_limit: int = _setting(5000, "Most pages a file may have.")
    session_hours: int = _setting(10, "A sign-in ends after so many hours.")
    idle_minutes: int = _setting(60, "…and after so many minutes without use.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read `LUUTRU_*`.

        Raises:
            Invalid: `unknown_setting` or `bad_setting`, naming the variable.
        """
        given = os.environ if environment is None else environment
        known = {PREFIX + one.name.upper(): one for one in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in given.items():
            if not name.startswith(PREFIX) or name in OF_THE_COMMAND:
                continue
            if name not in known:
                raise Invalid("unknown_setting", name=name)
            values[known[name].name] = _parse(name, value, type(known[name].default))
        return cls(**values)

    def path(self, *parts: str) -> Path:
        """A place in the home, as an absolute path."""
        return Path(self.home).absolute().joinpath(*parts)

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.path('archive.db')}"

    @property
    def search(self) -> str:
        """The search engine's address, with the default filled in."""
        return self.search_url or f"tantivy://{self.path('index')}"

    @property
    def files(self) -> str:
        """The file store's address, with the default filled in."""
        return self.files_url or f"file://{self.path('files')}"

    @property
    def trust(self) -> Path:
        """The folder of trust anchors, with the default filled in."""
        return Path(self.trust_folder) if self.trust_folder else self.path("trust")

    @property
    def journal_folder(self) -> Path:
        """The folder of the chain's journal, with the default filled in."""
        return Path(self.journal) if self.journal else self.path("journal")

    @property
    def destructions(self) -> str:
        """The address of the journal of destructions, with the default filled in."""
        home = self.path()
        return self.journal_url or f"file://{home.with_name(home.name + '-destructions')}"

    @property
    def threads(self) -> int:
        """How many documents are on the road at once."""
        return self.workers or (os.cpu_count() or 1) + 1

    def __repr__(self) -> str:
        shown = (f"{row['variable']}={row['value']}" for row in self.described())
        return f"Settings({', '.join(shown)})"

    def described(self) -> list[dict[str, Any]]:
        """Each setting with its variable, value, default and meaning; secrets are hidden."""
        rows = []
        for one in fields(self):
            value = getattr(self, one.name)
            hidden = bool(one.metadata["secret"]) and bool(value)
            rows.append(
                {
                    "variable": PREFIX + one.name.upper(),
                    "value": HIDDEN if hidden else without_secrets(value),
                    "default": one.default,
                    "meaning": one.metadata["meaning"],
                }
            )
        return rows


def without_secrets(value: Any) -> Any:
    """A value as it may be shown: an address without the passwords in it."""
    if not isinstance(value, str):
        return value
    return _IN_ADDRESS.sub(lambda found: f"{found[1] or found[2]}{HIDDEN}", value)


def _parse(name: str, value: str, kind: type) -> Any:
    """A variable's text as the field's type."""
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                value.strip().lower()
            ]
        return kind(value)
    except (KeyError, ValueError) as wrong:
        raise Invalid("bad_setting", name=name, wanted=kind.__name__) from wrong
