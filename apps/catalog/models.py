"""Workers, their models and voices as announced. Price, tier and access are set by the operator."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Worker(models.Model):
    """Engine worker, identified by a name that survives restarts."""

    name = models.CharField(max_length=200, unique=True)
    boot = models.CharField(max_length=64, help_text="Identifier of the worker's start. Parts of an earlier start are lost.")
    device = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=100, blank=True)
    engines = models.JSONField(default=list, blank=True, help_text="Ids of engines that the worker can serve.")
    missing = models.JSONField(default=dict, blank=True, help_text="Ids of engines that the worker cannot serve, with what is missing.")
    loaded = models.JSONField(default=list, blank=True, help_text="Ids of engines whose weights are in memory.")
    memory_bytes = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Resident memory of the process at the last heartbeat."
    )
    model_memory_bytes = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Memory that loaded models may take together.")
    is_stopping = models.BooleanField(default=False)
    last_sent_at = models.FloatField(
        default=0.0, help_text="Time of the latest message by the worker's clock, which detects messages out of order."
    )
    announced_sent_at = models.FloatField(default=0.0, help_text="Time of the latest announcement by the worker's clock.")
    last_seen_at = models.DateTimeField(default=timezone.now)
    first_seen_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkerQueue(models.Model):
    """Number of concurrent parts of one queue group that a worker accepts."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="queues")
    queue = models.CharField(max_length=100)
    slots = models.PositiveIntegerField(help_text="Maximum number of parts in flight while several tenants share the queue.")
    reserved_slots = models.PositiveIntegerField(default=0, help_text="Slots reserved for the lane `live`.")
    hard_slots = models.PositiveIntegerField(default=0, help_text="Maximum number of parts in flight for a tenant that has none yet.")

    class Meta:
        ordering = ["worker", "queue"]
        constraints = [models.UniqueConstraint(fields=["worker", "queue"], name="a_worker_serves_a_queue_once")]

    def __str__(self) -> str:
        return f"{self.worker}: {self.queue}"


class Engine(models.Model):
    """Model that customers can request. Announcements update its capabilities, never its price or access."""

    id = models.CharField(primary_key=True, max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, help_text="tts, stt, codec, …")
    version = models.CharField(max_length=100)
    queue = models.CharField(max_length=100)
    spec = models.JSONField(help_text="The announcement, without its voices.")
    tier = models.CharField(max_length=30, help_text="free, standard or premium: sets the price.")
    millicredits_per_1k = models.PositiveIntegerField(
        null=True, blank=True, help_text="Millicredits for 1,000 characters; the tier's price if empty."
    )
    is_enabled = models.BooleanField(default=True)
    first_announced_at = models.DateTimeField(default=timezone.now, editable=False)
    last_announced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = "model"

    def __str__(self) -> str:
        return self.id


class Voice(models.Model):
    engine = models.ForeignKey(Engine, on_delete=models.CASCADE, related_name="voices")
    voice_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=20, help_text="BCP 47, lower case, `en` or `en-gb`.")
    gender = models.CharField(max_length=20, default="neutral")
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    is_enabled = models.BooleanField(default=True)
    last_announced_at = models.DateTimeField(default=timezone.now)
    preview_job_uuid = models.UUIDField(null=True, blank=True, help_text="Internal job that created the preview.")
    preview_version = models.CharField(max_length=100, blank=True, help_text="Version of the model in the preview.")

    class Meta:
        ordering = ["engine", "voice_id"]
        constraints = [models.UniqueConstraint(fields=["engine", "voice_id"], name="a_voice_of_an_engine")]

    def __str__(self) -> str:
        return f"{self.engine_id}/{self.voice_id}"


def check_model_ids(value: object) -> None:
    """Validate a list of non-empty model ids."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValidationError('Expected a list of model ids, ["kokoro", "piper"].')


def check_voice_names(value: object) -> None:
    """Validate an object that maps names to names."""
    if not isinstance(value, dict) or not all(isinstance(one, str) and one for pair in value.items() for one in pair):
        raise ValidationError('Expected an object of names, {"alloy": "af_alloy"}.')


class StandIn(models.Model):
    """Model id from the API's documents and the models that serve it while it is not installed."""

    model_id = models.CharField("model", max_length=100, unique=True, help_text="Documented id, as in requests.")
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=30, default="tts", help_text="Type of the models that may serve it: tts, stt, …")
    tier = models.CharField(
        max_length=30,
        blank=True,
        help_text="The documented model's tier: the lower of its price and the stand-in's is charged. Empty for an alias, which costs what "
        "its stand-in costs.",
    )
    candidates = models.JSONField(
        default=list,
        blank=True,
        validators=[check_model_ids],
        help_text='Model ids, ["piper", "kokoro"]: the first one installed serves. "*" stands for any other of the type.',
    )
    voices = models.JSONField(
        default=dict,
        blank=True,
        validators=[check_voice_names],
        help_text='The stand-in\'s voice by documented voice, {"alloy": "af_alloy"}; the model\'s default voice where none is named.',
    )
    max_characters = models.PositiveIntegerField(
        null=True, blank=True, help_text="Maximum characters of a text under this name; empty for the limits of the plan and the model."
    )
    has_cloning = models.BooleanField(
        default=False,
        db_default=False,
        help_text="On: the documented model clones voices. Requests to clone under its name are served by an installed model that does.",
    )
    note = models.CharField(max_length=300, blank=True, help_text="Limitation of the stand-in, returned as a warning with each response.")
    is_enabled = models.BooleanField(default=True, help_text="Off: requests for the documented model are refused as not installed.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "stand-in"
        ordering = ["model_id"]
        constraints = [models.UniqueConstraint(Lower("model_id"), name="a_documented_model_whatever_its_case")]

    def __str__(self) -> str:
        return self.model_id
