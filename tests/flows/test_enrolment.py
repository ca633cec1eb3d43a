"""A person's voice enrolled on a running platform with the real fit, also by an engine that is killed in the middle of it."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.flows.following import OVER, entries_of, parts_of, wait_for_end, wait_until
from tests.flows.listening import Listener
from tests.flows.recordings import as_flac, samples_of
from tests.flows.running import RunningPlatform
from tests.servers import free_port
from tests.webhooks.receivers import Receiver, receiving
from tests.workers.recognition.clips import clip, clips
from workers.cloning.checkpoint import read_state
from workers.cloning.job import CHECKPOINT
from workers.recognition.pitch import tally_pitch

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

STEPS = 12
"""Steps of a fit: enough to be killed in the middle; the likeness is judged in tests/prove."""
TEXT = "The library opens at nine in the morning."
FIT_SECONDS = 900.0
"""A fit with compilation takes some 90 CPU seconds; the machine may be busy."""


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    with receiving(free_port()) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def enrolling(tmp_path_factory: pytest.TempPathFactory, hooks: Receiver) -> Iterator[RunningPlatform]:
    """Platform that fits voices in few steps."""
    environment = {
        "TTSAI_ENGINES": "kokoro,kokoro-clone,kokoro-enrol,whisper",
        "TTSAI_CLONE_FIT": "on",
        "TTSAI_CLONE_STEPS": str(STEPS),
        "TTSAI_OUTBOUND_ALLOW": hooks.address,
    }
    running = RunningPlatform(home=tmp_path_factory.mktemp("enrolling") / "home", environment=environment)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def client(enrolling: RunningPlatform, hooks: Receiver) -> Iterator[httpx.Client]:
    hooks.received.clear()
    with enrolling.client(enrolling.key("speaker@example.com", plan="enterprise")) as client:
        if not client.get("/v1/webhooks/").json()["endpoints"]:
            client.post("/v1/webhooks/", json={"url": hooks.url, "events": ["voice.ready", "voice.failed"]}).raise_for_status()
        yield client


def clone(client: httpx.Client, recording: bytes, *, name: str) -> dict[str, str]:
    answer = client.post("/v1/voice-clone/", files={"reference_audio": recording}, data={"name": name, "text": TEXT})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def checkpoint_step(platform: RunningPlatform, uuid: str) -> int:
    """Steps that the fit of a job has saved; 0 without any."""
    found = list((platform.home / "cloning" / "fits").glob(f"{uuid}*/{CHECKPOINT}"))
    state = read_state(found[0]) if found else None
    return state.step if state else 0


def fitting_children(platform: RunningPlatform) -> list[psutil.Process]:
    """Processes that fit a voice."""
    return [psutil.Process(pid) for pid in platform.pids("engine") if "workers.cloning" in " ".join(psutil.Process(pid).cmdline())]


def ready_hooks(hooks: Receiver, voice_id: str) -> int:
    """Number of different voice.ready messages of a voice."""
    return len({headers["webhook-id"] for headers, body in hooks.received if b"voice.ready" in body and voice_id.encode() in body})


def test_engine_killed_in_mid_fit_enrols_the_voice_once_and_charges_once(
    enrolling: RunningPlatform, client: httpx.Client, hooks: Receiver, listener: Listener
) -> None:
    reported = clone(client, as_flac(clips(["librivox-0870", "librivox-0890"])), name="Killed")
    uuid, voice_id = reported["uuid"], reported["voice_id"]
    wait_until(lambda: checkpoint_step(enrolling, uuid) >= 3, seconds=FIT_SECONDS)
    children = fitting_children(enrolling)
    assert len(children) == 1
    for pid in set(enrolling.pids("engine")) - {child.pid for child in children}:
        os.kill(pid, signal.SIGKILL)
    psutil.wait_procs(children, timeout=60)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    saved = checkpoint_step(enrolling, uuid)
    steps: list[int] = []

    def is_over() -> bool:
        steps.append(checkpoint_step(enrolling, uuid))
        with contextlib.suppress(httpx.TransportError):
            return client.get("/v1/speech/results/", params={"uuid": uuid}).json()["status"] in OVER
        return False

    wait_until(is_over, seconds=FIT_SECONDS)
    result = wait_for_end(client, uuid)
    assert result["status"] == "completed", result
    assert min(step for step in steps if step) >= saved >= 3  # the second attempt continued at the checkpoint
    assert [(kind, state) for kind, state, _ in parts_of(enrolling, uuid)] == [
        ("examine_voice", "done"),
        ("fit_voice", "done"),
        ("speak", "done"),
    ]
    price = 4 * len(TEXT)
    assert entries_of(enrolling, uuid) == {"reservation": -price, "release": price, "charge": -price}
    shown = client.get(f"/v1/voices/{voice_id}/").json()
    assert (shown["state"], shown["is_fitted"]) == ("ready", True)
    wait_until(lambda: ready_hooks(hooks, voice_id) == 1)
    assert listener.word_error_rate(httpx.get(result["result_url"]).content, TEXT) <= 0.15
    assert not list((enrolling.home / "cloning" / "fits").glob(f"{uuid}*"))
    assert ready_hooks(hooks, voice_id) == 1


def test_persons_voice_is_enrolled_fitted_and_speaks_two_languages(
    enrolling: RunningPlatform, client: httpx.Client, hooks: Receiver, listener: Listener, tmp_path: Path
) -> None:
    reported = clone(client, as_flac(clip("librivox-0930")), name="Reader")
    result = wait_for_end(client, reported["uuid"], seconds=FIT_SECONDS)
    assert result["status"] == "completed", result
    audio = httpx.get(result["result_url"]).content
    assert listener.word_error_rate(audio, TEXT) <= 0.15
    assert tally_pitch(samples_of(audio)).gender == "male"
    shown = client.get(f"/v1/voices/{reported['voice_id']}/").json()
    assert (shown["state"], shown["is_fitted"], shown["gender"]) == ("ready", True, "male")
    assert len(samples_of(httpx.get(shown["preview_url"]).content)) > 16_000
    body = {"text": "Buenos días a todos, la biblioteca está abierta.", "voice": reported["voice_id"], "language": "es"}
    spoken = wait_for_end(client, client.post("/v1/tts/", json=body).json()["uuid"])
    assert spoken["status"] == "completed", spoken
    wait_until(lambda: ready_hooks(hooks, reported["voice_id"]) == 1)
    again = client.post("/v1/voice-embed/", files={"file": as_flac(clip("librivox-0930"))})
    assert (again.json()["embed_id"], again.json()["state"]) == (reported["voice_id"], "ready")
