"""What only Whoosh's engine has to prove: its files, its locks, and that it survives."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from whoosh.index import open_dir

from search.engine import (
    EXACT,
    FOLDED,
    ID,
    Entry,
    Everything,
    Query,
    SearchBroken,
    SearchBusy,
    Term,
)
from search.engines.whoosh_engine import WhooshEngine
from tests.search.conftest import EVERYONE, Staying, an_entry, invented

ALL = Query(Everything(), (*EVERYONE, "person:3"), limit=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def generation(root: Path) -> Path:
    return root / (root / "current").read_text().strip()


def broken_because(engine: WhooshEngine) -> str:
    with pytest.raises(SearchBroken) as trouble:
        engine.find(ALL)
    return str(trouble.value.details["reason"])


def in_dictionary(root: Path, field: str, word: str) -> int:
    """How many entries have the word, by Whoosh's own reading of the files, dropped ones too."""
    reader = open_dir(generation(root), readonly=True).reader()
    try:
        return int(reader.doc_frequency(field, word))
    finally:
        reader.close()


def test_a_missing_index_is_said_and_never_made_silently(root: Path) -> None:
    engine = WhooshEngine(root)
    assert broken_because(engine) == "missing"
    with pytest.raises(SearchBroken):
        engine.put([an_entry("T-1")])
    engine.rebuild([an_entry("T-1")])
    assert engine.find(ALL).total == 1
    engine.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh: open files
@pytest.mark.parametrize("pattern", ["MAIN_*.seg", "_MAIN_*.toc", "luutru.json"])
@pytest.mark.parametrize("is_torn", [True, False])
def test_a_lost_or_torn_file_is_said_and_a_rebuild_mends_it(
    root: Path, pattern: str, is_torn: bool
) -> None:
    engine = WhooshEngine(root)
    engine.rebuild(invented(5))
    engine.close()
    for path in generation(root).glob(pattern):
        path.write_bytes(path.read_bytes()[:20]) if is_torn else path.unlink()
    assert broken_because(engine) == "damaged"
    engine.rebuild(invented(5))
    assert engine.find(ALL).total == 5
    engine.close()


def test_an_index_of_another_version_or_engine_asks_to_be_rebuilt(root: Path) -> None:
    engine = WhooshEngine(root)
    engine.clear()
    (generation(root) / "luutru.json").write_text('{"version": 3}')
    assert broken_because(engine) == "other_version"
    engine.close()


def test_readers_take_no_lock_and_see_the_writers_commits_and_generations(root: Path) -> None:
    writer, reader = WhooshEngine(root), WhooshEngine(root)
    writer.clear()
    assert reader.find(ALL).total == 0
    writer.put([an_entry("T-1")])
    assert reader.find(ALL).total == 1
    writer.rebuild([an_entry("T-2"), an_entry("T-3")])
    assert reader.find(ALL).total == 2
    with pytest.raises(SearchBusy):
        reader.put([an_entry("T-4")])
    writer.close()
    reader.put([an_entry("T-4")])
    assert writer.find(ALL).total == 3
    reader.close()


def failing() -> Iterator[Entry]:
    yield an_entry("T-2")
    raise RuntimeError("the store is away")


def test_what_fails_leaves_the_index_as_it_was_and_no_rubbish(root: Path) -> None:
    engine = WhooshEngine(root)
    engine.rebuild([an_entry("T-1")])
    with pytest.raises(RuntimeError):
        engine.rebuild(failing())
    with pytest.raises(RuntimeError):
        engine.put(failing())
    assert engine.find(ALL).total == 1
    assert len(list(root.glob("generation-*"))) == 1
    engine.put([an_entry("T-3")])  # no lock was left behind
    assert engine.find(ALL).total == 2
    assert engine.purge(Staying([an_entry("T-1"), an_entry("T-3")])).stray_files == ()
    engine.close()


