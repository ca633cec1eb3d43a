"""Views of /v1/uploads/resumable/: files sent in pieces, by the tus protocol 1.0.0 (https://tus.io)."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.core.deferred import Deferred, Exchange
from apps.core.errors import ApplicationError
from apps.uploads import tus
from apps.uploads.admission import admit_piece
from apps.uploads.parsers import ContentParser
from apps.uploads.selectors import get_own_upload
from apps.uploads.services.resumable import check_piece, keeps_cut_pieces, record_piece, store_piece
from apps.uploads.services.uploads import announce_upload, remove_upload
from apps.uploads.spool import Spool
from apps.uploads.threads import ingestion_threads

HEADER: Final = OpenApiParameter.HEADER
VERSION: Final = OpenApiParameter("Tus-Resumable", str, HEADER, required=True, enum=[tus.VERSION], description="Version of the protocol.")


class ResumableView(APIView):
    """Base view: the protocol's version is checked in each request and named in each response."""

    permission_classes = [HasAccount, scope_required("uploads:write")]
    parser_classes = [ContentParser]
    options_headers = tus.discovery_headers()
    """Headers of the responses to OPTIONS: versions and extensions of the protocol that this server speaks."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        tus.check_version(request.headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["Tus-Resumable"] = tus.VERSION
        return super().finalize_response(request, response, *args, **kwargs)


class ResumableListView(ResumableView):
    """Begin a resumable upload."""

    @extend_schema(
        operation_id="uploads_resumable_create",
        tags=["uploads"],
        summary="Begin a resumable upload",
        parameters=[
            VERSION,
            OpenApiParameter("Upload-Length", int, HEADER, required=True, description="The exact size of the file in bytes."),
            OpenApiParameter("Upload-Metadata", str, HEADER, description="`filename` and `filetype`, each with its value in base64."),
        ],
        request=None,
        responses={
            201: OpenApiResponse(description="`Location` is the address of the file's pieces; its last part is the `upload_id`."),
            412: OpenApiResponse(),
            413: OpenApiResponse(description="The file is larger than the plan takes."),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Begin a file that is sent in pieces, by the tus protocol 1.0.0, which clients in many languages speak. Once all bytes are there, its
        `upload_id` replaces `file` in any number of requests.
        """
        file = tus.read_new_file(request.headers)
        upload = announce_upload(get_caller(request), file_name=file.name, size=file.size, content_type=file.content_type)
        address = f"{request.path.rstrip('/')}/{upload.uuid.hex}/"
        return HttpResponse(status=201, headers={**tus.state_headers(upload), "Location": address})


class OneResumableView(ResumableView):
    """The pieces of one file."""

    throttle_classes = [PollLimit]
    max_body_bytes = settings.TTSAI_UPLOAD_BYTES
    keeps_beginning = True
    admit_body = staticmethod(admit_piece)

    def head(self, request: Request, upload_id: str) -> HttpResponse:
        """Bytes that are stored, in `Upload-Offset`."""
        return HttpResponse(headers=tus.state_headers(get_own_upload(get_caller(request), upload_id=upload_id)))

    @extend_schema(
        operation_id="uploads_resumable_append",
        tags=["uploads"],
        summary="Send a piece of a file",
        parameters=[
            VERSION,
            OpenApiParameter(
                "Upload-Offset", int, HEADER, required=True, description="Bytes before this piece; HEAD tells what is stored."
            ),
            OpenApiParameter("Upload-Checksum", str, HEADER, description="`sha1` or `sha256`, a space, and the piece's digest in base64."),
        ],
        request={tus.PIECE_TYPE: OpenApiTypes.BINARY},
        responses={
            204: OpenApiResponse(description="The piece is stored; `Upload-Offset` says where the next one begins."),
            412: OpenApiResponse(),
            460: OpenApiResponse(),
        },
    )
    def patch(self, request: Request, upload_id: str) -> HttpResponseBase:
        """Append a piece. It is stored before it is acknowledged. Of a piece whose connection breaks the bytes that arrived are stored, unless it
        has a checksum: HEAD on the same address returns `Upload-Offset`, from where to continue. A piece for another offset is 409.
        """
        tus.check_piece_type(request.headers)
        upload = get_own_upload(get_caller(request), upload_id=upload_id)
        spool = request.data if isinstance(request.data, Spool) else Spool.new()
        cut_by: ApplicationError | None = getattr(request, "body_cut_by", None)
        with spool.closed_on_error():
            check_piece(upload, offset=tus.read_number(request.headers, "Upload-Offset"), size=spool.size)
            if cut_by is None:
                tus.check_checksum(request.headers, spool=spool)
            elif tus.has_checksum(request.headers) or not keeps_cut_pieces(upload):
                raise cut_by  # nothing tells whether the bytes that arrived are undamaged
        size = spool.size

        async def resolve(exchange: Exchange) -> HttpResponse:
            if size:
                name = await ingestion_threads().run(upload.tenant, lambda: store_piece(upload, spool=spool))
                await exchange.run(lambda: record_piece(upload, name=name, size=size))
            else:
                spool.close()
            if cut_by is not None:
                raise cut_by
            return HttpResponse(status=204, headers=tus.state_headers(upload))

        return Deferred(resolve)

    @extend_schema(
        operation_id="uploads_resumable_delete",
        tags=["uploads"],
        summary="End a resumable upload",
        parameters=[VERSION],
        responses={204: OpenApiResponse(description="Its bytes are deleted."), 412: OpenApiResponse()},
    )
    def delete(self, request: Request, upload_id: str) -> HttpResponse:
        """Delete a file, sent whole or in part."""
        remove_upload(get_own_upload(get_caller(request), upload_id=upload_id))
        return HttpResponse(status=204)
