"""How long things are kept, and how they leave: tables only; the verbs stand beside them.

What a regulation forbids, the database forbids too where it can be said in a constraint: nothing is
destroyed before its term and its notice ran out, nor with one hand in two places (record rules,
R10, R16).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import Base, UtcDateTime
from archive.models import CaseFile, Document, FilePlanEntry, Organ, Person, Row, Words

# The schedule: retention/schedule.py --------------------------------------------------------------


class RetentionRule(Row):
    """One row of an organ's retention schedule (bảng thời hạn bảo quản), in one version.

    A row never changes once it was approved: another version takes its place, and what was given
    this one keeps it until somebody decides otherwise.
    """

    __tablename__ = "retention_rule"
    STORY = "retention_rule"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    number: Mapped[str] = mapped_column(Text)  # 3.4
    version: Mapped[int] = mapped_column(default=1)
    group_name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    term: Mapped[str] = mapped_column(Text)  # as `archive.terms.term_of` reads it
    mandate: Mapped[str] = mapped_column(Text, default="")  # regulation and article, or the source
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, default="draft")
    valid_from: Mapped[date | None] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)

    organ: Mapped[Organ] = relationship()

    __table_args__ = (
        UniqueConstraint("organ_id", "number", "version"),
        CheckConstraint("state in ('draft', 'in_force', 'ended')", name="state"),
        CheckConstraint("length(number) > 0 and length(title) > 0", name="named"),
        CheckConstraint("state = 'draft' or approved_at is not null", name="approved"),
        CheckConstraint("state != 'ended' or valid_to is not null", name="ended"),
        CheckConstraint("valid_to is null or valid_from <= valid_to", name="dates"),
        Index(
            "ix_retention_rule_in_force",
            "organ_id",
            "number",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
        Index(
            "ix_retention_rule_draft",
            "organ_id",
            "number",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )


class PlanRule(Row):
    """The rule that an entry of a file plan proposes for the case files opened from it."""

    __tablename__ = "plan_rule"
    STORY = "plan_rule"

    entry_id: Mapped[int] = mapped_column(ForeignKey("file_plan_entry.id"), unique=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("retention_rule.id"), index=True)

    entry: Mapped[FilePlanEntry] = relationship()
    rule: Mapped[RetentionRule] = relationship()


class Assignment(Row):
    """How long a case file is kept, said by somebody on a day; the latest one is binding.

    A decision is a fact: a later one stands beside it, with its author and reason, and never
    changes it. Without one the term stated on the case file stands, and nobody has confirmed it.
    """

    __tablename__ = "retention_assignment"
    STORY = "retention_assignment"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("retention_rule.id"), index=True)
    term: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)  # officer, archivist, appraisal
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    rule: Mapped[RetentionRule | None] = relationship()
    case_file: Mapped[CaseFile] = relationship()
    decided_by: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint("source in ('officer', 'archivist', 'appraisal')", name="source"),
        CheckConstraint("source != 'appraisal' or length(reason) > 0", name="reason"),
        Index("ix_retention_assignment_latest", "case_file_id", "id"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The case file's events tell of it."""
        return ("case_file", self.case_file_id)


