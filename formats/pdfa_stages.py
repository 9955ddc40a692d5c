"""The stages of making PDF/A that open hostile files: each is called in a confined child."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pikepdf
from pikepdf import Array, AttachedFileSpec, Name, Pdf, Stream, pdfa

from formats.conversion import Dropped
from formats.errors import ProgramFailed, Unreadable
from formats.fonts import embed_missing_fonts, glyphless_font
from formats.invisible_text import lay, sheet
from formats.letters import NOTHING_READ, PAGES_AT_ONCE, Comparison, compare, open_pdf
from formats.pdf_cleaning import clean
from formats.pdf_colours import give_cmyk_a_meaning
from formats.pdf_metadata import (
    LARGEST_XMP,
    Description,
    claimed_flavour,
    describe,
    pdf_date,
    read_at_most,
)
from formats.pdf_values import Findings
from formats.pdfa_pictures import add_picture_page

MOST_PAGES = 20_000
MOST_OBJECTS = 2_000_000
_SAME_SIZE = 1.0  # points
_BEYOND_MENDING = "treating stream as empty"  # qpdf's words


@dataclass(frozen=True)
class Attachment:
    """A file that a carrier holds."""

    path: Path
    name: str
    mime_type: str
    relationship: str
    description: str


@dataclass(frozen=True)
class Job:
    """What is to be made of what."""

    pages_pdf: Path
    out: Path
    flavour: str
    description: Description
    layer: Path | None = None
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()
    made_with: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What a stage has to tell."""

    pages: int
    letters: Comparison = NOTHING_READ
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    missing_fonts: tuple[str, ...] = ()
    annotations: int = 0
    tools: dict[str, str] = field(default_factory=dict)


def claim(path: Path) -> str | None:
    """The flavour that a file claims to be."""
    with _opened(path) as pdf:
        return claimed_flavour(pdf)


def make(job: Job) -> Made:
    """Clean, lay the layer, describe and save with pikepdf alone."""
    found = Findings()
    with _opened(job.pages_pdf) as pdf:
        clean(pdf, found)
        fonts = embed_missing_fonts(pdf)
        if fonts.embedded:
            found.notes.add("standard_fonts_embedded")
        _complete(pdf, job, found)
        pages = len(pdf.pages)
    _check_pages(job.pages_pdf, job.out)
    return Made(
        pages, _letters(job), found.dropped(), tuple(found.notes), fonts.missing, tools=_tools()
    )


def clean_only(job: Job, out: Path) -> Made:
    """Clean and save, for another program to go on with."""
    found = Findings()
    with _opened(job.pages_pdf) as pdf:
        clean(pdf, found)
        pdfa.repair_annotation_flags(pdf)
        pdf.save(out)
        _heed_warnings(pdf, found)
        links = _annotations(pdf)
        if Name.OCProperties in pdf.Root:
            found.drop("layer", "switched for good")
            found.notes.discard("layers_kept")
        return Made(
            len(pdf.pages), dropped=found.dropped(), notes=tuple(found.notes),
            annotations=links,
        )  # fmt: skip


def finish(job: Job, cleaned: Made, rewritten: Path) -> Made:
    """Complete what another program has written anew from the cleaned file."""
    found = Findings(notes=set(cleaned.notes))
    with _opened(rewritten) as pdf:
        clean(pdf, found)
        lost = cleaned.annotations - _annotations(pdf)
        if lost > 0:
            found.drop("annotation", "not written anew", lost)
        _complete(pdf, job, found)
    _check_pages(job.pages_pdf, job.out)
    dropped = (*cleaned.dropped, *found.dropped())
    return Made(cleaned.pages, _letters(job), dropped, tuple(found.notes), tools=_tools())


def pictures(job: Job, clean_copy: Path) -> Made:
    """Turn each page of the cleaned document into a picture with its words laid under it."""
    found = Findings(notes={"content_became_pictures"})
    with _opened(job.pages_pdf) as source:
        clean(source, found)
        found.notes -= {"links_kept", "annotations_kept", "layers_kept"}
        if count := _annotations(source):
            found.drop("annotation", "seen in the picture only", count)
        if Name.Outlines in source.Root:
            found.drop("outline")
        sizes = [sheet(page).shown for page in source.pages]
        source.save(clean_copy)
        _heed_warnings(source, found)
    with Pdf.new() as pdf:
        font = glyphless_font(pdf)
        for first in range(0, len(sizes), PAGES_AT_ONCE):
            with closing(open_pdf(clean_copy)) as document:
                for number, size in enumerate(sizes[first : first + PAGES_AT_ONCE], start=first):
                    with closing(document[number]) as page:
                        add_picture_page(pdf, page, size, font)
        _complete(pdf, job, found)
    _check_pages(job.pages_pdf, job.out)
    return Made(len(sizes), _letters(job), found.dropped(), tuple(found.notes), tools=_tools())


