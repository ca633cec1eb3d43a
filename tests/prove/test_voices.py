"""Table of voices beside the people that they should sound like, by three judges. TTSAI_TEST_PROVE_SPEAKERS limits the number of people.

Every kind of voice is one entry of VOICES: a function from a person to the held-out sentences in a voice. Printed are also the CPU seconds of
enrolling and speaking.
"""

import os
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.prove.judging import (
    SENTENCES,
    THRESHOLDS,
    Person,
    Recording,
    Speaker,
    Verdict,
    at_16_khz,
    embedding,
    judge,
    people,
    share_of_the_way,
    similarity,
    speak_sentences,
)
from workers.kokoro.accents import accent_of
from workers.kokoro.likeness import LIBRARY, Likeness, find_likeness
from workers.kokoro.runtime import SHARED_RUNTIME, KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
from workers.kokoro.synthesis import speak_text
from workers.kokoro.voices import SpeakableVoice, speakable_voice, stock_voice
from workers.recognition.pitch import voiced_pitches

pytestmark = [pytest.mark.prove, pytest.mark.timeout(7200)]

ENGLISH_VOICES = tuple(voice for voice in STOCK_VOICES if voice[0] in "ab")
CHOICE_TEXT = "Nobody could explain why the old clock had started ticking again."
"""Text by which the nearest stock voice is chosen; the judges hear others."""
LIMIT = int(os.environ.get("TTSAI_TEST_PROVE_SPEAKERS", "24"))


@cache
def runtime() -> KokoroRuntime:
    return SHARED_RUNTIME.acquire()


def speaker_of(voice: SpeakableVoice) -> Speaker:
    """Speaker of American English sentences in the voice."""
    return lambda text: speak_text(runtime(), text, accent=accent_of("en-US"), voice=voice, speed=1.0)


@cache
def likeness_of(person: Person) -> Likeness:
    """Instant likeness to the person's enrolment half, by the encoders that may choose."""
    hertz = voiced_pitches(at_16_khz(person.enrolment))
    logs = np.log(hertz) if len(hertz) else None
    return find_likeness(
        {name: embedding(person.enrolment, encoder=name) for name in ("ge2e", "d-vector")},
        gender=person.gender,
        log_f0=(float(logs.mean()), float(logs.std())) if logs is not None else None,
    )


@cache
def stock_embeddings(encoder: str) -> NDArray[np.float32]:
    """Embeddings [28, size] of the English stock voices, each saying CHOICE_TEXT."""
    return np.stack([embedding(recording, encoder=encoder) for recording in stock_recordings()])


@cache
def stock_recordings() -> tuple[Recording, ...]:
    return tuple(Recording.of_speech([speaker_of(stock_voice(voice))(CHOICE_TEXT)]) for voice in ENGLISH_VOICES)


@cache
def stock_sentences(voice: str) -> Recording:
    return speak_sentences(speaker_of(stock_voice(voice)))


def nearest_stock_voice(person: Person) -> Recording:
    """The English stock voice of the person's gender that is most like the enrolment half by GE2E and d-vector together."""
    scores = np.zeros(len(ENGLISH_VOICES))
    for name in ("ge2e", "d-vector"):
        found = stock_embeddings(name) @ embedding(person.enrolment, encoder=name)
        scores += (found - found.mean()) / found.std()
    scores[[gender_of(voice) != person.gender for voice in ENGLISH_VOICES]] = -np.inf
    return stock_sentences(ENGLISH_VOICES[int(scores.argmax())])


def instant_likeness(person: Person) -> Recording:
    return speak_sentences(speaker_of(speakable_voice(likeness_of(person).voice, runtime())))


VOICES: dict[str, Callable[[Person], Recording]] = {"nearest stock voice": nearest_stock_voice}
if LIBRARY.exists():
    VOICES["instant likeness"] = instant_likeness
