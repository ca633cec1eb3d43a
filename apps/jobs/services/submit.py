"""Plans of jobs, and their rows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.accounts.callers import Caller
from apps.cache.tickets import CacheTicket
from apps.core.disk import require_room
from apps.jobs.bulk_insert import insert_rows
from apps.jobs.kinds import JobKind, job_kinds, origin_kind_name
from apps.jobs.models import Job, JobState, Lane, Part, PartState
from apps.jobs.params import JobParams
from apps.jobs.plans import PartPlan, check_plans
from apps.jobs.results import ResultOutput
from apps.provenance.policy import credential_warnings, has_credentials, source_type_of, watermark_of
from workers.contract.cloning import FitWork
from workers.contract.conversion import ConvertVoiceWork
from workers.contract.formats import FORMATS
from workers.contract.messages import SpeakWork

PLATFORM_TENANT = "platform"


@dataclass(frozen=True, slots=True)
class JobPlan:
    """Plan of a job: its work, cost and urgency."""

    kind: JobKind[JobParams]
    engine_id: str
    queue: str
    lane: str
    parts: tuple[PartPlan, ...]
    units: int
    price_millicredits: int
    output_format: str
    params: JobParams
    """Parameters in the type of the kind."""
    asked_model: str = ""
    """Model named in the request, if another model does the work."""
    daily_characters: int = 0
    """Characters counted against the daily limit of an anonymous caller."""
    daily_milliseconds: int = 0
    """Milliseconds of recordings counted against the daily limit of an anonymous caller, beside units that are milliseconds themselves."""
    webhook_url: str = ""
    """Webhook URL of the request (apps/webhooks/fields.py)."""
    outputs: tuple[ResultOutput, ...] = ()
    """Files of a result that is stored already, a cache hit: the job then has no parts and is completed as soon as it is accepted.

    They must be kept as long as the job's result: its own retention does not delete them.
    """
    warnings: tuple[str, ...] = ()
    """Requested settings that were not followed, for the response and the result."""
    is_streamed: bool = False
    """True if a client listens while the audio is made (apps/streaming)."""
    cache: CacheTicket | None = None
    """Place of the result in the cache; None if it is neither looked up nor stored."""
    is_following: bool = False
    """True if the job waits for the result of an identical one in flight: its parts are not queued."""
    has_webhooks: bool = True
    """False if no webhook reports the job's end: one of many that a connection makes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Reason why an item of a request creates no work."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Owner of a job, as stored in its row."""

    tenant: str
    account_id: int | None = None
    api_key_id: int | None = None
    concurrency_limit: int = 1
    weight: int = 1
    retention_days: int | None = None
    expires_at: datetime | None = None
    """Expiry of the results if it is known already: a rendition expires with its source."""
    public_base: str = ""
    watermark: str = ""
    """Speech to watermark (workers/contract/provenance.py); empty for none."""
    has_credentials: bool = False
    """True if results are signed with content credentials."""

    @classmethod
    def of_caller(cls, caller: Caller) -> "Owner":
        return cls(
            tenant=caller.tenant,
            account_id=caller.account.pk if caller.account else None,
            api_key_id=caller.key_id,
            concurrency_limit=caller.concurrent_jobs if caller.is_limited_apart else caller.plan.concurrent_jobs,
            weight=caller.plan.weight,
            retention_days=caller.plan.retention_days,
            public_base=caller.public_base,
            watermark=watermark_of(caller.plan),
            has_credentials=has_credentials(caller.plan),
        )

    @classmethod
    def of_source(cls, job: Job) -> "Owner":
        """Owner of an internal job that is made from a result and expires with it."""
        params = JobParams.from_row(job.params)
        return cls(
            tenant=job.tenant,
            account_id=job.account_id,
            weight=job.weight,
            expires_at=job.expires_at,
            has_credentials=params.has_credentials,
        )


