"""The Django app accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, accounts and their members, plans, API keys, authentication."""

    name = "apps.accounts"
    label = "accounts"
