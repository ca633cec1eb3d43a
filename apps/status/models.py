"""Results of probes by minute and by day, the probes' own jobs, incidents and maintenance."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from apps.status.components import COMPONENT_IDS, COMPONENTS


class Minute(models.Model):
    """Results of one minute's probes: one row of the whole installation, kept for some days."""

    minute = models.DateTimeField(primary_key=True)
    results = models.JSONField(help_text="Component: [state, milliseconds or null].")

    class Meta:
        ordering = ["-minute"]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"


class Day(models.Model):
    """Probes of a component on a UTC day, by their outcome. Minutes without a probe are in none of the counts."""

    component = models.CharField(max_length=30)
    day = models.DateField()
    up = models.PositiveIntegerField(default=0)
    degraded = models.PositiveIntegerField(default=0)
    down = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["component", "day"]
        constraints = [models.UniqueConstraint(fields=["component", "day"], name="one_count_of_a_component_and_day")]

    def __str__(self) -> str:
        return f"{self.component} on {self.day}"


class ProbeJob(models.Model):
    """Newest job that a probe submitted, and what the one before it showed."""

    component = models.CharField(max_length=30, primary_key=True)
    job_uuid = models.UUIDField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, blank=True, help_text="State by the last job that ended; empty before the first.")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    output_key = models.CharField(max_length=300, blank=True, help_text="Audio of the last speech, which the next transcription hears.")

    def __str__(self) -> str:
        return self.component


class Impact(models.TextChoices):
    """Impact of an incident."""

    NOTICE = "notice", "notice"
    DEGRADED = "degraded", "degraded"
    OUTAGE = "outage", "outage"


class Phase(models.TextChoices):
    """Phase of an incident, given by each update."""

    INVESTIGATING = "investigating", "investigating"
    IDENTIFIED = "identified", "identified"
    MONITORING = "monitoring", "monitoring"
    RESOLVED = "resolved", "resolved"


def check_components(value: object) -> None:
    """Validate a list of ids of components."""
    if not isinstance(value, list) or not all(one in COMPONENT_IDS for one in value):
        raise ValidationError(f"Expected a list of components: {', '.join(COMPONENT_IDS)}.")


class Incident(models.Model):
    """Incident, or scheduled maintenance, that the operator tells about."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=150)
    impact = models.CharField(max_length=10, choices=Impact.choices, default=Impact.DEGRADED)
    components = models.JSONField(
        default=list, blank=True, validators=[check_components], help_text=f"Affected: {', '.join(one.id for one in COMPONENTS)}."
    )
    is_maintenance = models.BooleanField(default=False, help_text="Scheduled maintenance, shown before it begins.")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(
        null=True, blank=True, help_text="Planned end of a maintenance; set by the update that resolves an incident."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")), name="incident_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a maintenance without an end, and an end before the start."""
        super().clean()
        if self.is_maintenance and self.ends_at is None:
            raise ValidationError({"ends_at": "Tell when the maintenance is to end."})
        if self.ends_at is not None and self.ends_at < self.starts_at:
            raise ValidationError({"ends_at": "The end is before the start."})


class IncidentUpdate(models.Model):
    """News of an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="updates")
    phase = models.CharField(max_length=20, choices=Phase.choices, default=Phase.INVESTIGATING)
    text = models.TextField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.phase}: {self.text[:60]}"
