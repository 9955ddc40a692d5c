"""The door of a disposal: finding it, making one act on it, telling the story of a refusal."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import ArchiveError, NotFound
from retention import disposals
from retention.models import Disposal
from web.auth import asker, confirm_password, here, services, writing
from web.errors import Said, tell, words_of

Act = Callable[[Session, Disposal], object]


def the_disposal(rows: Session, code: str) -> Disposal:
    """The disposal, if the person who asks may know of it.

    Raises:
        NotFound: `no_such_disposal`.
    """
    return disposals.by_code(rows, asker(), here(), code)


def attempt(code: str, name: str, act: Act, *, password: bool = False) -> ArchiveError | None:
    """Make one act on a disposal; a refusal is told to its story, and handed back to be shown.

    Args:
        code: of the disposal.
        name: of the act, for the story.
        act: what is done, in one transaction.
        password: whether the person's own is asked for first; it stands in the form.

    Raises:
        NotFound, NotAllowed: there is no such disposal for the person; the role does not do this.
    """
    try:
        if password:
            confirm_password(request.form.get("password", ""))
        with writing() as rows:
            act(rows, the_disposal(rows, code))
    except NotFound:
        raise
    except ArchiveError as error:
        with writing() as rows:
            disposals.refused(rows, the_disposal(rows, code), name, error)
        if error.code == "not_allowed":
            raise
        return error
    services().bell.set()
    return None


def done_or_told(
    code: str, name: str, act: Act, done: str, *, password: bool = False, to: str = "disposals.one"
) -> BaseResponse:
    """Make one act, then show a page of the disposal with what was done, or why not."""
    error = attempt(code, name, act, password=password)
    if error is not None:
        tell(error)
    else:
        flash(done, "success")
    return redirect(url_for(to, code=code, page=request.args.get("page")))


def words(error: ArchiveError | None) -> Said | None:
    """A refusal in words."""
    return words_of(error) if error is not None else None
