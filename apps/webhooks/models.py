"""Endpoints registered by customers, and deliveries to them or to a request's webhook_url."""

import secrets
import uuid
from base64 import b64encode

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.webhooks.shown_urls import without_secrets


def new_secret() -> str:
    """Signing secret in the format of the Standard Webhooks rules: 256 random bits."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


class Endpoint(models.Model):
    """URL that receives events."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=2048)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list, blank=True, help_text="Subscribed events; empty for all.")
    secret = models.CharField(max_length=100, default=new_secret)
    previous_secret = models.CharField(max_length=100, blank=True)
    previous_secret_until = models.DateTimeField(null=True, blank=True, help_text="Both secrets sign deliveries until this time.")
    is_enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["account"], condition=Q(is_enabled=True), name="endpoints_enabled")]

    def __str__(self) -> str:
        return without_secrets(self.url)


class SigningSecret(models.Model):
    """Default secret of an account, which signs deliveries to a request's webhook_url."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="webhook_secret")
    secret = models.CharField(max_length=100, default=new_secret)
    previous_secret = models.CharField(max_length=100, blank=True)
    previous_secret_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"secret of account {self.account_id}"


class DeliveryState(models.TextChoices):
    """State of a delivery: pending until it is delivered or given up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """One message to one URL: the outbox row, written in the transaction of the event."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="webhook_deliveries")
    endpoint = models.ForeignKey(Endpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries")
    url = models.CharField(max_length=2048)
    event = models.CharField(max_length=50)
    method = models.CharField(max_length=4, default="POST", db_default="POST")
    body = models.TextField(
        help_text="Exact text that is signed and sent; of an event in TTSAI_DELIVERY_BODIES, what its text is written from."
    )
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempt_count = models.PositiveIntegerField(default=0)
    attempts = models.JSONField(default=list, blank=True, help_text="Time, status and response or error of each attempt.")
    next_attempt_at = models.DateTimeField(db_default=Now(), null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="deliveries_due"),
            models.Index(fields=["account", "-created_at"], name="deliveries_of_an_account"),
            models.Index(fields=["ended_at"], name="deliveries_by_end"),
            models.Index(fields=["-created_at", "-uuid"], name="deliveries_by_time"),  # the order of the admin's list
        ]

    def __str__(self) -> str:
        return f"msg_{self.uuid.hex}"
