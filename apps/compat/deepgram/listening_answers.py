"""The response of a pre-recorded transcription."""

import uuid
from collections.abc import Mapping, Sequence
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
from apps.transcription.documents import read_transcript, split_channels
from apps.transcription.kinds import TRANSCRIPTION

_MOMENT: Final = serializers.DateTimeField()


def answer_with(options: ListeningOptions) -> Answer:
    """Builds responses by the options of the request."""

    def answer(job: Job, exchange: Any) -> HttpResponse:  # noqa: ARG001 - the protocol of answers
        warnings = tuple(message for _, message in options.warnings)
        return JsonResponse(response_shape(job, options=options), headers={**NO_STORE, **job_headers(job, warnings=warnings)})

    return answer


def accepted_shape(submission: Submission) -> dict[str, Any]:
    """Response of a request with a callback."""
    return {"request_id": str(submission.job.uuid)}


def response_shape(job: Job, *, options: ListeningOptions) -> dict[str, Any]:
    """`metadata` and `results` of a completed job."""
    document = read_transcript(job)
    channels = [
        read_transcript_of(one, options=options) for one in split_channels(document, channels=TRANSCRIPTION.read_params(job).channels)
    ]
    results: dict[str, Any] = {"channels": [_channel(one, language=document.language, options=options) for one in channels]}
    if options.has_utterances:
        results["utterances"] = _utterances(job, channels, options=options)
    metadata = _metadata(job, seconds=document.duration, channels=len(channels), options=options)
    return {"metadata": metadata, "results": results}


def _channel(transcript: Transcript, *, language: str, options: ListeningOptions) -> dict[str, Any]:
    shape: dict[str, Any] = {"alternatives": [_alternative(transcript, options=options)]}
    if options.searched:
        shape["search"] = [transcript.search(query) for query in options.searched]
    if options.is_detected:
        shape["detected_language"] = language
    return shape


def _utterances(job: Job, channels: Sequence[Transcript], *, options: ListeningOptions) -> list[dict[str, Any]]:
    """Utterances of all channels in the order of time."""
    found = [(part, number) for number, channel in enumerate(channels) for part in channel.split(options.split_seconds)]
    found.sort(key=lambda one: one[0].words[0].start)
    return [part.utterance(str(uuid.uuid5(job.uuid, str(index))), channel=number) for index, (part, number) in enumerate(found)]


def _alternative(transcript: Transcript, *, options: ListeningOptions) -> dict[str, Any]:
    shape = transcript.alternative()
    if options.has_paragraphs or options.is_formatted:
        shape["paragraphs"] = transcript.paragraphs(pause_seconds=options.split_seconds)
    return shape


def _metadata(job: Job, *, seconds: float, channels: int, options: ListeningOptions) -> dict[str, Any]:
    params = params_of(job)
    source = params.source if isinstance(params, RecordingParams) else ""
    identifier = model_uuid(options.model)
    return {
        "transaction_key": "deprecated",
        "request_id": str(job.uuid),
        "sha256": source.rpartition("/")[2],
        "created": _MOMENT.to_representation(job.created_at),
        "duration": round(seconds, 3),
        "channels": channels,
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
