"""What is kept: organs, case files, documents with their parts and renditions, people, events.

Tables only; the verbs stand beside them (`documents.py`, `case_files.py`, `people.py`, …).
A class with `STORY = "subject"` is audited: no change of its rows commits without an event.
Columns in `UNTOLD` are book-keeping of machines and no part of the story.
"""

import re
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    and_,
    case,
    delete,
    event,
    exists,
    insert,
    inspect,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from archive.database import Base, UtcDateTime
from formats.vietnamese import fold, sort_key

Words = dict[str, Any]
_WORD = re.compile(r"[^\W_]+")
ByLetter = Text().with_variant(Text(collation="C"), "postgresql")  # compared letter by letter


class Row(Base):
    """A row with a number; says how it is audited."""

    __abstract__ = True
    STORY: ClassVar[str | None] = None
    UNTOLD: ClassVar[frozenset[str]] = frozenset()

    id: Mapped[int] = mapped_column(primary_key=True)

    def story_owner(self) -> tuple[str, int] | None:
        """The row whose event may tell of this one too; None when it must be told by itself."""
        return None


# Agencies --------------------------------------------------------------------------------------


class Organ(Row):
    """An agency with its own fonds, plan, numbers, keys and rules."""

    __tablename__ = "organ"
    STORY = "organ"
    UNTOLD = frozenset({"index_from"})

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(Text, default="Asia/Ho_Chi_Minh")
    read_policy: Mapped[str] = mapped_column(Text, default="open")
    signature_layout: Mapped[str] = mapped_column(Text, default="nd30")
    refuse_bad_signatures: Mapped[bool] = mapped_column(default=False)
    rules: Mapped[Words] = mapped_column(JSON, default=dict)  # see archive/organ_rules.py
    index_from: Mapped[int | None] = mapped_column()  # documents after it: see archive/readers.py
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organ.id"))
    opened_on: Mapped[date | None] = mapped_column()
    closed_on: Mapped[date | None] = mapped_column()

    __table_args__ = (
        CheckConstraint("length(code) between 1 and 35", name="code_length"),
        CheckConstraint("read_policy in ('open', 'unit', 'assigned')", name="read_policy"),
        CheckConstraint("closed_on is null or opened_on <= closed_on", name="dates"),
    )


class OrganCode(Row):
    """A code that an organ had, with the days it was valid."""

    __tablename__ = "organ_code"
    STORY = "organ_code"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    code: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("length(code) between 1 and 35", name="code_length"),
        CheckConstraint("valid_to is null or valid_from <= valid_to", name="dates"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The organ's events tell of its codes."""
        return ("organ", self.organ_id)


class SealCertificate(Row):
    """A certificate with which the organ's seals were made; `verify` knows its own by these."""

    __tablename__ = "seal_certificate"
    STORY = "seal_certificate"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(Text)  # SHA-256
    pem: Mapped[str] = mapped_column(Text)
    is_trial: Mapped[bool] = mapped_column()
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("organ_id", "fingerprint"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The organ's events tell of its certificates."""
        return ("organ", self.organ_id)


class Unit(Row):
    """A department of an organ."""

    __tablename__ = "unit"
    STORY = "unit"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("organ_id", "code"),)


class Fonds(Row):
    """All the records of one organ that belong together (phông)."""

    __tablename__ = "fonds"
    STORY = "fonds"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    code: Mapped[str] = mapped_column(Text)  # FondId
    name: Mapped[str] = mapped_column(Text)  # FondName
    history: Mapped[str] = mapped_column(Text, default="")  # FondHistory
    archives_time: Mapped[str] = mapped_column(Text, default="")  # ArchivesTime
    key_groups: Mapped[str] = mapped_column(Text, default="")  # KeyGroups
    other_types: Mapped[str] = mapped_column(Text, default="")  # OtherTypes
    language: Mapped[str] = mapped_column(Text, default="")  # Language
    lookup_tools: Mapped[str] = mapped_column(Text, default="")  # LookupTools
    description: Mapped[str] = mapped_column(Text, default="")  # Description
    opened_on: Mapped[date | None] = mapped_column()
    closed_on: Mapped[date | None] = mapped_column()
    custodian_id: Mapped[int | None] = mapped_column(ForeignKey("organ.id"))  # who keeps it now

    organ: Mapped[Organ] = relationship(foreign_keys=organ_id, lazy="joined", innerjoin=True)
    custodian: Mapped[Organ | None] = relationship(foreign_keys=custodian_id, lazy="joined")

    __table_args__ = (
        UniqueConstraint("organ_id", "code"),
        CheckConstraint("closed_on is null or opened_on <= closed_on", name="dates"),
    )


class FilePlan(Row):
    """An organ's file plan of one year (danh mục hồ sơ): a draft until its head approves it."""

    __tablename__ = "file_plan"
    STORY = "file_plan"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    year: Mapped[int] = mapped_column()
    stage: Mapped[str] = mapped_column(Text, default="draft")
    decision_number: Mapped[str] = mapped_column(Text, default="")  # "Kèm theo Quyết định số…"
    decision_date: Mapped[date | None] = mapped_column()
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("organ_id", "year"),
        CheckConstraint("year between 1000 and 9999", name="year"),
        CheckConstraint("stage in ('draft', 'approved')", name="stage"),
        CheckConstraint(
            "stage != 'approved' or (approved_by_id is not null and approved_at is not null)",
            name="approved",
        ),
    )


