"""Case files: the list, one of them, opening one, and the tray of documents that are in none."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response as BaseResponse

from archive import (
    access,
    case_files,
    clock,
    closing,
    documents,
    papers,
    people,
)
from archive.access import Action, open_documents, require_filling, require_placing
from archive.errors import ArchiveError, Invalid, NotAllowed
from archive.fields import day_typed
from archive.life_models import AccessChange
from archive.models import CaseFile, Document, Person, Placement
from archive.reading import (
    known_and_readable,
    known_documents,
    places_of,
    seen_case_files,
    seen_documents,
    story_of,
    years_of_case_files,
)
from formats.vietnamese import nfc
from ingest.issuances import going_from
from ingest.models import Issuance
from retention.models import Appraisal
from web import case_file_view as view
from web.auth import (
    asker,
    here,
    may,
    reading,
    require,
    services,
    the_case_file,
    the_document,
    writing,
)
from web.errors import tell, words_of
from web.field_words import LEVELS, STAGES, case_file_fields
from web.i18n import gettext
from web.issue_words import STATE_NAMES
from web.lists import listed
from web.numbers import number_asked, number_in, require_at_most
from web.story_words import story

blueprint = Blueprint("case_files", __name__)
MOST_HOLDERS = 300
MOST_PLACED = 200
OFFERED = 200
MOST_GOING = 20


@blueprint.get("/case-files")
def page() -> str:
    """Case files by code or title, year and stage."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        seen = seen_case_files(rows, asker(), here())
        wanted = (
            select(CaseFile)
            .where(seen, *_filters(rows))
            .options(selectinload(CaseFile.holder))
            .order_by(CaseFile.year.desc(), CaseFile.id.desc())
        )
        found = listed(rows, wanted)
        return render_template(
            "case_files/page.html",
            shown=found,
            totals=case_files.totals(rows, [one.id for one in found.rows]),
            years=years_of_case_files(rows, asker(), here()),
            stages=STAGES,
            may_open=may(rows, Action.OPEN_CASE_FILE, here()),
            is_filtered=any(request.args.get(one) for one in ("q", "year", "stage", "only")),
        )


def _filters(rows: Session) -> list[ColumnElement[bool]]:
    """Every word must begin one of code or title, marks or not; an exact year and stage."""
    wanted = case_files.found_by(rows, request.args.get("q", ""))
    if year := number_asked("year"):
        wanted.append(CaseFile.year == year)
    if (stage := request.args.get("stage", "")) in STAGES:
        wanted.append(CaseFile.stage == stage)
    if request.args.get("only") == "access":
        asked = select(AccessChange.case_file_id).where(AccessChange.decided_at.is_(None))
        wanted.append(CaseFile.id.in_(asked))
    return wanted


@blueprint.route("/case-files/new", methods=["GET", "POST"])
def open_one() -> str | BaseResponse | tuple[str, int]:
    """Open a case file."""
    with reading() as rows:
        require(rows, Action.OPEN_CASE_FILE, here())
        holders = rows.scalars(
            select(Person)
            .where(Person.organ_id == here().id, Person.locked_from.is_(None))
            .order_by(Person.name_key)
            .limit(MOST_HOLDERS)
        ).all()
    told: dict[str, Any] = {
        "holders": holders,
        "levels": LEVELS,
        "given": request.form,
        "today": clock.today(here()),
    }
    if request.method != "POST":
        return render_template("case_files/open.html", **told)
    try:
        code = _open(request.form)
    except ArchiveError as error:
        return render_template("case_files/open.html", said=words_of(error), **told), 422
    flash(gettext("The case file %(code)s is open.", code=code), "success")
    return redirect(url_for("case_files.one", code=code))


