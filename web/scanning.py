"""Scanning anew for viruses what the archive is to receive (NĐ 30/2020, PL VI, III.5; HC 14.3).

The verdict of the road may be years old: what nobody knew then, scanners may know today. The worker
asks, never who waits for a page.
"""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import clock
from archive.errors import StoreFailed
from archive.receipt import Scans
from ingest.scanner import NoScanner, ScannerSilent
from web.services import Services


def scan_anew(services: Services, digests: Iterable[str]) -> Scans | None:
    """What the scanner says of these originals now; None where the archive has no scanner.

    A scanner that is silent once is not asked again: of the rest it says nothing either.
    """
    if isinstance(services.workshop.scanner, NoScanner):
        return None
    at, doubts = clock.now(), {}
    is_silent = False
    for digest in digests:
        doubt = {"why": "scanner_silent"}
        if not is_silent:
            try:
                doubt = _doubt(services, digest)
            except ScannerSilent:
                is_silent = True
        if doubt:
            doubts[digest] = doubt
    return Scans(at, doubts)


def _doubt(services: Services, digest: str) -> dict[str, str]:
    """Why this file is not known to be clean; empty when it is."""
    with TemporaryDirectory(prefix="luutru-look-") as folder:
        path = Path(folder, "original")
        try:
            services.files.fetch(digest, path)
        except StoreFailed as failed:
            return {"why": failed.code}
        result = services.workshop.scanner.scan(path)
    if result.found:
        return {"why": "infected", "found": result.found}
    if result.clean and result.is_trustworthy:
        return {}
    return {"why": result.why or "not_scanned"}
