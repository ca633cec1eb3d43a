"""Generations and chunks as JSON."""

from collections.abc import Sequence
from typing import Any

from apps.billing import prices
from apps.core.links import download_url_at
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import DEFAULT_FAILURES, STATUS, cached_shape, failure_of
from apps.projects.models import Composition, Line
from apps.speech.links import result_address
from apps.speech.selectors import read_job_progress


def generation_shape(job: Job, *, base: str, composition: Composition | None = None) -> dict[str, Any]:
    """A job that speaks, with the chunks of its composition."""
    shape: dict[str, Any] = {"generation_id": job.uuid.hex, "status": STATUS[JobState(job.state)]}
    if job.state == JobState.COMPLETED:
        output = job.main_output
        shape |= {
            "audio_url": result_address(base, job),
            "duration": output.audio_seconds if output else None,
            "format": job.output_format,
            "credits_used": prices.credits(job.charged_millicredits),
            "expires_at": job.expires_at.isoformat() if job.expires_at else None,
            **cached_shape(job),
        }
    elif job.state in DEFAULT_FAILURES:
        code, message = failure_of(job)
        shape |= {"error": message, "code": code, "credits_used": prices.credits(job.charged_millicredits)}
    else:
        shape |= {"progress": read_job_progress(job).share, "credits_used": prices.credits(job.price_millicredits)}
    if job.warnings:
        shape["warnings"] = job.warnings
    return shape if composition is None else shape | {"chunks": chunk_shapes(composition.lines.all(), base=base)}


def chunk_shapes(chunks: Sequence[Line] | Any, *, base: str) -> list[dict[str, Any]]:
    return [chunk_shape(chunk, base=base) for chunk in chunks]


def chunk_shape(chunk: Line, *, base: str) -> dict[str, Any]:
    return {
        "id": chunk.uuid.hex,
        "index": chunk.position,
        "text": chunk.text,
        "voice_id": chunk.voice,
        "language": chunk.language,
        "speed": chunk.speed,
        "status": _status_of(chunk),
        **audio_shape(chunk, base=base),
    }


def audio_shape(line: Line, *, base: str) -> dict[str, Any]:
    """Address and length of a line's audio; null where there is none."""
    take, job = line.take, line.take_job
    if take is None or job is None:
        return {"audio_url": None, "duration": None}
    return {"audio_url": download_url_at(base, job_uuid=job.uuid, file_name=take.file_name), "duration": round(take.audio_seconds, 3)}


def _status_of(chunk: Line) -> str:
    if chunk.take is not None:
        return "ready"
    return "expired" if chunk.take_output else "pending"
