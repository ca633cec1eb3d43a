"""Pages of a person who was invited. The token of the mail's link is kept in the session, so that it stays in no address bar and no log."""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.acting import SESSION_ACCOUNT, find_person
from apps.accounts.models import Role
from apps.accounts.roles import ROLE_DESCRIPTIONS
from apps.core.errors import ApplicationError, NotFoundError
from apps.teams.models import Invitation
from apps.teams.selectors import find_invitation
from apps.teams.services import accept_invitation, decline_invitation
from apps.teams.services.accepting import InvitationEndedError, check_address, check_inviter, check_open

SESSION_INVITATION: Final = "invitation_token"
INVITATION: Final = "/invitations/open/"


@require_safe
@never_cache
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the token of the mail's link, and show the invitation at an address without it."""
    request.session[SESSION_INVITATION] = token[:200]
    return HttpResponseRedirect(INVITATION)


@require_safe
@never_cache
def show_invitation(request: HttpRequest) -> HttpResponse:
    """The invitation: to accept, to log in for, or why it is no longer valid."""
    invitation, person = find_invitation(request.session.get(SESSION_INVITATION, "")), find_person(request)
    if invitation is None:
        return _ended(
            request, "This link is not valid any more. Open the link of the newest mail, or ask for a new invitation.", status=404
        )
    try:
        check_open(invitation)
        check_inviter(invitation)
        if person is not None:
            check_address(person, invitation)
    except InvitationEndedError as error:
        return _ended(request, error.message, status=410)
    except ApplicationError as error:
        return render(request, "teams/invitation.html", {**_shown(invitation), "wrong_address": error.message}, status=error.status)
    return render(request, "teams/invitation.html", {**_shown(invitation), "person": person})


@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Become a member, and act for that account."""

    def act(person: Any, invitation: Invitation) -> str:
        membership = accept_invitation(person, invitation_id=invitation.pk)
        request.session[SESSION_ACCOUNT] = membership.account_id
        return f"You are a member of {membership.account.name} now, as {membership.role}."

    return _answer(request, act)


@require_POST
def decline(request: HttpRequest) -> HttpResponse:
    """End the invitation."""

    def act(person: Any, invitation: Invitation) -> str:
        decline_invitation(person, invitation_id=invitation.pk)
        return "You declined the invitation."

    return _answer(request, act)


def _answer(request: HttpRequest, act: Callable[[Any, Invitation], str]) -> HttpResponse:
    person = find_person(request)
    if person is None:
        return HttpResponseRedirect(INVITATION)
    try:
        invitation = find_invitation(request.session.get(SESSION_INVITATION, ""))
        if invitation is None:
            raise NotFoundError("This link is not valid any more.")
        messages.success(request, act(person, invitation))
    except ApplicationError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(INVITATION)
    request.session.pop(SESSION_INVITATION, None)
    return HttpResponseRedirect("/dashboard/")


def _shown(invitation: Invitation) -> dict[str, Any]:
    back = {"next": INVITATION}
    return {
        "invitation": invitation,
        "role_description": ROLE_DESCRIPTIONS[Role(invitation.role)],
        "has_login": EmailAddress.objects.filter(email__iexact=invitation.email, verified=True).exists(),
        "login_url": f"/account/login/?{urlencode(back)}",
        "sign_up_url": f"/account/signup/?{urlencode({**back, 'email': invitation.email})}",
        "here": INVITATION,
    }


def _ended(request: HttpRequest, reason: str, *, status: int) -> HttpResponse:
    return render(request, "teams/invitation_ended.html", {"reason": reason}, status=status)
