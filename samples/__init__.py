"""Small documents of our own, as agencies write and scan them, and the script that makes them.

Read `README.md` for what each file is, `expected.json` for the fate it should have.
"""
