"""The story in sentences: who did what, when, through which door, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.models import Event, EventWords, Person
from web.errors import words_for
from web.field_words import LEVELS, names_by_column, readable
from web.i18n import gettext, size
from web.print_words import SENTENCES as OF_PRINTING
from web.right_words import ROLE_NAMES
from web.road_words import STEPS
from web.submission_words import ICONS_OF_SUBMISSION, OF_SUBMISSION

READING = (
    "document.open",
    "document.describe",
    "document.download",
    "document.print",
    "document.export",
    "document.read_with_reason",
    "document.inspect",
)
SENTENCES: dict[str, Any] = {
    **OF_PRINTING,
    **OF_SUBMISSION,
    "document.shelve": _l("shelved the document"),
    "document.place": _l("placed it in case file %(case_file)s"),
    "document.correct": _l("corrected its data"),
    "document.open": _l("opened the document"),
    "document.describe": _l("looked at its description"),
    "document.download": _l("downloaded %(rendition)s"),
    "document.print": _l("printed its pages"),
    "document.export": _l("exported %(rendition)s"),
    "document.read_with_reason": _l("was let read for 8 hours, for a reason"),
    "document.inspect": _l("was let inspect it for 8 hours, for a reason"),
    "document.grant": _l("let %(person)s read it"),
    "document.end_grant": _l("ended the grant of %(person)s"),
    "document.verify": _l("verified it"),
    "case_file.grant": _l("let %(person)s read it"),
    "case_file.end_grant": _l("ended the grant of %(person)s"),
    "case_file.reassign": _l("gave it from %(from)s to %(to)s"),
    "case_file.close": _l("closed it"),
    "case_file.reopen": _l("opened it again"),
    "case_file.renumber": _l("numbered its documents anew"),
    "case_file.take_out": _l("took %(document)s out"),
    "case_file.ask_access": _l("asked that others may read it: %(from_level)s → %(to_level)s"),
    "case_file.confirm_access": _l("confirmed who may read it: %(to_level)s"),
    "case_file.refuse_access": _l("refused the change; who may read it: %(from_level)s"),
    "case_file.add_paper": _l("noted what is on paper"),
    "case_file.change_paper": _l("changed what is noted of its paper"),
    "document.add_paper": _l("noted what is on paper"),
    "document.change_paper": _l("changed what is noted of its paper"),
    "document.unlink": _l("took away the link with %(to)s"),
    "document.recall": _l("recalled it"),
    "document.tell_recall": _l("told the sender of the recall"),
    "freeze_order.place": _l("froze it by order %(number)s"),
    "freeze_order.lift": _l("lifted the order"),
    "fonds.pass_on": _l("passed the fonds from %(from)s to %(to)s"),
    "person.add": _l("made the account"),
    "person.appoint": _l("wrote down the decision of appointment"),
    "person.change": _l("changed name, post or unit"),
    "person.give_role": _l("gave the role %(role)s"),
    "person.end_role": _l("ended the role %(role)s"),
    "person.lock": _l("closed the account from a day on"),
    "person.reopen": _l("opened the account again"),
    "person.hand_over": _l("handed over all that was held"),
    "person.reset_password": _l("made a new one-time password"),
    "person.change_password": _l("changed the password"),
    "person.choose_language": _l("chose a language"),
    "person.sign_in": _l("signed in"),
    "person.sign_in_failed": _l("failed to sign in"),
    "person.sign_in_barred": _l("tried to sign in while the account was paused"),
    "person.sign_out": _l("signed out, or ended a token"),
    "person.sign_out_everywhere": _l("signed out everywhere"),
    "person.make_token": _l("made an API token"),
    "document.mend": _l("sent it down the road again"),
    "document.mended": _l("gave it newly made copies"),
    "file_plan.draw_up": _l("began the plan"),
    "file_plan.add_line": _l("added the line %(line)s"),
    "file_plan.change_line": _l("changed the line %(line)s"),
    "file_plan.move_line": _l("moved the line %(line)s"),
    "file_plan.remove_line": _l("removed the line %(line)s"),
    "file_plan.take_out_line": _l("took the line %(line)s out of the plan"),
    "file_plan.import": _l("took in a table: %(new)s new, %(changed)s changed"),
    "file_plan.approve": _l("approved the plan: %(count)s case files planned"),
    "file_plan.copy": _l("copied %(count)s lines from the plan of %(from)s"),
    "file_plan.carry_over": _l("carried over %(count)s unfinished case files"),
    "case_file.open": _l("opened the case file"),
    "case_file.correct": _l("corrected the case file's data"),
    "intake.receive": _l("received the file (%(size)s)"),
    "intake.step": _l("done: %(step)s"),
    "intake.step_back": _l("went back to: %(step)s"),
    "intake.waiting": _l("set the file aside"),
    "intake.refused": _l("refused the file"),
    "intake.stuck": _l("gave up after five tries"),
    "intake.resume": _l("put the file back on the road"),
    "intake.keep_as_received": _l("decided to keep it as received"),
    "intake.clear_suspicion": _l("found that it is no state secret"),
    "intake.look": _l("looked at the page under suspicion"),
    "intake.discard": _l("discarded the file"),
    "intake.forget": _l("forgot the digest: nothing is left of the file"),
    "intake.same_bytes": _l("sent the same bytes once more"),
    "issuance.prepare": _l("prepared it for signing"),
    "issuance.move_fields": _l("put its fields elsewhere"),
    "issuance.download": _l("downloaded the file"),
    "issuance.sign": _l("brought it back signed"),
    "issuance.number": _l("gave it the number %(number)s"),
    "issuance.issue": _l("applied the organ's signature"),
    "issuance.send_on": _l("sent it into the archive"),
    "issuance.give_up": _l("gave it up"),
    "issuance.forget": _l("erased its words"),
    "document.link_left_out": _l("could not link it with %(to)s"),
    "document.link": _l("linked it with %(to)s"),
    "intake.register": _l("registered the file as %(entry)s"),
    "intake.open": _l("looked at the file to register it"),
    "document.add_part": _l("added a further part"),
    "register.add": _l("opened the register"),
    "register.close": _l("closed the register"),
    "register_entry.enter": _l("registered it"),
    "register_entry.correct": _l("corrected the line"),
    "register_entry.cancel": _l("cancelled the line; its number stays"),
    "register_entry.join": _l("joined it with document %(document)s"),
    "register_entry.supplement": _l("added a further part to document %(document)s"),
    "register_entry.twin": _l("compared it with %(earlier)s and decided"),
    "register_entry.acknowledge": _l("acknowledged receipt to the sender"),
    "register_entry.hand_on": _l("handed it on"),
    "register_entry.sign_for": _l("signed for it"),
    "register_entry.finish": _l("finished it"),
    "register_entry.take_up_again": _l("took it up again"),
    "register_entry.paper_arrived": _l("noted that the paper arrived"),
    "refusal.write": _l("refused it"),
    "refusal.answer": _l("answered the sender"),
    "letting_in.ask": _l("asked to let it in"),
    "letting_in.allow": _l("let it in"),
    "letting_in.refuse": _l("decided not to let it in"),
    "letting_in.use": _l("registered what was let in as %(entry)s"),
}
RENDITIONS = {
    "original": _l("the original"),
    "archival": _l("the archival copy"),
    "reading": _l("the pages for reading"),
    "marked_copy": _l("a marked copy for reading"),
    "text": _l("the text"),
    "words": _l("the words with their places"),
    "seal": _l("the detached seal"),
    "signature_report": _l("the report on signatures"),
    "conversion_report": _l("the report on the conversion"),
    "verapdf_report": _l("veraPDF's report"),
}
DOORS = {
    "web": "",
    "api": _l("through the API"),
    "command": _l("on the command line"),
    "worker": "",
}
ICONS = {
    **ICONS_OF_SUBMISSION,
    "intake.step": "gear",
    "intake.resume": "arrow-clockwise",
    "intake.same_bytes": "files",
    "document.shelve": "archive",
    "document.place": "folder-plus",
    "document.correct": "pencil",
    "document.open": "eye",
    "document.describe": "eye",
    "document.download": "download",
    "document.print": "printer",
    "document.export": "box-arrow-up",
    "document.read_with_reason": "key",
    "document.inspect": "key",
    "document.grant": "person-check",
    "document.end_grant": "person-x",
    "case_file.grant": "person-check",
    "case_file.end_grant": "person-x",
    "case_file.reassign": "arrow-left-right",
    "person.add": "person-plus",
    "person.give_role": "person-check",
    "person.end_role": "person-x",
    "person.lock": "lock",
    "person.hand_over": "box-arrow-right",
    "document.verify": "shield-check",
    "case_file.open": "folder2-open",
    "file_plan.add_line": "plus-lg",
    "file_plan.change_line": "pencil",
    "file_plan.take_out_line": "folder-x",
    "file_plan.import": "upload",
    "file_plan.approve": "check2-square",
    "file_plan.copy": "files",
    "issuance.prepare": "file-earmark-plus",
    "issuance.move_fields": "arrows-move",
    "issuance.download": "download",
    "issuance.sign": "pen",
    "issuance.number": "123",
    "issuance.issue": "patch-check",
    "issuance.send_on": "send",
    "issuance.give_up": "x-circle",
    "intake.receive": "inbox",
    "intake.waiting": "hourglass-split",
    "intake.refused": "x-octagon",
    "intake.stuck": "exclamation-triangle",
}


def rendition_name(role: str) -> str:
    """What a stored form is called, at the beginning of a line."""
    said = str(RENDITIONS.get(role, role))
    return said[:1].upper() + said[1:]


@dataclass(frozen=True)
class Told:
    """One line of a story."""

    number: int
    at: datetime
    who: str
    said: str
    icon: str
    door: str
    why: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()  # field, before, after
    steps: str = ""  # of the road, that were done
    about: str = ""  # code of another thing that it happened to


@dataclass(frozen=True)
class Story:
    """Some of what happened, newest first, and whether there is more."""

    lines: tuple[Told, ...]
    older: int | None  # the number before which the rest lies


def story(
    rows: Session,
    where: ColumnElement[bool],
    *,
    of: str,
    before: int | None = None,
    limit: int = 20,
) -> Story:
    """The events that fit, newest first, in sentences; in three questions however many they are.

    Args:
        rows: the session.
        where: which events.
        of: whose story it is (`document`, `case_file`): of other things the code is named too.
        before: only events before this one.
        limit: how many at most.
    """
    wanted = select(Event).where(where).order_by(Event.id.desc()).limit(limit + 1)
    if before is not None:
        wanted = wanted.where(Event.id < before)
    found = rows.scalars(wanted).all()
    events = found[:limit]
    names = _names(rows, events)
    words = _words(rows, events)
    lines = _steps_in_one([_line(one, of, names, words.get(one.id, {})) for one in events], events)
    return Story(lines, events[-1].id if len(found) > limit else None)


def _steps_in_one(lines: list[Told], events: Sequence[Event]) -> tuple[Told, ...]:
    """Steps that follow one another stand in one line, the first of them first."""
    shown: list[Told] = []
    last_was_step = False
    for line, event in zip(lines, events, strict=True):
        is_step = event.action == "intake.step"
        if is_step and last_was_step and shown[-1].who == line.who:
            shown[-1] = replace(
                shown[-1],
                said=f"{line.said} → {shown[-1].steps}",
                steps=f"{line.steps} → {shown[-1].steps}",
            )
        else:
            shown.append(line)
        last_was_step = is_step
    return tuple(shown)


def _names(rows: Session, events: Sequence[Event]) -> dict[int, str]:
    numbers = {n for one in events for n in (one.person_id, one.principal_id) if n is not None}
    if not numbers:
        return {}
    found = rows.execute(select(Person.id, Person.full_name).where(Person.id.in_(numbers)))
    return {number: name for number, name in found}


def _words(rows: Session, events: Sequence[Event]) -> dict[int, dict[str, Any]]:
    numbers = [one.id for one in events if one.words_digest]
    if not numbers:
        return {}
    found = rows.scalars(select(EventWords).where(EventWords.event_id.in_(numbers)))
    return {one.event_id: one.words for one in found}


def _line(event: Event, of: str, names: dict[int, str], words: dict[str, Any]) -> Told:
    return Told(
        number=event.id,
        at=event.at,
        who=_who(event, names),
        said=_said(event, words),
        about="" if event.subject_type == of else event.subject_code,
        icon=ICONS.get(event.action, "dot"),
        door=str(DOORS.get(event.door, event.door)),
        why=str(words.get("why", "")),
        changes=_changes(words),
        steps=str(STEPS.get(event.facts.get("step", ""), "")),
    )


def _who(event: Event, names: dict[int, str]) -> str:
    if event.person_id is None:
        return gettext("The system")
    name = names.get(event.person_id, f"#{event.person_id}")
    if event.door == "worker":
        return gettext("The system, for %(name)s", name=name)
    if event.principal_id is None:
        return name
    return gettext(
        "%(name)s for %(principal)s", name=name, principal=names.get(event.principal_id, "")
    )


def _said(event: Event, words: dict[str, Any]) -> str:
    facts = event.facts or {}
    sentence = SENTENCES.get(event.action)
    if sentence is None:
        return event.action
    told = {
        "case_file": facts.get("case_file", ""),
        "submission": facts.get("submission", ""),
        "entry": facts.get("entry", ""),
        "document": facts.get("document", ""),
        "earlier": facts.get("earlier", ""),
        "rendition": RENDITIONS.get(facts.get("rendition", ""), facts.get("rendition", "")),
        "step": STEPS.get(facts.get("step", ""), facts.get("step", "")),
        "size": size(words.get("size")),
        "person": facts.get("person", ""),
        "role": ROLE_NAMES.get(facts.get("role", ""), facts.get("role", "")),
        "from": facts.get("from", ""),
        "from_level": LEVELS.get(facts.get("from", ""), facts.get("from", "")),
        "to_level": LEVELS.get(facts.get("to", ""), facts.get("to", "")),
        "to": facts.get("to", ""),
        "number": facts.get("number", ""),
        "line": facts.get("notation") or words.get("title", ""),
        "count": facts.get("count", facts.get("case_files", facts.get("lines", ""))),
        "new": facts.get("new", ""),
        "changed": facts.get("changed", ""),
    }
    said = str(sentence) % told
    if event.action == "document.verify":
        good, bad = gettext("all of it holds"), gettext("SOMETHING DOES NOT HOLD")
        return f"{said}: {good if facts.get('holds') else bad}"
    reason = facts.get("reason") or facts.get("mending")
    return f"{said}: {words_for(str(reason)).what}" if reason else said


def _changes(words: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    before, after = words.get("before"), words.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ()
    names = names_by_column()
    return tuple(
        (
            names.get(column, column.removeprefix("+")),
            readable(column, before.get(column)) or "–",
            readable(column, value) or "–",
        )
        for column, value in after.items()
        if before.get(column) != value
    )
