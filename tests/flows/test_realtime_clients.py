"""livekit-plugins-openai, pipecat and litellm, unchanged, against a platform with its real models: what they hear and say."""

import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.compat.realtime.talking import RATE
from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import speak
from tests.flows.running import ROOT, RunningPlatform
from tests.workers.chat_http import ChatHTTP, says

pytestmark = pytest.mark.prove  # the packages are heavy (requirements/clients.in): importing one takes seconds

ANSWER = "The museum opens at nine in the morning. It closes at seven."
TEXT = "The library is on the second floor."
RunClient = Callable[..., dict[str, Any]]
HEARD = {"museum", "opens", "nine", "9", "morning", "closes", "seven", "7"}


@pytest.fixture(scope="module")
def key(hearing: RunningPlatform) -> str:
    return hearing.key("clients@example.com", plan="enterprise")


@pytest.fixture(scope="module")
def question(hearing: RunningPlatform, key: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PCM and WAV of a spoken question between two silences."""
    with hearing.client(key) as http:
        spoken, rate = soundfile.read(io.BytesIO(speak(http, "When does the museum open?", voice="af_heart")), dtype="int16")
    assert rate == RATE
    samples = np.concatenate([np.zeros(RATE // 2, np.int16), spoken, np.zeros(RATE, np.int16)])
    path = tmp_path_factory.mktemp("question") / "question.pcm"
    path.write_bytes(samples.astype("<i2").tobytes())
    soundfile.write(path.with_suffix(".wav"), samples, RATE, subtype="PCM_16")
    return path


@pytest.fixture
def run_client(hearing: RunningPlatform, key: str, question: Path, tmp_path: Path) -> RunClient:
    """Runs a client program in its own environment; returns what it printed. It writes audio into tmp_path."""

    def run(name: str, suffix: str = ".pcm") -> dict[str, Any]:
        program = ROOT / "tests" / "flows" / "clients" / f"{name}_client.py"
        spoken = question.with_suffix(suffix)
        command = [ROOT / ".venv" / "clients" / "bin" / "python", program, hearing.url, key, spoken, tmp_path, TEXT]
        done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))

    return run


def words_of_pcm(listener: Listener, path: Path) -> set[str]:
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(path.read_bytes(), "<i2"), RATE, format="WAV", subtype="PCM_16")
    return set(plain_words(listener.hear(file.getvalue())).split())


def says_question(text: str) -> bool:
    return {"when", "museum", "open"} <= set(plain_words(text).split())


@pytest.mark.parametrize("name", ["livekit", "pipecat"])
def test_voice_agents_client_converses_transcribes_and_speaks(
    run_client: RunClient, chat: ChatHTTP, listener: Listener, tmp_path: Path, name: str
) -> None:
    chat.script[:] = [says(ANSWER)]
    result = run_client(name)
    conversation, transcription = result["conversation"], result["transcription"]
    assert conversation["errors"] == []
    assert says_question(conversation["transcript"])
    assert conversation["answer"].strip() == ANSWER
    assert len(HEARD & words_of_pcm(listener, tmp_path / f"{name}_answer.pcm")) >= 4
    assert all(says_question(transcription[kind]) for kind in ("streamed", "whole", "transcript") if kind in transcription)
    assert {"library", "second", "floor"} & words_of_pcm(listener, tmp_path / f"{name}_speech.pcm")


def test_litellm_speaks_and_transcribes(run_client: RunClient, listener: Listener, tmp_path: Path) -> None:
    result = run_client("litellm", ".wav")
    assert says_question(result["transcript"])
    assert {"library", "floor"} <= set(plain_words(listener.hear((tmp_path / "litellm_speech.mp3").read_bytes())).split())
