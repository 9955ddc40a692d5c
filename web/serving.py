"""Serving: the pages by waitress, and the worker beside them, until a signal ends both."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from copy import copy
from functools import partial
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer

from archive.settings import Settings
from web.app import create_app
from web.auth import brings_a_sign_in
from web.security import MEGABYTE
from web.services import Services
from web.worker import TAKE_TURNS, Worker, WorkerBusy, only_worker

THREADS = 8
CONNECTIONS = 500  # a file descriptor each; a process has 1024
IDLE = 60  # seconds
BODY_OF_NOBODY = 64 * 1024  # the sign-in form is much smaller
TAKE_OVER = 5.0  # seconds between tries to become the worker
log = logging.getLogger("luutru.serving")
logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that people wait is no trouble


def serve(services: Services) -> None:
    """Serve the pages; work on the road too, unless another process of this home does."""
    with ExitStack() as stack:
        if services.closed_by is None:
            _work_beside(services, stack)
        server = open_server(create_app(services), services.settings)
        _at_the_end(sys.exit)  # the server takes it as the wish to end, and closes its doors
        server.run()
        server.close()


def open_server(app: Flask, settings: Settings) -> Any:
    """The pages on their port; who says nothing for a minute is hung up on."""
    listening: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=listening,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        max_request_body_size=(settings.upload_megabytes + 16) * MEGABYTE,
        max_request_header_size=64 * 1024,
        channel_request_lookahead=1,
        channel_timeout=IDLE,
        cleanup_interval=IDLE // 6,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
    )
    for one in listening.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _channel(app)
    return server


class Request(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request as it comes in: only a small body is read of who brings no live sign-in."""

    def __init__(self, adj: Any, app: Flask) -> None:
        super().__init__(adj)
        self._app = app

    def parse_header(self, header_plus: bytes) -> None:
        """Before the body: how much of it will be taken."""
        super().parse_header(header_plus)
        is_large = self.chunked or self.content_length > BODY_OF_NOBODY
        if is_large and not brings_a_sign_in(self._app, self.headers):
            limited = copy(self.adj)
            limited.max_request_body_size = BODY_OF_NOBODY
            self.adj: Any = limited


def _channel(app: Flask) -> type[HTTPChannel]:
    """Connections that read requests in this way."""
    return type(
        "Channel", (HTTPChannel,), {"parser_class": staticmethod(partial(Request, app=app))}
    )


def _work_beside(services: Services, stack: ExitStack) -> None:
    """Work on the road too, as soon as no other process of this home does."""
    ending = threading.Event()

    def take_over() -> None:
        told = False
        while not ending.is_set():
            try:
                with only_worker(services):
                    worker = Worker(services)
                    worker.start()
                    ending.wait()
                    worker.stop()
            except WorkerBusy:
                if not told:
                    log.warning("another process works in this home; this one serves pages")
                told = True
                ending.wait(TAKE_OVER)

    beside = threading.Thread(target=take_over, name="worker-beside")
    beside.start()
    stack.callback(beside.join)
    stack.callback(ending.set)


def work(services: Services) -> None:
    """Work on the road without pages.

    Raises:
        WorkerBusy: `worker_busy`: another process of this home does already.
    """
    done = threading.Event()
    _at_the_end(done.set)
    with only_worker(services, TAKE_TURNS):
        worker = Worker(services)
        worker.start()
        done.wait()
        worker.stop()


def _at_the_end(call: Callable[[], None]) -> None:
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda number, frame: call())
