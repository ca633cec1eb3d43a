"""The Django app core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app stands on: errors, middleware, storage, deferred answers, live events, limits."""

    name = "apps.core"
    label = "core"