# ── pieces of a stage ────────────────────────────────────────────────────────────────────────


@contextmanager
def _opened(path: Path) -> Iterator[Pdf]:
    """A PDF within our limits, every value typed as the file has it."""
    try:
        pdf = Pdf.open(path, conversion_mode="explicit")
    except pikepdf.PasswordError as error:
        raise Unreadable("encrypted", file=path.name) from error
    except pikepdf.PdfError as error:
        raise Unreadable("damaged", file=path.name) from error
    with pdf:
        try:
            _check_limits(pdf)
            yield pdf
        except (pikepdf.PdfError, RecursionError, UnicodeDecodeError) as error:
            raise Unreadable("damaged", file=path.name, said=str(error)[:200]) from error


def _check_limits(pdf: Pdf) -> None:
    size = pdf.trailer.get_int(Name.Size, 0)
    if size > MOST_OBJECTS:
        raise Unreadable("too_many_objects", objects=size, limit=MOST_OBJECTS)
    if len(pdf.pages) > MOST_PAGES:
        raise Unreadable("too_many_pages", pages=len(pdf.pages), limit=MOST_PAGES)
    if not len(pdf.pages):
        raise Unreadable("no_pages")


def _heed_warnings(pdf: Pdf, found: Findings) -> None:
    """A file that could be mended is noted; one with content beyond mending is damaged."""
    warnings = [str(each) for each in pdf.get_warnings()]
    if any(_BEYOND_MENDING in each for each in warnings):
        raise Unreadable("damaged", said="content cannot be recovered")
    if warnings:
        found.notes.add("mended_when_read")


def _complete(pdf: Pdf, job: Job, found: Findings) -> None:
    """Everything that makes cleaned pages an archival file, and save it."""
    with ExitStack() as layers:
        if job.layer is not None and lay(pdf, layers.enter_context(_opened(job.layer))):
            found.notes.add("text_layer_added")
        if give_cmyk_a_meaning(pdf):
            found.notes.add("cmyk_profile_added")
        _attach(pdf, job)
        _prepare(pdf, job, found)
        _save(pdf, job, found)
        _heed_warnings(pdf, found)


def _attach(pdf: Pdf, job: Job) -> None:
    moment = job.description.moment
    for each in job.attachments:
        held = AttachedFileSpec(
            pdf, each.path.read_bytes(), filename=each.name, mime_type=each.mime_type,
            description=each.description, creation_date="",
            mod_date=pdf_date(moment) if moment else "",
        )  # fmt: skip
        held.relationship = Name(f"/{each.relationship}")
        pdf.attachments[each.name] = held


def _prepare(pdf: Pdf, job: Job, found: Findings) -> None:
    metadata = pdf.Root.get(Name.Metadata)
    if metadata is not None and (
        not isinstance(metadata, Stream) or read_at_most(metadata, LARGEST_XMP) is None
    ):
        found.drop("metadata")
        del pdf.Root[Name.Metadata]
    prepared = pdfa.prepare(pdf, job.flavour)
    for kind, count in prepared.annotations_removed.items():
        found.drop("hidden_annotation", kind, count)
    for label in prepared.xmp_dropped:
        found.drop("metadata_property", label)
    if prepared.xmp_unreadable:
        found.drop("metadata")
    describe(pdf, job.description)


def _save(pdf: Pdf, job: Job, found: Findings) -> None:
    choices = pdfa.resolve_save_kwargs(job.flavour, deterministic_id=True)
    if tuple(map(int, pdf.pdf_version.split("."))) > (1, 7):
        choices["force_version"] = "1.7"
        found.notes.add("pdf_version_lowered")
    pdf.save(job.out, **choices)


def _letters(job: Job) -> Comparison:
    return compare([job.pages_pdf, *([job.layer] if job.layer else [])], job.out)


def _check_pages(before: Path, after: Path) -> None:
    """Every page is there, and each as large as it was."""
    with _opened(before) as source, _opened(after) as outcome:
        if len(source.pages) != len(outcome.pages):
            raise ProgramFailed("pages_differ", before=len(source.pages), after=len(outcome.pages))
        for number, (old, new) in enumerate(zip(source.pages, outcome.pages, strict=True), 1):
            sides = zip(sheet(old).shown, sheet(new).shown, strict=True)
            if any(abs(was - now) > _SAME_SIZE for was, now in sides):
                raise ProgramFailed("page_sizes_differ", page=number)


def _annotations(pdf: Pdf) -> int:
    pages = (page.obj.get(Name.Annots) for page in pdf.pages)
    return sum(len(each) for each in pages if isinstance(each, Array))


def _tools() -> dict[str, str]:
    return {
        "pikepdf": pikepdf.__version__,
        "qpdf": pikepdf.__libqpdf_version__,
        "pypdfium2": version("pypdfium2"),
    }