def _open(form: Any) -> str:
    typed, holder = form.get("year", "").strip(), form.get("holder", "")
    year = number_in(typed)
    if typed and not (year and 1000 <= year <= 9999):
        raise Invalid("bad_value", field=gettext("Year"), value=typed)
    start = day_typed(form.get("start_date", ""))
    with writing() as rows:
        require(rows, Action.OPEN_CASE_FILE, here())
        case_file = case_files.open_one(
            rows,
            here(),
            form.get("notation", ""),
            form.get("title", ""),
            year=year,
            holder=_holder(rows, holder),
            maintenance=_term(form),
            start_date=start,
            creator=form.get("creator", ""),
            access_level=form.get("access_level", "organ"),
        )
        return case_file.code


def _term(form: Any) -> str:
    """How long it is kept: outside the plan, too, a case file begins with its term (Đ29.2)."""
    term = nfc(form.get("maintenance", "")).strip()
    if not term and form.get("title", "").strip() and form.get("notation", "").strip():
        raise Invalid("fields_missing", fields=["maintenance"])
    return term


def _holder(rows: Session, number: str) -> Person | None:
    if (row := number_in(number)) is None:
        return None
    holder = people.by_id(rows, row)
    if holder.organ_id != here().id:
        raise Invalid("other_organ")
    return holder


@blueprint.get("/case-files/<path:code>")
def one(code: str) -> str:
    """One case file: where it stands, what may be done, its documents in order, its story."""
    with reading() as rows:
        case_file = the_case_file(rows, code, Action.SEE_CASE_FILES)
        totals = case_files.totals(rows, [case_file.id], _visible()).get(case_file.id, (0, 0))
        found = listed(rows, _inside(case_file), total=totals[0])
        inside = [one.document for one in found.rows]
        gone = closing.taken_out(rows, case_file)
        named = [one.id for one in inside] + [one.document_id for one in gone]
        known, readable = known_and_readable(rows, asker(), named)
        return render_template(
            "case_files/one.html",
            case_file=case_file,
            fields=case_file_fields(case_file),
            stage=STAGES[case_file.stage],
            shown=found,
            readable=readable,
            taken_out=gone,
            known_gone=known,
            places=places_of(rows, asker(), inside),
            totals=totals,
            story=story(
                rows,
                story_of(
                    "case_file",
                    case_file.id,
                    placement=_places(case_file),
                    appraisal=select(Appraisal.id).where(Appraisal.case_file_id == case_file.id),
                ),
                of="case_file",
                before=number_asked("before"),
            ),
            may_receive=may(rows, Action.RECEIVE, case_file.organ),
            may_lend=may(rows, Action.LEND, case_file),
            may_see_retention=may(rows, Action.SEE_RETENTION, case_file),
            **_standing(rows, case_file),
        )


def _inside(case_file: CaseFile) -> Select[Placement]:
    return (
        select(Placement)
        .where(Placement.case_file_id == case_file.id, _visible())
        .options(joinedload(Placement.document, innerjoin=True).joinedload(Document.parts))
        .order_by(Placement.ordinal)
    )


def _visible() -> ColumnElement[bool]:
    """Places of documents of which the person may know at all: none is counted beside them."""
    return Placement.document.has(open_documents(asker()))


def _standing(rows: Session, case_file: CaseFile) -> dict[str, Any]:
    """Where it stands, what holds it, and what may be done with it."""
    standing = view.standing_of(rows, case_file)
    change = standing.change
    return {
        "level": LEVELS[case_file.access_level],
        "levels": LEVELS,
        "steps": view.steps_of(rows, case_file),
        "moves": view.moves_of(rows, case_file, standing),
        "dates": view.dates_of(rows, case_file),
        "submitted": view.submitted_in(rows, case_file),
        "handed": view.handed_in(rows, case_file),
        "may_see_submission": case_file.holder_id == asker().id
        or may(rows, Action.ACCEPT, case_file),
        "orders": standing.orders,
        "change": change,
        "asked_by": change.asked_by.full_name if change else "",
        "may_confirm": may(rows, Action.CONFIRM_ACCESS, case_file),
        "may_take_out": _may_fill(rows, case_file),
        "why_no_change": standing.why_no_change,
        "going_out": _going_out(rows, case_file),
        "states_of_going": STATE_NAMES,
        "papers": papers.of_case_file(rows, case_file),
        "paper_kinds": view.PAPER_KINDS,
        "paper_states": view.PAPER_STATES,
        "why_out": view.WHY_OUT,
    }


