"""Sealing by the settings of an agency: a key from a file, a time-stamp server, trust anchors."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.formats.conftest import pki, pki_server
from tests.formats.pki import NOW, Pki
from tests.journeys.test_missing import BORN, wait_for
from tests.journeys.test_road import ROOT, Home

__all__ = ["pki", "pki_server"]  # fixtures
pytestmark = [pytest.mark.tools, pytest.mark.slow]
SIGNED_PDFA = ROOT / "samples" / "09-ky-so-PDFA-bao-cao-52-BC-VP.pdf"


@pytest.mark.rule("HC-41")
def test_an_organs_own_key_and_time_stamps_seal_for_the_long_term(
    pki_server: Pki, tmp_path: Path
) -> None:
    (tmp_path / "organ.p12").write_bytes(pki_server.pkcs12("organ", b"secret"))
    trust = pki_server.trust_folder(tmp_path / "trust", NOW)
    home = Home(
        tmp_path / "home",
        LUUTRU_SEAL_URL=f"pkcs12://{tmp_path}/organ.p12",
        LUUTRU_SEAL_PIN="secret",
        LUUTRU_TIMESTAMP_URL=pki_server.service_url("tsa", "tsa"),
        LUUTRU_TRUST_FOLDER=str(trust),
    )
    assert home.run("setup").returncode == 0
    fates = home.lines("receive", BORN, SIGNED_PDFA, "--wait")
    assert [one["state"] for one in fates] == ["shelved", "shelved"]
    seals = [home.lines("show", one["document"])[0]["parts"][0]["facts"]["seal"] for one in fates]
    assert [(one["kind"], one["level"]) for one in seals] == [
        ("inside", "B-LTA"),
        ("detached", "B-T"),
    ]
    assert not any(one["is_trial"] for one in seals)
    assert home.run("verify").returncode == 0
    archival = tmp_path / "archival.pdf"
    home.run("export", fates[0]["document"], "--rendition", "archival", "--to", archival)
    judged = subprocess.run(
        [Path(sys.executable).with_name("pyhanko"), "sign", "validate", "--trust",
         trust / "root.crt", "--no-strict-syntax", archival],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "INTACT:TRUSTED" in judged.stdout, judged.stdout + judged.stderr


def test_a_stamp_server_that_is_silent_loses_nothing_and_is_asked_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", LUUTRU_TIMESTAMP_URL="http://127.0.0.1:9/tsa")
    home.run("setup")
    (told,) = home.lines("receive", BORN)
    worker = home.begin("worker")
    try:
        wait_for(lambda: home.ask("select state from intake") == [("waiting",)])
    finally:
        worker.terminate()
        assert worker.wait(60) == 0
    ((step, reason, later),) = home.ask(
        "select next_step, reason, try_after > received_at from intake"
    )
    assert (step, reason, later) == ("seal", "timestamp_unreachable", 1)
    assert (home.folder / "files" / told["sha256"][:2]).is_dir()
