"""GET /dashboard/jobs/: list, rows of the next page, one job, changes of running ones; POST: cancel and repeat."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from apps.accounts.selectors import list_keys
from apps.billing.selectors import available_millicredits
from apps.core import sse
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.sse import encode_events
from apps.core.streamed_body import StreamedBody
from apps.dashboard.job_changes import TEMPLATES, check_watched, show_jobs, watch_jobs
from apps.dashboard.job_details import read_job_details
from apps.dashboard.job_filters import JobFilterForm
from apps.dashboard.job_rows import job_row, job_rows, microseconds_of
from apps.dashboard.new_jobs import NewJobs, read_since
from apps.dashboard.pages import dashboard_page, show
from apps.dashboard.paging import PAGE_SIZE
from apps.jobs.selectors import JobPage, get_own_job, list_own_jobs
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.repeat import plan_repeat, repeat_job
from apps.teams.access import AccountRequest


@dashboard_page("GET")
def job_list(request: AccountRequest) -> HttpResponseBase:
    """Jobs, newest first, with filters."""
    form = JobFilterForm(request.GET, keys=list_keys(request.account))
    page, error = _page(request, form), form.first_error()
    context = {**_rows(page, form), "form": form, "error": error, "is_filtered": form.is_filtered}
    if form.is_open_to_new_jobs:
        newest = page.jobs[0].created_at if page.jobs else timezone.now()
        context |= {"since": microseconds_of(newest), "filter": form.query()}
    return show(request, "dashboard/jobs.html", context, status=400 if error else 200)


@dashboard_page("GET")
def job_rows_fragment(request: AccountRequest) -> HttpResponseBase:
    """The next rows of the list."""
    form = JobFilterForm(request.GET, keys=list_keys(request.account))
    page = _page(request, form)
    return show(request, "dashboard/jobs_rows.html", _rows(page, form), status=400 if form.first_error() else 200)


@dashboard_page("GET")
def job(request: AccountRequest, uuid: str) -> HttpResponseBase:
    """One job: player, words, files, cost, timeline."""
    found = get_own_job(request.caller, uuid_text=uuid)
    return show(request, "dashboard/job.html", {"details": read_job_details(found)})


@dashboard_page("GET")
def job_events(request: AccountRequest) -> HttpResponseBase:
    """Changes of the jobs that a page shows, as server-sent events; with `once` their present state as JSON, for a browser without events.

    With `since` and the filters of the list, jobs that were accepted after it are announced too.
    """
    view = request.GET.get("view", "row")
    if view not in TEMPLATES:
        raise InvalidRequestError(f"Unknown view {view[:50]!r}. Available: {', '.join(TEMPLATES)}.", param="view")
    caller, new_jobs = request.caller, _new_jobs(request)
    uuids = check_watched(caller, uuids=request.GET.getlist("job"), is_none_allowed=new_jobs is not None)
    if "once" in request.GET:
        jobs = {"jobs": uuids, "new": new_jobs.find() if new_jobs else []}
        return JsonResponse({name: [one.to_dict() for one in show_jobs(caller, uuids=of, view=view)] for name, of in jobs.items()})

    async def resolve(exchange: Exchange) -> ASGIApp:
        events = watch_jobs(exchange, uuids, show=lambda changed: show_jobs(caller, uuids=changed, view=view), new_jobs=new_jobs)
        return StreamedBody(encode_events(events), exchange=exchange, headers=sse.HEADERS)

    return Deferred(resolve)


@dashboard_page("POST")
def cancel(request: AccountRequest, uuid: str) -> HttpResponseBase:
    """Cancel a job; what is done is charged."""
    found = get_own_job(request.caller, uuid_text=uuid)
    try:
        cancelled = cancel_job(found, reason="Cancelled by its owner.")
        text = "The job is cancelled." if cancelled.is_over else "The job is being cancelled. Workers stop within a sentence."
        messages.success(request, text)
    except ApplicationError as error:  # it ended meanwhile
        messages.error(request, error.message)
    return _to_job(found.uuid.hex)


@dashboard_page("GET", "POST")
def repeat(request: AccountRequest, uuid: str) -> HttpResponseBase:
    """The same request as a new job: its price first, then the job."""
    found = get_own_job(request.caller, uuid_text=uuid)
    token, status = request.POST.get("token", ""), 200
    context: dict[str, Any]
    try:
        if request.method == "POST" and token:
            idempotency = Idempotency(key=f"repeat:{token[:64]}", body_digest=found.uuid.hex)
            request_id = str(getattr(request, "request_id", ""))
            submission = repeat_job(request.caller, found, idempotency=idempotency, request_id=request_id)
            return _to_job(submission.job.uuid.hex)
        context = {"plan": plan_repeat(request.caller, found)}
    except ApplicationError as error:
        context, status = {"error": error.message}, error.status
    row = job_row(found, key_name="", units_done=0)
    balance = available_millicredits(request.account.pk)
    return show(
        request, "dashboard/job_repeat.html", {**context, "row": row, "balance": balance, "token": secrets.token_urlsafe(16)}, status=status
    )


def _new_jobs(request: AccountRequest) -> NewJobs | None:
    """Announcer of new jobs, if the page asks for them."""
    if "since" not in request.GET:
        return None
    form = JobFilterForm(request.GET, keys=list_keys(request.account))
    wanted = form.wanted()
    if wanted is None:
        raise InvalidRequestError(form.first_error())
    return NewJobs(request.caller, wanted=wanted, since=read_since(request.GET["since"]))


def _page(request: AccountRequest, form: JobFilterForm) -> JobPage:
    """Page of the jobs that the form asks for; an empty one, with the error in the form, if it is invalid."""
    wanted = form.wanted()
    if wanted is None:
        return JobPage([], None)
    try:
        return list_own_jobs(request.caller, wanted=wanted, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    except ApplicationError as error:
        form.add_error(None, error.message)
        return JobPage([], None)


def _rows(page: JobPage, form: JobFilterForm) -> dict[str, Any]:
    return {"rows": job_rows(page.jobs), "next": form.query(cursor=page.next_cursor) if page.next_cursor else ""}


def _to_job(uuid: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:job", args=[uuid]))
