"""Issuing by script: what the pages do, with one JSON object a line."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.formats import drafts
from tests.formats.pki import Pki
from web.cli import main


@dataclass(frozen=True)
class Desk:
    """A folder with an archive in it, and the leader's token."""

    folder: Path
    leader: Pki

    def say(self, who: str, *words: str) -> Any:
        return CliRunner().invoke(main, ["--as", who, "--language", "en", "issue", *words])

    def told(self, who: str, *words: str) -> dict[str, Any]:
        ran = self.say(who, *words, "--json")
        assert ran.exit_code == 0, ran.output
        return dict(json.loads(ran.stdout))

    def prepared(self, *more: str) -> dict[str, Any]:
        draft = str(drafts.draft(self.folder))
        fields = ("--set", "Subject=Về việc báo cáo", "--set", "CodeNotation=STC-VP")
        to = ("--to", str(self.folder / "prepared.pdf"))
        return self.told("binh", "prepare", draft, *fields, *to, *more)

    def signed(self) -> str:
        data = (self.folder / "prepared.pdf").read_bytes()
        path = self.folder / "signed.pdf"
        path.write_bytes(drafts.signed_by(self.leader.signer("person", "person"), data))
        return str(path)


@pytest.fixture
def desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    authority: Pki,
    trust_of_authority: Path,
    verapdf_agrees: Path,
    words_compiled: None,
) -> Iterator[Desk]:
    monkeypatch.setenv("LUUTRU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LUUTRU_TRUST_FOLDER", str(trust_of_authority))
    monkeypatch.setenv("LUUTRU_VERAPDF_JAR", str(verapdf_agrees))
    levels = {name: logging.getLogger(name).level for name in ("pyhanko", "pyhanko_certvalidator")}
    for words in (
        ["setup"],
        ["--as", "quantri", "person", "add", "binh", "--name", "Bình", "--role", "officer"],
        ["--as", "quantri", "person", "add", "minh", "--name", "Minh", "--role", "clerk"],
    ):
        assert CliRunner().invoke(main, words).exit_code == 0
    yield Desk(tmp_path, authority)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.rule("TN-33")
def test_the_whole_way_by_script(desk: Desk) -> None:
    told = desk.prepared()
    assert (told["issuance"], told["state"], told["number"]) == (1, "prepared", None)
    assert set(told["places"]) == {"Number", "Day", "Month", "Person", "Agency"}
    assert desk.told("binh", "signed", "1", desk.signed())["signer"] == "Nguyễn Văn An"
    told = desk.told("minh", "seal", "1")
    assert (told["state"], told["number"]) == ("issued", "01/STC-VP")
    assert told["signatures"]["person"] == "valid"
    assert desk.told("minh", "list")["number"] == "01/STC-VP"
    out = desk.folder / "out.pdf"
    assert desk.say("minh", "fetch", "1", "--to", str(out)).exit_code == 0
    assert out.read_bytes().startswith((desk.folder / "signed.pdf").read_bytes())


def test_what_another_person_signed_goes_out_with_a_reason(desk: Desk) -> None:
    desk.prepared("--set", "FullName=Trần Văn Trưởng")
    desk.told("binh", "signed", "1", desk.signed())
    ran = desk.say("minh", "seal", "1")
    assert ran.exit_code == 3 and "Trần Văn Trưởng" in ran.stderr
    assert desk.told("minh", "seal", "1", "--signer-why", "Ký thay")["state"] == "issued"


def test_what_may_not_be_is_said_with_a_stable_exit_code(desk: Desk) -> None:
    desk.prepared()
    assert desk.say("minh", "seal", "1").exit_code == 3  # nobody has signed
    assert desk.say("binh", "seal", "1").exit_code == 5  # not the clerk
    assert desk.say("quantri", "show", "1").exit_code == 4  # not theirs to see
    assert desk.say("minh", "show", "7").exit_code == 4
    ran = desk.say("binh", "signed", "1", str(desk.folder / "prepared.pdf"))
    assert ran.exit_code == 3 and "nobody has signed it" in ran.stderr


@pytest.mark.parametrize("place", ["Person=1,2", "Person", "Nobody=1,1,1,1,1", "Person=a,b,c,d,e"])
def test_a_place_that_is_none_is_refused(desk: Desk, place: str) -> None:
    desk.prepared()
    assert desk.say("binh", "move", "1", "--place", place).exit_code == 2


def test_fields_are_moved_and_a_document_is_given_up(desk: Desk) -> None:
    desk.prepared("--place", "Person=2,100,60,60,30")
    told = desk.told("binh", "move", "1", "--place", "Person=2,105.5,60,60,30")
    assert told["places"]["Person"]["left"] == 105.5
    told = desk.told("binh", "give-up", "1", "--why", "Không ban hành")
    assert told["state"] == "given_up"
    assert desk.say("binh", "fetch", "1", "--to", str(desk.folder / "x")).exit_code == 4


@pytest.mark.rule("HC-41")
def test_who_signed_does_not_issue_in_the_clerks_name_either(desk: Desk) -> None:
    for words in (
        ["person", "add", "an", "--name", "Nguyễn Văn An", "--role", "head"],
        ["person", "delegate", "minh", "an", "--until", "31/12/2099", "--why", "Nghỉ phép"],
        ["person", "delegate", "minh", "binh", "--until", "31/12/2099", "--why", "Nghỉ phép"],
    ):
        ran = CliRunner().invoke(main, ["--as", "quantri", *words])
        assert ran.exit_code == 0, ran.output
    desk.prepared()
    desk.told("binh", "signed", "1", desk.signed())
    acting = ["--for", "minh", "issue", "seal", "1"]
    assert CliRunner().invoke(main, ["--as", "an", *acting]).exit_code == 5
    assert desk.told("minh", "show", "1")["state"] == "signed"
    ran = CliRunner().invoke(main, ["--as", "binh", *acting])
    assert ran.exit_code == 0, ran.output
