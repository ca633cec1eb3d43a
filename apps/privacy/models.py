"""Erasures and exports of accounts."""

import uuid

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account, User


class Erasure(models.Model):
    """Request to erase an account's data: the evidence of it, and the mark by which an interrupted erasure continues."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="erasure")
    requested_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Time at which nothing was left but what the law demands.")

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["requested_at"], condition=models.Q(finished_at=None), name="erasures_in_progress")]

    def __str__(self) -> str:
        return f"erasure of account {self.account_id}{'' if self.finished_at else ', in progress'}"


class ExportState(models.TextChoices):
    """State of an export: waiting until the archive is ready, or could not be made."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Export(models.Model):
    """Archive of an account's data that a member asked for: made in the background, kept for some days."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="Time until which a worker makes it; later another one may begin anew."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=300, blank=True, help_text="Storage key of the archive.")
    bytes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Time at which the archive is deleted.")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=models.Q(state="waiting"), name="one_export_of_an_account_is_made")
        ]

    def __str__(self) -> str:
        return f"export of account {self.account_id}, {self.state}"
