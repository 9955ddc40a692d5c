"""The main job, with everything real: from the samples to records that are found and proved."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from archive.places import known_in_home
from tests import clamav, commands

ROOT = Path(__file__).parent.parent.parent
LUUTRU = commands.LUUTRU  # from its own file, for who starts it so
EXPECTED = json.loads((ROOT / "samples" / "expected.json").read_text(encoding="utf-8"))
SAMPLES = {one["file"]: one for one in [*EXPECTED["samples"], *EXPECTED["bad"]]}
SHELVED = [name for name, one in SAMPLES.items() if one["state"] == "shelved"]
# Stopped before our own limits are: the scanner looks into it first.
BY_THE_SCANNER = {"bad/bom-nen.pdf": "limits_of_scanner_exceeded"}
pytestmark = [pytest.mark.tools, pytest.mark.slow, pytest.mark.timeout(600)]


class Home:
    """A home of its own, worked on by the real command."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "LUUTRU_HOME": str(folder),
            "LUUTRU_TRUST_FOLDER": str(ROOT / "samples" / "trust"),
            **settings,
        }

    def run(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return commands.run([str(one) for one in arguments], self.environment)

    def begin(self, *arguments: str | Path) -> "subprocess.Popen[bytes] | commands.Child":
        """A command that goes on by itself."""
        return commands.begin([str(one) for one in arguments], self.environment)

    def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        done = self.run(*arguments, "--json")
        assert "Traceback" not in done.stderr, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "archive.db") as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, dict[str, Any]]]:
    """Every sample and every bad input, received once with a real ClamAV beside the road."""
    with clamav.running() as url:
        home = Home(tmp_path_factory.mktemp("home"), LUUTRU_CLAMAV_URL=url)
        home.run("setup", "--organ", "TTLT", "--name", "Trung tâm Lưu trữ")
        home.run("case-file", "open", "01.TCCB", "--title", "Hồ sơ mẫu", "--year", "2026")
        paths = [ROOT / "samples" / name for name in SAMPLES]
        lines = home.lines("receive", *paths, "--wait", "--case-file", "TTLT.2026.01.TCCB")
        yield home, {str(Path(one["path"]).relative_to(ROOT / "samples")): one for one in lines}


@pytest.mark.rule("DB-19")
@pytest.mark.rule("KT-31")
@pytest.mark.rule("TN-10")
@pytest.mark.rule("TG-02")
@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_has_the_fate_it_should_have(received: Any, name: str) -> None:
    _, fates = received
    expected, fate = SAMPLES[name], fates[name]
    reason = BY_THE_SCANNER.get(name, expected["reason"])
    assert (fate["state"], fate["reason"]) == (expected["state"], reason)
    assert (fate["document"] is not None) is (expected["state"] == "shelved")
    assert fate["case_file"] in ("TTLT.2026.01.TCCB", None)


