"""What can be asked for, and the roles that a new installation starts with.

Roles are rows (`Role.actions`): an organ's administrator may change them. Who holds which role at
which organ stands in the appointments; what a role may do with one thing says `access.may`.
"""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Role


class Action(StrEnum):
    """Everything that can be asked for. An action that stands in no role is nobody's."""

    RECEIVE = "intake.receive"
    SEE_INTAKES = "intake.see"
    DECIDE_INTAKE = "intake.decide"
    DECIDE_SECRET = "secret.decide"
    LET_IN = "intake.let_in"  # complaints, named letters: by a named person's decision
    FIND = "document.find"
    DESCRIBE = "document.describe"
    READ = "document.read"
    CORRECT = "document.correct"
    PLACE = "document.place"
    LINK = "document.link"
    VERIFY = "document.verify"
    INSPECT = "document.inspect"  # a leader looks at what is restricted, and it is told
    RECALL = "document.recall"
    LEND = "loan.enter"  # give out filed copies and case files on paper, and take them back
    SEE_CASE_FILES = "case_file.see"
    OPEN_CASE_FILE = "case_file.open"
    WORK = "case_file.work"  # close, reopen, submit what one holds
    REASSIGN = "case_file.reassign"
    ACCEPT = "case_file.accept"
    KEEP_BACK = "case_file.keep_back"
    DESCRIBE_CASE_FILE = "case_file.correct"
    CONFIRM_ACCESS = "access.confirm"
    GRANT = "access.grant"  # let one person read one case file or document (HC-61)
    SEE_PLAN = "plan.see"
    PLAN = "plan.draft"
    APPROVE_PLAN = "plan.approve"
    SEE_REGISTERS = "register.see"
    REGISTER = "register.enter"
    MANAGE_REGISTERS = "register.manage"
    PREPARE_ISSUE = "issue.prepare"
    ISSUE = "issue.seal"  # number, date and the organ's signature: the clerk's alone (HC-41)
    FREEZE = "freeze.order"
    ALLOW_EXPORT = "export.allow"
    TRANSFER = "fonds.transfer"
    SEE_RETENTION = "retention.see"  # the schedule, what expires when, and why
    MANAGE_SCHEDULE = "schedule.manage"
    APPROVE_SCHEDULE = "schedule.approve"
    ASSIGN_TERM = "retention.assign"  # confirm the rule of a case file, record what it waits for
    OPINE = "appraisal.opine"  # say for one's unit what becomes of its case files
    APPRAISE = "appraisal.conclude"
    SEE_DISPOSALS = "disposal.see"  # and tombstones of what is gone
    LIST_DISPOSAL = "disposal.list"
    DECIDE_DISPOSAL = "disposal.decide"  # the council, and that it is destroyed: never lent
    EXECUTE_DISPOSAL = "disposal.execute"
    HAND_TO_HISTORY = "transfer.make"  # permanent case files, to the historical archive
    MANAGE_PEOPLE = "person.manage"
    MANAGE_ORGAN = "organ.manage"
    SEE_HEALTH = "machine.see"
    READ_STORY = "audit.read"
    VERIFY_STORY = "audit.verify"


READERS = {
    Action.FIND,
    Action.DESCRIBE,
    Action.SEE_CASE_FILES,
    Action.SEE_PLAN,
    Action.SEE_REGISTERS,
}
_WORKERS = READERS | {Action.READ, Action.LINK}
OPENED_BY_GRANT = frozenset(  # a grant lets read; it lets nobody do anything
    {Action.FIND, Action.DESCRIBE, Action.SEE_CASE_FILES, Action.READ}
)
_STAYS = {  # with who made the records, whoever keeps them
    Action.FIND,
    Action.DESCRIBE,
    Action.READ,
    Action.INSPECT,
    Action.VERIFY,
    Action.SEE_INTAKES,
    Action.SEE_CASE_FILES,
    Action.SEE_PLAN,
    Action.SEE_REGISTERS,
    Action.SEE_RETENTION,
    Action.SEE_DISPOSALS,
    Action.OPINE,
    Action.READ_STORY,
}
PASSED_ON = frozenset(  # what is done to a fonds passes with its custody (decision 15)
    {
        Action.DECIDE_INTAKE,
        Action.DECIDE_SECRET,
        Action.CORRECT,
        Action.PLACE,
        Action.LINK,
        Action.RECALL,
        Action.LEND,
        Action.WORK,
        Action.REASSIGN,
        Action.ACCEPT,
        Action.KEEP_BACK,
        Action.DESCRIBE_CASE_FILE,
        Action.CONFIRM_ACCESS,
        Action.GRANT,
        Action.FREEZE,
        Action.ALLOW_EXPORT,
        Action.TRANSFER,
        Action.ASSIGN_TERM,
        Action.APPRAISE,
        Action.LIST_DISPOSAL,
        Action.DECIDE_DISPOSAL,
        Action.EXECUTE_DISPOSAL,
        Action.HAND_TO_HISTORY,
    }
)
PASSES_WITH_CUSTODY = PASSED_ON | _STAYS
_FILLS = {  # whoever builds case files
    Action.RECEIVE,
    Action.SEE_INTAKES,
    Action.PLACE,
    Action.OPEN_CASE_FILE,
    Action.WORK,
    Action.PREPARE_ISSUE,
    Action.SEE_RETENTION,
    Action.OPINE,
}

