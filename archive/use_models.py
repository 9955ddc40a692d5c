"""How records are used: lent out on paper, and copied out whole.

Tables only; the verbs stand in `loans.py` and `whole_copies.py`.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import UtcDateTime
from archive.models import CaseFile, Document, Row, Words


class Loan(Row):
    """A filed copy or a case file is in somebody's hands (sổ sử dụng bản lưu; NĐ 30, PL IV)."""

    __tablename__ = "loan"
    STORY = "loan"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    borrower_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    borrower: Mapped[str] = mapped_column(Text)  # the name, also of who has no account
    purpose: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(Text)  # who allowed it, as the book names them
    note: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date] = mapped_column()
    lent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    returned_on: Mapped[date | None] = mapped_column()
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    case_file: Mapped[CaseFile | None] = relationship()
    document: Mapped[Document | None] = relationship()

    __table_args__ = (
        CheckConstraint("(case_file_id is null) != (document_id is null)", name="one_thing"),
        CheckConstraint("from_on <= until_on", name="dates"),
        CheckConstraint("returned_on is null or from_on <= returned_on", name="returned"),
        Index(
            "uq_loan_case_file",
            "case_file_id",
            unique=True,
            sqlite_where=text("returned_on is null and case_file_id is not null"),
            postgresql_where=text("returned_on is null and case_file_id is not null"),
        ),
        Index(
            "uq_loan_document",
            "document_id",
            unique=True,
            sqlite_where=text("returned_on is null and document_id is not null"),
            postgresql_where=text("returned_on is null and document_id is not null"),
        ),
        Index("ix_loan_list", "organ_id", "returned_on", "until_on"),
        Index("ix_loan_day", "organ_id", "from_on"),
    )


class WholeCopy(Row):
    """A whole case file as one PDF, asked for by somebody and made by the worker; kept a day."""

    __tablename__ = "whole_copy"
    STORY = "whole_copy"
    UNTOLD = frozenset(
        {"state", "done", "total", "reason", "details", "made_at", "size", "content"}
    )

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # whose rights
    order: Mapped[str] = mapped_column("pages_by", Text, default="time")
    mark: Mapped[str] = mapped_column(Text, default="")  # at the foot of every page
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Text, default="waiting", index=True)
    done: Mapped[int] = mapped_column(default=0)  # files fetched, of so many
    total: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was not made
    details: Mapped[Words] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int | None] = mapped_column()
    content: Mapped[str] = mapped_column(Text, default="")  # digest of what is in it, and is not

    case_file: Mapped[CaseFile] = relationship()

    __table_args__ = (
        CheckConstraint("state in ('waiting', 'making', 'ready', 'failed', 'gone')", name="state"),
        CheckConstraint("pages_by in ('time', 'ordinal')", name="pages_by"),
    )
