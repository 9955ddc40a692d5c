"""Looking for what is destroyed in the files of an embedded database itself (R14).

A row that was changed or deleted may still be read in the pages that held it, and in the log of
writes. What is looked for stood in the very rows that go.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from archive.database import Database, pieces
from archive.models import CaseFile, Document, EventWords, Part
from retention import emptying
from retention.execution import Batch, Thing, gone_of
from retention.probes import BOTH, Facts, Found, Sought

CHUNK = 4 * 1024 * 1024
SHORTEST = 16  # bytes; anything shorter stands anywhere


@dataclass
class Pages:
    """The files of an embedded database: what rows held before they were changed or deleted.

    What is looked for stands in the rows that go: a title or a name, and the salt of the words of
    an event, which is nowhere else. It is kept hidden until it was looked for again.
    """

    db: Database
    name: str = "pages of the database"
    kinds: frozenset[str] = BOTH
    _is_log_gone: bool | None = None

    def find(self, batch: Batch, sought: Sequence[Sought]) -> Found:
        """Whether any byte of the files still says it; a server's files are not ours to open."""
        if (place := _file_of(self.db)) is None:
            unseen = {"found": 0, "searched": "not_from_here", **self._said_of_log(sought)}
            return {one.thing.code: unseen for one in sought}
        phrases = self._phrases(sought)
        seen = occurring(_files(place), (one for some in phrases.values() for one in some))
        if all(one.before for one in sought):
            seen -= self._said_elsewhere(seen)
        return {
            code: {"found": sum(1 for one in some if one in seen), "probe": _hidden(some)}
            for code, some in phrases.items()
        }

    def empty(self, batch: Batch, sought: Sequence[Sought]) -> dict[str, str]:
        """Write over what is free, and write the emptied tables anew."""
        self._is_log_gone = self.db.erase_traces(emptying.emptied_tables())
        return {}

    def _said_of_log(self, sought: Sequence[Sought]) -> Facts:
        """Afterwards: whether the server's log of writes still has what was emptied."""
        if not all(one.before for one in sought):
            return {}
        if self._is_log_gone is None:  # emptied by a worker that was killed
            self._is_log_gone = self.db.erase_traces()
        return {"proof": {"log_of_writes": "gone" if self._is_log_gone else "kept"}}

    def _phrases(self, sought: Sequence[Sought]) -> dict[str, list[bytes]]:
        if all(one.before for one in sought):
            return {one.thing.code: _shown(one.before.get("probe", "")) for one in sought}
        found: dict[str, list[bytes]] = {}
        for some in pieces(sought):
            with self.db.reading() as session:
                found |= _telling(session, [one.thing for one in some])
        return found

    def _said_elsewhere(self, phrases: set[bytes]) -> set[bytes]:
        """What a living row says by right: the same title, in a register or of another document."""
        with self.db.reading() as session:
            return {one for one in phrases if _stands_by_right(session, one.decode())}


def _telling(session: Session, things: Sequence[Thing]) -> dict[str, list[bytes]]:
    gone = gone_of(things)
    found: dict[str, list[bytes]] = {one.code: [] for one in things}
    titles = select(CaseFile.id, CaseFile.title).where(CaseFile.id.in_(gone.case_files))
    for number, title in session.execute(titles):
        found[gone.case_files[number]].append(title.encode())
    subjects = select(Document.id, Document.subject).where(Document.id.in_(gone.documents))
    names = select(Part.document_id, Part.file_name).where(Part.document_id.in_(gone.documents))
    for asked in (subjects, names):
        for number, said in session.execute(asked):
            found[gone.documents[number]].append(said.encode())
    told = emptying.events_telling(session, emptying.numbers_of(session, gone))
    for some in pieces(told):
        salts = select(EventWords.event_id, EventWords.salt).where(EventWords.event_id.in_(some))
        for event, salt in session.execute(salts):
            found[told[event]].append(salt.encode())
    return {code: _best(some) for code, some in found.items()}


