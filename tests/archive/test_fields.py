"""Values at the desk: what the database would refuse later is refused when it is typed."""

import pytest

from archive import documents
from archive.errors import Invalid
from archive.fields import DOCUMENT_FIELDS, MOST, Field, parse_fields, parse_value
from tests.archive.conftest import Office

WRONG = {
    "bad_value": [("PageAmount", "mười"), ("PageAmount", "1_000"), ("PageAmount", "٣"),
                  ("IssuedDate", "32/01/2026"), ("Process", "có lẽ")],
    "not_among": [("Direction", "zzz"), ("Completeness", "half")],
    "out_of_range": [("PageAmount", "-5"), ("Priority", "9"), ("ArrivalNumber", "9" * 30),
                     ("ArrivalNumber", str(MOST + 1)), ("IssuedAmount", "9" * 5000)],
    "bad_characters": [("Subject", "a\0b"), ("Subject", "\ud800"), ("+Số hộp", "\udfff"),
                       ("+\ud800", "7"), ("To", "Sở\0Nội vụ")],
    "unknown_field": [("+", "7"), ("+ ", "7")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "typed"),
    [(code, name, typed) for code, pairs in WRONG.items() for name, typed in pairs],
)
def test_an_impossible_value_is_refused_and_its_field_is_named(
    code: str, name: str, typed: str
) -> None:
    with pytest.raises(Invalid) as failed:
        parse_fields({name: typed}, DOCUMENT_FIELDS)
    assert failed.value.code == code
    assert failed.value.details["field"].encode()


TYPED = ("", "0", "1", "4", "5", "-1", "007", "x", "full", "incoming", "true", str(MOST), "9" * 12,
         "31/12/9999", "01/01/0001", "\0", "ý")  # fmt: skip


@pytest.mark.parametrize("field", DOCUMENT_FIELDS, ids=lambda field: field.code)
def test_whatever_is_taken_at_the_desk_can_be_shelved(office: Office, field: Field) -> None:
    for typed in TYPED:
        try:
            taken = parse_value(field, typed)
        except Invalid:
            continue
        code = office.shelve(**{field.code: typed}).code
        with office.db.reading() as session:
            kept = getattr(documents.by_code(session, code), field.column)
        assert kept == (3 if field.code == "PageAmount" and taken is None else taken)


def test_a_choice_that_is_emptied_is_the_usual_one() -> None:
    given = {"Direction": "", "Completeness": " ", "RiskRecovery": "", "Process": ""}
    assert parse_fields(given, DOCUMENT_FIELDS)[0] == {
        "direction": "other",
        "completeness": "full",
        "risk_recovery": False,
        "process": None,
    }


def test_a_value_longer_than_exchange_allows_is_no_error() -> None:
    pages = next(one for one in DOCUMENT_FIELDS if one.code == "PageAmount")
    assert pages.length == 3
    assert parse_value(pages, "12345") == 12345
