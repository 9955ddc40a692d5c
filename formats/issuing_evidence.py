"""What proves the leader's signature for long, put into the file before the organ seals it.

The organ's long-term seal brings the revocation data of its own certificate only. Without those of
the leader's, his signature could not be judged any more once his certificate has run out.
"""

import asyncio
import os
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from formats.issuing_places import PERSON
from formats.trust import TrustFolder

_MISSING = (PathError, ValidationError, SignatureValidationError, SigningError)


def add_evidence(signed: Path, target: Path, trust: TrustFolder) -> bool:
    """Write the file with its evidence; False, and nothing is written, where none can be had.

    Lists and answers come from the trust folder, or from the authorities that the certificates
    name.
    """
    with signed.open("rb") as source, target.open("w+b") as out:
        try:
            asyncio.run(_add(source, out, trust))
        except _MISSING:
            is_there = False
        else:
            is_there = True
            out.flush()
            os.fsync(out.fileno())
    if not is_there:
        target.unlink()
    return is_there


async def _add(source: object, out: object, trust: TrustFolder) -> None:
    known = trust.load()
    evidence = known.evidence
    context = ValidationContext(
        trust_roots=list(known.anchors),
        other_certs=list(evidence.certificates),
        crls=list(evidence.crls),
        ocsps=list(evidence.ocsps),
        allow_fetching=True,
        revocation_mode="require",  # a store without any proof would look like one
    )
    try:
        reader = PdfFileReader(source, strict=False)
        signature = next(one for one in reader.embedded_signatures if one.field_name == PERSON)
        await async_add_validation_info(signature, context, output=out)
    finally:
        await context.aclose()  # type: ignore[no-untyped-call]