def insert_job(job_uuid: UUID, *, plan: JobPlan, owner: Owner, request_id: str, balance_after_millicredits: int | None = None) -> Job:
    """Insert a job and its parts, inside a transaction of apps/jobs/services/acceptance.py. 503 where the disk has no room for its results."""
    if job_kinds().get(plan.kind.name) is not plan.kind or type(plan.params) is not plan.kind.params:
        raise TypeError(f"The kind {plan.kind.name!r} is not in TTSAI_JOB_KINDS, or its parameters are of another kind.")
    if bool(plan.parts) == bool(plan.outputs):
        raise ValueError("a job has parts that make its result, or outputs that are stored already")
    require_room()
    job = Job(
        uuid=job_uuid,
        account_id=owner.account_id,
        api_key_id=owner.api_key_id,
        tenant=owner.tenant,
        is_internal=plan.kind.is_internal,
        kind=plan.kind.name,
        engine_id=plan.engine_id,
        queue=plan.queue,
        lane=plan.lane,
        params=_params(plan, owner=owner),
        part_count=len(plan.parts),
        units=plan.units,
        price_millicredits=plan.price_millicredits,
        reserved_millicredits=plan.price_millicredits if owner.account_id is not None and not plan.kind.is_internal else 0,
        balance_after_millicredits=balance_after_millicredits,
        concurrency_limit=owner.concurrency_limit,
        weight=owner.weight,
        retention_days=owner.retention_days,
        expires_at=owner.expires_at,
        is_streamed=plan.is_streamed,
        output_format=plan.output_format,
        request_id=request_id,
        webhook_url=plan.webhook_url,
        has_webhooks=plan.has_webhooks and not plan.kind.is_internal,
        public_base=owner.public_base,
    )
    insert_rows([job])
    if plan.parts:
        insert_rows(_parts(job, plan, owner=owner))
    return job


def insert_refused_job(owner: Owner, *, kind: JobKind[JobParams], engine_id: str, error: Refusal, request_id: str) -> Job:
    """Record an item that was refused inside an accepted request, as a job that failed at once: usage and the admin count it.

    It has no parts, no price and no webhooks of its own. Runs inside the caller's transaction.
    """
    now = timezone.now()
    job = Job(
        account_id=owner.account_id,
        api_key_id=owner.api_key_id,
        tenant=owner.tenant,
        kind=kind.name,
        engine_id=engine_id,
        lane=Lane.BULK,
        state=JobState.FAILED,
        part_count=0,
        concurrency_limit=owner.concurrency_limit,
        retention_days=owner.retention_days,
        request_id=request_id,
        has_webhooks=False,
        error_code=error.code,
        error_message=error.message,
        created_at=now,
        finished_at=now,
        expires_at=None if owner.retention_days is None else now + timedelta(days=owner.retention_days),
    )
    insert_rows([job])
    return job


def _params(plan: JobPlan, *, owner: Owner) -> dict[str, Any]:
    asked_model = "" if plan.asked_model == plan.engine_id else plan.asked_model
    is_audio = plan.output_format in FORMATS
    is_signed = owner.has_credentials and is_audio and bool(source_type_of(origin_kind_name(plan.kind.name, plan.params)))
    warnings = (*plan.warnings, *(credential_warnings(plan.output_format) if is_signed else ()))
    return replace(plan.params, asked_model=asked_model, warnings=warnings, has_credentials=is_signed).to_row()


def _parts(job: Job, plan: JobPlan, *, owner: Owner) -> list[Part]:
    """Rows of the parts. The first is queued, unless the job follows another; those of its stage follow once it is admitted, the next stage
    once they are finished.
    """
    check_plans(plan.parts)
    first = PartState.WAITING if plan.is_following else PartState.QUEUED
    states = [first, *[PartState.WAITING] * (len(plan.parts) - 1)]
    return [
        _part(job, index, plan=part, state=state, watermark=owner.watermark)
        for index, (part, state) in enumerate(zip(plan.parts, states, strict=True))
    ]


def _part(job: Job, index: int, *, plan: PartPlan, state: PartState, watermark: str) -> Part:
    work = plan.work
    if isinstance(work, SpeakWork | ConvertVoiceWork | FitWork):
        work = replace(work, watermark=watermark)
    return Part(
        job_id=job.uuid,
        index=index,
        kind=plan.kind,
        stage=plan.stage,
        outputs=[output.to_dict() for output in plan.outputs],
        state=state,
        work=work.to_dict(),
        tenant=job.tenant,
        queue=plan.queue or job.queue,
        lane=job.lane,
        is_internal=job.is_internal,
        opens_job=index == 0,
        units=plan.units,
        weight=plan.weight,
        time_limit_seconds=plan.time_limit_seconds,
    )