def test_threads_share_one_engine(root: Path) -> None:
    engine = WhooshEngine(root)
    engine.clear()
    trouble: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(3):
                engine.put([an_entry(f"T-{number}-{turn}", "quy chế")])
                assert engine.find(Query(Term(FOLDED, "che"), EVERYONE)).total > 0
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert engine.find(ALL).total == 12
    engine.close()


def test_readers_go_on_finding_while_generations_change(root: Path) -> None:
    writer, reader = WhooshEngine(root), WhooshEngine(root)
    entries = [an_entry(f"T-{number}") for number in range(4)]
    writer.rebuild(entries)
    totals: set[int] = set()
    trouble: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                totals.add(reader.find(ALL).total)
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(4):
        writer.rebuild(entries)
        writer.put(entries[:1])
        writer.purge(Staying(entries))
    stop.set()
    thread.join()
    assert (trouble, totals) == ([], {4})
    writer.close()
    reader.close()


def test_dropping_alone_leaves_the_words_in_the_files_and_a_purge_removes_them(root: Path) -> None:
    engine = WhooshEngine(root)
    kept = [an_entry(f"T-{number}", "quy chế") for number in range(6)]
    engine.rebuild([*kept[:3], an_entry("T-secret", "xylophone")])
    engine.put(kept[3:])
    others = {path.name for path in generation(root).glob("MAIN_*.seg")}
    assert in_dictionary(root, EXACT, "xylophone") == 1
    engine.drop(["T-secret"])
    assert engine.find(Query(Term(EXACT, "xylophone"), EVERYONE)).total == 0
    assert in_dictionary(root, EXACT, "xylophone") == 1  # the probe still finds it
    (generation(root) / "MAIN_0123456789abcdef.trm").write_text("left by a writer that was killed")
    proof = engine.purge(Staying(kept))
    assert proof.is_complete
    assert proof.shows_gone("T-secret")
    assert proof.segments == 2
    assert (proof.segments_with_deletions, proof.stray_files) == (0, ())
    assert in_dictionary(root, EXACT, "xylophone") == 0
    assert in_dictionary(root, ID, "T-secret") == 0
    assert in_dictionary(root, EXACT, "quy") == 6
    now = {path.name for path in generation(root).glob("MAIN_*.seg")}
    assert len(others & now) == 1  # the part without anything dropped stays as it was
    engine.close()


_WRITER = """
import sys
from pathlib import Path
from search.engines.whoosh_engine import WhooshEngine
from tests.search.conftest import Staying, an_entry
engine = WhooshEngine(Path(sys.argv[1]))
for number in range(100000):
    engine.put([an_entry(f"K-{number}", "quy chế")])
    print(number, flush=True)
    kept = [an_entry(f"K-{one}", "quy chế") for one in range(number + 1)]
    if number % 5 == 4:
        engine.put([kept[0]])
        engine.purge(Staying(kept))
    if number % 7 == 6:
        engine.rebuild(kept)
"""


def test_a_kill_while_writing_leaves_an_index_with_all_that_was_acknowledged(root: Path) -> None:
    project = Path(__file__).parents[2]
    for turn in range(4):
        engine = WhooshEngine(root)
        engine.clear()
        engine.close()
        child = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(root)],
            stdout=subprocess.PIPE,
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project)},
        )
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(0.1 + 0.23 * turn)
        os.kill(child.pid, signal.SIGKILL)
        acknowledged = int((child.stdout.read().splitlines() or [first])[-1])
        child.wait()
        child.stdout.close()
        found = engine.find(ALL).total
        assert acknowledged + 1 <= found <= acknowledged + 2
        engine.put([an_entry("T-after")])  # the lock went with the process
        assert engine.find(ALL).total == found + 1
        kept = [an_entry(f"K-{one}", "quy chế") for one in range(found)]
        assert engine.purge(Staying([*kept, an_entry("T-after")])).is_complete
        engine.close()
