"""An archive whose journal of destructions is missing or too old: open to administrators, to look.

Nobody can say what was destroyed since; what is shown might be what was to be gone (R18).
"""

from flask import Flask, g, request

from archive import access
from archive.access import Action
from archive.errors import NotReady
from web.api.doors import OPEN
from web.auth import FOR_NOBODY
from web.errors import words_of
from web.services import Services

SIGNING = frozenset({"account.sign_in", "account.sign_out", "account.language"})


def init_app(app: Flask, services: Services) -> None:
    """Ask of every request, once it is known who asks."""
    if (trouble := services.closed_by) is None:
        return

    def turn_away() -> None:
        if request.endpoint in FOR_NOBODY | SIGNING:
            return
        if _looks_only() and _administers(services):
            return
        raise NotReady(trouble.code, **trouble.details)

    app.before_request(turn_away)
    app.context_processor(lambda: {"closed": words_of(trouble)})


def close_api(api: Flask, services: Services) -> None:
    """The API is an application of its own, and for programs: nothing is open there."""
    if (trouble := services.closed_by) is None:
        return

    def turn_away() -> None:
        if request.endpoint not in OPEN:
            raise NotReady(trouble.code, **trouble.details)

    api.before_request(turn_away)


def _looks_only() -> bool:
    return request.method in ("GET", "HEAD")


def _administers(services: Services) -> bool:
    person = g.get("person")
    if person is None:
        return False
    with services.db.reading() as rows:
        return access.may(rows, person, Action.SEE_HEALTH, g.organ)
