"""Instant likeness: the mix of Kokoro's voices that is most like a speaker, by two speaker encoders together.

The library's mixes were spoken and embedded; between them the sound of other mixes is predicted (mix_library.py) and the best one is searched for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.mix_library import MixTable, Scoring, read_library, search_mixes
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.voice_file import KokoroVoice

ENCODERS: Final = {"ge2e": "ge2e", "d-vector": "d_vector"}
"""Columns of the library by the names of their encoders (`workers/speakers`)."""
PITCH_WEIGHT: Final = 0.5
"""Standard scores lost for an octave between the mix's own pitch and the speaker's: moved less, a voice stays more natural."""
PACE_MARGIN: Final = 0.15
"""Mixes whose scores are at most this far below the best are chosen among by their pace."""
LEAST_WEIGHT: Final = 0.01
"""Smaller weights of stock voices in a mix are left out."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights of the 54 stock voices, [54] each, in the order of STOCK_VOICES."""

    timbre: Floats
    prosody: Floats


@dataclass(frozen=True, slots=True)
class Likeness:
    """The mix that was found."""

    voice: KokoroVoice
    nearest_voice: str
    """The most alike of the stock voices themselves, of the same gender."""
    similarities: Mapping[str, float]
    """Cosine similarity by encoder, of the mix as it was spoken for the library or as it is predicted."""


def find_likeness(
    embeddings: Mapping[str, Floats], *, gender: str = "", log_f0: tuple[float, float] | None = None, pace: float | None = None
) -> Likeness:
    """The mix of stock voices that is most like a speaker, moved to the speaker's pitch.

    embeddings: of unit length, by encoder: `ge2e` and `d-vector` [256]; both choose together, by the sum of their standard scores. gender: male
    or female; empty for either. log_f0: mean and deviation of log F0 in Hz. pace: phonemes a second. Raises ValueError without embeddings.
    """
    known = {name: np.asarray(embeddings[name], np.float32) for name in ENCODERS if name in embeddings}
    if not known:
        raise ValueError(f"no embedding of {' or '.join(ENCODERS)}")
    scores_of = _scoring(known, gender=gender, log_f0=log_f0)
    library = read_library()
    scores = scores_of(library)
    table = library
    searched = search_mixes(scores_of)
    if scores_of(searched).max() > scores.max():
        table = searched
    best = _choose(scores_of(table), paces=table.pace[:, 0], pace=pace)
    voice = KokoroVoice(_mix_of(table.timbre[best]), _mix_of(table.prosody[best]), None, log_f0)
    nearest = STOCK_VOICES[int(scores[: len(STOCK_VOICES)].argmax())]
    return Likeness(voice, nearest, {name: float(getattr(table, ENCODERS[name])[best] @ own) for name, own in known.items()})


def _scoring(embeddings: Mapping[str, Floats], *, gender: str, log_f0: tuple[float, float] | None) -> Scoring:
    """Sum of standard scores of the similarities over the library, less what the pitch costs; minus infinity for the other gender."""
    over_library = {name: getattr(read_library(), ENCODERS[name]) @ own for name, own in embeddings.items()}
    scales = {name: (found.mean(), max(float(found.std()), 1e-6)) for name, found in over_library.items()}

    def scores_of(table: MixTable) -> Floats:
        scores = np.zeros(len(table.timbre), np.float32)
        for name, own in embeddings.items():
            mean, deviation = scales[name]
            scores += (getattr(table, ENCODERS[name]) @ own - mean) / np.float32(deviation)
        if log_f0 is not None:
            scores -= PITCH_WEIGHT * np.abs(table.log_f0[:, 0] - np.float32(log_f0[0])) / np.float32(np.log(2))
        if gender in {"male", "female"}:
            scores = np.where(table.is_female == (gender == "female"), scores, np.float32(-np.inf))
        return scores

    return scores_of


def _choose(scores: Floats, *, paces: Floats, pace: float | None) -> int:
    best = int(scores.argmax())
    if pace is None:
        return best
    near = np.flatnonzero(scores >= scores[best] - PACE_MARGIN)
    distances = np.abs(np.log(np.maximum(paces[near], 0.1) / pace))
    return int(near[distances.argmin()])


def _mix_of(weights: Floats) -> dict[str, float]:
    """The larger weights by voice, summing up to 1."""
    chosen = {voice: float(weight) for voice, weight in zip(STOCK_VOICES, weights, strict=True) if abs(weight) > LEAST_WEIGHT}
    total = sum(chosen.values())
    return {voice: weight / total for voice, weight in chosen.items()}
