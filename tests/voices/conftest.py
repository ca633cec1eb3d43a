"""Announced models that clone and enrol, and a background worker that writes reports and voices as real ones do."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.jobs.models import Part
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import announce, engine_spec, outcome_of, started, store_output
from tests.fresh_state import fresh_state
from tests.speech.people import Person, person
from tests.web.shell import RunningShell, running_shell
from tests.workers.audio.probe.recordings import record
from tests.working import working
from workers.contract.cloning import SampleReport, VoiceReport
from workers.contract.messages import PartOutcome

KOKORO = engine_spec(languages=("en", "es"))
CLONING = engine_spec(
    "kokoro-clone",
    languages=("en", "es"),
    voices=(),
    default_voice="",
    base_engine="kokoro",
    has_cloning=True,
    suggested_tier="premium",
    queue="kokoro",
)
ENROLLING = engine_spec("kokoro-enrol", kind="enrol", voices=(), default_voice="", base_engine="kokoro", queue="enrolment")
EMBEDDING = (1.0, *[0.0] * 255)
REPORT = VoiceReport(
    samples=(SampleReport(2.0, 1.8, "en", "Hello there."),),
    language="en",
    gender="female",
    embedding=EMBEDDING,
    nearest_voice="bf_emma",
    log_f0_mean=5.3,
    log_f0_deviation=0.2,
    warnings=("The recording has 2 s: 10 to 30 s give a better voice.",),
)
LIKENESS, FITTED = b"a likeness", b"a fitted voice"


@dataclass
class Enroller:
    """Answers of the background worker to parts that enrol."""

    report: VoiceReport = REPORT
    refusal: tuple[str, str] | None = None
    """Code and message with which examining fails."""
    fit_failure: tuple[str, str] | None = None
    """Code and message with which fitting fails."""
    fit_error: str = ""
    """Reason why the worker keeps the likeness instead of a fitted voice."""
    is_fit_held: bool = False
    """True while parts that fit are left alone."""
    is_speech_held: bool = False
    """True while parts that speak are left alone."""
    done: list[str] = field(default_factory=list)
    """Kinds of the parts that were done, in order."""


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce(KOKORO, CLONING, ENROLLING)
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
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """MP3 of two seconds."""
    return record(tmp_path_factory.mktemp("clip") / "clip", "mp3", seconds=2.0).read_bytes()


@pytest.fixture
def worker() -> Iterator[Enroller]:
    """Worker in the background that does every part."""
    with enrolling(Enroller()) as enroller:
        yield enroller


@contextlib.contextmanager
def enrolling(enroller: Enroller) -> Iterator[Enroller]:
    with working(lambda part: attempt_part(part, enroller)):
        yield enroller


def do_part(part: Part, enroller: Enroller) -> None:
    """Do one part and report its outcome, unless it is held."""
    if (outcome := attempt_part(part, enroller)) is not None:
        finish_part(outcome)


def attempt_part(part: Part, enroller: Enroller) -> PartOutcome | None:
    """Outcome of one part; None while it is held."""
    if (part.kind == "fit_voice" and enroller.is_fit_held) or (part.kind == "speak" and enroller.is_speech_held):
        return None
    part = started(part)
    enroller.done.append(part.kind)
    failure = {"examine_voice": enroller.refusal, "fit_voice": enroller.fit_failure}.get(part.kind)
    if failure:
        code, message = failure
        return outcome_of(part, status="failed", error_code=code, error_message=message)
    contents: dict[str, Callable[[], Any]] = {
        "examine_voice": lambda: store_output(part, audio=json.dumps(enroller.report.to_dict()).encode(), others={"likeness": LIKENESS}),
        "fit_voice": lambda: store_output(part, audio=b"ID3 a demo", others={"voice": FITTED}),
    }
    manifest = contents.get(part.kind, lambda: store_output(part))()
    if part.kind == "fit_voice" and enroller.fit_error:
        manifest = replace(manifest, details={**manifest.details, "is_fitted": False, "error": enroller.fit_error})
    return outcome_of(part, manifest=manifest)


@dataclass(frozen=True)
class Studio:
    """Sends clone requests of a person to the server."""

    url: str
    owner: Person
    clip: bytes

    def post(
        self, path: str, *, file: bytes | None = None, field_name: str = "reference_audio", by: Person | None = None, **fields: Any
    ) -> httpx.Response:
        headers = {**(by or self.owner).headers, **fields.pop("headers", {})}
        if file == b"none":
            return httpx.post(f"{self.url}{path}", json=fields, headers=headers, timeout=240)
        files = {field_name: ("audio.wav", self.clip if file is None else file)}
        return httpx.post(f"{self.url}{path}", files=files, data=fields, headers=headers, timeout=240)

    def embed(self, **fields: Any) -> httpx.Response:
        return self.post("/v1/voice-embed/", field_name="file", **fields)

    def speak(self, text: str = "Hello there.", **fields: Any) -> httpx.Response:
        return self.post("/v1/tts/clone/", text=text, **fields)

    def keep(self, name: str = "Ada", **fields: Any) -> httpx.Response:
        return self.post("/v1/voice-clone/", name=name, **fields)


@pytest.fixture
def studio(server: RunningShell, owner: Person, clip: bytes) -> Studio:
    return Studio(server.url, owner, clip)
