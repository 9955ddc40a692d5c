"""The room in which a file is made ready for issuing, and how it gets into the store."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from archive.database import Database
from formats.trust import TrustFolder
from ingest import shelving
from ingest.issuing_files import Prepared, Tools
from ingest.workspace import Workshop

MEGABYTE = 1024 * 1024


def tools_of(workshop: Workshop) -> Tools:
    """Where things are, from the settings."""
    settings = workshop.settings
    return Tools(Path(settings.verapdf_jar), TrustFolder(settings.trust), settings.page_limit)


@contextmanager
def room_for_work() -> Iterator[Path]:
    """A folder that is gone afterwards, with all that lies in it."""
    with tempfile.TemporaryDirectory(prefix="luutru-issuing-") as room:
        yield Path(room)


def put(workshop: Workshop, path: Path, db: Database, afterwards: ExitStack) -> str:
    """Store a file; its bytes go again if no row comes to need them."""
    limit = workshop.settings.upload_megabytes * MEGABYTE
    with path.open("rb") as stream:
        digest = workshop.files.put(stream, limit).digest
    afterwards.callback(shelving.let_go_in_store, db.engine, workshop.files, digest)
    return digest


def fetched(workshop: Workshop, digest: str, target: Path) -> Path:
    """Copy stored bytes out, verified."""
    workshop.files.fetch(digest, target)
    return target


def fields_told(made: Prepared) -> dict[str, Any]:
    """What its row keeps of a prepared file: its fields, what the page says, its pages' sizes."""
    return {
        "fields": made.places,
        "written": made.written,
        "pages": made.pages,
        "sizes": made.sizes,
    }
