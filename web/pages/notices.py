"""The inbox: what one was told, each thing once; opened when looked at, acknowledged when said so.

It is the natural person's own, whomever they act for at the moment.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import notice_subjects, notices
from archive.life_models import Notice
from archive.notice_subjects import Subject
from web.auth import actor, reading, writing_of_oneself
from web.i18n import gettext
from web.lists import listed
from web.notice_words import headline, in_order, what_to_do

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("")
def page() -> str:
    """One's notices, those not opened yet first."""
    with reading() as rows:
        shown = listed(rows, notices.inbox(actor()))
        return render_template("notices/page.html", shown=shown, headline=_headline)


def _headline(notice: Notice) -> str:
    return headline(notice.kind, gettext)


@blueprint.get("/<int:number>")
def one(number: int) -> str:
    """One notice with its lines; looking at it is noted the first time."""
    with reading() as rows:
        found = notices.by_number(rows, actor(), number)
    if found.opened_at is None:
        with writing_of_oneself() as rows:
            notices.open_it(rows, notices.by_number(rows, actor(), number))
    with reading() as rows:
        return _page(rows, notices.by_number(rows, actor(), number))


def _page(rows: Session, notice: Notice) -> str:
    about = notice_subjects.subjects(rows, actor(), notice.items)
    lines = [(item, about[item.subject_type, item.subject_id]) for item in in_order(notice.items)]
    return render_template(
        "notices/one.html",
        notice=notice,
        headline=_headline(notice),
        what_to_do=what_to_do(notice.kind, gettext),
        lines=[(item, subject, _address(subject)) for item, subject in lines],
    )


def _address(subject: Subject) -> str:
    """The page of what a line is about; none where it does not open for the person."""
    if not subject.is_open:
        return ""
    if subject.kind == "case_file":
        return url_for("case_files.one", code=subject.code)
    if subject.kind == "document":
        return url_for("documents.page", code=subject.code)
    if subject.kind == "export_request":
        return url_for("rights.requests")
    if subject.kind == "saved_search":
        return url_for("saved_searches.look", number=int(subject.code))
    if subject.kind == "disposal":
        return url_for("disposals.one", code=subject.code)
    if subject.kind == "loan":
        return url_for("loans.page", only="overdue")
    if subject.kind == "intake":
        return url_for("receiving.page", tab="deciding") + f"#intake-{subject.code}"
    book, year, number = subject.code.rsplit("/", 2)
    return url_for("registers.one", book=book, year=int(year), number=int(number))


@blueprint.post("/<int:number>/known")
def acknowledge(number: int) -> BaseResponse:
    """Note that its reader says: I know (đã biết)."""
    with writing_of_oneself() as rows:
        found = notices.by_number(rows, actor(), number)
        notices.open_it(rows, found)
        notices.acknowledge(rows, found)
    flash(gettext("Noted that you know of it."), "success")
    return redirect(url_for("notices.page"))
