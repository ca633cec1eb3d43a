"""GET /dashboard/batches/: the list and one batch with its items; POST: cancel one."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.batches.selectors import get_own_batch, list_items, list_own_batches
from apps.batches.services.cancel import cancel_batch
from apps.core.errors import ApplicationError
from apps.dashboard.job_rows import job_rows
from apps.dashboard.pages import dashboard_page, show
from apps.dashboard.paging import read_page
from apps.teams.access import AccountRequest


@dashboard_page("GET")
def batch_list(request: AccountRequest) -> HttpResponseBase:
    return show(request, "dashboard/batches.html", {"page": read_page(request, list_own_batches(request.caller))})


@dashboard_page("GET")
def batch(request: AccountRequest, batch_id: str) -> HttpResponseBase:
    found = get_own_batch(request.caller, batch_id=batch_id)
    rows = job_rows(item.job for item in list_items(found))
    return show(request, "dashboard/batch.html", {"batch": found, "rows": rows})


@dashboard_page("POST")
def cancel(request: AccountRequest, batch_id: str) -> HttpResponseBase:
    """Cancel what has not ended."""
    found = get_own_batch(request.caller, batch_id=batch_id)
    try:
        cancel_batch(found, reason="Its batch was cancelled by its owner.")
        messages.success(request, "The batch is being cancelled. Finished items stay.")
    except ApplicationError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("dashboard:batch", args=[found.uuid.hex]))
