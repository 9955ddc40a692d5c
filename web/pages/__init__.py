"""The pages: one blueprint for each entry of the menu.

A view is a door: it reads the form, asks whether the person may, calls one use case, and shows
what came of it. Read `documents.py` first.
"""
