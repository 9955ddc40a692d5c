from pathlib import Path

import pytest

from formats import plain_text
from formats.errors import ProgramFailed, Unreadable
from formats.old_encodings import encode_tcvn3, encode_vni
from formats.plain_text import read_text_file

TEXT = "căn cứ luật tổ chức chính quyền địa phương;\nủy ban nhân dân thành phố quyết định"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.txt"


@pytest.mark.rule("KT-04")
@pytest.mark.parametrize(
    ("data", "encoding", "guessed"),
    [
        (TEXT.encode(), "utf-8", False),
        (TEXT.encode("utf-8-sig"), "utf-8", False),
        (TEXT.encode("utf-16"), "utf-16-le", False),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8", False),
        (encode_tcvn3(TEXT), "tcvn3", True),
        (encode_vni(TEXT), "vni", True),
    ],
)
def test_a_text_reads_the_same_in_every_encoding(
    path: Path, data: bytes, encoding: str, guessed: bool
) -> None:
    path.write_bytes(data)
    assert read_text_file(path) == (TEXT, encoding, guessed)


def test_a_text_beyond_the_limit_is_not_read(path: Path) -> None:
    path.write_text("a" * 101)
    with pytest.raises(Unreadable, match="text_too_large"):
        read_text_file(path, largest=100)


def test_bytes_that_are_no_text_are_told(path: Path) -> None:
    path.write_bytes(bytes(range(256)))
    with pytest.raises(Unreadable, match="not_text"):
        read_text_file(path)


def test_an_empty_text_is_empty(path: Path) -> None:
    path.touch()
    assert read_text_file(path).text == ""


def test_marks_without_end_are_given_up_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_text, "_SECONDS", 2)
    path = tmp_path / "marks.txt"
    path.write_text("a" + "\u0301\u0323" * 2_000_000, encoding="utf-8")  # sorted one by one
    with pytest.raises(ProgramFailed, match="program_timeout"):
        read_text_file(path)
