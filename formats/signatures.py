"""Which signatures a PDF carries and what they are worth at the moment of receipt, offline.

No single answer of the library is enough: its indication looks at the signed bytes only and
passes a page that was changed by a later update, and its rules for time never compare a stamp
with the end of a certificate. So each file is walked from its newest proof of time backwards
(`signature_walk.py`), and what was changed after signing must be allowed besides.
"""

import asyncio
import logging
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from formats.programs import MEGABYTE
from formats.signature_reports import (
    INDETERMINATE,
    PersonAndOrgan,
    SignatureCheck,
    SignatureReport,
    has_person_and_organ,
)
from formats.signature_walk import DAMAGE, damaged, walk
from formats.trust import Trust, TrustFolder

__all__ = [
    "PersonAndOrgan",
    "SignatureCheck",
    "SignatureReport",
    "TrustFolder",
    "check_by",
    "check_signatures",
    "has_person_and_organ",
    "has_signatures",
]

_MOST_SIGNATURES = 100
_BYTE_RANGE = re.compile(rb"/ByteRange\s{0,64}\[")
_LONGEST_MARK = 80
_UNDERSTOOD = {"/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/ETSI.RFC3161"}


# The library reports by logging as well; who wants to read that may ask for it.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


def has_signatures(path: Path) -> int:
    """Count the signatures and document time stamps of a file, without judging them.

    A signature needs its byte range in plain sight, so a file without one is not parsed at all.
    """
    marks = _count_byte_ranges(path)
    if marks == 0:
        return 0
    with path.open("rb") as stream:
        try:
            reader = PdfFileReader(stream, strict=False)
            return sum(1 for _ in enumerate_sig_fields(reader, filled_status=True)) or marks
        except DAMAGE:
            return marks


def check_signatures(path: Path, trust: TrustFolder, at: datetime) -> SignatureReport:
    """Judge every signature of a PDF as of the moment `at`, with nothing but the trust folder.

    Never raises for what is in the file: a damaged signature is a line that says so, and a file
    that cannot be read through is a report with a `problem`.
    """
    return check_by(path, trust.load(), at)


def check_by(path: Path, trust: Trust, at: datetime) -> SignatureReport:
    """Do what `check_signatures` does, with a trust folder that was read before."""
    report = SignatureReport(checked_at=at, trust_problems=trust.problems)
    with path.open("rb") as stream:
        try:
            reader = PdfFileReader(stream, strict=False)
            if reader.encrypted and reader.decrypt(b"").status == AuthStatus.FAILED:
                return replace(report, problem="pdf_encrypted")
        except DAMAGE:
            return _unreadable(report, _count_byte_ranges(path))
        found, unread, problem = _collect(reader)
        if problem == "pdf_unreadable" and not found and _count_byte_ranges(path) == 0:
            return replace(report, problem=problem)
        checks = asyncio.run(walk(reader, found, trust, at))
        return replace(report, checks=(*checks, *unread), problem=problem)


def _count_byte_ranges(path: Path) -> int:
    count, rest = 0, b""
    with path.open("rb") as stream:
        while block := stream.read(MEGABYTE):
            seen = rest + block
            found = list(_BYTE_RANGE.finditer(seen))
            count += len(found)
            counted = found[-1].end() if found else 0
            rest = seen[max(counted, len(seen) - _LONGEST_MARK) :]
    return count


def _unreadable(report: SignatureReport, marks: int) -> SignatureReport:
    lines = tuple(damaged(f"#{number}") for number in range(1, min(marks, _MOST_SIGNATURES) + 1))
    return replace(report, checks=lines, problem="pdf_unreadable")


def _collect(
    reader: PdfFileReader,
) -> tuple[list[EmbeddedPdfSignature], list[SignatureCheck], str | None]:
    """Part the file's signatures into those that can be judged and those that cannot."""
    found: list[EmbeddedPdfSignature] = []
    unread: list[SignatureCheck] = []
    try:
        for name, value, field in enumerate_sig_fields(reader, filled_status=True):
            if len(found) + len(unread) >= _MOST_SIGNATURES:
                return found, unread, "too_many_signatures"
            try:
                if value.get_object().get("/SubFilter") not in _UNDERSTOOD:
                    unread.append(_not_understood(str(name)))
                    continue
                found.append(_opened(reader, field, name))
            except DAMAGE:
                unread.append(damaged(str(name)))
    except DAMAGE:
        return found, [*unread, damaged("#fields")], "pdf_unreadable"
    return sorted(found, key=lambda each: each.signed_revision), unread, None


def _opened(reader: PdfFileReader, field: Any, name: str) -> EmbeddedPdfSignature:  # PDF object
    opened = EmbeddedPdfSignature(reader, field, name)
    opened.compute_digest()
    _ = opened.signer_cert  # a signature whose own certificate is unreadable is damaged
    return opened


def _not_understood(name: str) -> SignatureCheck:
    return SignatureCheck(name, "signature", INDETERMINATE, "GENERIC", "kind_not_supported")
