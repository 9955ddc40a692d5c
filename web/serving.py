"""Serving: the pages by waitress, and the worker beside them, until a signal ends both."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack

import waitress

from web.app import create_app
from web.services import Services
from web.worker import Worker, WorkerBusy, only_worker

THREADS = 8
TAKE_OVER = 5.0  # seconds between tries to become the worker
log = logging.getLogger("luutru.serving")


def serve(services: Services) -> None:
    """Serve the pages; work on the road too, unless another process of this home does."""
    settings = services.settings
    with ExitStack() as stack:
        _work_beside(services, stack)
        server = waitress.create_server(
            create_app(services),
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            ident=None,
            max_request_body_size=(settings.upload_megabytes + 16) * 1024 * 1024,
            channel_request_lookahead=1,
        )
        _at_the_end(sys.exit)  # the server takes it as the wish to end, and closes its doors
        server.run()
        server.close()


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
        WorkerBusy: another process of this home does already.
    """
    done = threading.Event()
    _at_the_end(done.set)
    with only_worker(services):
        worker = Worker(services)
        worker.start()
        done.wait()
        worker.stop()


def _at_the_end(call: Callable[[], None]) -> None:
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda number, frame: call())
