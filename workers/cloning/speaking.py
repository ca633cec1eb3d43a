"""A sentence spoken with a fitted voice, right after the fit and in its process."""

import numpy as np

from workers.cloning.features import Floats
from workers.contract.tags import primary_tag
from workers.kokoro.accents import LANGUAGES, accent_of
from workers.kokoro.runtime import SAMPLE_RATE, KokoroRuntime
from workers.kokoro.synthesis import speak_text, split_text
from workers.kokoro.voice_file import KokoroVoice
from workers.kokoro.voices import speakable_voice
from workers.text.g2p.languages import find_obstacle


def speak_demo(runtime: KokoroRuntime, voice: KokoroVoice, text: str, *, language: str) -> Floats:
    """Samples at 24 kHz. A language that cannot be spoken here gives half a second of silence."""
    if primary_tag(language) not in LANGUAGES or find_obstacle(primary_tag(language)):
        return np.zeros(SAMPLE_RATE // 2, np.float32)
    speakable = speakable_voice(voice, runtime)
    spoken = [
        speak_text(runtime, sentence.text, accent=accent_of(language), voice=speakable, speed=1.0).samples
        for sentence in split_text(text, language=language)
    ]
    return np.clip(np.concatenate(spoken), -1.0, 1.0)
