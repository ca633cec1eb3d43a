"""The operator's admin, one module per subject. Importing a module registers its tables."""

from django.contrib import admin

from apps.operator.admin import (
    abuse_reports,
    accounts,
    announcements,
    audit,
    batches,
    cache,
    catalog,
    conversations,
    jobs,
    keys,
    ledger,
    payments,
    plans,
    status,
    users,
    voices,
    webhooks,
)

admin.site.index_template = "operator/start.html"
admin.site.index_title = "Start"
