"""What the index holds of a document and of a case file: words, keys, facets, and who may find it.

Entries are made many at a time, in as many questions for fifty as for one. Of its case files a
document's entry says only what everybody may know who may find the document: by the words of any
other, who knows nothing of it would find out that it is there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive import access
from archive.documents import number_as_shown, rendition
from archive.errors import NotFound, StoreFailed
from archive.fields import CASE_FILE_FIELDS, DOCUMENT_FIELDS, Field
from archive.files import FileStore
from archive.models import DESTROYED, CaseFile, Document, Part, Placement, Unit
from formats.document_numbers import DocumentNumber, find_numbers, keys, parse
from formats.vietnamese import fold
from search import engine
from search.engine import Entry
from search.words import LONGEST

TEXT_MEGABYTES = 32  # of one document's text; five thousand full pages have less
CITATIONS = 300  # of one document; more are a register
DOCUMENT, CASE_FILE = "document", "case_file"
NO_SIGNATURE = "none"  # among the verdicts
NOTHING = 0  # no case file has this number
_OF_CASE_FILE = "case_file:"  # before its number; no document's code begins so
_OF_CODE = "code|"  # before a case file's code among the numbers; no document has such a number
_HAS_ITS_OWN_PLACE = {"subject", "type_name", "organ_name", "code_number", "code_notation"}
_SAYS_NOTHING = {"direction", "completeness"}  # words of ours, not what somebody entered
_UNCLEAR = "INDETERMINATE"


def id_of(kind: str, number: int, code: str) -> str:
    """The id of an entry: a document's code, or the number of a case file, whose code may recur."""
    return code if kind == DOCUMENT else f"{_OF_CASE_FILE}{number}"


def code_key(code: str) -> str:
    """The key by which a case file is found by its code, in whatever letters it is typed."""
    return f"{_OF_CODE}{fold(code)}"[:LONGEST]


def case_file_of(entry_id: str) -> int | None:
    """The number of the case file that an entry is of; None for a document's."""
    kind, _, number = entry_id.rpartition(":")
    return int(number) if f"{kind}:" == _OF_CASE_FILE and number.isdecimal() else None


def inside(case_file_id: int) -> str:
    """A key that entries of what stands in this case file carry and nobody has in hand.

    It opens nothing: a search inside a case file asks for it, for who may know of the case file.
    """
    return f"inside:{case_file_id}"


def of_documents(
    session: Session, files: FileStore, numbers: Iterable[int], without_text: list[str]
) -> dict[int, Entry]:
    """Entries of those that exist; one whose text cannot be read is found by its description."""
    found = _documents(session, list(numbers))
    granted = _granted(session, found)
    units = _units(session, (place.case_file for one in found for place in one.placements))
    entries = {}
    for one in found:
        try:
            body = text_of(files, one)
        except StoreFailed:  # `verify` names the file; here the description must do
            body = ""
            without_text.append(one.code)
        entries[one.id] = _of_document(session, one, body, granted, units)
    return entries


def of_case_files(session: Session, numbers: Iterable[int]) -> dict[int, Entry]:
    """Entries of those that exist."""
    wanted = select(CaseFile).where(CaseFile.id.in_(list(numbers)), CaseFile.stage != DESTROYED)
    found = session.scalars(wanted.options(selectinload(CaseFile.organ))).all()
    granted = access.granted_on(session, (), [one.id for one in found])
    units = _units(session, found)
    return {one.id: _of_case_file(one, granted, units) for one in found}


def entry_for(session: Session, files: FileStore, document_id: int) -> Entry:
    """The entry of one document.

    Raises:
        NotFound: `no_such_document`.
    """
    found = of_documents(session, files, [document_id], [])
    if document_id not in found:
        raise NotFound("no_such_document", document=document_id)
    return found[document_id]


def text_of(files: FileStore, document: Document) -> str:
    """The text of all its parts.

    Raises:
        StoreFailed: it cannot be read.
    """
    return "\n".join(_text_of_part(files, part) for part in document.parts)


# Documents ----------------------------------------------------------------------------------------


def _documents(session: Session, numbers: list[int]) -> list[Document]:
    wanted = select(Document).where(Document.id.in_(numbers), Document.destroyed_at.is_(None))
    places = selectinload(Document.placements).selectinload(Placement.case_file)
    return list(
        session.scalars(
            wanted.order_by(Document.id).options(
                selectinload(Document.organ),
                selectinload(Document.parts).selectinload(Part.renditions),
                places.selectinload(CaseFile.organ),
            )
        )
    )


