"""ZIP archives of all files of a job, made while they are sent."""

from collections.abc import Generator, Iterator, Sequence

from starlette.responses import StreamingResponse

from apps.billing import prices
from apps.core.archives import ArchiveEntry, zip_chunks
from apps.core.deferred import ASGIApp, Exchange
from apps.core.errors import GoneError
from apps.core.storage import get_storage
from apps.core.streamed_files import CHUNK_BYTES, made_chunks
from apps.jobs.models import Job
from apps.jobs.results import ResultOutput
from apps.speech.audio_response import job_headers


def archive_response(job: Job, exchange: Exchange) -> ASGIApp:
    """Archive of all files of a completed job. 410 if one was deleted."""
    storage = get_storage()
    if not job.outputs or any(storage.stat(output.key) is None for output in job.outputs):
        raise GoneError("The audio was deleted.")
    name = f"{job.kind.removeprefix('audio-')}-{job.uuid.hex[:8]}.zip"
    headers = job_headers(job) | {
        "X-Credits-Used": str(prices.credits(job.charged_millicredits)),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(made_chunks(exchange, archive_chunks(job.outputs)), media_type="application/zip", headers=headers)


def archive_chunks(outputs: Sequence[ResultOutput]) -> Generator[bytes]:
    """Bytes of the archive, in memory bounded by a chunk. Reads the object store."""
    return zip_chunks(ArchiveEntry(output.file_name, _content(output.key), size=output.bytes) for output in outputs)


def _content(key: str) -> Iterator[bytes]:
    stream = get_storage().open_stream(key)
    try:
        while data := stream.read(CHUNK_BYTES):
            yield data
    finally:
        stream.close()
