"""Two languages: which one, and how numbers, days and sizes are written in both."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, LazyString, get_locale
from markupsafe import Markup

from archive import clock

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "luutru_language"
ONE_YEAR = 365 * 24 * 3600
_ZONE = "Asia/Ho_Chi_Minh"


def init_app(app: Flask) -> None:
    """Choose the language of each request; give templates the formats."""
    Babel(
        app,
        default_locale="vi",
        default_timezone=_ZONE,
        locale_selector=language,
        default_translation_directories="translations",
    )
    filters: tuple[Callable[..., Any], ...] = (number, day, moment, hour, size, short_digest)
    for one in filters:
        app.add_template_filter(one)
    app.jinja_env.globals.update(language=current_language, languages=LANGUAGES)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its i18n extension
        _said, _said_for, newstyle=True
    )


def language() -> str:
    """The person's own choice, else the browser's cookie, else Vietnamese."""
    person = g.get("person")
    chosen = person.language if person is not None else request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else "vi"


def current_language() -> str:
    """The language of this page, for its `lang`."""
    locale = get_locale()
    return str(locale.language) if locale else "vi"


def gettext(english: str, **values: object) -> str:
    """The sentence in the language of the page."""
    said = _said(english)
    return said % values if values else said


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for this many, which stand in it as `count`."""
    return _said_for(one, many, count) % {"count": number(count)}


def lazy_gettext(english: str, **values: object) -> LazyString:
    """The sentence in the language of whatever page will show it."""
    return LazyString(gettext, english, **values)


def _said(english: str) -> str:
    said: str = _words().gettext(english)
    return said


def _said_for(one: str, many: str, count: int) -> str:
    said: str = _words().ngettext(one, many, count)
    return said


def _words() -> NullTranslations:
    """The sentences of the page's language; kept, because a page asks a thousand times."""
    try:
        kept: NullTranslations = g.sentences
    except (AttributeError, RuntimeError):  # not asked yet, or there is no page
        locale = get_locale()
        kept = _catalogue(locale.language if locale else "en")
        if locale:
            g.sentences = kept
    return kept


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(Path(__file__).parent / "translations", [language])


def number(value: int | None) -> str:
    """Write 1234567 as 1.234.567."""
    return "" if value is None else f"{value:,}".replace(",", ".")


def day(value: date | None) -> str:
    """Write a day as dd/mm/yyyy."""
    return f"{value:%d/%m/%Y}" if value else ""


def moment(value: datetime | None) -> str:
    """Write an instant as dd/mm/yyyy HH:MM on the organ's clock."""
    return f"{_at_home(value):%d/%m/%Y %H:%M}" if value else ""


def hour(value: datetime | None) -> str:
    """Write HH:MM for today, the day for earlier ones."""
    if value is None:
        return ""
    local = _at_home(value)
    return f"{local:%H:%M}" if local.date() == _at_home(clock.now()).date() else f"{local:%d/%m/%Y}"


def moment_of(text: str | None) -> str:
    """The same for an instant that is kept as text among facts."""
    return moment(datetime.fromisoformat(text)) if text else ""


def day_of(text: str | None) -> str:
    """dd/mm/yyyy for a day, or an instant, that is kept as text among facts."""
    if not text:
        return ""
    if len(text) == 10:
        return day(date.fromisoformat(text))
    return day(_at_home(datetime.fromisoformat(text)).date())


def size(count: int | None) -> str:
    """Write 1,2 MB; in English 1.2 MB."""
    if count is None:
        return ""
    if count < 1024:
        return gettext("%(count)s bytes", count=number(count))
    value, unit = count / 1024, "KB"
    for unit in ("KB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1024
    said = f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return f"{said.replace('.', ',') if current_language() == 'vi' else said} {unit}"


def short_digest(digest: str) -> Markup:
    """The beginning of a digest, the whole of it on demand."""
    return Markup('<abbr class="font-monospace" title="{0}">{1}…</abbr>').format(
        digest, digest[:12]
    )


def _at_home(value: datetime) -> datetime:
    organ = g.get("organ")
    return value.astimezone(ZoneInfo(organ.zone if organ is not None else _ZONE))
