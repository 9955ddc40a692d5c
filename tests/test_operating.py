"""What docs/operating.md promises to somebody who has a shell and nothing of ours."""

import io
import re
import subprocess
from pathlib import Path

from archive import audit, case_files, documents, organs
from archive.database import Database
from archive.documents import Arrived, Made
from archive.files import LocalFiles

PAGE = Path(__file__).resolve().parent.parent / "docs" / "operating.md"


def test_a_record_is_found_with_a_shell_and_the_database_alone(
    tmp_path: Path, sqlite_db: Database
) -> None:
    files = LocalFiles(tmp_path / "var" / "files")
    words = "Kính gửi: Ủy ban nhân dân".encode()
    kept = files.put(io.BytesIO(words))
    with audit.acting_as(None, "command"), sqlite_db.transaction() as session:
        organ, person, _ = organs.set_up(session, "TTLT", "Trung tâm Lưu trữ")
        case_file = case_files.open_one(session, organ, "01", "Công văn", year=2026, holder=person)
        original = Made("original", kept.digest, kept.size, "text/plain")
        arrived = Arrived("công văn số 5.txt", kept.digest, 1, (original,))
        shelved = documents.shelve(session, organ, arrived, {}, case_file=case_file)
        code, case_code = shelved.code, case_file.code
    sqlite_db.close()
    (tmp_path / "archive.db").rename(tmp_path / "var" / "archive.db")

    role, place, _ = _shell("rendition.role", tmp_path, {"TTLT-2026-0000001": code}).split(" ", 2)
    listed = _shell("placement.ordinal", tmp_path, {"TTLT.2026.01": case_code})

    assert role == "original"
    assert (tmp_path / place.strip()).read_bytes() == words
    assert listed.startswith(f"1|{code}|")


def _shell(holding: str, folder: Path, replaced: dict[str, str]) -> str:
    """Run the page's block that holds these words, with other codes in it."""
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (block,) = (each for each in blocks if holding in each)
    for shown, real in replaced.items():
        assert shown in block
        block = block.replace(shown, real)
    done = subprocess.run(
        ["bash", "-euc", block], cwd=folder, check=True, capture_output=True, text=True
    )
    return re.sub(r"  +", " ", done.stdout)
