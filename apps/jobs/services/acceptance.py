"""Acceptance of requests: one transaction that honours the Idempotency-Key, checks the limits, reserves the credits and inserts the jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.db import transaction
from structlog.contextvars import bind_contextvars

from apps.accounts.authentication import recheck_caller
from apps.accounts.callers import Caller
from apps.accounts.services import count_anonymous_audio, count_anonymous_characters
from apps.billing.services import reserve_credits
from apps.core.addresses import address_block
from apps.core.errors import InsufficientCreditsError
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.kinds import JobKind, Unit
from apps.jobs.models import Job, Lane
from apps.jobs.params import JobParams
from apps.jobs.results import JobResult
from apps.jobs.services.cached_results import abandon_cache, consult_cache
from apps.jobs.services.idempotency import Idempotency, claim_key, release_key
from apps.jobs.services.limits import check_anonymous_service, check_concurrency, wait_for_tenant
from apps.jobs.services.submit import JobPlan, Owner, Refusal, insert_job, insert_refused_job
from apps.jobs.services.terminal_states import complete_job
from apps.webhooks.fields import check_webhook_caller


@dataclass(frozen=True, slots=True)
class Submission:
    """A job that was accepted, now or by an earlier identical request."""

    job: Job
    is_replay: bool

    @property
    def credits_remaining_millicredits(self) -> int | None:
        """The account's balance once the job was reserved; None without an account."""
        return self.job.balance_after_millicredits


class JobTransaction:
    """Inserts jobs of the platform's own in one transaction; their queues are dispatched after its commit."""

    def __init__(self) -> None:
        self.queues: set[str] = set()
        self._stored: list[tuple[Job, JobPlan]] = []

    def insert(self, plan: JobPlan, *, owner: Owner, request_id: str) -> Job:
        """Insert a job and its parts. 503 where the disk has no room for its results."""
        return self._insert(uuid4(), plan=plan, owner=owner, request_id=request_id)

    def _insert(self, job_uuid: UUID, *, plan: JobPlan, owner: Owner, request_id: str, balance_millicredits: int | None = None) -> Job:
        job = insert_job(job_uuid, plan=plan, owner=owner, request_id=request_id, balance_after_millicredits=balance_millicredits)
        if plan.outputs:
            self._stored.append((job, plan))
        elif not plan.is_following:
            self.queues.add(job.queue)
        return job

    def complete_stored(self) -> None:
        """End the jobs whose outputs are stored already, once all rows that observers read are written: charged in full, with their webhooks."""
        for job, plan in self._stored:
            complete_job(job, result=JobResult(plan.outputs).to_dict())


