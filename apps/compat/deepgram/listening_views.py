"""POST /v1/listen: a recording, as the body or behind an address, to text."""

from typing import Any, Final

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.deepgram.bodies import ListenBodyParser
from apps.compat.deepgram.callbacks import METHODS, read_callback
from apps.compat.deepgram.listening_answers import accepted_shape, answer_with
from apps.compat.deepgram.listening_options import read_listening_options
from apps.compat.deepgram.parameters import Parameters
from apps.compat.deepgram.raw_audio import RawFormat, as_wav, read_raw_format
from apps.compat.deepgram.serializers import ListenUrlSerializer, TranscriptionResponseSerializer
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.jobs.recordings import RecordingResponse, has_idempotency_key, request_idempotency
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.transcription.services import LIMITS, check_order, request_transcription
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.services import Source, SourceOrder, order_source, order_spool
from apps.uploads.spool import Spool

FLAGS: Final = ("punctuate", "smart_format", "paragraphs", "utterances", "diarize", "detect_language", "multichannel")
REPEATED: Final = ("keyterm", "keywords", "replace", "search", "tag")
PARAMETERS: Final = [
    OpenApiParameter("model", str, description="nova-3 (default), nova-2, enhanced, base, whisper-…, or an installed model."),
    OpenApiParameter("language", str, description="Tag of the language, en by default; multi detects it."),
    *(OpenApiParameter(name, bool) for name in FLAGS),
    OpenApiParameter("utt_split", float, description="Seconds of a pause between two utterances, 0.8 by default."),
    *(OpenApiParameter(name, str, many=True) for name in REPEATED),
    OpenApiParameter("callback", str, description="Address that the response is sent to; the request is answered at once."),
    OpenApiParameter("callback_method", str, enum=METHODS, description="post by default."),
    OpenApiParameter("encoding", str, description="linear16, mulaw or alaw, for audio without a header."),
    OpenApiParameter("sample_rate", int, description="Hz of audio without a header."),
    OpenApiParameter("channels", int, description="Channels of audio without a header, 1 by default."),
]


class ListenView(APIView):
    """A recording in, text out."""

    waits_for_job = True
    permission_classes = [HasAccount, scope_required("stt:transcribe")]
    parser_classes = [ListenBodyParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES
    admit_body = staticmethod(admit_form)

    @extend_schema(
        operation_id="deepgram_listen",
        tags=["deepgram"],
        summary="Speech to text, as Deepgram has it",
        parameters=[IDEMPOTENCY_HEADER, *PARAMETERS],
        request={"application/json": ListenUrlSerializer, "audio/*": OpenApiTypes.BINARY},
        responses={200: OpenApiResponse(TranscriptionResponseSerializer)},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Deepgram's endpoint: the body is the recording, or JSON with its `url`. Waits for the transcript; the job is cancelled if the client
        disconnects. With `callback` the response is the `request_id` alone, and the transcript is sent to that address. docs/deepgram.md lists
        every parameter.
        """
        given = Parameters(request._request.GET)  # noqa: SLF001 - DRF has no other name for it
        options = read_listening_options(given, is_live=False)
        callback = read_callback(given, query=request.META["QUERY_STRING"])
        caller = get_caller(request)
        order = options.order(is_awaited=callback is None, callback=callback)
        check_order(caller, order=order)
        source_order = self._order_source(request, raw=read_raw_format(given))
        body = {name: request._request.GET.getlist(name) for name in request._request.GET}  # noqa: SLF001

        def submit(source: Source) -> Submission:
            idempotency = request_idempotency(request, endpoint="deepgram-listen", body=body, sha256=source.sha256)
            return request_transcription(caller, order=order, source=source, idempotency=idempotency, request_id=request_id_of(request))

        return RecordingResponse(
            source_order,
            submit=submit,
            answer=answer_with(options),
            queued=accepted_shape,
            is_awaited=callback is None,
            is_kept=has_idempotency_key(request),
        ).deferred()

    def _order_source(self, request: Request, *, raw: RawFormat | None) -> SourceOrder:
        caller, sent = get_caller(request), request.data
        if isinstance(sent, Spool):
            if not sent.size:
                sent.close()
                raise _no_audio()
            return order_spool(caller, sent if raw is None else as_wav(sent, raw), limits=LIMITS, param="body")
        if not sent:
            raise _no_audio()
        body: dict[str, Any] = validated(ListenUrlSerializer(), sent)
        return order_source(caller, file=None, file_url=body["url"], upload_id=None, limits=LIMITS, url_param="url")


def _no_audio() -> InvalidRequestError:
    message = 'The request has no audio. Send the recording as the body, or JSON with its address: {"url": "https://…"}.'
    return InvalidRequestError(message, code="missing_field", param="body")
