"""Second factor of operators (TTSAI_STAFF_SECOND_FACTOR): the admin shows nothing to a session that has not proved one."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect

from apps.accounts.models import User
from apps.identity.second_factor import next_step

START: Final = "/admin/"


def is_required() -> bool:
    return bool(settings.TTSAI_STAFF_SECOND_FACTOR)


def lead_to_login(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect to the site's login, which knows second factors and passkeys, and leads back."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.GET.get('next') or START})}")


def lead_to_proof(request: HttpRequest) -> HttpResponseRedirect | None:
    """Redirect of an operator to the set-up or the proof of the second factor; None if the session may see the admin."""
    user = request.user
    if not is_required() or not isinstance(user, User) or not user.is_active or not user.is_staff:
        return None  # Django's own check answers strangers and customers
    step = next_step(request, user)
    if step is None:
        return None
    back = request.get_full_path() if request.method == "GET" else START
    return HttpResponseRedirect(f"{step}?{urlencode({'next': back, 'for': 'admin'})}")
