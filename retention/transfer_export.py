"""What lies in the folder of a transfer: gathered case file by case file, written as plain files.

Gathering looks at the rows, writing copies bytes and holds no transaction: each case file is read
in a look of its own and let go before the next.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import case_file_export, case_files, clock, papers
from archive.fields import CASE_FILE_FIELDS
from archive.files import FileStore
from archive.models import Organ, Person, Placement, Rendition
from formats.transfer_folder import ROLES, CaseFileOut, Written, write
from retention.models import Transfer, TransferItem
from retention.transferable import content_of, items_left

SYSTEM = "Lưu Trữ"
Look = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Plan:
    """What is to be written, as it was when it was begun.

    Attributes:
        code: of the transfer.
        organ: who gives.
        receiver: the historical archive.
        planned: the day for which it was registered, as ISO 8601.
        by: who exports it.
        at: when it was begun, in the organ's zone.
        items: its lines by number.
        files: how many stored files there are.
        content: digest of what goes.
    """

    code: str
    organ: str
    receiver: str
    planned: str
    by: str
    at: datetime
    items: tuple[int, ...]
    files: int
    content: str

    @property
    def about(self) -> dict[str, str]:
        """Attributes of its list."""
        return {
            "code": self.code,
            "organ": self.organ,
            "receiver": self.receiver,
            "plannedOn": self.planned,
            "exportedAt": self.at.isoformat(timespec="seconds"),
            "exportedBy": self.by,
            "system": SYSTEM,
        }


def plan_of(session: Session, transfer: Transfer, by: Person) -> Plan:
    """What is to be written now."""
    organ = session.get_one(Organ, transfer.organ_id)
    items = items_left(session, transfer)
    return Plan(
        code=transfer.code,
        organ=organ.name,
        receiver=transfer.receiver,
        planned=transfer.planned_on.isoformat(),
        by=by.full_name,
        at=clock.now().astimezone(ZoneInfo(organ.zone)),
        items=tuple(one.id for one in items),
        files=_count(session, [one.case_file_id for one in items]),
        content=content_of(session, transfer),
    )


def _count(session: Session, case_files: list[int]) -> int:
    """How many stored files there are to be written."""
    each = (
        select(Placement.case_file_id, Rendition.part_id, Rendition.digest)
        .join(Rendition, Rendition.document_id == Placement.document_id)
        .where(
            Placement.case_file_id.in_(case_files),
            Rendition.role.in_(ROLES),
            Rendition.replaced_at.is_(None),
        )
        .distinct()
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(each)) or 0


def write_folder(
    look: Look, files: FileStore, plan: Plan, root: Path, note: Callable[[int], None]
) -> Written:
    """Write it into an empty folder.

    Args:
        look: opens a look at the rows.
        files: where the bytes are.
        plan: what is to be written.
        root: where.
        note: told how many stored files are written; what it raises ends the work.

    Raises:
        StoreFailed: stored bytes are gone or damaged.
        OSError: the disk is full, or went away.
    """
    about = {**plan.about}
    return write(root, about, readme_of(plan), _each(look, plan), files.fetch, note)


def _each(look: Look, plan: Plan) -> Iterator[CaseFileOut]:
    about = {name: plan.about[name] for name in ("organ", "exportedAt", "exportedBy", "system")}
    for number in plan.items:
        with look() as session:
            gathered = _gathered(session, session.get_one(TransferItem, number), about)
        yield gathered


def _gathered(session: Session, item: TransferItem, about: dict[str, str]) -> CaseFileOut:
    case_file = item.case_file
    documents, pages = case_files.totals(session, [case_file.id]).get(case_file.id, (0, 0))
    return CaseFileOut(
        ordinal=item.ordinal,
        code=case_file.code,
        about={"code": case_file.code, **about},
        data={one.code: getattr(case_file, one.column) for one in CASE_FILE_FIELDS},
        documents=case_file_export.all_of(session, case_file),
        totals=(documents, pages, case_file.sheet_total or 0),
        on_paper=tuple(
            " · ".join(one for one in (part.what, part.place, part.holder) if one)
            for part in papers.of_case_file(session, case_file)
        ),
    )


def readme_of(plan: Plan) -> str:
    """How to read and check the folder, for people, in both languages."""
    count = len(plan.items)
    told = {"plan": plan, "count": count, "day": f"{plan.at:%d/%m/%Y %H:%M}"}
    return _README.format(**told)


_README = """{plan.code} – HỒ SƠ NỘP VÀO LƯU TRỮ LỊCH SỬ
Bên giao: {plan.organ}
Bên nhận: {plan.receiver}
Số hồ sơ: {count}. Xuất lúc {day}, người xuất: {plan.by}.

