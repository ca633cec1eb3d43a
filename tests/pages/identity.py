"""Rows of apps/identity/urls.py: our pages, and those of django-allauth that show something of a person."""

from tests.pages.table import file, fragment, page, post

ROWS = [
    page("account/", access="people"),
    fragment("account/mail-state/", access="anybody"),
    post("account/sessions/<session_id>/end/", access="people", at={"session_id": "123456789"}),
    page("dashboard/accounts/new/", access="people"),
    page("account/login/", access="anybody", status=302, visitor=200),  # people who are logged in are led on
    page("account/signup/", access="anybody", status=302, visitor=200),
    page("account/password/reset/", access="anybody"),
    page("account/password/reset/done/", access="anybody"),
    page("account/inactive/", access="anybody"),
    page("account/email/", access="people"),
    page("account/sessions/", access="people"),
    page("account/2fa/", access="people"),
    file("account/2fa/totp/activate/", access="people", status=302),  # asks for the password again
    page("account/2fa/webauthn/", access="people"),
]
