"""Speakers' recordings as files that a library can open: fetched once for each voice, decoded in the child process, kept as plain WAV."""

import os
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.audio.recordings import open_recording
from workers.contract.errors import BAD_AUDIO, STORAGE_UNAVAILABLE, UNKNOWN_VOICE, WorkError
from workers.contract.references import Address
from workers.contract.voices import VoiceRef

OBJECTS_VARIABLE: Final = "TTSAI_OBJECTS"
MOST_FILES: Final = 64
LONGEST_SECONDS: Final = 30.0
"""Length of a reference; what follows is cut off, since none of the models reads more."""
LARGEST_BYTES: Final = 20_000_000
SAMPLE_RATE: Final = 24_000
"""Rate of the WAV in Hz; libraries resample it to their own."""
BLOCK_BYTES: Final = 1 << 18
KEPT_SECONDS: Final = 600.0
"""Age at which a file is deleted, so that a deleted voice leaves the workers; longer than a sentence takes."""


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    stored_at: float


class ReferenceFiles:
    """WAV files of voices, oldest first out. Thread-safe."""

    def __init__(self, *, most: int = MOST_FILES, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: OrderedDict[tuple[str, str], _File] = OrderedDict()

    def path(self, voice: VoiceRef) -> Path:
        """The speaker's recording as mono WAV, at most 30 s. Raises WorkError (unknown_voice, bad_audio, storage_unavailable)."""
        if not isinstance(voice.conditioning, Address):
            raise WorkError(UNKNOWN_VOICE, f"The voice {voice.id!r} has no recording, which this model imitates voices from.")
        key = (voice.id, voice.version)
        with self._lock:
            self._remove_old()
            if key not in self._files or not voice.version:  # without a version nobody would notice that the voice changed
                self._files[key] = _File(self._store(voice.conditioning), self._clock())
            return self._files[key].path

    def clear(self) -> None:
        with self._lock:
            self._files.clear()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _store(self, address: Address) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="references-")
        descriptor, name = tempfile.mkstemp(dir=self._folder.name, suffix=".wav")
        os.close(descriptor)
        with _fetched(address) as source, open_recording(source, sample_rate=SAMPLE_RATE) as recording:
            if recording.samples == 0:
                raise WorkError(BAD_AUDIO, "The recording of the voice is empty.")
            recording.write(Path(name), stop=round(LONGEST_SECONDS * SAMPLE_RATE), audio_format="wav")
        return Path(name)

    def _remove_old(self) -> None:
        before = self._clock() - KEPT_SECONDS
        while self._files and (len(self._files) >= self._most or next(iter(self._files.values())).stored_at < before):
            _, file = self._files.popitem(last=False)
            file.path.unlink(missing_ok=True)


@contextmanager
def _fetched(address: Address) -> Iterator[Path]:
    """The object as a local file for the duration of the block. Raises WorkError (storage_unavailable)."""
    if address.kind == "folder":
        yield _below_objects(address.location)
        return
    import httpx

    with tempfile.NamedTemporaryFile(prefix="reference-") as file:
        try:
            with httpx.stream("GET", address.location, timeout=30.0) as response:
                response.raise_for_status()
                for block in response.iter_bytes(BLOCK_BYTES):
                    file.write(block)
                    if file.tell() > LARGEST_BYTES:
                        raise WorkError(BAD_AUDIO, f"The recording of the voice is larger than {LARGEST_BYTES:,} bytes.")
        except httpx.HTTPError as error:
            raise WorkError(STORAGE_UNAVAILABLE, "The recording of the voice cannot be read.", is_outage=True) from error
        file.flush()
        yield Path(file.name)


def _below_objects(location: str) -> Path:
    """Path of an object in the shared folder; refuses a path outside it, also through a link."""
    folder = Path(os.environ.get(OBJECTS_VARIABLE) or ".").resolve()
    path = (folder / location).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise WorkError(STORAGE_UNAVAILABLE, "The recording of the voice cannot be read.", is_outage=True)
    return path
