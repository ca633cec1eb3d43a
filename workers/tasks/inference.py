"""Calls of engines without audio output: in a compute thread, or on a separate one if they only wait for a server."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from workers.parts import PartRun
from workers.protocols.engine import Model
from workers.tasks.context import WorkerContext
from workers.tasks.scheduling import sentence_order

T = TypeVar("T")


def submit_inference(
    run: PartRun, *, context: WorkerContext, engine: str, work: Callable[[Model], T], is_remote: bool, index: int = 0, units: int = 1
) -> "Future[tuple[T, float]]":
    """Submit `work` on the loaded engine; the future gives its result and the seconds it took.

    index, units: position of this call among those of the part, and its cost in characters.
    """

    def call() -> tuple[T, float]:
        # The call holds the model itself: a part that times out releases it while the call still runs.
        with context.models.use(engine) as model:
            started = time.perf_counter()
            return work(model), time.perf_counter() - started

    if not is_remote:
        return context.scheduler.submit(sentence_order(run.message, index=index, units=max(1, units)), work=call)
    future: Future[tuple[T, float]] = Future()
    threading.Thread(target=_set_result, args=(future, call), name="remote-call", daemon=True).start()
    return future


def _set_result(future: "Future[T]", call: Callable[[], T]) -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - the part that waits for the future handles it
        future.set_exception(error)
    else:
        future.set_result(result)
