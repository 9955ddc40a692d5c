"""The engines behind the protocol of `search/engine.py`, and the folders that two of them keep."""
