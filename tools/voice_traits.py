"""Writes apps/voice_design/traits.json: the measured sound of each of Kokoro's voices, by which voices are designed from words.

python -m tools.voice_traits     # some four CPU minutes; needs the weights kokoro

Each voice speaks the same English phonemes, so that only the speakers differ. Pitch and pace come from the model's own tracks; warmth, energy and
the share of noise from the sound.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.runtime import FRAME_SECONDS, SAMPLE_RATE, KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.voices import PITCH_SAMPLES, PITCHED_HERTZ

TRAITS = Path(__file__).parents[1] / "apps/voice_design/traits.json"
SAMPLES = (*PITCH_SAMPLES, "ði ˈOld lˈIthˌWs kˈipəɹ wˈATᵻd fɔɹ ði ˈivnɪŋ bˈOt.")
WINDOW = 1200
"""Samples of the windows in which spectrum and level are measured: 50 ms."""
LOUDEST_DECIBELS = 25.0
"""Windows that are quieter than the loudest by more are pauses."""
LOW_BAND, HIGH_BAND = (50.0, 1000.0), (1000.0, 5000.0)
"""Hz: the bands of the alpha ratio (Eyben et al., The Geneva Minimalistic Acoustic Parameter Set, 2016)."""


def measure_voice(voice: str, runtime: KokoroRuntime) -> dict[str, float]:
    """Traits of one stock voice, rounded."""
    pitches, sounds, phonemes, seconds = [], [], 0, 0.0
    for sample in SAMPLES:
        tokens, style = runtime.tokens(sample), runtime.mix_styles({voice: 1.0}, phoneme_count=len(sample))
        encoding = runtime.encode(tokens, style=style)
        frames = runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)
        pitches.append(frames.f0[frames.f0 > PITCHED_HERTZ])
        sounds.append(runtime.decode(frames, affine=runtime.affine(style)))
        phonemes += len(sample)
        seconds += float(encoding.durations[1:-1].sum()) * FRAME_SECONDS
    octaves = np.log2(np.concatenate(pitches).astype(np.float64))
    return {
        "pitch_hertz": round(float(2 ** octaves.mean()), 1),
        "pitch_range_semitones": round(float(12 * octaves.std()), 2),
        "phonemes_per_second": round(phonemes / seconds, 2),
        **measure_sound(np.concatenate(sounds)),
    }


def measure_sound(audio: NDArray[np.float32]) -> dict[str, float]:
    """Warmth, dynamics and brightness of speech [n] at 24 kHz."""
    windows = audio[: len(audio) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    levels = 10 * np.log10((windows**2).mean(axis=1) + 1e-10)
    is_speech = levels > levels.max() - LOUDEST_DECIBELS
    power = (np.abs(np.fft.rfft(windows[is_speech] * np.hanning(WINDOW), axis=1)) ** 2).mean(axis=0)
    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    low, high = (power[(hertz >= start) & (hertz < stop)].sum() for start, stop in (LOW_BAND, HIGH_BAND))
    return {
        "warmth_decibels": round(float(10 * np.log10(low / high)), 2),
        "level_range_decibels": round(float(levels[is_speech].std()), 2),
        "centroid_hertz": round(float((hertz * power).sum() / power.sum()), 0),
    }


def main() -> None:
    """Measure all voices and write the file."""
    runtime = KokoroRuntime.load()
    traits = {voice: measure_voice(voice, runtime) for voice in STOCK_VOICES}
    lines = ",\n".join(f'  "{voice}": {json.dumps(values)}' for voice, values in traits.items())
    TRAITS.write_text(f"{{\n{lines}\n}}\n", "utf-8")


if __name__ == "__main__":
    main()
