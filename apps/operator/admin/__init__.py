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
from apps.operator.wording import label_columns
from apps.voices.models import Enrolment

label_columns({*admin.site._registry, Enrolment})  # noqa: SLF001 - there is no other list; filters of voices read the enrolment
admin.site.index_template = "operator/start.html"
admin.site.index_title = "Start"
