"""The input buffer of a realtime session: bounded, and cut into turns by voice activity."""

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.compat.realtime import input_buffer
from apps.compat.realtime.configuration import SessionConfig, TurnDetection
from apps.compat.realtime.errors import EventError
from apps.compat.realtime.input_buffer import InputBuffer
from apps.live_speech.speech_buffer import Turn
from tests.workers.recognition.clips import clip, silence
from workers.audio.encoding.resampler import resample
from workers.audio.voice_activity import SpeechStarted

MANUAL = SessionConfig(turn_detection=None)
STEP = 4800


def pcm(samples: NDArray[np.float32], *, rate: int = 24_000) -> bytes:
    return bytes((resample(samples, input_rate=16_000, output_rate=rate) * 32_767).astype("<i2").tobytes())


def append_all(buffer: InputBuffer, data: bytes) -> list[SpeechStarted | Turn]:
    return [found for start in range(0, len(data), STEP) for found in buffer.append(data[start : start + STEP])]


def test_buffer_without_turn_detection_commits_what_was_appended() -> None:
    buffer = InputBuffer(MANUAL)
    assert buffer.append(b"\x01\x00" * 2400) == []
    assert buffer.append(b"\x02\x00" * 2400) == []
    recording = buffer.commit()
    assert recording.pcm == b"\x01\x00" * 2400 + b"\x02\x00" * 2400
    assert (recording.sample_rate, recording.seconds) == (24_000, 0.2)
    with pytest.raises(EventError) as refused:
        buffer.commit()
    assert refused.value.code == "input_audio_buffer_commit_empty"
    assert "only has 0.00ms" in refused.value.message


def test_buffer_that_is_never_committed_refuses_audio_beyond_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_buffer, "LONGEST_SECONDS", 1.0)
    buffer = InputBuffer(MANUAL)
    buffer.append(bytes(48_000))
    with pytest.raises(EventError) as refused:
        buffer.append(bytes(2))
    assert refused.value.code == "input_audio_buffer_full"
    buffer.clear()
    buffer.append(bytes(48_000))
    assert buffer.commit().seconds == 1.0


def test_buffer_with_turn_detection_keeps_only_the_padding_of_silence() -> None:
    buffer = InputBuffer(SessionConfig())
    assert append_all(buffer, bytes(48_000 * 10)) == []
    assert buffer.commit().seconds == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("name", ["audio/pcm", "audio/pcmu"])
def test_buffer_with_turn_detection_returns_the_audio_of_each_turn(name: str) -> None:
    buffer = InputBuffer(SessionConfig(input_format=name))
    samples = np.concatenate([silence(1.5), clip("cards-005"), silence(1.2)])
    if name == "audio/pcm":
        data = pcm(samples)
    else:
        from apps.compat.realtime.audio_formats import encode_audio

        data = encode_audio(np.frombuffer(pcm(samples, rate=8000), "<i2"), name=name)
    started, turn = append_all(buffer, data)
    assert isinstance(started, SpeechStarted)
    assert isinstance(turn, Turn)
    assert 1000 < started.start_ms < 2000
    assert turn.stopped.end_ms - started.start_ms == pytest.approx(1000 * turn.recording.seconds, abs=2)
    assert 2.5 < turn.recording.seconds < 4.8
    loud = np.abs(np.frombuffer(turn.recording.pcm, "<i2")).max()
    assert loud > 3000
    assert not buffer.is_speaking


def test_speech_beyond_the_longest_turn_becomes_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_buffer, "LONGEST_SECONDS", 1.5)
    speech = np.concatenate([clip("cards-005"), clip("cards-005"), silence(1)])
    found = append_all(InputBuffer(SessionConfig()), pcm(speech))
    turns = [one for one in found if isinstance(one, Turn)]
    assert len(turns) >= 3
    assert max(turn.recording.seconds for turn in turns) < 2.7
    assert sum(isinstance(one, SpeechStarted) for one in found) == len(turns)


def test_buffer_that_gets_another_format_or_detection_continues_with_it() -> None:
    buffer = InputBuffer(MANUAL)
    buffer.append(bytes(48_000))
    buffer.configure(SessionConfig(turn_detection=None, input_format="audio/pcma"))
    buffer.append(bytes(8000))
    assert buffer.commit().sample_rate == 8000
    buffer.configure(SessionConfig(input_format="audio/pcma", turn_detection=TurnDetection()))
    assert buffer.append(b"\xd5" * 8000) == []
    assert buffer.commit().seconds == pytest.approx(0.7, abs=0.01)