class Acceptance(JobTransaction):
    """Accepts the jobs of one request. The request's Idempotency-Key stands for its first job, which a repeat of the request finds."""

    def __init__(self, caller: Caller, *, idempotency: Idempotency | None, request_id: str) -> None:
        """Claim the key; a request with the same key waits here until this one's transaction is over. 409 idempotency_conflict."""
        super().__init__()
        self._caller = caller
        self._idempotency = idempotency
        self._request_id = request_id
        self._first_uuid = uuid4()
        self._has_first = False
        self._is_serialised = False
        self.earlier: Job | None = None
        """Job of an earlier request with the same key, which this request repeats: nothing is accepted then."""
        if idempotency is not None:
            self.earlier = claim_key(caller.tenant, idempotency=idempotency, job_uuid=self._first_uuid)

    def accept(self, plan: JobPlan) -> Job:
        """Check, reserve and insert. 402, 403 webhook_needs_key, 429 concurrency_limit_exceeded, daily_characters_exceeded or daily_audio_exceeded, 503.

        After a 402 nothing is written, and the transaction may continue without this job; after any other refusal it may not.
        """
        check_webhook_caller(self._caller, webhook_url=plan.webhook_url)
        if self._caller.is_anonymous:
            check_anonymous_service(self._caller, plan.kind)
            plan = replace(plan, price_millicredits=0)
        job_uuid = uuid4() if self._has_first else self._first_uuid
        self._serialise()
        owner = Owner.of_caller(self._caller)
        plan = consult_cache(plan, job_uuid=job_uuid, retention_days=owner.retention_days)
        try:
            balance = _take_price(self._caller, plan, job_uuid=job_uuid)
        except InsufficientCreditsError:
            abandon_cache(plan, job_uuid=job_uuid)
            raise
        if plan.lane != Lane.BULK and plan.parts:
            check_concurrency(self._caller)
        job = self._insert(job_uuid, plan=plan, owner=owner, request_id=self._request_id, balance_millicredits=balance)
        self._has_first = True
        return job

    def _serialise(self) -> None:
        """Let submissions of an account follow each other: before any lock of the cache or of the balance, so that none waits for the other.

        401 and 403 for a key or an account that ended while a socket was open or a body was sent.
        """
        if self._caller.account is not None and not self._is_serialised:
            wait_for_tenant(self._caller.tenant)
            recheck_caller(self._caller)
            self._is_serialised = True

    def refuse(self, kind: JobKind[JobParams], *, engine_id: str, error: Refusal) -> Job:
        """Record one refused item of the request as a job that failed at once."""
        owner = Owner.of_caller(self._caller)
        return insert_refused_job(owner, kind=kind, engine_id=engine_id, error=error, request_id=self._request_id)

    def release_unused_key(self) -> None:
        """Forget the key if the request accepted no job: a repeat is tried on its own."""
        if self._idempotency is not None and self.earlier is None and not self._has_first:
            release_key(self._caller.tenant, key=self._idempotency.key)


@contextmanager
def inserting_jobs() -> Iterator[JobTransaction]:
    """A transaction for jobs of the platform's own."""
    with transaction.atomic(durable=True):
        jobs = JobTransaction()
        yield jobs
        jobs.complete_stored()
    _dispatch(jobs)


@contextmanager
def accepting_jobs(caller: Caller, *, idempotency: Idempotency | None, request_id: str) -> Iterator[Acceptance]:
    """A transaction for the jobs of a request."""
    with transaction.atomic(durable=True):
        acceptance = Acceptance(caller, idempotency=idempotency, request_id=request_id)
        yield acceptance
        acceptance.complete_stored()
        acceptance.release_unused_key()
    _dispatch(acceptance)


def submit_job(caller: Caller, plan: JobPlan, *, idempotency: Idempotency | None, request_id: str) -> Submission:
    """Accept a request that makes one job. Errors as Acceptance and its `accept` raise them."""
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        job = acceptance.earlier or acceptance.accept(plan)
        bind_contextvars(job=job.uuid.hex)
    return Submission(job, is_replay=acceptance.earlier is not None)


def _dispatch(jobs: JobTransaction) -> None:
    for queue in sorted(jobs.queues):
        dispatch_soon(queue)


def _take_price(caller: Caller, plan: JobPlan, *, job_uuid: UUID) -> int | None:
    """Reserve the price. Counting characters or audio locks the address's day, so that submissions of one address follow each other."""
    if caller.account is not None:
        return reserve_credits(caller.account.pk, job_uuid=job_uuid, amount_millicredits=plan.price_millicredits, key_id=caller.key_id)
    if plan.daily_characters and caller.plan.characters_per_day is not None:
        count_anonymous_characters(address_block(caller.address), characters=plan.daily_characters, limit=caller.plan.characters_per_day)
    milliseconds = plan.units if plan.kind.units == Unit.MILLISECONDS else plan.daily_milliseconds
    if milliseconds and caller.plan.audio_seconds_per_day is not None:
        count_anonymous_audio(address_block(caller.address), milliseconds=milliseconds, limit_seconds=caller.plan.audio_seconds_per_day)
    return None
