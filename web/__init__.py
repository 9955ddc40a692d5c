"""The doors: pages, REST API, command line, worker.

Everything is wired together here, and only here. Read `app.py` first.
"""
