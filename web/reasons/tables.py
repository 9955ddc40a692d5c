"""What a table that somebody brings can be refused for."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


_AS_XLSX = _l("Open it in a spreadsheet program and save it anew as XLSX. Nothing was taken in.")

WORDS: dict[str, tuple[str, str]] = {
    "table_too_large": (
        _l("The table is larger than %(limit_size)s."),
        _l("Take out pictures and other sheets, or split it. Nothing was taken in."),
    ),
    "table_too_long": (
        _l("The table has more than %(most)s rows."),
        _l("Split it. Nothing was taken in."),
    ),
    "table_too_wide": (
        _l("Row %(row)s of the table has more than %(most)s columns."),
        _l("Empty what stands to the right. Nothing was taken in."),
    ),
    "table_cell_too_long": (
        _l("The cell in row %(row)s, column %(column)s has more than %(most)s characters."),
        _l("Shorten it; perhaps a quotation mark is missing. Nothing was taken in."),
    ),
    "table_formula": (
        _l("The formula in row %(row)s, column %(column)s has no value yet."),
        _AS_XLSX,
    ),
    "table_empty": (_l("The table is empty."), _l("Choose the file again.")),
    "table_without_header": (
        _l("No row of the table names its columns."),
        _l("Write the names of the columns above the rows, as in the file that can be exported."),
    ),
    "table_unreadable": (_l("The table cannot be read."), _AS_XLSX),
    "table_old_excel": (
        _l("The table is an old Excel file, or it is locked with a password."),
        _AS_XLSX,
    ),
    "table_not_utf8": (
        _l("The table has letters that cannot be read in line %(line)s: it is not in Unicode."),
        _AS_XLSX,
    ),
}
