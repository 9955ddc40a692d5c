"""Whether a word can be a Vietnamese syllable: onset, rhyme and tone, by the rules of spelling.

A Vietnamese syllable is built from a small closed set of parts, so a page of right Vietnamese can
be told from a page of garbage without any dictionary: what was decoded with the wrong table, or
has lost letters, breaks the rules in every second word.
"""

import re
import unicodedata

_TONES = {"\u0300", "\u0301", "\u0309", "\u0303", "\u0323"}
_STOPPED_TONES = {"\u0301", "\u0323"}

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q r s t th tr v x"
_RHYMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
o oc oi om on ong ooc oong op ot oa oac oach oai oam oan oang oanh oao oap oat oay
oăc oăm oăn oăng oăp oăt oe oen oeo oet
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uêt
uôc uôi uôm uôn uông uôt uơ uy uya uych uyn uynh uyp uyt uyu uyên uyêt
ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y ych ym yn ynh yt yêm yên yêng yêt yêu
"""
# After q the glide is always written u; these rhymes occur only there.
_RHYMES_AFTER_Q = """
ua uac uach uai uan uang uanh uao uat uau uay uăc uăm uăn uăng uăp uăt uâc uân uâng uât uây
ue uen ueo uet uê uêch uên uênh uêt uêu ui uit uơ uy uych uyên uyêt uynh uyt uôc
"""


def _grammar(*, marks_dropped: bool) -> re.Pattern[str]:
    def spelled(parts: str, *, without: str = "") -> str:
        written = _bare(parts) if marks_dropped else parts
        chosen = set(written.split()) - {without}
        return "|".join(sorted(chosen, key=len, reverse=True))

    onsets = spelled(_ONSETS, without="q")
    return re.compile(f"(?:{onsets})?(?:{spelled(_RHYMES)})|q(?:{spelled(_RHYMES_AFTER_Q)})")


def _bare(word: str) -> str:
    marks_off = (sign for sign in unicodedata.normalize("NFD", word) if not _is_mark(sign))
    return "".join(marks_off).replace("đ", "d")


def _is_mark(sign: str) -> bool:
    return "\u0300" <= sign <= "\u036f"


_WITH_MARKS = _grammar(marks_dropped=False)
_WITHOUT_MARKS = _grammar(marks_dropped=True)


def is_syllable(word: str) -> bool:
    """Whether the word, with its marks, is spelled as a Vietnamese syllable can be."""
    apart = unicodedata.normalize("NFD", word.lower())
    tones = [sign for sign in apart if sign in _TONES]
    if len(tones) > 1:
        return False
    toneless = unicodedata.normalize("NFC", "".join(sign for sign in apart if sign not in _TONES))
    if not _WITH_MARKS.fullmatch(toneless):
        return False
    is_stopped = toneless.endswith(("c", "ch", "p", "t"))
    return not is_stopped or bool(tones and tones[0] in _STOPPED_TONES)


def is_syllable_without_marks(word: str) -> bool:
    """Whether the word could be a Vietnamese syllable whose marks were left out."""
    return bool(_WITHOUT_MARKS.fullmatch(word.lower()))


def has_marks(word: str) -> bool:
    """Whether the word carries a letter or tone that only marks can write."""
    lower = word.lower()
    return _bare(lower) != unicodedata.normalize("NFD", lower)
