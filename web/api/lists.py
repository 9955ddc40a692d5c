"""Pieces of lists: from where, how many, and how many there are in all."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")


def piece(rows: Session, wanted: Select[Row], asked: dict[str, Any]) -> tuple[Sequence[Row], int]:
    """The piece that was asked for, and the count of all."""
    total = rows.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    return rows.scalars(wanted.offset(asked["start"]).limit(asked["limit"])).all(), total
