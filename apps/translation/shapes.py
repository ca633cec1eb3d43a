"""Speech translation in responses."""

from typing import Any

from apps.billing import prices
from apps.jobs.models import Job
from apps.speech.links import result_address
from apps.transcription.documents import read_script


def translation_shape(job: Job) -> dict[str, Any]:
    script = read_script(job)
    return {
        "original_text": script.original_text,
        "translated_text": script.text,
        "source_language": script.source_language,
        "target_language": script.target_language,
    }


def answer_shape(job: Job, *, base: str) -> dict[str, Any]:
    """Whole response of POST /v1/speech-translate/."""
    return {
        **translation_shape(job),
        "audio_url": result_address(base, job),
        "credits_used": prices.credits(job.charged_millicredits),
        "duration": job.main_output.audio_seconds if job.main_output else None,
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
    }
