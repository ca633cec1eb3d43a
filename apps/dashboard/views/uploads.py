"""GET /dashboard/uploads/: files that were sent in advance; POST: delete one. The page's script sends files to /web/v1/uploads/."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.dashboard.pages import dashboard_page, show
from apps.dashboard.paging import read_page
from apps.teams.access import AccountRequest
from apps.uploads.selectors import get_own_upload, kept_bytes, list_own_uploads
from apps.uploads.services.uploads import remove_upload


@dashboard_page("GET")
def upload_list(request: AccountRequest) -> HttpResponseBase:
    """Files, newest first, with the space that they take."""
    plan, most = request.caller.plan, settings.TTSAI_UPLOAD_BYTES
    context = {
        **_rows(request),
        "kept_bytes": kept_bytes(request.caller.tenant),
        "quota": settings.TTSAI_UPLOAD_QUOTA_BYTES,
        "max_bytes": most if plan.max_upload_bytes is None else min(most, plan.max_upload_bytes),
        "hours": settings.TTSAI_UPLOAD_KEPT_SECONDS // 3600,
    }
    return show(request, "dashboard/uploads.html", context)


@dashboard_page("GET")
def upload_rows(request: AccountRequest) -> HttpResponseBase:
    """The list alone, for the page's script after a file was sent."""
    return show(request, "dashboard/uploads_rows.html", _rows(request))


@dashboard_page("POST")
def delete(request: AccountRequest, upload_id: str) -> HttpResponseBase:
    """Delete a file. Jobs that use it can finish."""
    found = get_own_upload(request.caller, upload_id=upload_id)
    remove_upload(found)
    messages.success(request, f"{found.file_name or 'The file'} is deleted.")
    return HttpResponseRedirect(reverse("dashboard:uploads"))


def _rows(request: AccountRequest) -> dict[str, Any]:
    return {"page": read_page(request, list_own_uploads(request.caller))}
