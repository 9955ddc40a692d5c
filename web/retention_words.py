"""Why something is kept, and until when, in sentences: for the page, the API and the command."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from retention.clock import End, Fate
from retention.explanations import (
    Explanation,
    HappenedTold,
    RuleTold,
    SaidTold,
    StandTold,
    TermTold,
)

Translate = Callable[[str], str]


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


EVENTS: dict[str, str] = {
    "ended": _l("the end that the term names (a settlement, the end of a contract)"),
    "superseded": _l("the day on which the regulation was replaced or lost its force"),
    "asset_ended": _l("the end of the building's or asset's life"),
}
SOURCES: dict[str, str] = {
    "officer": _l("by its officer, at closing"),
    "archivist": _l("by the archive"),
    "appraisal": _l("at a re-appraisal"),
}
STATES: dict[str, str] = {
    "draft": _l("draft"),
    "in_force": _l("in force"),
    "ended": _l("ended"),
}
WAYS: dict[str, str] = {
    "earlier": _l("earlier"),
    "later": _l("later"),
    "other": _l("otherwise"),
    "same": _l("unchanged"),
}
_THEN: dict[str, str] = {
    "open": _l("What comes next: it is closed. Its term is counted from the year in which the "
               "work ended."),
    "waits": _l("What comes next: somebody writes down when that came, with the document that "
                "shows it."),
    "permanent": _l("What comes next: it is never proposed for destruction. Permanent case files "
                    "go to the historical archive where the law asks for it."),
    "unknown": _l("What comes next: an archivist gives it a term that can be counted. Until then "
                  "nothing of it is destroyed."),
    "notice": _l("What comes next: notice to the archive and the unit on %(day)s; then both say "
                 "what becomes of it. Nothing is destroyed by itself."),
    "notice_late": _l(
        "What comes next: notice to the archive and the unit, which has been due since %(day)s; "
        "then both say what becomes of it. Nothing is destroyed by itself."
    ),
    "noticed": _l("What comes next: the notice runs until %(day)s; then both sides say what "
                  "becomes of it."),
    "due": _l("What comes next: it is re-appraised; the archive and the unit say what becomes of "
              "it."),
    "proposed": _l("What comes next: it is proposed for destruction and waits for a list."),
    "listed": _l("What comes next: it stands in a list of what is to be destroyed; the council "
                 "and the head decide."),
    "kept": _l("What comes next: re-appraisal kept it."),
    "transferred": _l("It was handed to the historical archive."),
    "destroyed": _l("It was destroyed."),
    "unfiled": _l("What comes next: it is put into a case file, whose term it then has."),
}  # fmt: skip


def day(value: date | None) -> str:
    """05/03/2026; nothing where there is none."""
    return f"{value:%d/%m/%Y}" if value else ""


def end_said(end: End, translate: Translate) -> str:
    """An end in a few words, for tables and within sentences."""
    if end.fate is Fate.RUNS:
        return translate(_l("until %(day)s")) % {"day": day(end.on)}
    if end.fate is Fate.PERMANENT:
        return translate(_l("for ever"))
    if end.fate is Fate.WAITS:
        return translate(_l("until something comes that nobody has written down yet"))
    return translate(_l("nobody can say how long"))


def by_whom(said: SaidTold | HappenedTold, translate: Translate) -> str:
    """Who said it, and for whom, if they acted for somebody."""
    if not said.principal:
        return said.by or "–"
    return translate(_l("%(name)s for %(principal)s")) % {
        "name": said.by,
        "principal": said.principal,
    }


def rule_said(rule: RuleTold, translate: Translate) -> str:
    """A rule by number, version and mandate."""
    told = translate(_l("rule %(number)s, version %(version)s: %(title)s")) % vars(rule)
    return f"{told} ({rule.mandate})" if rule.mandate else told


def sentences(told: Explanation, translate: Translate) -> list[str]:
    """All that is to be said of it, the most important first."""
    parts = _of_document if told.kind == "document" else _of_case_file
    return list(parts(told, translate))


def as_values(told: Explanation, translate: Translate) -> dict[str, Any]:
    """The same as plain values, with the sentences, for the API and the command."""
    latest = told.said[0] if told.said else None
    rule = latest.rule if latest else None
    return {
        "kind": told.kind,
        "code": told.code,
        "fate": str(told.end.fate),
        "expires_on": told.end.on.isoformat() if told.end.on else None,
        "waits_for": told.end.event or None,
        "term": latest.term if latest else (told.terms[0].term if told.terms else None),
        "rule": rule.number if rule else None,
        "version": rule.version if rule else None,
        "mandate": rule.mandate if rule else None,
        "source": latest.source if latest else None,
        "is_confirmed": told.is_confirmed,
        "held_by": [one.number for one in told.orders],
        "next": told.then,
        "next_on": told.then_on.isoformat() if told.then_on else None,
        "sentences": sentences(told, translate),
    }


def _of_case_file(told: Explanation, translate: Translate) -> Iterator[str]:
    yield _headline(told, translate)
    yield from _binding(told, translate)
    yield from _counted(told, translate)
    yield from _held(told, translate)
    yield from _would_change(told, translate)
    yield translate(_THEN[told.then]) % {"day": day(told.then_on)}


def _headline(told: Explanation, translate: Translate) -> str:
    end = told.end
    if end.fate is Fate.RUNS:
        return translate(_l("It is kept until %(day)s.")) % {"day": day(end.on)}
    if end.fate is Fate.PERMANENT:
        return translate(_l("It is kept for ever."))
    if end.fate is Fate.WAITS:
        said = translate(_l("Its end cannot be said yet: it is counted from %(event)s."))
        return said % {"event": translate(EVENTS[end.event])}
    if told.then == "open":
        return translate(_l("Nobody can say yet until when it is kept: work on it goes on."))
    if told.ended_on is None:
        return translate(
            _l("Nobody can say until when it is kept: the last day of the work is missing.")
        )
    unclear = next((one for one in told.terms if one.decides), None)
    return translate(
        _l("Nobody can say until when it is kept: “%(term)s” is no term that can be counted.")
    ) % {"term": unclear.term if unclear else ""}


def _binding(told: Explanation, translate: Translate) -> Iterator[str]:
    if not told.said:
        stated = next((one.term for one in told.terms if one.where == "stated"), "")
        yield translate(_l("The case file states “%(term)s”; nobody has confirmed it.")) % {
            "term": stated or "–"
        }
        if told.proposed is not None:
            said = translate(_l("The file plan proposes %(rule)s, %(term)s."))
            yield said % {"rule": rule_said(told.proposed, translate), "term": told.proposed.term}
        return
    latest = told.said[0]
    if latest.rule is not None:
        said = translate(_l("Its term is “%(term)s”, by %(rule)s."))
        yield said % {"term": latest.term, "rule": rule_said(latest.rule, translate)}
    else:
        said = translate(_l("Its term is “%(term)s”, without a rule of the schedule."))
        yield said % {"term": latest.term}
    yield _who(latest, translate)
    if not told.is_confirmed:
        yield translate(_l("The archive has not confirmed it yet."))
    if earlier := len(told.said) - 1:
        said = translate(_l("Earlier decisions stay readable: %(count)s."))
        yield said % {"count": earlier}


def _who(said: SaidTold, translate: Translate) -> str:
    told = {
        "name": by_whom(said, translate),
        "how": translate(SOURCES[said.source]),
        "day": day(said.on),
        "reason": said.reason,
    }
    if said.reason:
        return translate(_l("Said by %(name)s, %(how)s, on %(day)s: %(reason)s")) % told
    return translate(_l("Said by %(name)s, %(how)s, on %(day)s.")) % told


def _counted(told: Explanation, translate: Translate) -> Iterator[str]:
    if told.ended_on is not None:
        said = translate(
            _l("The work ended on %(day)s; years are counted from the end of that year.")
        )
        yield said % {"day": day(told.ended_on)}
    for one in told.happened:
        if one.counts:
            said = translate(
                _l("%(event)s came on %(day)s, as %(evidence)s shows; written down by %(name)s.")
            )
            event = translate(EVENTS[one.kind])
            yield said % {
                "event": event[:1].upper() + event[1:],
                "day": day(one.on),
                "evidence": one.evidence,
                "name": by_whom(one, translate),
            }
    decides = next((one for one in told.terms if one.decides), None)
    if decides is not None and decides.where != "binding" and len(told.terms) > 1:
        yield _longest(decides, translate)


def _longest(one: TermTold, translate: Translate) -> str:
    if one.where == "document" and one.document:
        said = translate(
            _l("The longest term in it wins: “%(term)s”, which stands on %(document)s.")
        )
        return said % {"term": one.term, "document": one.document}
    if one.where == "confirmed":
        said = translate(_l("What the archive confirmed before is longer and holds: “%(term)s”."))
        return said % {"term": one.term}
    return translate(_l("The longest term in it wins: “%(term)s”.")) % {"term": one.term}


def _held(told: Explanation, translate: Translate) -> Iterator[str]:
    if told.notice is not None:
        said = translate(_l("Notice was given on %(day)s; it runs until %(until)s."))
        yield said % {"day": day(told.notice.noticed_on), "until": day(told.notice.notice_until)}
    for order in told.orders:
        said = translate(
            _l("Order %(number)s of %(day)s holds it: nothing of it is destroyed until it is "
               "lifted. Terms and notices go on.")
        )  # fmt: skip
        yield said % {"number": order.number, "day": day(order.ordered_on)}
    yield from _stands(told, translate)
    for one in told.shared:
        said = translate(
            _l("%(document)s stands in %(case_file)s too, which is kept %(end)s: it stays there "
               "whatever becomes of this case file.")
        )  # fmt: skip
        yield said % {
            "document": one.document or translate(_l("A document")),
            "case_file": one.case_file or translate(_l("another case file")),
            "end": end_said(one.end, translate),
        }


def _stands(told: Explanation, translate: Translate) -> Iterator[str]:
    """What in it stands for something that is gone: it holds it as long (R17)."""
    for one in told.stands:
        if one.until is None:
            said = translate(_l("%(copy)s stays for ever: it stands for a duplicate%(gone)s."))
        else:
            said = translate(
                _l("%(copy)s stays until %(day)s at least: it stands for a duplicate%(gone)s.")
            )
        yield said % {"copy": one.copy, "day": day(one.until), "gone": _gone(one, translate)}


def _gone(one: StandTold, translate: Translate) -> str:
    """For which one, where the asker may know."""
    if not one.gone:
        return ""
    said = translate(_l(" (%(gone)s, disposal %(disposal)s)"))
    return said % {"gone": one.gone, "disposal": one.disposal}


def _would_change(told: Explanation, translate: Translate) -> Iterator[str]:
    if told.then in ("transferred", "destroyed"):
        return
    if not told.orders:
        yield translate(
            _l("If an order froze it, its term would go on, but it could not be destroyed before "
               "the order is lifted.")
        )  # fmt: skip
    if (following := told.next_version) is not None:
        said = translate(
            _l("If it were given version %(version)s of rule %(number)s (%(term)s), it would be "
               "kept %(end)s. By itself that changes nothing here.")
        )  # fmt: skip
        yield said % {
            "version": following.version,
            "number": following.number,
            "term": following.term,
            "end": end_said(following.end, translate),
        }


def _of_document(told: Explanation, translate: Translate) -> Iterator[str]:
    if not told.case_files:
        yield translate(_l("It stands in no case file: nobody can say until when it is kept."))
        yield translate(_THEN["unfiled"])
        return
    yield translate(_l("It is kept %(end)s.")) % {"end": end_said(told.end, translate)}
    if len(told.case_files) > 1:
        yield translate(_l("Of all case files in which it stands the longest term decides."))
    for one in told.case_files:
        said = translate(_l("In %(case_file)s it is kept %(end)s."))
        yield said % {
            "case_file": one.code or translate(_l("another case file")),
            "end": end_said(one.end, translate),
        }
    for term in told.terms:
        yield translate(_l("A term stands on the document itself: “%(term)s”.")) % vars(term)
    for order in told.orders:
        said = translate(_l("Order %(number)s of %(day)s holds it."))
        yield said % {"number": order.number, "day": day(order.ordered_on)}
    yield from _stands(told, translate)
