"""Kokoro-82M v1.0 on ONNX Runtime: 54 voices, word timings from the model's own durations."""

import os
from collections.abc import Sequence

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.voices import VoiceRef
from workers.kokoro.accents import LANGUAGES, VOICES, accent_of
from workers.kokoro.runtime import SAMPLE_RATE
from workers.kokoro.shared_model import SharedKokoroModel
from workers.kokoro.synthesis import MODEL_BYTES, RUN_BYTES, speak_text, split_text
from workers.kokoro.voices import mixed_voice, stock_voice
from workers.protocols.engine import Engine, find_built_in, spoken_tag


class KokoroEngine(SharedKokoroModel, Engine):
    """Kokoro-82M, int8."""

    spec = EngineSpec(
        id="kokoro",
        name="Kokoro",
        version="1.0-int8-3",
        description="Kokoro-82M v1.0, natural voices",
        licence="Apache-2.0",
        suggested_tier="standard",
        languages=LANGUAGES,
        voices=VOICES,
        default_voice="af_bella",
        sample_rate=SAMPLE_RATE,
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
        has_mixing=True,
        has_word_timings=True,
        is_deterministic=True,
        memory_bytes=MODEL_BYTES + RUN_BYTES * (os.cpu_count() or 1),
    )

    def split(self, text: str, *, language: str) -> list[Sentence]:
        return split_text(text, language=language)

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        if voice.weights and voice.conditioning is None:
            return speak_text(
                self.runtime,
                text,
                accent=accent_of(spoken_tag(self.spec, voice, language=language)),
                voice=mixed_voice(voice),
                speed=speed,
                phonemes=phonemes,
            )
        find_built_in(self.spec, voice, language=language)
        accent = accent_of(voice.language)
        return speak_text(self.runtime, text, accent=accent, voice=stock_voice(voice.id), speed=speed, phonemes=phonemes)


def build_engines() -> list[Engine]:
    return [KokoroEngine()]
