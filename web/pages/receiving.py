"""Receiving: drop files, watch them on their road, decide about those that wait."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from archive import access, case_files
from archive.access import Action
from archive.errors import ArchiveError, Invalid
from archive.models import Document
from archive.reading import seen_documents
from formats.vietnamese import nfc
from ingest import decisions
from ingest.models import Intake
from ingest.reception import Receipt, Sending, receive
from web import pictures, road_words
from web.auth import (
    asker,
    confirm_password,
    here,
    may,
    reading,
    require,
    services,
    telling,
    writing,
)
from web.error_words import MEGABYTE
from web.errors import tell, wants_json, words_of
from web.field_words import DIRECTIONS
from web.i18n import gettext
from web.lists import Listed, listed
from web.pages.case_files import open_ones
from web.road_words import IntakeShown
from web.security import allow_upload

blueprint = Blueprint("receiving", __name__, url_prefix="/receiving")
FIELDS = (
    "type_name",
    "code_number",
    "code_notation",
    "issued_date",
    "organ_name",
    "subject",
    "direction",
)
TABS: dict[str, tuple[str, ...]] = {
    "all": ("received", "waiting", "stuck", "refused", "shelved", "discarded"),
    "moving": ("received",),
    "deciding": ("waiting", "stuck"),
    "refused": ("refused", "discarded"),
    "shelved": ("shelved",),
}
TAKES_FILES = {  # forms that may carry large files, and who may send them
    "receiving.send": Action.RECEIVE,
    "registering.new": Action.REGISTER,
    "registering.attach": Action.REGISTER,
    "issuing.prepare": Action.PREPARE_ISSUE,
    "issuing.take_signed": Action.PREPARE_ISSUE,
}
SEES_ALL = frozenset({"administrator", "archivist", "head", "clerk"})


@blueprint.get("")
def page() -> str:
    """The form, and what is on the road."""
    with reading() as rows:
        require(rows, Action.SEE_INTAKES, here())
        return render_template(
            "receiving/page.html",
            may_receive=may(rows, Action.RECEIVE, here()),
            case_files=open_ones(rows),
            directions=DIRECTIONS,
            limit=services().settings.upload_megabytes,
            **_road(rows),
        )


@blueprint.get("/road")
def road() -> Response:
    """The list alone, for the script that looks every few seconds."""
    with reading() as rows:
        require(rows, Action.SEE_INTAKES, here())
        return Response(render_template("receiving/road.html", **_road(rows)), mimetype="text/html")


def my_intakes(rows: Session, *, only_mine: bool = False) -> list[ColumnElement[bool]]:
    """The received files that the person may see: an officer's own, an archivist's organ's."""
    own = Intake.received_by_id == asker().id
    sees_all = bool(access.roles_of(asker(), here().id) & SEES_ALL)
    return [Intake.organ_id == here().id, *([own] if only_mine or not sees_all else [])]


def waiting_shown(rows: Session, most: int) -> list[IntakeShown]:
    """The files that wait longest for somebody to decide."""
    found = rows.scalars(
        select(Intake)
        .where(*my_intakes(rows), Intake.state.in_(TABS["deciding"]))
        .options(selectinload(Intake.organ))
        .order_by(Intake.id)
        .limit(most)
    )
    return _shown(rows, found)


def _road(rows: Session) -> dict[str, Any]:
    tab = request.args.get("tab", "all")
    tab = tab if tab in TABS else "all"
    only_mine = request.args.get("whose") == "mine"
    mine = my_intakes(rows, only_mine=only_mine)
    wanted = (
        select(Intake)
        .where(*mine, Intake.state.in_(TABS[tab]))
        .options(
            selectinload(Intake.organ),
            selectinload(Intake.document),
            selectinload(Intake.case_file),
            selectinload(Intake.received_by),
        )
        .order_by(Intake.id.desc())
    )
    found = listed(rows, wanted)
    return {
        "shown": Listed(_shown(rows, found.rows), found.total, found.page),
        "counts": _counts(rows, mine),
        "open_documents": _seen(rows, found.rows),
        "tab": tab,
        "whose": "mine" if only_mine else "all",
        "may_look": may(rows, Action.DECIDE_SECRET, here()),
        "may_see_all": bool(access.roles_of(asker(), here().id) & SEES_ALL),
    }


def _shown(rows: Session, intakes: Any) -> list[IntakeShown]:
    may_decide = may(rows, Action.DECIDE_INTAKE, here())
    may_decide_secret = may(rows, Action.DECIDE_SECRET, here())
    return [
        road_words.shown(one, may_decide=may_decide, may_decide_secret=may_decide_secret)
        for one in intakes
    ]


def _counts(rows: Session, mine: list[ColumnElement[bool]]) -> dict[str, int]:
    found = rows.execute(select(Intake.state, func.count()).where(*mine).group_by(Intake.state))
    by_state: dict[str, int] = {state: count for state, count in found}
    return {tab: sum(by_state.get(one, 0) for one in states) for tab, states in TABS.items()}


def _seen(rows: Session, intakes: Any) -> set[int]:
    """Which of their documents the person may open; names of the others lead nowhere."""
    numbers = [one.document_id for one in intakes if one.document_id is not None]
    if not numbers:
        return set()
    seen = seen_documents(rows, asker(), here())
    return set(rows.scalars(select(Document.id).where(Document.id.in_(numbers), seen)))


# Sending ------------------------------------------------------------------------------------------


