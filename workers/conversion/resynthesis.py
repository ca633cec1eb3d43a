"""Resynthesis by Kokoro's decoder: the words, timing, pitch contour and dynamics of a recording in another voice.

Kokoro first reads the words; the recording is aligned with that reading, so that it is known which phoneme sounds at each moment. The decoder then
speaks those phonemes in the recording's time, with its pitch moved to the target's register and its energy, in the target's AdaIN numbers.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples
from workers.cloning.analysis import LOUD_PERCENTILE, SpeechAnalysis, analyse
from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.tags import is_same_language
from workers.conversion.delivery import Prosody, move_pitch, prosody_of
from workers.kokoro.accents import Accent, accent_of
from workers.kokoro.runtime import FRAME_SAMPLES, MOST_PHONEMES, VOICED_HERTZ, Encoding, Frames, KokoroRuntime
from workers.kokoro.voices import SpeakableVoice
from workers.protocols.converter import ConversionOptions
from workers.text.normalise import normalise

MOST_BELOW, MOST_ABOVE = 6.0, 3.0
"""Range of the energy around the target's own, in nepers of power: louder or softer than that the decoder was never trained on."""
NEPERS_PER_DECIBEL: Final = float(np.log(10) / 10)
FEWEST_FRAMES: Final = 8
"""Shortest stretch that holds words: 0.2 s."""
EDGE_FRAMES: Final = 12
"""Frames of silence, 0.3 s, before and after an utterance while it is aligned: Kokoro's reading begins and ends with as much, and without it the
first and last sounds of an utterance that begins at once are taken for silence.
"""

Track = NDArray[np.int64]


def convert_by_kokoro(
    runtime: KokoroRuntime, samples: Samples, *, text: str, language: str, voice: SpeakableVoice, options: ConversionOptions
) -> Samples:
    """One utterance in the target's voice: [n] to about [n / tempo]. Raises WorkError (nothing_to_say) where there is nothing to align."""
    edge = EDGE_FRAMES * FRAME_SAMPLES
    padded = np.pad(samples, (edge, edge + -len(samples) % FRAME_SAMPLES))
    phonemes = _phonemes(runtime, text, accent=_accent(language, options=options))
    if len(samples) < FEWEST_FRAMES * FRAME_SAMPLES or not samples.any():
        raise WorkError(NOTHING_TO_SAY, "The stretch is too short or too quiet for words.")
    style = voice.style(runtime, phoneme_count=len(phonemes))
    affine = voice.affine_of(runtime, style)
    encoding = runtime.encode(runtime.tokens(phonemes), style=style)
    read = runtime.align(encoding, track=np.repeat(np.arange(len(encoding.durations)), encoding.durations), style=style)
    reading = runtime.decode(read, affine=affine)
    heard = analyse(padded, reading=reading, durations=encoding.durations, reading_energy=read.energy)
    prosody = prosody_of(options.delivery)
    frames = _performance(runtime, heard, encoding=encoding, style=style, prosody=prosody, options=options)
    spoken = runtime.decode(frames, affine=affine)
    lead = round(edge / prosody.tempo)
    return _match_loudness(spoken[lead : len(spoken) - lead], source=samples, decibels=prosody.decibels)


def _performance(
    runtime: KokoroRuntime, heard: SpeechAnalysis, *, encoding: Encoding, style: Samples, prosody: Prosody, options: ConversionOptions
) -> Frames:
    """The decoder's inputs: the recording's timing, pitch and energy, at the pace of the delivery."""
    units = _positions(len(heard.tokens), tempo=prosody.tempo)
    halves = _positions(2 * len(heard.tokens), tempo=prosody.tempo)[: 2 * len(units)]
    halves = np.pad(halves, (0, 2 * len(units) - len(halves)), mode="edge")
    own = runtime.align(encoding, track=heard.tokens[units], style=style)
    return Frames(
        own.asr, _move(heard.f0[halves], prosody=prosody, options=options), _dynamics(heard.energy[halves], own=own.energy, prosody=prosody)
    )


def _positions(count: int, *, tempo: float) -> Track:
    """Position in the recording of each frame at another pace."""
    return np.minimum((np.arange(max(1, round(count / tempo))) * tempo).astype(np.int64), count - 1)


def _move(hertz: Samples, *, prosody: Prosody, options: ConversionOptions) -> Samples:
    """F0 in the target's register; unvoiced frames stay as they are."""
    voiced = hertz > VOICED_HERTZ
    moved = move_pitch(np.where(voiced, hertz, 0.0).astype(np.float64), source=options.source, target=options.target, prosody=prosody)
    return np.where(voiced, moved, hertz).astype(np.float32)


def _dynamics(energy: Samples, *, own: Samples, prosody: Prosody) -> Samples:
    """The recording's energy at the level of the target's own, within the range that the decoder knows; pauses are the target's."""
    level = np.percentile(own, LOUD_PERCENTILE) - np.percentile(energy, LOUD_PERCENTILE) + prosody.decibels * NEPERS_PER_DECIBEL
    return np.asarray(np.clip(energy + level, own - MOST_BELOW, own + MOST_ABOVE), np.float32)


def _match_loudness(spoken: Samples, *, source: Samples, decibels: float) -> Samples:
    """The converted stretch as loud as the source's, with the delivery's change: a soft sentence stays soft beside a loud one."""
    level, wanted = (float(np.sqrt(np.mean(np.square(one, dtype=np.float64)))) for one in (spoken, source))
    return np.asarray(spoken * (wanted / max(level, 1e-6) * 10 ** (decibels / 20)), np.float32)


def _phonemes(runtime: KokoroRuntime, text: str, *, accent: Accent) -> str:
    """Phonemes of the words. Raises WorkError (nothing_to_say)."""
    spoken = normalise(text, language=accent.tag, has_html=False)
    found = accent.phonemizer()(spoken.text).restrict(runtime.vocabulary.__contains__)
    if not found.words or len(found.phonemes) > MOST_PHONEMES:
        raise WorkError(NOTHING_TO_SAY, f"The stretch has no words that can be spoken in {accent.name}, or too many.")
    return found.phonemes


def _accent(language: str, *, options: ConversionOptions) -> Accent:
    """The target's own accent where it speaks the language."""
    return accent_of(options.voice.language if is_same_language(language, options.voice.language) else language)