class Occurrence(Row):
    """What a term waits for, and the day on which it came: a settlement, a replacement."""

    __tablename__ = "occurrence"
    STORY = "occurrence"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)  # see retention.clock.STARTED_BY
    happened_on: Mapped[date] = mapped_column()
    evidence: Mapped[str] = mapped_column(Text, default="")  # number of the document that shows it
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    recorded_by: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint("kind in ('ended', 'superseded', 'asset_ended')", name="kind"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The case file's events tell of it."""
        return ("case_file", self.case_file_id)


class Clock(Base):
    """When a case file's term is over, as it was last counted: for lists; no part of the story.

    Whoever decides counts anew (`retention.ends`); a row whose revision is not its case file's is
    counted again by the worker.
    """

    __tablename__ = "retention_clock"

    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    revision: Mapped[int] = mapped_column()  # of the case file when it was counted
    fate: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date | None] = mapped_column()
    waits_for: Mapped[str] = mapped_column(Text, default="")
    is_confirmed: Mapped[bool] = mapped_column(default=False)  # an archivist said so
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("retention_rule.id"), index=True)

    __table_args__ = (
        CheckConstraint("fate in ('runs', 'permanent', 'waits', 'unknown')", name="fate"),
        CheckConstraint("(fate = 'runs') = (expires_on is not null)", name="day"),
        Index("ix_retention_clock_expiry", "organ_id", "expires_on", "case_file_id"),
        Index("ix_retention_clock_fate", "organ_id", "fate", "case_file_id"),
    )


# Duplicates: retention/likenesses.py --------------------------------------------------------------


class Likeness(Base):
    """A document that looks like an earlier one, and by what: for lists; no part of the story.

    Whoever decides looks again (`retention.duplicates`).
    """

    __tablename__ = "document_likeness"

    id: Mapped[int] = mapped_column(primary_key=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    ground: Mapped[str] = mapped_column(Text)
    earlier_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)  # the nearest

    __table_args__ = (
        UniqueConstraint("document_id", "ground"),
        CheckConstraint("ground in ('digest', 'doc_code', 'number')", name="ground"),
        CheckConstraint("earlier_id < document_id", name="earlier"),
        Index("ix_document_likeness_list", "organ_id", "ground", "document_id"),
    )


class LikenessCursor(Base):
    """How far the look for duplicates is in an organ: book-keeping of machines."""

    __tablename__ = "likeness_cursor"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(default=0)  # looked at up to here
    event_id: Mapped[int] = mapped_column(default=0)  # heard of changes up to here
    looked_on: Mapped[date | None] = mapped_column()
    looked: Mapped[int] = mapped_column(default=0)  # documents on that day


# Re-appraisal: retention/appraisals.py ------------------------------------------------------------


class Appraisal(Row):
    """A case file whose term ends, or a duplicate, from its notice to what became of it (B1–B3)."""

    __tablename__ = "appraisal"
    STORY = "appraisal"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    cause: Mapped[str] = mapped_column(Text)  # expired, duplicate
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))  # the copy that stays
    twin_named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    twin_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_on: Mapped[date | None] = mapped_column()
    noticed_on: Mapped[date] = mapped_column()  # the legal day from which the notice runs
    notice_until: Mapped[date] = mapped_column()  # the last day of the notice
    stage: Mapped[str] = mapped_column(Text, default="noticed")
    verdict: Mapped[str] = mapped_column(Text, default="")  # what re-appraisal came to
    new_term: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_on: Mapped[date | None] = mapped_column()
    revision: Mapped[int] = mapped_column(default=1)

    case_file: Mapped[CaseFile | None] = relationship()
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    twin: Mapped[Document | None] = relationship(foreign_keys=[twin_id])
    opinions: Mapped[list["AppraisalOpinion"]] = relationship(
        back_populates="appraisal", order_by="AppraisalOpinion.id"
    )

    __table_args__ = (
        CheckConstraint("(case_file_id is null) != (document_id is null)", name="one_thing"),
        CheckConstraint("twin_named_by_id != twin_confirmed_by_id", name="two_people"),
        CheckConstraint("cause in ('expired', 'duplicate')", name="cause"),
        CheckConstraint(
            "(cause = 'duplicate') = (twin_id is not null) "
            "and (cause = 'expired') = (expires_on is not null)",
            name="caused",
        ),
        CheckConstraint("twin_id is null or twin_id != document_id", name="two_copies"),
        CheckConstraint(
            "stage in ('noticed', 'due', 'proposed', 'listed', 'kept', 'destroyed')", name="stage"
        ),
        CheckConstraint("verdict in ('', 'extend', 'permanent', 'destroy')", name="verdict"),
        CheckConstraint(
            "stage not in ('proposed', 'listed', 'destroyed') or verdict = 'destroy'",
            name="proposed",
        ),
        CheckConstraint("verdict = '' or length(reason) > 0", name="reason"),
        CheckConstraint("notice_until > noticed_on", name="notice"),
        Index("ix_appraisal_stage", "organ_id", "stage", "expires_on", "id"),
        Index("ix_appraisal_case_file", "case_file_id", "expires_on"),
        Index(
            "ix_appraisal_twin",
            "twin_id",
            sqlite_where=text("twin_id is not null"),
            postgresql_where=text("twin_id is not null"),
        ),
        Index(  # one at a time: what was kept once may come again for a later day
            "ix_appraisal_live",
            "case_file_id",
            unique=True,
            sqlite_where=text("case_file_id is not null and stage not in ('kept', 'destroyed')"),
            postgresql_where=text(
                "case_file_id is not null and stage not in ('kept', 'destroyed')"
            ),
        ),
        Index(
            "ix_appraisal_document",
            "document_id",
            unique=True,
            sqlite_where=text("document_id is not null and stage not in ('kept', 'destroyed')"),
            postgresql_where=text("document_id is not null and stage not in ('kept', 'destroyed')"),
        ),
    )


