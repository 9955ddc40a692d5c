"""What only Tantivy's engine has to prove: its files, its locks, and that it survives."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import tantivy

from search.engine import (
    EXACT,
    ID,
    Entry,
    Everything,
    Query,
    SearchBroken,
    SearchBusy,
    Term,
)
from search.engines import tantivy_merging
from search.engines.tantivy_engine import TantivyEngine
from search.engines.tantivy_merging import TOGETHER
from search.words import texts_of
from tests.search.conftest import EVERYONE, Staying, an_entry, invented

ALL = Query(Everything(), (*EVERYONE, "person:3"), limit=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def generation(root: Path) -> Path:
    return root / (root / "current").read_text().strip()


def broken_because(engine: TantivyEngine) -> str:
    with pytest.raises(SearchBroken) as trouble:
        engine.find(ALL)
    return str(trouble.value.details["reason"])


def test_a_missing_index_is_said_and_never_made_silently(root: Path) -> None:
    engine = TantivyEngine(root)
    assert broken_because(engine) == "missing"
    with pytest.raises(SearchBroken):
        engine.put([an_entry("T-1")])
    engine.rebuild([an_entry("T-1")])
    assert engine.find(ALL).total == 1
    engine.close()


@pytest.mark.parametrize("suffix", [".term", ".store", "meta.json", "luutru.json"])
def test_a_lost_file_is_said_and_a_rebuild_mends_it(root: Path, suffix: str) -> None:
    engine = TantivyEngine(root)
    engine.rebuild(invented(5))
    engine.close()
    for path in generation(root).glob(f"*{suffix}"):
        path.unlink()
    assert broken_because(engine) == "damaged"
    engine.rebuild(invented(5))
    assert engine.find(ALL).total == 5
    engine.close()


def test_garbage_for_an_index_is_said(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.rebuild(invented(5))
    engine.close()
    (generation(root) / "meta.json").write_text("{")
    assert broken_because(engine) == "damaged"
    (root / "current").write_text("../elsewhere")
    assert broken_because(engine) == "missing"


def test_an_index_of_another_version_asks_to_be_rebuilt(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.clear()
    (generation(root) / "luutru.json").write_text('{"version": 0}')
    assert broken_because(engine) == "other_version"
    engine.close()


def test_readers_take_no_lock_and_see_the_writers_commits_and_generations(root: Path) -> None:
    writer, reader = TantivyEngine(root), TantivyEngine(root)
    writer.clear()
    assert reader.find(ALL).total == 0
    writer.put([an_entry("T-1")])
    assert reader.find(ALL).total == 1
    writer.rebuild([an_entry("T-2"), an_entry("T-3")])
    assert reader.find(ALL).total == 2
    with pytest.raises(SearchBusy) as refusal:
        reader.put([an_entry("T-4")])
    assert refusal.value.code == "search_busy"
    writer.close()
    reader.put([an_entry("T-4")])
    assert writer.find(ALL).total == 3
    reader.close()


def test_a_rebuild_that_fails_leaves_the_old_index_and_no_rubbish(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.rebuild([an_entry("T-1")])

    def failing():  # type: ignore[no-untyped-def]
        yield an_entry("T-2")
        raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        engine.rebuild(failing())
    with pytest.raises(RuntimeError):
        engine.put(failing())
    assert engine.find(ALL).total == 1
    assert len(list(root.glob("generation-*"))) == 1
    engine.put([an_entry("T-3")])
    assert engine.find(ALL).total == 2
    engine.close()


def test_a_failed_purge_leaves_the_index_as_it_was(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.rebuild([an_entry("T-1"), an_entry("T-2")])
    engine.put([an_entry("T-2")])

    class Failing(Staying):
        def entries(self, ids: Collection[str]) -> Iterator[Entry]:  # type: ignore[override]
            yield an_entry("T-1")
            raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        engine.purge(Failing([an_entry("T-1"), an_entry("T-2")]))
    assert engine.find(ALL).total == 2
    engine.close()


def test_threads_share_one_engine(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.clear()
    trouble: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                engine.put([an_entry(f"T-{number}-{turn}")])
                engine.find(ALL)
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert engine.find(ALL).total == 30
    engine.close()


def test_readers_go_on_finding_while_generations_change(root: Path) -> None:
    writer, reader = TantivyEngine(root), TantivyEngine(root)
    entries = invented(10)
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
    for turn in range(12):
        writer.rebuild(entries) if turn % 3 else writer.purge(Staying(entries))
    stop.set()
    thread.join()
    assert (trouble, totals) == ([], {10})
    writer.close()
    reader.close()


def test_dropping_alone_leaves_the_words_in_the_files_and_a_purge_removes_them(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.clear()
    kept = [an_entry(f"T-{n}", "quy chế") for n in range(20)]
    engine.put([*kept, an_entry("T-secret", "xylophone")])

    def times_in_dictionary(field: str, word: str) -> int:
        index = tantivy.Index.open(str(generation(root)))
        return index.searcher().doc_freq(field, word)

    assert times_in_dictionary(EXACT, "xylophone") == 1
    engine.drop(["T-secret"])
    assert engine.find(Query(Term(EXACT, "xylophone"), EVERYONE)).total == 0
    assert times_in_dictionary(EXACT, "xylophone") == 1  # the probe still finds it
    proof = engine.purge(Staying(kept))
    assert proof.is_complete
    assert proof.shows_gone("T-secret")
    assert proof.segments_with_deletions == 0
    assert times_in_dictionary(EXACT, "xylophone") == 0
    assert times_in_dictionary(ID, "T-secret") == 0
    assert times_in_dictionary(EXACT, "quy") == 20
    engine.close()


def segments(root: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in generation(root).glob("*.term")}


@dataclass(frozen=True)
class Asked(Staying):
    """Remembers for which entries it was asked."""

    asked: set[str] = field(default_factory=set)

    def entries(self, ids: Collection[str]) -> list[Entry]:
        self.asked.update(ids)
        return super().entries(ids)


def test_a_purge_needs_few_entries_however_many_stand_beside_something_dropped(root: Path) -> None:
    entry = an_entry("T-0", "quy chế")
    words = texts_of(entry)
    many = [replace(entry, id=f"T-{n:05d}", texts=words) for n in range(17_500)]  # a large part
    engine = TantivyEngine(root)
    engine.rebuild([*many, an_entry("T-secret", "xylophone")])
    assert len(segments(root)) == 1
    engine.drop(["T-secret"])
    staying = Asked(many)
    proof = engine.purge(staying)
    assert proof.is_complete
    assert proof.gone == ("T-secret",)
    assert len(staying.asked) == TOGETHER
    assert engine.near("xylophona", 5) == []
    assert (
        engine.find(ALL).total == engine.find(Query(Term(EXACT, "chế"), EVERYONE)).total == 17_500
    )
    engine.close()


def test_where_tantivy_merges_in_another_way_all_is_written_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tantivy_merging, "merge", lambda *_: None)
    engine = TantivyEngine(root)
    entries = invented(12)
    engine.rebuild(entries)
    engine.drop([entries[5].id])
    staying = Asked(entries[:5] + entries[6:])
    assert engine.purge(staying).is_complete
    assert staying.asked == {one.id for one in staying.kept}
    assert engine.find(ALL).total == 11
    engine.close()


def test_a_purge_needs_no_links_to_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refused)
    engine = TantivyEngine(root)
    entries = invented(12)
    engine.rebuild(entries)
    engine.drop([entries[5].id])
    staying = Asked(entries[:5] + entries[6:])
    assert engine.purge(staying).is_complete
    assert len(staying.asked) == TOGETHER
    assert engine.find(ALL).total == 11
    engine.close()


def test_what_a_killed_rebuild_or_purge_left_behind_goes_with_the_next_purge(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.rebuild(invented(5))
    left = root / "generation-000099"
    shutil.copytree(generation(root), left)
    assert engine.purge(Staying(invented(5))).is_complete
    assert not left.exists()
    engine.close()


def test_a_merge_on_its_way_leaves_no_dropped_entry_behind(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.clear()
    entries = invented(80)
    for turn in range(6):
        for start in range(0, 80, 5):
            engine.put(entries[start : start + 5])
        engine.drop([entries[turn].id])
        proof = engine.purge(Staying(entries[turn + 1 :]))
        assert (proof.segments_with_deletions, proof.stray_files) == (0, ())
        assert proof.remaining == 79 - turn
    engine.close()


def test_after_a_purge_no_file_of_an_old_segment_is_left(root: Path) -> None:
    engine = TantivyEngine(root)
    engine.clear()
    entries = invented(60)
    for start in range(0, 60, 5):
        engine.put(entries[start : start + 5])
    before = segments(root)
    proof = engine.purge(Staying(entries[::2]))  # of each part something goes
    after = {path.name.partition(".")[0] for path in generation(root).glob("*.*")}
    assert proof.is_complete
    assert len(proof.gone) == 30
    assert not before & after
    engine.close()


_WRITER = """
import sys
from pathlib import Path
from search.engines import tantivy_merging
from search.engines.tantivy_engine import TantivyEngine
from search.engines.tantivy_merging import TOGETHER
from search.words import texts_of
from tests.search.conftest import Staying, an_entry, invented
engine = TantivyEngine(Path(sys.argv[1]))
entries = invented(40)
for number in range(100000):
    engine.put([an_entry(f"K-{number}", "quy chế")])
    print(number, flush=True)
    if number % 7 == 6:
        kept = [an_entry(f"K-{one}", "quy chế") for one in range(number + 1)]
        engine.put([an_entry("K-0", "quy chế")])
        engine.purge(Staying(kept))
    if number % 11 == 10:
        engine.rebuild([an_entry(f"K-{one}", "quy chế") for one in range(number + 1)])
"""


def test_a_kill_while_writing_leaves_an_index_with_all_that_was_acknowledged(root: Path) -> None:
    project = Path(__file__).parents[2]
    for turn in range(8):
        engine = TantivyEngine(root)
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
        time.sleep(0.05 + 0.07 * turn)
        os.kill(child.pid, signal.SIGKILL)
        acknowledged = int((child.stdout.read().splitlines() or [first])[-1])
        child.wait()
        child.stdout.close()
        found = engine.find(ALL).total
        assert acknowledged + 1 <= found <= acknowledged + 2
        engine.put([an_entry("T-after")])  # the lock went with the process
        assert engine.find(ALL).total == found + 1
        engine.close()
