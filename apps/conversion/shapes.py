"""Conversions in responses."""

from typing import Any

from apps.conversion.kinds import ConversionParams
from apps.jobs.kinds import params_of
from apps.jobs.models import Job
from apps.transcription.documents import read_transcript
from workers.contract.outputs import TEXT


def conversion_shape(job: Job) -> dict[str, Any]:
    """Voice, words and language of a completed conversion, with warnings that only the worker could know."""
    shape: dict[str, Any] = {"voice": _params(job).voice}
    if job.find_output(TEXT) is None:
        return shape
    transcript = read_transcript(job)
    shape |= {"text": transcript.text, "language": transcript.language}
    return shape | ({"warnings": warnings} if (warnings := language_warnings(job)) else {})


def language_warnings(job: Job) -> list[str]:
    """Warning about a recording in a language whose words the model does not convert, or without words."""
    params = _params(job)
    if not params.languages or job.find_output(TEXT) is None:
        return []
    language = read_transcript(job).language
    if not language:
        return ["language: no words were recognised in the recording; world converted its sound."]
    if language in params.languages:
        return []
    return [f"language: {params.model} does not convert the language {language!a}; world converted the sound of the recording."]


def _params(job: Job) -> ConversionParams:
    params = params_of(job)
    return params if isinstance(params, ConversionParams) else ConversionParams()
