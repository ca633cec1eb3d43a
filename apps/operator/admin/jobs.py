"""Jobs and their parts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from apps.catalog.models import Engine, Worker, WorkerQueue
from apps.jobs.kinds import Unit, job_kinds
from apps.jobs.models import Job, JobState, Part, PartState
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.requeue import requeue_job
from apps.operator.admin.catalog import as_json
from apps.operator.admin.contents import ContentsAdmin
from apps.operator.admin.forms import ConfirmForm
from apps.operator.admin.pages import FormPage, ReadOnlyInline, UuidSearch, caller_of, counted, in_credits, job_link
from apps.operator.selectors.timeline import get_timeline

JOB_COLOURS = {
    JobState.QUEUED: "info",
    JobState.RUNNING: "primary",
    JobState.COMPLETED: "success",
    JobState.FAILED: "danger",
    JobState.CANCELLED: "warning",
    JobState.EXPIRED: "warning",
}
PART_COLOURS = {
    PartState.WAITING: "info",
    PartState.QUEUED: "info",
    PartState.ADMITTED: "primary",
    PartState.RUNNING: "primary",
    PartState.DONE: "success",
    PartState.FAILED: "danger",
    PartState.CANCELLED: "warning",
}


class ByColumn(admin.SimpleListFilter):
    """Filter by a text column whose values come from a small table instead of all jobs."""

    column: str
    model: type[Engine] | type[Worker] | type[WorkerQueue]
    model_field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        values = self.model._default_manager.order_by(self.model_field).values_list(self.model_field, flat=True)  # noqa: SLF001
        return [(value, value) for value in values.distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        return queryset if self.value() is None else queryset.filter(**{self.column: self.value()})


class ByEngine(ByColumn):
    title = "model"
    parameter_name = column = "engine_id"
    model, model_field = Engine, "id"


class ByWorker(ByColumn):
    title = "worker"
    parameter_name = column = "worker"
    model, model_field = Worker, "name"


class ByQueue(ByColumn):
    title = "queue"
    parameter_name = column = "queue"
    model, model_field = WorkerQueue, "queue"


class PartsInline(ReadOnlyInline):
    model = Part
    fields = ["index", "kind", "state", "queue", "lane", "worker", "attempts", "size", "error_code", "finished_at"]
    readonly_fields = fields
    ordering = ["index"]
    per_page = 20
    verbose_name_plural = "parts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Part]:
        parts: QuerySet[Part] = super().get_queryset(request)
        return parts.select_related("job").defer("work", "outputs", "manifest", "job__params", "job__result")

    @display(description="done")
    def size(self, part: Part) -> str:
        """Work done of the part's work, with its unit."""
        return _done(part)


