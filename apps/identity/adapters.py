"""django-allauth's hooks: addresses of clients, local redirects, mails through the outbox, the first account, encrypted TOTP keys."""

import base64
import hashlib
from datetime import timedelta
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from apps.accounts.models import Membership, User
from apps.core.addresses import client_address
from apps.core.errors import ApplicationError
from apps.identity.mails import content_of
from apps.identity.services import count_sign_up, open_first_account
from apps.mail.addresses import is_deliverable
from apps.mail.services import write_mail

SESSION_MAIL: Final = "last_mail"
"""Session entry with the number of the last mail that this session caused, whose state its pages show."""
CODE_LIFETIME: Final = timedelta(seconds=15 * 60)
NOTICE_LIFETIME: Final = timedelta(days=3)
INVITATIONS: Final = "/invitations/"
"""Pages after whose login no account is opened: the person comes for another one."""


class AccountAdapter(DefaultAccountAdapter):
    """Hooks of sign-up, login and mails."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is wrong.",
        "incorrect_password": "This password is wrong.",
        "incorrect_code": "This code is wrong, or no longer valid.",
        "too_many_login_attempts": "Too many attempts to sign in. Wait some minutes, then try again.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Address behind the trusted proxies, as everywhere else; rate limits count its /64 network if it is IPv6."""
        return client_address(request)

    def count_attempt(self, request: HttpRequest, *, login: str) -> None:
        """Count an attempt to log in with the limits of the login page. Raises ValidationError beyond those of the block or the account."""
        self.pre_authenticate(request, email=login)

    def forgive_attempt(self) -> None:
        """Take the counted attempt back: the password was right."""
        self._rollback_login_failed_rl_usage()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002 - allauth's signature
        """Key of an account's attempts. django-allauth adds the host of the request, which whoever guesses passwords chooses."""
        return str(credentials.get("email", "")).strip().lower()

    def is_safe_url(self, url: str) -> bool:
        """True for a path of this site only: no other host, however it is written."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def clean_email(self, email: str) -> str:
        """Refuse an address that no mail can be sent to, at sign-up, reset and change alike, whether it has an account or not."""
        email = super().clean_email(email)
        if not is_deliverable(email):
            raise ValidationError("No mail can be sent to this address: its domain is not valid.", code="undeliverable")
        return email

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox. Pages show its state, the same for addresses with an account and without one."""
        request = allauth_context.request
        lifetime = CODE_LIFETIME if "code" in context else NOTICE_LIFETIME
        content = content_of(template_prefix, to=email, context=context, request=request)
        mail = write_mail(template_prefix, to=email, content=content, lifetime=lifetime)
        request.session[SESSION_MAIL] = mail.pk

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Accept the address of an operator as it is: who creates operators has the server."""
        if user.is_staff and not EmailAddress.objects.filter(user=user).exists():
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Page after a login that names none: the admin for operators without an account, who have nothing to do on the dashboard."""
        user = request.user
        if isinstance(user, User) and user.is_staff and not Membership.objects.filter(user=user).exists():
            return reverse("admin:index")
        url: str = super().get_login_redirect_url(request)
        return url

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Open the first account of a person, unless they come to accept an invitation or work for the operator."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, User) and not user.is_staff and not response.headers.get("Location", "").startswith(INVITATIONS):
            open_first_account(user)
        return response


class MfaAdapter(DefaultMFAAdapter):
    """Keys of authenticator apps and recovery codes are encrypted with TTSAI_SECRET_KEY: a copy of the database opens nothing."""

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's signature
        """Name that the form of a new passkey suggests."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            message = "The second factor was stored with another TTSAI_SECRET_KEY. Ask the operator to remove it."
            raise PermissionDenied(message) from error


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Social login: applications come from the settings alone, and sign-ups by it are counted like others."""

    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's signature
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Applications by TTSAI_SOCIAL_…; none of the database, which needs a query on every login page."""
        found: dict[str, list[SocialApp]] = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        """The application of a provider; there is no page of one that the operator has not set up."""
        try:
            return super().get_app(request, provider=provider, client_id=client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404(f"no social login by {provider}") from error

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:  # noqa: ARG002 - allauth's signature
        """Refuse user information of another person than the ID token's, as OpenID Connect demands; django-allauth reads the first alone."""
        extra_data = sociallogin.account.extra_data
        information, token = (extra_data.get(name) or {} for name in ("userinfo", "id_token"))
        if information and token and information.get("sub") != token.get("sub"):
            raise PermissionDenied("The provider reported two people.")

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """Count the sign-up; beyond the day's limit the login page says so."""
        try:
            count_sign_up(email=sociallogin.user.email or "", address=client_address(request))
        except ApplicationError as error:
            messages.error(request, error.message)
            raise ImmediateHttpResponse(HttpResponseRedirect(settings.LOGIN_URL)) from error
        return super().save_user(request, sociallogin, form)


def check_sign_up(request: HttpRequest, email: str) -> None:
    """Count a sign-up by a form. Raises ValidationError beyond the day's limit."""
    try:
        count_sign_up(email=email, address=client_address(request))
    except ApplicationError as error:
        raise ValidationError(error.message, code=error.code) from error


def _cipher() -> MultiFernet:
    secrets = [str(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"identity.mfa:{one}".encode()).digest())) for one in secrets])
