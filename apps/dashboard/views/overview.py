"""GET /dashboard/: the overview."""

from django.http.response import HttpResponseBase

from apps.accounts.roles import Permission
from apps.core.links import public_base
from apps.dashboard.overview import read_overview
from apps.dashboard.pages import dashboard_page, show
from apps.teams.access import AccountRequest


@dashboard_page("GET", permission=Permission.READ_USAGE)
def overview(request: AccountRequest) -> HttpResponseBase:
    """Balance, plan, limits, this month's use, recent jobs, first steps."""
    return show(request, "dashboard/overview.html", {"overview": read_overview(request.caller, base=public_base(request))})
