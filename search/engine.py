"""What every search engine promises, and the few values that pass between it and us.

An engine knows nothing of Vietnamese: words are split and folded by `words.py` before they reach
it, and questions arrive as a small tree of nodes over the fields below. That is why engines can be
swapped without a saved search changing its meaning.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from archive.errors import ArchiveError, Conflict, Invalid
from archive.settings import without_secrets

# Fields of words: an engine splits them at spaces and does nothing else.
EXACT = "exact"  # everything there is to read, marks kept
FOLDED = "folded"  # the same without marks
TITLE = "title"
TITLE_FOLDED = "title_folded"
PAIRS = "pairs"  # neighbouring syllables, for ranking only: no positions
PAIRS_FOLDED = "pairs_folded"
NAMED = "named"  # what was entered, each word behind the name of its field: "signer:lan"
NAMED_FOLDED = "named_folded"
# Fields of whole keys.
ID = "id"
KIND = "kind"  # "document" or "case_file"
NUMBERS = "numbers"
CITES = "cites"  # numbers of other documents that the text names
READERS = "readers"
ORGAN = "organ"
TYPE = "type"
CASE_FILE = "case_file"
YEAR = "year"
ISSUER = "issuer"  # name of the organ that issued it
UNIT = "unit"
SIGNER = "signer"
STAGE = "stage"
TERM = "term"  # how long it is kept
VERDICT = "verdict"  # what the validation of its signatures said
FORMAT = "format"
FACETS = (YEAR, ISSUER, TYPE, UNIT, CASE_FILE, SIGNER, STAGE, TERM, VERDICT, FORMAT)
# Fields of numbers.
DAY = "day"
ADDED = "added"  # seconds since 1970 when the archive took it in
MOST_VALUES = 65_000  # of one facet; the engines count no more
FURTHEST = 2**62  # no number in an index is further from zero


class SearchBroken(ArchiveError):
    """The index is missing, damaged or of another version. `rebuild` makes it whole again."""


class SearchBusy(Conflict):
    """Another process is writing to the index."""


class SearchAway(ArchiveError):
    """The server does not answer, or takes nothing in for now. That says nothing against its index.

    `reason`: `silent`, `untrusted` (its certificate), `refused` (who asks), `foreign` (no
    Elasticsearch), `too_busy`, `full_disk`, `blocked` or `red` (a part is on no machine).
    """


@dataclass(frozen=True)
class Entry:
    """One document or case file as it goes into an index.

    Attributes:
        id: the document's code; of a case file "case_file:" and its number.
        kind: "document" or "case_file".
        revision: which revision of the document this describes; hits give it back.
        readers: keywords such as "organ:5"; who has one of them may find the document.
        title: the subject.
        body: the text of all its pages.
        number: number and symbol as written on the paper.
        number_keys: the whole spellings by which that number is found.
        cites: the spellings of the numbers that its text names.
        type_name: "Quyết định" and the like.
        organ: code of the organ that keeps it.
        organ_name: name of the organ that issued it.
        day: date of the document as yyyymmdd.
        case_files: codes of its case files of which each of the readers may know.
        case_file_titles: titles of those case files.
        fields: all other things that were entered about it.
        named: what was entered, by the name of its field as questions say it (`fields.py`).
        facets: its values in each of `FACETS`, as they are shown.
        added: when the archive took it in, in seconds since 1970.
        texts: its words by field, where they were split already (`splitting.py`).
    """

    id: str
    revision: int
    readers: tuple[str, ...]
    title: str = ""
    body: str = ""
    number: str = ""
    number_keys: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    type_name: str = ""
    organ: str = ""
    organ_name: str = ""
    day: int | None = None
    case_files: tuple[str, ...] = ()
    case_file_titles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    kind: str = "document"
    named: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Everything:
    """Matches every entry."""


@dataclass(frozen=True)
class Term:
    """The field has this word, or this whole key."""

    field: str
    word: str


@dataclass(frozen=True)
class Phrase:
    """The field has these words side by side, in this order; two words or more."""

    field: str
    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.words) < 2:
            raise ValueError("a phrase has two words or more")


@dataclass(frozen=True)
class Prefix:
    """The field has a word or key that begins like this."""

    field: str
    start: str


@dataclass(frozen=True)
class Near:
    """The field has this word, or one that differs by one letter: more, less or another.

    All that match count the same for ranking.
    """

    field: str
    word: str


@dataclass(frozen=True)
class Range:
    """The number in this field lies between these two, both included; one of them may be open."""

    field: str
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a range has at least one end")

    @property
    def ends(self) -> tuple[int | None, int | None]:
        """The same for an engine, whose numbers have an end: the question's may be any."""
        low = None if self.low is None else min(max(self.low, -FURTHEST), FURTHEST)
        high = None if self.high is None else min(max(self.high, -FURTHEST), FURTHEST)
        return low, high


