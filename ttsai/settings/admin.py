"""Settings of the operator's admin: name, colours, menu."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, reverse_lazy
from django.utils.functional import lazy

from ttsai.settings.platform import TTSAI_PRODUCT_NAME

_MENU: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Work",
        (
            ("Jobs", "play_circle", "jobs_job"),
            ("Parts", "splitscreen", "jobs_part"),
            ("Batches", "stacks", "batches_batch"),
            ("Conversations", "forum", "conversations_conversation"),
        ),
    ),
    (
        "Machines and models",
        (
            ("Workers and queues", "monitor_heart", "live"),
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
            ("Use without a key", "public", "accounts_anonymoususe"),
            ("Erasures", "delete_forever", "privacy_erasure"),
        ),
    ),
    (
        "Trust",
        (
            ("Abuse reports", "flag", "abuse_reports_abusereport"),
            ("Takedowns", "gavel", "voices_takedown"),
            ("Blocked voices", "voice_over_off", "voices_blockedvoice"),
        ),
    ),
    (
        "Messages",
        (
            ("Announcements", "campaign", "announcements_announcement"),
            ("Incidents", "warning", "status_incident"),
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
            ("Payments", "payments", "payments_payment"),
            ("Debts of credits", "money_off", "payments_creditdebt"),
            ("Subscriptions", "autorenew", "payments_subscription"),
            ("Automatic top-ups", "bolt", "payments_autotopup"),
            ("Offers of plans", "shopping_bag", "payments_planoffer"),
            ("Credit packs", "inventory_2", "payments_creditpack"),
            ("Stripe events", "sync_alt", "payments_stripeevent"),
            ("Differences to Stripe", "difference", "payments_difference"),
            ("Plans", "workspace_premium", "accounts_plan"),
            ("Prices of tiers", "sell", "billing_tierprice"),
            ("Prices of services", "timer", "billing_serviceprice"),
        ),
    ),
    (
        "Operators",
        (
            ("Roles", "badge", "auth_group"),
            ("Audit log", "history", "audit_auditentry"),
        ),
    ),
)
"""Menu headings, each with (title, Material symbol, app and model, or the name of a page)."""
_PERMISSIONS = {"live": "operator.view_live"}
"""Permissions of pages that are no tables."""


def _may_see(name: str) -> Callable[[HttpRequest], bool]:
    app, _, model = name.rpartition("_")

    def may_see(request: HttpRequest) -> bool:
        return bool(_path(name)) and bool(request.user.has_perm(_PERMISSIONS.get(name) or f"{app}.view_{model}"))

    return may_see


@cache  # every page of the admin asks for each path several times
def _path(name: str) -> str:
    """Path of a page; empty for a table that no module of the admin registers."""
    try:
        return reverse(f"admin:{name}" if name in _PERMISSIONS else f"admin:{name}_changelist")
    except NoReverseMatch:
        return ""


def _menu() -> list[dict[str, Any]]:
    start = {"items": [{"title": "Start", "icon": "dashboard", "link": reverse_lazy("admin:index")}]}
    return [start] + [
        {
            "title": heading,
            "separator": True,
            "items": [
                {
                    "title": title,
                    "icon": icon,
                    "link": lazy(partial(_path, name), str)(),
                    "permission": _may_see(name),
                }
                for title, icon, name in items
            ],
        }
        for heading, items in _MENU
    ]


FORMAT_MODULE_PATH = "apps.operator.formats"

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": TTSAI_PRODUCT_NAME,
    "SITE_HEADER": TTSAI_PRODUCT_NAME,
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "apps.operator.start_page.add_figures",
    "LOGIN": {"form": "apps.operator.login.LoginForm"},
    "STYLES": [lambda _: static("operator/operator.css")],
    "SCRIPTS": [lambda _: static("operator/names.js"), lambda _: static("operator/charts.js")],
    "COLORS": {
        "base": {
            "50": "#faf9f6",
            "100": "#f2f0ea",
            "200": "#e4e1d9",
            "300": "#cfcbc0",
            "400": "#aaa69c",
            "500": "#8b877c",
            "600": "#5d5a53",
            "700": "#45433d",
            "800": "#33322d",
            "900": "#1b1b18",
            "950": "#131311",
        },
        "font": {
            "subtle-light": "#5d5a53",
            "subtle-dark": "#aaa69c",
            "default-light": "#45433d",
            "default-dark": "#cfcbc0",
            "important-light": "#1a1916",
            "important-dark": "#f1efe9",
        },
        "primary": {
            "50": "#f3f5fe",
            "100": "#e9ecfd",
            "200": "#d0d7fb",
            "300": "#b9c5ff",
            "400": "#9aabff",
            "500": "#5a70ea",
            "600": "#2b46d9",
            "700": "#2237b0",
            "800": "#1d2f92",
            "900": "#1b2a75",
            "950": "#10142e",
        },
    },
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": _menu()},
}
"""The neutral colours are paper, lines and ink, and the primary colour the accent, of apps/website/static/website/css/tokens.css."""
