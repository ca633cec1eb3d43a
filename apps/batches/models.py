"""Batches and their items. An item's outcome is its job's; the batch counts the ended items by outcome."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Account, ApiKey
from apps.jobs.models import Job


class Batch(models.Model):
    """Request with several texts. Over once each of its items has ended."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="batches", db_index=False)
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    total = models.PositiveSmallIntegerField()
    ended_count = models.PositiveSmallIntegerField(
        default=0, help_text="Ended items of any outcome; incremented in the transaction of each job's end."
    )
    failed_count = models.PositiveSmallIntegerField(default=0, help_text="Items that were refused, failed or expired.")
    cancelled_count = models.PositiveSmallIntegerField(default=0)
    webhook_url = models.CharField(max_length=2048, blank=True)
    public_base = models.TextField(blank=True, help_text="Base URL of the request, for links in the webhook.")
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    joined_by = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        help_text="Digest of the body while the batch is active: an identical request with the same key returns this batch.",
    )
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    items_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["account", "-created_at"], name="batches_of_an_account"),
            models.Index(fields=["expires_at"], condition=Q(items_deleted_at=None), name="batches_to_expire"),
            models.Index(fields=["-created_at", "-uuid"], name="batches_by_time"),  # the order of the admin's list
        ]
        constraints = [
            models.UniqueConstraint(fields=["api_key", "joined_by"], name="identical_batches_are_one"),
            models.CheckConstraint(condition=Q(ended_count__lte=models.F("total")), name="no_more_items_end_than_there_are"),
            models.CheckConstraint(
                condition=Q(ended_count__gte=models.F("failed_count") + models.F("cancelled_count")), name="failed_items_have_ended"
            ),
        ]

    def __str__(self) -> str:
        return self.uuid.hex

    @property
    def is_over(self) -> bool:
        """True if each of its items has ended."""
        return self.ended_at is not None

    @property
    def completed_count(self) -> int:
        """Number of items with audio."""
        return self.ended_count - self.failed_count - self.cancelled_count


class BatchItem(models.Model):
    """Text of a batch with its job; the job of a refused text has failed from the start."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items", db_index=False)
    index = models.PositiveSmallIntegerField()
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="batch_item")
    warnings = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "index"], name="an_item_of_a_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id.hex}/{self.index}"
