import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.old_encodings import (
    decode,
    decode_tcvn3,
    decode_vni,
    encode_tcvn3,
    encode_vni,
    encoding_of_font,
    guess_encoding,
)
from formats.syllables import is_syllable
from formats.vietnamese import (
    even_tones,
    fold,
    is_rubbish,
    looks_like_legacy,
    nfc,
    sort_key,
    syllables,
    unaccented,
)

REGULATION = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19/6/2015; xét đề nghị của Chánh Văn phòng "
    "HĐND và UBND thành phố tại Tờ trình số 04/TTr-VP, ngày 23/01/2017 và ý kiến thẩm định của "
    "phòng Tư pháp thành phố; QUYẾT ĐỊNH: Ban hành kèm theo Quyết định này Quy chế quản lý và sử "
    "dụng phần mềm Văn phòng điện tử của Ủy ban nhân dân thành phố. Chánh Văn phòng, thủ trưởng "
    "các phòng, ban, đơn vị trực thuộc và những người liên quan chịu trách nhiệm thi hành."
)
LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
vietnamese_text = st.text(alphabet=LETTERS + " 0123456789,.-")


@pytest.mark.rule("KT-04")
@pytest.mark.rule("DB-34")
@pytest.mark.rule("TN-04")
def test_text_written_in_parts_and_whole_becomes_the_same_nfc() -> None:
    parts = "e\u0323\u0302"  # dot first, then circumflex
    other = "e\u0302\u0323"
    assert nfc(parts) == nfc(other) == "ệ"
    assert nfc("Quyết\u200b\u00a0định") == "Quyết định"


def test_folding_drops_marks_and_all_letters_that_look_like_d() -> None:
    assert fold("Đường THỦY, QÐ-UBND, ðất") == "duong thuy, qd-ubnd, dat"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_keeping_twice_changes_nothing(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("hoà", "hòa"),
        ("HOẢ TỐC", "HỎA TỐC"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("Uỷ ban", "Ủy ban"),
        ("loã", "lõa"),
    ],
)
def test_both_placements_of_a_tone_become_one(new: str, old: str) -> None:
    assert even_tones(new) == even_tones(old) == old


@pytest.mark.parametrize("word", ["quý", "quỳ", "quy", "hoàn", "thoát", "khoản", "ngoài", "huỳnh"])
def test_closed_rhymes_and_words_after_q_keep_their_tone(word: str) -> None:
    assert even_tones(word) == word


@given(vietnamese_text)
def test_evening_tones_keeps_length_and_folding(text: str) -> None:
    assert len(even_tones(text)) == len(text)
    assert fold(even_tones(text)) == fold(text)


def test_words_know_where_they_stand_in_text_that_is_not_nfc() -> None:
    text = unicodedata.normalize("NFD", "Số 04/2017/QĐ-UBND: hoà  giải")
    found = list(syllables(text))
    assert [word.exact for word in found] == ["số", "04", "2017", "qđ", "ubnd", "hòa", "giải"]
    assert [word.folded for word in found][-2:] == ["hoa", "giai"]
    assert unicodedata.normalize("NFC", text[found[-1].start : found[-1].end]) == "giải"


@given(st.text())
def test_offsets_of_words_lead_back_to_the_words(text: str) -> None:
    end = 0
    for word in syllables(text):
        assert end <= word.start < word.end <= len(text)
        assert fold(text[word.start : word.end]) == word.folded
        end = word.end


def test_names_sort_as_in_a_vietnamese_dictionary() -> None:
    names = [
        "đa",
        "da",
        "ân",
        "ăn",
        "an",
        "Ấn",
        "bà",
        "bá",
        "ba",
        "bạ",
        "ưa",
        "ua",
        "xa",
        "ơn",
        "ôn",
    ]
    ordered = [
        "an",
        "ăn",
        "ân",
        "Ấn",
        "ba",
        "bà",
        "bá",
        "bạ",
        "da",
        "đa",
        "ôn",
        "ơn",
        "ua",
        "ưa",
        "xa",
    ]
    assert sorted(names, key=sort_key) == ordered


def test_a_file_name_without_marks_keeps_its_case() -> None:
    assert unaccented("Quyết định ĐƯỜNG thủy.pdf") == "Quyet dinh DUONG thuy.pdf"


@pytest.mark.parametrize(
    "word", ["nghiêng", "quyết", "ủy", "Giêng", "khuỷu", "ĐƯỢC", "oanh", "gìn"]
)
def test_words_built_from_onset_rhyme_and_tone_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["quyêt", "chàt", "ngh", "héllò", "scan", "jắ", "tieng1", "ứờ"])
def test_words_that_break_the_rules_of_spelling_are_not_syllables(word: str) -> None:
    assert not is_syllable(word)


