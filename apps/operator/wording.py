"""Numbers and names in words, for pages."""

from typing import Final

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
}
"""Labels of fields whose names are no English."""

CREDIT_FIELDS: Final = {
    "millicredits_per_1k_characters": ("Credits for 1,000 characters", "What the speech models of the tier cost."),
    "millicredits_per_1k": ("Credits for 1,000 characters", "Empty: the price of the tier."),
    "millicredits": ("Credits", ""),
    "monthly_millicredits": ("Credits a month", "For each paid month; a paid year gives twelve times as many."),
}
"""Label and help of fields that hold thousandths of a credit and are edited in credits."""


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
