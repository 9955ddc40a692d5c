"""The drafts of the schedule one by one, quickly, by keyboard: each is approved by an act."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from archive import clock
from archive.access import Action
from archive.errors import Invalid
from archive.fields import day_typed
from retention import schedule
from retention.models import RetentionRule
from retention.schedule import DRAFT
from web.auth import here, may, reading, require
from web.i18n import day
from web.numbers import number_asked
from web.pages.schedule import why_not_approve

blueprint = Blueprint("schedule_approving", __name__, url_prefix="/retention/schedule/approving")


@blueprint.get("")
def page() -> str:
    """The next draft after the one that was looked at, with the version it would follow."""
    with reading() as rows:
        require(rows, Action.APPROVE_SCHEDULE, here())
        drafts = schedule.rules_of(rows, here(), RetentionRule.state == DRAFT)
        rule = _next(rows, drafts)
        earlier = schedule.versions(rows, here(), rule.number)[1:] if rule is not None else []
        return render_template(
            "retention/approving.html",
            rule=rule,
            earlier=next(iter(earlier), None),
            place=drafts.index(rule) + 1 if rule is not None else 0,
            total=len(drafts),
            first=_first(),
            why_not=why_not_approve(rows, rule) if rule is not None else "",
            may_manage=may(rows, Action.MANAGE_SCHEDULE, here()),
        )


def _next(rows: Session, drafts: list[RetentionRule]) -> RetentionRule | None:
    """The one behind it in the order of numbers, also where that one is a draft no longer."""
    after = number_asked("after")
    if after is None:
        return drafts[0] if drafts else None
    seen = rows.get(RetentionRule, after)
    if seen is None or seen.organ_id != here().id:
        return drafts[0] if drafts else None
    key = schedule.number_key(seen.number)
    return next((one for one in drafts if schedule.number_key(one.number) > key), None)


def _first() -> str:
    """The first day as it was typed last; today where none was."""
    try:
        typed = day_typed(request.args.get("first", ""))
    except Invalid:
        typed = None
    return day(typed or clock.today(here()))
