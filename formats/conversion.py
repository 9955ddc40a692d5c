"""The conversion report: what was done to make an archival copy, and what could not come along.

It is kept with the record for ever, as JSON that needs no program to be understood.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REPORT_VERSION = 1


@dataclass(frozen=True)
class Dropped:
    """Something of the source that is not in the archival copy; the original still has it.

    Attributes:
        what: a stable name: "attachment", "script", "action", "form_field", "annotation"…
        count: how many.
        detail: names, values or digests that tell which, cut at a few hundred letters.
    """

    what: str
    count: int
    detail: str = ""


@dataclass(frozen=True)
class ConversionReport:
    """How one archival copy came about.

    Attributes:
        method: "pikepdf", "ghostscript" or "pictures".
        flavour: the PDF/A flavour aimed at ("2b", "3b"); veraPDF's verdict is kept elsewhere.
        pages_before: pages of the source; `pages_after` of the copy are as many, or it is not made.
        letters_before: letters and digits that can be read by machine in the source and its
            text layer.
        letters_after: the same in the copy.
        letters_lost: how many of the former are not found again on their page.
        dropped: what did not come along.
        notes: stable names of what else should be known, such as "content_became_pictures".
        tools: programs and libraries with their versions.
        source_sha256: digest of the file that was converted.
        outcome_sha256: digest of the copy (before it is sealed).
    """

    method: str
    flavour: str
    pages_before: int
    pages_after: int
    letters_before: int
    letters_after: int
    letters_lost: int
    source_sha256: str
    outcome_sha256: str
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Readable JSON with stable order."""
        return json.dumps({"report": REPORT_VERSION, **asdict(self)}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, said: str) -> "ConversionReport":
        """The report that `to_json` wrote."""
        values: dict[str, Any] = json.loads(said)
        values.pop("report", None)
        values["dropped"] = tuple(Dropped(**each) for each in values["dropped"])
        values["notes"] = tuple(values["notes"])
        return cls(**values)

    def write(self, path: Path) -> None:
        """Keep it as a file."""
        path.write_text(self.to_json() + "\n", encoding="utf-8")
