"""The history: the account's completed jobs that made speech."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.compat.elevenlabs.names import our_voice
from apps.conversion.kinds import SPEECH_TO_SPEECH, VOICE_CONVERSION
from apps.core.archives import ArchiveEntry, zip_chunks
from apps.core.errors import GoneError, NotFoundError
from apps.core.storage import get_storage
from apps.jobs.kinds import params_of, voice_of
from apps.jobs.models import Job, JobState
from apps.jobs.params import SpokenParams
from apps.jobs.results import main_file_name
from apps.jobs.selectors import get_own_job
from apps.speech.kinds import SPEECH
from apps.voices.kinds import VOICE_CLONE

SOURCES: Final = {SPEECH.name: "TTS", VOICE_CLONE.name: "TTS", VOICE_CONVERSION.name: "STS", SPEECH_TO_SPEECH.name: "STS"}
"""Kinds of jobs in the history, with the source that it tells of them."""
READ_BYTES: Final = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """Conditions of a page; empty ones hold for all."""

    size: int
    after_id: str = ""
    voice_id: str = ""
    model_id: str = ""
    search: str = ""
    source: str = ""


def list_history(caller: Caller, *, wanted: HistoryQuery) -> tuple[list[Job], bool]:
    """A page, newest first, and true if there are older ones. 404 for an unknown `after_id`."""
    jobs = _kept_jobs(caller)
    if wanted.source:
        jobs = jobs.filter(kind__in=[kind for kind, source in SOURCES.items() if source == wanted.source])
    if wanted.voice_id:
        jobs = jobs.filter(params__voice=our_voice(wanted.voice_id))
    if wanted.model_id:
        jobs = jobs.filter(Q(engine_id=wanted.model_id) | Q(params__asked_model=wanted.model_id))
    if wanted.search:
        jobs = jobs.filter(params__text__icontains=wanted.search)
    if wanted.after_id:
        last = get_item(caller, item_id=wanted.after_id)
        jobs = jobs.filter(
            Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, uuid__gt=last.uuid), created_at__lte=last.created_at
        )
    page = list(jobs.order_by("-created_at", "uuid")[: wanted.size + 1])
    return page[: wanted.size], len(page) > wanted.size


def get_item(caller: Caller, *, item_id: str) -> Job:
    """An item of the account. 404 for any other."""
    try:
        job = get_own_job(caller, uuid_text=item_id)
    except NotFoundError:
        raise _no_item(item_id) from None
    if job.kind not in SOURCES or job.state != JobState.COMPLETED or job.is_expired:
        raise _no_item(item_id)
    return job


def _no_item(item_id: str) -> NotFoundError:
    message = f"There is no history item {item_id[:50]!r} in your account."
    return NotFoundError(message, code="history_item_not_found", param="history_item_id")


def item_shape(job: Job) -> dict[str, Any]:
    params, output, voice = params_of(job), job.main_output, voice_of(job)
    return {
        "history_item_id": job.uuid.hex,
        "request_id": job.request_id,
        "voice_id": voice,
        "model_id": job.asked_model,
        "voice_name": voice,
        "voice_category": "cloned" if voice.startswith("voice_") else "premade",
        "text": params.text if isinstance(params, SpokenParams) else None,
        "date_unix": int(job.created_at.timestamp()),
        "character_count_change_from": 0,
        "character_count_change_to": job.units if SOURCES[job.kind] == "TTS" else 0,
        "content_type": output.media_type if output else "",
        "state": "created",
        "settings": {"speed": getattr(params, "speed", 1.0)},
        "feedback": None,
        "share_link_id": None,
        "source": SOURCES[job.kind],
        "output_format": job.output_format,
    }


def archive_items(jobs: list[Job]) -> Generator[bytes]:
    """ZIP archive of the items' audio. Raises GoneError for audio that was deleted."""
    storage = get_storage()
    if any(job.main_output is None or storage.stat(job.main_output.key) is None for job in jobs):
        raise GoneError("The audio of an item was deleted.")
    return zip_chunks(ArchiveEntry(f"{job.uuid.hex}-{main_file_name(job.output_format)}", _blocks(job)) for job in jobs)


def _blocks(job: Job) -> Generator[bytes]:
    assert job.main_output is not None  # noqa: S101 - archive_items looked
    stream = get_storage().open_stream(job.main_output.key)
    try:
        while block := stream.read(READ_BYTES):
            yield block
    finally:
        stream.close()


def _kept_jobs(caller: Caller) -> QuerySet[Job]:
    kept = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Job.objects.filter(
        kept, account=caller.required_account, is_internal=False, kind__in=SOURCES, state=JobState.COMPLETED, result_deleted_at=None
    )
