"""Words for what the archive says no with, by field of work; `web/error_words.py` puts them together.

Each module has a `WORDS` of codes: what happened, and what to do now. Start with `plans.py`.
"""
