"""Audio from stored files: of jobs that are finished, and of parts whose live audio a listener did not read in time."""

import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from apps.core.deferred import Exchange
from apps.core.errors import GoneError
from apps.core.storage import MissingObjectError, get_storage
from apps.jobs.models import Job, Part, PartState
from apps.jobs.objects import output_key
from workers.audio.decode import AudioReader
from workers.audio.encoding import Resampler, from_pcm16, pcm16
from workers.contract.live_audio import BYTES_PER_SAMPLE
from workers.contract.messages import Manifest
from workers.contract.outputs import AUDIO, TIMINGS

COPY_BYTES = 1 << 20
HEADERLESS = "pcm"


@dataclass(frozen=True, slots=True)
class StoredAudio:
    """A stored file and the words in it."""

    key: str
    headerless_rate: int
    """Hz of a file without a header (format pcm); 0 for any other."""
    words: tuple[dict[str, Any], ...]
    """`word`, `start` and `end` in seconds of the file."""


def find_job_audio(job_uuid: UUID) -> StoredAudio:
    """Main output of a completed job. 410 if it was deleted."""
    job = Job.objects.get(uuid=job_uuid)
    if job.main_output is None:
        raise GoneError("The audio was deleted.")
    output, timings = job.main_output, job.find_output(TIMINGS)
    rate = output.sample_rate if output.format == HEADERLESS else 0
    return StoredAudio(output.key, rate, _read_words(timings.key if timings else ""))


def find_part_audio(job_uuid: UUID, index: int) -> StoredAudio | None:
    """Audio of a finished part; None if its file was deleted, since the job has ended."""
    part = Part.objects.filter(job_id=job_uuid, index=index, state=PartState.DONE).first()
    if part is None or part.token is None or get_storage().stat(output_key(part, AUDIO)) is None:
        return None
    stored = Manifest.from_dict(part.manifest or {}).find_output(AUDIO)
    rate = stored.sample_rate if stored and part.get_output(AUDIO).format == HEADERLESS else 0
    return StoredAudio(output_key(part, AUDIO), rate, _read_words(output_key(part, TIMINGS) if part.has_stored(TIMINGS) else ""))


async def read_stored(exchange: Exchange, audio: StoredAudio, *, sample_rate: int, skip_seconds: float) -> AsyncIterator[tuple[bytes, int]]:
    """16-bit PCM of the file, about a second at a time, with its rate. sample_rate: Hz, 0 for the file's own. Raises GoneError."""
    with contextlib.ExitStack() as stack:
        path = await exchange.run(stack.enter_context, _local_file(audio.key))
        if audio.headerless_rate:
            rate = sample_rate or audio.headerless_rate
            source = _read_headerless(path, input_rate=audio.headerless_rate, output_rate=rate)
        else:
            reader = await exchange.encode(lambda: stack.enter_context(AudioReader(path, sample_rate=sample_rate)))
            rate, source = reader.sample_rate, reader.blocks()
        blocks = _after(source, skip=round(skip_seconds * rate))
        while (block := await exchange.encode(next, blocks, None)) is not None:
            yield pcm16(block), rate


@contextlib.contextmanager
def _local_file(key: str) -> Iterator[Path]:
    """The object as a local file: its own, or a copy that is deleted after the block."""
    storage = get_storage()
    path = storage.local_path(key)
    if path is not None:
        if not path.is_file():
            raise GoneError("The audio was deleted.")
        yield path
        return
    folder = Path(settings.TTSAI_HOME) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="stream-") as copy, contextlib.closing(storage.open_stream(key)) as stream:
        while block := stream.read(COPY_BYTES):
            copy.write(block)
        copy.flush()
        yield Path(copy.name)


def _read_headerless(path: Path, *, input_rate: int, output_rate: int) -> Iterator[NDArray[np.float32]]:
    """Samples [n] of a file of 16-bit PCM, a second at a time."""
    resampler = Resampler(input_rate=input_rate, output_rate=output_rate)
    with path.open("rb") as file:
        while data := file.read(BYTES_PER_SAMPLE * input_rate):
            yield resampler.feed(from_pcm16(data))
    yield resampler.finish()


def _after(blocks: Iterator[NDArray[np.float32]], *, skip: int) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        rest = block[skip:]
        skip = max(0, skip - len(block))
        if len(rest):
            yield rest


def _read_words(key: str) -> tuple[dict[str, Any], ...]:
    """Words of a document of timings; none without one."""
    if not key:
        return ()
    try:
        stored = json.loads(get_storage().read_bytes(key))
    except MissingObjectError:
        return ()
    return tuple(stored.get("words", []) if isinstance(stored, dict) else stored)
