"""What tests may do without: disks that hold out a power cut, and making the same thing anew.

A killed process loses nothing by it: what was written is with the system, if not on the disk.
"""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from archive import database


@contextmanager
def disks() -> Iterator[None]:
    """Inside, nothing waits until the disk has what was written."""
    carefully = database._prepare_sqlite

    def prepare(connection: sqlite3.Connection, record: object) -> None:
        carefully(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_prepare_sqlite", prepare)
        patch.setattr(os, "fsync", lambda handle: None)
        yield


class Kept(BytecodeCache):
    """Templates as they were compiled for the first application: for the next ones, too."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled, if the template has not changed since."""
        if found := self.compiled.get(bucket.key):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.compiled[bucket.key] = bucket.bytecode_to_string()


@contextmanager
def templates() -> Iterator[None]:
    """Inside, each template is compiled once, however many applications are made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", Kept())
        yield


@contextmanager
def statements() -> Iterator[None]:
    """Inside, each statement is compiled once for its kind of database, however many there are.

    What is compiled is kept by the dialect, of which every engine has its own: they are all alike.
    """
    kept: LRUCache[object, object] = LRUCache(3000)
    making = partial(create_engine, execution_options={"compiled_cache": kept})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", making)
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield


@contextmanager
def addresses() -> Iterator[None]:
    """Inside, how an address is put together is compiled once, however many applications are made.

    What is compiled knows nothing of its application: only the words of the rule.
    """
    anew = Rule._compile_builder
    kept: dict[str, Callable[..., tuple[str, str]]] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        converters = [(name, type(one)) for name, one in rule._converters.items()]
        told = repr((rule.rule, rule._trace, converters, rule.defaults, append_unknown))
        if told not in kept:
            kept[told] = anew(rule, append_unknown)
        return kept[told]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield


@contextmanager
def memory() -> Iterator[None]:
    """Inside, what was loaded at the start is not looked through for refuse again and again.

    What came since is looked through seldom: a page makes thousands of things that soon go by
    themselves, and a fifth of its time went into looking at them.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
