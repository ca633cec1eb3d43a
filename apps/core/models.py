"""Table of notices that wait to become webhooks."""

from django.db import models
from django.db.models.functions import Now


class Notice(models.Model):
    """Event from an app below `webhooks`: written in the event's own transaction, deleted when its deliveries are written."""

    id = models.BigAutoField(primary_key=True)
    account_id = models.BigIntegerField()
    event = models.CharField(max_length=50)
    data = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.event} of account {self.account_id}"
