"""Numbers, sizes, times and states as every page writes them."""

from datetime import UTC, date, datetime
from typing import Final

STATES: Final = {
    "queued": "Queued",
    "processing": "In progress",
    "cancelling": "Cancelling",
    "completed": "Completed",
    "failed": "Failed",
    "expired": "Expired",
    "cancelled": "Cancelled",
    "waiting": "Waiting",
    "ready": "Ready",
    "refused": "Refused",
    "sending": "Sending",
    "retrying": "Retrying",
    "delivered": "Delivered",
    "enabled": "Enabled",
    "disabled": "Disabled",
    "revoked": "Revoked",
    "ended": "Ended",
    "over": "Done",
    "draft": "Draft",
    "training": "In training",
    "open": "Open",
    "paid": "Paid",
    "void": "Withdrawn",
    "uncollectible": "Not paid",
    "disputed": "Disputed",
    "refunded": "Refunded",
    "partly-refunded": "Partly refunded",
    "no-response": "No response",
}
"""Labels of states: jobs, batches, uploads, voices, deliveries, endpoints, keys, and invoices as Stripe names theirs."""


def state_label(state: str) -> str:
    """Label of a state; one that the table does not have is written like the others."""
    return STATES.get(state) or state.replace("_", " ").replace("-", " ").capitalize()


def format_number(value: float | None) -> str:
    """12,345 or 0.25: thousands with commas, at most three decimals."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def format_bytes(size: int | None) -> str:
    """Bytes in decimal units, as `formatBytes` of static/website/js/formats.js: 900 bytes, 12 kB, 1.5 MB, 20 MB, 2 GB."""
    if size is None:
        return "–"
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    unit, name = next((unit, name) for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if size >= unit * 0.9995)
    amount = size / unit
    return f"{amount:,.1f}".removesuffix(".0") + f" {name}" if amount < 9.95 else f"{amount:,.0f} {name}"


def format_day(on: date | datetime | str | None) -> str:
    """A day, of a moment the one in UTC: 30 Nov 2026."""
    return "–" if on is None or on == "" else f"{as_day(on):%-d %b %Y}"


def as_day(on: date | datetime | str) -> date:
    """Day of a date, a moment or either in ISO 8601."""
    if isinstance(on, str):
        on = datetime.fromisoformat(on)
    if isinstance(on, datetime):
        return on.astimezone(UTC).date() if on.tzinfo else on.date()
    return on
