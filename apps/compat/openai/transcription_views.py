"""POST /v1/audio/transcriptions and /v1/audio/translations."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.compat.openai import serializers as shapes
from apps.compat.openai.forms import read_form
from apps.compat.openai.languages import language_tag
from apps.compat.openai.transcript_events import event_shapes
from apps.compat.openai.transcripts import answer_in
from apps.core.deferred import Exchange
from apps.core.fields import validated
from apps.jobs.models import Job
from apps.jobs.requests import IDEMPOTENCY_HEADER
from apps.jobs.waiting import ASYNC, Answer, prefers_async
from apps.speech.audio_response import job_headers
from apps.transcription.documents import read_transcript
from apps.transcription.requests import BaseTranscriptionView
from apps.transcription.serializers import join_hotwords
from apps.transcription.services import TranscriptionOrder
from apps.uploads.inline import read_inline_file

TRANSCRIPTION, TRANSLATION = shapes.OpenAITranscriptionSerializer(), shapes.OpenAITranslationSerializer()
LISTS = ("timestamp_granularities", "include", "keywords", "languages", "known_speaker_names", "known_speaker_references")
OBJECTS = ("chunking_strategy",)
NEED_WORDS = frozenset({"srt", "vtt"})
"""Formats whose cues need word timings."""
TELLS_LANGUAGES = "gpt-transcribe"
"""Model whose responses list the languages."""
ANSWERS = {
    (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, description="json, verbose_json, diarized_json"),
    (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR, description="text, srt, vtt"),
}
EVENTS = {
    (200, "text/event-stream"): OpenApiResponse(
        OpenApiTypes.STR,
        description="With `stream`: `transcript.text.delta` as text is recognised, `transcript.text.segment` with diarized_json, and "
        "`transcript.text.done` with the usage.",
    )
}


def _answer_of(body: Mapping[str, Any], *, task: str, warnings: tuple[str, ...] = ()) -> Answer:
    def answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
        granularities = body.get("timestamp_granularities", ["segment"])
        has_languages = job.asked_model == TELLS_LANGUAGES
        transcript = read_transcript(job)
        response = answer_in(body["response_format"], transcript, task=task, granularities=granularities, has_languages=has_languages)
        for name, value in job_headers(job, warnings=warnings).items():
            response.headers[name] = value
        return response

    return answer


def _warnings(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Warnings about fields that are not followed."""
    warnings = []
    if body["stream"] and not shapes.is_streamed(body):
        warnings.append(f"stream: {body['model']} does not stream; the transcript came at once.")
    if ignored := sorted(set(body.get("chunking_strategy") or {}) - {"type"}):
        warnings.append(f"chunking_strategy: {', '.join(ignored)} not followed; speech is found as with auto.")
    if len(body["languages"]) > 1 and not body["language"]:
        warnings.append("languages: more than one is not followed; the language was detected.")
    return tuple(warnings)


def _transcription_order(body: Mapping[str, Any], *, is_awaited: bool) -> TranscriptionOrder:
    only_language = body["languages"][0] if len(body["languages"]) == 1 else ""
    return TranscriptionOrder(
        model=body["model"],
        language=language_tag(body["language"] or only_language),
        has_words="word" in body["timestamp_granularities"] or body["response_format"] in NEED_WORDS,
        is_diarized=body["response_format"] == "diarized_json",
        known_speakers=tuple(body["known_speaker_names"]),
        prompt=body["prompt"],
        hotwords=join_hotwords(body["keywords"], param="keywords"),
        temperature=body["temperature"],
        is_awaited=is_awaited,
    )


class OpenAITranscriptionView(BaseTranscriptionView):
    """Transcribe a recording in its language."""

    @extend_schema(
        operation_id="openai_transcription",
        tags=["openai"],
        summary="Speech to text",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": shapes.OpenAITranscriptionSerializer},
        responses={**ANSWERS, **EVENTS},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """OpenAI's endpoint. Waits for the transcript, or sends it with `stream` while it is made; the job is cancelled if the client
        disconnects.
        """
        body = validated(TRANSCRIPTION, read_form(request.data, lists=LISTS, objects=OBJECTS))
        order = _transcription_order(body, is_awaited=not prefers_async(request))
        events = event_shapes(is_diarized=order.is_diarized) if shapes.is_streamed(body) else None
        warnings = _warnings(body)
        answer = _answer_of(body, task="transcribe", warnings=warnings)
        return self.listen(
            request,
            body,
            order=order,
            endpoint="openai-transcription",
            answer=answer,
            events=events,
            warnings=warnings,
            references=[read_inline_file(one, param="known_speaker_references") for one in body["known_speaker_references"]],
        )


class OpenAITranslationView(BaseTranscriptionView):
    """Transcribe a recording into English."""

    @extend_schema(
        operation_id="openai_translation",
        tags=["openai"],
        summary="Speech in any language to English text",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": shapes.OpenAITranslationSerializer},
        responses=ANSWERS,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """OpenAI's endpoint. Waits for the translation; the job is cancelled if the client disconnects."""
        body = validated(TRANSLATION, request.data)
        order = TranscriptionOrder(
            model=body["model"],
            is_translation=True,
            prompt=body["prompt"],
            temperature=body["temperature"],
            is_awaited=not prefers_async(request),
        )
        return self.listen(request, body, order=order, endpoint="openai-translation", answer=_answer_of(body, task="translate"))
