"""Kokoro-82M v1.0 on ONNX Runtime: 54 voices, word timings from the model's own durations."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import SynthesisedAudio
from workers.audio.tempo import change_tempo, split_speed
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.tags import is_same_language, normalise_tag, primary_tag
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine, find_built_in
from workers.text.english import english_phonemizer
from workers.text.g2p.languages import find_obstacle as find_language_obstacle
from workers.text.g2p.languages import phonemizer_of
from workers.text.ipa import kokoro_spelling
from workers.text.phonemes import PhonemisedText, phoneme_boundaries, time_words
from workers.text.sentences import split_sentences
from workers.weights.store import WeightsMissingError, WeightStore

WEIGHTS: Final = "kokoro"
SAMPLE_RATE: Final = 24_000

DURATION_SECONDS: Final = 0.025
"""Seconds per unit of the output `duration`: 600 samples at 24 kHz."""
LEAD_UNITS: Final = 3
"""Units by which the first token's duration exceeds its audible part (hexgrad/kokoro, KPipeline.join_timestamps)."""

MOST_PHONEMES: Final = 510
"""Most phonemes of one call: the context holds 512 tokens, two of them padding; a voice has a style for each number of phonemes up to
here.
"""
LONGEST_PHONEMES: Final = 240
"""Most phonemes per model call: 14 s of audio, 360 MB while it is computed. 510 would be 28 s and 860 MB, and a live request waits for it.
"""
LONGEST_CHARACTERS: Final = 220

RATES: Final = MappingProxyType({0.6: 0.602, 0.7: 0.69, 0.8: 0.8, 0.9: 0.928, 1.0: 1.0})
"""Speeds at which the model stays clear, and its measured rate at each, by its durations for 12 sentences in each of ten voices (within
0.015). The rest of a speed is stretched at constant pitch, and faster speeds altogether: durations are whole units, most of them one or
two, so that at 1.2 the model drops sounds and is 1.12 to 1.17 times as fast.
"""

MODEL_BYTES: Final = 440 * 1024**2
RUN_BYTES: Final = 360 * 1024**2
"""Measured resident memory: the loaded model with one lexicon, and one more sentence of LONGEST_PHONEMES in flight."""

Phonemizer = Callable[[str], PhonemisedText]


@dataclass(frozen=True, slots=True)
class Accent:
    """Pronunciation of one language and region."""

    tag: str
    name: str
    phonemizer: Callable[[], Phonemizer]


ACCENTS: Final[Mapping[str, Accent]] = MappingProxyType(
    {
        "a": Accent("en-us", "American English", partial(english_phonemizer, is_british=False)),
        "b": Accent("en-gb", "British English", partial(english_phonemizer, is_british=True)),
        "e": Accent("es", "Spanish", partial(phonemizer_of, "es")),
        "f": Accent("fr-fr", "French", partial(phonemizer_of, "fr")),
        "h": Accent("hi", "Hindi", partial(phonemizer_of, "hi")),
        "i": Accent("it", "Italian", partial(phonemizer_of, "it")),
        "j": Accent("ja", "Japanese", partial(phonemizer_of, "ja")),
        "p": Accent("pt-br", "Brazilian Portuguese", partial(phonemizer_of, "pt")),
        "z": Accent("zh-cn", "Mandarin Chinese", partial(phonemizer_of, "zh")),
    }
)
GENDERS: Final = MappingProxyType({"f": "female", "m": "male"})
NAMES: Final = MappingProxyType(
    {
        "af": "alloy aoede bella heart jessica kore nicole nova river sarah sky",
        "am": "adam echo eric fenrir liam michael onyx puck santa",
        "bf": "alice emma isabella lily",
        "bm": "daniel fable george lewis",
        "ef": "dora",
        "em": "alex santa",
        "ff": "siwis",
        "hf": "alpha beta",
        "hm": "omega psi",
        "if": "sara",
        "im": "nicola",
        "jf": "alpha gongitsune nezumi tebukuro",
        "jm": "kumo",
        "pf": "dora",
        "pm": "alex santa",
        "zf": "xiaobei xiaoni xiaoxiao xiaoyi",
        "zm": "yunjian yunxi yunxia yunyang",
    }
)


def _voice(prefix: str, name: str) -> VoiceSpec:
    accent, gender = ACCENTS[prefix[0]], GENDERS[prefix[1]]
    return VoiceSpec(f"{prefix}_{name}", name.capitalize(), accent.tag, gender, f"{accent.name}, {gender}")


VOICES: Final = tuple(_voice(prefix, name) for prefix, names in NAMES.items() for name in names.split())


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    """Called by several threads at once: each call computes in its caller's thread. Two threads on one session make as much audio as on a
    session each (3.7 to 4.0 seconds per second against 3.8, two cores) and take 200 MB less.
    """
    vocabulary: Mapping[str, int]
    styles: Mapping[str, NDArray[np.float32]]
    """Shape [510, 256]: one row per number of phonemes."""


