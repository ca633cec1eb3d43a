"""Outbox of emails."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class MailState(models.TextChoices):
    """A mail waits until the mail server took it, or until it is given up."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(models.Model):
    """Email to one address. Its content is deleted once it was sent or given up: it may hold a code or an invitation."""

    kind = models.CharField(max_length=100, help_text="Name of the template.")
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(help_text="From then on it is not sent any more, such as a code that has expired.")
    error = models.CharField(max_length=300, blank=True, help_text="Why the last attempt failed.")
    is_delayed = models.BooleanField(
        default=False, db_default=False, help_text="The mail server did not answer when a mail was last tried."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "email"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="mails_to_send", condition=models.Q(state=MailState.WAITING)),
            models.Index(fields=["created_at"], name="mails_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to} ({self.state})"
