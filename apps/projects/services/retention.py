"""Retention: chunks of a text are deleted once their audio is."""

from django.db.models.functions import Now

from apps.projects.models import Composition

ROWS_AT_ONCE = 200


def expire_generations() -> int:
    """Delete expired generations with their chunks; returns their number."""
    deleted = 0
    while uuids := list(Composition.objects.filter(expires_at__lt=Now()).values_list("uuid", flat=True)[:ROWS_AT_ONCE]):
        Composition.objects.filter(uuid__in=uuids).delete()
        deleted += len(uuids)
    return deleted