class KokoroEngine(Engine):
    """Kokoro-82M, int8."""

    spec = EngineSpec(
        id="kokoro",
        name="Kokoro",
        version="1.0-int8-2",
        description="Kokoro-82M v1.0, natural voices",
        licence="Apache-2.0",
        suggested_tier="standard",
        languages=tuple(dict.fromkeys(primary_tag(accent.tag) for accent in ACCENTS.values())),
        voices=VOICES,
        default_voice="af_bella",
        sample_rate=SAMPLE_RATE,
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
        has_word_timings=True,
        memory_bytes=MODEL_BYTES + RUN_BYTES * (os.cpu_count() or 1),
    )

    def __init__(self) -> None:
        self._model: _Model | None = None

    def find_obstacle(self) -> str:
        """Name the first missing file of the weights, without loading anything."""
        store = WeightStore.default()
        try:
            for name in ("model.onnx", "vocab.json", *(_style_file(voice) for voice in VOICES)):
                store.path(WEIGHTS, name)
        except WeightsMissingError as missing:
            return missing.message
        return ""

    def find_missing_languages(self) -> Mapping[str, str]:
        """Languages whose G2P is not available here. Imports their packages, in up to two seconds."""
        return {language: obstacle for language in self.spec.languages if (obstacle := find_language_obstacle(language))}

    def load(self) -> None:
        """Load the model, 54 voices and the American lexicon, in about a second. Raises WorkError (engine_unavailable)."""
        import onnxruntime

        store = WeightStore.default()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model, vocabulary = store.path(WEIGHTS, "model.onnx"), store.path(WEIGHTS, "vocab.json")
        self._model = _Model(
            onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]),
            json.loads(vocabulary.read_text("utf-8"))["vocab"],
            {voice.id: np.fromfile(store.path(WEIGHTS, _style_file(voice)), "<f4").reshape(MOST_PHONEMES, 256) for voice in VOICES},
        )
        ACCENTS["a"].phonemizer()

    def unload(self) -> None:
        self._model = None

    def split(self, text: str, *, language: str) -> list[Sentence]:
        """Split into sentences of at most LONGEST_PHONEMES phonemes; longer ones are cut further, nothing is dropped."""
        phonemise = cache(accent_of(language).phonemizer())
        return split_sentences(
            text,
            longest=LONGEST_CHARACTERS,
            fits=lambda piece: len(phonemise(piece).phonemes) <= LONGEST_PHONEMES,
            is_speakable=lambda piece: bool(phonemise(piece).words),
        )

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        if self._model is None:
            raise RuntimeError("load() comes first")
        find_built_in(self.spec, voice, language=language)
        accent = accent_of(voice.language)
        phonemised = accent.phonemizer()(text).with_given(phonemes, spell=kokoro_spelling)
        phonemised = phonemised.restrict(self._model.vocabulary.__contains__)
        if not phonemised.words:
            raise WorkError(NOTHING_TO_SAY, f"The text contains nothing that can be spoken in {accent.name}.")
        return _speak(self._model, phonemised, text=text, style=self._model.styles[voice.id], speed=speed)


def accent_of(language: str) -> Accent:
    """The accent of a language tag: that of its region, else the first of its language; American English for any other."""
    accents = ACCENTS.values()
    regional = (accent for accent in accents if accent.tag == normalise_tag(language))
    return next(regional, next((accent for accent in accents if is_same_language(accent.tag, language)), ACCENTS["a"]))


def _style_file(voice: VoiceSpec) -> str:
    return f"voices/{voice.id}.bin"


def _speak(model: _Model, phonemised: PhonemisedText, *, text: str, style: NDArray[np.float32], speed: float) -> SynthesisedAudio:
    count = len(phonemised.phonemes)
    if count > MOST_PHONEMES:
        raise ValueError(f"{count} phonemes are more than {MOST_PHONEMES}: split() comes first")
    model_speed, tempo = split_speed(speed, rates=RATES)
    tokens = [0, *(model.vocabulary[phoneme] for phoneme in phonemised.phonemes), 0]
    samples, durations = model.session.run(
        ["audio", "duration"],
        {
            "tokens": np.array([tokens], np.int64),
            "style": style[min(count, MOST_PHONEMES - 1)][np.newaxis],
            "speed": np.array([model_speed], np.float32),
        },
    )
    seconds = phoneme_boundaries(durations.ravel().tolist(), unit_seconds=DURATION_SECONDS / tempo, lead_units=LEAD_UNITS)
    spoken = change_tempo(samples.ravel(), sample_rate=SAMPLE_RATE, tempo=tempo)
    return SynthesisedAudio(spoken, SAMPLE_RATE, time_words(phonemised, text=text, boundaries=seconds))


def build_engines() -> list[Engine]:
    return [KokoroEngine()]
