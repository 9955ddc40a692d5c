"""What the worker does, in a process of its own: how long it takes, and how much memory."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from archive.models import Document
from archive.settings import Settings
from benchmarks.large_rows import MOMENT
from formats.confined import end_children
from search import indexing
from web.services import Services, open_services

PAGE = resource.getpagesize()
LOOKED = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """What a piece of work took, helpers included."""

    seconds: float
    processor: float
    megabytes: float

    def __str__(self) -> str:
        used = f"of the processor {self.processor:.1f} s, {self.megabytes:.0f} MB"
        return f"{self.seconds:.1f} s, {used}"


def call(work: Callable[[Services], Any], settings: Settings) -> tuple[Any, Cost]:
    """Let another process do it; what it says, and what it took."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_do, args=(work, settings, theirs))
    worker.start()
    theirs.close()
    most = 0
    while not ours.poll(LOOKED):
        most = max(most, _in_memory(worker.pid or 0))
    said, seconds, processor = ours.recv()
    worker.join()
    return said, Cost(seconds, processor, most / 2**20)


def _do(work: Callable[[Services], Any], settings: Settings, tell: Connection) -> None:
    with open_services(settings) as services:
        begin, used = time.perf_counter(), _processor()
        said = work(services)
        spent = time.perf_counter() - begin
        end_children()
        used = _processor() - used
    tell.send((said, spent, used))


def _processor() -> float:
    """Seconds of the processor, of this process and of its helpers that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _in_memory(process: int) -> int:
    """Bytes that it holds, with its helpers; pages of files that it looks at count too."""
    try:
        held = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
        helpers = [
            int(one)
            for path in Path(f"/proc/{process}/task").glob("*/children")
            for one in path.read_text().split()
        ]
    except OSError:
        return 0
    return held + sum(map(_in_memory, helpers))


# Work ---------------------------------------------------------------------------------------------


def rebuild(services: Services) -> int:
    """The whole index; how many entries there are."""
    done = indexing.rebuild(services.db, services.files, services.engine)
    return done.count + done.case_files


def purge(services: Services) -> str:
    """One document is destroyed and its words go; what is seen then. It comes back afterwards."""
    with services.db.reading() as rows:
        number = rows.scalar(select(Document.id).order_by(Document.id.desc()).limit(1)) or 0
    code = code_of(services, number)
    indexing.index(services.db, services.files, services.engine, [number])
    _set(services, number, destroyed_at=MOMENT)
    begin = time.perf_counter()
    try:
        services.engine.drop([code])
        proof = indexing.purge(services.db, services.files, services.engine)
    finally:
        _set(services, number, destroyed_at=None)
        indexing.index(services.db, services.files, services.engine, [number])
    if not proof.shows_gone(code):
        raise SystemExit(f"not gone: {proof}")
    return f"gone after {time.perf_counter() - begin:.1f} s, {proof.segments} segments"


def code_of(services: Services, number: int) -> str:
    """A document's code."""
    with services.db.reading() as rows:
        return rows.get_one(Document, number).code


def _set(services: Services, number: int, **values: Any) -> None:
    """Past all rules: nobody but the benchmark is to see it."""
    with services.db.engine.begin() as connection:
        connection.execute(update(Document).where(Document.id == number).values(**values))
