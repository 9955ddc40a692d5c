"""What tests of issuing share: an authority, the organ's key, and a veraPDF that agrees at once."""

import sys
from pathlib import Path

import pytest

from formats.seal_keys import SealKey, open_key
from tests.formats.pki import NOW, Pki, free_port, make_pki

_AGREES = """#!{python}
import json, sys
names = [one for one in sys.argv if one.endswith(".pdf")]
result = {{"compliant": True, "jobEndStatus": "normal", "profileName": "PDF/A-2B",
           "details": {{"ruleSummaries": []}}}}
jobs = [{{"itemDetails": {{"name": name}}, "validationResult": [result]}} for name in names]
print(json.dumps({{"report": {{"jobs": jobs}}}}))
"""


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """An authority with a leader and an organ; no server of it runs."""
    return make_pki(tmp_path_factory.mktemp("authority"), free_port())


@pytest.fixture(scope="session")
def trust_of_authority(authority: Pki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trust folder of an archive that knows the authority."""
    return authority.trust_folder(tmp_path_factory.mktemp("trusted"), NOW)


@pytest.fixture(scope="session")
def key_of_organ(authority: Pki, tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    """The organ's key with a certificate of the authority."""
    path = tmp_path_factory.mktemp("key") / "organ.p12"
    path.write_bytes(authority.pkcs12("organ", b"secret"))
    return open_key(f"pkcs12://{path}", "secret")


@pytest.fixture
def verapdf_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `java` that finds everything valid, and the jar that it is given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    java = folder / "java"
    java.write_text(_AGREES.format(python=sys.executable))
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    jar = folder / "verapdf.jar"
    jar.touch()
    return jar
