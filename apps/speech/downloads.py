"""View of /static/downloads/<uuid>/<name>: the outputs of a job by name, and its audio in any format, converted on demand."""

import hashlib
import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
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
from apps.jobs.results import ResultOutput, main_file_name
from apps.jobs.selectors import list_planned_files
from apps.jobs.services.fetches import record_fetch
from apps.jobs.services.renditions import request_rendition
from apps.speech.archives import archive_response
from apps.speech.selectors import get_speech_job
from workers.contract.formats import FORMATS, OTHER_CONTENT_TYPES, extension_of
from workers.contract.time_units import HOUR_SECONDS

STEMS = ("output", "tts_output")
"""File names without extension. The official SDK requests tts_output.wav if a response had no URL."""
ARCHIVE = "archive.zip"
"""All files of a job together."""
KEPT_SECONDS = HOUR_SECONDS
MOST_LISTED = 20
EXTENSIONS = {extension_of(name): name for name in (*FORMATS, *OTHER_CONTENT_TYPES)}
"""Formats by the extension of a file."""
_STEM = re.compile(r"[A-Za-z0-9_]{1,100}")


class DownloadView(APIView):
    """Download of a file of a job: its main output as `output.<extension>`, any output as `<name>.<extension>`, all as `archive.zip`."""

    authentication_classes = []  # a client that still sends its key, right or wrong, gets the file
    permission_classes = []
    throttle_classes = [PollLimit]

    @extend_schema(exclude=True)
    def get(self, request: Request, uuid: str, name: str) -> HttpResponseBase:
        """Supports ranges, ETag and HEAD; answers 302 to the object store unless it is a folder."""
        if name == ARCHIVE:
            return Deferred(_send_archive(completed(get_speech_job(uuid))))
        check_name(name)
        job = get_speech_job(uuid)
        if name.partition(".")[0] not in STEMS:
            output = find_named_output(job, name)
            record_fetch(job)
            return answer_file(request, output, name=name)
        job, format_name = completed(job), format_of(name)
        if format_name != job.output_format and not {format_name, job.output_format} <= FORMATS.keys():
            raise NotFoundError(f"The main file of this job is {main_file_name(job.output_format)}.")
        record_fetch(job)
        source = job if format_name == job.output_format else request_rendition(job, format=format_name)
        if source.state == JobState.COMPLETED:
            return answer_file(request, _main_output(source), name=name)
        return Deferred(_wait_for_file(request, source.uuid, name=name))


def check_name(name: str) -> None:
    """Raise NotFoundError for a name that no job's file can have."""
    stem, _, extension = name.partition(".")
    if not _STEM.fullmatch(stem) or extension not in EXTENSIONS:
        raise NotFoundError(f"There is no file {name[:100]!r}. Available: output.mp3, output.wav, …")


def format_of(name: str) -> str:
    """The format that the extension of a checked file name asks for."""
    return EXTENSIONS[name.partition(".")[2]]


def find_named_output(job: Job, name: str) -> ResultOutput:
    """Output that is downloaded as `name`. 409 while the job is not completed, 404 if it has no such file."""
    names = [output.file_name for output in completed(job).outputs] if job.is_over else list_planned_files(job)
    if name not in names:
        raise NotFoundError(
            f"This job has no file {name!r}. It has {', '.join([main_file_name(job.output_format), *names[:MOST_LISTED]])}."
        )
    return next(output for output in completed(job).outputs if output.file_name == name)


def completed(job: Job) -> Job:
    """The job, if it has a result. 409 before, 404 if it never will."""
    if job.state == JobState.COMPLETED and job.result:
        return job
    if not job.is_over:
        raise ConflictError("The job is not completed yet.", code="not_completed", headers={"Retry-After": retry_after.JOB_RUNNING})
    code, message = failure_of(job)
    raise NotFoundError(f"The job has no audio: {message}", code=code)


def _wait_for_file(request: Request, made_uuid: UUID, *, name: str) -> Any:
    async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
        end = await exchange.wait_for_end(made_uuid, settings.TTSAI_SPEECH_WAIT_SECONDS)
        if end is None:
            raise GatewayTimeoutError("The file is still being created. Try again.", headers={"Retry-After": retry_after.FILE_PENDING})
        return await exchange.run(_created_file, request, made_uuid, name=name)

    return resolve


def _send_archive(job: Job) -> Any:
    async def resolve(exchange: Exchange) -> ASGIApp:
        return await exchange.run(archive_response, job, exchange)

    return resolve


def _deferred_app(app: ASGIApp) -> Any:
    async def resolve(exchange: Exchange) -> ASGIApp:  # noqa: ARG001
        return app

    return resolve


def _created_file(request: Request, made_uuid: UUID, *, name: str) -> HttpResponseBase | ASGIApp:
    return _file(request, _main_output(completed(Job.objects.get(uuid=made_uuid))), name=name)


def _main_output(job: Job) -> ResultOutput:
    if job.main_output is None:
        raise GoneError("The file was deleted.")
    return job.main_output


def answer_file(request: Request, output: ResultOutput, *, name: str) -> HttpResponseBase:
    """Response with a stored file, which is downloaded as `name`."""
    return _answer(_file(request, output, name=name))


def _answer(file: HttpResponseBase | ASGIApp) -> HttpResponseBase:
    return file if isinstance(file, HttpResponseBase) else Deferred(_deferred_app(file))


def answer_object(request: HttpRequest | Request, key: str, *, digest: str, content_type: str, name: str) -> HttpResponseBase:
    """Response with any stored object, which is downloaded as `name`. digest: of its content, or of its key."""
    return _answer(_object(request, key, digest=digest, content_type=content_type, name=name))


def _file(request: Request, output: ResultOutput, *, name: str) -> HttpResponseBase | ASGIApp:
    digest = output.sha256 or hashlib.sha256(output.key.encode()).hexdigest()  # an object of a key never changes
    return _object(request, output.key, digest=digest, content_type=output.media_type, name=name)


def _object(request: HttpRequest | Request, key: str, *, digest: str, content_type: str, name: str) -> HttpResponseBase | ASGIApp:
    url = get_storage().public_url(key, file_name=name, content_type=content_type)
    if url is not None:
        return HttpResponse(status=302, headers={"Location": url, "Cache-Control": "no-store"})
    etag = f'"{digest}"'
    headers = {
        "ETag": etag,
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": f"private, max-age={KEPT_SECONDS}",
    }
    if etag in (request.META.get("HTTP_IF_NONE_MATCH") or ""):
        return HttpResponseNotModified(headers=headers)
    path = get_storage().local_path(key)
    if path is None or not path.is_file():
        raise GoneError("The file was deleted.")
    return RangedFile(path, stat=path.stat(), content_type=content_type, headers=headers, request_id=getattr(request, "request_id", ""))
