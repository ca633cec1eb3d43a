"""URLs of abuse reports."""

from django.urls import path

from apps.abuse_reports import views

urlpatterns = [
    path("report/", views.report_view, name="report-abuse"),
    path("report/sent/", views.report_sent_view, name="abuse-report-sent"),
]
