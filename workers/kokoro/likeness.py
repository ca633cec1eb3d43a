"""Instant likeness: the nearest of a library of mixes of Kokoro's voices, by two speaker encoders together.

`tools/kokoro_likenesses.py` writes the library.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
from workers.kokoro.voice_file import KokoroVoice

LIBRARY: Final = Path(__file__).with_name("likenesses.safetensors")
ENCODERS: Final = {"ge2e": "ge2e", "d-vector": "d_vector"}
"""Columns of the library by the names of their encoders (`workers/speakers`)."""
PITCH_WEIGHT: Final = 0.5
"""Standard scores lost for an octave between the mix's own pitch and the speaker's: moved less, a voice stays more natural."""
PACE_MARGIN: Final = 0.15
"""Mixes whose scores are at most this far below the best are chosen among by their pace."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights of the 54 stock voices, [54] each, in the order of STOCK_VOICES."""

    timbre: Floats
    prosody: Floats


@dataclass(frozen=True, slots=True)
class Likeness:
    """The library's nearest voice."""

    voice: KokoroVoice
    nearest_voice: str
    """The most alike of the stock voices themselves, of the same gender."""
    similarities: Mapping[str, float]
    """Cosine similarity of the mix as it was spoken for the library, by encoder."""


@dataclass(frozen=True, slots=True)
class _Library:
    timbre: Floats
    prosody: Floats
    ge2e: Floats
    d_vector: Floats
    log_f0: Floats
    """[n, 1]: mean of log F0 in Hz."""
    pace: Floats
    """[n, 1]: phonemes a second."""

    @property
    def is_female(self) -> NDArray[np.bool_]:
        """[n]: most of the timbre is of female voices."""
        female = np.array([gender_of(voice) == "female" for voice in STOCK_VOICES])
        return np.asarray(self.timbre[:, female].sum(axis=1) > 0.5, np.bool_)


def heard_gender(embeddings: Mapping[str, Floats]) -> str:
    """Gender of a speaker, male or female: to which of the stock voices of either gender the embeddings are nearer, by all encoders together.

    embeddings: as of `find_likeness`. The pitch does not decide: low voices of women and high ones of men overlap between 140 and 170 Hz.
    """
    library, score = _read_library(), 0.0
    female = library.is_female[: len(STOCK_VOICES)]
    for name in ENCODERS.keys() & embeddings.keys():
        voices = getattr(library, ENCODERS[name])[: len(STOCK_VOICES)]
        women, men = voices[female].mean(axis=0), voices[~female].mean(axis=0)
        score += float((embeddings[name] - (women + men) / 2) @ (women - men))
    return "female" if score > 0 else "male"


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
    library = _read_library()
    similarities = {name: getattr(library, ENCODERS[name]) @ embedding for name, embedding in known.items()}
    scores = sum((_standard_scores(found) for found in similarities.values()), np.zeros(len(library.timbre), np.float32))
    if log_f0 is not None:
        scores = scores - PITCH_WEIGHT * np.abs(library.log_f0[:, 0] - log_f0[0]) / np.float32(np.log(2))
    if gender in {"male", "female"}:
        scores = np.where(library.is_female == (gender == "female"), scores, -np.inf)
    best = _choose(scores, library=library, pace=pace)
    voice = KokoroVoice(_mix_of(library.timbre[best]), _mix_of(library.prosody[best]), None, log_f0)
    nearest = STOCK_VOICES[int(scores[: len(STOCK_VOICES)].argmax())]
    return Likeness(voice, nearest, {name: float(found[best]) for name, found in similarities.items()})


def _choose(scores: Floats, *, library: _Library, pace: float | None) -> int:
    best = int(scores.argmax())
    if pace is None:
        return best
    near = np.flatnonzero(scores >= scores[best] - PACE_MARGIN)
    distances = np.abs(np.log(library.pace[near, 0] / pace))
    return int(near[distances.argmin()])


def _standard_scores(similarities: Floats) -> Floats:
    scores: Floats = (similarities - similarities.mean()) / max(float(similarities.std()), 1e-6)
    return scores


def _mix_of(weights: Floats) -> dict[str, float]:
    """The weights by voice, without zeros and summing up to 1: the library's have 11 bits."""
    chosen = {voice: float(weight) for voice, weight in zip(STOCK_VOICES, weights, strict=True) if abs(weight) > 1e-4}
    total = sum(chosen.values())
    return {voice: weight / total for voice, weight in chosen.items()}


@cache
def _read_library() -> _Library:
    from safetensors.numpy import load_file

    return _Library(**{name: array.astype(np.float32) for name, array in load_file(LIBRARY).items()})
