"""Kokoro's decoder as a voice converter: a recording's words, timing, intonation and dynamics in one of Kokoro's voices or an own voice."""

import os

from workers.audio.samples import Samples
from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_VOICE, UNSUPPORTED_LANGUAGE, WorkError
from workers.conversion.resynthesis import convert_by_kokoro
from workers.kokoro.accents import LANGUAGES
from workers.kokoro.shared_model import SharedKokoroModel
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.synthesis import MODEL_BYTES, RUN_BYTES
from workers.kokoro.voices import SpeakableVoice, mixed_voice, stock_voice
from workers.protocols.converter import ConversionOptions, Converter


class KokoroConvertEngine(SharedKokoroModel, Converter):
    """Needs the words of the recording; shares Kokoro's loaded weights."""

    spec = EngineSpec(
        id="kokoro-convert",
        name="Kokoro Convert",
        version="1",
        kind="voice-convert",
        description="Voice conversion by Kokoro's decoder: words, timing, intonation and dynamics stay",
        licence="Apache-2.0",
        suggested_tier="standard",
        languages=LANGUAGES,
        converts_to=("kokoro", "kokoro-clone"),
        base_engine="kokoro",
        queue="kokoro",
        memory_bytes=MODEL_BYTES + RUN_BYTES * (os.cpu_count() or 1),
    )
    needs_words = True

    def convert(self, samples: Samples, *, text: str, language: str, options: ConversionOptions) -> Samples:
        if language not in self.spec.languages:
            raise WorkError(UNSUPPORTED_LANGUAGE, f"{self.spec.name} does not convert the language {language!r}.")
        return convert_by_kokoro(self.runtime, samples, text=text, language=language, voice=_target(options), options=options)


def _target(options: ConversionOptions) -> SpeakableVoice:
    """The voice as the decoder takes it. Raises WorkError (unknown_voice)."""
    if isinstance(options.own, SpeakableVoice):
        return options.own
    if options.voice.weights and options.voice.conditioning is None:
        return mixed_voice(options.voice)
    if options.voice.id not in STOCK_VOICES:
        raise WorkError(UNKNOWN_VOICE, f"The voice {options.voice.id!r} cannot be converted to.")
    return stock_voice(options.voice.id)


def build_engines() -> list[Converter]:
    return [KokoroConvertEngine()]
