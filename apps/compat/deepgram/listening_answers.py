"""The response of a pre-recorded transcription."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from rest_framework import serializers

from apps.compat.deepgram.listening_options import ListeningOptions
from apps.compat.deepgram.names import model_uuid
from apps.compat.deepgram.transcripts import Transcript, read_transcript_of
from apps.core.caching import NO_STORE
from apps.jobs.kinds import params_of
from apps.jobs.models import Job
from apps.jobs.params import RecordingParams
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import Answer
from apps.speech.audio_response import job_headers
from apps.transcription.documents import read_transcript

_MOMENT: Final = serializers.DateTimeField()


def answer_with(options: ListeningOptions) -> Answer:
    """Builds responses by the options of the request."""

    def answer(job: Job, exchange: Any) -> HttpResponse:  # noqa: ARG001 - the protocol of answers
        told = tuple(message for _, message in options.warnings)
        return JsonResponse(response_shape(job, options=options), headers={**NO_STORE, **job_headers(job, warnings=told)})

    return answer


def accepted_shape(submission: Submission) -> dict[str, Any]:
    """Response of a request with a callback."""
    return {"request_id": str(submission.job.uuid)}


def response_shape(job: Job, *, options: ListeningOptions) -> dict[str, Any]:
    """`metadata` and `results` of a completed job."""
    document = read_transcript(job)
    transcript = read_transcript_of(document, options=options)
    channel: dict[str, Any] = {"alternatives": [_alternative(transcript, options=options)]}
    if options.searched:
        channel["search"] = [transcript.search(query) for query in options.searched]
    if options.is_detected:
        channel["detected_language"] = document.language
    results: dict[str, Any] = {"channels": [channel]}
    if options.has_utterances:
        results["utterances"] = [
            part.utterance(str(uuid.uuid5(job.uuid, str(index))), channel=0)
            for index, part in enumerate(transcript.split(options.split_seconds))
        ]
    return {"metadata": _metadata(job, seconds=document.duration, options=options), "results": results}


def _alternative(transcript: Transcript, *, options: ListeningOptions) -> dict[str, Any]:
    shape = transcript.alternative()
    if options.has_paragraphs or options.is_formatted:
        shape["paragraphs"] = transcript.paragraphs(pause_seconds=options.split_seconds)
    return shape


def _metadata(job: Job, *, seconds: float, options: ListeningOptions) -> dict[str, Any]:
    params = params_of(job)
    source = params.source if isinstance(params, RecordingParams) else ""
    identifier = model_uuid(options.model)
    return {
        "transaction_key": "deprecated",
        "request_id": str(job.uuid),
        "sha256": source.rpartition("/")[2],
        "created": _MOMENT.to_representation(job.created_at),
        "duration": round(seconds, 3),
        "channels": 1,
        "models": [identifier],
        "model_info": {identifier: model_info(options.model, engine=job.engine_id)},
        **({"tags": list(options.tags)} if options.tags else {}),
        **({"warnings": warning_shapes(options)} if options.warnings else {}),
    }


def model_info(name: str, *, engine: str) -> Mapping[str, Any]:
    """Description of a model: its name in the request, and the installed model that served it."""
    return {"name": name, "version": "here", "arch": engine}


def warning_shapes(options: ListeningOptions) -> list[dict[str, str]]:
    """Parameters that were not followed."""
    return [{"parameter": name, "type": "unsupported_parameter", "message": message} for name, message in options.warnings]
