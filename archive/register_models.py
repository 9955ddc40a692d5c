"""The clerk's books: registers, their entries, their numbers, refusals, holidays.

Tables only; the verbs stand in `registers.py`, `numbering.py`, `refusals.py`, `working_days.py`.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import UtcDateTime
from archive.models import CaseFile, Document, Organ, Row, Words


class Register(Row):
    """A book (sổ) of an organ: incoming, outgoing, or copies. Its years are counted apart."""

    __tablename__ = "register"
    STORY = "register"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)  # short, in links and commands
    name: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None] = mapped_column()

    organ: Mapped[Organ] = relationship()

    __table_args__ = (
        UniqueConstraint("organ_id", "code"),
        CheckConstraint("kind in ('incoming', 'outgoing', 'copies')", name="kind"),
    )


class NumberSeries(Row):
    """The last number given in a book and year; its row is locked while the next one is given."""

    __tablename__ = "number_series"

    register_id: Mapped[int] = mapped_column(ForeignKey("register.id"))
    year: Mapped[int] = mapped_column()
    last: Mapped[int] = mapped_column(default=0)
    whole_to: Mapped[int] = mapped_column(default=0)  # none was missing up to here, last time

    __table_args__ = (UniqueConstraint("register_id", "year"),)


_TO_TELL = "acknowledged_at is not null and answer_sent_at is null and sender_email != ''"


# Small lists within large books, each with an index. They are told to the database in these very
# words, without values to be filled in: only so is it sure that the index holds them all.
IS_OPEN = "finished_on is null and state = 'registered' and handling = 'handle'"
IS_LATE = "late_reason != ''"
IS_CANCELLED = "state = 'cancelled'"
IS_UNACKNOWLEDGED = "acknowledged_at is null and state = 'registered'"


def _index_of(name: str, which: str, *more: str) -> Index:
    columns = ("register_id", "year", "number", *more)
    here = text(which)
    return Index(f"ix_register_entry_{name}", *columns, sqlite_where=here, postgresql_where=here)


class RegisterEntry(Row):
    """One line of a book. A number once given stays: a cancelled line keeps it, with its reason.

    The line stands by itself: it is there before its file is read, and also where there is no
    file. `document_id` is filled in when its file is shelved.
    """

    __tablename__ = "register_entry"
    STORY = "register_entry"
    UNTOLD = frozenset({"answer_tries", "answer_after"})

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    register_id: Mapped[int] = mapped_column(ForeignKey("register.id"))
    year: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column()  # số đến, or the issue number
    state: Mapped[str] = mapped_column(Text, default="registered")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    registered_on: Mapped[date] = mapped_column()  # the real day: arrival or issue
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was typed
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    late_reason: Mapped[str] = mapped_column(Text, default="")  # typed on a later day, and why
    code_number: Mapped[str] = mapped_column(Text, default="")
    code_notation: Mapped[str] = mapped_column(Text, default="")
    canonical: Mapped[str] = mapped_column(Text, default="")  # both in one spelling, to compare
    issued_date: Mapped[date | None] = mapped_column()
    type_name: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text)
    organ_name: Mapped[str] = mapped_column(Text, default="")  # the author
    doc_code: Mapped[str] = mapped_column(Text, default="", index=True)
    signer_position: Mapped[str] = mapped_column(Text, default="")
    signer_name: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[int] = mapped_column(default=0)
    due_date: Mapped[date | None] = mapped_column()
    is_deadline_fixed: Mapped[bool] = mapped_column(default=False)  # set by the issuer (TN 4.1)
    page_amount: Mapped[int | None] = mapped_column()
    issued_amount: Mapped[int | None] = mapped_column()
    recipients: Mapped[list[Words]] = mapped_column(JSON, default=list)  # with paper or without
    to_places: Mapped[str] = mapped_column(Text, default="")  # unit or person who handles it
    trace_header_list: Mapped[str] = mapped_column(Text, default="")
    copy_holder: Mapped[str] = mapped_column(Text, default="")  # who keeps the filed copy
    handed_on: Mapped[date | None] = mapped_column()
    signed_for: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(Text, default="paper")
    sender_email: Mapped[str] = mapped_column(Text, default="")
    circulation: Mapped[str] = mapped_column(Text, default="both")
    handling: Mapped[str] = mapped_column(Text, default="handle")
    copy_kind: Mapped[str] = mapped_column(Text, default="")  # SY, SL, TrS, in the copies' book
    copy_of_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    paper_arrived_on: Mapped[date | None] = mapped_column()
    finished_on: Mapped[date | None] = mapped_column()
    outcome: Mapped[str] = mapped_column(Text, default="")  # answered, for_reference, done_at, …
    done_at: Mapped[str] = mapped_column(Text, default="")  # "đã thực hiện tại văn bản số …"
    not_kept: Mapped[str] = mapped_column(Text, default="")  # why its document was put nowhere
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id"), index=True)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # "received", by mail
    answer_tries: Mapped[int] = mapped_column(default=0)
    answer_after: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not tried again before
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    supplementary: Mapped[Words] = mapped_column(JSON, default=dict)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    is_suspected: Mapped[bool] = mapped_column(default=False)  # of being a state secret; its file
    revision: Mapped[int] = mapped_column(default=1)

    register: Mapped[Register] = relationship()
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    copy_of: Mapped[Document | None] = relationship(foreign_keys=[copy_of_id])
    answered_by: Mapped["RegisterEntry | None"] = relationship(remote_side="RegisterEntry.id")
    case_file: Mapped[CaseFile | None] = relationship()  # of an outgoing document (HC-32)

    @property
    def code(self) -> str:
        """How it is named in links and commands: book, year, number."""
        return f"{self.register.code}/{self.year}/{self.number}"

    __table_args__ = (
        UniqueConstraint("register_id", "year", "number", postgresql_include=["id"]),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("state in ('registered', 'cancelled')", name="state"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at is not null)", name="cancelled"),
        CheckConstraint("priority between 0 and 4", name="priority"),
        CheckConstraint("circulation in ('electronic', 'paper', 'both')", name="circulation"),
        CheckConstraint("handling in ('handle', 'notice')", name="handling"),
        Index(
            "ix_register_entry_day",
            "register_id",
            "registered_on",
            "year",
            "number",
            postgresql_include=["id"],
        ),
        Index("ix_register_entry_same", "organ_id", "canonical", "register_id", "year"),
        _index_of("open", IS_OPEN, "due_date"),
        _index_of("late", IS_LATE),
        _index_of("cancelled", IS_CANCELLED),
        _index_of("unacknowledged", IS_UNACKNOWLEDGED),
        Index(
            "ix_register_entry_to_tell",
            "organ_id",
            sqlite_where=text(_TO_TELL),
            postgresql_where=text(_TO_TELL),
        ),
        CheckConstraint(
            "outcome in ('', 'answered', 'done_at', 'for_reference', 'no_answer')", name="outcome"
        ),
        CheckConstraint("(outcome = '') = (finished_on is null)", name="finished"),
        CheckConstraint("copy_kind in ('', 'SY', 'SL', 'TrS')", name="copy_kind"),
    )


class Delivery(Row):
    """What was issued, on its way to one recipient: waited for until it is known to be there.

    Names are those of the line. Who is struck from the line is waited for no more (HC-29).
    """

    __tablename__ = "delivery"
    STORY = "delivery"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    recipient: Mapped[str] = mapped_column(Text)
    is_paper: Mapped[bool] = mapped_column(default=False)
    sent_on: Mapped[date] = mapped_column()
    arrived_on: Mapped[date | None] = mapped_column()
    how: Mapped[str] = mapped_column(Text, default="")  # by which we know
    reminded_on: Mapped[date | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("entry_id", "recipient"),
        Index(
            "ix_delivery_waiting",
            "organ_id",
            "sent_on",
            sqlite_where=text("arrived_on is null"),
            postgresql_where=text("arrived_on is null"),
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The line's events tell of it."""
        return ("register_entry", self.entry_id)


