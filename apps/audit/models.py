"""Audit log: one row for each action of an operator, done, refused or failed. A database trigger refuses updates and deletions."""

from django.db import models
from django.db.models.functions import Now


class Outcome(models.TextChoices):
    """Outcome of an action: done, denied (a permission was missing) or failed (with an explained error).

    `requested` comes before the outcome of an action that runs in transactions of its own; alone, it tells of an interrupted one.
    """

    REQUESTED = "requested"
    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class AuditEntry(models.Model):
    """One action: who, what, on which object, its values before and after, from where. It refers to rows by text, so that it outlives them."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.CharField(max_length=200, help_text="Email address of the person, or name of the program.")
    actor_id = models.BigIntegerField(null=True, blank=True)
    action = models.CharField(max_length=100, help_text="What was done: suspend, change, add, delete, adjust_credits, …")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    object_type = models.CharField(max_length=100, blank=True, help_text="Type of the object: accounts.account.")
    object_id = models.CharField(max_length=200, blank=True)
    object_name = models.CharField(max_length=300, blank=True)
    account_id = models.BigIntegerField(null=True, blank=True, help_text="Number of the account that the object belongs to.")
    message = models.TextField(blank=True, help_text="Outcome in words, with the reason that was given.")
    before = models.JSONField(default=dict, blank=True, help_text="Changed fields with their values before the action.")
    after = models.JSONField(default=dict, blank=True, help_text="Changed fields with their values after the action.")
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit log"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account_id", "-id"], name="audit_of_an_account"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_an_object"),
            models.Index(fields=["actor", "-id"], name="audit_of_an_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.object_name}"
