"""Filed copies and case files that are lent: who has what until when, lending, taking back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive import accounts, clock, loans, people
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.models import Person
from archive.reading import known_case_files, known_documents
from archive.use_models import Loan
from web.auth import asker, here, may, reading, require, writing
from web.errors import status_of, tell, words_of
from web.i18n import gettext
from web.lists import listed
from web.numbers import number_in
from web.pages.people import day_in

blueprint = Blueprint("loans", __name__, url_prefix="/loans")
MOST_OFFERED = 500


@blueprint.route("", methods=["GET", "POST"])
def page() -> str | BaseResponse | tuple[str, int]:
    """What is out; all of it for who lends, one's own for everybody else."""
    if request.method != "POST":
        return _page()
    try:
        with writing() as rows:
            code = _lend(rows)
    except NotFound as error:
        if error.code != "no_such_loan_thing":
            raise
        return _page(said=words_of(error), given=request.form), 422
    except ArchiveError as error:
        if error.code == "not_allowed":
            raise
        return _page(said=words_of(error), given=request.form), status_of(error)
    flash(gettext("%(code)s is lent.", code=code), "success")
    return redirect(url_for("loans.page"))


def _lend(rows: Session) -> str:
    form = request.form
    require(rows, Action.LEND, here())
    thing = loans.named(rows, asker(), form.get("thing", ""), Action.LEND)
    made = loans.lend(
        rows,
        thing,
        asker(),
        to=_borrower(rows, form.get("to", "")),
        name=form.get("name", ""),
        purpose=form.get("purpose", ""),
        approved_by=form.get("approved_by", ""),
        from_on=day_in(form, "from_on"),
        until_on=day_in(form, "until_on"),
        note=form.get("note", ""),
    )
    return loans.thing_of(rows, made).code


def _borrower(rows: Session, number: str) -> Person | None:
    if (found := number_in(number)) is None:
        return None
    known = select(Person.id).where(Person.id == found, accounts.of_organ(here()))
    if rows.scalar(known) is None:
        raise Invalid("borrower_missing")
    return people.by_id(rows, found)


@blueprint.post("/<int:number>/back")
def back(number: int) -> BaseResponse:
    """It is back."""
    try:
        with writing() as rows:
            require(rows, Action.LEND, here())
            loan = loans.by_number(rows, here(), number)
            loans.take_back(rows, loan, asker(), day_in(request.form, "on"))
            code = loans.thing_of(rows, loan).code
    except NotFound:
        raise
    except ArchiveError as error:
        if error.code == "not_allowed":
            raise
        tell(error)
    else:
        flash(gettext("%(code)s is back.", code=code), "success")
    return redirect(url_for("loans.page", page=request.args.get("page")))


def _page(**told: Any) -> str:
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        may_lend = may(rows, Action.LEND, here())
        wanted = loans.loans_of(here(), borrower=None if may_lend else asker())
        wanted = wanted.where(loans.open_to(asker()))
        if request.args.get("only") == "overdue":
            wanted = wanted.where(loans.overdue(here().id, clock.today(here())))
        found = listed(rows, wanted)
        return render_template(
            "loans/page.html",
            shown=found,
            known=_known(rows, list(found.rows)),
            may_lend=may_lend,
            staff=_staff(rows) if may_lend else [],
            approvers=_approvers(rows) if may_lend else [],
            today=clock.today(here()),
            thing=request.args.get("thing", ""),
            **{"given": {}, **told},
        )


def _known(rows: Session, found: list[Loan]) -> set[int]:
    """The loans whose thing the person may know by its title."""
    files = known_case_files(rows, asker(), [one.case_file_id for one in found if one.case_file_id])
    papers = known_documents(rows, asker(), [one.document_id for one in found if one.document_id])
    return {one.id for one in found if one.case_file_id in files or one.document_id in papers}


def _staff(rows: Session) -> list[Person]:
    wanted = select(Person).where(accounts.of_organ(here()), Person.locked_from.is_(None))
    return list(rows.scalars(wanted.order_by(Person.full_name).limit(MOST_OFFERED)))


def _approvers(rows: Session) -> list[str]:
    """Who allowed something here before: most names are among them."""
    wanted = select(Loan.approved_by).where(Loan.organ_id == here().id).distinct()
    return list(rows.scalars(wanted.order_by(Loan.approved_by).limit(50)))
