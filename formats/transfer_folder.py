"""A plain folder of whole case files that needs no program of ours: to read, and to check.

One folder a case file with its files under readable names, lists as CSV and XML, the digests of
everything in `SHA256SUMS` as `sha256sum -c` reads them, and a README. Files are copied one by one:
however many there are, few are in memory.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from formats.case_file_packages import HeldDocument, write_xml
from formats.names import plain_name
from formats.tables import write_csv

NAMESPACE = "urn:luutru:transfer:1"
SUMS, README, LIST = "SHA256SUMS", "README.txt", "muc-luc-ho-so"
FILES = "ho-so"
ROLES = {"original": "goc", "archival": "luu-tru", "seal": "con-dau"}
_KINDS = {"original": "Bản gốc", "archival": "Bản lưu trữ PDF/A", "seal": "Chữ ký tách rời"}
_BOTH = "Bản gốc, đồng thời là bản lưu trữ PDF/A"
_CHUNK = 1024 * 1024
FILE_LIST = (
    "Số TT", "Mã hồ sơ", "Tiêu đề hồ sơ", "Bắt đầu", "Kết thúc", "Thời hạn bảo quản", "Số văn bản",
    "Số trang", "Số tờ giấy", "Chế độ sử dụng", "Ngôn ngữ", "Ghi chú", "Thư mục",
)  # fmt: skip
DOCUMENT_LIST = (
    "Số TT", "Mã văn bản", "Số, ký hiệu", "Ngày văn bản", "Tên loại", "Trích yếu", "Tác giả",
    "Tệp", "Loại", "Số trang", "Kích thước", "SHA-256",
)  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """A stored file with the name under which it travels.

    Attributes:
        name: within the folder of its case file.
        digest: SHA-256.
        size: in bytes.
        kind: in words, for the list.
        document: ordinal of its document.
        pages: how many, where that is known.
    """

    name: str
    digest: str
    size: str
    kind: str
    document: int
    pages: int | None


@dataclass(frozen=True)
class CaseFileOut:
    """A case file as it leaves.

    Attributes:
        ordinal: in the transfer.
        code: of the case file.
        about: attributes of its XML: code, organ, system, when and by whom it was exported.
        data: its values by the codes of NĐ 30.
        documents: all of them, in their order.
        totals: documents, pages, and sheets on paper.
        on_paper: what of it is on paper, and where, in lines.
    """

    ordinal: int
    code: str
    about: Mapping[str, str]
    data: Mapping[str, Any]
    documents: tuple[HeldDocument, ...]
    totals: tuple[int, int, int]
    on_paper: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"{self.ordinal:04d}_{plain_name(self.code)}"

    @property
    def files(self) -> tuple[Stored, ...]:
        """Its files under the names they travel by; an archival original stands there once."""
        return tuple(one for document in self.documents for one in _stored(document))


@dataclass
class Written:
    """What came of it.

    Attributes:
        manifest: SHA-256 of the list of digests.
        files: how many there are, the lists included.
        size: all of them together.
        sums: the list of digests, by path.
    """

    manifest: str = ""
    files: int = 0
    size: int = 0
    sums: list[tuple[str, str]] = field(default_factory=list)


Fetch = Callable[[str, Path], None]


def write(
    root: Path,
    about: Mapping[str, str],
    readme: str,
    case_files: Iterable[CaseFileOut],
    fetch: Fetch,
    note: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write the whole folder.

    Args:
        root: an empty folder.
        about: attributes of the list: code, organ, receiver, plannedOn, exportedAt and so on.
        readme: for people.
        case_files: in their order; each is let go before the next is asked for.
        fetch: puts the bytes of a digest into a file, verified.
        note: told how many stored files are written.
    """
    made = Written()
    (root / README).write_text(readme, encoding="utf-8")
    _count(made, root, root / README)
    rows: list[Sequence[str]] = []
    done = 0
    with etree.xmlfile(str(root / f"{LIST}.xml"), encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(_tag("Transfer"), dict(about), nsmap={None: NAMESPACE}):
            for one in case_files:
                for stored in _write_one(root, one, fetch, made):
                    done += stored
                    note(done)
                rows.append(_row(one))
                xml.write("\n", _in_list(one))
            xml.write("\n")
    write_csv(root / f"{LIST}.csv", FILE_LIST, rows)
    for ending in ("csv", "xml"):
        _count(made, root, root / f"{LIST}.{ending}")
    _seal(root, made)
    return made


def _write_one(root: Path, one: CaseFileOut, fetch: Fetch, made: Written) -> Iterator[int]:
    """One case file; tells of each stored file."""
    folder = root / FILES / one.folder
    folder.mkdir(parents=True)
    for stored in one.files:
        fetch(stored.digest, folder / stored.name)
        _count(made, root, folder / stored.name, stored.digest)
        yield 1
    write_xml(one.data, one.about, one.documents, folder / "ho-so.xml")
    write_csv(folder / "muc-luc-van-ban.csv", DOCUMENT_LIST, _document_rows(one))
    names = ["ho-so.xml", "muc-luc-van-ban.csv"]
    if one.on_paper:
        (folder / "tren-giay.txt").write_text("\n".join(one.on_paper) + "\n", encoding="utf-8")
        names.append("tren-giay.txt")
    for name in names:
        _count(made, root, folder / name)


def _count(made: Written, root: Path, path: Path, digest: str = "") -> None:
    made.files += 1
    made.size += path.stat().st_size
    made.sums.append((path.relative_to(root).as_posix(), digest or _digest(path)))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(root: Path, made: Written) -> None:
    """Write the list of digests; when this returns, it is on the disk."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(made.sums))
    with (root / SUMS).open("w", encoding="ascii", newline="\n") as out:
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())
    made.manifest = hashlib.sha256(lines.encode()).hexdigest()


# Names --------------------------------------------------------------------------------------------


def _stored(document: HeldDocument) -> Iterator[Stored]:
    number = plain_name(_number(document.data), 40)
    begins = "_".join(one for one in (f"{document.place:04d}", number) if one)
    for file in document.files:
        begin = begins if len(document.files) == 1 else f"{begins}_{file.ordinal}"
        forms = {form["role"]: form for form in file.forms if form["role"] in ROLES}
        original = forms.get("original")
        for role, form in forms.items():
            is_same = original is not None and form["sha256"] == original["sha256"]
            if role == "archival" and is_same:
                continue
            ending = Path(file.file_name).suffix if role == "original" else ""
            ending = f".{plain_name(ending, 10).lower()}" if ending else _ENDINGS.get(role, "")
            twin = forms.get("archival")
            is_both = role == "original" and twin is not None and twin["sha256"] == form["sha256"]
            name = f"{begin}_{'goc-luu-tru' if is_both else ROLES[role]}{ending}"
            kind = _BOTH if is_both else _KINDS[role]
            yield Stored(name, form["sha256"], form["size"], kind, document.place, file.pages)


_ENDINGS = {"archival": ".pdf", "seal": ".p7s"}


def _number(data: Mapping[str, Any]) -> str:
    return "/".join(str(data[name]) for name in ("CodeNumber", "CodeNotation") if data.get(name))


# Lists --------------------------------------------------------------------------------------------


def _row(one: CaseFileOut) -> tuple[str, ...]:
    data = one.data
    documents, pages, sheets = one.totals
    return tuple(
        _said(value)
        for value in (
            one.ordinal, one.code, data.get("Title"), data.get("StartDate"), data.get("EndDate"),
            data.get("Maintenance"), documents, pages, sheets or "", data.get("Rights"),
            data.get("Language"), data.get("Description"), f"{FILES}/{one.folder}",
        )
    )  # fmt: skip


def _document_rows(one: CaseFileOut) -> Iterator[tuple[str, ...]]:
    documents = {document.place: document for document in one.documents}
    told = set()
    for stored in one.files:
        document = documents[stored.document]
        told.add(stored.document)
        yield _document_row(document, stored.name, stored.kind, stored.pages, stored.size,
                            stored.digest)  # fmt: skip
    for place, document in documents.items():
        if place not in told:
            yield _document_row(document, "", "", None, "", "")


def _document_row(document: HeldDocument, *of_file: Any) -> tuple[str, ...]:
    data = document.data
    about = (
        document.place, document.code, _number(data), data.get("IssuedDate"),
        data.get("TypeName"), data.get("Subject"), data.get("OrganName"),
    )  # fmt: skip
    return tuple(_said(value) for value in (*about, *of_file))


def _said(value: Any) -> str:
    """As people write it: days dd/mm/yyyy."""
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)


def _in_list(one: CaseFileOut) -> etree._Element:
    documents, pages, sheets = one.totals
    told = {
        "ordinal": str(one.ordinal),
        "code": one.code,
        "folder": f"{FILES}/{one.folder}",
        "documents": str(documents),
        "pages": str(pages),
        **({"sheets": str(sheets)} if sheets else {}),
    }
    made = etree.Element(_tag("CaseFile"), told, nsmap={None: NAMESPACE})
    for name in ("Title", "StartDate", "EndDate", "Maintenance"):
        if one.data.get(name) not in (None, ""):
            value = one.data[name]
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
            etree.SubElement(made, _tag(name)).text = text
    return made


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
