"""Slots of accounts. The state of a slot is that of its voice, so that nothing is kept twice."""

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.voices.models import EnrolmentState, Voice

LONGEST_NAME = 20
"""Most characters of a name; a Chinese character counts one."""


class SlotState(models.TextChoices):
    """State of a slot: Init (no voice yet), Training, Success (its voice speaks), or Failed."""

    INIT = "Init"
    TRAINING = "Training"
    SUCCESS = "Success"
    FAILED = "Failed"


STATES = {
    EnrolmentState.DRAFT: SlotState.TRAINING,
    EnrolmentState.TRAINING: SlotState.TRAINING,
    EnrolmentState.READY: SlotState.SUCCESS,
    EnrolmentState.FAILED: SlotState.FAILED,
}


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
        if self.voice is None:
            return SlotState.INIT
        return STATES[EnrolmentState(self.voice.enrolment.state)]
