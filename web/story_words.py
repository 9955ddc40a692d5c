"""The story in sentences: who did what, when, through which door, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from archive.models import Event, EventWords, Person
from web.errors import words_for
from web.field_words import LEVELS, names_by_column, readable
from web.i18n import day_of, gettext, size
from web.right_words import ROLE_NAMES
from web.road_words import STEPS
from web.story_sentences import DOORS, ICONS, RENDITIONS, SENTENCES

READING = (
    "document.open",
    "document.describe",
    "document.download",
    "document.print",
    "document.export",
    "document.read_with_reason",
    "document.inspect",
)


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
    """The events that fit, newest first, in sentences; in one question.

    Args:
        rows: the session.
        where: which events.
        of: whose story it is (`document`, `case_file`): of other things the code is named too.
        before: only events before this one.
        limit: how many at most.
    """
    actor, principal = aliased(Person), aliased(Person)
    wanted = (
        select(Event, EventWords.words, actor.full_name, principal.full_name)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .outerjoin(actor, actor.id == Event.person_id)
        .outerjoin(principal, principal.id == Event.principal_id)
        .where(where)
        .order_by(Event.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        wanted = wanted.where(Event.id < before)
    found = rows.execute(wanted).all()
    shown = found[:limit]
    lines = [
        _line(event, of, (name or f"#{event.person_id}", other or ""), _words(event, words))
        for event, words, name, other in shown
    ]
    events = [event for event, *_ in shown]
    return Story(_steps_in_one(lines, events), events[-1].id if len(found) > limit else None)


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


def _line(event: Event, of: str, names: tuple[str, str], words: dict[str, Any]) -> Told:
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


def _words(event: Event, words: dict[str, Any] | None) -> dict[str, Any]:
    """Those that its digest speaks of, as long as they are not erased."""
    return words if words and event.words_digest else {}


def _who(event: Event, names: tuple[str, str]) -> str:
    """Who did it, by the names of who acted and for whom."""
    name, principal = names
    if event.person_id is None:
        return gettext("The system")
    if event.door == "worker":
        return gettext("The system, for %(name)s", name=name)
    if event.principal_id is None:
        return name
    return gettext("%(name)s for %(principal)s", name=name, principal=principal)


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
        "term": facts.get("term", ""),
        "day": day_of(facts.get("on")),
        "version": facts.get("version", ""),
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