def _granted(session: Session, found: Iterable[Document]) -> access.Granted:
    numbers = [one.id for one in found]
    inside_of = {place.case_file_id for one in found for place in one.placements}
    return access.granted_on(session, numbers, inside_of)


def _of_document(
    session: Session,
    document: Document,
    body: str,
    granted: access.Granted,
    units: Mapping[int, str],
) -> Entry:
    finders = access.finders_of(session, document, granted)
    known = _known_to_all(session, document, finders, granted)
    day = document.issued_date or document.arrival_date
    return Entry(
        id=document.code,
        revision=document.revision,
        readers=(*finders, *_insides(document, known)),
        title=document.subject,
        body=body,
        number=number_as_shown(document),
        number_keys=tuple(sorted(_number_keys(document))),
        cites=tuple(sorted(_cited_keys(body))),
        type_name=document.type_name,
        organ=document.organ.code,
        organ_name=document.organ_name,
        day=_as_number(day),
        case_files=tuple(one.code for one in known),
        case_file_titles=tuple(one.title for one in known),
        fields=tuple(_entered(document, known)),
        named=_named_of_document(document, known, units),
        facets=_facets_of_document(document, known, units, day),
        added=int(document.shelved_at.timestamp()),
    )


def _known_to_all(
    session: Session, document: Document, finders: list[str], granted: access.Granted
) -> list[CaseFile]:
    """The case files of which everybody knows who may find the document."""
    found = []
    for one in (place.case_file for place in document.placements):
        knowing = access.finders_of_case_file(one, granted)
        if access.are_covered(session, one.organ_id, finders, knowing):
            found.append(one)
    return found


def _insides(document: Document, known: list[CaseFile]) -> list[str]:
    """The keys of what it stands inside; of nothing, where its readers know of no case file."""
    own = [inside(one.case_file_id) for one in document.placements]
    return own if known else [*own, inside(NOTHING)]


def _facets_of_document(
    document: Document, known: list[CaseFile], units: Mapping[int, str], day: date | None
) -> dict[str, tuple[str, ...]]:
    terms = [document.maintenance] if document.maintenance else [one.maintenance for one in known]
    return _values(
        {
            engine.YEAR: [str(day.year)] if day else [],
            engine.ISSUER: [document.organ_name],
            engine.TYPE: [document.type_name],
            engine.UNIT: [units.get(one.unit_id or 0, "") for one in known],
            engine.CASE_FILE: [one.code for one in known],
            engine.SIGNER: [document.signer_name],
            engine.STAGE: [one.stage for one in known],
            engine.TERM: terms,
            engine.VERDICT: verdicts_of(document),
            engine.FORMAT: [_format_of(part) for part in document.parts],
        }
    )


def verdicts_of(document: Document) -> list[str]:
    """What was said of the signatures of its parts when they came; or that there are none."""
    told = [part.facts.get("check_signatures") or {} for part in document.parts]
    said = [one.get("indication") or _UNCLEAR for one in told if one.get("count")]
    return said or [NO_SIGNATURE]


def _format_of(part: Part) -> str:
    kind = part.facts.get("identify") or {}
    return str(kind.get("extension") or part.file_name.rpartition(".")[2]).lower()


def _named_of_document(
    document: Document, known: list[CaseFile], units: Mapping[int, str]
) -> dict[str, str]:
    """What was entered, by column; and of its case files what the index may say of them."""
    terms = document.maintenance or "; ".join(one.maintenance for one in known)
    return _filled(
        _columns(document, DOCUMENT_FIELDS)
        | {
            "maintenance": terms,
            "unit": _joined(units.get(one.unit_id or 0, "") for one in known),
            "case_file": _joined(f"{one.code} {one.title}" for one in known),
            "file_name": _joined(part.file_name for part in document.parts),
            "supplementary": _supplementary(document),
        }
    )


def _entered(document: Document, known: Iterable[CaseFile]) -> Iterator[str]:
    """All that people entered and that has no place of its own in the entry (HC, 16.6c)."""
    for one in DOCUMENT_FIELDS:
        if one.column not in _HAS_ITS_OWN_PLACE | _SAYS_NOTHING:
            yield as_typed(getattr(document, one.column))
    yield _supplementary(document)
    for part in document.parts:
        yield part.file_name
    for case_file in known:
        yield from (case_file.description, case_file.keyword, case_file.notation)


