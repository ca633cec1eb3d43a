"""Results that a link shows to everybody who has it: the uuid is the capability, as for downloads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from apps.catalog.selectors import list_models
from apps.core.ids import find_uuid
from apps.core.links import download_url_at
from apps.jobs.kinds import params_of
from apps.jobs.models import Job, JobState
from apps.jobs.params import SpokenParams
from apps.jobs.selectors import find_job
from apps.provenance.policy import is_synthetic
from workers.contract.formats import FORMATS, extension_of
from workers.contract.outputs import TIMINGS
from workers.contract.time_units import HOUR_SECONDS
from workers.text.cldr import language_name

PLAYED_FORMATS = ("mp3", "wav", "m4a", "flac")
"""Formats that every browser plays; results in others are heard as MP3."""
EXCERPT_CHARACTERS = 180
SHOWN_CHARACTERS = 20_000
LONGEST_WITH_WORDS = HOUR_SECONDS
"""Seconds of audio above which the page shows the text alone: words that light up are elements of the page each."""


class SharedState(StrEnum):
    READY = "ready"
    PENDING = "pending"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SharedResult:
    """Facts that the page of a link shows, and nothing else of the account."""

    state: SharedState
    uuid: str
    url: str = ""
    """Address of the audio that browsers play."""
    file_name: str = ""
    content_type: str = ""
    seconds: float = 0.0
    text: str = ""
    """Words that are spoken, as far as they are shown."""
    has_words: bool = False
    """True if the words light up: their times are known."""
    has_subtitles: bool = False
    is_synthetic: bool = True
    """False for a recording of people that a tool changed."""
    voice: str = ""
    language: str = ""
    expires_at: datetime | None = None

    @property
    def excerpt(self) -> str:
        """Beginning of the text, for previews of the link."""
        text = " ".join(self.text.split())
        return text if len(text) <= EXCERPT_CHARACTERS else f"{text[:EXCERPT_CHARACTERS].rsplit(' ', 1)[0]}…"


def find_shared_result(uuid_text: str, *, base: str) -> SharedResult | None:
    """The result of a link; None if there is none with audio. base: of its addresses."""
    job = find_job(uuid_text) if find_uuid(uuid_text) is not None else None
    if job is None or job.is_internal:
        return None
    if job.is_expired:
        return SharedResult(SharedState.EXPIRED, job.uuid.hex)
    if not job.is_over:
        return SharedResult(SharedState.PENDING, job.uuid.hex)
    output = job.main_output
    if job.state != JobState.COMPLETED or output is None or output.format not in FORMATS:
        return None
    heard = output.format if output.format in PLAYED_FORMATS else PLAYED_FORMATS[0]
    has_timings = job.find_output(TIMINGS) is not None
    file_name = f"output.{extension_of(heard)}"
    params = params_of(job)
    spoken = params if isinstance(params, SpokenParams) else SpokenParams()
    return SharedResult(
        SharedState.READY,
        job.uuid.hex,
        url=download_url_at(base, job_uuid=job.uuid, file_name=file_name),
        file_name=file_name,
        content_type=FORMATS[heard].content_type,
        seconds=output.audio_seconds or 0.0,
        text=spoken.text[:SHOWN_CHARACTERS],
        has_words=has_timings and (output.audio_seconds or 0.0) <= LONGEST_WITH_WORDS,
        has_subtitles=has_timings,
        is_synthetic=is_synthetic(job.kind),
        voice=_voice_name(job, voice_id=spoken.voice),
        language=language_name(spoken.language) if spoken.language else "",
        expires_at=job.expires_at,
    )


def _voice_name(job: Job, *, voice_id: str) -> str:
    """Name of a built-in voice; empty for a voice of the account and for a mix, which are nobody else's business."""
    engine = next((engine for engine in list_models() if engine.id == job.engine_id), None)
    voice = engine.spoken_voices.get(voice_id) if engine is not None else None
    return voice.name if voice is not None else ""
