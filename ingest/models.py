"""What is on the road: intakes, and the files that the steps have made of them so far."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import UtcDateTime
from archive.models import CaseFile, Document, Organ, Person, Row
from archive.register_models import RegisterEntry

IS_UNDER_WAY = "state in ('received', 'waiting', 'stuck')"
_WHO_SEES = ("received_by_id", "case_file_id", "mends_part_id")


class Intake(Row):
    """One received file on its road to the shelf.

    States (record rules, R3): received (on the road), waiting (a person or a missing program
    decides), refused, stuck (given up after five tries), shelved (a document), discarded. One that
    mends a part walks to give a document on the shelf the archival copy that it lacks.
    """

    __tablename__ = "intake"
    STORY = "intake"
    UNTOLD = frozenset(
        {"claim", "claimed_until", "attempts", "try_after", "queued_at", "progress", "trouble"}
    )

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    door: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)  # as it was given
    digest: Mapped[str] = mapped_column(Text, index=True)
    size: Mapped[int] = mapped_column()
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    register_entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id"))
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(Text, default="received")
    next_step: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)  # a stable code
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by step
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    is_quarantined: Mapped[bool] = mapped_column(default=False)
    mends_part_id: Mapped[int | None] = mapped_column(ForeignKey("part.id"), index=True)

    claim: Mapped[str | None] = mapped_column(Text)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    try_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # pages read, of how many
    trouble: Mapped[str | None] = mapped_column(Text)  # the last failure, for who looks after it

    organ: Mapped[Organ] = relationship()
    received_by: Mapped[Person | None] = relationship()
    case_file: Mapped[CaseFile | None] = relationship()
    document: Mapped[Document | None] = relationship()
    files: Mapped[list["IntakeFile"]] = relationship(back_populates="intake")

    __table_args__ = (
        CheckConstraint(
            "state in ('received', 'waiting', 'refused', 'stuck', 'shelved', 'discarded')",
            name="state",
        ),
        CheckConstraint("(state = 'shelved') = (document_id is not null)", name="shelved"),
        CheckConstraint("length(digest) = 64", name="digest"),
        Index("ix_intake_road", "state", "next_step", "queued_at"),
        Index("ix_intake_received", "organ_id", "received_at"),
        Index("ix_intake_list", "organ_id", "id", "state", *_WHO_SEES),
        Index("ix_intake_by_state", "organ_id", "state", "id", *_WHO_SEES),
        Index(
            "ix_intake_under_way",
            "organ_id",
            "id",
            sqlite_where=text(IS_UNDER_WAY),
            postgresql_where=text(IS_UNDER_WAY),
        ),
        Index("ix_intake_own", "received_by_id", "state", "id", "organ_id"),
    )


class IntakeFile(Row):
    """A file that a step made; the newest of a role counts."""

    __tablename__ = "intake_file"
    STORY = "intake_file"

    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text, index=True)
    size: Mapped[int] = mapped_column()
    step: Mapped[str] = mapped_column(Text)

    intake: Mapped[Intake] = relationship(back_populates="files")

    def story_owner(self) -> tuple[str, int] | None:
        """The intake's events tell of its files."""
        return ("intake", self.intake_id)


class Issuance(Row):
    """An outgoing document on its way out (R22): prepared, signed by its leader, issued.

    The files of the three states are kept in the store under their digests: the page with empty
    fields that we prepared, what the leader's signature made of it, and what was issued. What the
    organ digitised (a scan of signed paper, a copy) and an annex in a file of its own carry the
    organ's signature alone: they begin as signed.
    """

    __tablename__ = "issuance"
    STORY = "issuance"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    state: Mapped[str] = mapped_column(Text, default="prepared")
    kind: Mapped[str] = mapped_column(Text, default="document")
    main_id: Mapped[int | None] = mapped_column(ForeignKey("issuance.id"), index=True)  # of annexes
    copy_kind: Mapped[str] = mapped_column(Text, default="")  # SY, SL, TrS
    copy_of_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    name: Mapped[str] = mapped_column(Text)  # CKS…, from the subject, without marks (TN-34)
    layout: Mapped[str] = mapped_column(Text)
    places: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of its form fields
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)  # what to look at before signing
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # on its signatures
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of documents and lines
    version: Mapped[int] = mapped_column(default=1)  # of the draft
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    register_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("register_entry.id"), index=True
    )
    prepared_digest: Mapped[str] = mapped_column(Text, index=True)
    signed_digest: Mapped[str | None] = mapped_column(Text, index=True)
    issued_digest: Mapped[str | None] = mapped_column(Text, index=True)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was brought back
    signer_name: Mapped[str] = mapped_column(Text, default="")
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intake.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was given up
    revision: Mapped[int] = mapped_column(default=1)

    organ: Mapped[Organ] = relationship()
    case_file: Mapped[CaseFile | None] = relationship()
    register_entry: Mapped[RegisterEntry | None] = relationship()
    prepared_by: Mapped[Person] = relationship(foreign_keys=[prepared_by_id])
    issued_by: Mapped[Person | None] = relationship(foreign_keys=[issued_by_id])
    intake: Mapped[Intake | None] = relationship()
    main: Mapped["Issuance | None"] = relationship(
        remote_side="Issuance.id", back_populates="annexes"
    )
    annexes: Mapped[list["Issuance"]] = relationship(back_populates="main", order_by="Issuance.id")

    __table_args__ = (
        CheckConstraint("state in ('prepared', 'signed', 'issued', 'given_up')", name="state"),
        CheckConstraint("kind in ('document', 'scan', 'copy', 'annex')", name="kind"),
        CheckConstraint("copy_kind in ('', 'SY', 'SL', 'TrS')", name="copy_kind"),
        CheckConstraint("(kind = 'annex') = (main_id is not null)", name="annex"),
        Index("ix_issuance_list", "organ_id", "state", "id", "main_id"),
        CheckConstraint(
            "state != 'issued' or (signed_digest is not null and register_entry_id is not null "
            "and issued_digest is not null)",
            name="issued",
        ),
    )


class IssuanceComment(Row):
    """What somebody says about a draft, or is asked to say and has not said yet (HC-31)."""

    __tablename__ = "issuance_comment"
    STORY = "issuance_comment"

    issuance_id: Mapped[int] = mapped_column(ForeignKey("issuance.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)  # of the draft that was read
    words: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (
        CheckConstraint("(said_at is null) = (words = '')", name="said"),
        CheckConstraint("said_at is not null or asked_at is not null", name="asked"),
        Index(
            "ix_issuance_comment_open",
            "person_id",
            sqlite_where=text("said_at is null"),
            postgresql_where=text("said_at is null"),
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The events of what is issued tell of it."""
        return ("issuance", self.issuance_id)
