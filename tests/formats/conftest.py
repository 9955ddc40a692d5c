"""The trial authority that signature and seal tests share: one a session."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import weasyprint

from formats.seal_keys import SealKey, make_trial_key, open_key
from tests.formats.pki import NOW, YEAR, Pki, free_port, make_pki, serving

PAGE = """<html lang="vi"><title>Công văn</title><p>Kính gửi: Sở Tài chính</p></html>"""


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """An authority with people, organs and time stampers; its server need not run."""
    return make_pki(tmp_path_factory.mktemp("pki"), free_port())


@pytest.fixture(scope="session")
def pki_server(pki: Pki) -> Iterator[Pki]:
    """The same authority, with its revocation and time stamp services on loopback."""
    for _ in serving(pki):
        yield pki


@pytest.fixture(scope="session")
def pdfa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small PDF/A-2b."""
    path = tmp_path_factory.mktemp("pdfa") / "base.pdf"
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # WeasyPrint leaves its colour profile open
        weasyprint.HTML(string=PAGE).write_pdf(path, pdf_variant="pdf/a-2b")
    return path


@pytest.fixture(scope="session")
def trust_now(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trust folder as it is today."""
    return pki.trust_folder(tmp_path_factory.mktemp("trust-now"), NOW)


@pytest.fixture(scope="session")
def trust_later(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trust folder as it is in a year, with today's lists kept."""
    return pki.trust_folder(tmp_path_factory.mktemp("trust-later"), NOW, NOW + YEAR)


@pytest.fixture(scope="session")
def trial_key(tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    """The key that an archive makes itself at set-up."""
    folder = tmp_path_factory.mktemp("trial-key")
    path = make_trial_key(folder, "TTLT", "Trung tâm Lưu trữ lịch sử tỉnh", "secret")
    return open_key(f"pkcs12://{path}", "secret")


@pytest.fixture(scope="session")
def organ_key(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    """An organ's key with a certificate from the authority."""
    path = tmp_path_factory.mktemp("organ-key") / "organ.p12"
    path.write_bytes(pki.pkcs12("organ", b"secret"))
    return open_key(f"pkcs12://{path}", "secret")
