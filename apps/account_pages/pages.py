"""Pages of this app in their templates."""

from typing import Any

from django.http import HttpResponse

from apps.dashboard import pages
from apps.dashboard.pages import add_service_error
from apps.dashboard.pages import dashboard_page as member_page
from apps.teams.access import AccountRequest

__all__ = ["add_service_error", "member_page", "show"]


def show(request: AccountRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Page, with `can_change` for what only some roles may do."""
    return pages.show(request, f"account_pages/{template}.html", context, status=status)
