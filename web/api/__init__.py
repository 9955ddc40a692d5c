"""The API, `/api/v1`: the same use cases as the pages, for programs that come with a token.

One blueprint for each resource. Read `application.py` first, then `documents.py`.
"""
