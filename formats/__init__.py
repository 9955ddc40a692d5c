"""What files and texts are made of: kinds, text, pictures, PDF/A, signatures, seals.

Knows nothing of records and imports nothing of ours. Read `kinds.py` first.
"""
