"""What the search box understands, by examples; a test asks every one of them."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from archive.access import Action
from search.query_fields import QueryField, fields
from web.auth import here, reading, require
from web.i18n import language

blueprint = Blueprint("search_help", __name__, url_prefix="/search/help")


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


@dataclass(frozen=True)
class Example:
    """What can be typed, and what it means; `english` where an English page types it otherwise."""

    typed: str
    says: str
    english: str = ""


@dataclass(frozen=True)
class Section:
    """Examples of one kind."""

    id: str
    title: str
    examples: tuple[Example, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "words",
        _l("Words"),
        (
            Example("quy chế chữ ký số", _l("all these words, in any order, anywhere in it")),
            Example("quy che chu ky so", _l("typed without marks, every marking is found")),
            Example('"chữ ký số"', _l("in quotes, words stand side by side")),
            Example("UBND", _l("a short name also finds the long one, and the long one the short")),
            Example(
                "ai ký quyết định ban hành quy chế quản lý chữ ký số",
                _l("a whole sentence: what has most of its words follows what has all"),
            ),
        ),
    ),
    Section(
        "numbers",
        _l("Numbers"),
        (
            Example("212/QĐ-UBND", _l("the document of that number, and those that cite it")),
            Example("212/qd-ubnd", _l("however it is spaced, dashed and marked")),
            Example("số 212 QĐ UBND", _l("or said in words")),
            Example("QĐ 212 năm 2019", _l("type, number and year")),
            Example("212", _l("all documents of this number, the newest first")),
            Example("số:200..300", _l("from one number to another"), "number:200..300"),
        ),
    ),
    Section(
        "dates",
        _l("Days and years"),
        (
            Example("ngày:15/03/2019", _l("the day of the document"), "date:15/03/2019"),
            Example(
                "ngày:01/03/2019..31/03/2019",
                _l("from one day to another"),
                "date:01/03/2019..31/03/2019",
            ),
            Example("ngày:03/2019", _l("a whole month"), "date:03/2019"),
            Example("năm:2018..2020", _l("from one year to another"), "year:2018..2020"),
            Example("năm:>2018", _l("later than a year; <, <= and >= work, too"), "year:>2018"),
            Example("năm:2017,2019", _l("one of several years"), "year:2017,2019"),
            Example("quy chế tháng 3 năm 2019", _l("a date in words, among other words")),
            Example("quy chế năm ngoái", _l("counted from today: this or last year, month, week")),
        ),
    ),
    Section(
        "fields",
        _l("Fields"),
        (
            Example(
                "người ký:Lan",
                _l("a word in one field; the list of fields stands below"),
                "signer:Lan",
            ),
            Example(
                "nguoi_ky:lan", _l("the field's name without marks, or in English, or its code")
            ),
            Example('cơ quan:"Kon Tum"', _l("a phrase in one field"), 'issuer:"Kon Tum"'),
            Example("loại:QĐ", _l("a type of document, by its short name or in full"), "type:QĐ"),
            Example(
                'loại:"quyết định","chỉ thị"',
                _l("one of several values"),
                'type:"quyết định","chỉ thị"',
            ),
            Example(
                "loại:(quyết định, chỉ thị)",
                _l("the same, in brackets"),
                "type:(quyết định, chỉ thị)",
            ),
            Example("giai đoạn:đang mở", _l("where its case file stands"), "stage:open"),
            Example(
                "chữ ký:hợp lệ", _l("what was found out about its signatures"), "signature:valid"
            ),
            Example("người ký:*", _l("anything at all in this field"), "signer:*"),
            Example(
                "dạng:hồ_sơ chữ ký",
                _l("case files only; kind:document for documents"),
                "kind:case_file chữ ký",
            ),
        ),
    ),
    Section(
        "together",
        _l("Leaving out, and one or the other"),
        (
            Example("quy chế -nháp", _l("a minus leaves out what has the word")),
            Example('quy chế -"thi đua"', _l("or the phrase")),
            Example(
                "quy chế -người ký:Bình", _l("or the value of a field"), "quy chế -signer:Bình"
            ),
            Example(
                "quy chế or chỉ thị", _l("what stands on one side or the other; “hoặc” is the same")
            ),
            Example(
                "(quy chế or chỉ thị) chữ ký", _l("brackets hold together what belongs together")
            ),
        ),
    ),
    Section(
        "spelling",
        _l("Beginnings and near spellings"),
        (
            Example("chữ thuy*", _l("words that begin like this; two letters at least")),
            Example("quyt~ định", _l("words with one letter more, less or other")),
        ),
    ),
)
KINDS = {
    "words": _l("words, phrases, beginnings"),
    "text": _l("words, phrases, beginnings"),
    "number": _l("a number, or from one to another"),
    "year": _l("a year, or from one to another"),
    "day": _l("a day, month or year, or from one to another"),
    "moment": _l("a day, month or year, or from one to another"),
    "choice": _l("one of its values"),
    "key": _l("the whole code, or its beginning with a star"),
    "format": _l("the format, or how it begins"),
}

_PLAINER = {"maintenance": "retention", "verdict": "signature"}  # than the names of columns


@blueprint.get("")
def page() -> str:
    """Examples to click on, and all fields."""
    with reading() as rows:
        require(rows, Action.FIND, here())
    return render_template(
        "finding/help.html",
        sections=SECTIONS,
        fields=fields(),
        kinds=KINDS,
        is_english=language() == "en",
        name=_name,
        names=_other_names,
        values=_values,
    )


def _name(field: QueryField) -> str:
    """Its first name in the language of the page, as it can be typed."""
    if language() != "en":
        return field.label.replace(" ", "_")
    plain = next((one for one in field.names if one.isascii()), field.name)
    return plain if "_" in field.name else _PLAINER.get(field.name, field.name)


def _other_names(field: QueryField) -> str:
    """What else it may be called."""
    shown = _name(field)
    names = dict.fromkeys((*field.names, field.name))
    return ", ".join(one for one in names if one.replace(" ", "_") != shown)


def _values(field: QueryField) -> str:
    """What may be typed for a choice."""
    if language() != "en":
        return ", ".join(field.values)
    return ", ".join(one.lower() for one in dict.fromkeys(field.choices.values()))
