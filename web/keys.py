"""The seals' keys: one for each organ (record rules, R21)."""

import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from archive import audit, organs
from archive.database import Database
from archive.models import Organ
from archive.settings import Settings

if TYPE_CHECKING:
    from formats.seal_keys import SealKey


class Keys:
    """Opens each organ's key once and keeps it; a trial key where no other is set."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings = settings
        self._db = db
        self._opened: dict[int, SealKey] = {}
        self._lock = threading.Lock()

    def of(self, organ_id: int) -> "SealKey":
        """The organ's key; its certificate's digest is written down at first use.

        Raises:
            Unreadable: the key file cannot be opened.
            ProgramFailed: the token is not there or refuses.
        """
        with self._lock:
            key = self._opened.get(organ_id)
            if key is None or key.is_lost:  # a token was taken out, and is back by now
                key = self._opened[organ_id] = self._open(organ_id)
            return key

    def _open(self, organ_id: int) -> "SealKey":
        from formats.seal_keys import open_key  # most commands seal nothing, and start sooner

        with self._db.reading() as session:
            organ = session.get_one(Organ, organ_id)
            code, name = organ.code, organ.name
        if self._settings.seal_url:
            url = self._settings.seal_url.replace("{organ}", code)
            key = open_key(url, self._settings.seal_pin)
        else:
            key = self._trial_key(code, name)
        with (
            audit.acting(audit.Actor(door="worker", account="luutru")),
            self._db.transaction() as session,
        ):
            organ = session.get_one(Organ, organ_id)
            pem = key.certificate_pem.decode()
            organs.pin_seal(session, organ, key.fingerprint, pem, key.is_trial)
        return key

    def _trial_key(self, code: str, name: str) -> "SealKey":
        from formats.seal_keys import make_trial_key, open_key

        folder = self._settings.path("keys")
        secret = _secret_of(folder)
        return open_key(f"pkcs12://{make_trial_key(folder, code, name, secret)}", secret)


def _secret_of(folder: Path) -> str:
    """The password of this home's trial keys, made at first need, for the owner's eyes only."""
    place = folder / "trial-secret"
    if not place.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = place.with_suffix(".part")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(24), encoding="ascii")
        partial.rename(place)  # whole or not at all: an empty password would lock its keys
    return place.read_text(encoding="ascii")
