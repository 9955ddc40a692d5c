import ast
from pathlib import Path

import archive.life_models
import archive.models
import archive.register_models
import archive.use_models
import ingest.models
import retention.models
import search.models
from archive.database import Base
from archive.places import PLACES

ROOT = Path(__file__).parent.parent.parent
WITHOUT_CONTENT = {
    "access_grant", "appointment", "carried_over", "chain_head", "code_series", "delegation",
    "disposal_hand", "document_likeness", "event", "event_row", "file_plan", "fonds", "frozen",
    "holiday", "key_custody", "likeness_cursor", "notice_item", "number_series", "organ",
    "organ_code", "person", "plan_rule", "register", "retention_clock", "retention_rule", "role",
    "seal_certificate", "search_follower", "sent_form", "sign_in", "submission_call", "unit",
}  # fmt: skip
# `TemporaryFile` has no name: nobody else can open it, and it ends with its process.
NAMED = {"TemporaryDirectory", "NamedTemporaryFile", "SpooledTemporaryFile", "mkdtemp", "mkstemp"}


def test_every_table_is_a_place_of_content_or_is_known_to_be_none() -> None:
    assert archive.models and archive.life_models and archive.register_models
    assert ingest.models and retention.models
    assert archive.use_models and search.models
    named = {one.split(".")[0] for place in PLACES for one in place.columns}
    assert set(Base.metadata.tables) == named | WITHOUT_CONTENT
    assert not named & WITHOUT_CONTENT


def test_every_temporary_folder_begins_with_a_name_on_the_list() -> None:
    known = tuple(one for place in PLACES for one in place.temporary)
    made = {
        (path.name, made)
        for package in ("archive", "formats", "ingest", "search", "web")
        for path in (ROOT / package).rglob("*.py")
        for made in _temporary_names(path)
    }
    assert {"files.py", "office.py", "pictures.py"} <= {name for name, _ in made}
    assert made, "the guard finds nothing: mend the guard"
    assert [one for one in made if not one[1].startswith(known)] == []


def _temporary_names(path: Path) -> list[str]:
    """How the name of each temporary folder or file begins that a module makes."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.split(".")[-1] in NAMED:
            prefix = next((one.value for one in node.keywords if one.arg == "prefix"), None)
            names.append(ast.literal_eval(prefix) if prefix is not None else "(no name)")
    return names
