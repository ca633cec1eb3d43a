"""The watermark against its original, and after what happens to audio on the way."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.provenance.searching import find_watermark
from tests.workers.recognition.clips import RATE, clip, clips
from workers.audio.encoding import Resampler, encode_file
from workers.audio.samples import Samples
from workers.contract.errors import WorkError
from workers.contract.provenance import needs_watermark
from workers.contract.references import StoredObject
from workers.contract.voices import VoiceRef
from workers.provenance import watermark
from workers.provenance.watermark import DETECTED, Watermarker, embed_watermark, score_watermark

ORIGINAL = Path(__file__).parents[2] / "data" / "provenance" / "perth.json"
SPEECH = "librivox-0880"


@pytest.fixture(scope="module")
def marked() -> Samples:
    """A clip of a person, marked."""
    return embed_watermark(clip(SPEECH), sample_rate=RATE)


def test_networks_without_torch_mark_as_the_original_does() -> None:
    expected = np.array(json.loads(ORIGINAL.read_text())["marked"], np.float32)
    made = embed_watermark(voiced(), sample_rate=32_000)
    assert np.abs(made[::250] - expected).max() < 1e-4
    assert np.abs(voiced()[::250] - expected).max() > 1e-2  # the mark itself is far larger than the tolerance


def test_marked_speech_is_found_and_unmarked_speech_is_not(marked: Samples) -> None:
    assert score_watermark(clip(SPEECH), sample_rate=RATE) < 0.05
    assert score_watermark(marked, sample_rate=RATE) > 0.95


@pytest.mark.parametrize(("audio_format", "bitrate"), [("mp3", 32_000), ("ogg", 0), ("m4a", 0), ("opus", 0)])
def test_watermark_survives_lossy_encoding(marked: Samples, tmp_path: Path, audio_format: str, bitrate: int) -> None:
    path = tmp_path / f"speech.{audio_format}"
    encode_file(path, [marked], audio_format=audio_format, input_rate=RATE, bitrate=bitrate)
    samples, sample_rate = read_samples(path)
    assert find_watermark([samples], sample_rate=sample_rate).is_detected


@pytest.mark.parametrize("sample_rate", [8_000, 44_100])
def test_watermark_survives_another_sample_rate(marked: Samples, sample_rate: int) -> None:
    resampler = Resampler(input_rate=RATE, output_rate=sample_rate)
    samples = np.concatenate([resampler.feed(marked), resampler.finish()])
    assert find_watermark([samples], sample_rate=sample_rate).is_detected


def test_watermark_survives_cropping_and_another_level(marked: Samples) -> None:
    second = marked[RATE + 777 : 2 * RATE + 777]
    assert score_watermark(second, sample_rate=RATE) > DETECTED
    assert score_watermark(second * np.float32(0.25), sample_rate=RATE) > DETECTED


def test_one_marked_stretch_in_a_long_recording_is_found_and_measured(marked: Samples) -> None:
    names = ["librivox-0870", "librivox-0890"]
    report = find_watermark([clips(names), marked, clips(names)], sample_rate=RATE)
    assert report.is_detected
    assert 0 < report.marked_seconds < len(marked) / RATE + 6
    assert not find_watermark([clips(names)], sample_rate=RATE).is_detected


def test_marking_in_blocks_is_the_same_as_marking_at_once() -> None:
    speech = clips(["librivox-0870", SPEECH, "librivox-0890"])
    marker = Watermarker(RATE)
    blocks = [marker.feed(speech[first : first + RATE]) for first in range(0, len(speech), RATE)]
    in_blocks = np.concatenate([*blocks, marker.finish()])
    assert len(speech) > watermark.BLOCK_SECONDS * RATE
    np.testing.assert_array_equal(in_blocks, embed_watermark(speech, sample_rate=RATE))


@pytest.mark.parametrize("count", [0, 1, 1599])
def test_sounds_too_short_for_a_mark_are_returned_unchanged(count: int) -> None:
    samples = np.full(count, 0.1, np.float32)
    np.testing.assert_array_equal(embed_watermark(samples, sample_rate=RATE), samples)
    assert score_watermark(samples, sample_rate=RATE) == 0.0


def test_silence_stays_silent_and_carries_no_mark() -> None:
    silence = np.zeros(RATE, np.float32)
    np.testing.assert_array_equal(embed_watermark(silence, sample_rate=RATE), silence)
    assert find_watermark([silence], sample_rate=RATE).confidence == 0.0


def test_missing_weights_are_named_with_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    monkeypatch.setattr(watermark._encoder, "_session", None)
    with pytest.raises(WorkError, match="ttsai models pull watermark"):
        embed_watermark(clip(SPEECH), sample_rate=RATE)


def test_mode_cloned_marks_voices_of_accounts_only() -> None:
    stock, own = VoiceRef("af_bella"), VoiceRef("mine", conditioning=StoredObject("voices/mine"))
    assert [needs_watermark(mode, voice=voice) for mode in ("", "cloned", "all") for voice in (stock, own, None)] == [
        *(False, False, False),
        *(False, True, False),
        *(True, True, True),
    ]


def voiced() -> Samples:
    """A second of harmonics at 32 kHz, louder and softer three times."""
    time = np.arange(32_000) / 32_000
    tone = sum(np.sin(2 * np.pi * 140 * number * time + number * number) / number for number in range(1, 30))
    return np.asarray(0.1 * tone * (1 + np.sin(2 * np.pi * 3 * time)), np.float32)
