"""Real server with its stores, and an announced recogniser whose transcripts the tests write."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.jobs.models import Part
from tests.factories_jobs import AUDIO, announce, engine_spec, outcome_of, started, store_output
from tests.fresh_state import fresh_state
from tests.speech.people import Person, person
from tests.web.shell import RunningShell, running_shell
from tests.workers.audio.probe.recordings import record
from tests.working import working
from workers.contract.codec import Message
from workers.contract.messages import PartOutcome
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord

WORDS = (TranscriptWord("Hello", 0.1, 0.4, 0.9), TranscriptWord("there.", 0.5, 0.9, 0.8))
HEARD = TranscriptDocument(
    "Hello there.",
    "en",
    2.0,
    (TranscriptSegment(0.1, 0.9, " Hello there.", speaker="SPEAKER_00", words=WORDS, average_log_probability=-0.2),),
)
WHISPER: dict[str, Any] = {
    "kind": "stt",
    "languages": ("en", "es"),
    "voices": (),
    "default_voice": "",
    "has_word_timings": True,
    "has_diarization": True,
    "has_translation": True,
}


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce(engine_spec(), engine_spec("whisper", **WHISPER))
        yield


@pytest.fixture
def owner() -> Person:
    return person(credits=1000)


@pytest.fixture
def server(settings: Any) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 4
    with running_shell() as shell:
        yield shell


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """MP3 of two seconds."""
    return record(tmp_path_factory.mktemp("song") / "song", "mp3", seconds=2.0).read_bytes()


@contextlib.contextmanager
def hearing(heard: TranscriptDocument = HEARD) -> Iterator[None]:
    """Run a worker in the background that returns the same transcript for everything."""
    with making({"listen": heard, "transcript": heard}):
        yield


@contextlib.contextmanager
def making(documents: dict[str, Message]) -> Iterator[None]:
    """Run a worker in the background that writes the given document for parts of a kind, and audio for others."""

    def do(part: Part) -> PartOutcome:
        document = documents.get(part.kind)
        output = json.dumps(document.to_dict()).encode() if document else AUDIO
        return outcome_of(part, manifest=store_output(started(part), audio=output))

    with working(do):
        yield


def wait_until_admitted(seconds: float = 20.0) -> Part:
    """First part given to a worker."""
    deadline = time.monotonic() + seconds
    while (part := Part.objects.filter(state="admitted").first()) is None:
        assert time.monotonic() < deadline, "nothing was admitted"
        time.sleep(0.05)
    return part
