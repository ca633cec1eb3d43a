"""Kokoro with voices of one's own: voice files and mixes, beside Kokoro's built-in voices and on the same loaded model."""

import os
from collections.abc import Sequence
from dataclasses import replace

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_VOICE, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.voices import VoiceRef
from workers.kokoro.accents import LANGUAGES, VOICES, accent_of
from workers.kokoro.runtime import SAMPLE_RATE
from workers.kokoro.shared_model import SharedKokoroModel
from workers.kokoro.synthesis import MODEL_BYTES, RUN_BYTES, speak_text, split_text
from workers.kokoro.voice_file import KokoroVoice
from workers.kokoro.voices import SpeakableVoice, mixed_voice, speakable_voice, stock_voice
from workers.protocols.engine import Engine, VoiceFileEngine, find_built_in, spoken_tag


class KokoroCloneEngine(SharedKokoroModel, VoiceFileEngine):
    """Kokoro-82M, int8, with own voices in all of its languages."""

    spec = EngineSpec(
        id="kokoro-clone",
        name="Kokoro Clone",
        version="1.0-int8-3",
        base_engine="kokoro",
        description="Kokoro-82M v1.0 with voices of your own",
        licence="Apache-2.0",
        suggested_tier="premium",
        languages=LANGUAGES,
        sample_rate=SAMPLE_RATE,
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
        has_mixing=True,
        has_cloning=True,
        has_word_timings=True,
        is_deterministic=True,
        memory_bytes=MODEL_BYTES + RUN_BYTES * (os.cpu_count() or 1),
    )

    def split(self, text: str, *, language: str) -> list[Sentence]:
        return split_text(text, language=language)

    def read_voice(self, data: bytes, *, voice: VoiceRef) -> SpeakableVoice:
        """The voice of a file (`workers/kokoro/voice_file.py`), its pitch measured. `voice.weights`: shares of stock voices beside it.

        Raises WorkError (unknown_voice).
        """
        try:
            own = KokoroVoice.from_bytes(data)
            return speakable_voice(own, self.runtime, stock={share.voice: share.weight for share in voice.weights})
        except ValueError as error:
            message = f"The voice {voice.id!r} cannot be read: {error}. Create it again from its recording."
            raise WorkError(UNKNOWN_VOICE, message) from None

    def speak_as(
        self,
        own: SpeakableVoice,
        text: str,
        *,
        voice: VoiceRef,
        language: str,
        speed: float,
        phonemes: Sequence[GivenPhonemes] = (),
    ) -> SynthesisedAudio:
        """Speak in any of Kokoro's languages. Raises WorkError (unsupported_language, nothing_to_say)."""
        tag = spoken_tag(self.spec, voice, language=language)
        return speak_text(self.runtime, text, accent=accent_of(tag), voice=own, speed=speed, phonemes=phonemes)

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        """Speak with a mix of stock voices, in any language, or with one of Kokoro's own voices."""
        if voice.conditioning is not None:
            raise WorkError(UNKNOWN_VOICE, f"The file of the voice {voice.id!r} was not read.")
        if voice.weights:
            return self.speak_as(mixed_voice(voice), text, voice=voice, language=language, speed=speed, phonemes=phonemes)
        find_built_in(replace(self.spec, voices=VOICES), voice, language=language)
        accent = accent_of(voice.language)
        return speak_text(self.runtime, text, accent=accent, voice=stock_voice(voice.id), speed=speed, phonemes=phonemes)


def build_engines() -> list[Engine]:
    return [KokoroCloneEngine()]
