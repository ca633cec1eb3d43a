"""The page of an account's team, and its forms."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.acting import SESSION_ACCOUNT
from apps.accounts.models import Role
from apps.accounts.roles import ROLE_DESCRIPTIONS, Permission
from apps.core.errors import ApplicationError, NotFoundError
from apps.mail.links import link_base
from apps.teams import services
from apps.teams.access import AccountRequest, account_page
from apps.teams.selectors import list_member_events, list_members, list_open_invitations, list_orphaned_keys

TEAM = "/dashboard/team/"
Act = Callable[[], str]
"""Changes something and returns the sentence that the page shows."""


@require_safe
@account_page(Permission.READ_TEAM)
def show_team(request: AccountRequest) -> HttpResponse:
    """Members, invitations and history."""
    return _team(request)


@require_POST
@account_page(Permission.TEAM)
def invite(request: AccountRequest) -> HttpResponse:
    """Invite a person; a mistake is shown beside the form's field."""
    asked = {"email": request.POST.get("email", ""), "role": request.POST.get("role", "")}
    try:
        invitation = services.invite_person(request.caller, **asked, link_base=link_base(request))
    except ApplicationError as error:
        return _team(request, status=error.status, asked=asked, error=error.message, param=error.param or "email")
    messages.success(request, f"The invitation for {invitation.email} is on its way.")
    return HttpResponseRedirect(TEAM)


@require_POST
@account_page(Permission.TEAM)
def resend(request: AccountRequest, invitation_id: int) -> HttpResponse:
    """Send the mail of an invitation again."""

    def act() -> str:
        invitation = services.resend_invitation(request.caller, invitation_id=invitation_id, link_base=link_base(request))
        return f"A new mail for {invitation.email} is on its way; the link of the one before has ended."

    return _after(request, act)


@require_POST
@account_page(Permission.TEAM)
def revoke(request: AccountRequest, invitation_id: int) -> HttpResponse:
    def act() -> str:
        services.revoke_invitation(request.caller, invitation_id=invitation_id)
        return "The invitation was withdrawn."

    return _after(request, act)


@require_POST
@account_page(Permission.TEAM)
def change_role(request: AccountRequest, membership_id: int) -> HttpResponse:
    """Give a member another role."""

    def act() -> str:
        member = services.change_role(
            request.caller, membership_id=membership_id, role=request.POST.get("role", ""), revokes_keys="keeps_keys" not in request.POST
        )
        return f"{member.user.email} is {member.role} now."

    return _after(request, act)


@require_POST
@account_page(Permission.TEAM)
def remove(request: AccountRequest, membership_id: int) -> HttpResponse:
    """Remove a member, with their keys unless the box is ticked."""

    def act() -> str:
        revoked = services.remove_member(request.caller, membership_id=membership_id, revokes_keys="keeps_keys" not in request.POST)
        return f"The member was removed, and {revoked} API keys were revoked." if revoked else "The member was removed."

    return _after(request, act)


@require_POST
@account_page(Permission.TEAM)
def transfer(request: AccountRequest, membership_id: int) -> HttpResponse:
    """Make another member the owner in place of this person."""

    def act() -> str:
        return f"{services.transfer_ownership(request.caller, membership_id=membership_id).user.email} is the owner now, and you are a developer."

    return _after(request, act)


@require_POST
@account_page(Permission.ACCOUNT)
def rename(request: AccountRequest) -> HttpResponse:
    """Give the account another name."""

    def act() -> str:
        return f"The account is called {services.rename_account(request.caller, name=request.POST.get('name', '')).name} now."

    return _after(request, act)


@require_POST
@account_page(Permission.READ_USAGE)
def leave(request: AccountRequest) -> HttpResponse:
    """End the person's own membership."""
    try:
        services.leave_account(request.caller)
    except ApplicationError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(TEAM)
    request.session.pop(SESSION_ACCOUNT, None)
    messages.success(request, f"You left {request.account.name}.")
    return HttpResponseRedirect("/dashboard/")


def _after(request: AccountRequest, act: Act) -> HttpResponse:
    try:
        messages.success(request, act())
    except NotFoundError as error:
        raise Http404(error.message) from error
    except ApplicationError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(TEAM)


def _team(request: AccountRequest, *, status: int = 200, **form: Any) -> HttpResponse:
    values = {
        "members": list_members(request.account),
        "invitations": list_open_invitations(request.account),
        "events": list_member_events(request.account),
        "roles": [(role.value, role.label, ROLE_DESCRIPTIONS[role]) for role in Role],
        "orphaned_keys": list_orphaned_keys(request.account),
        "may_change": request.caller.may(Permission.TEAM),
        "now": timezone.now(),
        "form": form,
    }
    return render(request, "teams/team.html", values, status=status)
