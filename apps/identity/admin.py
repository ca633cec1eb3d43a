"""Keeps django-allauth's own pages out of the operator's admin: they show secrets, and the accounts of people are their own."""

from allauth.account import admin as account_admin
from allauth.mfa import admin as mfa_admin
from allauth.socialaccount import admin as socialaccount_admin
from allauth.usersessions import admin as usersessions_admin
from django.contrib import admin

MODULES = (account_admin, mfa_admin, socialaccount_admin, usersessions_admin)
"""Imported here, they have registered their models; Django's discovery imports them no second time."""

for model in list(admin.site._registry):  # noqa: SLF001 - there is no other list of what is registered
    if model.__module__.startswith("allauth."):
        admin.site.unregister(model)
