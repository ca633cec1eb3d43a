"""Text to speech with the runtime: sentences that fit the model, speed, word timings."""

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from workers.audio.samples import SynthesisedAudio
from workers.audio.tempo import change_tempo, split_speed
from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.kokoro.accents import Accent, accent_of
from workers.kokoro.runtime import FRAME_SECONDS, SAMPLE_RATE, KokoroRuntime
from workers.kokoro.voices import SpeakableVoice
from workers.text.ipa import kokoro_spelling
from workers.text.phonemes import phoneme_boundaries, time_words
from workers.text.sentences import split_sentences

LEAD_UNITS: Final = 3
"""Units by which the first token's duration exceeds its audible part (hexgrad/kokoro, KPipeline.join_timestamps)."""

LONGEST_PHONEMES: Final = 240
"""Most phonemes per model call: 14 s of audio, 360 MB while it is computed. 510 would be 28 s and 860 MB, and a live request waits for it.
"""
LONGEST_CHARACTERS: Final = 220

RATES: Final = MappingProxyType({0.6: 0.602, 0.7: 0.69, 0.8: 0.8, 0.9: 0.928, 1.0: 1.0})
"""Speeds at which the model stays clear, and its measured rate at each, by its durations for 12 sentences in each of ten voices (within
0.015). The rest of a speed is stretched at constant pitch, and faster speeds altogether: durations are whole units, most of them one or
two, so that at 1.2 the model drops sounds and is 1.12 to 1.17 times as fast.
"""

SPEEDS: Final = (0.25, 4.0)
"""Slowest and fastest speed of speech, the voice's own pace included."""

MODEL_BYTES: Final = 440 * 1024**2
RUN_BYTES: Final = 360 * 1024**2
"""Measured resident memory: the loaded model with one lexicon, and one more sentence of LONGEST_PHONEMES in flight."""


def split_text(text: str, *, language: str) -> list[Sentence]:
    """Split into sentences of at most LONGEST_PHONEMES phonemes; longer ones are cut further, nothing is dropped."""
    phonemise = cache(accent_of(language).phonemizer())
    return split_sentences(
        text,
        longest=LONGEST_CHARACTERS,
        fits=lambda piece: len(phonemise(piece).phonemes) <= LONGEST_PHONEMES,
        is_speakable=lambda piece: bool(phonemise(piece).words),
    )


def speak_text(
    runtime: KokoroRuntime, text: str, *, accent: Accent, voice: SpeakableVoice, speed: float, phonemes: Sequence[GivenPhonemes] = ()
) -> SynthesisedAudio:
    """Speak one sentence of `split_text`. Raises WorkError (nothing_to_say)."""
    phonemised = accent.phonemizer()(text).with_given(phonemes, spell=kokoro_spelling)
    phonemised = phonemised.restrict(runtime.vocabulary.__contains__)
    if not phonemised.words:
        raise WorkError(NOTHING_TO_SAY, f"The text contains nothing that can be spoken in {accent.name}.")
    model_speed, tempo = split_speed(min(max(speed * voice.pace, SPEEDS[0]), SPEEDS[1]), rates=RATES)
    style = voice.style(runtime, phoneme_count=len(phonemised.phonemes))
    speech = runtime.synthesise(
        runtime.tokens(phonemised.phonemes), style=style, affine=voice.affine_of(runtime, style), speed=model_speed, pitch=voice.pitch
    )
    boundaries = phoneme_boundaries(speech.durations.tolist(), unit_seconds=FRAME_SECONDS / tempo, lead_units=LEAD_UNITS)
    spoken = change_tempo(speech.audio, sample_rate=SAMPLE_RATE, tempo=tempo)
    return SynthesisedAudio(spoken, SAMPLE_RATE, time_words(phonemised, text=text, boundaries=boundaries))