def _text_of_part(files: FileStore, part: Part) -> str:
    """The part's text as the road left it; none where nothing could be read."""
    text = rendition(part, "text")
    if text is None:
        return ""
    with files.open(text.digest) as stream:
        return stream.read(TEXT_MEGABYTES * 1024 * 1024).decode("utf-8", errors="ignore")


def _number_keys(document: Document) -> set[str]:
    year = document.issued_date.year if document.issued_date else None
    shown = number_as_shown(document)
    number = parse(shown)
    if number is None and shown.strip().isdecimal():  # a number without a symbol
        number = DocumentNumber(int(shown), shown.strip(), None, "", "", "", "", "")
    return keys(number, year=year) if number else set()


def _cited_keys(body: str) -> set[str]:
    """Keys of the numbers that a text names; not by the counter alone: all name some number 4."""
    cited = find_numbers(body)[:CITATIONS]
    return {key for one in cited for key in keys(one.number) if not key.endswith("||")}


# Case files ---------------------------------------------------------------------------------------


def _of_case_file(case_file: CaseFile, granted: access.Granted, units: Mapping[int, str]) -> Entry:
    """A case file by its own data; what is in it is found by its documents' own entries."""
    unit = units.get(case_file.unit_id or 0, "")
    columns = _columns(case_file, CASE_FILE_FIELDS)
    day = case_file.end_date or case_file.start_date or case_file.opened_at.date()
    named = {
        "unit": unit,
        "case_file": f"{case_file.code} {case_file.title}",
        "supplementary": _supplementary(case_file),
    }
    facets = {
        engine.YEAR: [str(case_file.year)],
        engine.UNIT: [unit],
        engine.STAGE: [case_file.stage],
        engine.TERM: [case_file.maintenance],
    }
    return Entry(
        id=id_of(CASE_FILE, case_file.id, case_file.code),
        kind=CASE_FILE,
        revision=case_file.revision,
        readers=tuple(access.finders_of_case_file(case_file, granted)),
        title=case_file.title,
        number=case_file.code,
        number_keys=(code_key(case_file.code),),
        type_name="Hồ sơ",
        organ=case_file.organ.code,
        day=_as_number(day),
        fields=(unit, _supplementary(case_file), *_entered_of_case_file(case_file)),
        named=_filled(columns | named),
        facets=_values(facets),
        added=int(case_file.opened_at.timestamp()),
    )


def _entered_of_case_file(case_file: CaseFile) -> Iterator[str]:
    for one in CASE_FILE_FIELDS:
        if one.column != "title":
            yield as_typed(getattr(case_file, one.column))


# Values -------------------------------------------------------------------------------------------


def _units(session: Session, case_files: Iterable[CaseFile]) -> dict[int, str]:
    """The names of their units."""
    numbers = {one.unit_id for one in case_files if one.unit_id is not None}
    if not numbers:
        return {}
    found = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(numbers)))
    return {number: name for number, name in found}


def _columns(thing: Document | CaseFile, known: Iterable[Field]) -> dict[str, str]:
    return {one.column: _as_named(getattr(thing, one.column)) for one in known}


def _as_named(value: Any) -> str:
    """A value as questions that name its field ask for it: there, yes and no are answers."""
    if isinstance(value, bool):
        return "có yes 1" if value else "không no 0"
    return as_typed(value)


def _supplementary(thing: Document | CaseFile) -> str:
    return _joined(f"{name} {as_typed(value)}" for name, value in thing.supplementary.items())


def _joined(some: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(one for one in some if one))


def _filled(named: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in named.items() if text}


def _values(facets: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """Each value once, and none that is empty; a space at its end makes no other value."""
    told = {name: dict.fromkeys(one.strip() for one in some) for name, some in facets.items()}
    return {name: tuple(one for one in some if one) for name, some in told.items()}


def _as_number(day: date | None) -> int | None:
    return int(f"{day:%Y%m%d}") if day else None


def as_typed(value: Any) -> str:
    """A field's value as people would type it to find it."""
    match value:
        case None | bool():
            return ""
        case date():
            return f"{value:%d/%m/%Y}"
        case list():
            return "; ".join(map(as_typed, value))
        case dict():
            return " ".join(map(as_typed, value.values()))
    return str(value)
