"""The fonds of an organ, and who keeps them: custody passes to a successor by one act."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from archive import custody
from archive.access import Action
from archive.errors import ArchiveError, Invalid, NotFound
from archive.models import CaseFile, Organ
from formats.vietnamese import sort_key
from web.auth import confirm_password, here, may, reading, require, services, writing
from web.errors import tell
from web.i18n import gettext
from web.numbers import number_in

blueprint = Blueprint("custody", __name__, url_prefix="/fonds")


@blueprint.get("")
def page() -> str:
    """The organ's own fonds and those it keeps for others."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        found = custody.fonds_of(rows, here())
        counted = (
            select(CaseFile.fonds_id, func.count())
            .where(CaseFile.fonds_id.in_([one.id for one in found]))
            .group_by(CaseFile.fonds_id)
        )
        return render_template(
            "custody/page.html",
            found=found,
            counts={fonds: count for fonds, count in rows.execute(counted)},
            organs={
                one.id: one
                for one in sorted(rows.scalars(select(Organ)), key=lambda one: sort_key(one.name))
            },
            keepers={one.id: custody.keeper_of(one) for one in found},
            passable={one.id for one in found if may(rows, Action.TRANSFER, one.organ)},
        )


@blueprint.post("/<int:number>/pass-on")
def pass_on(number: int) -> BaseResponse:
    """Pass all of it into the keeping of another organ; the password is asked again."""
    form = request.form
    with reading() as rows:
        fonds = custody.by_number(rows, number)
        if fonds not in custody.fonds_of(rows, here()):
            raise NotFound("no_such_thing")
        require(rows, Action.TRANSFER, fonds.organ)
    try:
        confirm_password(form.get("password", ""))
        with writing() as rows:
            fonds = custody.by_number(rows, number)
            require(rows, Action.TRANSFER, fonds.organ)
            to = rows.get(Organ, number_in(form.get("to", "")) or 0)
            if to is None:
                raise Invalid("nothing_chosen")
            reason, decision = form.get("reason", ""), form.get("decision", "")
            count = custody.pass_on(rows, fonds, to, reason, decision=decision)
            done = gettext(
                "%(name)s keeps it now. Case files: %(count)s.", name=to.name, count=count
            )
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(done, "success")
    return redirect(url_for("custody.page"))
