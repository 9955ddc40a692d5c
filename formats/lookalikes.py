"""Letters of other alphabets that look like Latin ones, for reading as people read."""

import unicodedata

_ALIKE = (
    # Cyrillic
    ("АВЕКМНОРСТУХІЈЅԚԜҮ", "ABEKMHOPCTYXIJSQWY"),
    ("аеорсухіјѕԛԝүмткв", "aeopcyxijsqwymtkb"),
    # Greek
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("αειοτυν", "aeiotuv"),
    # Armenian, Cherokee, Lisu
    ("ՍՕՏ", "UOS"),
    ("ᎪᎬᎢᎷᎩᎻ", "AETMYH"),
    ("ꓮꓰꓲꓟꓳꓔꓴꓬꓓ", "AEIMOTUYD"),
    # Latin: small capitals, letters with a stroke
    ("ᴀᴅᴇɪᴍᴏᴛᴜʏ", "ADEIMOTUY"),
    ("ÐƉðɖ", "ĐĐđđ"),
    ("ı", "i"),
)
_LATIN = str.maketrans("".join(odd for odd, _ in _ALIKE), "".join(latin for _, latin in _ALIKE))
_UNSEEN = frozenset("\u034f\u115f\u1160\u180b\u180c\u180d") | {*map(chr, range(0xFE00, 0xFE10))}


def latin(text: str) -> str:
    """The text with look-alikes, wide and ornamental letters as Latin ones, in NFC.

    For comparing only: what it gives is never kept or shown. Signs that show nothing are dropped.
    """
    apart = unicodedata.normalize("NFKD", text).translate(_LATIN)
    return unicodedata.normalize("NFC", "".join(filter(_is_seen, apart)))


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) != "Cf" and sign not in _UNSEEN
