"""Rows of apps/identity/urls.py: our pages, and those of django-allauth that show something of a person."""

from tests.pages.table import file, fragment, page, post

WITHOUT_A_SECOND_FACTOR = (
    "account/2fa/recovery-codes/",
    "account/2fa/recovery-codes/download/",
    "account/2fa/totp/deactivate/",
)
"""Pages of people who have an authenticator app."""
CHANGES_OF_FACTORS = (
    "account/2fa/recovery-codes/generate/",
    "account/2fa/webauthn/add/",
    "account/2fa/webauthn/keys/<pk>/edit/",
    "account/2fa/webauthn/keys/<pk>/remove/",
)
"""Forms that lead to the page that asks for the password again."""
LED_ON = (
    "account/2fa/reauthenticate/",
    "account/2fa/webauthn/reauthenticate/",
    "account/password/set/",
    "account/reauthenticate/code/confirm/",
)
"""Pages of one way to confirm who it is, which lead to another way."""
PARTS_OF_A_LOGIN = (
    "account/2fa/authenticate/",
    "account/2fa/webauthn/login/",
    "account/2fa/webauthn/signup/",
    "account/3rdparty/signup/",
    "account/confirm-email/",
    "account/login/code/confirm/",
    "account/password/reset/complete/",
    "account/password/reset/confirm/",
)
"""Pages in the middle of a login, sign-up or reset that nobody began: they lead back to its first page, or on."""
PROVIDERS_NOT_SET_UP = (
    "account/github/login/",
    "account/github/login/callback/",
    "account/google/login/",
    "account/google/login/callback/",
    "account/oidc/<provider_id>/login/",
    "account/oidc/<provider_id>/login/callback/",
)

ROWS = [
    page("account/", access="people"),
    fragment("account/mail-state/", access="anybody"),
    post("account/sessions/<session_id>/end/", access="people", at={"session_id": "123456789"}),
    page("dashboard/accounts/new/", access="people"),
    post("dashboard/accounts/new/", access="people", body={"name": "Second studio"}),
    page("account/login/", access="anybody", status=302, visitor=200),  # people who are logged in are led on
    page("account/signup/", access="anybody", status=302, visitor=200),
    page("account/password/reset/", access="anybody"),
    page("account/password/reset/done/", access="anybody"),
    page("account/inactive/", access="anybody"),
    page("account/email/", access="people"),
    page("account/sessions/", access="people"),
    post("account/sessions/", access="people"),
    page("account/2fa/", access="people"),
    file("account/2fa/totp/activate/", access="people", status=302),  # asks for the password again
    page("account/2fa/webauthn/", access="people"),
    page("account/password/change/", access="people"),
    post("account/password/change/", access="people", status=200),  # the form again, with its errors
    page("account/reauthenticate/", access="people"),
    page("account/reauthenticate/code/", access="people"),
    page("account/3rdparty/", access="people"),
    post("account/3rdparty/", access="people", status=200),
    page("account/3rdparty/login/cancelled/", access="anybody"),
    page("account/3rdparty/login/error/", access="anybody", status=401),
    page("account/signup/passkey/", access="anybody", status=302, visitor=200),
    page("account/logout/", access="anybody", visitor=302),
    post("account/logout/", access="anybody"),
    *(page(path, access="people", status=404) for path in WITHOUT_A_SECOND_FACTOR),
    *(file(path, access="people", status=302) for path in LED_ON),
    *(post(path, access="people", at={"pk": "1"}) for path in CHANGES_OF_FACTORS),
    *(file(path, access="anybody", status=302) for path in PARTS_OF_A_LOGIN),
    *(page(path, access="anybody", at={"provider_id": "company"}, status=404) for path in PROVIDERS_NOT_SET_UP),
    *(post(path, access="anybody", at={"provider_id": "company"}, status=404) for path in PROVIDERS_NOT_SET_UP),
]
