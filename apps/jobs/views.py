"""Views of /v1/jobs/ (an account's jobs), /v1/usage/, /v1/health/ and voice previews."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.core import retry_after, sse
from apps.core.caching import NO_STORE
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import GatewayTimeoutError, InvalidRequestError
from apps.core.links import download_url
from apps.core.sse import encode_events
from apps.core.streamed_body import StreamedBody
from apps.jobs.event_stream import job_events
from apps.jobs.health import monitor
from apps.jobs.models import Job
from apps.jobs.results import main_file_name
from apps.jobs.selectors import PUBLIC_STATES, JobFilter, get_own_job, list_own_jobs, read_units_done
from apps.jobs.serializers import HealthSerializer, JobPageSerializer, JobSerializer, UsageSerializer, job_shape
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.event_readers import can_read_words, record_event_reader
from apps.jobs.services.previews import check_preview, request_preview
from apps.jobs.usage import GROUPS, read_period, read_usage

CANCEL_WAIT_SECONDS = 3.0
"""Longest wait of a cancellation for the worker, which stops within a sentence."""
PREVIEW_WAIT_SECONDS = 60.0
LARGEST_PAGE = 100


class JobListView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:read")]

    @extend_schema(
        operation_id="jobs_list",
        tags=["jobs"],
        summary="List jobs",
        parameters=[
            OpenApiParameter("status", str, enum=list(PUBLIC_STATES.values())),
            OpenApiParameter("limit", int, description=f"20 unless given, at most {LARGEST_PAGE}."),
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
        ],
        responses=JobPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """List the account's jobs, newest first."""
        asked = request.query_params
        limit = _limit(asked.get("limit", "").strip() or "20")
        wanted = JobFilter(status=asked.get("status", ""))
        page = list_own_jobs(get_caller(request), wanted=wanted, cursor=asked.get("cursor", ""), limit=limit)
        units_done = read_units_done(page.jobs)
        jobs = [job_shape(request, job, units_done=units_done) for job in page.jobs]
        return Response({"jobs": jobs, "next_cursor": page.next_cursor}, headers=NO_STORE)


class JobView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:read")]
    throttle_classes = [PollLimit]

    @extend_schema(operation_id="jobs_get", tags=["jobs"], responses=JobSerializer, summary="One job")
    def get(self, request: Request, uuid: str) -> Response:
        """Current state of a job. Polls do not count against the request limit."""
        return Response(_shape(request, get_own_job(get_caller(request), uuid_text=uuid)), headers=NO_STORE)


class JobCancelView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:write")]

    @extend_schema(operation_id="jobs_cancel", tags=["jobs"], request=None, responses=JobSerializer, summary="Cancel a job")
    def post(self, request: Request, uuid: str) -> HttpResponseBase:
        """Cancel a job. Finished work is charged, the rest is released. The status is `cancelling` while a worker has not stopped yet; 409
        if the job is over.
        """
        job = cancel_job(get_own_job(get_caller(request), uuid_text=uuid), reason="Cancelled by its owner.")
        if job.is_over:
            return Response(_shape(request, job), headers=NO_STORE)
        return Deferred(_wait_for_cancellation(request, job.uuid))


class JobEventsView(APIView):
    """Watch a job."""

    permission_classes = [HasAccount, scope_required("jobs:read")]
    throttle_classes = [PollLimit]

    @extend_schema(
        operation_id="jobs_events",
        tags=["jobs"],
        summary="Watch a job",
        parameters=[OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER, description="Continue after this event.")],
        responses={(200, "text/event-stream"): OpenApiResponse(str, description="started, progress, words; the last event is `end`.")},
    )
    def get(self, request: Request, uuid: str) -> HttpResponseBase:
        """Server-sent events until the end of the job. Watching never cancels; disconnect and reconnect at any time. Words of an answer or
        a translation that are read here are charged with the work done for them, even if the job fails afterwards.
        """
        job = record_event_reader(get_own_job(get_caller(request), uuid_text=uuid))
        after_id = request.META.get("HTTP_LAST_EVENT_ID", "0")

        async def resolve(exchange: Exchange) -> ASGIApp:
            events = job_events(exchange.events(job.uuid, after_id), has_words=can_read_words(job))
            return StreamedBody(encode_events(events), exchange=exchange, headers=sse.HEADERS)

        return Deferred(resolve)


