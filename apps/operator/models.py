"""Permissions of operators for actions that are no change of one table's rows."""

from django.db import models


class OperatorAction(models.Model):
    """Permissions of actions and pages. It has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("suspend_account", "May suspend and reactivate accounts"),
            ("change_account_plan", "May change the plan of an account"),
            ("export_account", "May export the data of an account"),
            ("erase_account", "May erase an account"),
            ("impersonate_account", "May see the dashboard as an account, without changing anything"),
            ("revoke_key", "May revoke keys"),
            ("requeue_job", "May give the parts of a job to other workers"),
            ("take_down_voice", "May take voices down, and lift takedowns"),
            ("view_texts", "May see texts, names of files and results of customers"),
            ("view_live", "May see live workers and queues"),
            ("view_revenue", "May see revenue"),
            ("view_traffic", "May see usage, errors and latency"),
        ]

    def __str__(self) -> str:
        return "operator"
