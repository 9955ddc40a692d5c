"""What the `luutru` command can do, in three modules; `door.py` is how each of them begins.

`web/cli.py` puts them together. Read `recording.py` first.
"""
