"""Visitor of a page: the account that a session acts for, or somebody without one."""

from django.http import HttpRequest

from apps.accounts.acting import caller_of_member, find_person, list_own_memberships
from apps.accounts.models import AccountStatus
from apps.accounts.selectors import get_default_plan
from apps.playground.tools.declaration import Visitor


def find_visitor(request: HttpRequest) -> Visitor:
    """The visitor of the page, for two queries at most."""
    person = find_person(request)
    memberships = list_own_memberships(request, person) if person is not None else []
    if not memberships or memberships[0].account.status != AccountStatus.ACTIVE:
        return Visitor(get_default_plan())
    caller = caller_of_member(request, memberships[0])
    return Visitor(caller.plan, caller)
