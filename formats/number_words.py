"""Numbers in Vietnamese words, as lists and minutes end: "Viết bằng chữ: một trăm linh năm"."""

MOST = 999_999_999
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", " nghìn", " triệu")


def in_words(number: int) -> str:
    """The number in the words of the north: mốt, lăm, linh, nghìn.

    Args:
        number: from 0 to 999.999.999.
    """
    if not 0 <= number <= MOST:
        raise ValueError(f"not from 0 to {MOST}: {number}")
    if number == 0:
        return _DIGITS[0]
    said: list[str] = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group:  # a group of zeros is not said, hundreds of later groups always are
            said.append(_hundreds(group, is_first=not said) + _GROUPS[place])
    return " ".join(said)


def _hundreds(number: int, *, is_first: bool) -> str:
    hundreds, rest = divmod(number, 100)
    said = [] if is_first and not hundreds else [f"{_DIGITS[hundreds]} trăm"]
    if rest:
        said.append(_tens(rest, follows=bool(said)))
    return " ".join(said)


def _tens(number: int, *, follows: bool) -> str:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return f"linh {_DIGITS[unit]}" if follows else _DIGITS[unit]
    said = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if unit == 0:
        return said
    return f"{said} {_unit(unit, tens)}"


def _unit(unit: int, tens: int) -> str:
    if unit == 5:
        return "lăm"
    return "mốt" if unit == 1 and tens > 1 else _DIGITS[unit]
