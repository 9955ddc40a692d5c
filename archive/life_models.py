"""What happens to case files and documents in their life: links, papers, orders, hand-overs.

Tables only; the verbs stand in the modules named beside each group.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import UtcDateTime
from archive.models import CaseFile, Document, Organ, Person, Row, Words

# The plan: archive/file_plans.py ------------------------------------------------------------------


class CarriedOver(Row):
    """A case file that was not finished in its year stands in a later plan, with its first code."""

    __tablename__ = "carried_over"
    STORY = "carried_over"

    plan_id: Mapped[int] = mapped_column(ForeignKey("file_plan.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("file_plan_entry.id"), unique=True)
    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)

    __table_args__ = (UniqueConstraint("plan_id", "case_file_id"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The plan's events tell of it."""
        return ("file_plan", self.plan_id)


# Links and papers: archive/links.py, archive/papers.py --------------------------------------------


class DocumentLink(Row):
    """One document stands in a relation to another; shown from both ends."""

    __tablename__ = "document_link"
    STORY = "document_link"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("from_id", "to_id", "kind"),
        CheckConstraint("from_id != to_id", name="two_ends"),
        CheckConstraint(
            "kind in ('answers', 'relates', 'replaces', 'attachment', 'paper_twin')", name="kind"
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The events of the document that it starts from tell of it."""
        return ("document", self.from_id)


class PaperPart(Row):
    """Something of a case file or a document that is on paper, and where it stands."""

    __tablename__ = "paper_part"
    STORY = "paper_part"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(Text, default="original")
    what: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, default="")  # shelf, box
    holder: Mapped[str] = mapped_column(Text, default="")  # who has it, in words
    pages: Mapped[int | None] = mapped_column()
    sheets: Mapped[int | None] = mapped_column()
    link: Mapped[str] = mapped_column(Text, default="")  # where its publisher keeps the whole
    arrived_on: Mapped[date | None] = mapped_column()  # paper that came after the electronic one

    __table_args__ = (
        CheckConstraint("(case_file_id is null) != (document_id is null)", name="one_thing"),
        CheckConstraint(
            "kind in ('original', 'annex', 'rest_of_first_page', 'rest_of_main_text', 'copy', "
            "'converted')",
            name="kind",
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The events of what it belongs to tell of it."""
        if self.case_file_id is not None:
            return ("case_file", self.case_file_id)
        return ("document", self.document_id or 0)


class TakenOut(Row):
    """A duplicate or a draft that was taken out when its case file was reviewed (NĐ 30, Đ29.4)."""

    __tablename__ = "taken_out"
    STORY = "taken_out"

    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    why: Mapped[str] = mapped_column(Text)  # duplicate, draft, misplaced
    note: Mapped[str] = mapped_column(Text, default="")
    taken_out_at: Mapped[datetime] = mapped_column(UtcDateTime)

    document: Mapped[Document] = relationship()

    __table_args__ = (CheckConstraint("why in ('duplicate', 'draft', 'misplaced')", name="why"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The case file's events tell of it."""
        return ("case_file", self.case_file_id)


# Orders: archive/freezes.py, archive/access_changes.py, archive/recalls.py ------------------------


class FreezeOrder(Row):
    """An order that things may not be changed, moved or destroyed (khóa, đóng băng; R16)."""

    __tablename__ = "freeze_order"
    STORY = "freeze_order"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    number: Mapped[str] = mapped_column(Text)  # of the document that orders it
    ordered_on: Mapped[date] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lift_number: Mapped[str] = mapped_column(Text, default="")
    lift_reason: Mapped[str] = mapped_column(Text, default="")
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    frozen: Mapped[list["Frozen"]] = relationship(back_populates="order")


class Frozen(Row):
    """One thing that an order holds; a frozen case file holds the documents in it."""

    __tablename__ = "frozen"
    STORY = "frozen"

    order_id: Mapped[int] = mapped_column(ForeignKey("freeze_order.id"), index=True)
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)

    order: Mapped[FreezeOrder] = relationship(back_populates="frozen")

    __table_args__ = (
        UniqueConstraint("order_id", "case_file_id"),
        UniqueConstraint("order_id", "document_id"),
        CheckConstraint("(case_file_id is null) != (document_id is null)", name="one_thing"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The order's events tell of what it holds."""
        return ("freeze_order", self.order_id)


class AccessChange(Row):
    """A changed access right: shown as a warning until the competent person confirms it."""

    __tablename__ = "access_change"
    STORY = "access_change"

    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_confirmed: Mapped[bool | None] = mapped_column()

    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])

    def story_owner(self) -> tuple[str, int] | None:
        """The case file's events tell of it."""
        return ("case_file", self.case_file_id)


class Recall(Row):
    """A document that was recalled: an outgoing one is frozen, an incoming one cancelled."""

    __tablename__ = "recall"
    STORY = "recall"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    notice_number: Mapped[str] = mapped_column(Text, default="")
    recalled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recalled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_sender_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def story_owner(self) -> tuple[str, int] | None:
        """The document's events tell of it."""
        return ("document", self.document_id)


# Submission to the archive: archive/submissions.py ------------------------------------------------


class KeptBack(Row):
    """A due case file that its unit may keep a while, with the head's written consent (A5b)."""

    __tablename__ = "kept_back"
    STORY = "kept_back"

    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    until_on: Mapped[date] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    consent_number: Mapped[str] = mapped_column(Text)  # of the head's written consent
    consent_date: Mapped[date] = mapped_column()
    consent_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def story_owner(self) -> tuple[str, int] | None:
        """The case file's events tell of it."""
        return ("case_file", self.case_file_id)


class SubmissionCall(Row):
    """The archive announces its list of case files to be submitted; units have 30 days."""

    __tablename__ = "submission_call"
    STORY = "submission_call"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    year: Mapped[int] = mapped_column()
    announced_on: Mapped[date] = mapped_column()
    note: Mapped[str] = mapped_column(Text, default="")
    announced_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (UniqueConstraint("organ_id", "year", "announced_on"),)


class Submission(Row):
    """Case files handed to the archive together, and the record of their hand-over."""

    __tablename__ = "submission"
    STORY = "submission"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, default="")  # name of the block of records
    condition: Mapped[str] = mapped_column(Text, default="")  # state of the records
    boxes: Mapped[int | None] = mapped_column()
    metres: Mapped[str] = mapped_column(Text, default="")  # shelf metres of its paper
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # signed by the giving side
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # signed by the archive

    items: Mapped[list["SubmissionItem"]] = relationship(
        back_populates="submission", order_by="SubmissionItem.ordinal"
    )


IS_UNDECIDED = "outcome = ''"


class SubmissionItem(Row):
    """One case file of a submission and what the archive said of it."""

    __tablename__ = "submission_item"
    STORY = "submission_item"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    ordinal: Mapped[int] = mapped_column()
    outcome: Mapped[str] = mapped_column(Text, default="")  # '', accepted, returned, taken_back
    reason: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[list[Words]] = mapped_column(JSON, default=list)  # lines, as they were then
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    submission: Mapped[Submission] = relationship(back_populates="items")
    case_file: Mapped[CaseFile] = relationship()

    __table_args__ = (
        UniqueConstraint("submission_id", "case_file_id"),
        Index(
            "ix_submission_item_open",
            "submission_id",
            sqlite_where=text(IS_UNDECIDED),
            postgresql_where=text(IS_UNDECIDED),
        ),
        CheckConstraint("outcome in ('', 'accepted', 'returned', 'taken_back')", name="outcome"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The submission's events tell of its items."""
        return ("submission", self.submission_id)


# Notices: archive/notices.py ----------------------------------------------------------------------


class Notice(Row):
    """What somebody is told on one day: a digest of its items, in the inbox and by mail."""

    __tablename__ = "notice"
    STORY = "notice"
    UNTOLD = frozenset({"mail_tries", "mail_trouble", "mail_after"})

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    made_on: Mapped[date] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[str] = mapped_column(Text, unique=True)  # the same however often it is sent
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_tries: Mapped[int] = mapped_column(default=0)
    mail_trouble: Mapped[str] = mapped_column(Text, default="")
    mail_after: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not tried again before
    facts: Mapped[Words] = mapped_column(JSON, default=dict)

    items: Mapped[list["NoticeItem"]] = relationship(back_populates="notice")

    __table_args__ = (
        Index(
            "ix_notice_to_mail",
            "id",
            sqlite_where=text("mailed_at is null"),
            postgresql_where=text("mailed_at is null"),
        ),
    )


class NoticeItem(Row):
    """One thing that a person is told about on one occasion: never twice (unique)."""

    __tablename__ = "notice_item"
    STORY = "notice_item"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column()
    occasion: Mapped[str] = mapped_column(Text)  # the day it speaks of: 2027-11-21
    due_on: Mapped[date | None] = mapped_column()

    notice: Mapped[Notice] = relationship(back_populates="items")

    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_type", "subject_id", "occasion"),
        Index("ix_notice_item_occasion", "kind", "occasion"),
        Index("ix_notice_item_subject", "subject_type", "subject_id", "kind"),  # who was told of it
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The notice's events tell of its items."""
        return ("notice", self.notice_id)


# Personal files: archive/personal_files.py --------------------------------------------------------


class PersonalFileItem(Row):
    """A document that somebody has in a list of their own; it stands where it stood (KT 21.4)."""

    __tablename__ = "personal_file_item"
    STORY = "personal_file_item"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    heading: Mapped[str] = mapped_column(Text, default="")
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)

    document: Mapped[Document] = relationship()

    __table_args__ = (UniqueConstraint("person_id", "document_id"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The person's events tell of their list."""
        return ("person", self.person_id)


# People: archive/delegations.py, archive/exports.py, archive/key_custody.py -----------------------


class Delegation(Row):
    """One person may act for another, from a day to a day; both stand in every audit line (R9)."""

    __tablename__ = "delegation"
    STORY = "delegation"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organ: Mapped[Organ] = relationship()
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])

    __table_args__ = (
        CheckConstraint("principal_id != delegate_id", name="two_people"),
        CheckConstraint("from_on <= until_on", name="dates"),
    )


class ExportRequest(Row):
    """Somebody asks to take content out; the competent person allows it or not (DB-33, TN-41)."""

    __tablename__ = "export_request"
    STORY = "export_request"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    purpose: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_allowed: Mapped[bool | None] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(case_file_id is null) != (document_id is null)", name="one_thing"),
    )


class KeyCustody(Row):
    """Who holds a signing token, with whose written permission (HC-40, TN-20, TN-39, TN-43)."""

    __tablename__ = "key_custody"
    STORY = "key_custody"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    token: Mapped[str] = mapped_column(Text)  # serial number or name of the device
    kind: Mapped[str] = mapped_column(Text)  # organ, person
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    permission: Mapped[str] = mapped_column(Text, default="")  # number and date of the paper
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date | None] = mapped_column()
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("kind in ('organ', 'person')", name="kind"),
        CheckConstraint("until_on is null or from_on <= until_on", name="dates"),
    )
