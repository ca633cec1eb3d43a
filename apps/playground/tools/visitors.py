"""Visitor of a page: the account that a session acts for, or somebody without one, who may use what the plan of anonymous callers opens."""

from django.http import HttpRequest

from apps.accounts.acting import caller_of_member, find_person, list_own_memberships
from apps.accounts.models import AccountStatus, Plan
from apps.accounts.selectors import count_anonymous_audio_of_today, get_anonymous_plan, get_default_plan
from apps.core.addresses import address_block, client_address
from apps.playground.tools.declaration import ToolPage, Visitor


def find_visitor(request: HttpRequest, page: ToolPage) -> Visitor:
    """The visitor of the page, for two queries at most."""
    person = find_person(request)
    memberships = list_own_memberships(request, person) if person is not None else []
    if not memberships or memberships[0].account.status != AccountStatus.ACTIVE:
        plan = get_anonymous_plan() if person is None else None
        return Visitor(plan if plan is not None and page.is_open_to_visitors(plan) else get_default_plan())
    caller = caller_of_member(request, memberships[0])
    return Visitor(caller.plan, caller)


def seconds_left_today(request: HttpRequest, plan: Plan) -> int | None:
    """Seconds of recordings that are left today to the address of a visitor without an account; None without a limit."""
    if plan.audio_seconds_per_day is None:
        return None
    used = count_anonymous_audio_of_today(address_block(client_address(request)))
    return max(0, int(plan.audio_seconds_per_day - used))
