"""GET /dashboard/usage/ and its CSV file: the numbers of GET /v1/usage/."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from apps.accounts.roles import Permission
from apps.core.errors import ApplicationError
from apps.dashboard.pages import dashboard_page, show
from apps.dashboard.periods import period_choices, today
from apps.dashboard.usage_table import GROUP_TITLES, read_usage_table, write_usage_csv
from apps.jobs.usage import Period, read_period
from apps.teams.access import AccountRequest


@dashboard_page("GET", permission=Permission.READ_USAGE)
def usage(request: AccountRequest) -> HttpResponseBase:
    """Charts and a table of a period by day, model or key."""
    group, error = request.GET.get("group_by") or "day", ""
    try:
        period, table = _asked_period(request), None
        table = read_usage_table(request.account.pk, period=period, group_by=group)
    except ApplicationError as refused:
        error, period, group = refused.message, read_period("", last=""), "day"
        table = read_usage_table(request.account.pk, period=period, group_by=group)
    context = {
        "table": table,
        "period": period,
        "group": group,
        "groups": GROUP_TITLES,
        "choices": period_choices(),
        "error": error,
        "today": today(),
        "query": request.GET.urlencode(),
    }
    return show(request, "dashboard/usage.html", context, status=400 if error else 200)


@dashboard_page("GET", permission=Permission.READ_USAGE)
def download(request: AccountRequest) -> HttpResponseBase:
    """The same table as a CSV file."""
    period, group = _asked_period(request), request.GET.get("group_by") or "day"
    table = read_usage_table(request.account.pk, period=period, group_by=group)
    name = f"usage-{period.first.isoformat()}-{period.last.isoformat()}-by-{group}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write_usage_csv(table), content_type="text/csv; charset=utf-8", headers=headers)


def _asked_period(request: AccountRequest) -> Period:
    return read_period(request.GET.get("from", "").strip(), last=request.GET.get("to", "").strip())
