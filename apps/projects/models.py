"""Compositions and their lines. A line refers to the audio that was last made of it, an output of the job that spoke it."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Account
from apps.catalog.mix_syntax import LONGEST_NAME
from apps.jobs.models import Job, JobState
from apps.jobs.results import ResultOutput

TIMINGS_SUFFIX = "_timings"
LEAST_LIFE = timedelta(hours=1)
"""Audio that expires within this time is made anew: a job that joins it may wait that long."""


class Composition(models.Model):
    """Ordered lines of one account: a project, which its owner keeps, or a text that was spoken chunk by chunk, which expires with its audio."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="compositions", db_index=False)
    is_project = models.BooleanField(help_text="Off: chunks of a text, which expire with the audio.")
    name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    settings = models.JSONField(
        default=dict, blank=True, help_text="Settings of the file: format, sample_rate, bitrate, crossfade_ms, pause_ms."
    )
    version = models.PositiveIntegerField(default=1, help_text="Incremented by each change.")
    last_job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Job that last spoke or joined the lines."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "is_project", "-updated_at"], name="compositions_of_an_account"),
            models.Index(fields=["expires_at"], condition=models.Q(expires_at__isnull=False), name="compositions_to_expire"),
        ]

    def __str__(self) -> str:
        return self.name or self.uuid.hex


class Line(models.Model):
    """Text of a composition with its voice and settings, and the audio that was made of it: its take."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    composition = models.ForeignKey(Composition, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    text = models.TextField()
    voice = models.CharField(max_length=LONGEST_NAME, blank=True, help_text="Id of a voice, or a mix.")
    model = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=35, blank=True)
    speed = models.FloatField(default=1.0)
    pause_ms = models.PositiveIntegerField(null=True, blank=True, help_text="Silence after the line; the composition's own if empty.")
    take_job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Job that spoke the line."
    )
    take_output = models.CharField(max_length=100, blank=True, help_text="Output of that job with the line's audio.")
    take_seconds = models.FloatField(default=0.0)
    take_settings = models.CharField(max_length=64, blank=True, help_text="Digest of the text and settings that the take speaks.")
    take_digest = models.CharField(max_length=64, blank=True, help_text="Digest of all that the take depends on, voices' versions too.")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text[:50]

    @property
    def take(self) -> ResultOutput | None:
        """Stored audio of the line, of this text or an earlier one; None if there is none or it is about to be deleted."""
        return self._stored(self.take_output)

    @property
    def take_timings(self) -> ResultOutput | None:
        """Stored times of the words of the take."""
        return self._stored(self.take_output + TIMINGS_SUFFIX)

    def _stored(self, name: str) -> ResultOutput | None:
        job = self.take_job
        if job is None or job.state != JobState.COMPLETED or job.is_expired:
            return None
        if job.expires_at is not None and job.expires_at <= timezone.now() + LEAST_LIFE:
            return None
        return job.find_output(name)
