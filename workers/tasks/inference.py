"""Calls of engines without audio output: in a compute thread, or on a separate one if they only wait for a server."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from workers.parts import PartRun
from workers.protocols.engine import Model
from workers.tasks.scheduling import sentence_order
from workers.tasks.workbench import Workbench

T = TypeVar("T")


def submit_inference(
    run: PartRun, *, workbench: Workbench, engine: str, work: Callable[[Model], T], is_remote: bool, index: int = 0, units: int = 1
) -> "Future[tuple[T, float]]":
    """Submit `work` on the loaded engine; the future gives its result and the seconds it took.

    index, units: position of this call among those of the part, and its cost in characters.
    """

    def call() -> tuple[T, float]:
        # Held here: a part that times out leaves while its call still runs.
        with workbench.models.use(engine) as model:
            started = time.perf_counter()
            return work(model), time.perf_counter() - started

    if not is_remote:
        return workbench.scheduler.submit(sentence_order(run.message, index=index, units=max(1, units)), work=call)
    future: Future[tuple[T, float]] = Future()
    threading.Thread(target=_fulfil, args=(future, call), name="remote-call", daemon=True).start()
    return future


def _fulfil(future: "Future[T]", call: Callable[[], T]) -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - the edge of a thread: the part that waits for the future judges it
        future.set_exception(error)
    else:
        future.set_result(result)
