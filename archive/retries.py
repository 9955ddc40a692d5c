"""When something that another machine did not take is tried again: soon, then ever more rarely."""

from datetime import datetime, timedelta

from archive import clock

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)


def next_try(tries: int) -> datetime:
    """The instant of the next try after so many; it never comes to an end."""
    pause: timedelta = FIRST * 2 ** min(tries - 1, 20)
    return clock.now() + min(pause, LONGEST)
