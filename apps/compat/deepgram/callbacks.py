"""Callbacks of pre-recorded transcription: the response is sent to the client's address once the job has ended."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from apps.compat.deepgram.errors import error_body
from apps.compat.deepgram.listening_answers import response_shape
from apps.compat.deepgram.listening_options import read_listening_options
from apps.compat.deepgram.parameters import Parameters
from apps.core.errors import GoneError
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import failure_as_error
from apps.transcription.kinds import TRANSCRIPTION
from apps.transcription.services import Callback
from apps.webhooks.services import record_callback
from apps.webhooks.services.endpoints import check_webhook_url

EVENT: Final = "deepgram.callback"
METHODS: Final = ("post", "put")


def read_callback(given: Parameters, *, query: str) -> Callback | None:
    """Callback of a request; None without one. Raises InvalidRequestError. query: of the request, as it was sent."""
    url = given.text("callback")
    method = given.choice("callback_method", "post", METHODS)
    if not url:
        return None
    check_webhook_url(url, param="callback")
    return Callback(EVENT, url=url, method=method, query=query)


def record_job_callback(job: Job) -> None:
    """Queue the callback of an ended job. One of TTSAI_JOB_END_OBSERVERS."""
    if job.kind != TRANSCRIPTION.name or job.account_id is None:
        return
    params = TRANSCRIPTION.read_params(job)
    if params.callback_event == EVENT and params.callback_url:
        source = {"job_id": str(job.uuid)}
        record_callback(job.account_id, event=EVENT, url=params.callback_url, method=params.callback_method, source=source)


def callback_text(source: Mapping[str, Any]) -> str:
    """Text of a callback: the response, or Deepgram's error where the job failed or its result was deleted since."""
    return json.dumps(_shape(str(source["job_id"])), ensure_ascii=False)


def _shape(job_uuid: str) -> dict[str, Any]:
    job = Job.objects.filter(uuid=job_uuid).first()
    if job is None or job.is_expired:
        return error_body(GoneError("The result was deleted."), job_uuid)
    if job.state != JobState.COMPLETED:
        return error_body(failure_as_error(job), job_uuid)
    request = Parameters(QueryDict(TRANSCRIPTION.read_params(job).callback_query))
    try:
        return response_shape(job, options=read_listening_options(request, is_live=False))
    except GoneError as error:
        return error_body(error, job_uuid)
