"""A document in plain values: everything that is known of it, for commands, the API and exports."""

from collections.abc import Callable
from typing import Any

from archive.documents import number_as_shown
from archive.fields import DOCUMENT_FIELDS
from archive.models import CaseFile, Document, Part


def described(document: Document, sees: Callable[[CaseFile], bool]) -> dict[str, Any]:
    """All metadata of the document and of the stored forms of its parts (not their content).

    Only the case files that the asker `sees` are named.
    """
    return {
        "document": document.code,
        "organ": document.organ.code,
        "number": number_as_shown(document),
        "fields": {one.code: _plain(getattr(document, one.column)) for one in DOCUMENT_FIELDS},
        "supplementary": document.supplementary,
        "case_files": [
            {"case_file": one.case_file.code, "ordinal": one.ordinal}
            for one in document.placements
            if sees(one.case_file)
        ],
        "mending": document.mending,
        "shelved_at": document.shelved_at.isoformat(),
        "revision": document.revision,
        "parts": [_part(one) for one in document.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "part": part.ordinal,
        "role": part.role,
        "file_name": part.file_name,
        "sha256": part.digest,
        "pages": part.pages,
        "mending": part.mending,
        "renditions": [
            {
                "role": one.role,
                "sha256": one.digest,
                "size": one.size,
                "mime": one.mime,
                "puid": one.puid,
                "made_at": one.made_at.isoformat(),
                "replaced_at": one.replaced_at.isoformat() if one.replaced_at else None,
            }
            for one in part.renditions
        ],
        "facts": part.facts,
    }


def _plain(value: Any) -> Any:  # a column of any kind
    return value.isoformat() if hasattr(value, "isoformat") else value
