"""The retention of one thing: why, until when, who said so; saying so; writing down what came."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive.access import Action
from archive.errors import ArchiveError, NotAllowed, NotFound
from archive.fields import day_typed
from archive.models import CaseFile
from retention import assignments, explaining, locking, occurrences, schedule, what_if
from retention.assignments import ARCHIVIST, ASSIGNABLE, OFFICER
from retention.explanations import Explanation, RuleTold
from retention.models import RetentionRule
from retention.what_if import Moved
from web import term_forms
from web.auth import asker, may, reading, require, the_case_file, the_document, writing
from web.errors import Said, status_of, words_for, words_of
from web.i18n import gettext
from web.pages.schedule import TERMS
from web.retention_words import EVENTS, SOURCES, by_whom, end_said, sentences

blueprint = Blueprint("retention_of", __name__, url_prefix="/retention")


@blueprint.get("/documents/<code>")
def document(code: str) -> str:
    """Why a document is kept, and until when: its case files say."""
    with reading() as rows:
        found = the_document(rows, code, Action.SEE_RETENTION)
        told = explaining.explain(rows, found, asker())
        return _shown(told, document=found, case_file=None)


@blueprint.get("/case-files/<path:code>")
def case_file(code: str) -> str:
    """Why a case file is kept, until when, who said so, and what may be said now."""
    return _page(code)


def _shown(told: Explanation, **more: Any) -> str:
    return render_template(
        "retention/of.html",
        told=told,
        sentences=sentences(told, gettext),
        sources={name: gettext(said) for name, said in SOURCES.items()},
        events={name: gettext(said) for name, said in EVENTS.items()},
        end_said=lambda end: end_said(end, gettext),
        by_whom=lambda said: by_whom(said, gettext),
        **more,
    )


def _page(
    code: str,
    *,
    said: Said | None = None,
    said_of_occurrence: Said | None = None,
    tried: Moved | None = None,
) -> str:
    with reading() as rows:
        found = the_case_file(rows, code, Action.SEE_RETENTION)
        told = explaining.explain(rows, found, asker())
        is_archives = may(rows, Action.ASSIGN_TERM, found)
        is_listed = told.notice is not None and told.notice.stage == "listed"
        listed = locking.list_of(rows, found) if is_listed else None
        return _shown(
            told,
            case_file=found,
            rules=_rules(rows, found, told),
            terms=TERMS,
            given=request.form if request.method == "POST" else _present(found, told),
            why_not_assign=_why_not(found, told, _side(rows, found)),
            on_a_list=words_for("only_longer_on_a_list", {"thing": code, "disposal": listed}).line
            if listed
            else "",
            kinds=told.counted_from,
            why_not_occur=_why_not(found, told, ARCHIVIST if is_archives else ""),
            said=said,
            said_of_occurrence=said_of_occurrence,
            tried=tried,
        )


def _rules(rows: Session, case_file: CaseFile, told: Explanation) -> list[RuleTold]:
    """Those that hold today, and the one that was given, though it may have ended."""
    holding = [explaining.rule_told(one) for one in schedule.holding(rows, case_file.organ)]
    given = told.said[0].rule if told.said else None
    return holding if given is None or given in holding else [given, *holding]


def _present(case_file: CaseFile, told: Explanation) -> dict[str, str]:
    """What stands in the form: what holds, or what the file plan proposes."""
    rule = told.said[0].rule if told.said else told.proposed
    present = told.said[0].term if told.said else case_file.maintenance
    term = "" if rule is not None and rule.term == present else present
    return {"rule": str(rule.id) if rule else "", "term": term}


def _side(rows: Session, case_file: CaseFile) -> str:
    """For whom the person speaks: the archive, or the officer as long as it is with them."""
    if may(rows, Action.ASSIGN_TERM, case_file):
        return ARCHIVIST
    is_held = case_file.holder_id in (None, asker().id) and may(rows, Action.WORK, case_file)
    return OFFICER if is_held and case_file.stage == "closed" else ""


def _why_not(case_file: CaseFile, told: Explanation, side: str) -> str:
    """Why nothing can be said now; the same that the verbs would say."""
    if not side:
        return gettext(
            "The archive says so, or who holds the case file while it is closed and with them."
        )
    if case_file.stage not in ASSIGNABLE:
        return words_for("wrong_stage", {"stage": case_file.stage}).line
    for order in told.orders:
        return words_for("frozen", {"thing": case_file.code, "order": order.number}).line
    return ""


# Saying so ----------------------------------------------------------------------------------------


@blueprint.post("/case-files/assign/<path:code>")
def assign(code: str) -> str | BaseResponse | tuple[str, int]:
    """Confirm the term, or say another one; or look what that would change."""
    try:
        if "try" in request.form:
            return _page(code, tried=_try(code))
        with writing() as rows:
            _assign(rows, the_case_file(rows, code, Action.SEE_RETENTION))
    except ArchiveError as error:
        if isinstance(error, NotFound) or error.code == "not_allowed":
            raise
        return _page(code, said=words_of(error)), status_of(error)
    flash(gettext("Said. What was said before stays readable."), "success")
    return redirect(url_for("retention_of.case_file", code=code))


def _try(code: str) -> Moved:
    with reading() as rows:
        found = the_case_file(rows, code, Action.SEE_RETENTION)
        rule = _rule(rows, found)
        term = request.form.get("term", "").strip() or (rule.term if rule else "")
        return what_if.of_term(rows, found, term)


def _rule(rows: Session, case_file: CaseFile) -> RetentionRule | None:
    return term_forms.rule_chosen(rows, case_file, request.form.get("rule", ""))


def _assign(rows: Session, case_file: CaseFile) -> None:
    form, side = request.form, _side(rows, case_file)
    if not side:
        raise NotAllowed("not_allowed", action=str(Action.ASSIGN_TERM))
    rule, term, reason = _rule(rows, case_file), form.get("term", ""), form.get("reason", "")
    present = assignments.binding(rows, case_file)
    if rule is not None and rule is not present.rule and term.strip() == present.term:
        term = rule.term if not reason.strip() else term  # left as it stood in the form
    assignments.assign(
        rows, case_file, asker(), term=term, rule=rule, source=side, reason=reason,
        seen=form.get("revision", type=int),
    )  # fmt: skip


@blueprint.post("/case-files/occurrence/<path:code>")
def occur(code: str) -> str | BaseResponse | tuple[str, int]:
    """Write down that it came; or correct the day, with the reason."""
    form = request.form
    try:
        with writing() as rows:
            found = the_case_file(rows, code, Action.SEE_RETENTION)
            require(rows, Action.ASSIGN_TERM, found)
            occurrences.record(
                rows, found, asker(), kind=form.get("kind", ""),
                happened_on=day_typed(form.get("happened_on", "")),
                evidence=form.get("evidence", ""), note=form.get("note", ""),
                seen=form.get("revision", type=int),
            )  # fmt: skip
    except ArchiveError as error:
        if isinstance(error, NotFound) or error.code == "not_allowed":
            raise
        return _page(code, said_of_occurrence=words_of(error)), status_of(error)
    flash(gettext("Written down. The term is counted from it."), "success")
    return redirect(url_for("retention_of.case_file", code=code))
