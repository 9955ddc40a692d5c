import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.number_words import MOST, in_words


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "không"),
        (1, "một"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (55, "năm mươi lăm"),
        (91, "chín mươi mốt"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (111, "một trăm mười một"),
        (215, "hai trăm mười lăm"),
        (1_000, "một nghìn"),
        (1_001, "một nghìn không trăm linh một"),
        (1_021, "một nghìn không trăm hai mươi mốt"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (10_500, "mười nghìn năm trăm"),
        (21_035, "hai mươi mốt nghìn không trăm ba mươi lăm"),
        (105_000, "một trăm linh năm nghìn"),
        (1_000_000, "một triệu"),
        (1_000_001, "một triệu không trăm linh một"),
        (1_005_010, "một triệu không trăm linh năm nghìn không trăm mười"),
        (
            999_999_999,
            "chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn "
            "chín trăm chín mươi chín",
        ),
    ],
)
def test_numbers_are_said_as_people_in_the_north_say_them(number: int, said: str) -> None:
    assert in_words(number) == said


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_two_numbers_are_never_said_alike(one: int, other: int) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_what_is_beyond_is_not_guessed(number: int) -> None:
    with pytest.raises(ValueError, match="not from 0"):
        in_words(number)
