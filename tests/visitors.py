"""Visitors of the site without an account: their token and address, and the plan's row that opens the tools to them."""

from typing import Any, Final

import httpx

from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.core.ttl_cache import clear_all_caches

TOKEN: Final = "a" * 32
ADDRESS: Final = "203.0.113.7"


def change_plan(**values: Any) -> None:
    """Change the row as an operator does."""
    Plan.objects.filter(slug=ANONYMOUS_PLAN).update(**values)
    clear_all_caches()


def error_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
