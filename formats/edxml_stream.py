"""The XML of a message as a stream: a small tree of its words, its files decoded onto the disk.

A document type or an entity ends it, what the standard does not name is passed over.
"""

import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from formats.edxml import NAMESPACE, OLDER_NAMESPACE
from formats.errors import Unreadable
from formats.vietnamese import nfc

_MOST_ELEMENTS, _DEEPEST, _MOST_TEXT = 20_000, 40, 2_000_000
_MOST_ENCLOSURES = 200
_READ = 64 * 1024
_NAMESPACES = {NAMESPACE, OLDER_NAMESPACE, ""}
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_ENCODED = "ContentTransferEncoded"


@dataclass
class Element:
    """An element by its local name, with its text and what is in it."""

    name: str
    text: list[str] = field(default_factory=list)
    inside: list["Element"] = field(default_factory=list)
    decoded: "Decoded | None" = None

    def all(self, name: str) -> list["Element"]:
        """Those in it that are called so."""
        return [one for one in self.inside if one.name == name]

    def first(self, *names: str) -> "Element":
        """The first on this way; an empty one where there is none."""
        here = self
        for name in names:
            here = next((one for one in here.inside if one.name == name), Element(name))
        return here

    def says(self, *names: str) -> str:
        """Its words, in one spelling and without space around."""
        return nfc("".join(self.first(*names).text)).strip()


class Stream:
    """A parser that keeps a small tree, and lays what is encoded into files."""

    def __init__(self, room: Path, largest: int) -> None:
        self.root: Element | None = None
        self.is_signed = False
        self._room, self._left = room, 2 * largest
        self._open: list[Element] = []
        self._passed_over = 0  # depth inside what the standard does not name
        self._elements = self._signs = self._files = 0
        self._decoding: Decoded | None = None

    def read(self, file: IO[bytes]) -> None:
        """Read it to its end.

        Raises:
            Unreadable: `damaged`, `xml_entities`, `message_too_large`, `message_too_much`.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_types
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._say
        parser.buffer_text = True
        try:
            while chunk := file.read(_READ):
                self._left -= len(chunk)
                if self._left < 0:
                    raise Unreadable("message_too_large")
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable("damaged", line=error.lineno, said=str(error)) from error
        except (ValueError, LookupError) as error:  # an encoding that is none
            raise Unreadable("damaged", said=str(error)) from error
        finally:
            if self._decoding is not None:
                self._decoding.close()

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._open) + self._passed_over > _DEEPEST:
            raise Unreadable("message_too_much")
        namespace, _, local = name.rpartition(" ")
        self.is_signed |= namespace == _SIGNATURE and local == "Signature"
        if self._passed_over or namespace not in _NAMESPACES or self._decoding is not None:
            self._passed_over += 1
            return
        element = Element(local)
        if self._open:
            self._open[-1].inside.append(element)
        else:
            self.root = element
        self._open.append(element)
        if local == _ENCODED:
            self._files += 1
            if self._files > _MOST_ENCLOSURES:
                raise Unreadable("message_too_much")
            element.decoded = self._decoding = Decoded(self._room / f"{self._files}.part")

    def _end(self, _name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        element = self._open.pop()
        if element.name == _ENCODED and self._decoding is not None:
            self._decoding.close()
            self._decoding = None

    def _say(self, text: str) -> None:
        if self._passed_over:
            return
        if self._decoding is not None:
            self._decoding.add(text)
        elif self._open:
            self._signs += len(text)
            if self._signs > _MOST_TEXT:
                raise Unreadable("message_too_much")
            self._open[-1].text.append(text)


def _refuse_types(*_: Any) -> None:
    raise Unreadable("xml_entities")


class Decoded:
    """Base64 that comes in pieces, written to a file as bytes; broken once, it stays so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_broken = False
        self._rest = b""
        self._file: IO[bytes] | None = path.open("wb")

    def add(self, text: str) -> None:
        """The next piece."""
        if self.is_broken or self._file is None:
            return
        try:
            signs = self._rest + b"".join(text.encode("ascii").split())
            whole = len(signs) // 4 * 4
            self._rest = signs[whole:]
            self._file.write(binascii.a2b_base64(signs[:whole], strict_mode=True))
        except ValueError:  # no base64, or no ASCII
            self.is_broken = True

    def close(self) -> None:
        """There is no more."""
        if self._file is not None:
            self.is_broken |= bool(self._rest)
            self._file.close()
            self._file = None
