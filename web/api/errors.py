"""Errors of the API: the statuses of the pages, always as `{"error": {code, message, details}}`."""

import logging
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from archive.errors import ArchiveError
from formats.errors import FormatError
from web.errors import DATABASE_SILENT, RETRY_AFTER, status_of, words_for
from web.i18n import gettext

BY_CODE = {"too_large": 413}  # what the web has a better number for than the class says
log = logging.getLogger("luutru.api")


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_WORDS = {
    "bad_request": _l("The request was not understood. Nothing was changed."),
    "token_needed": _l(
        "A valid token is missing. Make one under “API tokens”, and send it with every request as "
        "“Authorization: Bearer …”."
    ),
    "no_such_address": _l("There is no such address. /api/v1/openapi.json lists them all."),
    "method_not_allowed": _l("This address does not take that method."),
    "does_not_fit": _l("Something that was sent does not fit; details says what and why."),
    "too_many_requests": _l("Too many requests. Wait as long as Retry-After says, then go on."),
}
_OF_THE_WEB = {
    400: "bad_request",
    401: "token_needed",
    404: "no_such_address",
    405: "method_not_allowed",
    413: "upload_too_large",
    422: "does_not_fit",
    429: "too_many_requests",
}


def init_app(api: APIFlask) -> None:
    """Handle every error of ours, of the web's, and those that nobody thought of."""
    api.register_error_handler(ArchiveError, _ours)
    api.register_error_handler(FormatError, _ours)
    api.register_error_handler(HTTPError, _does_not_fit)
    api.register_error_handler(HTTPException, _of_the_web)
    for silent in DATABASE_SILENT:
        api.register_error_handler(silent, _database_silent)
    api.register_error_handler(Exception, _unforeseen)


def _ours(error: Exception) -> Response:
    assert isinstance(error, ArchiveError | FormatError)
    status = BY_CODE.get(error.code) or status_of(error)
    if status >= 500:
        log.warning("%s", error, exc_info=error)
    said = words_for(error.code, error.details).line
    return _answer(error.code, said, error.details, status)


def _does_not_fit(error: Exception) -> Response:
    """What the schemas say no to: by place and field."""
    assert isinstance(error, HTTPError)
    code = _OF_THE_WEB.get(error.status_code, "broken")
    return _answer(code, _said(code, {}), error.detail, error.status_code)


def _of_the_web(error: Exception) -> Any:
    assert isinstance(error, HTTPException)
    if error.code is None or error.code < 400:
        return error  # a redirect
    code = _OF_THE_WEB.get(error.code, "broken")
    details = {"limit": request.max_content_length} if error.code == 413 else {}
    response = _answer(code, _said(code, details), details, error.code)
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _database_silent(error: Exception) -> Response:
    log.error("the database does not answer", exc_info=error)
    return _answer("database_silent", _said("database_silent", {}), {}, 503)


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen", exc_info=error)
    return _answer("broken", _said("broken", {}), {}, 500)


def _said(code: str, details: dict[str, Any]) -> str:
    return gettext(_WORDS[code]) if code in _WORDS else words_for(code, details).line


def _answer(code: str, message: str, details: Any, status: int) -> Response:
    response = jsonify(error={"code": code, "message": message, "details": details})
    response.status_code = status
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[status]
    return response
