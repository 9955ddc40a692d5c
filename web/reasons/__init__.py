"""Words for what the archive says no with, by field of work, put together in `error_words`.

Each module has a `WORDS` of codes: what happened, and what to do now. Start with `plans.py`.
"""
