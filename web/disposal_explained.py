"""What an explanation (Bản thuyết minh, PL III) begins with: what the data say, in Vietnamese."""

from collections.abc import Sequence

from sqlalchemy import Select, distinct, extract, func, select
from sqlalchemy.orm import Session

from archive.models import CaseFile, Organ, Part, Placement, Unit
from retention.models import Appraisal
from web.forms import counted

MOST_UNITS = 6


def proposal(rows: Session, organ: Organ, wanted: Select[Appraisal]) -> tuple[str, str]:
    """How the records came to be, and their condition; to be read and corrected by the archivist.

    Args:
        rows: the session.
        organ: whose records they are.
        wanted: the re-appraisals that are or will be on the list.
    """
    numbers = list(rows.scalars(wanted.with_only_columns(Appraisal.id)))
    if not numbers:
        return "", ""
    inside = Appraisal.id.in_(numbers)
    causes: dict[str, int] = {
        cause: count
        for cause, count in rows.execute(
            select(Appraisal.cause, func.count()).where(inside).group_by(Appraisal.cause)
        )
    }
    units = list(
        rows.scalars(
            select(Unit.name)
            .distinct()
            .join(Appraisal, Appraisal.unit_id == Unit.id)
            .where(inside)
            .order_by(Unit.name)
        )
    )
    return (
        _formation(rows, organ, numbers, units, causes),
        _condition(rows, numbers, causes),
    )


def _formation(
    rows: Session,
    organ: Organ,
    numbers: Sequence[int],
    units: Sequence[str],
    causes: dict[str, int],
) -> str:
    first, last = _years(rows, numbers)
    who = ", ".join(units[:MOST_UNITS]) + (" và các đơn vị khác" if len(units) > MOST_UNITS else "")
    said = [
        f"Khối tài liệu hình thành trong hoạt động của {organ.name}"
        + (f" ({who})" if units else "")
        + (f", từ năm {first} đến năm {last}" if first and first != last else "")
        + (f", năm {first}" if first and first == last else "")
        + "; nguồn: hồ sơ do các đơn vị, cá nhân lập và quản lý trên Hệ thống."
    ]
    if causes.get("expired"):
        said.append(
            f"{counted(causes['expired'])} hồ sơ đã hết thời hạn lưu trữ; đơn vị hình thành và "
            "lưu trữ đã đánh giá lại, đề nghị hủy."
        )
    if causes.get("duplicate"):
        said.append(
            f"{counted(causes['duplicate'])} tài liệu trùng lặp; bản giữ lại được nêu trong "
            "danh mục."
        )
    return "\n".join(said)


def _condition(rows: Session, numbers: Sequence[int], causes: dict[str, int]) -> str:
    documents, pages = _counts(rows, numbers)
    first, last = _years(rows, numbers)
    lines = sum(causes.values())
    said = [
        f"Số lượng: {counted(lines)} hồ sơ, tài liệu trong danh mục; {counted(documents)} văn bản, "
        f"{counted(pages)} trang điện tử.",
    ]
    if first:
        said.append(f"Thời gian của tài liệu: {first if first == last else f'{first} – {last}'}.")
    said.append("Tình trạng: tài liệu đọc được, dữ liệu nguyên vẹn theo mã băm đã lưu.")
    return "\n".join(said)


def _years(rows: Session, numbers: Sequence[int]) -> tuple[int | None, int | None]:
    found = rows.execute(
        select(
            func.min(extract("year", func.coalesce(CaseFile.start_date, CaseFile.end_date))),
            func.max(extract("year", func.coalesce(CaseFile.end_date, CaseFile.start_date))),
        )
        .join(Appraisal, Appraisal.case_file_id == CaseFile.id)
        .where(Appraisal.id.in_(numbers))
    ).one()
    return tuple(int(one) if one is not None else None for one in found)  # type: ignore[return-value]


def _counts(rows: Session, numbers: Sequence[int]) -> tuple[int, int]:
    """Documents and pages in these case files."""
    found = rows.execute(
        select(func.count(distinct(Part.document_id)), func.coalesce(func.sum(Part.pages), 0))
        .join(Placement, Placement.document_id == Part.document_id)
        .join(Appraisal, Appraisal.case_file_id == Placement.case_file_id)
        .where(Appraisal.id.in_(numbers))
    ).one()
    alone = rows.execute(
        select(func.count(distinct(Part.document_id)), func.coalesce(func.sum(Part.pages), 0))
        .join(Appraisal, Appraisal.document_id == Part.document_id)
        .where(Appraisal.id.in_(numbers))
    ).one()
    return found[0] + alone[0], (found[1] or 0) + (alone[1] or 0)
