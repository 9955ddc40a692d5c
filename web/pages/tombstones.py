"""What is left of what was destroyed: listed, and each found by its code."""

from flask import Blueprint, render_template, request

from archive.access import Action
from formats.vietnamese import nfc
from retention import tombstones
from retention.models import Tombstone
from web.auth import asker, here, reading, require
from web.lists import listed

blueprint = Blueprint("tombstones", __name__, url_prefix="/tombstones")
LONGEST = 200


@blueprint.get("")
def page() -> str:
    """The organ's, the latest first; those whose code begins as asked."""
    asked = nfc(request.args.get("code", "")).strip()[:LONGEST]
    with reading() as rows:
        require(rows, Action.SEE_DISPOSALS, here())
        wanted = tombstones.of(here())
        if asked:
            wanted = wanted.where(Tombstone.code.startswith(asked, autoescape=True))
        found = listed(rows, wanted)
        return render_template("tombstones/page.html", shown=found, asked=asked)


@blueprint.get("/<path:code>")
def one(code: str) -> str:
    """When it was destroyed, by which decision, and what proves it."""
    with reading() as rows:
        found = tombstones.by_code(rows, asker(), here(), code)
        return render_template("tombstones/one.html", found=found, code=code)
