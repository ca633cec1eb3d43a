"""Settings of the operator's admin: name, colours, menu."""

from typing import Any

from django.urls import reverse_lazy

_MENU: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Work",
        (
            ("Jobs", "play_circle", "jobs_job"),
            ("Parts", "splitscreen", "jobs_part"),
            ("Batches", "stacks", "batches_batch"),
            ("Conversations", "forum", "conversations_conversation"),
            ("Workers", "memory", "catalog_worker"),
            ("Models", "neurology", "catalog_engine"),
            ("Stand-ins", "swap_horiz", "catalog_standin"),
            ("Voices", "record_voice_over", "catalog_voice"),
            ("Cache", "cached", "cache_cacheentry"),
        ),
    ),
    (
        "Customers",
        (
            ("Accounts", "domain", "accounts_account"),
            ("People", "group", "accounts_user"),
            ("API keys", "key", "accounts_apikey"),
            ("Own voices", "settings_voice", "voices_voice"),
            ("Blocked voices", "voice_over_off", "voices_blockedvoice"),
            ("Use without a key", "public", "accounts_anonymoususe"),
        ),
    ),
    (
        "Webhooks",
        (
            ("Endpoints", "webhook", "webhooks_endpoint"),
            ("Deliveries", "outbox", "webhooks_delivery"),
            ("Waiting notices", "hourglass_top", "core_notice"),
        ),
    ),
    (
        "Money",
        (
            ("Ledger", "receipt_long", "billing_ledgerentry"),
            ("Balances", "account_balance_wallet", "billing_balance"),
            ("Plans", "workspace_premium", "accounts_plan"),
            ("Prices of tiers", "sell", "billing_tierprice"),
            ("Prices of services", "timer", "billing_serviceprice"),
        ),
    ),
)
"""Menu headings, each with (title, Material symbol, app and model)."""


def _menu() -> list[dict[str, Any]]:
    start = {"items": [{"title": "Start", "icon": "dashboard", "link": reverse_lazy("admin:index")}]}
    return [start] + [
        {
            "title": heading,
            "separator": True,
            "items": [{"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")} for title, icon, model in items],
        }
        for heading, items in _MENU
    ]


FORMAT_MODULE_PATH = "apps.operator.formats"

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Speech Platform",
    "SITE_HEADER": "Speech Platform",
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": "/docs/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "apps.operator.start_page.add_figures",
    "LOGIN": {"form": "apps.operator.login.LoginForm"},
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": _menu()},
}