THƯ MỤC NÀY GỒM
  muc-luc-ho-so.csv, muc-luc-ho-so.xml   mục lục hồ sơ nộp lưu
  ho-so/0001_.../                        mỗi hồ sơ một thư mục, theo thứ tự trong mục lục
    ho-so.xml                            dữ liệu của hồ sơ và của từng văn bản (mã trường theo Nghị định 30/2020/NĐ-CP)
    muc-luc-van-ban.csv                  từng tệp, của văn bản nào, kèm mã băm SHA-256
    0001_..._goc.*                       bản gốc, đúng từng byte như khi tiếp nhận
    0001_..._luu-tru.pdf                 bản lưu trữ PDF/A
    0001_..._con-dau.p7s                 chữ ký số tách rời, nếu có
    tren-giay.txt                        phần còn trên giấy, nếu có
  SHA256SUMS                             mã băm của mọi tệp
Không cần phần mềm Lưu Trữ để đọc hoặc kiểm tra.

CÁCH KIỂM TRA
  Linux, macOS:  mở cửa sổ lệnh trong thư mục này rồi gõ   sha256sum -c --quiet SHA256SUMS
                 (macOS: shasum -a 256 -c SHA256SUMS). Không in ra dòng nào là mọi tệp còn nguyên.
  Windows:       trong PowerShell, tại thư mục này:
                 Get-Content SHA256SUMS | ForEach-Object {{ $h, $f = $_ -split '  ', 2; if ((Get-FileHash $f).Hash -ne $h) {{ "SAI: $f" }} }}
  Mã băm SHA-256 của chính tệp SHA256SUMS được ghi trong biên bản giao nhận; hãy đối chiếu hai mã đó.

--------------------------------------------------------------------------------

{plan.code} – CASE FILES FOR THE HISTORICAL ARCHIVE
From: {plan.organ}
To: {plan.receiver}
Case files: {count}. Exported {day} by {plan.by}.

WHAT IS HERE
  muc-luc-ho-so.csv, muc-luc-ho-so.xml   list of the case files
  ho-so/0001_.../                        one folder a case file, in the order of the list
    ho-so.xml                            data of the case file and of each document (field codes of Decree 30/2020)
    muc-luc-van-ban.csv                  each file, of which document, with its SHA-256
    0001_..._goc.*                       the original, byte for byte as it was received
    0001_..._luu-tru.pdf                 the archival copy, PDF/A
    0001_..._con-dau.p7s                 a detached signature, where there is one
    tren-giay.txt                        what is still on paper, where something is
  SHA256SUMS                             digests of all files
Nothing of this needs our software.

HOW TO CHECK IT
  Linux, macOS:  in this folder   sha256sum -c --quiet SHA256SUMS
                 (macOS: shasum -a 256 -c SHA256SUMS). No line printed: every file is whole.
  Windows:       in PowerShell, in this folder:
                 Get-Content SHA256SUMS | ForEach-Object {{ $h, $f = $_ -split '  ', 2; if ((Get-FileHash $f).Hash -ne $h) {{ "BAD: $f" }} }}
  The SHA-256 of the file SHA256SUMS itself stands in the record of the hand-over: compare the two.
"""  # noqa: E501