@given(vietnamese_text)
def test_small_letters_come_back_from_tcvn3(text: str) -> None:
    assert decode_tcvn3(encode_tcvn3(text).decode("latin-1")) == text


@given(st.text(alphabet=LETTERS + LETTERS.upper() + " 0123456789,.-"))
def test_all_letters_come_back_from_vni(text: str) -> None:
    assert decode_vni(encode_vni(text).decode("latin-1")) == text


@given(st.text(alphabet=LETTERS + LETTERS.upper() + " 0123456789,.-"))
def test_letters_come_back_from_tcvn3_but_for_their_case(text: str) -> None:
    assert decode_tcvn3(encode_tcvn3(text).decode("latin-1")).lower() == text.lower()


def test_capitals_of_tcvn3_are_raised_where_the_word_shows_it() -> None:
    seen = encode_tcvn3("CỘNG HÒA").decode("latin-1")
    assert decode_tcvn3(seen) == "CỘNG HÒA"
    assert decode_tcvn3(encode_tcvn3("cộng hòa").decode("latin-1"), capitals=True) == "CỘNG HÒA"


def test_a_font_name_says_its_encoding() -> None:
    assert encoding_of_font("ABCDEF+.VnTimeH") == ("tcvn3", True)
    assert encoding_of_font(".VnTime-Bold") == ("tcvn3", False)
    assert encoding_of_font("VNI-Times") == ("vni", False)
    assert encoding_of_font("TimesNewRoman") is None


@pytest.mark.parametrize(
    ("data", "encoding", "guessed"),
    [
        ("Cộng hòa".encode(), "utf-8", False),
        ("Cộng hòa".encode("utf-8-sig"), "utf-8", False),
        ("Cộng hòa".encode("utf-16"), "utf-16-le", False),
        ("Kế hoạch số 12 của đơn vị năm 2024".encode("utf-16-be"), "utf-16-be", True),
        (encode_tcvn3(REGULATION), "tcvn3", True),
        (encode_vni(REGULATION), "vni", True),
        (b"plain words", "ascii", False),
        ("Größe früher möglich für Häuser".encode("latin-1"), "cp1252", True),
        (bytes(range(256)), "binary", False),
    ],
)
def test_the_encoding_of_a_text_is_known_or_guessed_and_said_so(
    data: bytes, encoding: str, guessed: bool
) -> None:
    guess = guess_encoding(data)
    assert (guess.encoding, guess.guessed) == (encoding, guessed)


def test_a_guessed_text_reads_as_it_was_written() -> None:
    small = REGULATION.lower()
    for written in (encode_tcvn3(small), encode_vni(small), small.encode("utf-16")):
        assert decode(written, guess_encoding(written).encoding) == small


def test_a_sample_cut_within_a_letter_is_still_utf8() -> None:
    assert guess_encoding("Cộng hòa ệ".encode()[:-1]).encoding == "utf-8"


def test_old_encodings_under_latin_letters_are_noticed() -> None:
    assert looks_like_legacy(encode_tcvn3(REGULATION).decode("latin-1")) == "tcvn3"
    assert looks_like_legacy(encode_vni(REGULATION).decode("latin-1")) == "vni"
    assert looks_like_legacy(REGULATION) is None
    assert (
        looks_like_legacy("L'État français est élevé à l'époque où l'inégalité était réelle")
        is None
    )


def shifted(text: str) -> str:
    return "".join(chr(ord(sign) - 29) if sign > "<" else sign for sign in text)


@pytest.mark.parametrize(
    "text",
    [
        encode_tcvn3(REGULATION).decode("latin-1"),
        encode_tcvn3(REGULATION).decode("latin-1").replace("\u00ad", ""),
        encode_vni(REGULATION).decode("latin-1"),
        "".join(sign for sign in REGULATION if sign.isascii()),
        shifted(REGULATION),
        unaccented(REGULATION),
        "\ufffd\ufffd\ufffd các \uf0b7\uf0b7 \ue012",
        "(cid:12)(cid:44) (cid:9)",
        "cQNG HoA xA HQI cHU NGHIA VIET NAM D6c lap - Tu do - Hanh phric s6: QUyET DlNH vd viQc",
    ],
)
def test_a_worthless_text_layer_is_noticed(text: str) -> None:
    assert is_rubbish(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        REGULATION,
        unicodedata.normalize("NFD", REGULATION),
        "TỔNG 1.234.567 TB01 AB123 12% 45.000",
        "This agreement is made between the parties named below, who have read and signed it here.",
        "Über die Größe der Häuser wurde früher häufig gesprochen, später nicht mehr als möglich",
    ],
)
def test_right_text_in_any_language_is_not_rubbish(text: str) -> None:
    assert not is_rubbish(text)
