"""Searches that people keep: what was asked, who follows it, and since when what is new to them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import UtcDateTime
from archive.models import Organ, Person, Row, Unit


class SavedSearch(Row):
    """A question under a name, one person's own or shared with that person's unit.

    Only the question is kept and never what it found: rights are asked for anew each time.
    """

    __tablename__ = "saved_search"
    STORY = "saved_search"

    organ_id: Mapped[int] = mapped_column(ForeignKey("organ.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # shared with
    name: Mapped[str] = mapped_column(Text)
    asked: Mapped[str] = mapped_column(Text, default="")  # as it was typed
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)  # values of facets
    ordered: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organ: Mapped[Organ] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        UniqueConstraint("organ_id", "person_id", "name"),
        CheckConstraint("length(name) > 0", name="name"),
    )


class SearchFollower(Row):
    """Somebody who follows a saved search: what came later than `seen_at` is new to them."""

    __tablename__ = "search_follower"
    STORY = "search_follower"
    UNTOLD = frozenset({"seen_at", "told_at"})

    saved_search_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_daily: Mapped[bool] = mapped_column(default=False)  # told once a day when there is something
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    saved_search: Mapped[SavedSearch] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("saved_search_id", "person_id"),)

    def story_owner(self) -> tuple[str, int] | None:
        """The saved search's events tell of who follows it."""
        return ("saved_search", self.saved_search_id)
