"""Icons from the packaged set, drawn into the page: no font, no further request."""

import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from markupsafe import Markup

_SPRITE = (
    Path(flask_bootstrap.__file__).parent
    / "static"
    / "bootstrap5"
    / "icons"
    / "bootstrap-icons.svg"
)
_SYMBOL = re.compile(r'<symbol[^>]*?id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


@cache
def _symbols() -> dict[str, str]:
    return dict(_SYMBOL.findall(_SPRITE.read_text(encoding="utf-8")))


@cache
def icon(name: str) -> Markup:
    """The icon of this name, hidden from screen readers: words beside it say what it means."""
    return Markup(
        '<svg class="icon" viewBox="0 0 16 16" width="1em" height="1em" fill="currentColor" '
        f'aria-hidden="true" focusable="false">{_symbols()[name]}</svg>'
    )
