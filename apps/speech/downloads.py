"""View of /static/downloads/<uuid>/<name>: the audio of a job, in its own format or converted on demand."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.throttles import PollLimit
from apps.core import retry_after
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import ConflictError, GatewayTimeoutError, GoneError, NotFoundError
from apps.core.files import RangedFile
from apps.core.storage import get_storage
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_of
from apps.jobs.services.renditions import request_rendition
from apps.speech.links import file_name
from apps.speech.selectors import get_speech_job
from workers.contract.formats import DOCUMENT, FORMATS, content_type_of, extension_of

STEMS = ("output", "tts_output")
"""File names without extension. The official SDK requests tts_output.wav if a response had no URL."""
KEPT_SECONDS = 3600


class DownloadView(APIView):
    """Download of a job's audio."""

    authentication_classes = []  # a client that still sends its key, right or wrong, gets the file
    permission_classes = []
    throttle_classes = [PollLimit]

    @extend_schema(exclude=True)
    def get(self, request: Request, uuid: str, name: str) -> HttpResponseBase:
        """Supports ranges, ETag and HEAD; answers 302 to the object store unless it is a folder."""
        format_name = format_of(name)
        job = completed(get_speech_job(uuid))
        if format_name != job.output_format and DOCUMENT in {format_name, job.output_format}:
            raise NotFoundError(f"This job made {file_name(job.output_format)} and nothing else.")
        source = job if format_name == job.output_format else request_rendition(job, format=format_name)
        if source.state == JobState.COMPLETED:
            answer = _file(request, source, name=name)
            return answer if isinstance(answer, HttpResponseBase) else Deferred(_at_once(answer))
        return Deferred(_when_made(request, source.uuid, name=name))


def format_of(name: str) -> str:
    """Format requested by a file name."""
    stem, _, extension = name.partition(".")
    for name_of_format in (*FORMATS, DOCUMENT):
        if stem in STEMS and extension == extension_of(name_of_format):
            return name_of_format
    raise NotFoundError(f"There is no file {name[:100]!r}: output.mp3, output.wav, … are.")


def completed(job: Job) -> Job:
    """The job, if it has a result. 409 before, 404 if it never will."""
    if job.state == JobState.COMPLETED and job.result:
        return job
    if not job.is_over:
        raise ConflictError("The job is not completed yet.", code="not_completed", headers={"Retry-After": retry_after.AT_NEXT_POLL})
    code, message = failure_of(job)
    raise NotFoundError(f"The job has no audio: {message}", code=code)


def _when_made(request: Request, made_uuid: UUID, *, name: str) -> Any:
    async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
        end = await exchange.wait_for_end(made_uuid, settings.TTSAI_SPEECH_WAIT_SECONDS)
        if end is None:
            raise GatewayTimeoutError("The file is still being made. Try again.", headers={"Retry-After": retry_after.WHEN_MADE})
        return await exchange.run(_made_file, request, made_uuid, name=name)

    return resolve


def _at_once(app: ASGIApp) -> Any:
    async def resolve(exchange: Exchange) -> ASGIApp:  # noqa: ARG001
        return app

    return resolve


def _made_file(request: Request, made_uuid: UUID, *, name: str) -> HttpResponseBase | ASGIApp:
    return _file(request, completed(Job.objects.get(uuid=made_uuid)), name=name)


def _file(request: Request, job: Job, *, name: str) -> HttpResponseBase | ASGIApp:
    result = job.result or {}
    content_type = content_type_of(job.output_format)
    url = get_storage().public_url(result["key"], file_name=name, content_type=content_type)
    if url is not None:
        return HttpResponse(status=302, headers={"Location": url, "Cache-Control": "no-store"})
    etag = f'"{result["sha256"]}"'
    headers = {
        "ETag": etag,
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": f"private, max-age={KEPT_SECONDS}",
    }
    if etag in (request.META.get("HTTP_IF_NONE_MATCH") or ""):
        return HttpResponseNotModified(headers=headers)
    path = get_storage().local_path(result["key"])
    if path is None or not path.is_file():
        raise GoneError("The file was deleted.")
    return RangedFile(path, stat=path.stat(), content_type=content_type, headers=headers, request_id=getattr(request, "request_id", ""))
