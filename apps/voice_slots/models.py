"""Slots of accounts. The state of a slot is that of its voice, so that nothing is kept twice."""

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.jobs.models import JobState
from apps.voices.models import EnrolmentState, Voice

LONGEST_NAME = 20
"""Most characters of a name; a Chinese character counts one."""


class SlotState(models.TextChoices):
    """State of a slot: Init (no voice yet), Training, Success (its voice speaks), or Failed."""

    INIT = "Init"
    TRAINING = "Training"
    SUCCESS = "Success"
    FAILED = "Failed"


class VoiceSlot(models.Model):
    """Place for one voice of an account, under an id of its own that requests name as `voice`."""

    slot_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="voice_slots")
    voice = models.ForeignKey(
        Voice, null=True, blank=True, on_delete=models.SET_NULL, related_name="slots", help_text="Empty until the slot is trained."
    )
    engine_id = models.CharField("model", max_length=100, help_text="Model that speaks with the voice.")
    name = models.CharField(max_length=LONGEST_NAME)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.slot_id})"

    @property
    def state(self) -> SlotState:
        """Success only for a voice that was made as ordered and has a demo: a likeness after a failed fit is a failure."""
        if self.voice is None:
            return SlotState.INIT
        enrolment = self.voice.enrolment
        if enrolment.state == EnrolmentState.FAILED or enrolment.is_likeness_kept:
            return SlotState.FAILED
        if enrolment.state != EnrolmentState.READY:
            return SlotState.TRAINING
        job = enrolment.job
        if enrolment.demo is not None or job is None or job.state == JobState.COMPLETED:
            return SlotState.SUCCESS
        return SlotState.FAILED if job.is_over else SlotState.TRAINING  # its demo is spoken by the job
