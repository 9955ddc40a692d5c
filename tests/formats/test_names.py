import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.names import safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Quyết định 04.pdf", "Quyết định 04.pdf"),
        (unicodedata.normalize("NFD", "Quyết định.pdf"), "Quyết định.pdf"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("04/2017/QĐ-UBND.pdf", "04-2017-QĐ-UBND.pdf"),
        ("a\nb\tc\x00d.pdf", "a b cd.pdf"),
        ("báo cáo \u202efdp.exe", "báo cáo fdp.exe"),
        ("a<b>:c?.pdf", "a-b--c-.pdf"),
        ("CON.txt", "_CON.txt"),
        (".bashrc", "bashrc"),
        ("...", "file"),
        ("", "file"),
        ("   .pdf", "pdf"),
        ("bad\udcff.pdf", "bad.pdf"),
        ("không đuôi", "không đuôi"),
    ],
)
def test_a_name_becomes_safe_and_stays_readable(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_extension_and_whole_letters() -> None:
    safe = safe_name("Quyết định về việc " * 20 + ".pdf")
    assert len(safe.encode()) <= 255
    assert safe.startswith("Quyết định")
    assert safe.endswith(".pdf")


@given(st.text(alphabet=st.characters(codec=None), max_size=400))
def test_any_name_becomes_safe_and_stays_so(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert 0 < len(safe.encode()) <= 255
    assert unicodedata.is_normalized("NFC", safe)
    assert not set(safe) & set('/\\\0\n\r<>:"|?*\u202e')
    assert safe not in (".", "..")
