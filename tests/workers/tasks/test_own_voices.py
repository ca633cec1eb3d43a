"""A text with an own voice through the worker's task: file, word timings and sound, with Kokoro's real weights."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import redis
import soundfile

from tests.workers.messages import targets
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.errors import WorkError
from workers.contract.live_audio import LiveAudio
from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.names import audio_stream
from workers.contract.outputs import AUDIO, TIMINGS
from workers.contract.references import Address
from workers.contract.voices import VoiceRef
from workers.engines.kokoro import KokoroEngine
from workers.engines.kokoro_clone import KokoroCloneEngine
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.voice_file import KokoroVoice

MINE = VoiceRef("mine", "en-us", "male", "kokoro-clone", "1", Address("folder", "mine.safetensors"))
BELLA = VoiceRef("af_bella", "en-us", "female", "kokoro", "1.0-int8-3")
TEXT = "The museum opens at noon. Bring a warm coat."


@pytest.fixture
def harness(kokoro_runtime: KokoroRuntime, valkey: redis.Redis, tmp_path: Path) -> Iterator[TaskHarness]:
    harness = TaskHarness(tmp_path, engines=[KokoroEngine(), KokoroCloneEngine()], client=valkey)
    voice = KokoroVoice({"am_adam": 1.4, "am_onyx": -0.4}, {"am_michael": 1.0}, None, (4.7, 0.2))
    (harness.objects / "mine.safetensors").write_bytes(voice.to_bytes())
    yield harness
    harness.close()


def test_text_with_own_and_built_in_voices_is_spoken_streamed_and_timed(harness: TaskHarness, valkey: redis.Redis) -> None:
    first, second = Segment(TEXT[:26]), Segment(TEXT[26:], start=26, voice_index=1)
    work = SpeakWork("kokoro-clone", MINE, TEXT, "en-us", segments=(first, second), voices=(BELLA,), format="wav")
    outputs = targets({name: Address("folder", name) for name in (AUDIO, TIMINGS)})
    message = harness.message("speak", work, outputs=outputs, stream="job:1:events", has_listener=True)
    manifest = harness.do(message)
    assert (manifest.details["engine"], harness.context.models.loaded) == ("kokoro-clone", ("kokoro", "kokoro-clone"))
    words = json.loads((harness.objects / TIMINGS).read_text())
    assert [word["word"] for word in words] == TEXT.split()
    assert all(word["start"] < word["end"] for word in words)
    live = [LiveAudio.from_fields(fields) for _, fields in valkey.xrange(audio_stream(message.job, message.part))]
    assert b"".join(entry.samples for entry in live) == (harness.objects / AUDIO).read_bytes()[44:]
    assert [word for entry in live for word in entry.words] == words
    samples, rate = soundfile.read(harness.objects / AUDIO, dtype="float32")
    for word in words:  # tests/prove/test_own_voice.py transcribes such speech back
        assert np.abs(samples[round(word["start"] * rate) : round(word["end"] * rate)]).max() > 0.005


def test_text_with_a_broken_voice_file_fails_with_what_to_do(harness: TaskHarness) -> None:
    (harness.objects / "mine.safetensors").write_bytes(b"\0" * 100)
    outputs = targets({AUDIO: Address("folder", AUDIO)})
    message = harness.message("speak", SpeakWork("kokoro-clone", MINE, "Hello.", "en-us", format="wav"), outputs=outputs)
    with pytest.raises(WorkError, match=r"The voice 'mine' cannot be read: .* Create it again from its recording") as failure:
        harness.do(message)
    assert failure.value.code == "unknown_voice"
    assert not (harness.objects / AUDIO).exists()
