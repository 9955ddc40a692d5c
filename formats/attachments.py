"""Files that a PDF holds: taken out by name, in a child process, as far as they are small."""

from collections.abc import Collection
from pathlib import Path

from formats.confined import confined_for
from formats.errors import Unreadable

LARGEST = 64 * 1024 * 1024


def attached(path: Path, names: Collection[str]) -> dict[str, bytes]:
    """The files of these names that the PDF holds.

    Raises:
        Unreadable: `pdf_unreadable`, `beyond_limits`: damaged, encrypted or too large.
    """
    found: dict[str, bytes] = confined_for(path, _attached, path, sorted(names))
    return found


def _attached(path: Path, names: list[str]) -> dict[str, bytes]:
    from pikepdf import PdfError
    from pikepdf import open as open_pdf

    try:
        with open_pdf(path) as pdf:
            held = {one: pdf.attachments[one].get_file() for one in names if one in pdf.attachments}
            if any(int(one.size) > LARGEST for one in held.values()):
                raise Unreadable("beyond_limits", limit="attachment")
            return {name: one.read_bytes() for name, one in held.items()}
    except (PdfError, ValueError) as wrong:
        raise Unreadable("pdf_unreadable", said=type(wrong).__name__) from wrong
