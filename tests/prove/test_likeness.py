"""Instant likeness of the 24 people of judging.py, chosen by one encoder and judged by the other. Prints the table that docs/figures.md keeps.

The first half of a clip chooses, the second half judges; every mix that was chosen is spoken.
"""

import math
from functools import cache

import numpy as np
import pytest

from tests.prove.judging import THRESHOLDS, Person, embedding, people
from tools.kokoro_likenesses import MOST_FRAMES, measure_mix
from workers.kokoro.likeness import ENCODERS, Mix, _read_library, find_likeness
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

CHOOSERS = {"GE2E": ("ge2e",), "d-vector": ("d-vector",), "both": ("ge2e", "d-vector")}


@cache
def runtime() -> KokoroRuntime:
    return KokoroRuntime.load()


def likeness_of(person: Person, choosers: tuple[str, ...]) -> np.ndarray:
    """Similarities of the likeness, spoken, to the person's second half, by GE2E and d-vector."""
    chosen = find_likeness({name: embedding(person.enrolment, encoder=name) for name in choosers}, gender=person.gender).voice
    mix = Mix(*(np.array([half.get(voice, 0.0) for voice in STOCK_VOICES], np.float32) for half in (chosen.timbre, chosen.prosody)))
    spoken = measure_mix(mix, runtime(), longest_frames=MOST_FRAMES)
    return np.array([spoken[column] @ embedding(person.held_out, encoder=name) for name, column in ENCODERS.items()])


def nearest_stock_voice(person: Person, choosers: tuple[str, ...]) -> np.ndarray:
    """The same of the stock voice that the encoders choose."""
    found = find_likeness({name: embedding(person.enrolment, encoder=name) for name in choosers}, gender=person.gender)
    row = STOCK_VOICES.index(found.nearest_voice)
    library = _read_library()
    return np.array([getattr(library, column)[row] @ embedding(person.held_out, encoder=name) for name, column in ENCODERS.items()])


def test_likeness_is_as_near_as_the_nearest_stock_voice_by_another_encoder() -> None:
    names = list(ENCODERS)
    means = {}
    for text, choosers in CHOOSERS.items():
        for kind, judge in (("stock voice", nearest_stock_voice), ("likeness", likeness_of)):
            table = np.array([judge(person, choosers) for person in people()])
            past = int((table > [THRESHOLDS[name] for name in names]).all(axis=1).sum())
            means[text, kind] = dict(zip(names, table.mean(axis=0), strict=True))
            values = " / ".join(f"{value:.3f}" for value in table.mean(axis=0))
            print(f"{kind} chosen by {text}: GE2E / d-vector {values}, past both thresholds {past} of {len(table)}")
    for text, other in (("GE2E", "d-vector"), ("d-vector", "ge2e")):
        assert means[text, "likeness"][other] > means[text, "stock voice"][other] - 0.05


def test_likeness_chosen_without_the_gender_has_the_gender_of_the_person() -> None:
    wrong = [
        person.name
        for person in people()
        if gender_of(
            find_likeness(
                {name: embedding(person.enrolment, encoder=name) for name in ENCODERS},
                log_f0=(math.log(200.0 if person.gender == "female" else 115.0), 0.2),
            ).nearest_voice
        )
        != person.gender
    ]
    assert wrong == []
