"""POST /v1/audio/transcriptions and /v1/audio/translations."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.compat.openai import serializers as shapes
from apps.compat.openai.languages import language_tag
from apps.compat.openai.transcripts import answer_in
from apps.core.deferred import Exchange
from apps.core.fields import validated
from apps.jobs.models import Job
from apps.jobs.requests import IDEMPOTENCY_HEADER
from apps.jobs.waiting import ASYNC, Answer, prefers_async
from apps.listening.documents import read_transcript
from apps.listening.requests import ListeningView
from apps.listening.services import ListeningOrder
from apps.speech.audio_response import job_headers

TRANSCRIPTION, TRANSLATION = shapes.OpenAITranscriptionSerializer(), shapes.OpenAITranslationSerializer()
LISTS = ("timestamp_granularities", "include")
NEED_WORDS = frozenset({"srt", "vtt"})
"""Formats whose cues need word timings."""
ANSWERS = {
    (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, description="json, verbose_json, diarized_json"),
    (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR, description="text, srt, vtt"),
}


def _answer_of(body: Mapping[str, Any], *, task: str) -> Answer:
    def answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
        granularities = body.get("timestamp_granularities", ["segment"])
        response = answer_in(body["response_format"], read_transcript(job), task=task, granularities=granularities)
        for name, value in job_headers(job).items():
            response.headers[name] = value
        return response

    return answer


class OpenAITranscriptionView(ListeningView):
    """Transcribe a recording in its language."""

    @extend_schema(
        operation_id="openai_transcription",
        tags=["openai"],
        summary="Speech to text",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": shapes.OpenAITranscriptionSerializer},
        responses=ANSWERS,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """OpenAI's endpoint. Waits for the transcript; the job is cancelled if the client disconnects."""
        body = validated(TRANSCRIPTION, _with_lists(request.data))
        order = ListeningOrder(
            model=body["model"],
            language=language_tag(body["language"]),
            has_words="word" in body["timestamp_granularities"] or body["response_format"] in NEED_WORDS,
            is_diarized=body["response_format"] == "diarized_json",
            prompt=body["prompt"],
            temperature=body["temperature"],
            is_awaited=not prefers_async(request),
        )
        return self.listen(request, body, order=order, endpoint="openai-transcription", answer=_answer_of(body, task="transcribe"))


class OpenAITranslationView(ListeningView):
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
        order = ListeningOrder(
            model=body["model"],
            is_translation=True,
            prompt=body["prompt"],
            temperature=body["temperature"],
            is_awaited=not prefers_async(request),
        )
        return self.listen(request, body, order=order, endpoint="openai-translation", answer=_answer_of(body, task="translate"))


def _is_filled(value: Any) -> bool:
    return not isinstance(value, str) or bool(value.strip())


def _with_lists(data: Any) -> Any:
    """Convert a form's `name[]` and repeated names to lists, as OpenAI's clients send them. Empty ones count as omitted."""
    if not isinstance(data, QueryDict):
        return {name.removesuffix("[]"): value for name, value in data.items()} if isinstance(data, Mapping) else data
    listed = {name: [value for value in (*data.getlist(f"{name}[]"), *data.getlist(name)) if _is_filled(value)] for name in LISTS}
    form = QueryDict(mutable=True)  # and no dict: REST framework reads a form's empty fields as left out
    for name, values in data.lists():
        if name.removesuffix("[]") not in LISTS:
            form.setlist(name, values)
    for name, values in listed.items():
        if values:
            form.setlist(name, values)
    return form