@dataclass(frozen=True)
class And:
    """All of these match."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """At least one of these matches; none of none."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """This does not match."""

    node: "Node"


@dataclass(frozen=True)
class Boost:
    """Matches as the node does, and counts so many times for ranking."""

    node: "Node"
    factor: float


@dataclass(frozen=True)
class Prefer:
    """Matches as the node does; entries that match what is better rank higher."""

    node: "Node"
    better: tuple["Node", ...]


Node = Everything | Term | Phrase | Prefix | Near | Range | And | Or | Not | Boost | Prefer
Order = Literal["best", "newest", "oldest", "number", "title"]


@dataclass(frozen=True)
class Query:
    """A question, and the rights of who asks it.

    Attributes:
        node: what is wanted.
        readers: the asker's keywords; without any, nothing is found.
        filters: what must match as well and says nothing about rank.
        hidden: ids that are left out and not counted: their rights changed since they were indexed.
        first: entries that match this come before all others, within the order asked for.
    """

    node: Node
    readers: tuple[str, ...]
    filters: tuple[Node, ...] = ()
    hidden: tuple[str, ...] = ()
    start: int = 0
    limit: int = 20
    order: Order = "best"
    first: Node | None = None

    def __post_init__(self) -> None:
        if self.limit < 1 or self.start < 0:
            raise ValueError("a page has one hit or more and does not begin before the first")


@dataclass(frozen=True)
class Hit:
    """A document that was found, and the revision of it that the index knows."""

    id: str
    score: float
    revision: int


def in_order_of_ids(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The best hits of a page, those with the same score by their ids and not by chance."""
    return tuple(sorted(hits, key=lambda one: (-one.score, one.id)))


@dataclass(frozen=True)
class Page:
    """Some of what was found, and how much there is in all that the asker may read.

    Of the `total`, `ahead` are those that match `Query.first`; they stand before the others. What
    matches equally well stands on a page in the order of the ids.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    start: int = 0
    ahead: int = 0


@dataclass(frozen=True)
class Proof:
    """What was looked at after a purge, and what was seen (record rules, R14).

    An id counts as gone only if the same probe saw it before; and the probe must see, afterwards,
    every entry that was to stay, or it proves nothing.

    Attributes:
        engine: which engine says so.
        probe: the means by which ids were looked for, before and after.
        gone: ids that the probe found before and does not find now.
        remaining: how many ids the probe finds now.
        missing: ids that should have stayed and are not found.
        unexpected: ids that are found and should not be.
        segments: parts of the index that were opened.
        segments_with_deletions: those that still carry dropped entries, whose words could be read.
        stray_files: files in the index's folder that belong to none of these parts.
    """

    engine: str
    probe: str
    gone: tuple[str, ...]
    remaining: int
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    segments: int
    segments_with_deletions: int
    stray_files: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing of what was dropped is left, and nothing else was lost."""
        return not (
            self.missing or self.unexpected or self.segments_with_deletions or self.stray_files
        )

    def shows_gone(self, document: str) -> bool:
        """Whether this proves that the document was there before and is not now."""
        return self.is_complete and document in self.gone


class Remaining(Protocol):
    """What stays in an index that is purged; engines ask again only for what they must rewrite."""

    def ids(self) -> Iterable[str]:
        """Of all entries that stay."""

    def entries(self, ids: Collection[str]) -> Iterable[Entry]:
        """Those of these that are still there, each once and in any order."""


class SearchEngine(Protocol):
    """Where documents are found. The index is a copy: lose it, and `rebuild` remakes it.

    `put`, `drop`, `purge`, `rebuild` and `clear` are the worker's; every process may `find`.
    """

    def put(self, entries: Iterable[Entry]) -> None:
        """Add these, replacing any with the same id; they are found when this returns."""

    def drop(self, ids: Iterable[str]) -> None:
        """Forget these. Forgetting twice is fine."""

    def find(self, query: Query) -> Page:
        """The best matches that the asker may read."""

    def facets(
        self, query: Query, fields: Sequence[str], most: int = MOST_VALUES
    ) -> dict[str, dict[str, int]]:
        """Of all that is found, how many have which value of these `FACETS`: the commonest."""

    def check(self) -> None:
        """Look whether it can be asked and takes changes in.

        Raises:
            SearchBroken: only a rebuild helps.
            SearchAway: its server does not answer, or refuses for now.
        """

    def near(self, word: str, most: int) -> list[str]:
        """Words without marks in the index that differ by one letter, the commonest first.

        Of entries of everybody: who shows one must have asked whether the asker may read it.
        """

    def held(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that its files still name, also where they are only marked dropped."""

    def purge(self, remaining: Remaining) -> Proof:
        """Make all but these unrecoverable, and say how we know.

        What was put again since counts as dropped too: its former words go. What should stay and
        is not there is put.
        """

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Make a new index of these beside the old one, and put it in its place whole."""

    def clear(self) -> None:
        """Forget everything; also makes the first, empty index."""

    def close(self) -> None:
        """Let go of files and locks. The engine may be used again afterwards."""


def open_engine(url: str) -> SearchEngine:
    """The engine at this address; nothing is read or locked before it is used.

    Raises:
        Invalid: `unknown_search_engine`, `bad_search_address`.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "whoosh" and rest.startswith("/"):
        from search.engines.whoosh_engine import WhooshEngine

        return WhooshEngine(Path(rest))
    if scheme == "tantivy" and rest.startswith("/"):
        from search.engines.tantivy_engine import TantivyEngine  # only the chosen engine is loaded

        return TantivyEngine(Path(rest))
    if scheme in ("elasticsearch", "elasticsearchs"):
        from search.engines.elasticsearch_address import read_address
        from search.engines.elasticsearch_engine import ElasticsearchEngine

        return ElasticsearchEngine(read_address(url))
    known = "tantivy:///folder, whoosh:///folder, elasticsearch://host:9200/records"
    raise Invalid("unknown_search_engine", url=without_secrets(url), known=known)
