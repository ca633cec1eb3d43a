"""Rows of the cache: entries by the key of their request, files by their content, and the jobs that use or make them.

A file is deleted when no row refers to it: neither an entry nor the result of a job.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class CachedObject(models.Model):
    """One file in the store. The row is committed before the file is written, so that every file has a row that the sweep finds."""

    scope = models.CharField(max_length=64, help_text="Tenant whose requests may get it, or `shared`.")
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20, help_text="Name of the file's format.")
    key = models.CharField(max_length=300, help_text="Storage key.")
    bytes = models.PositiveBigIntegerField()
    claimed_at = models.DateTimeField(db_default=Now(), help_text="Last time at which a job was about to refer to it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "sha256", "format"], name="one_object_of_a_content")]
        indexes = [models.Index(fields=["claimed_at"], name="objects_by_claim")]

    def __str__(self) -> str:
        return self.key


class CacheEntry(models.Model):
    """Result that a repeated request gets."""

    scope = models.CharField(max_length=64, help_text="Tenant whose requests may get it, or `shared`.")
    key = models.CharField(max_length=64, help_text="Hash of everything that the result depends on.")
    engine_id = models.CharField(max_length=100)
    engine_version = models.CharField(max_length=100)
    voices = models.JSONField(default=list, help_text="Ids of the voices that speak in it.")
    outputs = models.JSONField(help_text="Files of the result, as in a job's row.")
    bytes = models.PositiveBigIntegerField(default=0)
    hits = models.PositiveBigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True, help_text="End of the retention of the last job with this result.")
    objects_used = models.ManyToManyField(CachedObject, through="EntryObject", related_name="entries")

    class Meta:
        verbose_name_plural = "cache entries"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_entry_of_a_request")]
        indexes = [
            models.Index(fields=["last_used_at"], name="entries_by_use"),
            models.Index(fields=["expires_at"], name="entries_to_expire"),
            models.Index(fields=["engine_id", "engine_version"], name="entries_of_an_engine"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.key[:12]}"


class EntryObject(models.Model):
    """Reference of an entry to a file."""

    entry = models.ForeignKey(CacheEntry, on_delete=models.CASCADE, related_name="+")
    cached_object = models.ForeignKey(CachedObject, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "cached_object"], name="one_reference_of_an_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id} -> {self.cached_object_id}"


class JobObject(models.Model):
    """Reference of a job's result to a file: a customer's result outlives the entry that it came from."""

    job_uuid = models.UUIDField()
    cached_object = models.ForeignKey(CachedObject, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job_uuid", "cached_object"], name="one_reference_of_a_job")]

    def __str__(self) -> str:
        return f"{self.job_uuid.hex} -> {self.cached_object_id}"


class CacheRole(models.TextChoices):
    """Role of a job in flight whose result may be cached."""

    LEADER = "leader", "computes; identical requests wait for it"
    FOLLOWER = "follower", "waits for the job that computes"
    ALONE = "alone", "computes; nobody waits for it"


class CacheWork(models.Model):
    """Job in flight whose result may be cached. The row is deleted with the job's end."""

    job_uuid = models.UUIDField(primary_key=True)
    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    role = models.CharField(max_length=10, choices=CacheRole.choices)
    lane = models.CharField(max_length=10)
    is_streamed = models.BooleanField(
        db_default=False, help_text="Its audio is published while it is made, so that a stream can follow it."
    )
    engine_id = models.CharField(max_length=100)
    engine_version = models.CharField(max_length=100)
    voices = models.JSONField(default=list)
    is_writable = models.BooleanField(default=True, help_text="False after a purge: the result belongs to its job alone.")
    hit_millicredits = models.PositiveBigIntegerField(default=0, help_text="Price if the result comes from another job.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], condition=Q(role="leader"), name="one_leader_of_a_request"),
        ]
        indexes = [models.Index(fields=["scope", "key"], condition=Q(role="follower"), name="followers_of_a_request")]

    def __str__(self) -> str:
        return f"{self.job_uuid.hex}: {self.role}"


class SentencePurge(models.Model):
    """Order to the workers to delete cached sentences; kept as long as a worker that was away may still have them."""

    tenant = models.CharField(max_length=64, help_text="Tenant of the sentences; empty for all.")
    voice = models.CharField(max_length=100, blank=True, help_text="Voice of the sentences; empty for all.")
    engine_id = models.CharField(max_length=100, blank=True, help_text="Model of the sentences; empty for all.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    is_published = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.tenant or 'all'}: {self.voice or 'all'}"
