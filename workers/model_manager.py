"""Models in memory: loaded on demand within a budget; the least recently used one is unloaded first, never one in use."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from workers.contract.errors import OUT_OF_MEMORY, UNKNOWN_ENGINE, WorkError
from workers.protocols.engine import Model

logger = logging.getLogger(__name__)

MEMORY_WAIT_SECONDS = 30.0
"""Longest wait for memory held by a model in use; then the request goes back for another worker."""


class _State(Enum):
    COLD = "cold"
    MOVING = "moving"
    """Being loaded or unloaded: its memory counts, nobody may use it."""
    READY = "ready"


@dataclass(slots=True)
class _Slot:
    engine: Model
    state: _State = _State.COLD
    users: int = 0
    last_used_at: float = 0.0


class ModelManager:
    """Provides loaded engines. Thread-safe; loading and unloading happen outside the lock, one at a time per model."""

    def __init__(
        self,
        engines: Sequence[Model],
        *,
        budget_bytes: int,
        idle_seconds: float,
        memory_wait_seconds: float = MEMORY_WAIT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slots = {engine.spec.id: _Slot(engine) for engine in engines}
        self._budget_bytes = budget_bytes
        self._idle_seconds = idle_seconds
        self._memory_wait_seconds = memory_wait_seconds
        self._clock = clock
        self._changed = threading.Condition()

    @property
    def loaded(self) -> tuple[str, ...]:
        """Ids of the loaded engines in alphabetical order."""
        with self._changed:
            return tuple(sorted(name for name, slot in self._slots.items() if slot.state is _State.READY))

    @contextmanager
    def use(self, engine_id: str) -> Iterator[Model]:
        """A loaded engine, kept in memory inside the block. Raises WorkError (unknown_engine, out_of_memory, or load's errors)."""
        slot = self._slots.get(engine_id)
        if slot is None:
            raise WorkError(UNKNOWN_ENGINE, f"This worker has no engine {engine_id!r}.")
        self._acquire(slot)
        try:
            yield slot.engine
        finally:
            with self._changed:
                slot.users -= 1
                slot.last_used_at = self._clock()
                self._changed.notify_all()

    def unload_idle(self) -> None:
        """Unload models that were not used for idle_seconds."""
        with self._changed:
            since = self._clock() - self._idle_seconds
            idle = [slot for slot in self._slots.values() if _is_idle(slot) and slot.last_used_at <= since]
            for slot in idle:
                slot.state = _State.MOVING
        for slot in idle:
            self._unload(slot)

    def _acquire(self, slot: _Slot) -> None:
        deadline = self._clock() + self._memory_wait_seconds
        while True:
            with self._changed:
                while slot.state is _State.MOVING:
                    self._changed.wait()
                if slot.state is _State.READY:
                    slot.users += 1
                    return
                victims = self._free_memory(slot, deadline=deadline)
            if victims is not None:
                self._load(slot, victims=victims)

    def _free_memory(self, slot: _Slot, *, deadline: float) -> list[_Slot] | None:
        """Claim the slot for loading and return what to unload for it; None after waiting, to try again. Call with the lock held."""
        needed = slot.engine.spec.memory_bytes
        if needed > self._budget_bytes:
            raise WorkError(OUT_OF_MEMORY, f"{slot.engine.spec.name} needs more memory than this worker may use.")
        free = self._budget_bytes - sum(other.engine.spec.memory_bytes for other in self._slots.values() if other.state is not _State.COLD)
        victims = []
        for other in sorted(filter(_is_idle, self._slots.values()), key=lambda idle: idle.last_used_at):
            if free >= needed:
                break
            victims.append(other)
            free += other.engine.spec.memory_bytes
        if free >= needed:
            for claimed in (slot, *victims):
                claimed.state = _State.MOVING
            return victims
        remaining = deadline - self._clock()
        if remaining <= 0:
            raise WorkError(OUT_OF_MEMORY, "All models in this worker's memory are in use.")
        self._changed.wait(remaining)
        return None

    def _load(self, slot: _Slot, *, victims: list[_Slot]) -> None:
        started = self._clock()
        state = _State.COLD
        try:
            for victim in victims:
                self._unload(victim)
            slot.engine.load()
            state = _State.READY
        except MemoryError:
            raise WorkError(OUT_OF_MEMORY, f"{slot.engine.spec.name} does not fit into this worker's memory.") from None
        finally:
            self._move(slot, state=state)
        logger.info("model_loaded engine=%s seconds=%.2f", slot.engine.spec.id, self._clock() - started)

    def _unload(self, slot: _Slot) -> None:
        try:
            slot.engine.unload()
        finally:
            self._move(slot, state=_State.COLD)
        logger.info("model_unloaded engine=%s", slot.engine.spec.id)

    def _move(self, slot: _Slot, *, state: _State) -> None:
        with self._changed:
            slot.state = state
            slot.last_used_at = self._clock()
            self._changed.notify_all()


def _is_idle(slot: _Slot) -> bool:
    return slot.state is _State.READY and slot.users == 0
