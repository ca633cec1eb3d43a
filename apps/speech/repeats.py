"""Repetition of a speech job: its request, as the job's row keeps it, becomes an order again."""

from apps.accounts.callers import Caller
from apps.cache.tickets import CacheUse
from apps.core.errors import ConflictError, GoneError
from apps.jobs.models import Job
from apps.jobs.services.submit import JobPlan
from apps.speech.kinds import RequestedSpeech, SpeechParams
from apps.speech.services import SpeechOrder, plan_speech


def plan_repeat(caller: Caller, job: Job) -> JobPlan:
    """Plan of the same request as a new job, at today's price. Named by the kinds whose jobs can be repeated. Raises ApplicationErrors."""
    return plan_speech(caller, order=order_of_job(job))


def order_of_job(job: Job) -> SpeechOrder:
    """Order with the text and the settings of an earlier job. It is computed anew: the stored result is there already.

    410 once retention has deleted the text, 409 cannot_repeat for a text that came as a file with chapters or times.
    """
    params = SpeechParams.from_row(job.params)
    if job.is_expired or not params.text:
        raise GoneError("The text of this job was deleted with its result, so the job cannot be repeated. Send the text again.")
    asked = params.request or RequestedSpeech(model=params.model, voice=params.voice or None)
    if asked.is_from_timed_file:
        message = "The text of this job was a file with chapters or times, which is not kept. Send the file again."
        raise ConflictError(message, code="cannot_repeat")
    return SpeechOrder(
        text=asked.text or params.text,
        model=asked.model,
        voice=asked.voice,
        is_model_open=asked.is_model_open,
        format=params.format or job.output_format,
        speed=params.speed,
        language=asked.language,
        instructions=asked.instructions,
        pronunciations=asked.pronunciations,
        bitrate=asked.bitrate,
        sample_rate=asked.sample_rate,
        has_timestamps=params.timestamps,
        has_chapters=asked.has_chapters,
        cache=CacheUse.REFRESH,
    )
