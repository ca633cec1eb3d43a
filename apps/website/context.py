"""Context of every template: the product's name, the menus, the person and the account."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts.acting import SESSION_ACCOUNT, find_person
from apps.accounts.impersonation import membership_of_visit
from apps.accounts.models import Account, Membership
from apps.accounts.selectors import list_memberships
from apps.core.page_safety import csp_nonce
from apps.core.zones import SITE, zone_of_request
from apps.website.navigation import DASHBOARD, FOOTER, HEADER, TOOLS, Entry, existing


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the product's pages; other zones get the name only."""
    named = {"product_name": settings.TTSAI_PRODUCT_NAME, "csp_nonce": SimpleLazyObject(lambda: csp_nonce(request)), **_menus()}
    if zone_of_request(request) is not SITE:
        return {**named, "person": None, "current_account": None, "memberships": ()}
    return {
        **named,
        "person": SimpleLazyObject(lambda: find_person(request)),
        "current_account": SimpleLazyObject(lambda: _account(request)),
        "memberships": SimpleLazyObject(lambda: _memberships(request)),
    }


@cache
def _menus() -> dict[str, Any]:
    dashboard: list[tuple[str, list[Entry]]] = [(heading, existing(entries)) for heading, entries in DASHBOARD]
    return {
        "tool_menu": existing(TOOLS),
        "header_menu": existing(HEADER),
        "footer_menu": existing(FOOTER),
        "dashboard_menu": [(heading, entries) for heading, entries in dashboard if entries],
    }


def _memberships(request: HttpRequest) -> list[Membership]:
    person = find_person(request)
    visited = None if person is None else membership_of_visit(request, person)
    if visited is not None:
        return [visited]
    return [] if person is None else list_memberships(person, first_account_id=request.session.get(SESSION_ACCOUNT))


def _account(request: HttpRequest) -> Account | None:
    memberships = _memberships(request)
    return memberships[0].account if memberships else None
