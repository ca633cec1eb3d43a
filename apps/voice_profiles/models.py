"""Profiles of voices."""

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account


class VoiceProfile(models.Model):
    """An account's description, labels and settings of a voice; of any voice, so that it names it by id."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="voice_profiles")
    voice_id = models.CharField(max_length=100)
    description = models.TextField(blank=True, default="")
    labels = models.JSONField(default=dict, blank=True, help_text="Words by name: accent, age, gender, use case.")
    settings = models.JSONField(default=dict, blank=True, help_text="Settings of speech with the voice: speed, stability, …")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["voice_id"]
        constraints = [models.UniqueConstraint(fields=["account", "voice_id"], name="a_profile_of_a_voice_per_account")]

    def __str__(self) -> str:
        return self.voice_id
