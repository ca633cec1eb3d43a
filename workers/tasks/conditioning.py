"""Own voices of a text, read from the store and prepared by their engine; prepared voices are cached."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_VOICE, WorkError
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.protocols.engine import LARGEST_VOICE_BYTES, Engine, VoiceFileEngine, reads_voice_files
from workers.storage import Storage

MOST_VOICES: Final = 256
MOST_BYTES: Final = 64 << 20
"""Most bytes of voice files whose prepared voices are kept: 400 fitted voices of Kokoro."""
KEPT_SECONDS: Final = 600.0
"""A deleted voice leaves the memory of the workers after this time."""


@dataclass(frozen=True, slots=True)
class _Key:
    engine: str
    engine_version: str
    voice: str
    version: str
    weights: tuple[VoiceWeight, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    prepared: object
    size_bytes: int
    read_at: float


class ConditioningCache:
    """Prepared voices by engine, voice and version; the least recently used go first. Thread-safe."""

    def __init__(
        self,
        *,
        most_voices: int = MOST_VOICES,
        most_bytes: int = MOST_BYTES,
        kept_seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_voices = most_voices
        self._most_bytes = most_bytes
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[_Key, _Entry] = OrderedDict()

    def prepare(self, voice: VoiceRef, *, engine: VoiceFileEngine, storage: Storage) -> object:
        """The voice as its engine speaks it, from the cache or from the store. Raises WorkError (unknown_voice, storage_unavailable)."""
        key = _key(voice, spec=engine.spec)
        if (entry := self._find(key)) is not None:
            return entry.prepared
        if voice.conditioning is None:
            raise ValueError(f"the voice {voice.id!r} has no conditioning")
        data = storage.read_range(voice.conditioning, start=0, stop=LARGEST_VOICE_BYTES + 1)
        if len(data) > LARGEST_VOICE_BYTES:
            raise WorkError(UNKNOWN_VOICE, f"The voice {voice.id!r} cannot be read: its file is larger than {LARGEST_VOICE_BYTES} bytes.")
        entry = _Entry(engine.read_voice(data, voice=voice), len(data), self._clock())
        if voice.version:  # without a version nobody would notice that the voice changed
            self._keep(key, entry)
        return entry.prepared

    def _find(self, key: _Key) -> _Entry | None:
        with self._lock:
            self._remove_old()
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def _keep(self, key: _Key, entry: _Entry) -> None:
        with self._lock:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > self._most_voices or sum(kept.size_bytes for kept in self._entries.values()) > self._most_bytes:
                self._entries.popitem(last=False)

    def _remove_old(self) -> None:
        before = self._clock() - self._kept_seconds
        for key in [key for key, entry in self._entries.items() if entry.read_at < before]:
            del self._entries[key]


def prepare_voices(voices: Iterable[VoiceRef], *, engine: Engine, storage: Storage, cache: ConditioningCache) -> Mapping[VoiceRef, object]:
    """Prepared voices of those with a voice file; empty for an engine that reads none. Raises WorkError (unknown_voice, storage_unavailable)."""
    if not reads_voice_files(engine.spec):
        return {}
    reader = cast("VoiceFileEngine", engine)
    own = dict.fromkeys(voice for voice in voices if voice.conditioning is not None)
    return {voice: cache.prepare(voice, engine=reader, storage=storage) for voice in own}


def _key(voice: VoiceRef, *, spec: EngineSpec) -> _Key:
    return _Key(spec.id, spec.version, voice.id, voice.version, voice.weights)
