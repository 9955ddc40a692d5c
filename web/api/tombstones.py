"""What is left of what was destroyed, by its code."""

from typing import Any

from apiflask import APIBlueprint

from retention import tombstones
from web.api.schemas import TombstonesOut
from web.auth import asker, here, reading

blueprint = APIBlueprint("tombstones", __name__, tag="Retention")


@blueprint.get("/tombstones/<path:code>")
@blueprint.output(TombstonesOut)
@blueprint.doc(responses={404: "Nothing of this code was destroyed, or it is not for you to know"})
def one(code: str) -> dict[str, Any]:
    """Say when and by which decision a case file or document was destroyed."""
    with reading() as rows:
        found = tombstones.by_code(rows, asker(), here(), code)
        return {"items": [tombstones.as_values(each) for each in found]}
