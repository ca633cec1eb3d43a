"""Real server and store, an announced recogniser, and jobs with outputs given by the tests."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.jobs.dispatch import dispatch, dispatch_all
from apps.jobs.models import Job
from apps.jobs.plans import PartPlan
from apps.jobs.services.finish import finish_part
from tests.factories import AccountFactory
from tests.factories_jobs import AUDIO, announce, caller, engine_spec, outcome_of, part_of, reread, started, store_output, submit
from tests.fresh_state import fresh_state
from tests.web.shell import RunningShell, running_shell
from workers.contract.codec import Message
from workers.contract.messages import SpeakWork
from workers.contract.outputs import audio_outputs, text_outputs
from workers.contract.references import PartOutput
from workers.contract.transcription import TranslateWork

TEXT = "Hello there. How are you?"
TIMINGS = [
    {"word": "Hello", "start": 0.1, "end": 0.4, "start_character": 0, "end_character": 5},
    {"word": "there.", "start": 0.5, "end": 0.9, "start_character": 6, "end_character": 12},
    {"word": "How", "start": 1.5, "end": 1.7, "start_character": 13, "end_character": 16},
    {"word": "are", "start": 1.7, "end": 1.9, "start_character": 17, "end_character": 20},
    {"word": "you?", "start": 1.9, "end": 2.3, "start_character": 21, "end_character": 25},
]
WHISPER = engine_spec("whisper", kind="stt", languages=("en", "es"), voices=(), default_voice="")

Completed = Callable[..., Job]


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce(engine_spec(), WHISPER)
        yield


@pytest.fixture
def server(settings: Any) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 4
    with running_shell() as shell:
        yield shell


def finish(job: Job, *, output: bytes = AUDIO, timings: list[dict[str, Any]] | None = None, index: int = 0) -> None:
    """Finish a part of the job with this output."""
    part = started(part_of(job, index))
    others = None if timings is None else {"timings": json.dumps(timings).encode()}
    manifest = store_output(part, audio=output, others=others)
    assert finish_part(outcome_of(part, manifest=manifest))
    dispatch_all()


@pytest.fixture
def completed() -> Completed:
    """Factory of completed speech jobs: `completed("Hello.", timings=[…], language="es")`; the language is one of its parameters."""

    def make(text: str = TEXT, *, timings: list[dict[str, Any]] | None = None, **params: Any) -> Job:
        by = caller(AccountFactory(credits=1000))
        values = {"model": "kokoro", "voice": "af_bella", "language": "en-us", "text": text, **params}
        job = submit(by, text, params=values).job
        dispatch(job.queue)
        finish(job, timings=timings)
        return reread(job)

    return make


@pytest.fixture
def written() -> Completed:
    """Factory of completed jobs with a document and optionally speech: `written(transcript)`, `written(script, timings=[…])`."""

    def make(document: Message, *, timings: list[dict[str, Any]] | None = None, **changes: Any) -> Job:
        kept = PartPlan("translate", TranslateWork("", target_language="es", text="x"), text_outputs(is_kept=True), units=1)
        speech = SpeakWork("kokoro", None, script=PartOutput(0, "document"))
        speak = PartPlan("speak", speech, audio_outputs("mp3", is_kept=True), units=0, stage=1)
        parts = (kept,) if timings is None else (kept, speak)
        values = {"parts": parts, "params": {"model": "kokoro", "language": "es"}, "output_format": "json" if timings is None else "mp3"}
        job = submit(caller(AccountFactory(credits=1000)), "x", **{**values, **changes}).job
        dispatch(job.queue)
        finish(job, output=json.dumps(document.to_dict()).encode())
        if timings is not None:
            finish(job, timings=timings, index=1)
        return reread(job)

    return make
