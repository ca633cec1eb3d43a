"""Views of texts that are spoken chunk by chunk: split, speak, redo one chunk, join."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.clonyvoice.generation_serializers import (
    ChunkedSerializer,
    MergeSerializer,
    MultiLanguageSerializer,
    MultiVoiceSerializer,
    RedoSerializer,
    SplitResultSerializer,
    SplitSerializer,
)
from apps.compat.clonyvoice.generation_shapes import chunk_shape, generation_shape
from apps.compat.clonyvoice.generation_views import GENERATED, PARAMETERS, GeneratingView
from apps.compat.clonyvoice.generation_waiting import answer_generation, idempotency_for
from apps.compat.clonyvoice.line_orders import check_line_voices, check_voice, chunk_lines, render_order, sentence_lines
from apps.core.errors import NotFoundError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.jobs.models import Job
from apps.jobs.requests import cache_use, idempotency_of, request_id_of
from apps.jobs.waiting import prefers_async
from apps.projects.kinds import LineChanges
from apps.projects.limits import check_size
from apps.projects.models import Line
from apps.projects.selectors import find_generation, get_generation, list_chunks
from apps.projects.sentences import split_sentences
from apps.projects.services.planning import RenderOrder
from apps.projects.services.rendering import RequestIdentity, merge_chunks, redo_chunk, speak_in_chunks

SPLIT, CHUNKED, REDO, MERGE = SplitSerializer(), ChunkedSerializer(), RedoSerializer(), MergeSerializer()
MULTI_VOICE, MULTI_LANGUAGE = MultiVoiceSerializer(), MultiLanguageSerializer()
NAMES = {"text": "text", "voice_id": "voice", "language": "language", "speed": "speed"}
"""Fields of a line by those of a request."""
SEED_WARNING = (
    "seed: the installed models speak a text in the same way each time; change the text, the speed or the voice for another take."
)


class SplitView(APIView):
    """Split a text."""

    permission_classes = [HasAccount, scope_required("audio:process")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="clonyvoice_split",
        tags=["clonyvoice"],
        summary="Split a text into sentences",
        request=SplitSerializer,
        responses=SplitResultSerializer,
    )
    def post(self, request: Request) -> Response:
        """The sentences of a text as clone-chunked speaks them. Free."""
        body = validated(SPLIT, request.data)
        check_size(get_caller(request).plan, [body["text"]], param="text")
        sentences = split_sentences(body["text"], longest=body["max_characters"])
        return Response({"sentences": sentences, "count": len(sentences)})


class ChunkedView(GeneratingView):
    """Speak each sentence as a chunk."""

    @extend_schema(
        operation_id="clonyvoice_clone_chunked",
        tags=["clonyvoice"],
        summary="Speak sentence by sentence",
        parameters=PARAMETERS,
        request=ChunkedSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """One chunk for each sentence, kept until the result expires, and all of them in one file."""
        body, caller = validated(CHUNKED, request.data), get_caller(request)
        check_voice(caller, body["voice_id"])
        return _speak(request, body, lines=sentence_lines(caller, body), endpoint="clonyvoice-chunked", param="")


class MultiVoiceView(GeneratingView):
    """Speak chunks in several voices."""

    @extend_schema(
        operation_id="clonyvoice_clone_chunked_multivoice",
        tags=["clonyvoice"],
        summary="Speak chunks, each in a voice",
        parameters=PARAMETERS,
        request=MultiVoiceSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Each chunk in the voice that it names, own or built-in."""
        body = validated(MULTI_VOICE, request.data)
        lines = chunk_lines(body["chunks"], voice=body["voice_id"], language=body["language"])
        check_line_voices(get_caller(request), lines, param="chunks")
        return _speak(request, body, lines=lines, endpoint="clonyvoice-multivoice")


