"""Engine that outputs silence of a fitting length, for tests; offered only if TTSAI_ENGINES names it."""

import os
import re
import signal
import time
from collections.abc import Sequence
from typing import Final

import numpy as np

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.errors import INTERNAL_ERROR, NOTHING_TO_SAY, WorkError
from workers.contract.speech import GivenPhonemes, Sentence, WordTiming
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine, find_built_in
from workers.text.sentences import split_sentences

SAMPLE_RATE: Final = 24_000
CHARACTER_SECONDS: Final = 0.05

COMPUTE_VARIABLE: Final = "TTSAI_SILENCE_COMPUTE_SECONDS"
"""Environment variable: seconds that each sentence occupies a compute thread; 0 unless set."""

FAIL_MARK: Final = re.compile(r"\[fail(?::([a-z_ ]+))?\]")
"""Test marks: a sentence with [fail] fails with internal_error, one with [fail:bad_audio] with that code, whose underscores normalisation
turns into spaces.
"""
DEATH_MARK: Final = "[die]"
DEATH_VARIABLE: Final = "TTSAI_SILENCE_MAY_DIE"
"""Environment variable; if it is set, a sentence with [die] kills the worker, as a crash of a native library would."""
WORD: Final = re.compile(r"\S+")


class SilenceEngine(Engine):
    """Engine without a model."""

    is_for_tests = True
    spec = EngineSpec(
        id="silence",
        name="Silence",
        version="1",
        description="Silence of a fitting length, to test the platform",
        licence="Apache-2.0",
        suggested_tier="standard",
        languages=("en",),
        voices=(VoiceSpec("quiet", "Quiet", "en"),),
        default_voice="quiet",
        sample_rate=SAMPLE_RATE,
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
        has_word_timings=True,
        is_deterministic=True,
        memory_bytes=1024**2,
    )

    def load(self) -> None: ...

    def unload(self) -> None: ...

    def split(self, text: str, *, language: str) -> list[Sentence]:  # noqa: ARG002  # all are as silent
        return split_sentences(text)

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:  # noqa: ARG002 - nothing is heard
        """Zeros, 0.05 s per character, with the words spread over them. Raises WorkError (unknown_voice, nothing_to_say, or the code of a
        mark).
        """
        find_built_in(self.spec, voice, language=language)
        time.sleep(float(os.environ.get(COMPUTE_VARIABLE) or 0))
        if DEATH_MARK in text and os.environ.get(DEATH_VARIABLE):
            os.kill(os.getpid(), signal.SIGKILL)
        if mark := FAIL_MARK.search(text):
            raise WorkError((mark[1] or INTERNAL_ERROR).replace(" ", "_"), "The text asked for a failure.")
        if not any(map(str.isalnum, text)):
            raise WorkError(NOTHING_TO_SAY, "The text contains nothing that can be spoken.")
        character_seconds = CHARACTER_SECONDS / speed
        words = (
            WordTiming(word[0], word.start() * character_seconds, word.end() * character_seconds, word.start(), word.end())
            for word in WORD.finditer(text)
        )
        return SynthesisedAudio(np.zeros(round(len(text) * character_seconds * SAMPLE_RATE), np.float32), SAMPLE_RATE, tuple(words))


def build_engines() -> list[Engine]:
    return [SilenceEngine()]
