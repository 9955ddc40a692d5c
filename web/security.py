"""What guards the doors: headers, forgery, floods, and how much may be sent at once."""

import os
import secrets
from itertools import chain
from pathlib import Path

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.settings import Settings

MEGABYTE = 1024 * 1024
COOKIE = "luutru"
FORM_BYTES = 2 * MEGABYTE  # any form without files
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SANDBOX = "default-src 'none'; sandbox"
FAILED_SIGN_INS = "20 per minute; 120 per hour"
csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies, limits and headers."""
    app.config.update(
        SECRET_KEY=_secret(settings.path("keys", "pages-secret")),
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.behind_tls,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,  # a table comes back with its confirmation
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as its sign-in lives
        WTF_CSRF_SSL_STRICT=settings.behind_tls,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_turn_away_zero_bytes)
    app.after_request(lambda response: _with_headers(response, settings))


def limit_sign_in(app: Flask) -> None:
    """Few wrong tries per address; the account counts too, whatever address they come from.

    Who knows the password is not counted: a whole agency may come from one address at eight.
    """
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    view = app.view_functions["account.sign_in"]
    limited = limiter.limit(FAILED_SIGN_INS, methods=["POST"], deduct_when=_has_failed)(view)
    app.view_functions["account.sign_in"] = limited  # type: ignore[assignment]


def _has_failed(response: Response) -> bool:
    return response.status_code == 401


def allow_upload(settings: Settings) -> None:
    """Let this request carry files."""
    request.max_content_length = settings.upload_megabytes * MEGABYTE + FORM_BYTES


def _turn_away_zero_bytes() -> None:
    """No database keeps one, and nobody types one."""
    typed = chain(request.args.items(multi=True), request.form.items(multi=True))
    files = ((name, one.filename or "") for name, one in request.files.items(multi=True))
    if any("\0" in one for one in (request.path, *chain(*typed), *chain(*files))):
        raise BadRequest


def _with_headers(response: Response, settings: Settings) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if response.mimetype in ("text/html", "application/json"):
        response.headers.setdefault("Cache-Control", "no-store")
    if settings.behind_tls:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _secret(place: Path) -> str:
    """The key that signs cookies, made at first need; several processes agree on one."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret := secrets.token_urlsafe(48))
    return secret
