"""Real shell on a free port, in a thread of the test process: real sockets, Postgres and Valkey, views of the tests."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator

import redis
import uvicorn
import uvloop

from tests.flows.following import wait_until
from tests.servers import free_port
from ttsai.web import routes
from ttsai.web.application import Application
from ttsai.web.protocol import GuardedProtocol
from ttsai.web.sockets.protocol import SOCKET_OPTIONS

STARTING_SECONDS = 60.0


class RunningShell:
    """Running server and its application."""

    def __init__(self, server: uvicorn.Server, application: Application, port: int) -> None:
        self.server = server
        self.application = application
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.loop: asyncio.AbstractEventLoop | None = None

    def start_graceful_stop(self) -> None:
        """Begin to stop the application, the first step after SIGTERM."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.application.start_graceful_stop)


def wait_for_waiters(valkey: redis.Redis, count: int) -> None:
    """Wait until so many requests wait for the end of any job."""
    wait_until(lambda: sum(int(str(valkey.zcard(key))) for key in valkey.scan_iter("job:*:waiters")) == count, seconds=STARTING_SECONDS)


@contextlib.contextmanager
def running_shell() -> Iterator[RunningShell]:
    """Start the shell; stop it with all its connections closed."""
    routes._find_plain.cache_clear()
    port = free_port()
    application = Application()
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, loop="uvloop", http=GuardedProtocol, **SOCKET_OPTIONS, lifespan="on", log_config=None,
        access_log=False, proxy_headers=False, timeout_graceful_shutdown=3,
    )  # fmt: skip
    shell = RunningShell(uvicorn.Server(config), application, port)

    async def serve() -> None:
        shell.loop = asyncio.get_running_loop()
        await shell.server.serve()

    thread = threading.Thread(target=lambda: uvloop.run(serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTING_SECONDS
    while not shell.server.started:
        assert time.monotonic() < deadline, "the shell did not start"
        assert thread.is_alive(), "the shell died"
        time.sleep(0.01)
    try:
        yield shell
    finally:
        shell.start_graceful_stop()
        shell.server.should_exit = True
        thread.join(timeout=60)
        routes._find_plain.cache_clear()
        assert not thread.is_alive()
