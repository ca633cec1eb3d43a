"""Views of POST /v1/tts/batch/, its result and its cancellation."""

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.batches.results import batch_shape, progress_shape
from apps.batches.selectors import get_own_batch, get_own_result
from apps.batches.serializers import BatchRequestSerializer, BatchResultSerializer, BatchSerializer
from apps.batches.services.accept import BatchOrder, request_batch
from apps.batches.services.cancel import cancel_batch
from apps.core.caching import NO_STORE
from apps.core.fields import validated
from apps.core.idempotency import body_digest
from apps.core.links import public_base
from apps.jobs.requests import CACHE_HEADER, IDEMPOTENCY_HEADER, cache_use, idempotency_of, request_id_of

SHAPE = BatchRequestSerializer()
ENDPOINT = "tts-batch"


class BatchView(APIView):
    """Submit many texts in one request."""

    permission_classes = [HasAccount, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES

    @extend_schema(
        operation_id="tts_batch",
        tags=["speech"],
        summary="A batch of texts",
        parameters=[IDEMPOTENCY_HEADER, CACHE_HEADER],
        request=BatchRequestSerializer,
        responses=BatchSerializer,
    )
    def post(self, request: Request) -> Response:
        """Queue up to 50 texts, each as a job of its own in the lane `bulk`; an invalid one fails alone. Counts as one request. An
        identical request of the same key joins the batch while it is being processed.
        """
        body = validated(SHAPE, request.data)
        order = BatchOrder(
            texts=body["texts"], webhook_url=body["webhook_url"], body_digest=body_digest(ENDPOINT, request.data), cache=cache_use(request)
        )
        batch = request_batch(
            get_caller(request), order=order, idempotency=idempotency_of(request, endpoint=ENDPOINT), request_id=request_id_of(request)
        )
        return Response(progress_shape(batch), headers=NO_STORE)


class BatchResultView(APIView):
    """State of a batch, for its account."""

    permission_classes = [HasAccount, scope_required("tts:generate")]
    throttle_classes = [PollLimit]

    @extend_schema(
        operation_id="tts_batch_result",
        tags=["speech"],
        summary="Poll a batch",
        parameters=[OpenApiParameter("batch_id", str, required=True, description="As POST /v1/tts/batch/ gave it; dashes are optional.")],
        responses=BatchResultSerializer,
    )
    def get(self, request: Request) -> Response:
        """Needs a key of the account that sent the batch: 404 for any other. Poll every few seconds; polls do not count against the
        request limit.
        """
        batch = get_own_result(get_caller(request), batch_id=request.query_params.get("batch_id", ""))
        return Response(batch_shape(batch, base=public_base(request)), headers=NO_STORE)


class BatchCancelView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:write")]

    @extend_schema(
        operation_id="tts_batch_cancel", tags=["speech"], request=None, responses=BatchResultSerializer, summary="Cancel a batch"
    )
    def post(self, request: Request, batch_id: str) -> Response:
        """Cancel every item that has not ended. Finished work is charged, the rest is released. 409 if the batch is over."""
        batch = cancel_batch(get_own_batch(get_caller(request), batch_id=batch_id), reason="Its batch was cancelled by its owner.")
        return Response(batch_shape(batch, base=public_base(request)), headers=NO_STORE)
