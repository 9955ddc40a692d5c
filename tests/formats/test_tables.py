"""Tables come in whatever way people make them, and go out so that nothing in them runs."""

import csv
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from formats.errors import Unreadable
from formats.tables import Limits, Table, read_table, write_csv, write_xlsx

HEADER = ("Số, ký hiệu", "Tiêu đề")
ROWS = [("01.TH", "Hồ sơ hội nghị"), ("02.TH", "Kế hoạch, báo cáo\nnăm")]
NASTY = ["=1+1", "+84", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "'", "a\x07b"]


def cells(table: Table) -> list[tuple[str, ...]]:
    return [one.cells for one in table.rows]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_written_is_read_again(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    write = {"csv": write_csv, "xlsx": write_xlsx}[ending]
    write(path, HEADER, [*ROWS, ("x", *["=1+1"])])
    table = read_table(path)
    assert table.header == HEADER
    assert cells(table) == [*ROWS, ("x", "=1+1")]
    assert [one.number for one in table.rows] == [2, 3, 4]


def test_nothing_that_is_written_to_a_workbook_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_xlsx(path, ("a",), [(one,) for one in NASTY], sheet="Năm 2026/1", widths=[20])
    sheet = load_workbook(path).worksheets[0]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s"}
    assert sheet["A2"].value == "=1+1"


def test_a_formula_that_no_program_worked_out_is_no_empty_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b"])
    sheet.append(["một", '="ha"&"i"'])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(Unreadable) as refused:
        read_table(tmp_path / "t.xlsx")
    assert (refused.value.code, refused.value.details) == ("table_formula", {"row": 2, "column": 2})


def test_nothing_that_is_written_to_csv_begins_like_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, ("a",), [(one,) for one in NASTY])
    lines = path.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert not [one for one in lines if one.lstrip('"').startswith(("=", "+", "-", "@"))]
    assert [one[0] for one in cells(read_table(path))] == [*NASTY[:-1], "ab"]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_no_cell_of_a_csv_begins_a_formula_whatever_sign_parts_the_cells(
    tmp_path: Path, sign: str
) -> None:
    """A program set to another country parts the lines elsewhere, also within our quotes."""
    path = tmp_path / "t.csv"
    hostile = [
        f"{before}{formula}{after}"
        for before in ("", " ", "Về việc; ", "Về việc;", "một\n", "một\t", "a, ", ";;")
        for formula in ("=cmd()", "+1", "-1", "@SUM(A1)", "\uff1d1+1")
        for after in ("", ";", ", x")
    ]
    write_csv(path, ("a", "b"), [(one, one) for one in hostile])
    text = path.read_text(encoding="utf-8-sig")
    parted = csv.reader(text.splitlines(keepends=True)) if sign == "," else None
    for row in parted or (line.split(sign) for line in text.splitlines()):
        for cell in row:
            assert cell.strip().lstrip('"')[:1] not in set("=+-@\uff1d"), row
    kept = [(one.strip(), one.strip()) for one in hostile]
    assert cells(read_table(path)) == kept


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_every_office_is_read(tmp_path: Path, sign: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    text = (
        f'"Số, ký hiệu"{sign}Tiêu đề\r\n01.TH{sign}"Hồ sơ; hội, nghị"\r\n\r\n02{sign}Kế hoạch\r\n'
    )
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert table.header == HEADER
    assert cells(table) == [("01.TH", "Hồ sơ; hội, nghị"), ("02", "Kế hoạch")]
    assert [one.number for one in table.rows] == [2, 4]


def test_a_csv_may_name_its_sign(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=|\na|b\n1|2,3;4\n", encoding="utf-8")
    table = read_table(path)
    assert (table.header, cells(table), table.rows[0].number) == (("a", "b"), [("1", "2,3;4")], 3)


def test_letters_apart_and_odd_spaces_are_brought_to_one_form(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n\u00a0Hồ sơ\u200b ,x\u2028y\n", encoding="utf-8")
    assert cells(read_table(path)) == [("Hồ sơ", "x\u2028y")]


def test_lines_above_the_header_are_left_out_when_its_names_are_known(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("DANH MỤC HỒ SƠ\nNăm 2026\nTIÊU ĐỀ;số, ký  hiệu;khác\nA;01\n", encoding="utf-8")
    table = read_table(path, names=HEADER)
    assert table.header == ("TIÊU ĐỀ", "số, ký  hiệu", "khác")
    assert cells(table) == [("A", "01", "")]
    path.write_text("một;hai\n1;2\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="table_without_header"):
        read_table(path, names=HEADER)


def test_numbers_and_days_of_a_workbook_read_as_they_look(tmp_path: Path) -> None:
    from datetime import date

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b", "c", "d"])
    sheet.append([20, 20.0, 5, date(2026, 3, 5)])
    sheet["C2"].number_format = "000"
    book.save(tmp_path / "t.xlsx")
    assert cells(read_table(tmp_path / "t.xlsx")) == [("20", "20", "005", "05/03/2026")]


def code_of(path: Path, **limits: int) -> str:
    with pytest.raises(Unreadable) as refused:
        read_table(path, Limits(**limits))
    return refused.value.code


def test_what_is_too_much_is_refused_with_its_place(tmp_path: Path) -> None:
    for ending, write in (("csv", write_csv), ("xlsx", write_xlsx)):
        path = tmp_path / f"t.{ending}"
        write(path, HEADER, ROWS)
        assert code_of(path, bytes=10) == "table_too_large"
        assert code_of(path, rows=1) == "table_too_long"
        assert code_of(path, columns=1) == "table_too_wide"
        with pytest.raises(Unreadable) as refused:
            read_table(path, Limits(characters=15))
        assert refused.value.code == "table_cell_too_long"
        assert (refused.value.details["row"], refused.value.details["column"]) == (3, 2)
        assert len(read_table(path, Limits(rows=2)).rows) == 2
    assert code_of(tmp_path / "t.xlsx", unpacked=100) == "table_too_large"


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t"
    for data, code in (
        (b"", "table_empty"),
        (b"\n \n;;\n", "table_empty"),
        ("Số\nđiện".encode("utf-16-le") + b"\xff\xff", "table_not_utf8"),
        (b"a\nb\nti\xeau", "table_not_utf8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table_old_excel"),
        (b"PK\x03\x04 and no more", "table_unreadable"),
    ):
        path.write_bytes(data)
        assert code_of(path) == code, data


def test_a_workbook_that_brings_entities_is_refused(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "good.xlsx", HEADER, ROWS)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with (
        zipfile.ZipFile(tmp_path / "good.xlsx") as good,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, bomb if name.endswith("sheet1.xml") else good.read(name))
    assert code_of(tmp_path / "bad.xlsx") == "xml_entities"


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADER))
    sheet["A1000000"] = "x"
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx")
    assert [(one.number, one.cells) for one in table.rows] == [(1_000_000, ("x", ""))]
    sheet["XFD5"] = "far"
    book.save(tmp_path / "t.xlsx")
    assert code_of(tmp_path / "t.xlsx") == "table_too_wide"


def test_a_workbook_without_its_ending_is_read_all_the_same(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", ("Số", "Tên"), [("1", "Lan")])
    (tmp_path / "a.xlsx").rename(tmp_path / "upload")
    assert read_table(tmp_path / "upload").rows[0].cells == ("1", "Lan")


def test_a_path_is_meant_from_where_we_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):  # the child that reads is started in the first and used in both
        (tmp_path / name).mkdir()
        write_xlsx(tmp_path / name / "t.xlsx", HEADER, [(name, "")])
        monkeypatch.chdir(tmp_path / name)
        assert cells(read_table(Path("t.xlsx"))) == [(name, "")]
