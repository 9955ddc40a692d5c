"""Why a search cannot be answered as it was asked."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


WORDS: dict[str, tuple[str, str]] = {
    "unknown_facet": (
        _l("Answers cannot be narrowed by “%(facet)s”."),
        _l("Take one of these: %(known)s."),
    ),
}
