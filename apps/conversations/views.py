"""Views of /v1/voice-chat/."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.conversations import serializers as shapes
from apps.conversations.kinds import VOICE_CHAT
from apps.conversations.selectors import get_own_conversation, read_turns
from apps.conversations.services import LIMITS, TurnOrder, check_text, choose_models, remove_conversation, request_turn
from apps.conversations.shapes import answer_shape, conversation_shape
from apps.core.caching import NO_STORE
from apps.core.deferred import Exchange
from apps.core.fields import validated
from apps.core.links import public_base
from apps.core.parsing import JSONBodyParser
from apps.jobs.models import Job
from apps.jobs.recordings import RecordingResponse, request_idempotency
from apps.jobs.requests import IDEMPOTENCY_HEADER, queued_shape, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import ASYNC, JobResponse, prefers_async, upload_wait_seconds
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source, order_source

SHAPE = shapes.VoiceChatRequestSerializer()


class VoiceChatView(APIView):
    permission_classes = [HasAccount, scope_required("voice:chat")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES
    admit_body = staticmethod(admit_form)

    @extend_schema(
        operation_id="voice_chat",
        tags=["transcription"],
        summary="Voice chat",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": shapes.VoiceChatRequestSerializer, "application/json": shapes.VoiceChatRequestSerializer},
        responses=shapes.VoiceChatSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Recognise or read the user's message, answer it, and speak the answer. 3 credits per turn. A failed turn costs nothing, unless
        words of its answer were read in the job's events; a cancelled turn costs the work done for it. The words of the answer shown here come
        from a stand-in of a language model; those of yours come from the responder that the operator has installed.
        """
        body = validated(SHAPE, request.data)
        caller, order = get_caller(request), _order(body, is_awaited=not prefers_async(request))
        check_text(order.text, caller=caller)
        choose_models(caller, order=order)
        base = public_base(request)

        def submit(source: Source | None) -> Submission:
            idempotency = request_idempotency(request, endpoint="voice-chat", body=body, sha256=source.sha256 if source else "")
            return request_turn(caller, order=order, source=source, idempotency=idempotency, request_id=request_id_of(request))

        def answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
            return JsonResponse(answer_shape(job, base=base), headers={**NO_STORE, "X-Job-Id": job.uuid.hex})

        is_kept = "HTTP_IDEMPOTENCY_KEY" in request.META
        if order.text:
            submission = submit(None)
            if not order.is_awaited:
                return Response(_queued_shape(submission))
            return JobResponse(submission.job.uuid, is_kept=is_kept, wait_seconds=upload_wait_seconds(), answer=answer).deferred()
        source_order = order_source(
            caller, file=body.get("audio"), file_url=body.get("file_url"), upload_id=body.get("upload_id"), limits=LIMITS, param="audio"
        )
        return RecordingResponse(
            source_order, submit=submit, answer=answer, queued=_queued_shape, is_awaited=order.is_awaited, is_kept=is_kept
        ).deferred()


class ConversationView(APIView):
    permission_classes = [HasAccount, scope_required("voice:chat")]

    @extend_schema(
        operation_id="voice_chat_read", tags=["transcription"], summary="A conversation", responses=shapes.ConversationSerializer
    )
    def get(self, request: Request, conversation_id: str) -> Response:
        """Answered turns, oldest first: those in the history of the next answer."""
        conversation = get_own_conversation(get_caller(request), conversation_id=conversation_id)
        shape = conversation_shape(conversation, turns=read_turns(conversation), base=public_base(request))
        return Response(shape, headers=NO_STORE)

    @extend_schema(
        operation_id="voice_chat_delete",
        tags=["transcription"],
        summary="Forget a conversation",
        responses=shapes.RemovedConversationSerializer,
    )
    def delete(self, request: Request, conversation_id: str) -> Response:
        """Delete the conversation with the text and audio of each turn. 409 while a turn is being answered."""
        conversation = get_own_conversation(get_caller(request), conversation_id=conversation_id)
        remove_conversation(conversation)
        return Response({"conversation_id": conversation_id, "deleted": True})


def _order(body: Mapping[str, Any], *, is_awaited: bool) -> TurnOrder:
    return TurnOrder(
        text=body["text"],
        conversation_id=body["conversation_id"],
        system_prompt=body.get("system_prompt"),
        voice=body["voice"],
        tts_model=body["tts_model"],
        model=body["model"],
        language=body["language"],
        format=body["format"],
        is_awaited=is_awaited,
        webhook_url=body["webhook_url"],
    )


def _queued_shape(submission: Submission) -> dict[str, Any]:
    return {**queued_shape(submission), "conversation_id": VOICE_CHAT.read_params(submission.job).conversation}
