"""How much of a paper that comes in is scanned: each organ's own rule, kept at the desk.

Everything, with all annexes (TN 9.1); the main text, where an annex of many pages stays on paper
with who handles it (KT 13.4) or a project's file at its desk (ĐB 6.1a); the first page only, of
what its publisher keeps on the net (ĐB 6.1a); or by a list of types (HC 9). Whatever is left out,
the line says where it is.
"""

from collections.abc import Mapping

from archive.errors import Invalid
from archive.models import Organ
from archive.organ_rules import OrganRules, rules_of
from formats.vietnamese import fold

ALL, MAIN_TEXT, FIRST_PAGE = "full", "main_text", "first_page"


def depths(rules: OrganRules, type_name: str) -> tuple[str, ...]:
    """How much may be scanned of a document of this type, the whole first."""
    found = [ALL]
    by_list = rules.scan_policy == "list" and not is_listed(rules.types_to_scan, type_name)
    if rules.scan_policy == "main_text" or by_list:
        found.append(MAIN_TEXT)
    if by_list or is_listed(rules.types_first_page, type_name):
        found.append(FIRST_PAGE)
    return tuple(found)


def is_listed(types: str, type_name: str) -> bool:
    """Whether a type stands in a list that is parted by commas, however it is written."""
    wanted = _plain(type_name)
    return bool(wanted) and wanted in {_plain(one) for one in types_in(types)}


def types_in(types: str) -> list[str]:
    """The types of such a list, as they are written there."""
    return [one.strip() for one in types.replace(";", ",").split(",") if one.strip()]


def require_depth(organ: Organ, type_name: str, scan: Mapping[str, str]) -> None:
    """Go on only if so much was scanned as the organ asks, and the rest has its place.

    Args:
        organ: whose rule it is.
        type_name: of the document.
        scan: `completeness`; `elsewhere`, where the rest is; `rest_pages`, how much that is.

    Raises:
        Invalid: `scan_too_little`, `rest_place_missing`, `rest_pages_missing`, `annex_is_short`.
    """
    depth = scan.get("completeness") or ALL
    if depth == ALL:
        return
    rules = rules_of(organ)
    if depth not in depths(rules, type_name):
        raise Invalid("scan_too_little", type=type_name)
    if not scan.get("elsewhere", "").strip():
        raise Invalid("rest_place_missing")
    if depth == MAIN_TEXT and rules.annex_pages:
        pages = scan.get("rest_pages", "").strip()
        if not pages.isdecimal():
            raise Invalid("rest_pages_missing", least=rules.annex_pages)
        if int(pages) < rules.annex_pages:
            raise Invalid("annex_is_short", pages=int(pages), least=rules.annex_pages)


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
