"""The audio tools through sockets, with the real code of the workers."""

import io
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from apps.billing.models import ServicePrice
from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.flows.following import wait_until
from tests.speech.people import Person
from tests.web.shell import RunningShell
from tests.workers.audio.probe.recordings import silent_flac, wav_bytes
from tests.workers.audio.test_music import MUSIC
from tests.workers.audio.test_recording_streams import chord

RATE = 44_100


def recording(samples: np.ndarray, *, rate: int = RATE, kind: str = "FLAC", subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


STEREO = recording(chord(2, seconds=0.5))


def ask(server: RunningShell, somebody: Person, tool: str, content: bytes = STEREO, **fields: Any) -> httpx.Response:
    """Response of a tool; `query` is added to its path."""
    path = f"{server.url}/v1/audio/{tool}/{fields.pop('query', '')}"
    return httpx.post(path, files={"file": ("audio.wav", content)}, data=fields, headers=somebody.headers, timeout=280)


def samples_of(answer: httpx.Response) -> tuple[np.ndarray, int]:
    assert answer.status_code == 200, answer.text
    return soundfile.read(io.BytesIO(answer.content), dtype="float32", always_2d=True)


def error_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 400, answer.text
    return dict(answer.json()["error"])


def test_convert_keeps_everything_that_is_not_asked_to_change(server: RunningShell, owner: Person) -> None:
    answer = ask(server, owner, "convert", recording(chord(3, seconds=0.5, rate=96_000), rate=96_000, subtype="PCM_24"), format="wav")
    converted, rate = samples_of(answer)
    assert (answer.headers["Content-Type"], rate, converted.shape) == ("audio/wav", 96_000, (48_000, 3))
    assert np.abs(converted - chord(3, seconds=0.5, rate=96_000)).max() < 2**-22
    assert "X-Warning" not in answer.headers
    assert "X-Model-Used" not in answer.headers
    job = Job.objects.get()
    assert (job.kind, job.charged_millicredits, owner.millicredits) == ("audio-convert", 0, 1_000_000)
    assert not Upload.objects.exists()


def test_convert_mixes_and_resamples_and_says_what_a_format_cannot_hold(server: RunningShell, owner: Person) -> None:
    surround = recording(chord(6, seconds=0.5, rate=96_000), rate=96_000)
    answer = ask(server, owner, "convert", surround, bitrate=320, bit_depth=24)
    assert samples_of(answer)[0].shape == (24_000, 2)
    assert answer.headers["X-Warning"] == (
        "sample_rate: mp3 has no 96000 Hz; 48000 Hz were taken. channels: mp3 has no 6 channels; they were mixed to 2. "
        "bit_depth: mp3 has no 24 bits; it is lossy."
    )
    mono = ask(server, owner, "convert", format="flac", channels="mono", sample_rate="22050", bitrate=64)
    converted, rate = samples_of(mono)
    assert (converted.shape, rate) == ((11_025, 1), 22_050)
    assert mono.headers["X-Warning"] == "bitrate: flac takes no 64 kbit/s; it has none."


def test_convert_answers_with_a_queued_job_when_the_client_prefers(server: RunningShell, owner: Person) -> None:
    queued = ask(server, owner, "convert", query="?async=1").json()
    assert (queued["status"], queued["credits_used"], queued["credits_remaining"]) == ("queued", 0, 1000)
    wait_until(lambda: owner.result(queued["uuid"]).json()["status"] == "completed")
    result = owner.result(queued["uuid"]).json()
    assert (result["format"], result["duration"], result["credits_used"]) == ("mp3", 0.5, 0)
    assert httpx.get(f"{server.url}/static/downloads/{queued['uuid']}/output.mp3").content[:3] == b"ID3"


def test_result_that_would_be_too_large_is_refused_with_advice(server: RunningShell, owner: Person) -> None:
    hours = silent_flac(3000, rate=48_000)  # 68 minutes in 60 KB
    large = error_of(ask(server, owner, "convert", hours, format="wav", sample_rate=96_000, bit_depth=32, channels="stereo"))
    assert (large["code"], large["param"]) == ("too_large", "format")
    assert large["message"].startswith("The result would have about 3,145,680,000 bytes as wav; at most 2,000,000,000 are made here.")
    many = error_of(ask(server, owner, "waveform", hours, pixels_per_second=1000))
    assert (many["code"], many["param"]) == ("too_large", "pixels_per_second")
    assert many["message"].startswith("1000 pixels a second are 8,191,875 numbers for this recording; at most 1,000,000 are answered.")
    assert Job.objects.count() == 0
    assert not Upload.objects.exists()


def test_trim_silence_cuts_ends_and_pauses_and_keeps_the_format(server: RunningShell, owner: Person) -> None:
    tone, silence = chord(2, seconds=0.5), np.zeros((2 * RATE, 2), np.float32)
    content = recording(np.concatenate([silence, tone, silence, tone, silence]))
    ends = ask(server, owner, "trim-silence", content)
    assert (ends.headers["Content-Type"], len(samples_of(ends)[0])) == ("audio/flac", round(3.2 * RATE))
    trimmed, _ = samples_of(ask(server, owner, "trim-silence", content, where="all", padding=0.05))
    assert len(trimmed) == round(1.2 * RATE)
    assert np.abs(trimmed[round(0.05 * RATE) : round(0.55 * RATE)] - tone).max() < 2**-15
    silent = error_of(ask(server, owner, "trim-silence", recording(silence)))
    assert (silent["code"], silent["message"]) == (
        "bad_audio",
        "The recording has no sound above -50 dB: nothing would be left of it. Send a lower threshold.",
    )


def test_normalize_reaches_the_loudness_below_the_true_peak(server: RunningShell, owner: Person) -> None:
    peaky = 0.02 * chord(2, seconds=2.0)
    peaky[::4410] += 0.5
    limited, _ = samples_of(ask(server, owner, "normalize", recording(peaky), lufs=-18, true_peak=-3, format="wav"))
    assert _loudness(limited) == pytest.approx(-18, abs=0.2)
    assert np.abs(limited).max() <= 10 ** (-3 / 20)


def _loudness(samples: np.ndarray) -> float:
    from workers.audio.k_weighting import LoudnessMeter

    meter = LoudnessMeter(sample_rate=RATE, channels=2)
    meter.feed(samples)
    return meter.finish().integrated


def test_waveform_has_the_format_that_players_read(server: RunningShell, owner: Person) -> None:
    answer = ask(server, owner, "waveform", pixels_per_second=10, bits=16).json()
    data = answer.pop("data")
    assert {name: answer[name] for name in ("version", "channels", "sample_rate", "samples_per_pixel", "bits", "length", "duration")} == {
        "version": 2, "channels": 2, "sample_rate": RATE, "samples_per_pixel": 4410, "bits": 16, "length": 5, "duration": 0.5,
    }  # fmt: skip
    assert len(data) == 2 * 2 * 5
    assert all(abs(abs(value) - 0.4 * 32767) < 30 for value in data)
    assert len(ask(server, owner, "waveform", channels="mono").json()["data"]) == 2 * 10


def test_analyze_answers_in_the_documented_shape_and_with_null_for_noise(server: RunningShell, owner: Person) -> None:
    answer = ask(server, owner, "analyze", (MUSIC / "As_minor_174_4.mp3").read_bytes()).json()
    documented = {name: answer[name] for name in ("key", "scale", "time_signature", "camelot", "compatible_keys")}
    assert documented == {
        "key": "A#",
        "scale": "Minor",
        "time_signature": "4/4",
        "camelot": "3A",
        "compatible_keys": ["A# Minor", "F Minor", "D# Minor", "C# Major"],
    }
    assert answer["bpm"] == pytest.approx(174, abs=0.5)
    assert answer["credits_used"] == 0
    assert owner.result(answer["uuid"]).json()["result"]["key"] == "A#"
    nothing = ask(server, owner, "analyze", STEREO).json()
    assert (nothing["key"], nothing["bpm"], nothing["compatible_keys"]) == (None, None, [])


def test_operators_price_of_a_tool_is_charged_by_the_minute(server: RunningShell, owner: Person) -> None:
    ServicePrice.objects.filter(service="audio-convert").update(millicredits=6000)
    answer = ask(server, owner, "convert")
    assert (answer.headers["X-Credits-Used"], owner.millicredits) == ("0.05", 1_000_000 - 50)


def test_hostile_files_are_refused_before_there_is_a_job(server: RunningShell, owner: Person) -> None:
    hostile = {
        "empty_file": b"",
        "unsupported_format": b"no sound " * 99,
        "too_short": wav_bytes(b"\0\0"),
        "too_many_channels": wav_bytes(bytes(60 * 2 * 4000), channels=30),
        "corrupt_audio": wav_bytes(bytes(100_000), rate=4_294_967_295),
    }
    assert {code: error_of(ask(server, owner, "convert", content))["code"] for code, content in hostile.items()} == {
        code: code for code in hostile
    }
    assert Job.objects.count() == 0
