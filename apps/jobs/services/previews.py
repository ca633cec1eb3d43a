"""Voice previews: one internal job per voice, created at the first request, kept until the model changes."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.utils import timezone

from apps.catalog.catalogue import EngineRow, VoiceRow
from apps.catalog.models import Voice
from apps.catalog.selectors import find_listed_model
from apps.core import retry_after
from apps.core.errors import NotFoundError, UnavailableError
from apps.jobs.kinds import PREVIEW
from apps.jobs.models import Job, JobState
from apps.jobs.services.acceptance import inserting_jobs
from apps.jobs.services.platform_speech import plan_platform_speech
from apps.jobs.services.submit import PLATFORM_TENANT, JobPlan, Owner
from workers.contract.tags import primary_tag

FORMAT = "mp3"
PAUSE_AFTER_FAILURE = timedelta(minutes=1)
"""Pause after a failed preview, which anybody may request."""

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_name("preview_sentences.toml").read_text("utf-8")))
"""Sentences by primary language tag; English by default."""


def request_preview(model_id: str, *, voice_id: str) -> Job:
    """Job of the preview: a finished or running one, or a new one. 404, or 503 while it cannot be created."""
    engine, voice = _find(model_id, voice_id=voice_id)
    with inserting_jobs() as jobs:
        row = Voice.objects.select_for_update().get(engine_id=engine.id, voice_id=voice.id)  # so that two requests at once make one
        earlier = Job.objects.filter(uuid=row.preview_job_uuid).first() if row.preview_job_uuid else None
        if earlier is not None and row.preview_version == engine.version and _is_reusable(earlier):
            return earlier
        if not engine.was_seen_lately:
            raise UnavailableError(f"No worker serves the model {engine.id!r} at the moment.", code="model_unavailable")
        job = jobs.insert(_plan(engine, voice), owner=Owner(tenant=PLATFORM_TENANT), request_id="")
        row.preview_job_uuid, row.preview_version = job.uuid, engine.version
        row.save(update_fields=["preview_job_uuid", "preview_version"])
    return job


def check_preview(job: Job) -> Job:
    """The job, if its result is usable. 503 if it failed."""
    if job.state != JobState.COMPLETED:
        raise UnavailableError(
            "The preview could not be created. Try again in a minute.",
            code="preview_failed",
            headers={"Retry-After": retry_after.MODEL_UNAVAILABLE},
        )
    return job


def _find(model_id: str, *, voice_id: str) -> tuple[EngineRow, VoiceRow]:
    engine = find_listed_model(model_id)
    voice = engine.voices.get(voice_id)
    if voice is None:
        raise NotFoundError(f"The model {engine.id!r} has no voice {voice_id[:100]!r}.", code="voice_not_found")
    return engine, voice


def _is_reusable(job: Job) -> bool:
    if not job.is_over:
        return True
    if job.state == JobState.COMPLETED:
        return job.result_deleted_at is None
    return job.finished_at is not None and timezone.now() - job.finished_at < PAUSE_AFTER_FAILURE


def _plan(engine: EngineRow, voice: VoiceRow) -> JobPlan:
    text = SENTENCES.get(primary_tag(voice.language), SENTENCES["en"])
    return plan_platform_speech(PREVIEW, text, voice=engine.voice_ref(voice), queue=engine.queue, audio_format=FORMAT)
