"""Invitations to accounts, and the history of their members."""

from django.db import models
from django.db.models.functions import Lower, Now

from apps.accounts.models import Account, Role, User


class Invitation(models.Model):
    """Invitation of an email address to an account, open until it is accepted, revoked or expired. The token is stored as a digest."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(help_text="Time of the last mail.")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "account",
                Lower("email"),
                name="one_open_invitation_an_address",
                condition=models.Q(accepted_at=None, revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.account}"


class MemberEvent(models.Model):
    """Entry of an account's history of members, shown on the page of its team."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="member_events")
    actor = models.CharField(max_length=254, help_text="Address of the person who did it.")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=254, blank=True, help_text="Address of the person whom it concerns.")
    detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="member_events_of_an_account")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}".strip()
