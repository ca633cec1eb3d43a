"""Pages of a person beside django-allauth's: overview of security, the state of the last mail, sessions and the end of one."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.providers.openid_connect import views as openid_connect_views
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from apps.core.errors import NotFoundError
from apps.identity.adapters import SESSION_MAIL
from apps.identity.devices import name_device
from apps.identity.services import end_session, note_session
from apps.mail.models import OutgoingMail
from apps.teams.access import person_page

logger = logging.getLogger(__name__)


@require_safe
@never_cache
@person_page
def show_security(request: HttpRequest) -> HttpResponse:
    """Ways to log in of a person: address, password, second factors, sessions."""
    user: Any = request.user
    note_session(request)
    authenticators = list(Authenticator.objects.filter(user=user))
    kinds = {authenticator.type for authenticator in authenticators}
    values = {
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email"),
        "has_password": user.has_usable_password(),
        "has_totp": Authenticator.Type.TOTP in kinds,
        "passkeys": [one for one in authenticators if one.type == Authenticator.Type.WEBAUTHN],
        "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "session_count": UserSession.objects.filter(user=user).count(),
        "has_social_login": bool(get_social_adapter().list_providers(request)),
    }
    return render(request, "identity/security.html", values)


@require_safe
@never_cache
def show_mail_state(request: HttpRequest) -> HttpResponse:
    """Fragment with the state of the last mail of this session; it asks again while the mail waits."""
    mail = OutgoingMail.objects.filter(pk=request.session.get(SESSION_MAIL, 0)).first()
    return render(request, "identity/fragments/mail_state.html", {"mail": mail})


class SessionList(ListUserSessionsView):
    """django-allauth's list of sessions, this one first, with short names of the devices."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        note_session(request)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        sessions = sorted(context["sessions"], key=lambda session: (not session.is_current(), -session.created_at.timestamp()))
        context["devices"] = [(session, name_device(session.user_agent)) for session in sessions]
        return context


def oidc_step(step: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Wrap a view of django-allauth's OpenID Connect login: a server that does not answer is an error on the page before, not a 500."""

    @wraps(step)
    def step_or_message(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return step(request, provider_id)
        except RequestException as error:
            logger.warning("The OpenID Connect server of %s does not answer (%s)", provider_id, type(error).__name__)
            messages.error(request, "The other server does not answer. Try again in a minute, or sign in another way.")
            return HttpResponseRedirect(reverse("socialaccount_connections") if request.user.is_authenticated else settings.LOGIN_URL)

    return step_or_message


start_oidc_login = oidc_step(openid_connect_views.login)
finish_oidc_login = oidc_step(openid_connect_views.callback)

list_sessions = SessionList.as_view()
list_sessions.methods = ["GET", "POST"]  # tests/pages reads it


@require_POST
@person_page
def end_one_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End a session of the person, on another device as a rule."""
    user: Any = request.user
    try:
        end_session(user, session_id=session_id)
    except NotFoundError:
        messages.info(request, "That session had ended already.")
    else:
        messages.success(request, "The session was ended.")
    return HttpResponseRedirect(reverse("usersessions_list"))
