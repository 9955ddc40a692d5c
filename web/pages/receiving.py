"""Receiving: drop files, watch them on their road, decide about those that wait."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
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
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from archive import alarms
from archive.access import Action
from archive.database import in_words
from archive.errors import ArchiveError, Invalid, NotFound
from archive.reading import known_case_files, known_documents
from formats.vietnamese import nfc
from ingest import decisions, shelving, twins
from ingest.intakes import names_hidden, seen_intakes, sees_all, the_intake
from ingest.models import IS_UNDER_WAY, Intake
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
    the_case_file,
    writing,
)
from web.error_words import MEGABYTE
from web.errors import tell, wants_json, words_of
from web.field_words import DIRECTIONS
from web.i18n import gettext
from web.lists import counts, listed
from web.pages.alarms import tell_twins
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


def waiting_shown(rows: Session, most: int) -> list[IntakeShown]:
    """The files that wait longest for somebody to decide."""
    found = rows.scalars(
        select(Intake)
        .where(*seen_intakes(rows, asker(), here()), *in_states(TABS["deciding"]))
        .options(selectinload(Intake.organ))
        .order_by(Intake.id)
        .limit(most)
    )
    return _shown(rows, found)


def _road(rows: Session) -> dict[str, Any]:
    tab = request.args.get("tab", "all")
    tab = tab if tab in TABS else "all"
    only_mine = request.args.get("whose") == "mine"
    mine = seen_intakes(rows, asker(), here(), only_own=only_mine)
    wanted = (
        select(Intake)
        .where(*mine, *in_states(TABS[tab]))
        .options(
            selectinload(Intake.organ),
            selectinload(Intake.document),
            selectinload(Intake.case_file),
            selectinload(Intake.received_by),
        )
        .order_by(Intake.id.desc())
    )
    found = listed(rows, wanted)
    may_look = may(rows, Action.DECIDE_SECRET, here())
    return {
        "shown": found.showing(_shown(rows, found.rows)),
        "counts": counts(
            rows,
            {name: select(Intake).where(*mine, *in_states(of)) for name, of in TABS.items()},
        ),
        "open_documents": known_documents(
            rows, asker(), [one.document_id for one in found.rows if one.document_id]
        ),
        "hidden": names_hidden(rows, asker(), found.rows),
        "known_case_files": known_case_files(
            rows, asker(), [one.case_file_id for one in found.rows if one.case_file_id]
        ),
        "tab": tab,
        "whose": "mine" if only_mine else "all",
        "may_look": may_look,
        "suspected": alarms.suspected(rows, here()) if may_look else [],
        "may_see_all": sees_all(asker(), here()),
    }


def _shown(rows: Session, intakes: Any) -> list[IntakeShown]:
    may_decide = may(rows, Action.DECIDE_INTAKE, here())
    may_decide_secret = may(rows, Action.DECIDE_SECRET, here())
    return [
        road_words.shown(one, may_decide=may_decide, may_decide_secret=may_decide_secret)
        for one in intakes
    ]


def in_states(states: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """In one of these states; of all nothing is asked."""
    if states == TABS["all"]:
        return []
    found: list[ColumnElement[bool]] = [Intake.state.in_(states)]
    if set(states) <= set(TABS["moving"] + TABS["deciding"]):  # few, with an index of their own
        found.append(in_words(Intake, IS_UNDER_WAY))
    return found


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
        return the_case_file(rows, code, Action.PLACE).id


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
    found = decisions.confirm_secret(rows, services().workshop, intake, why)
    tell_twins(found, here())


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
        intake = the_intake(rows, asker(), here(), number, Action.DECIDE_SECRET)
        decisions.look(rows, intake)
    drawn = Response(pictures.suspected(services(), intake), mimetype=pictures.MIME)
    drawn.headers["Cache-Control"] = "no-store"
    return drawn


def _prepared(verb: str, number: int) -> AbstractContextManager[None]:
    """What takes long is done before the transaction, for who may: bytes leave the quarantine.

    Where a secret is confirmed, the same bytes on the road are copied there.
    """
    if verb == "confirm":
        with reading() as rows:
            if not may(rows, Action.DECIDE_SECRET, here()):
                return nullcontext()
            same_bytes = twins.digests_with(rows, number)
        return twins.copied_apart(services().db.engine, services().workshop, same_bytes)
    if verb != "clear":
        return nullcontext()
    with reading() as rows:
        apart = (Intake.id == number, Intake.organ_id == here().id, Intake.is_quarantined)
        digest = rows.scalar(select(Intake.digest).where(*apart, Intake.state == "waiting"))
        if digest is None or not may(rows, Action.DECIDE_SECRET, here()):
            return nullcontext()
    return shelving.copied_back(services().db.engine, services().workshop, digest)


@blueprint.post("/<int:number>/<any(again, keep, discard, clear, confirm):verb>")
def decide(number: int, verb: str) -> BaseResponse:
    """What a person decides about a file that waits; grave steps ask for the password again."""
    action, decision = DECISIONS[verb]
    try:
        if verb in GRAVE:
            confirm_password(request.form.get("password", ""))
        with _prepared(verb, number), writing() as rows:
            intake = the_intake(rows, asker(), here(), number, action)
            decision(rows, intake, request.form.get("why", ""))
    except NotFound:
        raise
    except ArchiveError as error:
        tell(error)
    else:
        services().bell.set()
        flash(gettext("Done. It stands in the story of the file."), "success")
    return redirect(url_for("receiving.page") + f"#intake-{number}")
