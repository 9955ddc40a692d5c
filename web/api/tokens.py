"""The token that asks: whose it is, and its end. New ones are made on the pages."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g

from archive import access, people
from archive.models import SignIn
from web.api.doors import writing
from web.api.schemas import TokenOut
from web.auth import asker, here

blueprint = APIBlueprint("tokens", __name__, url_prefix="/token", tag="Token")


@blueprint.get("")
@blueprint.output(TokenOut)
def mine() -> dict[str, Any]:
    """Whose token this is, and until when it lasts."""
    return {
        "name": g.sign_in.name,
        "user": asker().user_name,
        "full_name": asker().full_name,
        "organ": here().code,
        "roles": sorted(access.roles_of(asker(), here().id)),
        "created_at": g.sign_in.created_at.isoformat(),
        "expires_at": g.sign_in.expires_at.isoformat(),
    }


@blueprint.delete("")
@blueprint.doc(responses={204: "It opens nothing any more"})
def end() -> Any:
    """End the token that asks, at once and for good."""
    with writing() as rows:
        people.sign_out(rows, rows.get_one(SignIn, g.sign_in.id))
    return Response(status=204)
