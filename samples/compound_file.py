"""A minimal writer of compound files (the container of old Office files and of macro projects)."""

import struct
from dataclasses import dataclass, field

Tree = dict[str, "bytes | dict[str, bytes]"]

SECTOR = 512
_SMALLEST = 4096  # shorter streams would need a second allocation table: they are padded instead
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


@dataclass
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    data: bytes = b""
    child: int = _NONE
    right: int = _NONE
    start: int = _END
    children: list["_Entry"] = field(default_factory=list)


def write_compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file with these streams, one level of storages deep."""
    root = _Entry("Root Entry", 5)
    for name, content in tree.items():
        if isinstance(content, dict):
            storage = _Entry(name, 1)
            storage.children = [_stream(inner, data) for inner, data in content.items()]
            root.children.append(storage)
        else:
            root.children.append(_stream(name, content))
    entries = [root]
    _number(root, entries)
    sectors, table = _lay_out(entries)
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0, 0,
    ) + struct.pack("<108I", *[_FREE] * 108)  # fmt: skip
    return header + table + sectors


def _stream(name: str, data: bytes) -> _Entry:
    return _Entry(name, 2, data.ljust(_SMALLEST, b"\0"))


def _number(parent: _Entry, entries: list[_Entry]) -> None:
    """Give each child a place in the directory; siblings hang on each other's right, in order."""
    ordered = sorted(parent.children, key=lambda entry: (len(entry.name), entry.name.upper()))
    first = len(entries)
    entries.extend(ordered)
    parent.child = first if ordered else _NONE
    for offset, entry in enumerate(ordered[:-1]):
        entry.right = first + offset + 1
    for entry in ordered:
        _number(entry, entries)


def _lay_out(entries: list[_Entry]) -> tuple[bytes, bytes]:
    """Directory and streams one after the other, and the table that chains their sectors."""
    chain: list[int] = [_TABLE]  # sector 0 is the table itself
    directory_sectors = -(-len(entries) // 4)
    chain += [*range(2, 1 + directory_sectors), _END]
    body = b""
    for entry in entries:
        if entry.kind == 2:
            entry.start = len(chain)
            count = -(-len(entry.data) // SECTOR)
            chain += [*range(entry.start + 1, entry.start + count), _END]
            body += entry.data.ljust(count * SECTOR, b"\0")
    if len(chain) > SECTOR // 4:
        raise ValueError("too large for one sector of allocation table")
    directory = b"".join(_directory_entry(entry) for entry in entries)
    blank = struct.pack("<64sHBBIII36xIQ", b"", 0, 0, 1, _NONE, _NONE, _NONE, 0, 0)
    directory += blank * (directory_sectors * 4 - len(entries))
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[_FREE] * (SECTOR // 4 - len(chain)))
    return directory + body, table


def _directory_entry(entry: _Entry) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII36xIQ",
        name, len(name), entry.kind, 1, _NONE, entry.right, entry.child,
        entry.start if entry.kind == 2 else (_END if entry.kind == 5 else 0), len(entry.data),
    )  # fmt: skip
