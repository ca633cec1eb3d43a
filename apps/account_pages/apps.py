"""Django app configuration of the account's pages."""

from django.apps import AppConfig


class AccountPagesConfig(AppConfig):
    name = "apps.account_pages"
    label = "account_pages"
