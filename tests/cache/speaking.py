"""Helpers: speak a text for an account, finish jobs, look at the store."""

from pathlib import Path
from typing import Any

from apps.accounts.models import Account
from apps.cache.tickets import CacheUse
from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.services.finish import finish_part
from apps.speech.services import SpeechOrder, request_speech
from tests.factories_jobs import caller, outcome_of, part_of, reread, started, store_output

SEA = "The sea is calm tonight."
WORDS = b'[{"word": "The", "start": 0.1, "end": 0.2}]'


def speak(account: Account, text: str = SEA, *, cache: CacheUse = CacheUse.NORMAL, **changes: Any) -> Job:
    """Request speech as POST /v1/tts/ does."""
    order = SpeechOrder(text=text, cache=cache, **changes)
    return request_speech(caller(account), order=order, idempotency=None, request_id="req_test").job


def finish(job: Job, *, audio: bytes = b"ID3 audio", **details: Any) -> Job:
    """Finish a job of one part as a worker would."""
    part = started(part_of(job))
    manifest = store_output(part, audio=audio, others={"timings": WORDS}, details=details)
    assert finish_part(outcome_of(part, manifest=manifest))
    return reread(job)


def spoken(account: Account, text: str = SEA, *, audio: bytes = b"ID3 audio", **changes: Any) -> Job:
    """A completed job for the text."""
    return finish(speak(account, text, **changes), audio=audio)


def read_audio(job: Job) -> bytes:
    assert job.main_output is not None
    return get_storage().read_bytes(job.main_output.key)


def stored_files(folder: str = "cache") -> list[str]:
    """Names of the files in the store's folders of this name."""
    root = get_storage().local_path("root")
    assert root is not None
    return sorted(path.name for path in Path(root.parent).rglob(f"{folder}/*") if path.is_file())
