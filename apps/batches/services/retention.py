"""Retention of batches: items are deleted with the results of their jobs; the batch's row stays for the 410."""

from django.db import transaction
from django.db.models.functions import Now

from apps.batches.models import Batch, BatchItem

ROWS_AT_ONCE = 200


def expire_batches() -> int:
    """Delete the items of expired batches; returns the number of batches."""
    deleted = 0
    while batches := list(Batch.objects.filter(expires_at__lt=Now(), items_deleted_at=None).order_by("expires_at")[:ROWS_AT_ONCE]):
        uuids = [batch.uuid for batch in batches]
        with transaction.atomic():
            BatchItem.objects.filter(batch_id__in=uuids).delete()
            Batch.objects.filter(uuid__in=uuids).update(items_deleted_at=Now(), webhook_url="")
        deleted += len(batches)
    return deleted
