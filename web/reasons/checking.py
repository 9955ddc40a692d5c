"""What checking the story, and asking by token, say no with."""


def _l(english: str) -> str:
    """Mark a sentence for translation; it is translated when it is said."""
    return english


WORDS: dict[str, tuple[str, str]] = {
    "token_acts_for_nobody": (
        _l("A token acts for nobody but its owner."),
        _l("Leave “Luutru-For” out, or act for them at the pages or by command (--for)."),
    ),
    "bad_gap": (
        _l("The story has no events %(gap)s."),
        _l("Give the numbers as “luutru audit verify” names them: 12..15."),
    ),
}
