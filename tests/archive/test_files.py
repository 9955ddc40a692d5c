import errno
import hashlib
import io
import stat
import threading
from pathlib import Path

import pytest

from archive.errors import Invalid, StoreFailed
from archive.files import LocalFiles, open_files

WORDS = "Hồ sơ lưu trữ điện tử".encode()
DIGEST = hashlib.sha256(WORDS).hexdigest()


def test_bytes_lie_under_their_digest_as_a_plain_file(files: LocalFiles) -> None:
    stored = files.put(io.BytesIO(WORDS))
    place = files.root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert (stored.digest, stored.size) == (DIGEST, len(WORDS))
    assert place.read_bytes() == WORDS
    assert not place.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_the_same_bytes_twice_are_one_file(files: LocalFiles) -> None:
    files.put(io.BytesIO(WORDS))
    before = files.path(DIGEST).stat().st_ino
    files.put(io.BytesIO(WORDS))
    assert files.path(DIGEST).stat().st_ino == before
    assert list(files.digests()) == [DIGEST]


def test_reading_verifies(files: LocalFiles, tmp_path: Path) -> None:
    files.put(io.BytesIO(WORDS))
    place = files.path(DIGEST)
    place.chmod(0o640)
    place.write_bytes(WORDS[:-1] + b"?")
    for read in (files.open, lambda digest: files.fetch(digest, tmp_path / "out")):
        with pytest.raises(StoreFailed) as failed:
            read(DIGEST)
        assert failed.value.code == "file_damaged"
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_is_mended_by_the_right_bytes(files: LocalFiles) -> None:
    files.put(io.BytesIO(WORDS))
    files.path(DIGEST).chmod(0o640)
    files.path(DIGEST).write_bytes(b"xxx")
    files.put(io.BytesIO(WORDS))
    with files.open(DIGEST) as found:
        assert found.read() == WORDS


def test_what_is_gone_is_said_to_be_gone(files: LocalFiles) -> None:
    with pytest.raises(StoreFailed) as failed:
        files.open(DIGEST)
    assert failed.value.code == "file_gone"


def test_what_cannot_be_read_is_said_so(files: LocalFiles, tmp_path: Path) -> None:
    files.path(DIGEST).mkdir(parents=True)
    for read in (files.open, lambda digest: files.fetch(digest, tmp_path / "out")):
        with pytest.raises(StoreFailed) as failed:
            read(DIGEST)
        assert failed.value.code == "file_unreadable"


def test_a_full_disk_leaves_nothing_half_written(files: LocalFiles) -> None:
    class Filling(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreFailed) as failed:
        files.put(Filling())
    assert failed.value.code == "store_full"
    assert list(files.incoming.iterdir()) == []


def test_a_file_over_the_limit_is_turned_away(files: LocalFiles) -> None:
    with pytest.raises(Invalid) as failed:
        files.put(io.BytesIO(WORDS), limit=5)
    assert failed.value.code == "too_large"
    assert list(files.digests()) == []


def test_many_at_once_keep_one_sound_file(files: LocalFiles) -> None:
    threads = [threading.Thread(target=files.put, args=(io.BytesIO(WORDS),)) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with files.open(DIGEST) as found:
        assert found.read() == WORDS


def test_an_unknown_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as failed:
        open_files("ftp://example/files")
    assert failed.value.code == "unknown_file_store"
    assert isinstance(open_files(f"file://{tmp_path}"), LocalFiles)


def test_nobody_lets_go_while_somebody_keeps(files: LocalFiles) -> None:
    went: list[str] = []

    def let_go() -> None:
        with files.letting_go():
            went.append("let go")

    other = threading.Thread(target=let_go)
    with files.keeping(), files.keeping():
        other.start()
        other.join(0.1)
        went.append("kept")
    other.join()
    assert went == ["kept", "let go"]
