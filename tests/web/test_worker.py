"""What the worker does beside the road."""

import shutil

from search import indexing
from tests.web.conftest import House
from web.worker import Worker


def test_an_index_that_is_taken_away_is_made_anew_though_nothing_changed(house: House) -> None:
    services = house.services
    assert indexing.is_whole(services.engine)
    shutil.rmtree(services.settings.path("index"))
    assert not indexing.is_whole(services.engine)
    assert Worker(services)._index()
    assert indexing.is_whole(services.engine)
