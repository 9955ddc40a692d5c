"""The end of an incoming document: what came of it, where it is kept, who else shall look.

"Kết thúc và lưu vào Hồ sơ" (KT 13.7c; ĐB 6.1; TN 10): who handles it ends it, and says in the same
act where its document goes: into a case file, into their personal file, or nowhere yet, with the
reason. Whatever they say, what stands in no case file stays in the tray for all to see (R4).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, documents, handlers, notices, people, personal_files
from archive import register_handling as handling
from archive.errors import Conflict, Invalid
from archive.models import CaseFile, Person
from archive.notices import SHOWN, Told
from archive.register_fields import canonical_of
from archive.register_lists import may_see
from archive.register_models import Register, RegisterEntry
from formats.vietnamese import nfc


@dataclass(frozen=True)
class Keeping:
    """Where the document of a finished line goes."""

    case_file: CaseFile | None = None
    is_personal: bool = False
    """Into the personal file of who finishes it."""
    not_kept: str = ""
    """The reason why it goes nowhere yet."""

    @property
    def is_somewhere(self) -> bool:
        """Whether it is put anywhere."""
        return self.case_file is not None or self.is_personal


def finish(
    session: Session,
    entry: RegisterEntry,
    by: Person,
    outcome: str,
    keeping: Keeping,
    *,
    hand: Person | None = None,
    answered_by: RegisterEntry | None = None,
    done_at: str = "",
    why: str = "",
    show_to: str = "",
    seen: int | None = None,
) -> list[Person]:
    """End a line, put its document where it belongs, and tell who else shall look; those told.

    Args:
        session: the transaction's session.
        entry: the line.
        by: who ends it.
        outcome: one of `register_handling.OUTCOMES`.
        keeping: where its document goes.
        hand: the natural person, whose personal file it is, where somebody acts for `by`.
        answered_by: the outgoing line that answers it.
        done_at: number of the document at which it was done; a line of that number is found by it.
        why: the reason, where one is asked.
        show_to: names of people and units who shall look at it too.
        seen: the revision that was on the page.

    Raises:
        NotAllowed: `not_the_handler`; what `access.require_placing` raises.
        Invalid: `keeping_undecided`, `unknown_receiver`, `may_not_look`; see `handling.finish`.
        Conflict: `nothing_to_keep`, `case_file_is_final`, `frozen`; see `handling.finish`.
    """
    handlers.require_finishing(session, by, entry)
    _check(entry, keeping)
    shown = _who_shall_look(session, entry, by, show_to)
    if outcome == "done_at" and answered_by is None:
        answered_by = _line_of(session, entry, done_at)
    handling.finish(
        session, entry, outcome, answered_by=answered_by, done_at=done_at, why=why, seen=seen
    )
    _keep(session, entry, by, keeping, hand or by)
    _show(session, entry, shown)
    return shown


# Where it is kept ---------------------------------------------------------------------------------


def _check(entry: RegisterEntry, keeping: Keeping) -> None:
    """Something is decided of a document that stands nowhere yet, and one thing only."""
    document = entry.document
    if document is None and keeping.is_somewhere:
        raise Conflict("nothing_to_keep", entry=entry.code)
    if keeping.is_somewhere and keeping.not_kept.strip():
        raise Invalid("keeping_undecided", entry=entry.code)
    is_said = keeping.is_somewhere or bool(keeping.not_kept.strip())
    if document is not None and not document.is_filed and not is_said:
        raise Invalid("keeping_undecided", entry=entry.code)


def _keep(
    session: Session, entry: RegisterEntry, by: Person, keeping: Keeping, hand: Person
) -> None:
    document, why = entry.document, nfc(keeping.not_kept).strip()
    how = []
    if document is not None and keeping.case_file is not None:
        documents.file_into(session, by, document, keeping.case_file)
        how.append("case_file")
    if document is not None and keeping.is_personal:
        personal_files.keep(session, hand, document)
        how.append("personal")
    if not how and not why:
        return
    entry.not_kept = why
    session.flush()
    told = "keep" if how else "not_keep"
    audit.record(session, f"register_entry.{told}", entry, facts={"how": how}, why=why)


def _line_of(session: Session, entry: RegisterEntry, done_at: str) -> RegisterEntry | None:
    """The one line of this number that went out since the document came in (TN 10.3a)."""
    number = canonical_of(done_at)
    if not number:
        return None
    found = session.scalars(
        select(RegisterEntry)
        .join(Register)
        .where(
            RegisterEntry.organ_id == entry.organ_id,
            RegisterEntry.canonical == number,
            RegisterEntry.state == "registered",
            RegisterEntry.registered_on >= entry.registered_on,
            Register.kind != "incoming",
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


# Who else shall look ------------------------------------------------------------------------------


def _who_shall_look(session: Session, entry: RegisterEntry, by: Person, names: str) -> list[Person]:
    """The people behind the names, as far as they may look at it.

    Raises:
        Invalid: `unknown_receiver`, `may_not_look`.
    """
    if not names.strip():
        return []
    organ = entry.register.organ
    staff = {one.id: one for one in people.at_work(session, organ.id)}
    found = handlers.meant(names, handlers.known_names(session, organ, staff.values()))
    if found.unknown:
        raise Invalid("unknown_receiver", name=found.unknown[0])
    wanted = [staff[one] for one in sorted(found.people - {by.id})]
    looking = [one for one in wanted if may_see(session, one, organ, entry)]
    if wanted and not looking:
        raise Invalid("may_not_look", name=names.strip())
    return looking


def _show(session: Session, entry: RegisterEntry, shown: Iterable[Person]) -> None:
    assert entry.finished_on is not None
    day = entry.finished_on.isoformat()
    notices.tell(session, entry.register.organ, [Told(one.id, SHOWN, entry, day) for one in shown])
