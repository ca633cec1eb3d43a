"""Erasures of accounts."""

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account


class Erasure(models.Model):
    """Request to erase an account's data: the evidence of it, and the mark by which an interrupted erasure continues."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="erasure")
    requested_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Time at which nothing was left but what the law demands.")

    class Meta:
        ordering = ["-requested_at"]

    def __str__(self) -> str:
        return f"erasure of account {self.account_id}{'' if self.finished_at else ', in progress'}"
