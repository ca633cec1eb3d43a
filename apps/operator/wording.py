"""Numbers and names in words, for pages."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Model
from django.utils.text import capfirst

from apps.billing.prices import format_credits

LABELS: Final = {
    "uuid": "id",
    "job_uuid": "job",
    "api_key": "API key",
    "engine_id": "model",
    "engine_version": "version of the model",
    "account_id": "number of the account",
    "external_ref": "payment",
    "suspension_notice": "message to the members",
    "url": "URL",
    "webhook_url": "URL of the webhook",
    "boot": "start of the worker",
    "block": "address or network",
    "not_before": "waits until",
    "is_enabled": "enabled",
    "is_public": "public",
    "is_default": "default",
    "is_active": "active",
    "is_staff": "operator",
    "is_dismissible": "can be closed",
    "is_maintenance": "planned maintenance",
    "is_repaired": "repaired",
    "is_limited_apart": "limited apart from the account",
    "uses_cache": "cached results",
    "max_characters": "longest text",
    "max_upload_bytes": "largest upload",
    "max_projects": "most projects",
    "max_voices": "most voices",
    "max_samples": "most recordings of a voice",
    "retention_days": "days of retention",
    "stripe_id": "id at Stripe",
    "stripe_product": "product at Stripe",
    "stripe_price": "price at Stripe",
    "stripe_monthly_price": "monthly price at Stripe",
    "stripe_yearly_price": "yearly price at Stripe",
    "stripe_payment_intent": "payment at Stripe",
    "stripe_invoice": "invoice at Stripe",
    "monthly_price_minor": "price of a month",
    "yearly_price_minor": "price of a year",
    "price_minor": "price",
    "object_id": "object",
    "attempt_count": "attempts",
    "is_superuser": "superuser",
    "is_internal": "of the platform's probes",
    "is_blocked": "blocked",
    "is_taken_down": "taken down",
    "is_revoked": "consent revoked",
    "is_stopping": "stopping",
    "is_fitted": "fitted",
    "has_debt": "owes credits",
    "has_pending_update": "waits for a payment",
    "cancels_at_period_end": "ends with the period",
    "voice_id": "voice",
    "model_id": "model",
    "engine": "model",
    "error_code": "error",
    "disabled_reason": "reason",
    "concurrent_jobs": "jobs at once",
    "last_turn_at": "last turn",
    "last_announced_at": "last announced",
    "last_used_at": "last used",
    "next_attempt_at": "next attempt",
    "bytes": "size in bytes",
    "hits": "times used",
    "index": "position",
}
"""Labels of fields whose names are no English, in forms, headings of columns and filters."""
FORM_LABELS: Final = {name: capfirst(label) for name, label in LABELS.items()}
"""Labels of form fields, which Django writes as they are given."""

CREDIT_FIELDS: Final = {
    "millicredits_per_1k_characters": ("Credits for 1,000 characters", "What the speech models of the tier cost."),
    "millicredits_per_1k": ("Credits for 1,000 characters", "Empty: the price of the tier."),
    "millicredits": ("Credits", ""),
    "monthly_millicredits": ("Credits a month", "For each paid month; a paid year gives twelve times as many."),
}
"""Label and help of fields that hold thousandths of a credit and are edited in credits."""


def label_columns(models: Iterable[type[Model]]) -> None:
    """Give the fields their labels where forms do not: headings of columns and titles of filters read the name from the field.

    Migrations compare `_verbose_name`, which stays.
    """
    for model in models:
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented API
            field.verbose_name = LABELS.get(field.name, field.verbose_name)


def counted(number: int, noun: str) -> str:
    """`1 account`, `1,200 accounts`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_credits(millicredits: int | None) -> str:
    """Credits as customers see them: `1,234.568`, `12.5`, `0`."""
    return format_credits(millicredits or 0)


def caller_of(tenant: str) -> str:
    """`account 12`, or the address of a caller without a key."""
    kind, _, name = tenant.partition(":")
    return {"account": f"account {name}", "address": name or "forgotten address"}.get(kind, tenant)
