"""A sentence spoken with a fitted voice, right after the fit and in its process."""

import numpy as np

from workers.cloning.features import SAMPLE_RATE, Floats
from workers.cloning.passages import pitch_of_speaker
from workers.cloning.phonemes import can_phonemise, phonemise
from workers.kokoro.runtime import MOST_PHONEMES, KokoroRuntime
from workers.kokoro.voice_file import KokoroVoice


def speak_demo(runtime: KokoroRuntime, voice: KokoroVoice, text: str, *, language: str) -> Floats:
    """Samples at 24 kHz. A language that cannot be spoken here gives half a second of silence."""
    phonemes = phonemise(text, language=language, vocabulary=runtime.vocabulary)[:MOST_PHONEMES] if can_phonemise(language) else ""
    if not phonemes:
        return np.zeros(SAMPLE_RATE // 2, np.float32)
    tokens = runtime.tokens(phonemes)
    style = runtime.mix_styles(voice.prosody, phoneme_count=len(phonemes))
    encoding = runtime.encode(tokens, style=style)
    frames = runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)
    affine = voice.affine if voice.affine is not None else runtime.affine(runtime.mix_styles(voice.timbre, phoneme_count=len(phonemes)))
    pitch = pitch_of_speaker(frames.f0, voice.log_f0 or (0.0, 0.0))
    return np.clip(runtime.decode(frames, affine=affine, pitch=pitch), -1.0, 1.0)
