"""Spoken sentences on the worker's disk, kept by tenant, voice and engine: the same sentence of the same account is not computed twice.

A sentence is a file: a header with its word timings, and the samples exactly as the engine returned them, with a checksum. It is written
by a thread of its own, so that no compute thread waits for the disk. A file appears under its name when it is complete.
"""

import hashlib
import json
import logging
import os
import queue
import shutil
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from workers.audio.samples import SynthesisedAudio
from workers.contract.sentences import LONGEST_KEPT_SECONDS, SentencePurgeMessage
from workers.contract.speech import WordTiming
from workers.contract.time_units import HOUR_SECONDS

logger = logging.getLogger(__name__)

MAGIC: Final = b"TTSS1"
"""Version of the files: others are not read."""
HEADER_LENGTH_BYTES: Final = 4
LARGEST_HEADER_BYTES: Final = 1 << 20
SUFFIX: Final = ".sentence"
MOST_WAITING: Final = 64
"""Sentences that wait to be written, some 20 MB; further ones are not kept."""
DISK_RESERVE_BYTES: Final = 1_000_000_000
"""Free disk space below which nothing is written."""
SWEEP_SECONDS: Final = HOUR_SECONDS


@dataclass(frozen=True, slots=True)
class SentenceKey:
    """Everything that the samples of a sentence depend on, and its owner."""

    tenant: str
    voice: str
    engine: str
    digest: str
    """Hash of text, version, language, speed, phonemes and the like."""

    @classmethod
    def of(cls, *, tenant: str, voice: str, engine: str, content: Any) -> "SentenceKey":
        """content: JSON-ready."""
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return cls(tenant, voice, engine, _hash(text, length=40))

    @property
    def path(self) -> str:
        """Path below the cache's folder. Names are hashes: ids of accounts and voices do not leave the platform by a file name."""
        return f"{_hash(self.tenant)}/{_hash(self.voice)}/{_hash(self.engine, length=16)}-{self.digest}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class _Waiting:
    key: SentenceKey
    spoken: SynthesisedAudio
    kept_seconds: int
    asked_at: float


