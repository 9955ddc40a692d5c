"""Health: for administrators a page, for operators two addresses without secrets."""

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response

from archive.access import Action
from web import health
from web.auth import here, reading, require, services
from web.i18n import gettext
from web.words import SENTENCES

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def page() -> str:
    """Programs, services, disk, queue and index: what is there, and what is missing without it."""
    with reading() as rows:
        require(rows, Action.SEE_HEALTH, here())
    found = [(one, _without(one)) for one in health.checks(services())]
    return render_template("health.html", checks=found)


def _without(check: health.Check) -> str:
    return gettext(SENTENCES[check.without]) if check.without in SENTENCES else check.without


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Database, files, index and queue are there; 503 when one of them is not."""
    parts = health.is_ready(services())
    return jsonify(ready=all(parts.values()), **parts), 200 if all(parts.values()) else 503
