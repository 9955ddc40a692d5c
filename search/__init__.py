"""How things are found: one small protocol, its engines, and what goes into them.

Reads `archive`; the archive never knows that it is searched. Read `engine.py` first.
"""