@pytest.mark.rule("HC-30")
@pytest.mark.rule("HC-38")
@pytest.mark.parametrize("name", SHELVED)
def test_the_original_is_given_back_byte_for_byte(received: Any, name: str, tmp_path: Path) -> None:
    home, fates = received
    done = home.run(
        "export", fates[name]["document"], "--rendition", "original", "--to", tmp_path / "o"
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o").read_bytes() == (ROOT / "samples" / name).read_bytes()


def test_archival_copies_pass_verapdf_by_hand(received: Any, tmp_path: Path) -> None:
    home, fates = received
    copies: dict[str, str] = {}
    for name in SHELVED:
        if SAMPLES[name]["archival"] != "none":
            copy = tmp_path / f"{len(copies)}.pdf"
            home.run("export", fates[name]["document"], "--rendition", "archival", "--to", copy)
            copies[copy.name] = name
    jar = Path.home() / ".cache" / "luutru" / "verapdf-cli-1.30.2.jar"
    said = subprocess.run(
        ["java", "-jar", jar, "--format", "json", *sorted(tmp_path.glob("*.pdf"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    jobs = json.loads(said.stdout)["report"]["jobs"]
    verdicts = {
        copies[Path(job["itemDetails"]["name"]).name]: job["validationResult"][0]["compliant"]
        for job in jobs
    }
    assert verdicts == dict.fromkeys(copies.values(), True)


@pytest.mark.rule("HC-68")
@pytest.mark.parametrize("name", [n for n in SHELVED if SAMPLES[n].get("archival") == "carrier"])
def test_the_signed_original_comes_out_of_its_carrier_unharmed(
    received: Any, name: str, tmp_path: Path
) -> None:
    home, fates = received
    carrier = tmp_path / "carrier.pdf"
    home.run("export", fates[name]["document"], "--rendition", "archival", "--to", carrier)
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, carrier], check=True)
    digests = {one.read_bytes() for one in tmp_path.iterdir() if one != carrier}
    assert (ROOT / "samples" / name).read_bytes() in digests


@pytest.mark.rule("HC-14")
@pytest.mark.parametrize("name", [n for n in SHELVED if SAMPLES[n].get("signatures")])
@pytest.mark.rule("TG-09")
def test_signatures_are_judged_at_reception_and_the_verdict_kept(received: Any, name: str) -> None:
    home, fates = received
    (shown,) = home.lines("show", fates[name]["document"])
    kept = shown["parts"][0]["facts"]["check_signatures"]["signatures"]
    wanted = SAMPLES[name]["signatures"]
    assert [(one["indication"], one["reason"]) for one in kept if one["kind"] == "signature"] == [
        (one["indication"], one["reason"]) for one in wanted
    ]


@pytest.mark.rule("TN-05")
def test_both_signatures_are_looked_for_at_reception(received: Any) -> None:
    home, fates = received
    both = next(name for name in SHELVED if name.startswith("09-"))
    (shown,) = home.lines("show", fates[both]["document"])
    states = shown["parts"][0]["facts"]["check_signatures"]["person_and_organ"]
    assert states == {"person": "valid", "organ": "valid"}
    alone = next(name for name in SHELVED if name.startswith("06-"))
    (shown,) = home.lines("show", fates[alone]["document"])
    states = shown["parts"][0]["facts"]["check_signatures"]["person_and_organ"]
    assert states == {"person": "valid", "organ": "missing"}


def test_a_signed_pdfa_is_its_own_archival_copy_with_a_seal_beside_it(received: Any) -> None:
    home, fates = received
    name = next(one for one in SHELVED if SAMPLES[one].get("archival") == "original")
    (shown,) = home.lines("show", fates[name]["document"])
    by_role = {one["role"]: one for one in shown["parts"][0]["renditions"]}
    assert by_role["archival"]["sha256"] == by_role["original"]["sha256"]
    assert "seal" in by_role


@pytest.mark.rule("HC-78")
@pytest.mark.rule("TG-26")
@pytest.mark.parametrize(
    "name", [n for n in SHELVED if SAMPLES[n].get("findable") and SAMPLES[n].get("phrase")]
)
def test_a_phrase_typed_with_and_without_marks_finds_its_page(received: Any, name: str) -> None:
    home, fates = received
    expected = SAMPLES[name]
    for phrase in (expected["phrase"], expected["phrase_without_marks"]):
        hits = home.lines("find", phrase)
        mine = [one for one in hits if one["document"] == fates[name]["document"]]
        assert mine, phrase
        assert mine[0]["page"] == expected["phrase_page"]
        assert mine[0]["case_file"] == "TTLT.2026.01.TCCB"


@pytest.mark.rule("HC-68")
@pytest.mark.rule("TG-09")
def test_everything_holds_until_one_byte_changes(received: Any) -> None:
    home, fates = received
    documents = [fates[name]["document"] for name in SHELVED[:3]]
    assert home.run("audit", "verify").returncode == 0
    assert home.run("verify", *documents).returncode == 0
    digest = fates[SHELVED[0]]["sha256"]
    place = home.folder / "files" / digest[:2] / digest[2:4] / digest
    kept = place.read_bytes()
    place.chmod(0o640)
    place.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    try:
        done = home.run("verify", *documents)
    finally:
        place.write_bytes(kept)
    assert done.returncode == 1
    assert documents[0] in done.stdout
    assert "file_damaged" in done.stdout


def test_a_value_changed_with_sqlite_is_named(received: Any) -> None:
    home, fates = received
    document = fates[SHELVED[0]]["document"]
    with sqlite3.connect(home.folder / "archive.db") as connection:
        connection.execute("update document set subject = 'khác' where code = ?", [document])
    try:
        done = home.run("audit", "verify")
    finally:
        with sqlite3.connect(home.folder / "archive.db") as connection:
            connection.execute("update document set subject = '' where code = ?", [document])
    assert done.returncode == 1
    assert f"row_changed: document {document}" in done.stdout


@pytest.mark.rule("KT-06")
@pytest.mark.rule("HC-08")
def test_a_scan_of_signed_paper_carries_the_mark_of_the_organ_that_digitised_it(
    received: Any, tmp_path: Path
) -> None:
    home, _ = received
    (copy,) = varied("01-", 1, tmp_path)
    (fate,) = home.lines("receive", copy, "--wait", "--set", "ScanOfSignedPaper=1")
    (shown,) = home.lines("show", fate["document"])
    home.run("export", fate["document"], "--rendition", "archival", "--to", tmp_path / "a.pdf")
    page = ["pdftotext", "-f", "1", "-l", "1", str(tmp_path / "a.pdf"), "-"]
    said = subprocess.run(page, capture_output=True, text=True, check=True).stdout
    assert shown["fields"]["ScanOfSignedPaper"] is True
    assert "Trung tâm Lưu trữ" in said
    assert re.search(r"Thời gian ký: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", said)


def test_the_eicar_file_is_refused_and_lies_apart(received: Any) -> None:
    home, fates = received
    fate = next(one for name, one in fates.items() if "eicar" in name)
    assert (fate["state"], fate["reason"]) == ("refused", "infected")
    digest = fate["sha256"]
    assert not (home.folder / "files" / digest[:2] / digest[2:4] / digest).exists()
    assert (home.folder / "quarantine" / digest[:2] / digest[2:4] / digest).exists()


def test_a_suspected_secret_is_found_nowhere(received: Any) -> None:
    home, fates = received
    name = next(n for n, one in SAMPLES.items() if one["reason"] == "suspected_secret")
    digest = fates[name]["sha256"]
    assert not (home.folder / "files" / digest[:2] / digest[2:4] / digest).exists()
    assert not (home.folder / "work" / str(fates[name]["intake"])).exists()
    assert home.lines("find", f'"{SAMPLES[name]["phrase"]}"') == []


def test_the_same_bytes_again_are_the_same_document(received: Any) -> None:
    home, fates = received
    name = SHELVED[0]
    (again,) = home.lines("receive", ROOT / "samples" / name, "--wait")
    assert again["document"] == fates[name]["document"]


def test_the_index_is_only_a_copy(received: Any) -> None:
    home, _ = received
    name = next(
        one for one in SHELVED if SAMPLES[one].get("findable") and SAMPLES[one].get("phrase")
    )
    asked = ("find", SAMPLES[name]["phrase"], "--limit", "1000")
    before = home.lines(*asked)
    shutil.rmtree(home.folder / "index")
    assert home.run(*asked).returncode != 0
    assert home.run("search", "rebuild").returncode == 0
    after = home.lines(*asked)
    assert after[0]["document"] == before[0]["document"]
    assert in_order(after) == in_order(before)


def in_order(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found, by its code: an index that was changed weighs what left it a little still."""
    return sorted(found, key=lambda one: (str(one["document"]), str(one["case_file"])))


def test_nothing_lies_in_the_home_that_is_not_on_the_list_of_places(received: Any) -> None:
    home, _ = received
    assert {one.name for one in home.folder.iterdir()} <= known_in_home()


def varied(prefix: str, count: int, folder: Path) -> list[Path]:
    """Copies of a sample that differ by a comment behind the end of the file."""
    (source,) = (ROOT / "samples").glob(f"{prefix}*")
    copies = []
    for number in range(count):
        copy = folder / f"{prefix}{number}.pdf"
        with pikepdf.open(source) as pdf:
            pdf.docinfo["/Title"] = f"{prefix}{number}"
            pdf.save(copy)
        copies.append(copy)
    return copies
