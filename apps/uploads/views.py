"""Views of /v1/uploads/: large files, uploaded before the request that uses them."""

from typing import Any

from django.conf import settings
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.core.caching import NO_STORE
from apps.core.deferred import Deferred, Exchange, Resolve
from apps.core.fields import validated
from apps.core.links import public_base
from apps.uploads import serializers as shapes
from apps.uploads.admission import admit_content, signature_of, writable_upload
from apps.uploads.models import Upload
from apps.uploads.parsers import ContentParser
from apps.uploads.selectors import get_own_upload
from apps.uploads.services.ingestion import RefusedFileError
from apps.uploads.services.sources import SourceOrder, order_of_sent_file, store_source_async
from apps.uploads.services.uploads import announce_upload, has_arrived, presigned_url, remove_upload
from apps.uploads.spool import Spool

SHAPE = shapes.NewUploadSerializer()


class UploadView(APIView):
    """Base view; reading and writing need different scopes."""

    def get_permissions(self) -> list[Any]:
        is_reading = self.request.method in {"GET", "HEAD", "OPTIONS"}
        return [HasAccount(), scope_required("uploads:read" if is_reading else "uploads:write")()]


class UploadListView(UploadView):
    """Announce an upload."""

    @extend_schema(
        operation_id="uploads_create",
        tags=["uploads"],
        summary="Send a large file in advance",
        request=shapes.NewUploadSerializer,
        responses=shapes.UploadAddressSerializer,
    )
    def post(self, request: Request) -> Response:
        """Announce an upload and return the URL to PUT the file to, without a key. Its `upload_id` then replaces `file` in any number of
        requests.
        """
        body = validated(SHAPE, request.data)
        upload = announce_upload(get_caller(request), file_name=body["file_name"], size=body["bytes"], content_type=body["content_type"])
        return Response(_address(request, upload), headers=NO_STORE)


class OneUploadView(UploadView):
    @extend_schema(operation_id="uploads_read", tags=["uploads"], summary="An upload", responses=shapes.UploadSerializer)
    def get(self, request: Request, upload_id: str) -> HttpResponseBase:
        """State of the upload and the measured properties of its file."""
        upload = get_own_upload(get_caller(request), upload_id=upload_id)
        if has_arrived(upload):
            return Deferred(_ingest_response(order_of_sent_file(upload), is_refusal_shown=True))
        return Response(shapes.upload_shape(upload), headers=NO_STORE)

    @extend_schema(operation_id="uploads_delete", tags=["uploads"], summary="Remove an upload", responses=shapes.RemovedUploadSerializer)
    def delete(self, request: Request, upload_id: str) -> Response:
        """Delete an upload. New requests cannot use it from now on; jobs that already use it can finish."""
        upload = get_own_upload(get_caller(request), upload_id=upload_id)
        remove_upload(upload)
        return Response({"upload_id": upload.uuid.hex, "deleted": True})


class UploadContentView(APIView):
    authentication_classes = []  # the address is the permission, as with a presigned one
    permission_classes = []
    throttle_classes = [PollLimit]
    parser_classes = [ContentParser]
    max_body_bytes = settings.TTSAI_UPLOAD_BYTES
    admit_body = staticmethod(admit_content)

    @extend_schema(
        operation_id="uploads_content",
        tags=["uploads"],
        summary="Send the file of an upload",
        parameters=[
            OpenApiParameter("signature", str, required=True, description="Signature from the upload URL returned by POST /v1/uploads/.")
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=shapes.UploadSerializer,
    )
    def put(self, request: Request, upload_id: str) -> HttpResponseBase:
        """Send the file to the upload URL exactly as it was returned. The response describes the file, or says why it was refused."""
        upload = writable_upload(request._request, upload_id)  # noqa: SLF001 - DRF has no other name for it
        spool = request.data if isinstance(request.data, Spool) else Spool.new()
        return Deferred(_ingest_response(order_of_sent_file(upload, spool=spool, param="file")))


def _ingest_response(order: SourceOrder, *, is_refusal_shown: bool = False) -> Resolve:
    async def resolve(exchange: Exchange) -> HttpResponseBase:
        try:
            await store_source_async(exchange, order)
        except RefusedFileError:
            if not is_refusal_shown:
                raise
        return JsonResponse(shapes.upload_shape(order.upload), headers=NO_STORE)

    return resolve


def _address(request: Request, upload: Upload) -> dict[str, Any]:
    own = f"{public_base(request)}/v1/uploads/{upload.uuid.hex}/content/?signature={signature_of(upload)}"
    return {
        "upload_id": upload.uuid.hex,
        "method": "PUT",
        "url": presigned_url(upload) or own,
        "headers": {"Content-Type": upload.content_type},
        "expires_at": upload.expires_at,
        "max_bytes": upload.announced_bytes,
    }
