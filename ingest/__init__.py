"""How things come in: the front desk, the road, and the shelf.

Imports `search`, `archive` and `formats`. Read `pipeline.py` first.
"""