IS_FILE = "notation != '' and taken_out_on is null"


class FilePlanEntry(Row):
    """A line of a file plan: a heading (no notation), or a case file to come.

    A line that leaves an approved plan keeps standing with the day it was taken out.
    """

    __tablename__ = "file_plan_entry"
    STORY = "file_plan_entry"

    plan_id: Mapped[int] = mapped_column(ForeignKey("file_plan.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("file_plan_entry.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int] = mapped_column(default=0)  # among the lines of the same heading
    heading_number: Mapped[str] = mapped_column(Text, default="")  # I, II, … or 1, 2, …
    notation: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[str] = mapped_column(Text)
    maintenance: Mapped[str] = mapped_column(Text, default="")
    creator: Mapped[str] = mapped_column(Text, default="")  # as written, where no account is meant
    note: Mapped[str] = mapped_column(Text, default="")
    taken_out_on: Mapped[date | None] = mapped_column()

    plan: Mapped[FilePlan] = relationship()

    __table_args__ = (
        Index("ix_file_plan_entry_place", "plan_id", "parent_id", "position"),
        Index(
            "uq_file_plan_entry_notation",
            "plan_id",
            "notation",
            unique=True,
            sqlite_where=text(IS_FILE),
            postgresql_where=text(IS_FILE),
        ),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The plan's events tell of its lines."""
        return ("file_plan", self.plan_id)


# Case files and documents -------------------------------------------------------------------------


_WHO_SEES = ("access_level", "holder_id", "unit_id")


IS_ACCEPTED = "stage = 'accepted'"
IS_READY = "stage in ('closed', 'returned')"  # finished, and not with the archive


class CaseFile(Row):
    """A case file (hồ sơ): the documents of one matter. Its code is kept as parts (PL VI)."""

    __tablename__ = "case_file"
    STORY = "case_file"
    UNTOLD = frozenset({"folded", "indexed_revision"})

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    fonds_id: Mapped[int | None] = mapped_column(ForeignKey("fonds.id"), index=True)
    plan_entry_id: Mapped[int | None] = mapped_column(ForeignKey("file_plan_entry.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stage: Mapped[str] = mapped_column(Text, default="open")
    access_level: Mapped[str] = mapped_column(Text, default="organ")
    code: Mapped[str] = mapped_column(Text, index=True)  # rendered from the three parts
    organ_code: Mapped[str] = mapped_column(Text)  # FileCode.OrganId
    year: Mapped[int] = mapped_column()  # FileCode.FileCatalog
    notation: Mapped[str] = mapped_column(Text)  # FileCode.FileNotation
    title: Mapped[str] = mapped_column(Text)  # Title
    maintenance: Mapped[str] = mapped_column(Text, default="")  # Maintenance
    rights: Mapped[str] = mapped_column(Text, default="")  # Rights
    creator: Mapped[str] = mapped_column(Text, default="")  # Creator
    language: Mapped[str] = mapped_column(Text, default="")  # Language
    start_date: Mapped[date | None] = mapped_column()  # StartDate
    end_date: Mapped[date | None] = mapped_column()  # EndDate
    document_total: Mapped[int | None] = mapped_column()  # DocTotal, fixed at closing
    page_total: Mapped[int | None] = mapped_column()  # PageTotal, fixed at closing
    sheet_total: Mapped[int | None] = mapped_column()  # sheets of its paper part
    description: Mapped[str] = mapped_column(Text, default="")  # Description
    keyword: Mapped[str] = mapped_column(Text, default="")  # Keyword
    infor_sign: Mapped[str] = mapped_column(Text, default="")  # InforSign
    physical_state: Mapped[str] = mapped_column(Text, default="")  # Format
    confidence_level: Mapped[str] = mapped_column(Text, default="")  # ConfidenceLevel
    paper_file_code: Mapped[str] = mapped_column(Text, default="")  # paperFileCode
    risk_recovery: Mapped[bool] = mapped_column(default=False)  # riskRecovery
    risk_recovery_status: Mapped[str] = mapped_column(Text, default="")  # riskRecoveryStatus
    supplementary: Mapped[Words] = mapped_column(JSON, default=dict)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_construction: Mapped[bool] = mapped_column(default=False)  # due 3 months after settlement
    settled_on: Mapped[date | None] = mapped_column()  # settlement of the construction project
    due_on: Mapped[date | None] = mapped_column()  # to be submitted by, once closed
    paper_state: Mapped[str] = mapped_column(Text, default="")  # '', hybrid, converted_to_paper
    folded: Mapped[str] = mapped_column(
        Text, default=""
    )  # the words of code and title without marks, to find by
    revision: Mapped[int] = mapped_column(default=1)
    indexed_revision: Mapped[int] = mapped_column(default=0)

    organ: Mapped[Organ] = relationship()
    holder: Mapped["Person | None"] = relationship()
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="case_file", order_by="Placement.ordinal"
    )

    __table_args__ = (
        UniqueConstraint("organ_id", "organ_code", "year", "notation"),
        CheckConstraint("year between 1000 and 9999", name="year"),
        CheckConstraint("length(notation) > 0", name="notation"),
        CheckConstraint(
            "stage in ('planned', 'open', 'closed', 'submitted', 'returned', 'accepted', "
            "'dropped', 'transferred', 'destroyed')",
            name="stage",
        ),
        CheckConstraint("access_level in ('organ', 'unit', 'assigned')", name="access_level"),
        CheckConstraint("end_date is null or start_date <= end_date", name="dates"),
        CheckConstraint(
            "stage not in ('closed', 'submitted', 'accepted') or closed_at is not null",
            name="closed",
        ),
        CheckConstraint("stage != 'accepted' or accepted_at is not null", name="accepted"),
        CheckConstraint("paper_state in ('', 'hybrid', 'converted_to_paper')", name="paper_state"),
        # With all that decides who sees it: a page far down is found without reading the rows.
        Index("ix_case_file_list", "organ_id", "year", "id", *_WHO_SEES, "stage"),
        Index("ix_case_file_by_stage", "organ_id", "stage", "year", "id", *_WHO_SEES),
        Index(
            "ix_case_file_due",
            "organ_id",
            "due_on",
            "id",
            sqlite_where=text(IS_READY),
            postgresql_where=text(IS_READY),
        ),
        Index(  # those that go to the historical archive some day, by when they came
            "ix_case_file_accepted",
            "organ_id",
            "accepted_at",
            "id",
            sqlite_where=text(IS_ACCEPTED),
            postgresql_where=text(IS_ACCEPTED),
        ),
        Index("ix_case_file_stage", "organ_id", "stage", "due_on", "unit_id"),
        Index("ix_case_file_holder", "holder_id", "stage", "due_on"),
        Index("ix_case_file_unit", "unit_id", "organ_id"),
        Index(
            "ix_case_file_behind",
            "id",
            sqlite_where=text("indexed_revision < revision"),
            postgresql_where=text("indexed_revision < revision"),
        ),
    )


class CaseFileWord(Base):
    """A word of a case file's code or title, without marks: found by how it begins."""

    __tablename__ = "case_file_word"

    word: Mapped[str] = mapped_column(ByLetter, primary_key=True)
    case_file_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, index=True
    )


def words_in(text: str) -> list[str]:
    """The words of a text as case files are found by them: without marks, case and signs."""
    return _WORD.findall(fold(text))


@event.listens_for(CaseFile, "before_insert")
@event.listens_for(CaseFile, "before_update")
def _fold_names(_mapper: object, _connection: object, case_file: CaseFile) -> None:
    """Keep what case files are found by as it is written."""
    words = words_in(f"{case_file.code} {case_file.title}")
    case_file.folded = "".join(f" {one}" for one in words)


@event.listens_for(CaseFile, "after_insert")
@event.listens_for(CaseFile, "after_update")
def _keep_words(_mapper: object, connection: Connection, case_file: CaseFile) -> None:
    """The same word by word."""
    if not inspect(case_file).attrs.folded.history.has_changes():
        return
    mine = CaseFileWord.case_file_id == case_file.id
    connection.execute(delete(CaseFileWord).where(mine))
    words = [{"word": one, "case_file_id": case_file.id} for one in set(case_file.folded.split())]
    connection.execute(insert(CaseFileWord), words)


@event.listens_for(CaseFile, "before_delete")
def _forget_words(_mapper: object, connection: Connection, case_file: CaseFile) -> None:
    """Nothing is found by what is gone."""
    connection.execute(delete(CaseFileWord).where(CaseFileWord.case_file_id == case_file.id))


SECRETS = ("suspected_secret", "secret")  # alarms that close a document
DESTROYED = "destroyed"  # the stage of a case file of which nothing is left to see


class Document(Row):
    """A document with everything the field tables for incoming and outgoing documents ask."""

    __tablename__ = "document"
    STORY = "document"
    UNTOLD = frozenset({"indexed_revision", "is_filed"})

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    code: Mapped[str] = mapped_column(Text, unique=True)  # R2: organ-year-seven digits
    direction: Mapped[str] = mapped_column(Text, default="other")
    file_ordinal: Mapped[int | None] = mapped_column()  # DocOrdinal as delivered by others
    type_name: Mapped[str] = mapped_column(Text, default="")  # TypeName
    code_number: Mapped[str] = mapped_column(Text, default="")  # CodeNumber
    code_notation: Mapped[str] = mapped_column(Text, default="")  # CodeNotation
    issued_date: Mapped[date | None] = mapped_column(index=True)  # IssuedDate
    organ_name: Mapped[str] = mapped_column(Text, default="")  # OrganName
    subject: Mapped[str] = mapped_column(Text, default="")  # Subject
    language: Mapped[str] = mapped_column(Text, default="")  # Language
    page_amount: Mapped[int | None] = mapped_column()  # PageAmount
    description: Mapped[str] = mapped_column(Text, default="")  # Description
    signer_position: Mapped[str] = mapped_column(Text, default="")  # SignerInfo.Position
    signer_name: Mapped[str] = mapped_column(Text, default="")  # SignerInfo.FullName
    recipients: Mapped[list[Words]] = mapped_column(JSON, default=list)  # To: OrganId, OrganName
    priority: Mapped[int | None] = mapped_column()  # Priority: urgency 0-4
    issued_amount: Mapped[int | None] = mapped_column()  # IssuedAmount
    due_date: Mapped[date | None] = mapped_column()  # DueDate
    arrival_date: Mapped[date | None] = mapped_column()  # ArrivalDate
    arrival_number: Mapped[int | None] = mapped_column()  # ArrivalNumber
    to_places: Mapped[str] = mapped_column(Text, default="")  # ToPlaces
    trace_header_list: Mapped[str] = mapped_column(Text, default="")  # TraceHeaderList
    doc_code: Mapped[str] = mapped_column(Text, default="")  # DocCode, as the law's forms carry it
    maintenance: Mapped[str] = mapped_column(Text, default="")  # maintenance
    infor_sign: Mapped[str] = mapped_column(Text, default="")  # InforSign
    keyword: Mapped[str] = mapped_column(Text, default="")  # Keyword
    mode: Mapped[str] = mapped_column(Text, default="")  # Mode
    confidence_level: Mapped[str] = mapped_column(Text, default="")  # ConfidenceLevel
    autograph: Mapped[str] = mapped_column(Text, default="")  # Autograph
    physical_state: Mapped[str] = mapped_column(Text, default="")  # Format
    process: Mapped[bool | None] = mapped_column()  # process
    risk_recovery: Mapped[bool] = mapped_column(default=False)  # riskRecovery
    risk_recovery_status: Mapped[str] = mapped_column(Text, default="")  # riskRecoveryStatus
    completeness: Mapped[str] = mapped_column(Text, default="full")
    elsewhere: Mapped[str] = mapped_column(Text, default="")  # where the rest is: holder or link
    is_scan_of_signed_paper: Mapped[bool] = mapped_column(default=False)
    supplementary: Mapped[Words] = mapped_column(JSON, default=dict)
    mending: Mapped[str | None] = mapped_column(Text)  # why there is no valid archival copy (R3)
    alarm: Mapped[str | None] = mapped_column(Text)  # suspected_secret, secret, infected (R15)
    shelved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    shelved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # closed to all since then
    revision: Mapped[int] = mapped_column(default=1)
    indexed_revision: Mapped[int] = mapped_column(default=0)
    is_filed: Mapped[bool] = mapped_column(default=False)  # stands in a case file; see `Placement`

    organ: Mapped[Organ] = relationship()
    parts: Mapped[list["Part"]] = relationship(back_populates="document", order_by="Part.ordinal")
    placements: Mapped[list["Placement"]] = relationship(back_populates="document")

    __table_args__ = (
        CheckConstraint(
            "direction in ('incoming', 'outgoing', 'internal', 'other')", name="direction"
        ),
        CheckConstraint("priority is null or priority between 0 and 4", name="priority"),
        CheckConstraint("length(code) > 0", name="code"),
        CheckConstraint("completeness in ('full', 'main_text', 'first_page')", name="completeness"),
        CheckConstraint("alarm in ('suspected_secret', 'secret', 'infected')", name="alarm"),
        CheckConstraint("page_amount is null or page_amount >= 0", name="page_amount"),
        Index("ix_document_doc_code", "organ_id", "doc_code", "id"),
        Index(
            "ix_document_number", "organ_id", "code_number", "code_notation", "issued_date", "id"
        ),
        Index("ix_document_organ", "organ_id", "alarm", "id", "destroyed_at"),
        Index(
            "ix_document_tray",
            "organ_id",
            "id",
            sqlite_where=text("is_filed is 0"),
            postgresql_where=text("is_filed is false"),
        ),
        Index(
            "ix_document_mending",
            "organ_id",
            "id",
            "code",
            sqlite_where=text("mending is not null"),
            postgresql_where=text("mending is not null"),
        ),
        Index(
            "ix_document_alarm",
            "organ_id",
            "id",
            "code",
            sqlite_where=text("alarm is not null"),
            postgresql_where=text("alarm is not null"),
        ),
        Index(
            "ix_document_maintenance",
            "id",
            "maintenance",
            "code",
            sqlite_where=text("maintenance != ''"),
            postgresql_where=text("maintenance != ''"),
        ),
        Index(
            "ix_document_behind",
            "id",
            sqlite_where=text("indexed_revision < revision"),
            postgresql_where=text("indexed_revision < revision"),
        ),
    )


class Part(Row):
    """One original file of a document: the main part, an annex, a companion, an attachment (R1)."""

    __tablename__ = "part"
    STORY = "part"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    ordinal: Mapped[int] = mapped_column(default=1)
    role: Mapped[str] = mapped_column(Text, default="main")
    file_name: Mapped[str] = mapped_column(Text)  # as it was given
    digest: Mapped[str] = mapped_column(Text)  # SHA-256 at reception, for ever
    pages: Mapped[int | None] = mapped_column()
    facts: Mapped[Words] = mapped_column(JSON, default=dict)  # what the road found out
    mending: Mapped[str | None] = mapped_column(Text)

    document: Mapped[Document] = relationship(back_populates="parts")
    renditions: Mapped[list["Rendition"]] = relationship(back_populates="part")

    __table_args__ = (
        UniqueConstraint("document_id", "ordinal"),
        CheckConstraint("role in ('main', 'annex', 'companion', 'attachment')", name="role"),
        CheckConstraint("length(digest) = 64", name="digest"),
        Index("ix_part_digest", "digest", "document_id"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The document's events tell of its parts."""
        return ("document", self.document_id)


class Rendition(Row):
    """One stored form of a part: the original, the archival copy, its text, its reports."""

    __tablename__ = "rendition"
    STORY = "rendition"

    part_id: Mapped[int] = mapped_column(ForeignKey("part.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text, index=True)
    size: Mapped[int] = mapped_column()
    mime: Mapped[str] = mapped_column(Text)
    puid: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    part: Mapped[Part] = relationship(back_populates="renditions")

    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("size >= 0", name="size"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The document's events tell of its renditions."""
        return ("document", self.document_id)


class Placement(Row):
    """A document's place in a case file; without one it stands in the tray of unfiled ones (R4)."""

    __tablename__ = "placement"
    STORY = "placement"

    case_file_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    ordinal: Mapped[int] = mapped_column()
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case_file: Mapped[CaseFile] = relationship(
        back_populates="placements", lazy="joined", innerjoin=True
    )
    document: Mapped[Document] = relationship(back_populates="placements")

    __table_args__ = (
        UniqueConstraint("case_file_id", "document_id"),
        UniqueConstraint("case_file_id", "ordinal"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The document's events tell of its places."""
        return ("document", self.document_id)


@event.listens_for(Placement, "after_insert")
@event.listens_for(Placement, "after_delete")
def _note_filing(_mapper: object, connection: Connection, place: Placement) -> None:
    """Keep on the document whether it stands anywhere: the tray is found by it."""
    stands = exists().where(Placement.document_id == place.document_id)
    connection.execute(
        update(Document).where(Document.id == place.document_id).values(is_filed=stands)
    )


@event.listens_for(Placement, "after_delete")
def _index_what_was_taken_out(_mapper: object, connection: Connection, place: Placement) -> None:
    """It is found by that case file no more."""
    taken = update(Document).where(Document.id == place.document_id)
    connection.execute(taken.values(indexed_revision=_anew(Document)))


_IN_ENTRIES_OF_DOCUMENTS = (
    *("title", "description", "keyword", "notation"),
    *("stage", "maintenance", "unit_id", "access_level", "holder_id"),
)  # what the index says of a document because of the case files that it stands in


@event.listens_for(CaseFile, "after_update")
def _index_what_is_inside(_mapper: object, connection: Connection, case_file: CaseFile) -> None:
    """Documents are found by their case file, too: they are indexed anew when it changes."""
    changed = inspect(case_file).attrs
    if case_file.stage == DESTROYED or not any(
        changed[name].history.has_changes() for name in _IN_ENTRIES_OF_DOCUMENTS
    ):
        return
    _mark_for_index(connection, Placement.case_file_id == case_file.id)


@event.listens_for(Unit, "after_update")
def _index_what_the_unit_has(_mapper: object, connection: Connection, unit: Unit) -> None:
    """Case files and documents are found by the name of their unit, too."""
    if not inspect(unit).attrs.name.history.has_changes():
        return
    of_unit = CaseFile.unit_id == unit.id
    connection.execute(update(CaseFile).where(of_unit).values(indexed_revision=_anew(CaseFile)))
    mine = select(CaseFile.id).where(of_unit)
    _mark_for_index(connection, Placement.case_file_id.in_(mine))


def _mark_for_index(connection: Connection, placed: ColumnElement[bool]) -> None:
    """Mark these documents as `case_files.index_anew` does, in the order in which the worker notes.

    They are locked in that order first: neither waits for the other in a ring.
    """
    inside = select(Placement.document_id).where(placed)
    wanted = select(Document.id).where(Document.id.in_(inside)).order_by(Document.id)
    locked = wanted.with_for_update(key_share=True)
    connection.execute(
        update(Document).where(Document.id.in_(locked)).values(indexed_revision=_anew(Document))
    )


def _anew(table: type[CaseFile] | type[Document]) -> ColumnElement[int]:
    """Another number each time, below zero."""
    return case((table.indexed_revision < 0, table.indexed_revision), else_=0) - 1


class CodeSeries(Row):
    """The last number used for document codes, by organ and legal year."""

    __tablename__ = "code_series"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"))
    year: Mapped[int] = mapped_column()
    last: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("organ_id", "year"),)


# People -------------------------------------------------------------------------------------------


class Person(Row):
    """A natural person with an account. Never deleted: accounts end, the story stays."""

    __tablename__ = "person"
    STORY = "person"
    UNTOLD = frozenset({"failed_sign_ins", "locked_until", "last_seen_at", "name_key"})
    is_lent = False  # a principal's rights in a delegate's hand: archive/delegations.py

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    user_name: Mapped[str] = mapped_column(Text, unique=True)
    full_name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(ByLetter, default="")  # to sort by, as Vietnamese does
    position: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    password_hash: Mapped[str] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    birth_year: Mapped[int | None] = mapped_column()  # for user names (TG 6.2)
    locked_from: Mapped[date | None] = mapped_column()  # first day without access
    language: Mapped[str] = mapped_column(Text, default="vi")
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organ: Mapped[Organ] = relationship()
    appointments: Mapped[list["Appointment"]] = relationship(back_populates="person")


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _keep_name_key(_mapper: object, _connection: object, person: Person) -> None:
    """Keep what people are sorted by as the name is written."""
    person.name_key = sort_key(person.full_name)


class Role(Row):
    """A role and what it may do: rights are data, not code."""

    __tablename__ = "role"
    STORY = "role"

    code: Mapped[str] = mapped_column(Text, unique=True)
    actions: Mapped[list[str]] = mapped_column(JSON, default=list)


class Appointment(Row):
    """A person holds a role at an organ, from a day to a day."""

    __tablename__ = "appointment"
    STORY = "appointment"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"))
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date | None] = mapped_column()

    person: Mapped[Person] = relationship(back_populates="appointments")
    role: Mapped[Role] = relationship()
    organ: Mapped[Organ] = relationship(lazy="joined", innerjoin=True)
    custody: Mapped[list[Fonds]] = relationship(  # that the organ passed on, or keeps for others
        primaryjoin=lambda: or_(
            foreign(Fonds.custodian_id) == Appointment.organ_id,
            and_(foreign(Fonds.organ_id) == Appointment.organ_id, Fonds.custodian_id.is_not(None)),
        ),
        viewonly=True,
    )

    __table_args__ = (
        UniqueConstraint("person_id", "organ_id", "role_id", "from_on"),
        CheckConstraint("until_on is null or from_on <= until_on", name="dates"),
    )

    def story_owner(self) -> tuple[str, int] | None:
        """The person's events tell of their roles."""
        return ("person", self.person_id)


class Grant(Row):
    """A person may read one case file or document beyond what the roles give."""

    __tablename__ = "access_grant"
    STORY = "access_grant"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(case_file_id is null) != (document_id is null)", name="one_thing"),
    )


class SignIn(Row):
    """A live session or an API token: only its digest is kept."""

    __tablename__ = "sign_in"
    STORY = "sign_in"
    UNTOLD = frozenset({"last_used_at"})

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)  # session | token
    name: Mapped[str] = mapped_column(Text, default="")
    secret_digest: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()

    __table_args__ = (CheckConstraint("kind in ('session', 'token')", name="kind"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The person's events tell of their sign-ins."""
        return ("person", self.person_id)


# The story ----------------------------------------------------------------------------------------


class Event(Base):
    """One thing that happened. Only ever added to; each link carries the one before (R12)."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    action: Mapped[str] = mapped_column(Text, index=True)
    door: Mapped[str] = mapped_column(Text)  # web, api, command, worker
    organ_id: Mapped[int | None] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column()
    principal_id: Mapped[int | None] = mapped_column()
    account: Mapped[str] = mapped_column(Text, default="")  # operating-system account, if no person
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int | None] = mapped_column()
    subject_code: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[Words] = mapped_column(JSON, default=dict)  # nothing personal, no content
    words_digest: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_event_subject", "subject_type", "subject_id", "id"),
        Index("ix_event_person", "person_id", "action", "id"),
    )


class EventRow(Base):
    """The state of one audited row after an event; the event's digest covers it."""

    __tablename__ = "event_row"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    row_digest: Mapped[str | None] = mapped_column(Text)  # None: the row is gone since

    __table_args__ = (Index("ix_event_row_row", "kind", "row_id", "event_id"),)


class EventWords(Base):
    """The erasable part of an event: names, reasons, searched words, old and new values."""

    __tablename__ = "event_words"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(Text)
    words: Mapped[Words] = mapped_column(JSON)


class ChainHead(Base):
    """The end of the chain: one row, locked while a link is added."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column()
    link: Mapped[str] = mapped_column(Text)
