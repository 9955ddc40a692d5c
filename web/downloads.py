"""Stored forms as files to be saved: whole, verified, and never shown inside a browser."""

from typing import BinaryIO

from flask import send_file
from werkzeug.wrappers import Response

from archive.models import Document, Part, Rendition
from formats.names import safe_name
from web.security import SANDBOX

ENDINGS = {
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/json": ".json",
    "application/gzip": ".jsonl.gz",
    "application/pkcs7-signature": ".p7s",
}
# What was sent in may be anything, so no browser is told to open it.
OF_UNKNOWN_KIND = "application/octet-stream"


def as_download(content: BinaryIO, document: Document, part: Part, form: Rendition) -> Response:
    """The open content as an attachment; it is read as it is sent, and closed afterwards."""
    response = send_file(
        content,
        mimetype=OF_UNKNOWN_KIND if form.role == "original" else form.mime,
        as_attachment=True,
        download_name=_name(document, part, form),
        conditional=False,
        etag=form.digest,
    )
    response.headers["Content-Length"] = str(form.size)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _name(document: Document, part: Part, form: Rendition) -> str:
    if form.role == "original":
        return safe_name(part.file_name)
    number = "" if part.ordinal == 1 else f"-{part.ordinal}"
    ending = ENDINGS.get(form.mime, "")
    return f"{document.code}{number}-{form.role.replace('_', '-')}{ending}"
