"""Having Tantivy write anew, from themselves, the parts of an index that hold something dropped.

The library takes no orders. It merges parts when eight of about one size have come together, and
leaves out what was dropped; large parts wait for years. So in a copy of the index that nobody reads
yet (links to the same files) its list calls such parts nearly empty, and a few entries are added
one by one. What really is in a part, Tantivy reads from the part and not from the list. Should a
later version go by something else, parts with something dropped are left, and the caller sees it.
"""

import json
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import tantivy

from search import engine
from search.engine import Entry
from search.engines.generations import settle
from search.engines.tantivy_files import LIST, damage_told, files_of_parts
from search.engines.tantivy_schema import as_document

TOGETHER = 8  # parts that are merged when they are of about one size
HEAP = 64 * 1024 * 1024
_MANAGED = ".managed.json"  # Tantivy's own list of files that it may remove


def copy(old: Path, new: Path) -> None:
    """The same index in another folder; its files are the same ones, for they never change."""
    for file in files_of_parts(old):
        try:
            os.link(file, new / file.name)
        except OSError:  # a file system without links
            shutil.copyfile(file, new / file.name)
    for name in (LIST, _MANAGED):
        shutil.copyfile(old / name, new / name)
    settle(new)


def merge(folder: Path, few: Collection[Entry]) -> None:
    """Write anew all parts with something dropped, in an index that nobody reads or writes.

    Args:
        folder: where it is.
        few: `TOGETHER` of its entries or more, which are taken out and added one by one.
    """
    with damage_told():
        writer = tantivy.Index.open(str(folder)).writer(HEAP, 1)
        for one in few:
            writer.delete_documents_by_term(engine.ID, one.id)
        writer.commit()
        writer.wait_merging_threads()
        _call_nearly_empty(folder)
        writer = tantivy.Index.open(str(folder)).writer(HEAP, 1)
        for one in few:  # nothing may be deleted here: the list would not be believed
            writer.add_document(as_document(one))
            writer.commit()
        writer.wait_merging_threads()
        writer = tantivy.Index.open(str(folder)).writer(HEAP, 1)
        writer.garbage_collect_files()
        writer.wait_merging_threads()


def _call_nearly_empty(folder: Path) -> None:
    """Let the list say of each part with something dropped that one entry is left in it."""
    told: dict[str, Any] = json.loads((folder / LIST).read_text())
    for one in told["segments"]:
        if one["deletes"]:
            one["deletes"]["num_deleted_docs"] = one["max_doc"] - 1
    (folder / LIST).write_text(json.dumps(told))
