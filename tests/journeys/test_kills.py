"""A worker that is killed again and again, with everything real: nothing lost, nothing doubled."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.journeys.test_road import Home, varied

pytestmark = [pytest.mark.tools, pytest.mark.slow, pytest.mark.timeout(900)]


def test_killed_at_any_moment_every_file_is_shelved_exactly_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.run("setup")
    paths = [
        *varied("05-", 6, tmp_path),
        *varied("06-", 2, tmp_path),
        *varied("01-", 2, tmp_path),
    ]
    assert home.run("receive", *paths).returncode == 0
    chance = random.Random(20261121)
    kills = 0
    for turn in range(40):
        worker = home.begin("worker")
        # In the middle of anything; ever later, because Java needs its time on a busy machine.
        time.sleep(chance.uniform(0.3, 4 + turn / 2))
        done = home.ask("select count(*) from intake where state != 'shelved'") == [(0,)]
        worker.kill()
        worker.wait()
        kills += 1
        if done:
            break
    assert home.ask("select count(*) from intake where state != 'shelved'") == [(0,)]
    assert kills >= 3, "too quick to have been killed often enough"
    assert home.ask("select count(*), count(distinct code) from document") == [(10, 10)]
    assert home.ask("select count(*), count(distinct digest) from part") == [(10, 10)]
    steps = Counter(
        (number, json.loads(facts)["step"])
        for number, facts in home.ask(
            "select subject_id, facts from event where action = 'intake.step'"
        )
    )
    assert len(steps) == 10 * 8
    assert set(steps.values()) == {1}
    assert home.run("audit", "verify").returncode == 0
    assert home.run("verify").returncode == 0