def _best(said: list[bytes]) -> list[bytes]:
    """The longest words, and one salt; short ones stand anywhere."""
    words = sorted((one for one in said if not _SALT.fullmatch(one)), key=len, reverse=True)
    salts = [one for one in said if _SALT.fullmatch(one)]
    return [one for one in (*words[:1], *salts[:1]) if len(one) >= SHORTEST]


_SALT = re.compile(rb"[0-9a-f]{32}")
# Where the words of something that is gone may stand by right: other things, and books.
_BY_RIGHT = {
    "case_file": ("title",),
    "document": ("subject",),
    "part": ("file_name",),
    "register_entry": ("subject",),
    "file_plan_entry": ("title",),
    "disposal_item": ("title",),
    "tombstone": ("title",),
    "intake": ("name",),
}


def _stands_by_right(session: Session, phrase: str) -> bool:
    tables = emptying.models()
    return any(
        session.scalar(select(tables[name].id).where(getattr(tables[name], column) == phrase))
        for name, columns in _BY_RIGHT.items()
        if name in tables
        for column in columns
    )


def _file_of(db: Database) -> Path | None:
    url = make_url(db.url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _files(place: Path) -> list[Path]:
    beside = [place.with_name(place.name + end) for end in ("", "-wal", "-journal")]
    return [one for one in beside if one.is_file()]


def occurring(places: Iterable[Path], phrases: Iterable[bytes]) -> set[bytes]:
    """Those of the phrases that stand anywhere in these files; each file is read once."""
    wanted = sorted(set(phrases))
    if not wanted:
        return set()
    salts = {one for one in wanted if _SALT.fullmatch(one)}
    words = [one for one in wanted if one not in salts]
    pattern = re.compile(_trie(words)) if words else None
    longest = max(map(len, wanted))
    seen: set[bytes] = set()
    for place in places:
        for piece in _overlapping(place, longest):
            seen |= salts & {piece[found.start() - 32 : found.start()] for found in _WORDS(piece)}
            if pattern is not None:
                seen.update(pattern.findall(piece))
    longer = b"\x00".join(seen)  # a shorter one within it was not told by itself
    return seen | {one for one in words if one not in seen and one in longer}


_WORDS = re.compile(rb'\{"').finditer  # words as they stand behind their salt


def _overlapping(place: Path, longest: int) -> Iterator[bytes]:
    with place.open("rb") as source:
        rest = b""
        while piece := source.read(CHUNK):
            yield rest + piece
            rest = (rest + piece)[-longest - 1 :]


def _trie(words: Sequence[bytes]) -> bytes:
    """One pattern for all: what begins alike is looked at once."""
    by_first: dict[int, list[bytes]] = {}
    is_end = False
    for one in words:
        if one:
            by_first.setdefault(one[0], []).append(one[1:])
        else:
            is_end = True
    if not by_first:
        return b""
    branches = []
    for first, rests in sorted(by_first.items()):
        head, rests = _common(bytes([first]), rests)
        branches.append(re.escape(head) + (_trie(rests) if any(rests) else b""))
    joined = b"(?:" + b"|".join(branches) + b")" if len(branches) > 1 or is_end else branches[0]
    return joined + (b"?" if is_end else b"")


def _common(head: bytes, rests: list[bytes]) -> tuple[bytes, list[bytes]]:
    """What all of them go on with alike, added to their head."""
    while rests and all(rests) and len({one[0] for one in rests}) == 1:
        head, rests = head + rests[0][:1], [one[1:] for one in rests]
    return head, rests


def _hidden(phrases: Sequence[bytes]) -> str:
    """Phrases as no search for them finds them; `_shown` undoes it."""
    key = secrets.token_bytes(16)
    plain = b"\x00".join(phrases)
    return key.hex() + bytes(a ^ b for a, b in zip(plain, _stream(key), strict=False)).hex()


def _shown(hidden: str) -> list[bytes]:
    raw = bytes.fromhex(hidden)
    key, rest = raw[:16], raw[16:]
    plain = bytes(a ^ b for a, b in zip(rest, _stream(key), strict=False))
    return [one for one in plain.split(b"\x00") if one]


def _stream(key: bytes) -> Iterator[int]:
    count = 0
    while True:
        yield from hashlib.sha256(key + count.to_bytes(8, "big")).digest()
        count += 1