class MultiLanguageView(GeneratingView):
    """Speak chunks in several languages."""

    @extend_schema(
        operation_id="clonyvoice_clone_chunked_multilang",
        tags=["clonyvoice"],
        summary="Speak chunks, each in a language",
        parameters=PARAMETERS,
        request=MultiLanguageSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Each chunk in the language that it names, in one voice."""
        body = validated(MULTI_LANGUAGE, request.data)
        lines = chunk_lines(body["chunks"], voice=body["voice_id"])
        check_line_voices(get_caller(request), lines, param="chunks")
        return _speak(request, body, lines=lines, endpoint="clonyvoice-multilang")


class RedoView(GeneratingView):
    """Speak one chunk again."""

    @extend_schema(
        operation_id="clonyvoice_regenerate_chunk",
        tags=["clonyvoice"],
        summary="Redo one chunk",
        parameters=PARAMETERS,
        request=RedoSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Speak a chunk again, with another text, voice, language or speed. It changes once the new audio is ready; a failure leaves it as it
        was. merge-chunks joins the new one.
        """
        body, caller = validated(REDO, request.data), get_caller(request)
        chunk = _find_chunk(caller, body)
        if "voice_id" in body:
            check_voice(caller, body["voice_id"])
        changes = {NAMES[name]: body[name] for name in NAMES if name in body} | ({"model": ""} if "voice_id" in body else {})
        order = RenderOrder(is_awaited=not prefers_async(request), cache=cache_use(request), param="")
        submission = redo_chunk(
            caller,
            chunk,
            changes=LineChanges(**changes),
            order=order,
            request=_request_context(request, endpoint=f"clonyvoice-redo:{chunk.uuid.hex}"),
        )
        warnings = [SEED_WARNING] if body.get("seed") is not None else []
        return answer_generation(
            request, submission, shape=partial(_redone_shape, chunk=chunk, base=public_base(request), warnings=warnings)
        )


class MergeView(GeneratingView):
    """Join chunks."""

    @extend_schema(
        operation_id="clonyvoice_merge_chunks",
        tags=["clonyvoice"],
        summary="Join chunks",
        parameters=PARAMETERS,
        request=MergeSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Join chunks as they are, with pauses or cross-fades. Free."""
        body, caller = validated(MERGE, request.data), get_caller(request)
        if "generation_id" in body:
            chunks = list(get_generation(caller, body["generation_id"]).lines.all())
        else:
            chunks = list_chunks(caller, body["chunk_ids"])
        order = render_order(body, is_awaited=not prefers_async(request))
        identity = idempotency_of(request, endpoint="clonyvoice-merge")  # not by the body: the chunks may have changed since
        submission = merge_chunks(
            caller, chunks, order=order, request=RequestIdentity(idempotency=identity, request_id=request_id_of(request))
        )
        return answer_generation(request, submission, shape=partial(generation_shape, base=public_base(request)))


def _speak(request: Request, body: dict[str, Any], *, lines: list[Line], endpoint: str, param: str = "chunks") -> HttpResponseBase:
    caller, base = get_caller(request), public_base(request)
    order = render_order(body, is_awaited=not prefers_async(request), cache=cache_use(request), param=param)
    submission = speak_in_chunks(caller, lines, order=order, request=_request_context(request, endpoint=endpoint))

    def shape(job: Job) -> dict[str, Any]:
        return generation_shape(job, base=base, composition=find_generation(caller, job.uuid))

    return answer_generation(request, submission, shape=shape)


def _request_context(request: Request, *, endpoint: str) -> RequestIdentity:
    return RequestIdentity(idempotency=idempotency_for(request, endpoint=endpoint), request_id=request_id_of(request))


def _find_chunk(caller: Caller, body: dict[str, Any]) -> Line:
    if "chunk_id" in body:
        try:
            return list_chunks(caller, [body["chunk_id"]])[0]
        except NotFoundError as error:
            error.param = "chunk_id"
            raise
    chunks = list(get_generation(caller, body["generation_id"]).lines.all())
    if body["index"] >= len(chunks):
        message = f"The generation has {len(chunks)} chunks, numbered from 0: there is none with the index {body['index']}."
        raise NotFoundError(message, code="chunk_not_found", param="index")
    found: Line = chunks[body["index"]]
    return found


def _redone_shape(job: Job, *, chunk: Line, base: str, warnings: list[str]) -> dict[str, Any]:
    """The generation of one chunk; `audio_url` is the chunk's own. 404 if the chunk was deleted since."""
    current = Line.objects.select_related("take_job").filter(uuid=chunk.uuid).first()
    if current is None:
        message = f"The chunk {chunk.uuid.hex} was deleted meanwhile. GET /api/generation/{job.uuid.hex} has the new audio."
        raise NotFoundError(message, code="chunk_not_found", extra={"generation_id": job.uuid.hex})
    shape = generation_shape(job, base=base)
    extra = {"warnings": [*shape.get("warnings", ()), *warnings]} if warnings else {}
    return shape | extra | {"chunk": chunk_shape(current, base=base)}
