"""Context of every template: the product's name, the menus, the person and the account."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts.acting import SESSION_ACCOUNT, find_person
from apps.accounts.impersonation import membership_of_visit
from apps.accounts.models import Account, AccountStatus, Membership
from apps.accounts.selectors import list_memberships
from apps.core.page_safety import csp_nonce
from apps.core.zones import SITE, zone_of_request
from apps.website.navigation import FOOTER, HEADER, TOOLS, dashboard_menu, existing, permissions_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the product's pages; other zones get the name only."""
    named = {
        "product_name": settings.TTSAI_PRODUCT_NAME,
        "csp_nonce": SimpleLazyObject(lambda: csp_nonce(request)),
        "has_payments": bool(settings.TTSAI_STRIPE_SECRET_KEY),
        **_menus(),
    }
    if zone_of_request(request) is not SITE:
        return {**named, "person": None, "current_account": None, "memberships": (), "dashboard_menu": (), "may": {}}
    memberships = cast("list[Membership]", SimpleLazyObject(lambda: _memberships(request)))
    return {
        **named,
        "person": SimpleLazyObject(lambda: find_person(request)),
        "current_account": SimpleLazyObject(lambda: memberships[0].account if memberships else None),
        "memberships": memberships,
        "dashboard_menu": SimpleLazyObject(lambda: _dashboard_menu(_role(memberships), is_suspended=_is_suspended(memberships))),
        "may": SimpleLazyObject(lambda: {permission.name.lower(): True for permission in permissions_of(_role(memberships))}),
    }


@cache
def _menus() -> dict[str, Any]:
    return {"tool_menu": existing(TOOLS), "header_menu": existing(HEADER), "footer_menu": existing(FOOTER)}


_dashboard_menu = cache(dashboard_menu)


def _memberships(request: HttpRequest) -> list[Membership]:
    known: list[Membership] | None = getattr(request, "memberships", None)  # apps.teams.access has read them
    if known is not None:
        return known
    person = find_person(request)
    visited = None if person is None else membership_of_visit(request, person)
    if visited is not None:
        return [visited]
    return [] if person is None else list_memberships(person, first_account_id=request.session.get(SESSION_ACCOUNT))


def acting_account(request: HttpRequest) -> Account | None:
    """Account that the person of a request acts in, on pages that visitors see too; None for a visitor."""
    request.memberships = memberships = _memberships(request)  # type: ignore[attr-defined]  # read once, here and by the context
    return memberships[0].account if memberships else None


def _is_suspended(memberships: Sequence[Membership]) -> bool:
    return bool(memberships) and memberships[0].account.status != AccountStatus.ACTIVE


def _role(memberships: Sequence[Membership]) -> str | None:
    """The person's role in the account that they act in."""
    return memberships[0].role if memberships else None
