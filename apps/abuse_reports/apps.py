"""Django app configuration of abuse_reports."""

from django.apps import AppConfig


class AbuseReportsConfig(AppConfig):
    name = "apps.abuse_reports"
    label = "abuse_reports"
    verbose_name = "Abuse reports"
