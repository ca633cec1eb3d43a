"""Shared code of the endpoints that transcribe a recording."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.core.parsing import JSONBodyParser
from apps.jobs.recordings import has_idempotency_key, recording_idempotency, recording_response
from apps.jobs.requests import request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import Answer
from apps.transcription.services import LIMITS, TranscriptionOrder, check_order, request_transcription
from apps.transcription.streaming import TranscriptShapes, stream_transcript
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source, SourceLimits
from apps.uploads.services.sources import hold_files

REFERENCES: Final = "known_speaker_references"
REFERENCE_LIMITS: Final = SourceLimits(max_bytes=10_000_000, min_audio_seconds=2.0, max_audio_seconds=10.0)
"""Limits of the recording of a known speaker."""


class BaseTranscriptionView(APIView):
    """Base view: a recording in, text out."""

    permission_classes = [HasAccount, scope_required("stt:transcribe")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES
    admit_body = staticmethod(admit_form)

    def listen(
        self,
        request: Request,
        body: Mapping[str, Any],
        *,
        order: TranscriptionOrder,
        endpoint: str,
        answer: Answer,
        events: TranscriptShapes | None = None,
        warnings: Sequence[str] = (),
        references: Sequence["UploadedFile[Any]"] = (),
        param: str = "file",
        url_param: str = "file_url",
    ) -> HttpResponseBase:
        """Refuse invalid requests, ingest the recording, queue the job, and wait unless the request is asynchronous.

        events, warnings: shapes and warnings of a response that is sent while the transcript is made. references: recordings of the known
        speakers. param, url_param: names that the API of the request has for the fields of the recording.
        """
        caller = get_caller(request)
        check_order(caller, order=order)

        def submit(source: Source, *further: Source) -> Submission:
            idempotency = recording_idempotency(request, endpoint=endpoint, body=body, source=source)
            return request_transcription(
                caller, order=order, source=source, references=further, idempotency=idempotency, request_id=request_id_of(request)
            )

        is_kept = has_idempotency_key(request)
        return recording_response(
            request,
            body,
            limits=LIMITS,
            submit=submit,
            answer=answer,
            is_awaited=order.is_awaited,
            wait=stream_transcript(events, is_kept=is_kept, warnings=warnings) if events else None,
            held=hold_files(caller, files=references, limits=REFERENCE_LIMITS, param=REFERENCES) if references else (),
            param=param,
            url_param=url_param,
        )
