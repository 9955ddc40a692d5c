"""Errors at the door: each class has its HTTP status, each code its words.

Domain errors carry a stable code and plain details; what people read is made here. Whatever
happens, the page says what happened, what was not lost, and what to do now.
"""

import logging
from typing import Any

from flask import Flask, Response, flash, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.exceptions import HTTPException, InternalServerError

from archive.errors import (
    ArchiveError,
    Conflict,
    DatabaseBusy,
    Invalid,
    NotAllowed,
    NotFound,
    NotReady,
    Refused,
    StoreFailed,
    Waits,
)
from formats.errors import FormatError, ProgramFailed, ProgramMissing, Unreadable
from search.engine import SearchAway, SearchBroken
from web.error_words import Said, plain_sentence, say
from web.i18n import gettext

STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Refused: 422,
    Waits: 409,
    Conflict: 409,
    StoreFailed: 507,
    NotReady: 503,
    DatabaseBusy: 503,
    SearchBroken: 503,
    SearchAway: 503,
    Unreadable: 422,
    ProgramMissing: 503,
    ProgramFailed: 503,
}
__all__ = [
    "DATABASE_SILENT",
    "RETRY_AFTER",
    "Said",
    "init_app",
    "plain_sentence",
    "status_of",
    "tell",
    "words_for",
    "words_of",
]
# Seconds after which to ask again: what is not ready, and who asked too often in this minute.
RETRY_AFTER = {503: "15", 429: "60"}
DATABASE_SILENT = (OperationalError, InterfaceError, NoConnectionLeft)
_HTTP = {
    400: "bad_request",
    401: "sign_in_first",
    403: "not_allowed",
    404: "page_not_found",
    405: "method_not_allowed",
    413: "upload_too_large",
    429: "too_many_requests",
}
log = logging.getLogger("luutru.web")


def init_app(app: Flask) -> None:
    """Handle every error of ours, of the web's, and those that nobody thought of."""
    app.register_error_handler(ArchiveError, _ours)
    app.register_error_handler(FormatError, _ours)
    app.register_error_handler(CSRFError, lambda error: _page("form_expired", {}, 400))
    app.register_error_handler(HTTPException, _of_the_web)
    for silent in DATABASE_SILENT:
        app.register_error_handler(silent, _database_silent)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: Exception) -> int:
    """The HTTP status of an error, by the nearest class in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def words_of(error: ArchiveError | FormatError) -> Said:
    """What happened and what to do now."""
    return words_for(error.code, error.details)


def words_for(code: str, details: dict[str, Any] | None = None) -> Said:
    """The same for a reason that is kept as code and details."""
    return say(code, details or {}, gettext)


def tell(error: ArchiveError | FormatError) -> None:
    """Say it on the next page."""
    flash(words_of(error).line, "danger")


def wants_json() -> bool:
    """Whether a script asks, and not a person."""
    return request.accept_mimetypes.best == "application/json"


def _ours(error: Exception) -> Response:
    assert isinstance(error, ArchiveError | FormatError)
    status = status_of(error)
    if status >= 500:
        log.warning("%s", error, exc_info=error)
    return _page(error.code, error.details, status)


def _of_the_web(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error  # a redirect
    limit = request.max_content_length or 0
    return _page(_HTTP.get(error.code, "broken"), {"limit": limit}, error.code)


def _database_silent(error: Exception) -> Response:
    log.error("the database does not answer", exc_info=error)
    g.person = None  # the menu would ask it once more
    return _page("database_silent", {}, 503)


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen", exc_info=error)
    return _page("broken", {}, InternalServerError.code)


def _page(code: str, details: dict[str, Any], status: int) -> Response:
    said = words_for(code, details)
    if wants_json():
        response = jsonify(code=code, what=said.what, now=said.now)
    else:
        g.setdefault("person", None)
        response = make_response(render_template("error.html", said=said, status=status))
    response.status_code = status
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[status]
    return response