def _going_out(rows: Session, case_file: CaseFile) -> list[Issuance]:
    """What is being issued from it; once it takes nothing more, nothing is."""
    if not case_files.takes_documents(case_file):
        return []
    return going_from(rows, asker(), case_file.organ, case_file, MOST_GOING)


def _may_fill(rows: Session, case_file: CaseFile) -> bool:
    """Whether the person may put documents in and take them out now."""
    try:
        require_filling(rows, asker(), case_file)
    except NotAllowed:
        return False
    return case_files.takes_documents(case_file)


def _places(case_file: CaseFile) -> Select[int]:
    """The places of documents in it: the events of these tell how they came to stand there."""
    return select(Placement.id).where(Placement.case_file_id == case_file.id)


def _readable(rows: Session, found: Sequence[Document]) -> set[int]:
    """Those whose pages the person may see: the others get no thumbnail."""
    return known_documents(rows, asker(), [one.id for one in found], content=True)


@blueprint.get("/tray")
def tray() -> str:
    """Documents without a case file, and those that wait for a valid archival copy."""
    with reading() as rows:
        require(rows, Action.SEE_CASE_FILES, here())
        found = listed(
            rows,
            select(Document)
            .where(seen_documents(rows, asker(), here()), _kind_wanted())
            .options(selectinload(Document.parts))
            .order_by(Document.id.desc()),
        )
        return render_template(
            "case_files/tray.html",
            shown=found,
            readable=_readable(rows, found.rows),
            case_files=places_of(rows, asker(), found.rows),
            open_ones=open_ones(rows),
            may_place=may(rows, Action.PLACE, here()),
            only="mending" if _wants_mending() else "tray",
        )


def _wants_mending() -> bool:
    return request.args.get("only") == "mending"


def _kind_wanted() -> ColumnElement[bool]:
    if _wants_mending():
        return Document.mending.is_not(None)
    return Document.is_filed.is_(False)


def open_ones(rows: Session) -> Sequence[Row[str, str]]:
    """Case files that documents may be placed in, newest first, by code and title: some of them.

    The code of any other may be typed as well.
    """
    seen = seen_case_files(rows, asker(), here())
    takes = CaseFile.stage.in_(case_files.TAKING)
    if not access.roles_of(asker(), here().id) & access.FILLS_FOR_ALL:  # only its holder fills it
        seen = and_(seen, or_(CaseFile.holder_id == asker().id, CaseFile.holder_id.is_(None)))
    offered = select(CaseFile.code, CaseFile.title).where(seen, takes)
    return rows.execute(offered.order_by(CaseFile.id.desc()).limit(OFFERED)).all()


@blueprint.post("/tray")
def place() -> BaseResponse:
    """Place one or several documents into a case file, all of them or none."""
    codes = request.form.getlist("document")
    try:
        require_at_most(MOST_PLACED, codes)
        if not codes:
            raise Invalid("nothing_chosen")
        code = place_all(codes, request.form.get("case_file", ""))
    except ArchiveError as error:
        tell(error)
        return redirect(url_for("case_files.tray"))
    services().bell.set()
    flash(
        gettext("Placed in case file %(code)s: %(count)s.", code=code, count=len(codes)), "success"
    )
    return redirect(url_for("case_files.one", code=code))


def place_all(codes: list[str], case_file_code: str) -> str:
    """Place these documents into the case file, all of them or none; its code.

    Raises:
        NotFound, NotAllowed: of one of them, or of the case file.
        Conflict: `already_placed`, `case_file_is_final`.
    """
    with writing() as rows:
        case_file = the_case_file(rows, case_file_code, Action.PLACE)
        for code in codes:
            document = the_document(rows, code, Action.PLACE)
            require_placing(rows, asker(), document, case_file)
            documents.place(rows, document, case_file)
        return case_file.code
