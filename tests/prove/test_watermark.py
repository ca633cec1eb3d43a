"""The watermark after what happens to audio on the way, false alarms, its cost, and what it does to speech."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.provenance.searching import find_watermark
from tests.workers.recognition.clips import LIBRIVOX, RATE, TRANSCRIPTS, clip, spoken_words
from workers.audio.encoding import Resampler, encode_file
from workers.audio.samples import Samples
from workers.engines.whisper import build_engines
from workers.protocols.recogniser import RecognitionOptions, as_recogniser
from workers.provenance.watermark import DETECTED, embed_watermark, score_watermark
from workers.speakers.d_vector import DVectorEncoder

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

Change = Callable[[Samples], tuple[Samples, int]]
NAMES = sorted(TRANSCRIPTS)


@pytest.fixture(scope="module")
def marked() -> dict[str, Samples]:
    return {name: embed_watermark(clip(name), sample_rate=RATE) for name in NAMES}


def test_watermark_is_found_after_each_change_and_in_no_unmarked_clip(marked: dict[str, Samples], tmp_path: Path) -> None:
    changes = {
        "none": lambda samples: (samples, RATE),
        "mp3 at 32 kbit/s": encoded(tmp_path, "mp3", 32_000),
        "Vorbis": encoded(tmp_path, "ogg", 0),
        "Opus at 16 kbit/s": encoded(tmp_path, "opus", 16_000),
        "8 kHz": lambda samples: (resampled(samples, 8_000), 8_000),
        "middle third": lambda samples: (samples[len(samples) // 3 : 2 * len(samples) // 3], RATE),
        "noise at 20 dB": lambda samples: (noisy(samples, decibels=20), RATE),
        "5% faster": lambda samples: (resampled(samples, round(RATE / 1.05)), RATE),
    }
    found = {}
    for name, change in changes.items():
        scores = [find_watermark([one], sample_rate=rate).confidence for one, rate in map(change, marked.values())]
        found[name] = sum(score >= DETECTED for score in scores)
        print(f"{name}: found in {found[name]} of {len(scores)}, lowest confidence {min(scores):.2f}")
    unmarked = [find_watermark([clip(name)], sample_rate=RATE).confidence for name in NAMES]
    print(f"unmarked clips: highest confidence {max(unmarked):.4f}")
    assert all(found[name] == len(NAMES) for name in ("none", "mp3 at 32 kbit/s", "Vorbis", "8 kHz"))
    assert found["Opus at 16 kbit/s"] >= len(NAMES) - 1
    assert max(unmarked) < 0.5


def test_marking_costs_a_hundredth_of_a_second_per_second(marked: dict[str, Samples]) -> None:
    speech = np.concatenate([clip(name) for name in LIBRIVOX])
    started = time.process_time()
    embed_watermark(speech, sample_rate=RATE)
    embedding = (time.process_time() - started) / (len(speech) / RATE)
    started = time.process_time()
    score_watermark(speech, sample_rate=RATE)
    searching = (time.process_time() - started) / (len(speech) / RATE)
    print(f"CPU seconds for a second of audio: marking {embedding:.4f}, searching {searching:.4f}")
    assert embedding < 0.05


def test_marked_speech_has_the_same_words_and_speaker(marked: dict[str, Samples]) -> None:
    (engine, *_) = [one for one in build_engines() if one.spec.id == "whisper"]
    engine.load()
    encoder = DVectorEncoder()
    errors: dict[str, float] = {}
    for kind, speech in (("unmarked", {name: clip(name) for name in LIBRIVOX}), ("marked", marked)):
        heard = [transcribed(engine, speech[name]) for name in LIBRIVOX]
        errors[kind] = jiwer.wer([spoken_words(TRANSCRIPTS[name]) for name in LIBRIVOX], heard)
    likeness = [float(np.sum(embedding(encoder, clip(name)) * embedding(encoder, marked[name]))) for name in LIBRIVOX]
    ratio = np.mean([10 * np.log10(np.sum(clip(name) ** 2) / np.sum((marked[name] - clip(name)) ** 2)) for name in LIBRIVOX])
    print(f"word error {errors}, d-vector similarity to the unmarked clip {np.mean(likeness):.3f}, mark {ratio:.1f} dB below the speech")
    assert errors["marked"] <= errors["unmarked"] + 0.02
    assert min(likeness) > 0.9


def encoded(folder: Path, audio_format: str, bitrate: int) -> Change:
    def change(samples: Samples) -> tuple[Samples, int]:
        path = folder / f"speech.{audio_format}"
        encode_file(path, [samples], audio_format=audio_format, input_rate=RATE, bitrate=bitrate)
        return read_samples(path)

    return change


def resampled(samples: Samples, rate: int) -> Samples:
    resampler = Resampler(input_rate=RATE, output_rate=rate)
    return np.concatenate([resampler.feed(samples), resampler.finish()])


def noisy(samples: Samples, *, decibels: float) -> Samples:
    noise = np.random.default_rng(0).standard_normal(len(samples)).astype(np.float32)
    power = np.mean(samples**2) / 10 ** (decibels / 10)
    return samples + noise * np.float32(np.sqrt(power))


def transcribed(engine: Any, samples: Samples) -> str:
    (result,) = as_recogniser(engine).transcribe([samples], options=RecognitionOptions(language="en"))
    return spoken_words(" ".join(segment.text for segment in result.segments))


def embedding(encoder: DVectorEncoder, samples: Samples) -> Any:
    """Unit vector."""
    found = np.ravel(encoder.embed(samples, sample_rate=RATE))
    return found / np.linalg.norm(found)
