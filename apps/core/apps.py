"""The Django app core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The base of every app: errors, middleware, storage, deferred answers, live events, limits."""

    name = "apps.core"
    label = "core"
