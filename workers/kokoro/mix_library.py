"""Library of mixes of Kokoro's voices with the embeddings of their sound, and a prediction of the sound of other mixes.

`tools/kokoro_likenesses.py` writes the library: the 54 stock voices first, then random mixes.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.kokoro.stock_voices import STOCK_VOICES, gender_of

LIBRARY: Final = Path(__file__).with_name("likenesses.safetensors")
MEASURED: Final = ("ge2e", "d_vector", "log_f0", "pace")

WIDTH: Final = 0.5
"""Factor of the squared distance between two mixes in the kernel of the prediction."""
RIDGE: Final = 0.1
PROSODY_SHARE: Final = 0.5
"""Weight of a mix's prosody beside its timbre in that distance. All three by five-fold cross-validation: a mix's embedding is predicted with a
cosine of .912 (GE2E) and .883 (d-vector); its nearest neighbour in the library has .850 and .805."""

ROUNDS: Final = 6
CANDIDATES: Final = 600
"""New mixes in each round of the search."""
KEPT: Final = 24
"""Best mixes, which the next round mixes further."""
OTHER_VOICE_SHARE: Final = 0.4
"""Largest share of a third mix in half of the candidates."""
SEED: Final = 5

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MixTable:
    """Mixes, one a row, with their sound."""

    timbre: Floats
    """[n, 54]: weights of the stock voices, in the order of STOCK_VOICES."""
    prosody: Floats
    """[n, 54]."""
    ge2e: Floats
    """[n, 256], of unit length."""
    d_vector: Floats
    """[n, 256], of unit length."""
    log_f0: Floats
    """[n, 1]: mean of log F0 in Hz."""
    pace: Floats
    """[n, 1]: phonemes a second."""

    @property
    def is_female(self) -> NDArray[np.bool_]:
        """[n]: most of the timbre is of female voices."""
        female = np.array([gender_of(voice) == "female" for voice in STOCK_VOICES])
        return np.asarray(self.timbre[:, female].sum(axis=1) > 0.5, np.bool_)

    def rows(self, indices: NDArray[np.int64]) -> "MixTable":
        return MixTable(*(getattr(self, one.name)[indices] for one in fields(self)))

    def followed_by(self, other: "MixTable") -> "MixTable":
        return MixTable(*(np.concatenate([getattr(self, one.name), getattr(other, one.name)]) for one in fields(self)))


Scoring = Callable[[MixTable], Floats]
"""Score of each row; the highest is the best."""


@cache
def read_library() -> MixTable:
    from safetensors.numpy import load_file

    return MixTable(**{name: array.astype(np.float32) for name, array in load_file(LIBRARY).items()})


def search_mixes(scores_of: Scoring) -> MixTable:
    """Mixes near those of the library that score best by their predicted sound, best first. The same scores always give the same mixes."""
    library, random = read_library(), np.random.default_rng(SEED)
    usable = library.rows(np.flatnonzero(np.isfinite(scores_of(library))))
    best = _best(predict(usable.timbre, usable.prosody), scores_of)
    for _ in range(ROUNDS):
        ends = random.integers(len(best.timbre), size=(2, CANDIDATES))
        others = random.integers(len(usable.timbre), size=CANDIDATES)
        place = random.uniform(0, 1, (CANDIDATES, 1)).astype(np.float32)
        share = (random.uniform(0, OTHER_VOICE_SHARE, (CANDIDATES, 1)) * (random.random((CANDIDATES, 1)) < 0.5)).astype(np.float32)
        timbre, prosody = (
            (1 - share) * ((1 - place) * of_best[ends[0]] + place * of_best[ends[1]]) + share * of_all[others]
            for of_best, of_all in ((best.timbre, usable.timbre), (best.prosody, usable.prosody))
        )
        best = _best(best.followed_by(predict(timbre, prosody)), scores_of)
    return best


def predict(timbre: Floats, prosody: Floats) -> MixTable:
    """Mixes with the sound that they probably have."""
    means, coefficients, features = _predictor()
    near = _kernel(_features(timbre, prosody), features)
    found = {name: means[name] + near @ coefficients[name] for name in MEASURED}
    for name in ("ge2e", "d_vector"):
        found[name] /= np.linalg.norm(found[name], axis=1, keepdims=True)
    return MixTable(timbre, prosody, **found)


def _best(table: MixTable, scores_of: Scoring) -> MixTable:
    return table.rows(np.argsort(-scores_of(table), kind="stable")[:KEPT])


@cache
def _predictor() -> tuple[dict[str, Floats], dict[str, Floats], Floats]:
    """Kernel ridge regression over the library: means, coefficients by column, and the features of its rows."""
    library = read_library()
    features = _features(library.timbre, library.prosody)
    kernel = _kernel(features, features) + RIDGE * np.eye(len(features), dtype=np.float32)
    columns = {name: getattr(library, name) for name in MEASURED}
    means = {name: column.mean(axis=0) for name, column in columns.items()}
    return means, {name: np.linalg.solve(kernel, column - means[name]) for name, column in columns.items()}, features


def _features(timbre: Floats, prosody: Floats) -> Floats:
    return np.concatenate([timbre, np.float32(PROSODY_SHARE) * prosody], axis=1)


def _kernel(first: Floats, second: Floats) -> Floats:
    distances = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1) - 2 * first @ second.T
    kernel: Floats = np.exp(-np.float32(WIDTH) * distances)
    return kernel
