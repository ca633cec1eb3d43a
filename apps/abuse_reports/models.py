"""Reports of abuse: a voice or a result that somebody complains about."""

import uuid

from django.db import models
from django.db.models.functions import Now

from apps.jobs.models import Job
from apps.voices.models import Takedown, Voice


class Reason(models.TextChoices):
    """Complaint of a report."""

    MY_VOICE = "my_voice", "It is my voice, and I did not agree"
    SOMEBODY = "somebody", "It imitates somebody else who did not agree"
    FRAUD = "fraud", "It is used to deceive people"
    ILLEGAL = "illegal", "What is said is illegal"
    OTHER = "other", "Something else"


class ReportState(models.TextChoices):
    """State of a report: open until an operator takes the voice down or dismisses the report."""

    OPEN = "open"
    TAKEN_DOWN = "taken_down", "taken down"
    DISMISSED = "dismissed"


class AbuseReport(models.Model):
    """Report that anybody may send, without a login. The sender's address is kept as a block, for its limit."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=100, help_text="Voice id, or uuid of a result, as the reporter gave it.")
    voice = models.ForeignKey(Voice, null=True, blank=True, on_delete=models.SET_NULL, related_name="abuse_reports")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="abuse_reports")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    description = models.TextField(help_text="The reporter's words.")
    reporter_email = models.EmailField(blank=True)
    block = models.CharField(max_length=45, help_text="An IPv4 address, or the /64 network of an IPv6 address.")
    state = models.CharField(max_length=20, choices=ReportState.choices, default=ReportState.OPEN)
    takedown = models.ForeignKey(Takedown, null=True, blank=True, on_delete=models.SET_NULL, related_name="abuse_reports")
    resolution = models.CharField(max_length=300, blank=True, help_text="Reason of the decision.")
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["block", "created_at"], name="reports_of_an_address"),
            models.Index(fields=["created_at"], condition=models.Q(state="open"), name="reports_to_work"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.subject}"
