"""Accounts of people by django-allauth: sign-up, verification, login, passkeys, sessions, social login; the bonus of a new address."""
