"""Page pictures and words of a stored file, drawn by us: what was received is never shown itself.

Pictures are copies in the home's `previews/`, one folder a file; lose them, and they are drawn
again. Whoever destroys a record calls `forget`.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.documents import rendition
from archive.errors import NotFound, StoreFailed
from archive.files import LocalFiles
from archive.models import Part, Rendition
from archive.settings import Settings
from formats.kinds import Family
from formats.pdf_pages import page_count
from formats.pictures import to_pdf
from formats.previews import page_picture
from formats.text import PageText, read_pages
from ingest.decisions import pages_to_look_at
from ingest.models import Intake
from ingest.workspace import digest_of
from web.services import Services

THUMBNAIL = 160  # too small to be read
WIDTHS = (THUMBNAIL, 1000, 1800)
MIME = "image/webp"
_drawing = threading.BoundedSemaphore(2)  # each picture is a process of its own


def shown(part: Part) -> Rendition | None:
    """The stored form whose pages are shown: the archival copy, or the next best PDF."""
    for role in ("archival", "reading", "original"):
        found = rendition(part, role)
        if found is not None and found.mime == "application/pdf" and part.pages:
            return found
    return None


def picture(services: Services, part: Part, number: int, width: int) -> bytes:
    """One page as a picture; drawn at first need.

    Raises:
        NotFound: `no_such_page`.
        StoreFailed: the file is damaged or gone.
        FormatError: it cannot be drawn.
    """
    source = shown(part)
    if source is None or width not in WIDTHS or not 1 <= number <= (part.pages or 0):
        raise NotFound("no_such_page", page=number)
    place = folder(services.settings, source.digest) / f"{number}-{width}.webp"
    if not place.is_file():
        with _drawing, local(services, source.digest) as pdf:
            _keep(place, page_picture(pdf, number, width))
    return place.read_bytes()


def suspected(services: Services, intake: Intake) -> bytes:
    """The page that bears the mark, drawn from quarantine and kept nowhere.

    Raises:
        NotFound: `no_such_page`: this kind of file has none.
        FormatError: its pages cannot be made (LibreOffice is missing).
        StoreFailed: the file is damaged or gone.
    """
    with _drawing, tempfile.TemporaryDirectory(prefix="luutru-look-") as folder:
        pages = pages_to_look_at(services.workshop, intake, Path(folder))
        return page_picture(pages, int(intake.details.get("page", 1)), WIDTHS[1])


def received(services: Services, intake: Intake, number: int) -> bytes:
    """A page of a file that is on its road, kept nowhere: a clerk registers it.

    Raises:
        NotFound: `no_such_page`: this kind of file has no pages before it is converted.
        StoreFailed: the file is damaged or gone.
    """
    family = intake.facts.get("identify", {}).get("family")
    if family not in (Family.PDF, Family.PICTURE):
        raise NotFound("no_such_page", page=number)
    with _drawing, tempfile.TemporaryDirectory(prefix="luutru-look-") as folder:
        shown_file = Path(folder) / "received"
        services.files.fetch(intake.digest, shown_file)
        if family == Family.PICTURE:
            to_pdf(shown_file, Path(folder) / "pages.pdf")
            shown_file = Path(folder) / "pages.pdf"
        return page_picture(shown_file, number, WIDTHS[1])


def page_of_stored(services: Services, digest: str, number: int, width: int) -> bytes:
    """A page of a stored PDF that is no document yet, kept nowhere.

    Raises:
        NotFound: `no_such_page`; StoreFailed: the file is damaged or gone.
    """
    with _drawing, local(services, digest) as pdf:
        if not 1 <= number <= page_count(pdf):
            raise NotFound("no_such_page", page=number)
        return page_picture(pdf, number, width)


def words(services: Services, part: Part, number: int) -> PageText | None:
    """The words of one page with their places; None where nothing was read."""
    source = rendition(part, "words")
    if source is None:
        return None
    with local(services, source.digest) as path:
        return next((page for page in read_pages(path) if page.number == number), None)


def forget(settings: Settings, digest: str) -> None:
    """Let go of the pictures of a file that is no more."""
    shutil.rmtree(folder(settings, digest), ignore_errors=True)


@contextmanager
def local(services: Services, digest: str) -> Iterator[Path]:
    """A stored file as a path on this machine, verified."""
    files = services.files
    if isinstance(files, LocalFiles):
        path = files.path(digest)
        if not path.is_file():
            raise StoreFailed("file_gone", digest=digest)
        if digest_of(path) != digest:
            raise StoreFailed("file_damaged", digest=digest)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="luutru-page-") as folder:
        files.fetch(digest, Path(folder) / "file")
        yield Path(folder) / "file"


def folder(settings: Settings, digest: str) -> Path:
    """Where the pictures of a stored file lie."""
    return next(folders(settings, [digest]))


def folders(settings: Settings, digests: Iterable[str]) -> Iterator[Path]:
    """The same of many, in their order."""
    root = settings.path("previews")
    return (Path(f"{root}/{one[:2]}/{one}") for one in digests)


def _keep(place: Path, picture_bytes: bytes) -> None:
    """Appears whole or not at all; two who draw the same picture do no harm."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        dir=place.parent, prefix="luutru-drawn-", delete=False
    ) as partial:
        partial.write(picture_bytes)
    Path(partial.name).replace(place)