class EntryTwin(Row):
    """What a clerk decided of an entry that looks like an earlier one (R5)."""

    __tablename__ = "entry_twin"
    STORY = "entry_twin"

    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), index=True)
    earlier_entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id"))
    earlier_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    grounds: Mapped[str] = mapped_column(Text)  # digest, doc_code, number, words
    decision: Mapped[str] = mapped_column(Text)  # other, same, supplement
    why: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def story_owner(self) -> tuple[str, int] | None:
        """The entry's events tell of it."""
        return ("register_entry", self.entry_id)


class SentForm(Row):
    """A form that a line came of, by its one-time key: sent again, it makes no second line."""

    __tablename__ = "sent_form"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    key: Mapped[str] = mapped_column(Text, unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), index=True)


class Refusal(Row):
    """Something that was not let in, and the answer to its sender. Of a secret: nothing else."""

    __tablename__ = "refusal"
    STORY = "refusal"
    UNTOLD = frozenset({"answer_tries", "answer_after"})

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    year: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column()
    refused_on: Mapped[date] = mapped_column()
    refused_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)  # refused, returned
    reason_code: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    sender: Mapped[str] = mapped_column(Text, default="")
    sender_email: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(Text, default="")  # its number, as the sender wrote it
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_tries: Mapped[int] = mapped_column(default=0)
    answer_after: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not tried again before

    __table_args__ = (
        UniqueConstraint("organ_id", "year", "number"),
        CheckConstraint("kind in ('refused', 'returned')", name="kind"),
        Index(
            "ix_refusal_to_tell",
            "organ_id",
            sqlite_where=text("answered_at is null and sender_email != ''"),
            postgresql_where=text("answered_at is null and sender_email != ''"),
        ),
    )

    @property
    def code(self) -> str:
        """How it is named in links and commands: year, number."""
        return f"{self.year}/{self.number}"


class LettingIn(Row):
    """A competent person is asked to let in what the organ refuses by itself (KT 4.3)."""

    __tablename__ = "letting_in"
    STORY = "letting_in"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    ground: Mapped[str] = mapped_column(Text)  # complaint, resolution, named_letter
    typed: Mapped[Words] = mapped_column(JSON, default=dict)  # the form, so that nothing is lost
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_allowed: Mapped[bool | None] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id"), unique=True)

    __table_args__ = (
        CheckConstraint("(decided_at is null) = (is_allowed is null)", name="decided"),
        CheckConstraint("entry_id is null or is_allowed", name="used"),
    )


class Holiday(Row):
    """A day on which an organ does not work, or works although the calendar says otherwise."""

    __tablename__ = "holiday"
    STORY = "holiday"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    day: Mapped[date] = mapped_column()
    name: Mapped[str] = mapped_column(Text)
    is_working: Mapped[bool] = mapped_column(default=False)  # a day made up for

    __table_args__ = (UniqueConstraint("organ_id", "day"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The organ's events tell of its holidays."""
        return ("organ", self.organ_id)
