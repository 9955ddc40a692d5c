"""An execution as its disposal's page shows it: how far it is in every place, and its troubles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from archive.places import PLACES
from retention import execution
from retention.models import Disposal
from web.error_words import WORDS, Said
from web.errors import words_for
from web.i18n import gettext
from web.place_words import place_name


@dataclass(frozen=True)
class PlaceShown:
    """A place of content: of how many things it was emptied, and where it is stuck."""

    name: str
    total: int
    done: int
    failed: int


@dataclass(frozen=True)
class TroubleShown:
    """What would not go: its code, the place, why."""

    code: str
    place: str
    why: str


@dataclass(frozen=True)
class ExecutionShown:
    """How far an execution is."""

    places: tuple[PlaceShown, ...]
    troubles: tuple[TroubleShown, ...]
    trouble: Said | None
    attempts: int
    again_at: datetime | None

    @property
    def total(self) -> int:
        """Things to be looked for, counted once in each place."""
        return sum(one.total for one in self.places)

    @property
    def done(self) -> int:
        """Those that are known to be gone from there."""
        return sum(one.done for one in self.places)

    @property
    def failed(self) -> int:
        """Those that are still found there, or may be."""
        return sum(one.failed for one in self.places)


def execution_of(rows: Session, disposal: Disposal) -> ExecutionShown | None:
    """How far it is; nothing before it is begun and after it is proved."""
    if disposal.stage != "executing":
        return None
    now = execution.progress(rows, disposal)
    known = [one.name for one in PLACES if one.name in now.places]
    return ExecutionShown(
        tuple(PlaceShown(place_name(name), *now.places[name]) for name in known),
        tuple(
            TroubleShown(code, place_name(place), trouble_words(why).line)
            for code, place, why in now.troubles
        ),
        trouble_words(now.trouble) if now.trouble else None,
        now.attempts,
        now.again_at,
    )


def trouble_words(trouble: str) -> Said:
    """What was kept of a failure (`retention.probes.said`) in words."""
    code, _, rest = trouble.partition(": ")
    if code == "os_error":
        return Said(gettext("The disk refuses: %(why)s.", why=rest), "")
    if code not in WORDS:
        return Said(trouble, "")
    if not rest:
        return words_for(code)
    told = words_for(code, dict.fromkeys(_NAMED, "…"))
    return Said(f"{told.what} ({rest})", told.now)


# What a trouble's details may be called; only their values are kept.
_NAMED = ("folder", "why", "code", "digest", "path", "reason", "place", "program", "disposal",
          "things")  # fmt: skip
