"""Models in memory: loaded on demand within a budget; the least recently used one is unloaded first, never one in use."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from workers.contract.engines import EngineSpec
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


@dataclass(slots=True, eq=False)
class _Slot:
    """Engines that share one model in memory: one, or a base engine with those that speak its voices too."""

    engines: list[Model]
    state: _State = _State.COLD
    users: int = 0
    last_used_at: float = 0.0

    @property
    def name(self) -> str:
        return self.engines[0].spec.name

    @property
    def memory_bytes(self) -> int:
        """The largest estimate: each engine's includes the model that they share."""
        return max(engine.spec.memory_bytes for engine in self.engines)

    def load(self) -> None:
        """Load all engines, or none if one fails."""
        for count, engine in enumerate(self.engines):
            try:
                engine.load()
            except BaseException:
                for loaded in self.engines[:count]:
                    loaded.unload()
                raise

    def unload(self) -> None:
        for engine in self.engines:
            engine.unload()


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
        self._engines = {engine.spec.id: engine for engine in engines}
        self._slots = _assign_slots(self._engines)
        self._budget_bytes = budget_bytes
        self._idle_seconds = idle_seconds
        self._memory_wait_seconds = memory_wait_seconds
        self._clock = clock
        self._changed = threading.Condition()

    @property
    def budget_bytes(self) -> int:
        """Memory that loaded models may take together."""
        return self._budget_bytes

    @property
    def loaded(self) -> tuple[str, ...]:
        """Ids of the loaded engines in alphabetical order."""
        with self._changed:
            return tuple(sorted(name for name, slot in self._slots.items() if slot.state is _State.READY))

    @property
    def specs(self) -> tuple[EngineSpec, ...]:
        """All engines of this worker, loaded or not."""
        return tuple(engine.spec for engine in self._engines.values())

    @contextmanager
    def use(self, engine_id: str) -> Iterator[Model]:
        """A loaded engine, kept in memory inside the block. Raises WorkError (unknown_engine, out_of_memory, or load's errors)."""
        slot = self._slots.get(engine_id)
        if slot is None:
            raise WorkError(UNKNOWN_ENGINE, f"This worker has no engine {engine_id!r}.")
        self._acquire(slot)
        try:
            yield self._engines[engine_id]
        finally:
            with self._changed:
                slot.users -= 1
                slot.last_used_at = self._clock()
                self._changed.notify_all()

    def unload_idle(self) -> None:
        """Unload models that were not used for idle_seconds."""
        with self._changed:
            since = self._clock() - self._idle_seconds
            idle = [slot for slot in self._unique_slots() if _is_idle(slot) and slot.last_used_at <= since]
            for slot in idle:
                slot.state = _State.MOVING
        for slot in idle:
            self._unload(slot)

    def _unique_slots(self) -> list[_Slot]:
        return list(dict.fromkeys(self._slots.values()))

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
        needed = slot.memory_bytes
        if needed > self._budget_bytes:
            raise WorkError(OUT_OF_MEMORY, f"{slot.name} needs more memory than this worker may use.")
        free = self._budget_bytes - sum(other.memory_bytes for other in self._unique_slots() if other.state is not _State.COLD)
        victims = []
        for other in sorted(filter(_is_idle, self._unique_slots()), key=lambda idle: idle.last_used_at):
            if free >= needed:
                break
            victims.append(other)
            free += other.memory_bytes
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
            slot.load()
            state = _State.READY
        except MemoryError:
            raise WorkError(OUT_OF_MEMORY, f"{slot.name} does not fit into this worker's memory.") from None
        finally:
            self._move(slot, state=state)
        logger.info("model_loaded engine=%s seconds=%.2f", slot.engines[0].spec.id, self._clock() - started)

    def _unload(self, slot: _Slot) -> None:
        try:
            slot.unload()
        finally:
            self._move(slot, state=_State.COLD)
        logger.info("model_unloaded engine=%s", slot.engines[0].spec.id)

    def _move(self, slot: _Slot, *, state: _State) -> None:
        with self._changed:
            slot.state = state
            slot.last_used_at = self._clock()
            self._changed.notify_all()


def _assign_slots(engines: Mapping[str, Model]) -> dict[str, _Slot]:
    """Slots by engine id; an engine shares that of its base engine if this worker has it."""
    slots = {name: _Slot([engine]) for name, engine in engines.items() if engine.spec.base_engine not in engines}
    for name, engine in engines.items():
        if name not in slots:
            slots[name] = slots[engine.spec.base_engine]
            slots[name].engines.append(engine)
    return slots


def _is_idle(slot: _Slot) -> bool:
    return slot.state is _State.READY and slot.users == 0