class AppraisalOpinion(Row):
    """What one side said of it, the unit or the archive; the latest of each counts."""

    __tablename__ = "appraisal_opinion"
    STORY = "appraisal_opinion"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"), index=True)
    side: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    new_term: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)

    appraisal: Mapped[Appraisal] = relationship(back_populates="opinions")

    __table_args__ = (
        CheckConstraint("side in ('unit', 'archive')", name="side"),
        CheckConstraint("verdict in ('extend', 'permanent', 'destroy')", name="verdict"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("(verdict = 'extend') = (length(new_term) > 0)", name="term"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The appraisal's events tell of it."""
        return ("appraisal", self.appraisal_id)


# The disposal: retention/disposals.py -------------------------------------------------------------


class Disposal(Row):
    """A list of things to be destroyed, from its making to its dossier (B4–B15)."""

    __tablename__ = "disposal"
    STORY = "disposal"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    code: Mapped[str] = mapped_column(Text, unique=True)  # organ-HUY-year-three digits
    title: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text, default="listed")
    stopped_why: Mapped[str] = mapped_column(Text, default="")
    formation: Mapped[str] = mapped_column(Text, default="")  # Bản thuyết minh 1: how it came to be
    condition: Mapped[str] = mapped_column(Text, default="")  # 2 and 3: quantity, period, state
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    root: Mapped[str] = mapped_column(Text, default="")  # Merkle root, fixed by the decision
    council_number: Mapped[str] = mapped_column(Text, default="")  # decision that set it up
    council_date: Mapped[date | None] = mapped_column()
    met_on: Mapped[date | None] = mapped_column()
    is_appraisal_due: Mapped[bool | None] = mapped_column()  # by an authority outside (B8)
    appraisal_reason: Mapped[str] = mapped_column(Text, default="")  # why it is not
    appraisal_number: Mapped[str] = mapped_column(Text, default="")
    appraisal_date: Mapped[date | None] = mapped_column()
    decision_number: Mapped[str] = mapped_column(Text, default="")
    decision_date: Mapped[date | None] = mapped_column()
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    destroy_by: Mapped[date | None] = mapped_column()  # the last day: decision + 15
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # of the order to destroy (HC-72)
    other_copies: Mapped[str] = mapped_column(Text, default="")  # backups: what and until when
    reconfirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reconfirmed_root: Mapped[str] = mapped_column(Text, default="")
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    destroyed_on_paper: Mapped[date | None] = mapped_column()  # paper twins, confirmed (R19)
    certificate: Mapped[str] = mapped_column(Text, default="")  # SHA-256 of the sealed JSON
    keeper_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # minutes (B14)
    executor_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim: Mapped[str | None] = mapped_column(Text)  # lease of the worker that executes
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)  # of the execution, without success
    try_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(Text, default="")  # the last failure, a stable code
    revision: Mapped[int] = mapped_column(default=1)

    UNTOLD = frozenset({"claim", "claimed_until", "attempts", "try_after", "trouble"})

    organ: Mapped[Organ] = relationship()
    items: Mapped[list["DisposalItem"]] = relationship(
        back_populates="disposal", order_by="DisposalItem.ordinal"
    )
    seats: Mapped[list["CouncilSeat"]] = relationship(order_by="CouncilSeat.id")

    __table_args__ = (
        CheckConstraint(
            "stage in ('listed', 'council', 'met', 'appraised', 'decided', 'prepared', "
            "'reconfirmed', 'handed_over', 'executing', 'destroyed', 'closed', 'stopped')",
            name="stage",
        ),
        CheckConstraint(
            "stage not in ('decided', 'prepared', 'reconfirmed', 'handed_over', 'executing', "
            "'destroyed', 'closed') or (decided_by_id is not null and decision_date is not null "
            "and length(root) = 64)",
            name="decided",
        ),
        CheckConstraint(
            "stage not in ('reconfirmed', 'handed_over', 'executing', 'destroyed', 'closed') "
            "or (reconfirmed_at is not null and length(trim(reason)) > 0 "
            "and executor_id is not null)",
            name="reconfirmed",
        ),
        CheckConstraint(
            "stage not in ('destroyed', 'closed') or (destroyed_at is not null "
            "and length(certificate) = 64)",
            name="destroyed",
        ),
        CheckConstraint("decided_by_id != made_by_id", name="list_and_decision"),
        CheckConstraint("executor_id != decided_by_id", name="decision_and_execution"),
        CheckConstraint("executor_id != made_by_id", name="list_and_execution"),
        CheckConstraint("destroy_by is null or destroy_by > decision_date", name="deadline"),
        Index("ix_disposal_list", "organ_id", "stage", "id"),
    )


class DisposalHand(Row):
    """Who had a hand in it: each natural person in one part only (R10).

    An act by delegation counts for both, so both stand here. The constraint holds for
    administrators and for whoever writes to the database past the code.
    """

    __tablename__ = "disposal_hand"
    STORY = "disposal_hand"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    part: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("disposal_id", "person_id"),
        CheckConstraint("part in ('list', 'decision', 'execution')", name="part"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The disposal's events tell of it."""
        return ("disposal", self.disposal_id)


class DisposalItem(Row):
    """One line of the list. What it says stays when the thing is gone: it is its tombstone."""

    __tablename__ = "disposal_item"
    STORY = "disposal_item"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"))
    ordinal: Mapped[int] = mapped_column()
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"), index=True)
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    code: Mapped[str] = mapped_column(Text, index=True)
    title: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text, default="")  # number and version
    term: Mapped[str] = mapped_column(Text, default="")
    mandate: Mapped[str] = mapped_column(Text, default="")
    expires_on: Mapped[date | None] = mapped_column()
    notice_until: Mapped[date] = mapped_column()
    twin_code: Mapped[str] = mapped_column(Text, default="")  # the copy that stays (R17)
    # the day until which that copy stands for it, fixed by the decision; None: for ever
    twin_until: Mapped[date | None] = mapped_column()
    box: Mapped[str] = mapped_column(Text, default="")  # bundle or box, as the form asks
    volume: Mapped[str] = mapped_column(Text, default="")
    on_paper: Mapped[bool] = mapped_column(default=False)  # paper leaves with it (R19)
    digest: Mapped[str] = mapped_column(Text)  # leaf of the tree: code, digests, rule
    document_total: Mapped[int] = mapped_column(default=0)
    page_total: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(Text, default="destroy")  # destroy, keep, omitted
    outcome_why: Mapped[str] = mapped_column(Text, default="")
    new_term: Mapped[str] = mapped_column(Text, default="")  # where the council set another term
    is_decided: Mapped[bool] = mapped_column(default=False)  # it is a leaf of the decision's root
    destroyed_on: Mapped[date | None] = mapped_column()

    disposal: Mapped[Disposal] = relationship(back_populates="items")
    appraisal: Mapped[Appraisal] = relationship()
    documents: Mapped[list["DisposalDocument"]] = relationship(order_by="DisposalDocument.ordinal")

    __table_args__ = (
        UniqueConstraint("disposal_id", "ordinal"),
        UniqueConstraint("disposal_id", "appraisal_id"),
        CheckConstraint("outcome in ('destroy', 'keep', 'omitted')", name="outcome"),
        CheckConstraint("outcome = 'destroy' or length(outcome_why) > 0", name="outcome_why"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint(
            "destroyed_on is null or (outcome = 'destroy' and destroyed_on > notice_until "
            "and (cause = 'duplicate' or (expires_on is not null and destroyed_on > expires_on)))",
            name="not_too_early",
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The disposal's events tell of it."""
        return ("disposal", self.disposal_id)


class DisposalDocument(Row):
    """One document of a line, with what proves which it was. It stays when the document is gone."""

    __tablename__ = "disposal_document"
    STORY = "disposal_document"

    item_id: Mapped[int] = mapped_column(ForeignKey("disposal_item.id"))
    ordinal: Mapped[int] = mapped_column()
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    code: Mapped[str] = mapped_column(Text, index=True)
    digests: Mapped[list[str]] = mapped_column(JSON)  # SHA-256 of each part's original, in order
    pages: Mapped[int] = mapped_column(default=0)
    on_paper: Mapped[bool] = mapped_column(default=False)  # its paper goes or stays with it (R19)
    kept_why: Mapped[str] = mapped_column(Text, default="")  # shared: another file needs it
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("item_id", "ordinal"),
        CheckConstraint("destroyed_at is null or kept_why = ''", name="kept_or_destroyed"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """Who tells of the line tells of its documents."""
        return ("disposal_item", self.item_id)


class CouncilSeat(Row):
    """A seat in a disposal's council, and who sits on it (B5, B6)."""

    __tablename__ = "council_seat"
    STORY = "council_seat"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(Text)
    speaks_for: Mapped[str] = mapped_column(Text)
    interest: Mapped[str] = mapped_column(Text, default="")  # declared: a warning, no bar
    absent_why: Mapped[str] = mapped_column(Text, default="")
    left_why: Mapped[str] = mapped_column(Text, default="")  # replaced after the council began
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the minutes

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("disposal_id", "person_id"),
        CheckConstraint("role in ('chair', 'secretary', 'member')", name="role"),
        CheckConstraint("speaks_for in ('leadership', 'archive', 'unit', 'other')", name="for"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The disposal's events tell of it."""
        return ("disposal", self.disposal_id)


class CouncilOpinion(Row):
    """What one member said of one line; dissent stays readable."""

    __tablename__ = "council_opinion"
    STORY = "council_opinion"

    item_id: Mapped[int] = mapped_column(ForeignKey("disposal_item.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("council_seat.id"), index=True)
    verdict: Mapped[str] = mapped_column(Text)
    new_term: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_tie_break: Mapped[bool] = mapped_column(default=False)  # the chair's, with a reason

    __table_args__ = (
        UniqueConstraint("item_id", "seat_id", "is_tie_break"),
        CheckConstraint("verdict in ('destroy', 'keep', 'new_term')", name="verdict"),
        CheckConstraint("(verdict = 'new_term') = (length(new_term) > 0)", name="term"),
        CheckConstraint("not is_tie_break or length(note) > 0", name="tie_break"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """Who tells of the line tells of what was said of it."""
        return ("disposal_item", self.item_id)


class DisposalPaper(Row):
    """A paper of the dossier: made here or brought from outside, filed as a document."""

    __tablename__ = "disposal_paper"
    STORY = "disposal_paper"

    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)  # of the file as it was received
    name: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(  # what is made here is made once; of what others send there may be several
            "ix_disposal_paper_once",
            "disposal_id",
            "kind",
            unique=True,
            sqlite_where=text("kind != 'appraisal'"),
            postgresql_where=text("kind != 'appraisal'"),
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The disposal's events tell of it."""
        return ("disposal", self.disposal_id)


# Execution: retention/execution.py ----------------------------------------------------------------


class Erasure(Base):
    """The ledger of an execution: one document (or a line's own data) in one place of content.

    Begun before anything is emptied there, done once the probe that had found it finds it no more.
    A killed worker's successor reads here what is left to do. Book-keeping of machines: what came
    of it is told by the disposal's events and stands in the certificate.
    """

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("disposal_item.id"))
    code: Mapped[str] = mapped_column(Text)  # of the document or the case file
    place: Mapped[str] = mapped_column(Text)  # its name in archive.places
    state: Mapped[str] = mapped_column(Text, default="begun")
    before: Mapped[Words] = mapped_column(JSON, default=dict)  # what the probe found
    after: Mapped[Words] = mapped_column(JSON, default=dict)
    trouble: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("disposal_id", "code", "place"),
        CheckConstraint("state in ('begun', 'done', 'failed')", name="state"),
    )


class Destruction(Row):
    """One certificate in the journal of destructions, as the database last saw it (R18)."""

    __tablename__ = "destruction"
    STORY = "destruction"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)  # of the disposal
    # None: a copy of the archive was put back that is older than the list, and did not know it
    disposal_id: Mapped[int | None] = mapped_column(ForeignKey("disposal.id"), unique=True)
    number: Mapped[int] = mapped_column(unique=True)  # of the line in the journal
    link: Mapped[str] = mapped_column(Text)  # H(previous link ‖ digest of the line)
    certificate: Mapped[str] = mapped_column(Text)  # SHA-256 of the sealed JSON
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def story_owner(self) -> tuple[str, int] | None:
        """The disposal's events tell of it, where there is one."""
        return ("disposal", self.disposal_id) if self.disposal_id is not None else None


class Tombstone(Row):
    """What may be told for ever of a case file or document that is gone (decision 17).

    Found by its code. One of each even where the list that it stood on is not known here.
    """

    __tablename__ = "tombstone"
    STORY = "tombstone"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    destruction_id: Mapped[int] = mapped_column(ForeignKey("destruction.id"))
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    ordinal: Mapped[int] = mapped_column()  # within its destruction
    of_code: Mapped[str] = mapped_column(Text, default="")  # the case file that it was in
    title: Mapped[str] = mapped_column(Text, default="")  # where the organ wants it kept
    digests: Mapped[list[str]] = mapped_column(JSON, default=list)
    rule: Mapped[str] = mapped_column(Text, default="")
    decision_number: Mapped[str] = mapped_column(Text, default="")
    decision_date: Mapped[date | None] = mapped_column()
    destroyed_on: Mapped[date] = mapped_column()
    twin_code: Mapped[str] = mapped_column(Text, default="")  # the copy that stays for it (R17)
    twin_until: Mapped[date | None] = mapped_column()  # so long; None: for ever

    destruction: Mapped[Destruction] = relationship()

    __table_args__ = (
        UniqueConstraint("organ_id", "code", "kind"),
        UniqueConstraint("destruction_id", "ordinal"),
        CheckConstraint("kind in ('case_file', 'document')", name="kind"),
        Index("ix_tombstone_list", "organ_id", "destroyed_on", "id"),
        Index(
            "ix_tombstone_twin",
            "organ_id",
            "twin_code",
            sqlite_where=text("twin_code != ''"),
            postgresql_where=text("twin_code != ''"),
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """Who tells of the destruction tells of it."""
        return ("destruction", self.destruction_id)


# To the historical archive: retention/transfers.py ------------------------------------------------


class Transfer(Row):
    """Permanent case files that go to the historical archive (A9)."""

    __tablename__ = "transfer"
    STORY = "transfer"
    UNTOLD = frozenset(
        {
            "export_state",
            "export_done",
            "export_total",
            "export_size",
            "export_reason",
            "export_details",
        }
    )

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    code: Mapped[str] = mapped_column(Text, unique=True)
    receiver: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")  # of the records, as the record says it
    condition: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[str] = mapped_column(Text, default="registered")
    planned_on: Mapped[date] = mapped_column()  # registered at least 12 months ahead
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    exported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    manifest: Mapped[str] = mapped_column(Text, default="")  # SHA-256 of the list of digests
    content: Mapped[str] = mapped_column(Text, default="")  # digest of what went into the folder
    confirmed_on: Mapped[date | None] = mapped_column()
    confirmed_number: Mapped[str] = mapped_column(Text, default="")  # the receiver's document
    note: Mapped[str] = mapped_column(Text, default="")
    # the folder that the worker makes: asked for by whom, how far it is, why it was not made
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    export_state: Mapped[str] = mapped_column(Text, default="")
    export_done: Mapped[int] = mapped_column(default=0)  # files written, of so many
    export_total: Mapped[int] = mapped_column(default=0)
    export_size: Mapped[int | None] = mapped_column(BigInteger)
    export_reason: Mapped[str] = mapped_column(Text, default="")
    export_details: Mapped[Words] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=1)

    organ: Mapped[Organ] = relationship()
    items: Mapped[list["TransferItem"]] = relationship(order_by="TransferItem.ordinal")

    __table_args__ = (
        CheckConstraint(
            "stage in ('registered', 'exported', 'confirmed', 'given_up')", name="stage"
        ),
        CheckConstraint(
            "stage not in ('exported', 'confirmed') "
            "or (exported_at is not null and length(manifest) = 64)",
            name="exported",
        ),
        CheckConstraint(
            "stage != 'confirmed' or (confirmed_on is not null and length(confirmed_number) > 0)",
            name="confirmed",
        ),
        CheckConstraint("length(receiver) > 0", name="receiver"),
        CheckConstraint(
            "export_state in ('', 'waiting', 'making', 'ready', 'failed', 'gone')",
            name="export_state",
        ),
        Index("ix_transfer_list", "organ_id", "stage", "id"),
    )


class TransferItem(Row):
    """A case file in a transfer. It goes once, and stands in one transfer at a time."""

    __tablename__ = "transfer_item"
    STORY = "transfer_item"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    ordinal: Mapped[int] = mapped_column()
    outcome: Mapped[str] = mapped_column(Text, default="")  # empty as long as it is to go
    left_out_why: Mapped[str] = mapped_column(Text, default="")

    case_file: Mapped[CaseFile] = relationship()

    __table_args__ = (
        UniqueConstraint("transfer_id", "ordinal"),
        UniqueConstraint("transfer_id", "case_file_id"),
        CheckConstraint("outcome in ('', 'handed_over', 'left_out', 'given_up')", name="outcome"),
        CheckConstraint("outcome != 'left_out' or length(left_out_why) > 0", name="left_out"),
        Index("ix_transfer_item_case_file", "case_file_id"),
        Index(
            "uq_transfer_item_live",
            "case_file_id",
            unique=True,
            sqlite_where=text("outcome in ('', 'handed_over')"),
            postgresql_where=text("outcome in ('', 'handed_over')"),
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The transfer's events tell of it."""
        return ("transfer", self.transfer_id)
