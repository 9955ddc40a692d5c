"""Health: for administrators a page, for operators two addresses without secrets."""

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response

from archive.access import Action
from web import health
from web.auth import here, reading, require, services
from web.i18n import gettext, size
from web.i18n import lazy_gettext as _l
from web.road_words import STATES
from web.words import SENTENCES

blueprint = Blueprint("health", __name__)
NAMES = {
    "tesseract": _l("Reading scans (Tesseract)"),
    "tesseract-vie": _l("Vietnamese for Tesseract"),
    "java": "Java",
    "verapdf": _l("Checking PDF/A (veraPDF)"),
    "soffice": _l("Office files (LibreOffice)"),
    "gs": "Ghostscript",
    "scanner": _l("Virus scanner"),
    "seal": _l("Key of the seal"),
    "timestamps": _l("Time stamps"),
    "database": _l("Database"),
    "disk": _l("Disk"),
    "store": _l("Store of files"),
    "journal": _l("Journal of the story"),
    "destructions": _l("Journal of destructions"),
    "index": _l("Search index"),
    "queue": _l("Files on the road"),
    "trust": _l("Trust anchors for signatures"),
    "hands": _l("Administrator and archivist parted"),
}


@blueprint.get("/health")
def page() -> str:
    """Programs, services, disk, queue and index: what is there, and what is missing without it."""
    with reading() as rows:
        require(rows, Action.SEE_HEALTH, here())
    checks = health.checks(services())
    shown = [
        (str(NAMES.get(one.name, one.name)), _found(one), _without(one), one) for one in checks
    ]
    return render_template("health.html", checks=shown)


def _found(check: health.Check) -> str:
    """What was found, with words of the archive's own in the language of the page."""
    if check.name == "index":
        return gettext("to be indexed: %(count)s", count=check.found.removeprefix("-"))
    if check.name == "queue":
        pairs = [one.rpartition(" ") for one in check.found.split(", ") if one]
        return ", ".join(f"{STATES.get(state, state)}: {count}" for state, _, count in pairs)
    if check.name == "disk" and (free := check.found.removesuffix(" MB")).isdecimal():
        return gettext("%(size)s free", size=size(int(free) * 1024 * 1024))
    return check.found


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
