"""Voices of accounts, the enrolments that they come from, consent, and the operator's block list."""

import math
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.jobs.models import Job

EMBEDDING_SIZE = 256
"""Numbers of a GE2E speaker embedding."""


class EnrolmentState(models.TextChoices):
    """State of an enrolment: draft (recordings are examined), training (a likeness speaks until the fit is done), ready, or failed."""

    DRAFT = "draft"
    TRAINING = "training"
    READY = "ready"
    FAILED = "failed"


class Enrolment(models.Model):
    """Recordings of one speaker and the voice that was made from them. An account enrols the same recordings once."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="enrolments")
    engine_id = models.CharField("model", max_length=100, help_text="Model that speaks with the voice.")
    digest = models.CharField(max_length=64, help_text="Digest of the recordings' digests.")
    state = models.CharField(max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.DRAFT)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Job that enrols.")
    conditioning_key = models.CharField(max_length=300, blank=True, help_text="Storage key of the voice file; empty until there is one.")
    conditioning_version = models.CharField(max_length=64, blank=True, help_text="Digest of the voice file.")
    is_fitted = models.BooleanField(default=False, help_text="Off: the voice is a likeness, the nearest mix of built-in voices.")
    language = models.CharField(max_length=20, blank=True, help_text="Full tag; the voice speaks all languages of its model.")
    gender = models.CharField(max_length=20, default="neutral")
    report = models.JSONField(null=True, blank=True, help_text="Findings about the recordings, with the speaker embedding.")
    demo = models.JSONField(null=True, blank=True, help_text="A sample of the voice: key, format, size.")
    is_blocked = models.BooleanField(default=False, help_text="On: the voice is on the block list and does not speak.")
    is_revoked = models.BooleanField(default=False, help_text="On: the speaker's consent was revoked and the voice does not speak.")
    is_taken_down = models.BooleanField(
        default=False, db_default=False, help_text="On: the operator took the voice down after a report, and it does not speak."
    )
    error_code = models.CharField(max_length=50, blank=True)
    error_message = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "engine_id", "digest"], name="recordings_are_enrolled_once")]

    def __str__(self) -> str:
        return f"{self.uuid.hex[:8]} ({self.state})"

    @property
    def is_likeness_kept(self) -> bool:
        """True if the fit failed and the likeness speaks in its place; error_message says why."""
        return self.state == EnrolmentState.READY and not self.is_fitted and bool(self.error_code)

    @property
    def has_audible_demo(self) -> bool:
        """True if there is a demo, and neither the speaker nor the operator has stopped the voice."""
        return self.demo is not None and not (self.is_blocked or self.is_revoked or self.is_taken_down)

    @property
    def tenant(self) -> str:
        """Tenant of the account, below whose folder the objects are stored."""
        return f"account:{self.account_id}"


class Sample(models.Model):
    """Recording of the speaker."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="samples")
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=300, blank=True, help_text="Storage key; empty until the recording was found usable.")
    source_key = models.CharField(max_length=300, blank=True, help_text="Storage key of the upload that the recording came as.")
    bytes = models.PositiveBigIntegerField(default=0)
    audio_seconds = models.FloatField(default=0.0)
    content_type = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(max_length=255, blank=True, help_text="File name given by the customer; only displayed.")
    transcript = models.TextField(blank=True, help_text="Words of the recording, as the customer gave them.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "sha256"], name="a_recording_of_an_enrolment_once")]

    def __str__(self) -> str:
        return f"{self.file_name or self.sha256[:12]} ({self.audio_seconds:.1f} s)"


class Voice(models.Model):
    """Voice of an account under a public id: kept under a name, or an embed without one."""

    voice_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="voices")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="voices")
    next_enrolment = models.ForeignKey(
        Enrolment,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="next_voices",
        help_text="Enrolment of changed recordings, which replaces `enrolment` once it is ready.",
    )
    refused_code = models.CharField(
        max_length=50, blank=True, default="", db_default="", help_text="Error of the last change of recordings, which was not made."
    )
    refused_message = models.TextField(blank=True, default="", db_default="")
    name = models.CharField(max_length=100, blank=True, help_text="Empty for an embed.")
    is_exclusive = models.BooleanField(
        default=False,
        db_default=False,
        help_text="On: the voice of a slot. No other request is given it, and no likeness speaks in its place.",
    )
    categories = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(db_default=Now(), help_text="Time of use, to the hour: embeds that are not used are deleted.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"], name="voices_of_an_account"),
            models.Index(fields=["used_at"], condition=models.Q(name=""), name="embeds_by_use"),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'embed'} ({self.voice_id})"

    @property
    def is_embed(self) -> bool:
        """True for a voice without a name."""
        return not self.name

    @property
    def can_speak(self) -> bool:
        """True once it is fitted or its likeness speaks, whether or not it may."""
        is_made = self.enrolment.state in {EnrolmentState.TRAINING, EnrolmentState.READY}
        return is_made and bool(self.enrolment.conditioning_key) and not self.has_only_likeness

    @property
    def has_only_likeness(self) -> bool:
        """True for an exclusive voice that does not speak, since only a likeness could: it is in training, or its fit failed."""
        return self.is_exclusive and (self.enrolment.state == EnrolmentState.TRAINING or self.enrolment.is_likeness_kept)


