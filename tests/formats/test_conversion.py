import json
from pathlib import Path

from formats.conversion import ConversionReport, Dropped

REPORT = ConversionReport(
    method="ghostscript",
    flavour="2b",
    pages_before=3,
    pages_after=3,
    letters_before=100,
    letters_after=101,
    letters_lost=0,
    source_sha256="a" * 64,
    outcome_sha256="b" * 64,
    dropped=(Dropped("attachment", 1, "bảng.xlsx (9 bytes)"), Dropped("script", 2)),
    notes=("links_kept",),
    tools={"pikepdf": "10.17.0"},
)


def test_a_report_comes_back_from_its_json_as_it_was() -> None:
    assert ConversionReport.from_json(REPORT.to_json()) == REPORT


def test_the_json_can_be_read_by_people_and_says_its_version(tmp_path: Path) -> None:
    REPORT.write(tmp_path / "report.json")
    said = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert "bảng.xlsx" in said
    assert json.loads(said)["report"] == 1
