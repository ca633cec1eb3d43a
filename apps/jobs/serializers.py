"""Serializers of jobs, usage and health."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.billing import prices
from apps.core.links import download_url
from apps.jobs.kinds import Unit, kind_of
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import cached_shape
from apps.jobs.results import main_file_name
from apps.jobs.selectors import PUBLIC_STATES, progress_of


class JobSerializer(serializers.Serializer[Any]):
    """A job of the account."""

    uuid = serializers.CharField(help_text="32 hex digits.")
    job_id = serializers.CharField(help_text="The same with dashes.")
    type = serializers.CharField(help_text="tts, …")
    status = serializers.CharField(help_text="queued, processing, cancelling, completed, failed, cancelled, expired")
    model = serializers.CharField(help_text="Model id of the request.")
    model_used = serializers.CharField(required=False, help_text="Id of the stand-in, for a model that is not installed.")
    format = serializers.CharField()
    characters = serializers.IntegerField(help_text="Characters of the text; 0 for a job with a recording.")
    progress = serializers.FloatField(help_text="0 to 1.")
    seconds_left = serializers.IntegerField(required=False, help_text="Estimate while it is processing, once 1% is done.")
    credits_used = serializers.FloatField(help_text="Reserved credits of an active job, charged credits of an ended one.")
    created_at = serializers.CharField()
    started_at = serializers.CharField(allow_null=True)
    finished_at = serializers.CharField(allow_null=True)
    expires_at = serializers.CharField(allow_null=True, help_text="Time at which the result is deleted.")
    result_url = serializers.CharField(required=False, help_text="URL of the audio of a completed job, until it expires.")
    duration = serializers.FloatField(required=False, help_text="Seconds of audio.")
    cached = serializers.BooleanField(required=False, help_text="True if the result is that of an earlier identical request.")
    error = serializers.CharField(required=False)
    code = serializers.CharField(required=False)


class JobPageSerializer(serializers.Serializer[Any]):
    """Some jobs, newest first."""

    jobs = JobSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="Give it as `cursor` for the next page; null at the end.")


class UsageMeasuresSerializer(serializers.Serializer[Any]):
    """Sums of a period."""

    jobs = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    characters = serializers.IntegerField()
    credits = serializers.FloatField(help_text="Charged credits.")


class UsageKeySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField()


class UsageRowSerializer(UsageMeasuresSerializer):
    """Sums of one day, model or key."""

    day = serializers.CharField(required=False)
    model = serializers.CharField(required=False)
    key = UsageKeySerializer(required=False, allow_null=True)


class UsageSerializer(serializers.Serializer[Any]):
    to = serializers.CharField()
    group_by = serializers.CharField()
    total = UsageMeasuresSerializer()
    usage = UsageRowSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """Add `from` here, since it is a keyword of Python."""
        return {"from": serializers.CharField(), **super().get_fields()}


class HealthSerializer(serializers.Serializer[Any]):
    """Health of the platform."""

    status = serializers.CharField(help_text="online, or degraded: a component is unavailable")
    latency_ms = serializers.IntegerField()
    queue_size = serializers.IntegerField(help_text="Jobs that no worker has started.")
    models_loaded = serializers.ListField(child=serializers.CharField())
    away = serializers.ListField(
        child=serializers.CharField(), help_text="Missing parts: database, broker, store, disk (too full), workers (none is alive)."
    )


def job_shape(request: Any, job: Job, *, units_done: Mapping[UUID, int]) -> dict[str, Any]:
    progress = progress_of(job, units_done=units_done.get(job.uuid, 0))
    shape = {
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "type": job.kind,
        "status": public_status(job),
        "model": job.asked_model,
        "format": job.output_format,
        "characters": job.units if kind_of(job).units == Unit.CHARACTERS else 0,
        "progress": progress.share,
        "credits_used": prices.credits(job.charged_millicredits if job.is_over else job.reserved_millicredits),
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "expires_at": job.expires_at.isoformat() if job.expires_at else None,
    }
    if progress.seconds_left is not None and not job.is_over:
        shape["seconds_left"] = progress.seconds_left
    if job.has_stand_in:
        shape["model_used"] = job.model_used
    shape |= cached_shape(job)
    output = job.main_output
    if job.state == JobState.COMPLETED and output is not None and job.result_deleted_at is None:
        return {
            **shape,
            "result_url": download_url(request, job.uuid, file_name=main_file_name(output.format)),
            "duration": output.audio_seconds,
        }
    return {**shape, "error": job.error_message, "code": job.error_code} if job.error_code else shape


def public_status(job: Job) -> str:
    """Name of the job's state in the API."""
    return "cancelling" if job.cancel_requested_at is not None and not job.is_over else PUBLIC_STATES[JobState(job.state)]
