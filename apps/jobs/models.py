"""Jobs and their parts. The job's row is the truth; a message is a hint that may be lost, late or repeated."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Account, ApiKey
from apps.jobs.params import JobParams
from apps.jobs.results import JobResult, ResultOutput
from workers.contract.outputs import OutputSpec


class JobState(models.TextChoices):
    """State of a job: queued, running, then one final state."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING)
FAILED_STATES = (JobState.FAILED, JobState.EXPIRED)

SPEAK = "speak"
"""Kind of part that publishes each word as it is spoken."""


class PartState(models.TextChoices):
    """State of a part: waiting (for other parts), queued (for a slot), admitted (sent to a worker), running (reported by a worker), or
    final.
    """

    WAITING = "waiting"
    QUEUED = "queued"
    ADMITTED = "admitted"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


IN_FLIGHT_STATES = (PartState.ADMITTED, PartState.RUNNING)
OPEN_STATES = (PartState.WAITING, PartState.QUEUED, *IN_FLIGHT_STATES)


class Lane(models.TextChoices):
    """Lanes of workers/contract/names.py. Queue names contain them, so they never change."""

    LIVE = "live"
    NORMAL = "normal"
    BULK = "bulk"


class Job(models.Model):
    """Request for work, with its cost and its result."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs", db_index=False)
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    tenant = models.CharField(max_length=64, help_text="Owner of the work: account:12, address:203.0.113.7, platform.")
    is_internal = models.BooleanField(default=False, help_text="Job of the platform itself: neither listed nor counted against limits.")
    kind = models.CharField(max_length=30)
    engine_id = models.CharField(max_length=100, blank=True)
    queue = models.CharField(max_length=100)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    params = models.JSONField(default=dict, blank=True)
    was_watched = models.BooleanField(
        db_default=False, help_text="The job's events were read while it ran: text in them is charged even if the job fails."
    )
    was_fetched = models.BooleanField(
        db_default=False, help_text="Streamed speech whose file was downloaded too: its charge stays, although its connection sent nothing."
    )
    is_streamed = models.BooleanField(db_default=False, help_text="A client listens while the audio is made: workers publish it.")
    units_sent = models.PositiveIntegerField(
        null=True, blank=True, help_text="Units of speech that a listener got before it left: more is not charged."
    )
    part_count = models.PositiveIntegerField(default=1)
    units = models.PositiveIntegerField(default=0, help_text="Size of the job in the unit of its kind: characters, for speech.")
    price_millicredits = models.PositiveBigIntegerField(default=0)
    reserved_millicredits = models.PositiveBigIntegerField(default=0, help_text="Subtracted from the balance when the job was accepted.")
    charged_millicredits = models.PositiveBigIntegerField(
        default=0, help_text="Charged at the end of the job: at most the reserved amount."
    )
    balance_after_millicredits = models.BigIntegerField(
        null=True, blank=True, help_text="Balance of the account after this job's reservation."
    )
    concurrency_limit = models.PositiveIntegerField(help_text="The job starts while fewer jobs of the tenant are running.")
    weight = models.PositiveIntegerField(default=1, help_text="Share of the tenant while all workers are busy.")
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days from the job's end to expires_at. The result is kept if both are empty."
    )
    output_format = models.CharField(max_length=20, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    webhook_url = models.CharField(
        max_length=2048, blank=True, help_text="URL that receives the job's end event, in addition to the account's endpoints."
    )
    has_webhooks = models.BooleanField(
        default=True, help_text="Off if another event reports the end: items of a batch have the batch's event."
    )
    public_base = models.TextField(blank=True, help_text="Base URL of the request, for links in webhooks.")
    error_code = models.CharField(max_length=50, blank=True)
    error_message = models.TextField(blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    result_deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(F("account"), F("created_at").desc(), F("uuid"), name="jobs_of_an_account"),
            models.Index(
                fields=["tenant"], condition=Q(state__in=["queued", "running"], is_internal=False) & ~Q(lane="bulk"), name="jobs_that_count"
            ),
            models.Index(fields=["api_key"], condition=~Q(api_key=None), name="jobs_of_a_key"),  # for the deletion of a key
            models.Index(fields=["tenant"], condition=Q(state="running"), name="jobs_running"),
            models.Index(fields=["created_at"], condition=Q(state__in=["queued", "running"]), name="jobs_active"),
            models.Index(fields=["expires_at"], condition=Q(result_deleted_at=None), name="jobs_to_expire"),
            models.Index(F("created_at").desc(), F("uuid").desc(), name="jobs_by_age"),  # the order of the admin's list
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(charged_millicredits__lte=F("reserved_millicredits")), name="charged_at_most_what_was_reserved"
            ),
        ]

    def __str__(self) -> str:
        return self.uuid.hex

    @property
    def model_used(self) -> str:
        return self.engine_id

    @property
    def asked_model(self) -> str:
        return JobParams.from_row(self.params).asked_model or self.engine_id

    @property
    def has_stand_in(self) -> bool:
        """True if another model than the requested one does the work."""
        return bool(JobParams.from_row(self.params).asked_model)

    @property
    def warnings(self) -> list[str]:
        """Warnings about requested settings that were not followed."""
        return list(JobParams.from_row(self.params).warnings)

    @property
    def is_refusal(self) -> bool:
        """True if the job only records a refused request and has no parts."""
        return self.part_count == 0 and self.state == JobState.FAILED

    @property
    def is_cached(self) -> bool:
        """True if the result was stored already: a cache hit, which has no parts."""
        return self.part_count == 0 and self.state == JobState.COMPLETED

    @property
    def outputs(self) -> tuple[ResultOutput, ...]:
        """The stored files of its result, the main one first; none before it is completed."""
        return JobResult.from_dict(self.result).outputs if self.result else ()

    @property
    def main_output(self) -> ResultOutput | None:
        """The file that the job was asked for; None before it is completed."""
        return next(iter(self.outputs), None)

    def find_output(self, name: str) -> ResultOutput | None:
        """The stored file of this name; None where the job made none."""
        return next((output for output in self.outputs if output.name == name), None)

    @property
    def is_over(self) -> bool:
        """True if the state is final."""
        return self.state not in ACTIVE_STATES

    @property
    def is_expired(self) -> bool:
        """True if the retention of its result has ended, deleted already or not."""
        return self.result_deleted_at is not None or (self.expires_at is not None and self.is_over and self.expires_at <= timezone.now())


class Part(models.Model):
    """Unit of work that one worker does in one go. Owns the attempt: its token, lease and count."""

    id = models.BigAutoField(primary_key=True)  # ascends with a job's age and a part's index: the order of a tenant's work
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts", db_index=False)
    index = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    stage = models.PositiveSmallIntegerField(
        default=0, help_text="Stage of the part: it starts when all parts of the previous stage are done."
    )
    outputs = models.JSONField(default=list, help_text="Declared outputs: name, format, kept or not, optional or not.")
    state = models.CharField(max_length=10, choices=PartState.choices)
    work = models.JSONField(help_text="Work message. References to outputs of earlier parts are replaced by stored objects.")
    tenant = models.CharField(max_length=64)
    queue = models.CharField(max_length=100)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    is_internal = models.BooleanField(default=False)
    opens_job = models.BooleanField(default=False, help_text="First part of a job that has not started: its admission starts the job.")
    units = models.PositiveIntegerField(default=0)
    units_done = models.PositiveIntegerField(default=0)
    weight = models.PositiveBigIntegerField(null=True, blank=True, help_text="Weight of the part in the job's price; its units if empty.")
    time_limit_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Longest time of an attempt on a worker; TTSAI_PART_SECONDS if empty."
    )
    token = models.UUIDField(null=True, blank=True, help_text="Token of the current attempt.")
    worker = models.CharField(max_length=200, blank=True)
    boot = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Number of workers that died while computing the part.")
    not_before = models.DateTimeField(db_default=Now(), help_text="Earliest time of the next attempt.")
    admitted_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True, help_text="Time at which a worker reported the current attempt.")
    earlier_attempts = models.JSONField(
        default=list, db_default=[], blank=True, help_text="Attempts that ended without a result: worker, times, error code."
    )
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    manifest = models.JSONField(null=True, blank=True)
    error_code = models.CharField(max_length=50, blank=True)

    class Meta:
        indexes = [
            # The dispatcher walks it from tenant to tenant, and within a tenant takes what has begun before what has not.
            models.Index(fields=["queue", "tenant", "lane", "opens_job", "id"], condition=Q(state="queued"), name="parts_queued"),
            models.Index(fields=["queue", "tenant"], condition=Q(state__in=["admitted", "running"]), name="parts_in_flight"),
            models.Index(fields=["tenant"], condition=Q(state__in=["admitted", "running"]), name="parts_in_flight_of_a_tenant"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "index"], name="a_part_of_a_job"),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=None), name="an_attempt_is_one_part"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id.hex}/{self.index}"

    @property
    def output_specs(self) -> tuple[OutputSpec, ...]:
        """The outputs that it declares, the main one first."""
        return tuple(OutputSpec.from_dict(output) for output in self.outputs)

    def get_output(self, name: str) -> OutputSpec:
        """The declaration of one output. Raises KeyError for an unknown name."""
        for output in self.output_specs:
            if output.name == name:
                return output
        raise KeyError(name)

    def has_stored(self, name: str) -> bool:
        """True if its worker stored the output, as its manifest says."""
        stored = (self.manifest or {}).get("outputs", [])
        return any(output["name"] == name for output in stored)


class IdempotencyRecord(models.Model):
    """Idempotency-Key, or in-flight deduplication key, and the job that it created."""

    scope = models.CharField(max_length=64, help_text="Tenant that the key belongs to.")
    key = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="a_key_makes_one_job")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.key}"


class TenantVirtualTime(models.Model):
    """Virtual time of a tenant on a queue, by which parts are admitted fairly. The row without a tenant is the queue's clock."""

    queue = models.CharField(max_length=100)
    tenant = models.CharField(max_length=64, blank=True)
    virtual_time = models.FloatField()

    class Meta:
        db_table = "jobs_fairshare"  # the name that statements of earlier versions use during a deploy
        constraints = [models.UniqueConstraint(fields=["queue", "tenant"], name="one_share_of_a_queue")]

    def __str__(self) -> str:
        return f"{self.queue}: {self.tenant or 'clock'}"


class ReaperClock(models.Model):
    """Time of the reaper's last run with the broker answering: leases do not expire over a time when no heartbeat could arrive."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_run_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_reaper_clock")]

    def __str__(self) -> str:
        return str(self.last_run_at)


class AdmissionPause(models.Model):
    """End of a pause in which no part is given to workers, because the object store is unavailable."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_admission_pause")]

    def __str__(self) -> str:
        return str(self.until)


class Rendition(models.Model):
    """Result of a job in another format: created once, by an internal job of the platform."""

    source = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="renditions", db_index=False)
    format = models.CharField(max_length=20)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="rendition_of")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "format"], name="one_rendition_of_a_format")]

    def __str__(self) -> str:
        return f"{self.source_id.hex} as {self.format}"
