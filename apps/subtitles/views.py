"""View of GET /v1/speech/subtitles/."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.permissions import AnyCaller
from apps.accounts.throttles import PollLimit
from apps.speech.downloads import completed
from apps.speech.selectors import get_speech_job
from apps.subtitles.options import read_options
from apps.subtitles.responses import answer_subtitles
from workers.text.subtitles import CONTENT_TYPES


class SubtitlesView(APIView):
    """Subtitles of a completed job."""

    waits_for_job = True

    permission_classes = [AnyCaller]
    throttle_classes = [PollLimit]

    @extend_schema(
        operation_id="speech_subtitles",
        tags=["speech"],
        summary="Subtitles",
        parameters=[
            OpenApiParameter("uuid", str, required=True, description="Of a completed speech, translation or transcription job."),
            OpenApiParameter("format", str, enum=list(CONTENT_TYPES), default="srt"),
            OpenApiParameter("download", bool, description="1 sends it as an attachment."),
            OpenApiParameter("language", str, description="Of the text, where the job does not know it: detected when left out."),
        ],
        responses={(200, content_type): OpenApiTypes.STR for content_type in CONTENT_TYPES.values()},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Two lines of at most 42 characters, 1 to 7 seconds each. Created once, free; open to everybody with the uuid."""
        options = read_options(request.query_params)
        return answer_subtitles(completed(get_speech_job(options.uuid)), options=options)
