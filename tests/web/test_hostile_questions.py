"""Questions that are meant to hurt, or that went wrong: through page, API and command."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner

from tests.search.test_language import HOSTILE
from tests.web.conftest import House
from tests.web.test_three_doors import asked_of_the_api
from web.carets import pointed_at
from web.cli import main

MOST_TIMES = 60  # the processor time of a plain question; a bomb takes thousands
GRAPHEME = "e\u0301"


def as_command(house: House, typed: str) -> str:
    """What the command says to people."""
    house.services.engine.close()
    home = {"LUUTRU_HOME": house.services.settings.home, "LUUTRU_LANGUAGE": "vi"}
    done = CliRunner(env=home).invoke(main, ["--as", "binh", "find", "--", typed])
    assert done.exit_code == 0, (typed[:40], done.stderr)
    assert "Traceback" not in done.output
    return done.stderr


def cost(act: Callable[[], Any]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def test_no_question_takes_down_a_page_or_the_api_nor_takes_long(house: House) -> None:
    binh = house.as_("binh")

    def ask(typed: str) -> None:
        answer = binh.get("/search", query_string={"q": typed})
        if "\x00" in typed:  # no browser sends it
            assert answer.status_code == 400
            return
        assert answer.status_code == 200, typed[:40]
        assert "Tìm thấy" in answer.text or "Không tìm thấy" in answer.text

    plain = max(cost(lambda: ask("chữ ký số")), 0.03)
    for typed in HOSTILE:
        sent = typed.encode("utf-8", "ignore").decode()[:60_000]
        if not sent:
            continue  # half a sign, which no address can carry
        assert cost(partial(ask, sent)) < MOST_TIMES * plain, repr(typed[:20])


@pytest.mark.parametrize("typed", ["-", "*", "🏛️🏛️", "\u202eabc", f"{GRAPHEME} (", "(a+)+$", '"(('])
def test_the_api_and_the_command_answer_what_the_page_answers(house: House, typed: str) -> None:
    told = asked_of_the_api(house, q=typed)
    assert told["total"] >= len(told["results"])
    said = as_command(house, typed)
    assert said.count("^") >= len(told["mistakes"])
    page = house.as_("binh").get("/search", query_string={"q": typed}).text
    assert page.count('<div class="say say-warning"') == len(told["mistakes"])


@pytest.mark.parametrize(
    ("typed", "sentence", "pointed"),
    [
        ("quy chế ngày:31/02/2020", "Không có ngày này", "31/02/2020"),
        ('quy chế "chữ ký', "ngoặc kép", '"'),
        ("quy (chế", "ngoặc", "("),
        ("màu:đỏ", "Không có trường", "màu"),
        ("ky so*a", "sao", "*"),
    ],
)
def test_page_and_command_point_at_the_spot(
    house: House, typed: str, sentence: str, pointed: str
) -> None:
    place = typed.index(pointed)
    page = house.as_("binh").get("/search", query_string={"q": typed}).text
    said = as_command(house, typed)
    for told in (page, said):
        assert sentence.lower() in told.lower(), told[-600:]
    line = next(one for one in said.splitlines() if one.strip().startswith("^"))
    assert line.index("^") - 2 == place
    assert f"\n{' ' * place}^" in page


def test_a_page_number_of_a_thousand_million_is_no_error(house: House) -> None:
    binh = house.as_("binh")
    plain = max(cost(lambda: binh.get("/search?q=chữ")), 0.03)
    for wanted in ("1000000000", "9" * 400, "-1", "NaN", "²"):
        asked = {"q": "chữ", "page": wanted}
        spent = cost(partial(binh.get, "/search", query_string=asked))
        assert spent < MOST_TIMES * plain
        assert binh.get("/search", query_string=asked).status_code == 200
    for start in (10**9, 10**30):
        assert "Traceback" not in str(asked_of_the_api(house, q="chữ", start=start))


@pytest.mark.parametrize(
    ("text", "place", "length", "shown"),
    [
        ("quy (chế", 4, 1, ("quy (chế", "    ^")),
        ("a\nb (", 4, 1, ("a b (", "    ^")),
        (f"{GRAPHEME}{GRAPHEME} (", 5, 1, (f"{GRAPHEME}{GRAPHEME} (", "   ^")),
        ("\u202eab (", 4, 1, ("ab (", "   ^")),
        ("文 (", 2, 1, ("文 (", "   ^")),
        ("", 0, 1, ("", "^")),
    ],
)
def test_the_caret_stands_below_its_place(
    text: str, place: int, length: int, shown: tuple[str, str]
) -> None:
    assert pointed_at(text, place, length) == shown


def test_of_a_long_question_the_piece_is_shown_that_matters() -> None:
    piece, caret = pointed_at("a " * 1000 + "(" + " b" * 1000, 2000, 1)
    assert len(piece) < 100 and piece[0] == piece[-1] == "…"
    assert piece[caret.index("^")] == "("
    piece, caret = pointed_at("x" * 5000, 10, 4000)
    assert len(piece) < 200 and len(caret) <= len(piece)
