"""What the archive says no to. A stable code and plain details; the words are made in `web`."""

from typing import Any


class ArchiveError(Exception):
    """Base of the archive's own errors."""

    def __init__(
        self, code: str, **details: Any
    ) -> None:  # details go to words and JSON as they are
        self.code = code
        self.details = details
        said = ", ".join(f"{name}={value!r}" for name, value in details.items())
        super().__init__(f"{code} ({said})" if said else code)


class NotFound(ArchiveError):
    """There is no such thing, or the asker may not know that there is."""


class NotAllowed(ArchiveError):
    """The person may not do this."""


class Invalid(ArchiveError):
    """What was given cannot be used; the details name the field."""


class Refused(ArchiveError):
    """This may not enter the archive. Trying again does not help."""


class Waits(ArchiveError):
    """Not yet a document: a person must decide. Trying again by itself does not help."""


class Conflict(ArchiveError):
    """It clashes with what is there already, or with what somebody else is doing now."""


class StoreFailed(ArchiveError):
    """The store cannot keep or give back bytes: the disk is full, or a file is damaged or gone."""


class NotReady(ArchiveError):
    """The archive itself is not set up, or is of another version than the program."""


class DatabaseBusy(ArchiveError):
    """Others held the database for too long. Nothing was stored; trying again may help."""
