"""Roles of operators: groups that see and do only what they need. Superusers may do everything."""

from dataclasses import dataclass
from typing import Final

VIEW_OF_CUSTOMERS: Final = (
    "accounts.view_account",
    "accounts.view_membership",
    "accounts.view_user",
    "accounts.view_plan",
    "billing.view_balance",
)


@dataclass(frozen=True, slots=True)
class OperatorRole:
    """Group of operators."""

    name: str
    permissions: tuple[str, ...]
    whole_apps: tuple[str, ...] = ()
    """Apps of which it has every permission."""


SUPPORT: Final = OperatorRole(
    "support",
    (
        *VIEW_OF_CUSTOMERS,
        "accounts.view_apikey",
        "accounts.view_anonymoususe",
        "jobs.view_job",
        "jobs.view_part",
        "batches.view_batch",
        "batches.view_batchitem",
        "conversations.view_conversation",
        "conversations.view_turn",
        "voices.view_voice",
        "voices.view_blockedvoice",
        "voices.add_blockedvoice",
        "voices.view_takedown",
        "webhooks.view_endpoint",
        "webhooks.view_delivery",
        "privacy.view_erasure",
        "abuse_reports.view_abusereport",
        "abuse_reports.change_abusereport",
        "operator.suspend_account",
        "operator.export_account",
        "operator.impersonate_account",
        "operator.revoke_key",
        "operator.take_down_voice",
        "operator.view_texts",
    ),
    ("announcements",),
)
"""Customers, their jobs with texts, keys' prefixes and voices; no money, no machines."""

FINANCE: Final = OperatorRole(
    "finance",
    (
        *VIEW_OF_CUSTOMERS,
        "accounts.add_plan",
        "accounts.change_plan",
        "billing.view_ledgerentry",
        "billing.add_ledgerentry",
        "billing.change_balance",
        "billing.view_tierprice",
        "billing.change_tierprice",
        "billing.view_serviceprice",
        "billing.change_serviceprice",
        "operator.change_account_plan",
        "operator.view_revenue",
    ),
    ("payments",),
)
"""Ledger, payments, plans and prices; accounts are found, not changed."""

OPERATIONS: Final = OperatorRole(
    "operations",
    (
        "accounts.view_plan",
        "catalog.view_worker",
        "catalog.delete_worker",
        "catalog.view_workerqueue",
        "catalog.view_engine",
        "catalog.change_engine",
        "catalog.view_voice",
        "catalog.change_voice",
        "catalog.view_standin",
        "catalog.add_standin",
        "catalog.change_standin",
        "catalog.delete_standin",
        "cache.view_cacheentry",
        "cache.delete_cacheentry",
        "jobs.view_job",
        "jobs.change_job",
        "jobs.view_part",
        "batches.view_batch",
        "batches.change_batch",
        "batches.view_batchitem",
        "webhooks.view_endpoint",
        "webhooks.change_endpoint",
        "webhooks.view_delivery",
        "webhooks.change_delivery",
        "core.view_notice",
        "operator.requeue_job",
        "operator.view_live",
        "operator.view_traffic",
    ),
    ("announcements", "status"),
)
"""Workers, queues, models, jobs and webhooks without their contents; no customers, no money."""

ROLES: Final = (SUPPORT, FINANCE, OPERATIONS)