def take_files() -> None:
    """Let in a large body only from who may hand in files; before anybody reads the form."""
    action = TAKES_FILES.get(request.endpoint or "")
    if action is None or g.get("person") is None:
        return
    with reading() as rows:
        if may(rows, action, here()):
            allow_upload(services().settings)


@blueprint.post("")
def send() -> BaseResponse | tuple[Response, int]:
    """Take in every file that was sent; one that is turned away holds up none of the others."""
    with reading() as rows:
        require(rows, Action.RECEIVE, here())
    try:
        case_file_id = _case_file_wanted()
    except ArchiveError as error:
        return _turned_away([error])
    files = [one for one in request.files.getlist("files") if one.filename]
    if not files:
        return _turned_away([Invalid("nothing_chosen")])
    taken = [_take(one, case_file_id) for one in files]
    services().bell.set()
    if wants_json():
        return _as_json(taken)
    for one, file in zip(taken, files, strict=True):
        _flash(one, file.filename or "")
    return redirect(url_for("receiving.page") + "#road")


def _case_file_wanted() -> int | None:
    code = request.form.get("case_file", "").strip()
    if not code:
        return None
    with reading() as rows:
        case_file = case_files.by_code(rows, code)
        require(rows, Action.PLACE, case_file)
        return case_file.id


def _take(file: FileStorage, case_file_id: int | None) -> Receipt | ArchiveError:
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    sending = Sending(
        name=nfc((file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]),
        fields={name: value for name, value in given.items() if value},
        case_file_id=case_file_id,
        again=request.form.get("again") == "yes",
    )
    try:
        return _received(file, sending)
    except ArchiveError as error:
        return error


def _received(file: FileStorage, sending: Sending) -> Receipt:
    with telling():
        return receive(
            services().db,
            services().files,
            file.stream,
            sending,
            organ_id=here().id,
            by=asker(),
            door="web",
            limit=services().settings.upload_megabytes * MEGABYTE,
        )


def _turned_away(errors: list[ArchiveError]) -> BaseResponse | tuple[Response, int]:
    if wants_json():
        return _as_json(list(errors))
    for one in errors:
        tell(one)
    return redirect(url_for("receiving.page"))


def _as_json(taken: list[Any]) -> tuple[Response, int]:
    """For the script: of each file whether it is in, or why not."""
    told = [_one_as_json(one) for one in taken]
    failed = all(isinstance(one, ArchiveError) for one in taken)
    return jsonify(files=told), 422 if failed else 200


def _one_as_json(one: Any) -> dict[str, Any]:
    if isinstance(one, ArchiveError):
        return {"code": one.code, **asdict(words_of(one))}
    return {"intake": one.intake_id, "is_new": one.is_new, "state": one.state, "what": _known(one)}


def _flash(one: Receipt | ArchiveError, name: str) -> None:
    if isinstance(one, ArchiveError):
        flash(f"{name}: {words_of(one).line}", "danger")
    elif one.is_new:
        flash(gettext("%(name)s is stored; it goes on by itself.", name=one.name), "success")
    else:
        flash(f"{name}: {_known(one)}", "warning")


def _known(receipt: Receipt) -> str:
    if receipt.is_new:
        return gettext("Stored. It goes on by itself.")
    return gettext(
        "The same bytes are here already (received file %(number)s); no second one was made.",
        number=receipt.intake_id,
    )


# Deciding -----------------------------------------------------------------------------------------


def _again(rows: Session, intake: Intake, why: str) -> None:
    decisions.try_again(rows, intake)


def _clear(rows: Session, intake: Intake, why: str) -> None:
    decisions.clear_suspicion(rows, services().workshop, intake, why)


def _confirm(rows: Session, intake: Intake, why: str) -> None:
    decisions.confirm_secret(rows, services().workshop, intake, why)


def _discard(rows: Session, intake: Intake, why: str) -> None:
    decisions.discard(rows, services().workshop, intake, why)


DECISIONS: dict[str, tuple[Action, Callable[[Session, Intake, str], None]]] = {
    "again": (Action.DECIDE_INTAKE, _again),
    "keep": (Action.DECIDE_INTAKE, decisions.keep_as_received),
    "discard": (Action.DECIDE_INTAKE, _discard),
    "clear": (Action.DECIDE_SECRET, _clear),
    "confirm": (Action.DECIDE_SECRET, _confirm),
}
GRAVE = frozenset({"discard", "confirm"})


@blueprint.get("/<int:number>/look")
def look(number: int) -> Response:
    """The page under suspicion, for who decides about secrets; told, and cached by nobody."""
    with writing() as rows:
        intake = decisions.by_id(rows, number)
        require(rows, Action.DECIDE_SECRET, intake.organ)
        decisions.look(rows, intake)
    drawn = Response(pictures.suspected(services(), intake), mimetype=pictures.MIME)
    drawn.headers["Cache-Control"] = "no-store"
    return drawn


@blueprint.post("/<int:number>/<any(again, keep, discard, clear, confirm):verb>")
def decide(number: int, verb: str) -> BaseResponse:
    """What a person decides about a file that waits; grave steps ask for the password again."""
    action, decision = DECISIONS[verb]
    try:
        if verb in GRAVE:
            confirm_password(request.form.get("password", ""))
        with writing() as rows:
            intake = decisions.by_id(rows, number)
            require(rows, action, intake.organ)
            decision(rows, intake, request.form.get("why", ""))
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(gettext("Done. It stands in the story of the file."), "success")
    return redirect(url_for("receiving.page") + f"#intake-{number}")
