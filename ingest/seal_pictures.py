"""The red picture of an organ's seal: where it lies, and how an administrator sets it.

It is drawn on what the organ issues (`formats.seal_marks`). It lies in the home beside the keys, in
`seals/`, for it is no record.
"""

import hashlib
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import audit
from archive.database import Database, after_commit
from archive.errors import Conflict, Invalid
from archive.models import Organ
from archive.settings import Settings
from formats.names import safe_name
from formats.seal_pictures import SealPicture, clean_picture


def place_of(settings: Settings, organ: Organ) -> Path:
    """Where the picture lies, whether there is one or not."""
    return settings.path("seals", safe_name(organ.code) + ".png")


def picture_of(settings: Settings, organ: Organ) -> Path | None:
    """The organ's picture, if it has one."""
    place = place_of(settings, organ)
    return place if place.is_file() else None


def take(db: Database, settings: Settings, organ: Organ, given: Path, why: str) -> SealPicture:
    """Set or replace the picture; what was sent is written anew first, so that no more stays.

    Raises:
        Invalid: `reason_missing`.
        Unreadable: see `formats.seal_pictures`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    place = place_of(settings, organ)
    place.parent.mkdir(mode=0o750, exist_ok=True)
    with TemporaryDirectory(prefix="luutru-coming-", dir=place.parent) as room:
        made = Path(room, "seal.png")
        picture = clean_picture(given, made)
        facts = {"sha256": _digest(made), "before": _digest(place) if place.is_file() else ""}
        with db.transaction() as session:
            found = session.get_one(Organ, organ.id)
            audit.record(session, "organ.set_seal_picture", found, facts=facts, why=why.strip())
            after_commit(session, partial(_settle, made, place))
    return picture


def remove(db: Database, settings: Settings, organ: Organ, why: str) -> None:
    """Take the picture away: what is issued from now on carries words in its place.

    Raises:
        Invalid: `reason_missing`.
        Conflict: `no_seal_picture`.
    """
    if not why.strip():
        raise Invalid("reason_missing")
    place = picture_of(settings, organ)
    if place is None:
        raise Conflict("no_seal_picture")
    with db.transaction() as session:
        found = session.get_one(Organ, organ.id)
        facts = {"before": _digest(place)}
        audit.record(session, "organ.remove_seal_picture", found, facts=facts, why=why.strip())
        after_commit(session, lambda: place.unlink(missing_ok=True))


def _settle(made: Path, place: Path) -> None:
    made.replace(place)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
