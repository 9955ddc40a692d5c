"""The ends of terms, counted anew where something changed since: for lists and for notices.

Most are counted where the change is made; this finds the others, some hundreds at a time and each
time in a transaction of its own.
"""

from collections.abc import Callable

from archive import audit
from retention import ends
from web.services import Services

AT_ONCE = 500


def catch_up(services: Services, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Count all of them; how many were counted. What somebody holds is left for the next look."""
    done = 0
    while not is_stopping():
        with audit.acting_as(None, "worker"), services.db.transaction() as session:
            found = ends.catch_up(session, AT_ONCE)
        done += found
        if found < AT_ONCE:
            break
    return done
