"""Table of roles in docs/operators.md: each word stands for permissions, and together they are exactly those of the role."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from apps.operator.roles import ROLES, OperatorRole
from apps.operator.services.roles import permissions_of

pytestmark = pytest.mark.django_db


def changes(app: str, *models: str) -> set[str]:
    """Permissions to add, change and delete rows."""
    return {f"{app}.{verb}_{model}" for verb in ("add", "change", "delete") for model in models}


PAYMENTS: Final = (
    "autotopup", "creditdebt", "creditpack", "customer", "difference", "payment", "planoffer", "stripeevent", "subscription", "topup",
)  # fmt: skip
STATUS: Final = ("incident", "incidentupdate", "minute", "day", "probejob")
SEES: Final[dict[str, set[str]]] = {
    "accounts": {"accounts.view_account"},
    "people": {"accounts.view_user", "accounts.view_membership"},
    "plans": {"accounts.view_plan"},
    "balances": {"billing.view_balance"},
    "keys": {"accounts.view_apikey"},
    "visitors' use": {"accounts.view_anonymoususe"},
    "jobs": {"jobs.view_job", "jobs.view_part"},
    "batches": {"batches.view_batch", "batches.view_batchitem"},
    "texts": {"operator.view_texts"},
    "conversations": {"conversations.view_conversation", "conversations.view_turn"},
    "own voices": {"voices.view_voice"},
    "block list": {"voices.view_blockedvoice"},
    "takedowns": {"voices.view_takedown"},
    "abuse reports": {"abuse_reports.view_abusereport"},
    "webhooks": {"webhooks.view_endpoint", "webhooks.view_delivery"},
    "erasures": {"privacy.view_erasure"},
    "announcements": {"announcements.view_announcement", "announcements.view_dismissal"},
    "ledger": {"billing.view_ledgerentry"},
    "prices": {"billing.view_tierprice", "billing.view_serviceprice"},
    "payments": {f"payments.view_{model}" for model in PAYMENTS},
    "revenue": {"operator.view_revenue"},
    "workers": {"catalog.view_worker", "catalog.view_workerqueue"},
    "models": {"catalog.view_engine"},
    "built-in voices": {"catalog.view_voice"},
    "stand-ins": {"catalog.view_standin"},
    "cache": {"cache.view_cacheentry"},
    "notices": {"core.view_notice"},
    "live queues": {"operator.view_live"},
    "traffic": {"operator.view_traffic"},
    "status": {f"status.view_{model}" for model in STATUS},
}
DOES: Final[dict[str, set[str]]] = {
    "suspends accounts": {"operator.suspend_account"},
    "exports accounts": {"operator.export_account"},
    "sees as customer": {"operator.impersonate_account"},
    "revokes keys": {"operator.revoke_key"},
    "takes voices down": {"operator.take_down_voice"},
    "blocks speakers": {"voices.add_blockedvoice"},
    "works reports": {"abuse_reports.change_abusereport"},
    "writes announcements": changes("announcements", "announcement", "dismissal"),
    "adjusts credits": {"billing.add_ledgerentry"},
    "sets balance warnings": {"billing.change_balance"},
    "edits plans": {"accounts.add_plan", "accounts.change_plan"},
    "edits prices": {"billing.change_tierprice", "billing.change_serviceprice"},
    "puts accounts on a plan": {"operator.change_account_plan"},
    "edits offers and settles payments": changes("payments", *PAYMENTS),
    "removes workers": {"catalog.delete_worker"},
    "edits models": {"catalog.change_engine"},
    "edits built-in voices": {"catalog.change_voice"},
    "edits stand-ins": changes("catalog", "standin"),
    "clears cache": {"cache.delete_cacheentry"},
    "cancels jobs": {"jobs.change_job"},
    "requeues jobs": {"operator.requeue_job"},
    "cancels batches": {"batches.change_batch"},
    "switches endpoints": {"webhooks.change_endpoint"},
    "replays deliveries": {"webhooks.change_delivery"},
    "writes incidents": changes("status", *STATUS),
}


def rows_of_table() -> dict[str, tuple[list[str], list[str]]]:
    text = Path(settings.BASE_DIR, "docs", "operators.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return {name: (sees.split(", "), does.split(", ")) for name, sees, does in rows}


def permissions_behind(words: Iterable[str], *, meanings: dict[str, set[str]]) -> set[str]:
    found: set[str] = set().union(*(meanings[word] for word in words))
    return found


def test_table_of_roles_has_one_row_for_each_role() -> None:
    assert set(rows_of_table()) == {role.name for role in ROLES}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_row_of_a_role_names_exactly_its_permissions(role: OperatorRole) -> None:
    sees, does = rows_of_table()[role.name]
    held = {f"{one.content_type.app_label}.{one.codename}" for one in permissions_of(role)}
    assert permissions_behind(sees, meanings=SEES) == {one for one in held if one.partition(".")[2].startswith("view_")}
    assert permissions_behind(does, meanings=DOES) == {one for one in held if not one.partition(".")[2].startswith("view_")}
