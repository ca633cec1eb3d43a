"""Answers with several files: a ZIP archive that is made while it is sent, or their addresses."""

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.core.deferred import ASGIApp, Exchange
from apps.core.links import public_base
from apps.jobs.models import Job
from apps.jobs.waiting import Answer
from apps.speech.archives import archive_response
from apps.speech.audio_response import job_headers
from apps.speech.results import result_shape


def archive_or_addresses(request: Request) -> Answer:
    """Answer with JSON if the request accepts it by name, otherwise with an archive."""
    base, accepts_json = public_base(request), "application/json" in request.META.get("HTTP_ACCEPT", "").lower()

    def answer(job: Job, exchange: Exchange) -> HttpResponseBase | ASGIApp:
        if accepts_json:
            headers = {**job_headers(job), "Cache-Control": "no-store"}
            return JsonResponse(result_shape(job, base=base, has_words=False), headers=headers)
        return archive_response(job, exchange)

    return answer