class UsageView(APIView):
    permission_classes = [HasAccount, scope_required("account:read")]

    @extend_schema(
        operation_id="usage",
        tags=["account"],
        summary="Usage",
        parameters=[
            OpenApiParameter("from", str, description="A day in UTC, 2026-01-01; 30 days ago unless given."),
            OpenApiParameter("to", str, description="A day in UTC, included; today unless given."),
            OpenApiParameter("group_by", str, enum=GROUPS, description="`day` unless given."),
        ],
        responses=UsageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Jobs, characters and credits by day, model or key."""
        asked = request.query_params
        period = read_period(asked.get("from", ""), last=asked.get("to", ""))
        usage = read_usage(get_caller(request).required_account.pk, period=period, group_by=asked.get("group_by") or "day")
        return Response(usage, headers=NO_STORE)


class HealthView(APIView):
    """Platform health. In the web process ttsai/web/probes.py answers instead, without a Django thread."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    @extend_schema(operation_id="health", tags=["health"], responses=HealthSerializer, summary="Health")
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Health of the platform, always 200, without a key: `status` is `online` or `degraded`, `away` lists the missing parts."""
        health = monitor.read()
        return Response(health.to_dict(), headers=health.headers)


class PreviewView(APIView):
    """Preview of a voice."""

    waits_for_job = True

    authentication_classes = []  # like a download: an <audio> element sends no key, and an SDK sends any
    permission_classes = []
    throttle_classes = [PollLimit]

    @extend_schema(
        operation_id="voices_preview",
        tags=["voices"],
        summary="Hear a voice",
        responses={302: OpenApiResponse(description="To the audio, made at the first request.")},
    )
    def get(self, request: Request, model_id: str, voice_id: str) -> HttpResponseBase:
        """Redirect to a sample sentence in this voice."""
        job = request_preview(model_id, voice_id=voice_id)
        if job.is_over:
            return _to_audio(request, check_preview(job))
        return Deferred(_wait_for_preview(request, job.uuid))


def _shape(request: Request, job: Job) -> dict[str, Any]:
    return job_shape(request, job, units_done=read_units_done([job]))


def _wait_for_cancellation(request: Request, job_uuid: UUID) -> Any:
    def answer() -> HttpResponse:
        return JsonResponse(_shape(request, Job.objects.get(uuid=job_uuid)), headers=NO_STORE)

    async def resolve(exchange: Exchange) -> HttpResponse:
        await exchange.wait_for_end(job_uuid, CANCEL_WAIT_SECONDS)
        return await exchange.run(answer)

    return resolve


def _wait_for_preview(request: Request, job_uuid: UUID) -> Any:
    async def resolve(exchange: Exchange) -> HttpResponse:
        if await exchange.wait_for_end(job_uuid, PREVIEW_WAIT_SECONDS) is None:
            raise GatewayTimeoutError("The preview is still being created. Try again.", headers={"Retry-After": retry_after.FILE_PENDING})
        job = await exchange.run(lambda: check_preview(Job.objects.get(uuid=job_uuid)))
        return _to_audio(request, job)

    return resolve


def _to_audio(request: Request, job: Job) -> HttpResponse:
    address = download_url(request, job.uuid, file_name=main_file_name(job.output_format))
    return HttpResponse(status=302, headers={"Location": address, "Cache-Control": "public, max-age=300"})


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LARGEST_PAGE:
        raise InvalidRequestError(f"limit is a number from 1 to {LARGEST_PAGE}.", param="limit")
    return int(text)
