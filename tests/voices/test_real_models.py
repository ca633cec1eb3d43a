"""Cloning with the real parts in this process: recordings examined, likenesses spoken, and the words heard again."""

import base64
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import soundfile

from apps.jobs.dispatch import dispatch_all
from apps.jobs.services.attempts import start_part
from apps.jobs.services.finish import finish_part
from apps.voices.models import Enrolment
from tests.factories_jobs import BOOT, WORKER, announce
from tests.flows.listening import Listener
from tests.flows.recordings import samples_of
from tests.speech.people import Person
from tests.voices.conftest import Studio
from tests.web.shell import RunningShell
from tests.workers.recognition.clips import RATE, clips
from tests.workers.tasks.task_harness import TaskHarness
from tests.working import repeating
from workers.contract.engines import EngineSpec
from workers.contract.errors import WorkError
from workers.contract.messages import PartMessage, PartOutcome, PartStarted
from workers.engines import kokoro, kokoro_clone, kokoro_enrol, whisper
from workers.recognition.pitch import tally_pitch

pytestmark = pytest.mark.prove
TEXT = "The library opens at nine in the morning."


@pytest.fixture
def harness(tmp_path: Path, valkey: redis.Redis, settings: Any) -> Iterator[TaskHarness]:
    """Worker context over the platform's folder of objects, with the announced engines of this machine."""
    settings.TTSAI_CLONE_FIT = False
    engines = [engine for module in (kokoro, kokoro_clone, kokoro_enrol, whisper) for engine in module.build_engines()]
    engines = [engine for engine in engines if engine.spec.id in {"kokoro", "kokoro-clone", "kokoro-enrol", "whisper"}]
    bench = TaskHarness(tmp_path, engines=engines, client=valkey)
    with working(bench, valkey, specs=[engine.spec for engine in engines]):
        yield bench
    bench.close()


@contextlib.contextmanager
def working(bench: TaskHarness, valkey: redis.Redis, *, specs: list[EngineSpec]) -> Iterator[None]:
    """Do the parts that are published, one after the other."""
    announce(*specs)

    def step() -> None:
        dispatch_all()
        for queue in valkey.keys("engine.*"):
            while (raw := valkey.lpop(queue)) is not None:
                do_message(bench, PartMessage.from_dict(json.loads(base64.b64decode(json.loads(raw)["body"]))[0][0]))

    with repeating(step):
        yield


def do_message(bench: TaskHarness, message: PartMessage) -> None:
    start_part(PartStarted(token=message.token, worker=WORKER, boot=BOOT))
    reported: dict[str, Any] = {"job": message.job, "part": message.part, "token": message.token, "worker": WORKER}
    try:
        finish_part(PartOutcome(**reported, status="completed", manifest=bench.do(message)))
    except WorkError as error:
        finish_part(PartOutcome(**reported, status="failed", error_code=error.code, error_message=error.message))


def test_recording_of_a_man_is_cloned_spoken_and_heard_again(harness: TaskHarness, server: RunningShell, owner: Person) -> None:
    studio = Studio(server.url, owner, as_wav())
    answer = studio.speak(TEXT)
    assert answer.status_code == 200, answer.text
    assert Listener().word_error_rate(answer.content, TEXT) <= 0.15
    assert tally_pitch(samples_of(answer.content)).gender == "male"
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.gender, enrolment.language[:2]) == ("ready", "male", "en")
    spanish = studio.post("/v1/tts/clone/", file=b"none", embed_id=answer.headers["x-voice-id"], text="Buenos días a todos.", language="es")
    assert spanish.status_code == 200, spanish.text
    silent = studio.speak(TEXT, file=as_wav(is_silent=True))
    assert (silent.status_code, silent.json()["error"]["code"]) == (400, "invalid_reference")
    assert owner.millicredits == 1_000_000 - 4 * len(TEXT) - 4 * len("Buenos días a todos.")


def as_wav(*, is_silent: bool = False) -> bytes:
    """Twelve seconds of a man's reading, or of nothing."""
    file, samples = io.BytesIO(), clips(["librivox-0870", "librivox-0890"])
    soundfile.write(file, samples * (not is_silent), RATE, format="WAV")
    return file.getvalue()
