"""What a search finds as a list to take along: XLSX, CSV or PDF/A, told in the story."""

import tempfile
from pathlib import Path

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from archive import reading as reads
from archive.access import Action
from archive.documents import number_as_shown
from archive.errors import NotFound
from archive.models import CaseFile, Document
from formats.printed import Sheet
from formats.tables import write_csv, write_xlsx
from search.finding import as_told
from search.lists import rows_of
from web.auth import actor, asker, here, reading, require, services, writing
from web.forms import MOST_ROWS, Form, day, heads, mark_of, print_form
from web.names import headline
from web.pages.finding import asked_for, within_of
from web.pages.forms import sent

blueprint = Blueprint("search_lists", __name__)
MOST = 5_000  # lines of a table; of a printed list `MOST_ROWS`
NAME = "ket-qua-tim-kiem"
HEADER = (
    "Số TT",
    "Mã",
    "Số, ký hiệu",
    "Ngày văn bản",
    "Tên loại",
    "Trích yếu, tiêu đề",
    "Cơ quan ban hành",
    "Người ký",
)
WIDTHS = (7, 20, 18, 13, 16, 60, 34, 22)
MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


@blueprint.get("/search/list")
def download() -> BaseResponse:
    """The descriptions that the person may know of, and nothing of the content."""
    kind = request.args.get("form", "xlsx")
    if kind not in MIMES:
        raise NotFound("no_such_page", page=kind)
    question = asked_for()
    with reading() as rows:
        require(rows, Action.FIND, here())
        found = rows_of(
            rows,
            services().engine,
            asker(),
            question.text,
            MOST_ROWS if kind == "pdf" else MOST,
            chosen=question.chosen,
            order=question.order,
            within=within_of(rows, question),
        )
        lines = [(str(number), *_line(one)) for number, one in enumerate(found, 1)]
        told = as_told(question.text, question.chosen)
        mark = mark_of(rows, here(), asker())
        form = Form(
            NAME,
            "Kết quả tìm kiếm",
            "found.html",
            {"asked": told, "rows": lines, **heads(here(), actor())},
            Sheet(True, mark),
        )
    with writing() as rows:
        reads.list_taken(rows, here().id, told, len(lines), kind, [one[1] for one in lines])
    with tempfile.TemporaryDirectory(prefix="luutru-print-") as folder:
        path = Path(folder) / f"{NAME}.{kind}"
        if kind == "pdf":
            print_form(form, path)
        elif kind == "csv":
            write_csv(path, HEADER, lines)
        else:
            write_xlsx(path, HEADER, lines, sheet=NAME, widths=WIDTHS)
        return sent(path, path.name, MIMES[kind])


def _line(one: Document | CaseFile) -> tuple[str, ...]:
    if isinstance(one, CaseFile):
        return (one.code, one.notation, "", "Hồ sơ", one.title, "", "")
    return (
        one.code,
        number_as_shown(one),
        day(one.issued_date),
        one.type_name,
        headline(one),
        one.organ_name,
        one.signer_name,
    )
