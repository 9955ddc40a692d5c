import json
import os
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from formats import text_pages
from formats.errors import ProgramMissing
from formats.pdfa import Description, to_pdfa
from formats.verapdf import validate


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("valid")
    text_pages.to_pdf("Quyết định", folder / "plain.pdf")
    out = folder / "tên có dấu\nvà -f 1a.dat"  # to trip a shell or an option parser
    to_pdfa(folder / "plain.pdf", out, description=Description("Thử"))
    return out


@pytest.mark.tools
def test_many_files_are_judged_in_one_run_each_for_itself(valid: Path, tmp_path: Path) -> None:
    plain = valid.with_name("plain.pdf")
    junk, missing = tmp_path / "junk.pdf", tmp_path / "missing.pdf"
    junk.write_bytes(b"no PDF")
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(plain) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user="y"))
    verdicts = validate([valid, plain, junk, locked, missing, valid], "2b")
    assert verdicts.keys() == {valid, plain, junk, locked, missing}
    assert verdicts[valid].is_valid
    assert (verdicts[valid].flavour, verdicts[valid].version) == ("2b", "1.30.2")
    assert not verdicts[plain].is_valid
    assert "6.6.2.1" in {rule.clause for rule in verdicts[plain].failed_rules}
    assert all(rule.count and rule.description for rule in verdicts[plain].failed_rules)
    problems = {path.name: verdicts[path].problem for path in (junk, locked, missing)}
    assert problems == {
        "junk.pdf": "unreadable",
        "locked.pdf": "encrypted",
        "missing.pdf": "no_answer",
    }
    assert not any(verdicts[path].is_valid for path in (junk, locked, missing))


@pytest.mark.tools
def test_without_a_flavour_the_file_is_taken_at_its_word(valid: Path) -> None:
    verdict = validate([valid])[valid]
    assert (verdict.is_valid, verdict.flavour) == (True, "2b")


@pytest.mark.tools
def test_a_file_is_not_valid_as_another_flavour_than_it_is(valid: Path) -> None:
    assert not validate([valid], "3b")[valid].is_valid


@pytest.mark.tools
def test_the_report_can_be_kept_and_names_no_place_of_this_machine(valid: Path) -> None:
    kept = json.dumps(validate([valid], "2b")[valid].report)
    assert str(valid.parent) not in kept
    assert "/tmp" not in kept
    assert json.loads(kept)["validationResult"][0]["compliant"] is True


def test_no_files_need_no_run_and_no_program(tmp_path: Path) -> None:
    assert validate([], jar=tmp_path / "no.jar") == {}


def test_a_missing_jar_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing) as caught:
        validate([tmp_path / "a.pdf"], jar=tmp_path / "no.jar")
    assert caught.value.details == {"program": "verapdf"}


def test_a_missing_java_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as caught:
        validate([tmp_path / "a.pdf"])
    assert caught.value.details == {"program": "java"}


@pytest.fixture
def a_java_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A little program in Java's place, to see what is made of odd answers."""

    def stands_in(script: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        java = folder / "java"
        java.write_text(f"#!/bin/sh\n{script}\n")
        java.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        jar = tmp_path / "some.jar"
        jar.touch()
        return jar

    return stands_in


@pytest.mark.parametrize(
    "script",
    ["exit 0", 'echo \'{"report": {"jobs": [{"itemDetails"\'', "echo '[]'", "kill -9 $$"],
    ids=["silence", "half an answer", "another answer", "killed"],
)
def test_no_clear_answer_is_no_pass(
    a_java_that: Callable[[str], Path], tmp_path: Path, script: str
) -> None:
    jar = a_java_that(script)
    files = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for verdict in validate(files, "2b", jar=jar).values():
        assert (verdict.is_valid, verdict.problem) == (False, "no_answer")


def test_a_file_that_brings_a_run_down_does_not_take_others_with_it(
    a_java_that: Callable[[str], Path], tmp_path: Path
) -> None:
    """The program dies whenever the poisoned file is among those asked about."""
    good, bad = [tmp_path / f"{number}.pdf" for number in range(4)], tmp_path / "bad.pdf"
    for path in good:
        path.write_bytes(b"good")
    bad.write_bytes(b"bad")
    said = (
        '{"itemDetails": {"name": "\'$f\'", "size": 4}, "validationResult": [{"jobEndStatus": '
        '"normal", "profileName": "PDF/A-2B", "compliant": true, "details": {}}]}'
    )
    jar = a_java_that(
        f"""grep -q bad *.pdf && exit 9
printf '{{"report": {{"jobs": ['
comma=
for f in *.pdf; do printf "%s" "$comma"; printf '%s' '{said}'; comma=,; done
printf ']}}}}'"""
    )
    verdicts = validate([*good[:2], bad, *good[2:]], "2b", jar=jar)
    assert all(verdicts[path].is_valid for path in good)
    assert (verdicts[bad].is_valid, verdicts[bad].problem) == (False, "no_answer")


@pytest.mark.parametrize(
    "odd", ["{}", "null", '{"itemDetails": {"name": "000001.pdf"}, "validationResult": [5]}']
)
def test_an_odd_answer_about_one_file_says_nothing_of_the_others(
    a_java_that: Callable[[str], Path], tmp_path: Path, odd: str
) -> None:
    good = (
        '{"itemDetails": {"name": "000000.pdf"}, "validationResult": [{"jobEndStatus": '
        '"normal", "profileName": "PDF/A-2B", "compliant": true, "details": {}}]}'
    )
    jar = a_java_that(f"""echo '{{"report": {{"jobs": [{good}, {odd}]}}}}'""")
    files = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    verdicts = list(validate(files, "2b", jar=jar).values())
    assert [one.is_valid for one in verdicts] == [True, False]
    assert verdicts[1].problem == "no_answer"
