"""What we keep: organs, case files, documents, their files, who may, and what happened to them.

Imports only `formats`. Read `models.py` first.
"""