ROLES: dict[str, set[Action]] = {
    "administrator": READERS
    | {
        Action.MANAGE_PEOPLE,
        Action.MANAGE_ORGAN,
        Action.MANAGE_REGISTERS,
        Action.GRANT,
        Action.FREEZE,
        Action.SEE_HEALTH,
        Action.SEE_INTAKES,
        Action.VERIFY_STORY,
        Action.VERIFY,
    },
    "archivist": _WORKERS
    | {
        Action.RECEIVE,
        Action.SEE_INTAKES,
        Action.DECIDE_INTAKE,
        Action.DECIDE_SECRET,
        Action.CORRECT,
        Action.PLACE,
        Action.OPEN_CASE_FILE,
        Action.WORK,
        Action.REASSIGN,
        Action.ACCEPT,
        Action.DESCRIBE_CASE_FILE,
        Action.GRANT,
        Action.PLAN,
        Action.LEND,
        Action.VERIFY,
        Action.SEE_RETENTION,
        Action.MANAGE_SCHEDULE,
        Action.ASSIGN_TERM,
        Action.APPRAISE,
        Action.SEE_DISPOSALS,
        Action.LIST_DISPOSAL,
        Action.EXECUTE_DISPOSAL,
        Action.HAND_TO_HISTORY,
    },
    "clerk": _WORKERS
    | _FILLS
    | {
        Action.PLAN,
        Action.REASSIGN,
        Action.REGISTER,
        Action.MANAGE_REGISTERS,
        Action.ISSUE,
        Action.RECALL,
        Action.LEND,
    },
    "officer": _WORKERS | _FILLS,
    "head": _WORKERS
    | {
        Action.SEE_INTAKES,
        Action.PREPARE_ISSUE,  # who signs brings back what was signed
        Action.LET_IN,
        Action.INSPECT,
        Action.APPROVE_PLAN,
        Action.KEEP_BACK,
        Action.CONFIRM_ACCESS,
        Action.GRANT,
        Action.REASSIGN,
        Action.FREEZE,
        Action.ALLOW_EXPORT,
        Action.TRANSFER,
        Action.VERIFY,
        Action.SEE_RETENTION,
        Action.APPROVE_SCHEDULE,
        Action.OPINE,
        Action.SEE_DISPOSALS,
        Action.DECIDE_DISPOSAL,
    },
    "auditor": READERS
    | {
        Action.READ_STORY,
        Action.VERIFY_STORY,
        Action.VERIFY,
        Action.SEE_RETENTION,
        Action.SEE_DISPOSALS,
    },
}
CONTENT_ROLES = frozenset(code for code, actions in ROLES.items() if Action.READ in actions)
SEE_ALL_ROLES = frozenset({"archivist"})
# They find and describe all; what is restricted they read after a logged reason only (R11, DB-32).
OVERSEERS = frozenset({"administrator", "auditor", "head"})


def ensure_roles(session: Session) -> list[Role]:
    """The roles a new installation starts with; those that are missing are made."""
    present = {role.code: role for role in session.scalars(select(Role))}
    made = [
        Role(code=code, actions=sorted(actions))
        for code, actions in ROLES.items()
        if code not in present
    ]
    session.add_all(made)
    session.flush()
    return made