class EnrolmentWebhook(models.Model):
    """Address of a further request for recordings that a job enrols already. It receives the job's end event beside the job's own address."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    job_uuid = models.UUIDField()
    url = models.CharField(max_length=2048)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job_uuid", "url"], name="an_address_once_for_an_enrolling_job")]

    def __str__(self) -> str:
        return f"{self.job_uuid.hex[:8]}: {self.url}"


class Takedown(models.Model):
    """Decision of the operator that a voice no longer speaks. Its files are kept until the appeal period ends, then they are deleted."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="takedowns")
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.SET_NULL, related_name="takedowns", help_text="Empty once the files are deleted."
    )
    voice_id = models.CharField(max_length=40)
    voice_name = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300, help_text="Shown to the owner of the voice.")
    decided_by = models.CharField(max_length=200, help_text="Email address of the operator.")
    decided_at = models.DateTimeField(db_default=Now(), editable=False)
    appeal_ends_at = models.DateTimeField(help_text="The files are deleted after this time.")
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="The appeal succeeded: the voice speaks again.")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="The voice and its files were deleted.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["appeal_ends_at"], condition=models.Q(lifted_at=None, deleted_at=None), name="takedowns_to_end")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(lifted_at=None, deleted_at=None), name="one_open_takedown_of_an_enrolment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voice_name or 'embed'} ({self.voice_id})"

    @property
    def is_open(self) -> bool:
        """True while the owner may appeal."""
        return self.lifted_at is None and self.deleted_at is None


class SavedVoice(models.Model):
    """A voice that is kept under a name of the account's choice, and can be restored from there after its removal."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="saved_voices")
    collection = models.CharField(max_length=200, help_text="Name under which voices are saved together.")
    name = models.CharField(max_length=100, help_text="Name of the voice.")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="saved_voices")
    saved_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "collection", "name"], name="a_voice_is_saved_once_in_a_collection")]

    def __str__(self) -> str:
        return f"{self.name} in {self.collection}"


class Consent(models.Model):
    """Consent of a speaker to the use of their voice."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="consents")
    given_by = models.CharField(max_length=200, blank=True, help_text="The speaker, or who states the consent.")
    statement = models.TextField(help_text="Text of the statement.")
    recorded_by = models.CharField(max_length=200, help_text="Key or person that sent it.")
    given_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.given_by or 'consent'}{', revoked' if self.revoked_at else ''}"


def check_embedding(value: object) -> None:
    """Validate a speaker embedding."""
    if (
        not isinstance(value, list)
        or len(value) != EMBEDDING_SIZE
        or not all(isinstance(one, int | float) and math.isfinite(one) for one in value)
    ):
        raise ValidationError(f"Expected a list of {EMBEDDING_SIZE} numbers.")


class BlockedVoice(models.Model):
    """Speaker whose voice nobody may clone here."""

    name = models.CharField(max_length=200, help_text="The speaker, for operators; customers do not see it.")
    reason = models.CharField(max_length=300, blank=True)
    embedding = models.JSONField(validators=[check_embedding], help_text="GE2E speaker embedding of unit length, 256 numbers.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = "blocked voice"

    def __str__(self) -> str:
        return self.name
