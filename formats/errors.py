"""What can go wrong with a file or an outside program, as data.

Every error has a stable `code` and plain `details`; the words that people read are made in `web`.
"""

from typing import Any


class FormatError(Exception):
    """Base of all errors of this package: a stable code, and details that are plain values."""

    def __init__(
        self, code: str, **details: Any
    ) -> None:  # details go to words and JSON as they are
        self.code = code
        self.details = details
        said = ", ".join(f"{name}={value!r}" for name, value in details.items())
        super().__init__(f"{code} ({said})" if said else code)


class Unreadable(FormatError):
    """The file itself cannot be read: damaged, encrypted, or beyond a limit."""


class ProgramMissing(FormatError):
    """An outside program is not installed (`details["program"]`). It works once it is there."""


class ProgramFailed(FormatError):
    """An outside program crashed, ran out of time or memory, or gave no answer."""
