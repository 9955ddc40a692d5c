"""`/api/v1` as an application of its own, mounted beside the pages.

It shares no cookie, no form and no session with them: another way of asking who is there, other
errors, other limits. What it says of itself (`openapi.json`) is made from what it does.
"""

from typing import Any

from apiflask import APIFlask
from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.settings import Settings
from web import closed, numbers
from web.api import (
    alarms,
    case_files,
    documents,
    doors,
    errors,
    finding,
    intakes,
    terms,
    tokens,
    tombstones,
)
from web.api.schemas import ErrorOut
from web.i18n import LANGUAGES
from web.security import FORM_BYTES
from web.services import Services

PREFIX = "/api/v1"
VERSION = "1.0"
RATE = "600 per minute"  # of one token; of one address for those who have none
RESOURCES = (documents, alarms, intakes, finding, case_files, terms, tombstones, tokens)
ABOUT = (
    "Records and archives. Every request but the one for this description carries a token: "
    "`Authorization: Bearer …`. A token works at its owner's organ; `Luutru-Organ: CODE` chooses "
    "another at which the owner has a role, or whose fonds the owner's organ keeps. It acts for "
    "its owner alone: who acts for somebody else does so at the pages or by command. "
    "Instants are in UTC; days are those of the organ."
)
POLICY = "default-src 'none'; frame-ancestors 'none'"


class Json(DefaultJSONProvider):
    """Vietnamese stays readable, and fields stand in the order in which they are declared."""

    ensure_ascii = False
    sort_keys = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """As JSON that can be sent: half a letter in what a program sent us comes back as “?”."""
        return super().dumps(obj, **kwargs).encode("utf-8", "replace").decode()


def register(app: Flask, services: Services) -> None:
    """Mount the API under `/api/v1` of the pages' application."""
    api = create_api(services)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {PREFIX: api})  # type: ignore[method-assign]


def create_api(services: Services) -> APIFlask:
    """The API on an open archive. It holds no state of its own."""
    api = APIFlask(
        "web",
        title="Lưu Trữ",
        version=VERSION,
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type] # none, as in Flask
    )
    api.extensions["luutru"] = services
    numbers.init_app(api)
    api.url_map.merge_slashes = False  # codes of case files may hold slashes
    api.config.update(
        MAX_CONTENT_LENGTH=FORM_BYTES,
        HTTP_ERROR_SCHEMA=ErrorOut,
        VALIDATION_ERROR_SCHEMA=ErrorOut,
        AUTO_404_RESPONSE=False,
        AUTO_OPERATION_ID=True,
    )
    api.json = Json(api)
    _trust_proxies(api, services.settings)
    api.before_request(doors.find_out)
    Limiter(_who, app=api, default_limits=[RATE], storage_uri="memory://")
    doors.close_by_default(api)
    closed.close_api(api, services)
    Babel(
        api,
        default_locale="vi",
        locale_selector=_language,
        default_translation_directories="translations",
    )
    errors.init_app(api)
    api.after_request(lambda response: _with_headers(response, services.settings))
    for one in RESOURCES:
        api.register_blueprint(one.blueprint)
    _describe(api)
    return api


def _who() -> str:
    """Whose requests are counted together."""
    return f"token-{g.sign_in.id}" if g.get("sign_in") else get_remote_address()


def _language() -> str:
    """What the asking program says, else the person's own choice."""
    if (asked := request.accept_languages.best_match(list(LANGUAGES))) is not None:
        return asked
    person = g.get("person")
    return person.language if person is not None and person.language in LANGUAGES else "vi"


def _trust_proxies(api: APIFlask, settings: Settings) -> None:
    if count := settings.trusted_proxies:
        api.wsgi_app = ProxyFix(api.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _with_headers(response: Response, settings: Settings) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    if settings.behind_tls:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _describe(api: APIFlask) -> None:
    """Say in `openapi.json` what holds for every request."""
    api.description = ABOUT
    api.license = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    api.servers = [{"url": PREFIX}]
    api.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}

    @api.spec_processor
    def _for_all(spec: Any) -> Any:  # a dictionary, as we ask for JSON
        spec["security"] = [{"token": []}]
        error = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}
        always = {401: "No live token", 403: "Not this person", 429: "Too many requests"}
        for path in spec["paths"].values():
            for operation in path.values():
                for status, said in always.items():
                    told = {"description": said, "content": error}
                    operation["responses"].setdefault(str(status), told)
                if "requestBody" in operation:
                    operation["requestBody"]["required"] = True
        return spec
