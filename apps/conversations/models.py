"""Conversations of an account, and their turns: each turn is a job."""

import uuid

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.jobs.models import Job


class Conversation(models.Model):
    """Conversation of an account, with its system prompt and turns."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="conversations")
    system_prompt = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_turn_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-last_turn_at"]
        indexes = [
            models.Index(fields=["account", "-last_turn_at"], name="conversations_of_an_account"),
            models.Index(fields=["-last_turn_at", "-uuid"], name="conversations_by_time"),  # the admin's list, and what expires
        ]

    def __str__(self) -> str:
        return self.uuid.hex


class Turn(models.Model):
    """Message of the user and the answer; both empty until they are first read from the job's document."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="turn")
    user_text = models.TextField(blank=True)
    ai_text = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.conversation_id.hex}/{self.pk}"
