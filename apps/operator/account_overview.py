"""Figures and tables of an account's page, each only for operators who may see its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.models import Account
from apps.operator.admin.pages import in_credits, job_link
from apps.operator.contents import may_see_contents
from apps.operator.selectors import customers
from apps.operator.selectors.customers import Activity
from apps.webhooks.shown_urls import without_secrets


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    empty: str
    """Text in place of no rows."""
    link: str = ""
    """Page with all rows."""


@dataclass(frozen=True, slots=True)
class Overview:
    balance: int
    activity: Activity | None
    tables: list[Table]


def account_overview(request: HttpRequest, account: Account) -> Overview:
    may = request.user.has_perm
    shown_url: Callable[[str], str] = str if may_see_contents(request) else without_secrets
    makers: tuple[tuple[str, Callable[[Account], Table]], ...] = (
        ("jobs.view_job", _jobs),
        ("accounts.view_apikey", _keys),
        ("billing.view_ledgerentry", _ledger),
        ("webhooks.view_endpoint", partial(_endpoints, shown_url=shown_url)),
        ("webhooks.view_delivery", partial(_deliveries, shown_url=shown_url)),
        ("audit.view_auditentry", _actions),
    )
    balance = account.balance.available_millicredits if hasattr(account, "balance") else 0
    activity = customers.get_activity(account) if may("jobs.view_job") else None
    return Overview(balance, activity, [make(account) for permission, make in makers if may(permission)])


def _jobs(account: Account) -> Table:
    jobs = customers.list_latest_jobs(account)
    rows = [
        (
            job_link(job.pk),
            _time(job.created_at),
            job.kind,
            job.engine_id or "-",
            _state(job.state),
            in_credits(job.charged_millicredits),
            job.error_code or "-",
        )
        for job in jobs
    ]
    headers = ("Job", "Accepted", "Kind", "Model", "State", "Charged", "Error")
    return Table("Jobs", headers, rows, "This account has made no request yet.", _list("jobs_job", account))


def _keys(account: Account) -> Table:
    rows = [
        (
            _link("accounts_apikey", key.pk, f"{key.prefix}…"),
            key.name,
            ", ".join(key.scopes) or "everything",
            _time(key.created_at),
            _time(key.last_used_at),
            "works" if key.is_live else "revoked" if key.revoked_at else "expired",
        )
        for key in customers.list_latest_keys(account)
    ]
    headers = ("Key", "Name", "Scopes", "Made", "Last used", "State")
    return Table("API keys", headers, rows, "This account has no key.", _list("accounts_apikey", account))


def _ledger(account: Account) -> Table:
    rows = [
        (
            _link("billing_ledgerentry", entry.pk, _time(entry.created_at)),
            entry.kind,
            in_credits(entry.amount_millicredits),
            in_credits(entry.balance_after_millicredits),
            job_link(entry.job_uuid),
            entry.reason or "-",
            entry.actor or "-",
        )
        for entry in customers.list_latest_entries(account)
    ]
    headers = ("Entry", "Kind", "Credits", "Balance after", "Job", "Reason", "By")
    return Table("Ledger", headers, rows, "No credits have moved yet.", _list("billing_ledgerentry", account))


def _endpoints(account: Account, *, shown_url: Callable[[str], str]) -> Table:
    rows = [
        (
            _link("webhooks_endpoint", endpoint.pk, shown_url(endpoint.url)[:80]),
            ", ".join(endpoint.events) or "all",
            "off" if not endpoint.is_enabled else "failing" if endpoint.failing_since else "works",
            endpoint.disabled_reason or "-",
        )
        for endpoint in customers.list_endpoints(account)
    ]
    headers = ("Endpoint", "Events", "State", "Reason")
    return Table("Webhooks", headers, rows, "This account has no webhook endpoint.", _list("webhooks_endpoint", account))


def _deliveries(account: Account, *, shown_url: Callable[[str], str]) -> Table:
    rows = [
        (
            _link("webhooks_delivery", delivery.pk, _time(delivery.created_at)),
            delivery.event,
            delivery.state,
            delivery.attempt_count,
            shown_url(delivery.url)[:80],
        )
        for delivery in customers.list_latest_deliveries(account)
    ]
    headers = ("Delivery", "Event", "State", "Attempts", "URL")
    return Table("Webhook deliveries", headers, rows, "Nothing has been sent to this account.", _list("webhooks_delivery", account))


def _actions(account: Account) -> Table:
    rows = [
        (_link("audit_auditentry", entry.pk, _time(entry.created_at)), entry.actor, entry.action, entry.outcome, entry.message[:120])
        for entry in customers.list_latest_actions(account)
    ]
    path = f"{reverse('admin:audit_auditentry_changelist')}?account_id__exact={account.pk}"
    return Table(
        "Actions of operators", ("When", "Who", "Action", "Outcome", "Message"), rows, "No operator has changed anything here.", path
    )


def _list(name: str, account: Account) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?account__id__exact={account.pk}"


def _link(name: str, pk: object, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{name}_change", args=[pk]), text)


def _state(state: str) -> SafeString:
    return format_html('<span class="op-state op-state-{}">{}</span>', state, state)


def _time(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment is not None else "never"
