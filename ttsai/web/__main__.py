"""`python -m ttsai.web`: one process on HOST:PORT until SIGTERM or Ctrl-C."""

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from types import FrameType

import django
import uvicorn

from ttsai.required_secrets import exit_without_secrets
from workers.contract import names

GARBAGE_THRESHOLD = 20_000
"""Allocations between two garbage collections; Python's 700 costs a few percent of every request."""

OPEN_FILES = 65_536
"""Wanted limit of open files: a client connection, a fetch and its spool are three, and many systems start programs with 1,024."""


class Server(uvicorn.Server):
    """Server that notifies the application of a shutdown, so that responses that wait for a job end before the process does."""

    def __init__(self, config: uvicorn.Config, *, start_graceful_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self.start_graceful_stop = start_graceful_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle a signal. Runs in the main thread, between two steps of the event loop."""
        self.start_graceful_stop()
        super().handle_exit(sig, frame)


def main() -> None:
    """Serve until a signal arrives. Exits with a message if a secret is missing or published."""
    exit_without_secrets()
    gc.disable()  # a sixth of the start was a search of what it loads, all of which stays
    _allow_open_files()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
    django.setup()
    from ttsai.web.application import Application  # needs Django's apps
    from ttsai.web.protocol import GuardedProtocol
    from ttsai.web.sockets.protocol import SOCKET_OPTIONS

    application = Application()
    config = uvicorn.Config(
        application,
        host=os.environ.get("HOST") or "127.0.0.1",
        port=int(os.environ.get("PORT") or 8000),
        loop="uvloop",
        http=GuardedProtocol,
        **SOCKET_OPTIONS,
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # apps/core/addresses.py decides whose X-Forwarded-For is believed
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=int(names.STOP_SECONDS),
        backlog=1024,
    )
    config.load()
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(GARBAGE_THRESHOLD, 20, 50)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises the signal anew when it has shut down
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    Server(config, start_graceful_stop=application.start_graceful_stop).run()


def _allow_open_files() -> None:
    """Raise the soft limit of open files as far as the hard limit lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
