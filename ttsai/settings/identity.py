"""Settings of people's accounts: django-allauth, sessions, social login."""

import os
from collections.abc import Mapping
from typing import Any

from ttsai.settings import environment
from ttsai.settings.api import TTSAI_FORM_ORIGINS
from ttsai.settings.platform import TTSAI_PRODUCT_NAME
from workers.contract.time_units import DAY_SECONDS

TTSAI_SIGN_UP = environment.text("TTSAI_SIGN_UP", "on").lower() not in {"off", "0", "false", "no"}
"""False (`off`): nobody signs up by themselves; the operator creates accounts."""

TTSAI_SIGN_UPS_PER_DAY = environment.number("TTSAI_SIGN_UPS_PER_DAY", 20)
"""Sign-ups per UTC day from an IPv4 address or a /64 network of IPv6."""

TTSAI_DISPOSABLE_SIGN_UPS_PER_DAY = environment.number("TTSAI_DISPOSABLE_SIGN_UPS_PER_DAY", 1)
"""The same for addresses of throw-away mailboxes; 0 refuses them."""


def asks_staff_for_second_factor(choice: str, variables: Mapping[str, str]) -> bool:
    """The choice `on` or `off`; without one it is on, but off on a bare `make run`, whose admin is for this machine."""
    is_demo = variables.get("TTSAI_DEMO", "1") != "0" and not variables.get("TTSAI_PUBLIC_URL", "").startswith("https://")
    return (choice or ("off" if is_demo else "on")).lower() not in {"off", "0", "false", "no"}


TTSAI_STAFF_SECOND_FACTOR = asks_staff_for_second_factor(environment.text("TTSAI_STAFF_SECOND_FACTOR"), os.environ)
"""`on`: the admin asks its operators for an authenticator app or a passkey; `off`. By default on with TTSAI_DEMO=0 (containers) or an https
address in TTSAI_PUBLIC_URL, off on a bare `make run`.
"""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/dashboard/"
LOGOUT_REDIRECT_URL = "/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
"""Rows alone: they survive a restart of Valkey, and a session that was ended while Valkey was away does not come back with it."""
SESSION_COOKIE_AGE = 30 * DAY_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if environment.text("TTSAI_PUBLIC_URL").startswith("https://"):
    # Browsers accept cookies with this prefix only over https, from this host, for all paths: no subdomain can plant one.
    SESSION_COOKIE_NAME = "__Host-sessionid"

CACHES = {"default": {"BACKEND": "apps.core.valkey_cache.ValkeyCache"}}
"""Cache of django-allauth's rate limits."""

ACCOUNT_ADAPTER = "apps.identity.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "apps.identity.forms.SignUpForm",
    "login": "apps.identity.forms.LoginForm",
    "add_email": "apps.identity.forms.AddEmailForm",
    "reset_password": "apps.identity.forms.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_ENABLED = TTSAI_SIGN_UP
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
"""A code and no link: it is bound to the session that asked, and its mail cannot be made to lead elsewhere by a forged Host header."""
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
"""django-allauth offers the change only where the address has no account yet, which would tell that."""
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "code", "mfa"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if environment.text("TTSAI_PUBLIC_URL").startswith("https://") else "http"
ACCOUNT_RATE_LIMITS = {"signup": "20/m/ip", "confirm_email": "4/m/key"}

MFA_ADAPTER = "apps.identity.adapters.MfaAdapter"
MFA_FORMS = {
    "activate_totp": "apps.identity.totp_forms.ActivateAppForm",
    "add_webauthn": "apps.identity.passkey_forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_ISSUER = TTSAI_PRODUCT_NAME
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not environment.text("TTSAI_PUBLIC_URL").startswith("https://")
"""Browsers allow passkeys without https on localhost alone."""


SOCIALACCOUNT_ADAPTER = "apps.identity.adapters.SocialAccountAdapter"
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

_GOOGLE_ID = environment.text("TTSAI_SOCIAL_GOOGLE_ID")
_GOOGLE_SECRET = environment.text("TTSAI_SOCIAL_GOOGLE_SECRET")
"""Client id and secret of Google's OAuth; both: people sign in with Google. Callback: /account/google/login/callback/."""

_GITHUB_ID = environment.text("TTSAI_SOCIAL_GITHUB_ID")
_GITHUB_SECRET = environment.text("TTSAI_SOCIAL_GITHUB_SECRET")
"""Client id and secret of GitHub's OAuth; both: people sign in with GitHub. Callback: /account/github/login/callback/."""

_OIDC_URL = environment.text("TTSAI_SOCIAL_OIDC_URL")
"""Address of an OpenID Connect server, to sign in with it. Callback: /account/oidc/sso/login/callback/."""

_OIDC_ID = environment.text("TTSAI_SOCIAL_OIDC_ID")
_OIDC_SECRET = environment.text("TTSAI_SOCIAL_OIDC_SECRET")
"""Client id and secret at the OpenID Connect server."""

_OIDC_NAME = environment.text("TTSAI_SOCIAL_OIDC_NAME", "Single sign-on")
"""Name of the OpenID Connect server on the button of the login page."""


def _social_app(client_id: str, secret: str) -> dict[str, Any] | None:
    """Application at a provider; None unless both variables are set."""
    return {"client_id": client_id, "secret": secret} if client_id and secret else None


def _social_providers() -> dict[str, Any]:
    """The providers whose variables are set; the pages have a button for each."""
    providers: dict[str, Any] = {}
    if google := _social_app(_GOOGLE_ID, _GOOGLE_SECRET):
        providers["google"] = {"APPS": [google], "SCOPE": ["profile", "email"], "OAUTH_PKCE_ENABLED": True}
    if github := _social_app(_GITHUB_ID, _GITHUB_SECRET):
        providers["github"] = {"APPS": [github], "SCOPE": ["user:email"]}
    if _OIDC_URL and (oidc := _social_app(_OIDC_ID, _OIDC_SECRET)):
        app = {**oidc, "provider_id": "sso", "name": _OIDC_NAME, "settings": {"server_url": _OIDC_URL, "oauth_pkce_enabled": True}}
        providers["openid_connect"] = {"APPS": [app]}
    return providers


SOCIALACCOUNT_PROVIDERS = _social_providers()
_ORIGINS = {
    "google": "https://accounts.google.com",
    "github": "https://github.com",
    "openid_connect": "/".join(_OIDC_URL.split("/")[:3]),
}
TTSAI_FORM_ORIGINS += [_ORIGINS[name] for name in SOCIALACCOUNT_PROVIDERS]
