"""script/rules reads from the tests which row each proves, and refuses what it does not know."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent

TESTS = """
import pytest

pytestmark = pytest.mark.rule("TN-04")


@pytest.mark.rule("HC-63")
@pytest.mark.parametrize("door", [pytest.param("web", marks=pytest.mark.rule("HC-79")), "api"])
def test_every_reading_is_written_down(door): ...


class TestScans:
    @pytest.mark.rule("KT-06", "HC-08")
    def test_a_scan_is_kept_whole(self): ...
"""


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    loader = SourceFileLoader("rules_script", str(ROOT / "script" / "rules"))
    spec = spec_from_loader("rules_script", loader)
    assert spec
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "rules_script", module)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "TESTS", tmp_path / "tests")
    monkeypatch.setattr(module, "PAGE", tmp_path / "compliance.md")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_reading.py").write_text(TESTS)
    return module


def test_the_list_has_245_rows_of_five_regulations(rules: ModuleType) -> None:
    ids = [row.id[:2] for row in rules.read_rows().values()]
    assert {part: ids.count(part) for part in sorted(set(ids))} == {
        "DB": 34,
        "HC": 90,
        "KT": 52,
        "TG": 26,
        "TN": 43,
    }


def test_marks_are_found_on_functions_parameters_classes_and_modules(rules: ModuleType) -> None:
    proofs = rules.read_proofs(rules.read_rows())
    where = "tests/test_reading.py::"
    reading, scan = "test_every_reading_is_written_down", "TestScans::test_a_scan_is_kept_whole"
    assert {row: [proof.address() for proof in of_row] for row, of_row in proofs.items()} == {
        "TN-04": [where + reading, where + scan],
        "HC-63": [where + reading],
        "HC-79": [where + reading],
        "KT-06": [where + scan],
        "HC-08": [where + scan],
    }


def test_the_page_names_the_tests_in_words_and_the_reasons(rules: ModuleType) -> None:
    assert rules.main([]) == 0
    page = rules.PAGE.read_text(encoding="utf-8")
    assert "[every reading is written down](../tests/test_reading.py)" in page
    assert "| All | 245 | 5 | 208 | 32 |" in page
    assert "**Outside.** Calendars and notices of events are no records." in page


def test_a_stale_page_is_noticed(rules: ModuleType) -> None:
    rules.main([])
    assert rules.main(["--check"]) == 0
    (rules.TESTS / "test_reading.py").unlink()
    assert rules.main(["--check"]) == 1


def test_a_mark_that_names_no_row_is_refused(
    rules: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules.TESTS / "test_reading.py").write_text(TESTS.replace("HC-63", "HC-99"))
    assert rules.main(["--check"]) == 1
    assert "marks HC-99" in capsys.readouterr().err