class SentenceCache:
    """Bounded in bytes; the least recently used sentences go first. Thread-safe. Failures of the disk are misses."""

    def __init__(
        self, folder: Path, *, most_bytes: int, reserve_bytes: int = DISK_RESERVE_BYTES, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._reserve_bytes = reserve_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        """Sizes by path, the least recently used first."""
        self._total_bytes = 0
        self._purges: dict[tuple[str, str, str], float] = {}
        """Latest purge by tenant, voice and engine: sentences of requests before it are not kept."""
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._swept_at = 0.0

    @property
    def is_on(self) -> bool:
        return self._most_bytes > 0

    def start(self) -> None:
        """Start the thread that reads the folder once and then writes."""
        threading.Thread(target=self._run, name="sentence-cache", daemon=True).start()

    def find(self, key: SentenceKey) -> SynthesisedAudio | None:
        """The sentence as it was computed; None if it is not there, too old or damaged."""
        if not self.is_on:
            return None
        path = self._folder / key.path
        try:
            data = path.read_bytes()
            kept_seconds, spoken = _decode(data)
            is_kept = path.stat().st_mtime + kept_seconds > self._clock()
            if is_kept:
                os.utime(path, (self._clock(),) * 2)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            is_kept = False
        if not is_kept:
            self._forget(key.path)
            return None
        with self._lock:
            if key.path in self._sizes:
                self._sizes.move_to_end(key.path)
        return spoken

    def keep(self, key: SentenceKey, spoken: SynthesisedAudio, *, kept_seconds: int, asked_at: float) -> None:
        """Write a sentence soon, unless too many wait. asked_at: Unix seconds of the request, which a later purge covers."""
        if self.is_on:
            try:
                self._waiting.put_nowait(_Waiting(key, spoken, kept_seconds, asked_at))
            except queue.Full:
                logger.debug("sentence_not_kept: the disk is slow")

    def purge(self, purge: SentencePurgeMessage) -> int:
        """Delete sentences that were asked for before the purge; returns their number. Idempotent."""
        wanted = (purge.tenant, purge.voice, purge.engine)
        with self._lock:
            self._purges[wanted] = max(self._purges.get(wanted, 0.0), purge.purged_at)
        pattern = "/".join(
            (
                _hash(purge.tenant) if purge.tenant else "*",
                _hash(purge.voice) if purge.voice else "*",
                f"{_hash(purge.engine, length=16) if purge.engine else '*'}-*{SUFFIX}",
            )
        )
        found = [path for path in self._folder.glob(pattern) if _read_asked_at(path) <= purge.purged_at]
        for path in found:
            self._forget(path.relative_to(self._folder).as_posix())
        return len(found)

    def finish_writing(self) -> None:
        """Write what waits, in this thread. For tests, and for a worker that stops."""
        while True:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return
            if waiting is not None:
                self._write(waiting)

    def sweep(self) -> None:
        """Read the folder: sizes in the order of their use; delete what is too old, unfinished or of another version."""
        found = sorted(self._read_folder(), key=lambda item: item[1])
        with self._lock:
            self._sizes = OrderedDict((path, size) for path, _, size in found)
            self._total_bytes = sum(self._sizes.values())
            oldest = self._clock() - LONGEST_KEPT_SECONDS  # requests before it have ended
            self._purges = {wanted: purged_at for wanted, purged_at in self._purges.items() if purged_at > oldest}
        self._evict()

    def _run(self) -> None:
        while True:
            try:
                if time.monotonic() - self._swept_at > SWEEP_SECONDS:
                    self._swept_at = time.monotonic()
                    self.sweep()
                waiting = self._waiting.get(timeout=SWEEP_SECONDS)
                if waiting is not None:
                    self._write(waiting)
            except queue.Empty:
                continue
            except Exception:  # the thread must survive: it is the only one that deletes
                logger.exception("sentence_cache_failed")

    def _write(self, waiting: _Waiting) -> None:
        if self._is_purged(waiting.key, asked_at=waiting.asked_at):
            return
        data = _encode(waiting.spoken, kept_seconds=waiting.kept_seconds, asked_at=waiting.asked_at)
        path = self._folder / waiting.key.path
        if len(data) > self._most_bytes // 10:
            return
        temporary = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < self._reserve_bytes:
                return
            temporary.write_bytes(data)
            temporary.replace(path)
        except OSError as error:
            logger.warning("sentence_not_kept error=%s", error.strerror or type(error).__name__)
            return
        with self._lock:
            self._total_bytes += len(data) - self._sizes.pop(waiting.key.path, 0)
            self._sizes[waiting.key.path] = len(data)
        if self._is_purged(waiting.key, asked_at=waiting.asked_at):  # the purge came while the file was written
            self._forget(waiting.key.path)
        self._evict()

    def _is_purged(self, key: SentenceKey, *, asked_at: float) -> bool:
        with self._lock:
            return any(
                asked_at <= purged_at
                and all(not wanted or wanted == own for wanted, own in zip(conditions, (key.tenant, key.voice, key.engine), strict=True))
                for conditions, purged_at in self._purges.items()
            )

    def _evict(self) -> None:
        while True:
            with self._lock:
                oldest = next(iter(self._sizes), None) if self._total_bytes > self._most_bytes else None
            if oldest is None:
                return
            self._forget(oldest)

    def _forget(self, path: str) -> None:
        with self._lock:
            self._total_bytes -= self._sizes.pop(path, 0)
        try:
            (self._folder / path).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("sentence_not_deleted error=%s", error.strerror or type(error).__name__)

    def _read_folder(self) -> Iterator[tuple[str, float, int]]:
        """Path, last use and size of each valid sentence."""
        for path in self._folder.glob("*/*/*"):
            try:
                stat, header = path.stat(), _read_header(path) if path.suffix == SUFFIX else {}
            except (OSError, ValueError):
                header = {}
            name = path.relative_to(self._folder).as_posix()
            if header and stat.st_mtime + header["kept_seconds"] > self._clock():
                yield name, stat.st_mtime, stat.st_size
            else:
                self._forget(name)


def _hash(text: str, *, length: int = 32) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:length]


def _encode(spoken: SynthesisedAudio, *, kept_seconds: int, asked_at: float) -> bytes:
    samples = np.ascontiguousarray(spoken.samples, np.float32).tobytes()
    header = {
        "kept_seconds": kept_seconds,
        "asked_at": asked_at,
        "sample_rate": spoken.sample_rate,
        "words": [astuple(word) for word in spoken.words],
        "checksum": zlib.crc32(samples),
    }
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((MAGIC, len(encoded).to_bytes(HEADER_LENGTH_BYTES, "little"), encoded, samples))


def _decode(data: bytes) -> tuple[int, SynthesisedAudio]:
    """Seconds for which the sentence is kept, and the sentence. Raises ValueError for a damaged file."""
    start = len(MAGIC) + HEADER_LENGTH_BYTES
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    if not data.startswith(MAGIC) or end > len(data):
        raise ValueError("not a sentence")
    header = json.loads(data[start:end])
    samples = data[end:]
    if zlib.crc32(samples) != header["checksum"]:
        raise ValueError("the checksum is wrong")
    words = tuple(WordTiming(*word) for word in header["words"])
    return int(header["kept_seconds"]), SynthesisedAudio(np.frombuffer(samples, np.float32).copy(), header["sample_rate"], words)


def _read_header(path: Path) -> dict[str, Any]:
    """Raises OSError, ValueError."""
    with path.open("rb") as file:
        start = file.read(len(MAGIC) + HEADER_LENGTH_BYTES)
        length = int.from_bytes(start[len(MAGIC) :], "little")
        if not start.startswith(MAGIC) or length > LARGEST_HEADER_BYTES:
            raise ValueError("not a sentence")
        header: dict[str, Any] = json.loads(file.read(length))
    return header


def _read_asked_at(path: Path) -> float:
    """Time of the request; that of a damaged file is before any purge."""
    try:
        return float(_read_header(path)["asked_at"])
    except (OSError, ValueError, KeyError):
        return 0.0
