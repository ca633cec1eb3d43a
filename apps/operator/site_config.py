"""Django's admin with the operator's site in place of its own."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    default_site = "apps.operator.site.OperatorSite"
