"""Uploaded files: their origin, their measured properties, their retention."""

import uuid

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account


class Origin(models.TextChoices):
    """Way in which a file is received."""

    ADDRESS = "address", "an address given by POST /v1/uploads/"
    FORM = "form", "in the request itself"
    URL = "url", "fetched from file_url"


class UploadState(models.TextChoices):
    """State of a file: waiting for its bytes, ready, or refused (another file may be sent to the same URL)."""

    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"


class Upload(models.Model):
    """One file. The row is created before the object, so that every object has a row that says when to delete it."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads")
    tenant = models.CharField(max_length=64, help_text="Owner of the file: account:12.")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.WAITING)
    file_name = models.CharField(max_length=255, blank=True, help_text="File name given by the customer; only displayed.")
    content_type = models.CharField(
        max_length=100, blank=True, help_text="Content type given by the customer; the measured type is in `audio`."
    )
    announced_bytes = models.PositiveBigIntegerField(default=0)
    received_bytes = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Bytes of the pieces that are stored, of a resumable upload."
    )
    pieces = models.JSONField(default=list, db_default=[], help_text="Names of these pieces in the store, in order.")
    key = models.CharField(max_length=300, blank=True, help_text="Storage key of the object, once it is ready.")
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    audio = models.JSONField(null=True, blank=True, help_text="Result of the probe: container, duration, sample rate, channels.")
    text = models.JSONField(null=True, blank=True, help_text="Of a text to be spoken: format, characters, title, number of chapters.")
    error_code = models.CharField(max_length=50, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(help_text="End of the time in which new requests can refer to the file.")
    kept_until = models.DateTimeField(help_text="Time of deletion, object and row; later than expires_at if a job may still need the file.")
    used_at = models.DateTimeField(null=True, blank=True, help_text="Time at which a request last used the file for a job.")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Time at which the owner deleted the file.")

    class Meta:
        indexes = [
            models.Index(fields=["kept_until"], name="uploads_to_delete"),
            models.Index(fields=["tenant"], name="uploads_of_a_tenant"),
            models.Index(fields=["key"], name="uploads_by_key"),
        ]

    def __str__(self) -> str:
        return self.uuid.hex
