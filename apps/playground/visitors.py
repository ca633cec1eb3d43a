"""Visitor of a page: a member of an account, or an anonymous caller, with what is left to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest

from apps.accounts.acting import caller_of_member, find_person, list_own_memberships
from apps.accounts.callers import Caller, anonymous_caller
from apps.accounts.models import Membership
from apps.accounts.selectors import count_anonymous_characters_of_today, get_anonymous_plan
from apps.billing import prices
from apps.billing.selectors import available_millicredits
from apps.core.addresses import address_block, client_address
from apps.core.errors import PermissionDeniedError
from apps.core.links import find_public_base


@dataclass(frozen=True, slots=True)
class Allowance:
    """Amount that a visitor may still use: characters of today, or credits."""

    kind: str
    """`characters` or `credits`."""
    left: float
    limit: int | None
    """Characters a day; None for credits."""
    renewed_in_seconds: int | None

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "left": self.left, "limit": self.limit, "renewed_in_seconds": self.renewed_in_seconds}


def find_visitor(request: HttpRequest) -> Caller | None:
    """Caller as the API by session sees this visitor; None if callers without an account are refused here."""
    memberships = _memberships(request)
    if memberships:
        return caller_of_member(request, memberships[0])
    plan = get_anonymous_plan()
    return None if plan is None else anonymous_caller(plan, address=client_address(request), public_base=find_public_base(request))


def read_allowance(visitor: Caller | None) -> Allowance | None:
    """Amount that is left to the visitor; None without a limit."""
    if visitor is None:
        return None
    if visitor.account is not None:
        return Allowance("credits", prices.credits(available_millicredits(visitor.account.pk)), None, None)
    limit = visitor.plan.characters_per_day
    if limit is None:
        return None
    used = count_anonymous_characters_of_today(address_block(visitor.address))
    now = datetime.now(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return Allowance("characters", max(0, limit - used), limit, int((midnight - now).total_seconds()) + 1)


def _memberships(request: HttpRequest) -> list[Membership]:
    person = find_person(request)
    try:
        return [] if person is None else list_own_memberships(request, person)
    except PermissionDeniedError:  # a write after they left the account that they chose: the API refuses it
        return []
