"""Ink colours (CMYK) in a copy whose colours are otherwise those of screens.

PDF/A wants to know what four numbers of ink look like. A profile named as the default for them
says so, and neither pictures nor pages have to be written anew.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream

PROFILES = (
    Path("/usr/share/color/icc/ghostscript/default_cmyk.icc"),
    Path("/usr/share/color/icc/default_cmyk.icc"),
)
_PAINTS_INK = re.compile(rb"[\d.]\s+[kK]\s|/DeviceCMYK|/CMYK")


def give_cmyk_a_meaning(pdf: Pdf) -> bool:
    """Name a CMYK profile as default wherever ink is used; False when none is, or none is known."""
    holders = list(_resources(pdf))
    if not _uses_ink(pdf) or (packed := _profile()) is None:
        return False
    profile = pdf.make_indirect(Stream(pdf, packed, N=4, Alternate=Name.DeviceCMYK))
    default = pdf.make_indirect(Array([Name.ICCBased, profile]))
    for resources in holders:
        spaces = resources.get(Name.ColorSpace)
        if not isinstance(spaces, Dictionary):
            spaces = resources[Name.ColorSpace] = Dictionary()
        if Name.DefaultCMYK not in spaces:
            spaces[Name.DefaultCMYK] = default
    return True


def _uses_ink(pdf: Pdf) -> bool:
    for thing in pdf.objects:
        if isinstance(thing, Stream) and thing.get(Name.Subtype) == Name.Image:
            space = thing.get(Name.ColorSpace)
            if space == Name.DeviceCMYK or (isinstance(space, Array) and _names_ink(space)):
                return True
    return any(_PAINTS_INK.search(content) for content in _contents(pdf))


def _names_ink(space: Array) -> bool:
    return any(part == Name.DeviceCMYK for part in list(space)[:4])


def _resources(pdf: Pdf) -> Iterator[Dictionary]:
    for page in pdf.pages:
        own = page.obj.get(Name.Resources)
        if not isinstance(own, Dictionary):
            own = page.obj[Name.Resources] = Dictionary()
        yield own
    for thing in pdf.objects:
        inner = thing.get(Name.Resources) if isinstance(thing, Stream) else None
        if isinstance(inner, Dictionary):
            yield inner


def _contents(pdf: Pdf) -> Iterator[bytes]:
    for page in pdf.pages:
        content = page.obj.get(Name.Contents)
        for part in list(content) if isinstance(content, Array) else [content]:
            yield from _read(part)
    for thing in pdf.objects:
        if isinstance(thing, Stream) and (
            thing.get(Name.Subtype) == Name.Form or Name.PatternType in thing
        ):
            yield from _read(thing)


def _read(stream: Object | None) -> Iterator[bytes]:
    if isinstance(stream, Stream):
        try:
            yield stream.read_bytes()
        except PdfError:
            return


@cache
def _profile() -> bytes | None:
    return next((path.read_bytes() for path in PROFILES if path.is_file()), None)
