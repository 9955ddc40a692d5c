"""How long the dossier of a disposal is kept: for ever, or twenty years at least (law, 4.6).

A module of its own, because whoever changes a term asks it; and whoever closes a case file, opens
it again, or takes something out: the dossier stays whole, and is closed with its disposal.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import clock
from archive.errors import Conflict, Invalid
from archive.models import CaseFile, Organ
from archive.moves import MORE_CHECKS, Check, Hindrance
from archive.terms import Period, term_of
from retention.models import Disposal

LEAST_YEARS = 20


def require_long_enough(term: str) -> None:
    """Go on only if a dossier may be kept by this term.

    Raises:
        Invalid: `dossier_term_short`.
    """
    known = term_of(term)
    if known is not None and known.is_permanent:
        return
    if known is None or known.period is not Period.YEARS or known.years < LEAST_YEARS:
        raise Invalid("dossier_term_short", term=term, years=LEAST_YEARS)


def require_term(session: Session, case_file: CaseFile, term: str) -> None:
    """Go on only if this may be the term of the case file, should it be a dossier.

    Raises:
        Invalid: `dossier_term_short`.
    """
    found = select(Disposal.id).where(Disposal.dossier_id == case_file.id)
    if session.scalar(found) is not None:
        require_long_enough(term)


def require_not_too_early(session: Session, case_files: Iterable[int], day: date) -> None:
    """Go on only if none of these is the dossier of a disposal less than twenty years ago.

    Raises:
        Conflict: `dossier_is_kept`.
    """
    wanted = (
        select(CaseFile.code, Disposal.destroyed_at, Organ)
        .join(Disposal, Disposal.dossier_id == CaseFile.id)
        .join(Organ, Organ.id == Disposal.organ_id)
        .where(CaseFile.id.in_(list(case_files)))
    )
    for code, at, organ in session.execute(wanted):
        if at is None or day.year <= clock.day_of(at, organ).year + LEAST_YEARS:
            raise Conflict("dossier_is_kept", case_file=code, years=LEAST_YEARS)


# What nobody does with a dossier ------------------------------------------------------------------


def _bound_unless(*stages: str) -> Check:
    """A check: the case file is no dossier, or its disposal is at one of these stages."""

    def check(session: Session, case_file: CaseFile) -> Hindrance | None:
        of_it = select(Disposal.code).where(
            Disposal.dossier_id == case_file.id, Disposal.stage.not_in(stages)
        )
        found = session.scalar(of_it.limit(1))
        if found is None:
            return None
        return Hindrance("dossier_is_bound", {"case_file": case_file.code, "disposal": found})

    return check


for _name, _free in (
    ("close", ("closed", "stopped")),
    ("reopen", ("stopped",)),
    ("take_out", ("stopped",)),
):
    MORE_CHECKS.setdefault(_name, []).append(_bound_unless(*_free))