needs_likeness = pytest.mark.skipif(not LIBRARY.exists(), reason="the library of likenesses is missing: tools/kokoro_likenesses.py")


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[Verdict]]:
    """Verdict on each kind of voice for each person; printed as a table."""
    found: dict[str, list[Verdict]] = {kind: [] for kind in VOICES}
    stock_recordings()  # not part of what a voice costs
    for person in people(LIMIT):
        for kind, make in VOICES.items():
            started = time.process_time()
            spoken = make(person)
            seconds = time.process_time() - started
            verdict = judge(spoken, person=person, text=" ".join(SENTENCES))
            found[kind].append(verdict)
            values = " / ".join(f"{verdict.similarities[name]:.3f}" for name in THRESHOLDS)
            print(
                f"| {person.name} | {kind} | {person.enrolment.seconds:.1f} s | {values} | {verdict.word_errors:.3f} "
                f"| {verdict.gender} | {verdict.quality:.2f} | {seconds:.1f} CPU s |",
                flush=True,
            )
    return found


@pytest.fixture(scope="module")
def same_person() -> dict[str, list[float]]:
    """Similarity of the two halves of each clip, by encoder."""
    return {name: [similarity(one.enrolment, one.held_out, encoder=name) for one in people(LIMIT)] for name in THRESHOLDS}


def other_people(encoder: str) -> list[float]:
    everybody = people(LIMIT)
    first = np.stack([embedding(one.enrolment, encoder=encoder) for one in everybody])
    second = np.stack([embedding(one.held_out, encoder=encoder) for one in everybody])
    table = first @ second.T
    return [float(value) for value in table[~np.eye(len(table), dtype=bool)]]


def test_summary_of_all_kinds_of_voices_beside_people(verdicts: dict[str, list[Verdict]], same_person: dict[str, list[float]]) -> None:
    stock = {name: [one.similarities[name] for one in verdicts["nearest stock voice"]] for name in THRESHOLDS}
    print(f"\n{LIMIT} people; similarity by {' / '.join(THRESHOLDS)}")
    print("another person:", " / ".join(f"{np.mean(other_people(name)):.3f}" for name in THRESHOLDS))
    for kind, found in verdicts.items():
        means = " / ".join(f"{np.mean([one.similarities[name] for one in found]):.3f}" for name in THRESHOLDS)
        ways = " / ".join(
            f"{share_of_the_way([one.similarities[name] for one in found], stock=stock[name], same=same_person[name]):.0%}"
            for name in THRESHOLDS
        )
        past = sum(all(one.similarities[name] >= THRESHOLDS[name] for name in ("ge2e", "d-vector")) for one in found)
        right = sum(one.gender == person.gender for one, person in zip(found, people(LIMIT), strict=True))
        wer, quality = np.mean([one.word_errors for one in found]), np.mean([one.quality for one in found])
        print(f"{kind}: {means}; of the way {ways}; past both thresholds {past}; gender {right}; WER {wer:.4f}; DNSMOS {quality:.2f}")
    print("same person:", " / ".join(f"{np.mean(values):.3f}" for values in same_person.values()))
    for name, values in same_person.items():
        assert np.mean(values) > THRESHOLDS[name] > np.mean(other_people(name))


@needs_likeness
def test_likenesses_have_the_right_gender_and_are_understood(verdicts: dict[str, list[Verdict]]) -> None:
    found = verdicts["instant likeness"]
    assert np.mean([one.word_errors for one in found]) < 0.03
    assert sum(one.gender == person.gender for one, person in zip(found, people(LIMIT), strict=True)) >= 0.9 * len(found)


@needs_likeness
def test_likenesses_are_more_alike_than_the_nearest_stock_voice(verdicts: dict[str, list[Verdict]]) -> None:
    for name in ("ge2e", "d-vector"):
        likeness, stock = ([one.similarities[name] for one in verdicts[kind]] for kind in ("instant likeness", "nearest stock voice"))
        assert np.mean(likeness) > np.mean(stock)