@admin.register(Job)
class JobAdmin(UuidSearch, ContentsAdmin):
    content_fields = {"shown_params": "settings_alone", "shown_result": "", "error_message": ""}
    list_display = [
        "short_uuid",
        "created_at",
        "shown_state",
        "owner",
        "work",
        "size",
        "times",
        "charged",
        "error_code",
    ]
    list_filter = ["state", "lane", ByEngine, "is_internal", "created_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "=request_id", "=tenant"]
    search_help_text = "Complete job uuid, request id, account name, or tenant: account:12, address:203.0.113.7"
    ordering = ["-created_at"]
    paginator = InfinitePaginator
    show_full_result_count = False
    list_display_links = ["short_uuid"]
    inlines = [PartsInline]
    actions_detail = ["requeue", "cancel"]
    change_form_outer_before_template = "operator/timeline.html"
    fieldsets: list[tuple[str | None, dict[str, Any]]] = [
        (
            None,
            {
                "fields": [
                    ("uuid", "shown_state"),
                    ("account", "api_key"),
                    ("caller", "output_format"),
                    ("kind", "engine_id"),
                    ("queue", "lane"),
                ]
            },
        ),
        ("Credits", {"fields": [("size", "price"), ("reserved", "charged")]}),
        (
            "Times",
            {
                "fields": [
                    ("created_at", "started_at"),
                    ("finished_at", "cancel_requested_at"),
                    ("queue_time", "run_time"),
                    ("expires_at", "result_deleted_at"),
                ]
            },
        ),
        ("Outcome", {"fields": [("error_code", "error_message"), "shown_result"]}),
        ("Request", {"fields": ["request_id", "shown_params"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        rows = [row for _, options in self.fieldsets for row in options["fields"]]
        return [name for row in rows for name in ([row] if isinstance(row, str) else row)]

    def job_of(self, obj: Any) -> Job | None:
        return obj if isinstance(obj, Job) else None

    @display(description="job", ordering="uuid")
    def short_uuid(self, job: Job) -> str:
        return f"{job.uuid.hex[:8]}…"

    @display(description="state", ordering="state", label=JOB_COLOURS)
    def shown_state(self, job: Job) -> str:
        return job.state

    @display(description="owner", ordering="tenant")
    def owner(self, job: Job) -> str:
        """Account, or address of an anonymous caller."""
        return caller_of(job.tenant) if job.account is None else job.account.name

    @display(description="caller")
    def caller(self, job: Job) -> str:
        return caller_of(job.tenant)

    @display(description="kind and model", ordering="engine_id", header=True)
    def work(self, job: Job) -> list[str]:
        """Kind of the job, and the model below it."""
        return [job.kind, job.engine_id]

    @display(description="queue time")
    def queue_time(self, job: Job) -> str:
        """Time until its first part started."""
        return _seconds(job.created_at, job.started_at) or "-"

    @display(description="run time")
    def run_time(self, job: Job) -> str:
        """Time from its start to its end."""
        return _seconds(job.started_at, job.finished_at) or "-"

    @display(description="size", ordering="units")
    def size(self, job: Job) -> str:
        """Size of the job in the unit of its kind."""
        return in_units(job.units, kind=job.kind)

    @display(description="queued, ran")
    def times(self, job: Job) -> str:
        """Time until its first part started, and from there to its end."""
        return ", ".join(filter(None, [_seconds(job.created_at, job.started_at), _seconds(job.started_at, job.finished_at)])) or "-"

    @display(description="price")
    def price(self, job: Job) -> str:
        return in_credits(job.price_millicredits)

    @display(description="reserved")
    def reserved(self, job: Job) -> str:
        return in_credits(job.reserved_millicredits)

    @display(description="charged", ordering="charged_millicredits")
    def charged(self, job: Job) -> str:
        return in_credits(job.charged_millicredits)

    @display(description="result")
    def shown_result(self, job: Job) -> SafeString:
        """Result of the job as JSON: the location of its audio."""
        return as_json(job.result)

    @display(description="parameters")
    def shown_params(self, job: Job) -> SafeString:
        return as_json(job.params)

    @display(description="parameters without texts")
    def settings_alone(self, job: Job) -> SafeString:
        """Parameters that retention keeps, since they neither quote nor identify what a customer sent."""
        kind = job_kinds().get(job.kind)
        return as_json({} if kind is None else kind.params.without_forgotten(job.params))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add the timeline."""
        job = self.get_object(request, object_id)
        timeline = None if job is None or not self.has_view_permission(request, job) else get_timeline(job)
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), "timeline": timeline})
        return page

    @action(description="Requeue…", icon="restart_alt", permissions=["operator.requeue_job"])
    def requeue(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the parts that workers hold to others, and those that wait for another attempt at once."""
        job: Job = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            return f"{counted(requeue_job(job), 'part')} queued again"

        page = FormPage(
            f"Requeue job {job}",
            "Its parts are taken from their workers and given out again at once. Finished parts stay; nothing is charged twice.",
            "Requeue the job",
            ConfirmForm,
            is_atomic=False,
        )
        return self.ask(request, page=page, obj=job, perform=perform)

    @action(description="Cancel…", icon="cancel", permissions=["jobs.change_job"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Cancel the job as its owner could; finished work is charged."""
        job: Job = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            ended = cancel_job(job, reason="Cancelled by the operator.")
            return "Cancelled" if ended.is_over else "Its workers are being stopped"

        page = FormPage(
            f"Cancel job {job}",
            "The finished work is charged; the remaining credits are released.",
            "Cancel the job",
            ConfirmForm,
            is_dangerous=True,
            is_atomic=False,
        )
        return self.ask(request, page=page, obj=job, perform=perform)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer nothing for a job that is over."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        job = self.get_object(request, str(object_id))
        return [] if job is None or job.is_over else actions


@admin.register(Part)
class PartAdmin(ContentsAdmin):
    """Parts of jobs, each done by one worker in one go."""

    content_fields = {"shown_work": "", "shown_manifest": ""}

    list_display = [
        "id",
        "short_job",
        "index",
        "kind",
        "shown_state",
        "queue",
        "lane",
        "caller",
        "worker",
        "attempts",
        "error_code",
    ]
    list_filter = ["state", "lane", ByQueue, ByWorker]
    list_select_related = ["job"]
    search_fields = ["=job__uuid", "=worker", "=tenant"]
    ordering = ["-id"]
    paginator = InfinitePaginator
    show_full_result_count = False
    fields = [
        "job",
        ("index", "kind"),
        ("shown_state", "caller"),
        ("queue", "lane"),
        ("worker", "boot"),
        "token",
        ("attempts", "not_before"),
        ("admitted_at", "started_at"),
        ("lease_expires_at", "finished_at"),
        ("size", "error_code"),
        "shown_attempts",
        "shown_work",
        "shown_outputs",
        "shown_manifest",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    def job_of(self, obj: Any) -> Job | None:
        return obj.job if isinstance(obj, Part) else None

    @display(description="state", ordering="state", label=PART_COLOURS)
    def shown_state(self, part: Part) -> str:
        return part.state

    @display(description="job")
    def short_job(self, part: Part) -> str:
        return job_link(part.job_id)

    @display(description="caller", ordering="tenant")
    def caller(self, part: Part) -> str:
        return caller_of(part.tenant)

    @display(description="done")
    def size(self, part: Part) -> str:
        return _done(part)

    @display(description="earlier attempts")
    def shown_attempts(self, part: Part) -> SafeString:
        """Attempts that ended without a result, as JSON."""
        return as_json(part.earlier_attempts)

    @display(description="work")
    def shown_work(self, part: Part) -> SafeString:
        return as_json(part.work)

    @display(description="outputs")
    def shown_outputs(self, part: Part) -> SafeString:
        return as_json(part.outputs)

    @display(description="manifest")
    def shown_manifest(self, part: Part) -> SafeString:
        """Manifest that the worker stored beside its output, as JSON."""
        return as_json(part.manifest)


def _done(part: Part) -> str:
    return f"{part.units_done:,} of {in_units(part.units, kind=part.job.kind)}" if part.units else "-"


def in_units(units: int, *, kind: str) -> str:
    """Size in the unit of the job's kind: `34 characters`, `12.5 s of audio`."""
    known = job_kinds().get(kind)
    if known is not None and known.units == Unit.MILLISECONDS:
        return f"{units / 1000:,.1f} s of audio"
    return f"{units:,} {'characters' if known is not None and known.units == Unit.CHARACTERS else 'units of work'}"


def _seconds(begin: datetime | None, end: datetime | None) -> str:
    return "" if begin is None or end is None else f"{(end - begin).total_seconds():.1f} s"
