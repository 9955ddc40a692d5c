"""A received file on its road, as people see it: its steps, why it waits, what may be done."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from archive import clock
from ingest.decisions import REST
from ingest.models import Intake
from ingest.pipeline import ROAD
from ingest.steps import SUSPICIOUS
from web.error_words import Said
from web.errors import words_for
from web.i18n import day, gettext
from web.i18n import lazy_gettext as _l

STEPS = {
    "identify": _l("Identify"),
    "check_for_viruses": _l("Scan for viruses"),
    "check_signatures": _l("Check signatures"),
    "read_text": _l("Read text"),
    "admit": _l("Admit"),
    "make_pdfa": _l("Make PDF/A"),
    "seal": _l("Seal"),
    "validate": _l("Validate PDF/A"),
}
STATES = {
    "received": _l("On the road"),
    "waiting": _l("Waiting for a person"),
    "stuck": _l("Stuck"),
    "refused": _l("Refused"),
    "shelved": _l("Shelved"),
    "discarded": _l("Discarded"),
}
COLOURS = {
    "received": "info",
    "waiting": "warning",
    "stuck": "danger",
    "refused": "danger",
    "shelved": "success",
    "discarded": "secondary",
}
PROGRAMS = frozenset(
    {"program_missing", "font_missing", "scanner_silent", "scanner_answer_unknown"}
)


@dataclass(frozen=True)
class StepShown:
    """One step of the line: done, here, or to come."""

    name: str
    state: str  # done | here | halted | ahead
    state_name: str
    progress: str = ""


@dataclass(frozen=True)
class Choice:
    """Something that a person may decide about a file, or why not."""

    name: str
    verb: str  # the last part of its address
    icon: str
    explains: str
    needs_reason: bool = True
    needs_password: bool = False
    is_grave: bool = False
    why_not: str = ""


@dataclass(frozen=True)
class IntakeShown:
    """One line of the list of received files."""

    row: Intake
    state: str
    colour: str
    steps: tuple[StepShown, ...]
    here: int
    said: Said | None
    choices: tuple[Choice, ...]

    @property
    def is_moving(self) -> bool:
        """Whether it may change by itself."""
        return self.row.state == "received" or self.row.reason in PROGRAMS


def shown(intake: Intake, *, may_decide: bool, may_decide_secret: bool) -> IntakeShown:
    """An intake with all that its line says."""
    here = _position(intake)
    return IntakeShown(
        row=intake,
        state=str(_state_name(intake)),
        colour=_colour(intake),
        steps=tuple(_step(intake, number, here) for number in range(len(ROAD))),
        here=here,
        said=_said(intake),
        choices=_choices(intake, may_decide, may_decide_secret),
    )


def _state_name(intake: Intake) -> Any:
    if intake.state == "waiting" and intake.reason in PROGRAMS:
        return _l("Waiting for a program")
    if intake.state == "shelved" and intake.reason:
        return _l("Shelved, to be mended")
    return STATES[intake.state]


def _colour(intake: Intake) -> str:
    return "warning" if intake.state == "shelved" and intake.reason else COLOURS[intake.state]


def _position(intake: Intake) -> int:
    """Number of the step at which it is; beyond the last when the road is behind it."""
    names = [one.name for one in ROAD]
    if intake.state == "shelved":
        return len(ROAD)
    return names.index(intake.next_step) if intake.next_step in names else 0


def _step(intake: Intake, number: int, here: int) -> StepShown:
    name = ROAD[number].name
    said = str(STEPS[name])
    if number < here:
        return StepShown(said, "done", gettext("done"))
    if number > here:
        return StepShown(said, "ahead", gettext("to come"))
    if intake.state != "received":
        return StepShown(said, "halted", gettext("halted here"))
    return StepShown(said, "here", gettext("now"), _progress(intake, name))


def _progress(intake: Intake, step: str) -> str:
    told = intake.progress or {}
    if told.get("step") != step or not told.get("total"):
        return ""
    return gettext("page %(done)s of %(total)s", done=told["done"], total=told["total"])


def _said(intake: Intake) -> Said | None:
    """Why it does not go on, or, while it tries again, when."""
    if intake.state == "received":
        if intake.trouble and intake.try_after is not None and intake.try_after > clock.now():
            minutes = max(1, round((intake.try_after - clock.now()) / timedelta(minutes=1)))
            return Said(
                gettext("The step failed; it is tried again in %(count)s min.", count=minutes),
                gettext("Nothing is lost. After five tries a person is asked."),
            )
        return None
    return words_for(intake.reason, intake.details) if intake.reason else None


def _choices(intake: Intake, may_decide: bool, may_decide_secret: bool) -> tuple[Choice, ...]:
    if intake.state == "waiting" and intake.reason == SUSPICIOUS:
        return _about_secrets(may_decide_secret)
    if intake.state not in ("waiting", "stuck", "refused"):
        return ()
    no = "" if may_decide else gettext("An archivist decides this.")
    choices = []
    if intake.state in ("waiting", "stuck"):
        choices.append(_again(no))
        if intake.reason not in PROGRAMS:
            choices.append(_keep(no))
    choices.append(_discard(intake, no))
    return tuple(choices)


def _again(no: str) -> Choice:
    return Choice(
        name=gettext("Try again"),
        verb="again",
        icon="arrow-clockwise",
        explains=gettext("The file goes on from the step at which it stopped."),
        needs_reason=False,
        why_not=no,
    )


def _keep(no: str) -> Choice:
    return Choice(
        name=gettext("Keep as received"),
        verb="keep",
        icon="box-seam",
        explains=gettext(
            "It becomes a document without an archival copy and stands in the list of documents to "
            "be mended. The original stays as it is."
        ),
        why_not=no,
    )


def _discard(intake: Intake, no: str) -> Choice:
    from_on = clock.day_of(intake.received_at + REST, intake.organ)
    rests = intake.mends_part_id is None and clock.today(intake.organ) < from_on
    if not no and rests:
        no = gettext(
            "A file rests for 30 days first: possible from %(from_on)s.", from_on=day(from_on)
        )
    return Choice(
        name=gettext("Discard"),
        verb="discard",
        icon="trash3",
        explains=gettext(
            "The bytes of this one file are removed for good. Its number, its day and your reason "
            "stay in the story."
        ),
        needs_password=True,
        is_grave=True,
        why_not=no,
    )


def _about_secrets(may_decide: bool) -> tuple[Choice, ...]:
    no = "" if may_decide else gettext("Only who decides on secrets may do this.")
    return (
        Choice(
            name=gettext("No secret: let it go on"),
            verb="clear",
            icon="check2-circle",
            explains=gettext("The file leaves the quarantine and goes on along the road."),
            why_not=no,
        ),
        Choice(
            name=gettext("It is a secret: empty the quarantine"),
            verb="confirm",
            icon="shield-exclamation",
            explains=gettext(
                "The bytes of this one file are removed for good. Its number, its day and your "
                "reason stay in the story. Handle the paper as the rules on state secrets say."
            ),
            needs_password=True,
            is_grave=True,
            why_not=no,
        ),
    )
