"""Public page on which anybody reports a voice or a result."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.abuse_reports.forms import ReportForm
from apps.abuse_reports.services.reports import report_abuse
from apps.core.addresses import client_address
from apps.core.errors import ApplicationError

FIELD_OF_PARAM = {"subject": "subject"}


@require_http_methods(["GET", "HEAD", "POST"])
def report_view(request: HttpRequest) -> HttpResponse:
    """Form, filled in by `?voice=` or `?result=`; a POST stores the report and leads to the thanks."""
    subject = (request.GET.get("voice") or request.GET.get("result") or "")[:100]
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"subject": subject})
    status = 200
    if form.is_bound and form.is_valid():
        try:
            report_abuse(**form.cleaned_data, address=client_address(request))
        except ApplicationError as error:
            form.add_error(FIELD_OF_PARAM.get(error.param or ""), error.message)
            status = error.status
        else:
            return redirect("abuse-report-sent")
    elif form.is_bound:
        status = 400
    return render(request, "abuse_reports/report.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD"])
def report_sent_view(request: HttpRequest) -> HttpResponse:
    return render(request, "abuse_reports/sent.html")
