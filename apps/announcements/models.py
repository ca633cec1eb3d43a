"""Announcements of the operator, and who dismissed them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Account, Plan, User


class Level(models.TextChoices):
    """Importance of an announcement, which decides its colour and how a screen reader tells it."""

    INFO = "info", "information"
    WARNING = "warning", "warning"
    PROBLEM = "problem", "problem"


class Announcement(models.Model):
    """Text that is shown in the dashboard during a period: to everybody, to accounts of some plans, or to one account."""

    text = models.CharField(max_length=500, help_text="Plain text. One or two sentences.")
    link = models.CharField(max_length=300, blank=True, help_text="Address of a page with more: /status/ or https://…")
    link_text = models.CharField(max_length=60, blank=True, help_text="Text of the link; 'More' if empty.")
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.INFO)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Empty: shown until it is deleted.")
    plans = models.ManyToManyField(Plan, blank=True, related_name="+", help_text="Accounts of these plans see it. None: all accounts.")
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="announcements", help_text="Only this account sees it."
    )
    is_dismissible = models.BooleanField(default=True, help_text="A person who closes it does not see it again.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")), name="announcement_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 60 else f"{self.text[:60]}…"

    def clean(self) -> None:
        """Refuse a period that ends before it starts, and links that are no address of a page."""
        super().clean()
        if self.ends_at is not None and self.starts_at is not None and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "The end is not after the start."})
        is_local = self.link.startswith("/") and not self.link.startswith(("//", "/\\"))
        if self.link and not is_local and not self.link.startswith("https://"):
            raise ValidationError({"link": f"{self.link!r} is no address: begin with / or https://."})


class Dismissal(models.Model):
    """Announcement that a person closed."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="dismissals", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "user"], name="an_announcement_is_dismissed_once")]

    def __str__(self) -> str:
        return f"{self.user} dismissed {self.announcement_id}"
