"""Table of voices beside the people that they should sound like, by three judges. TTSAI_TEST_PROVE_SPEAKERS limits the number of people,
TTSAI_TEST_PROVE_VOICES names the kinds of voices, separated by commas.

Every kind of voice is one entry of KINDS: a function from a person to the held-out sentences in a voice. Printed are also the CPU seconds of
enrolling and speaking.
"""

import base64
import os
import resource
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
    embedding,
    judge,
    people,
    share_of_the_way,
    similarity,
    speak_sentences,
    transcribe,
)
from workers.audio.encoding.resampler import resample
from workers.cloning.child import run_fit
from workers.cloning.features import SAMPLE_RATE, log_pitch_statistics, pitch
from workers.cloning.job import VOICE_FILE, FitJob, FitPassage, open_folder
from workers.cloning.likeness import SpeakerLikeness, choose_likeness
from workers.kokoro.accents import accent_of
from workers.kokoro.runtime import SHARED_RUNTIME, KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
from workers.kokoro.synthesis import speak_text
from workers.kokoro.voice_file import KokoroVoice
from workers.kokoro.voices import SpeakableVoice, speakable_voice, stock_voice

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


def samples_of(person: Person) -> NDArray[np.float32]:
    """Enrolment half at the rate of voices."""
    return resample(person.enrolment.samples, input_rate=person.enrolment.sample_rate, output_rate=SAMPLE_RATE)


@cache
def likeness_of(person: Person) -> SpeakerLikeness:
    """Likeness as enrolment finds it."""
    samples = samples_of(person)
    return choose_likeness([samples], log_f0=log_pitch_statistics(pitch(samples)))


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


def speak_voice(voice: KokoroVoice) -> Recording:
    return speak_sentences(speaker_of(speakable_voice(voice, runtime())))


def instant_likeness(person: Person) -> Recording:
    return speak_voice(likeness_of(person).voice)


def fitted_voice(person: Person) -> Recording:
    """The fit's child process, as the part fit_voice runs it. The likeness is found before."""
    likeness = likeness_of(person)
    job = FitJob(
        passages=(FitPassage("enrolment.npy", transcribe(person.enrolment, language=person.name[:2])),),
        language=person.name[:2],
        likeness=base64.b64encode(likeness.voice.to_bytes()).decode(),
        embedding=tuple(embedding(person.enrolment, encoder="ge2e").tolist()),
        log_f0=likeness.log_f0,
        demo_text=SENTENCES[0],
    )
    folder = open_folder(f"prove-{person.name}", job, {"enrolment.npy": samples_of(person)})
    run_fit(folder, check=lambda: None)
    return speak_voice(KokoroVoice.from_bytes((folder / VOICE_FILE).read_bytes()))


STOCK = "nearest stock voice"
KINDS: dict[str, Callable[[Person], Recording]] = {
    STOCK: nearest_stock_voice,
    "instant likeness": instant_likeness,
    "fitted voice": fitted_voice,
}
VOICES = {kind: make for kind, make in KINDS.items() if kind in os.environ.get("TTSAI_TEST_PROVE_VOICES", ",".join(KINDS)).split(",")}


def cpu_seconds() -> float:
    """CPU seconds of this process and of its children that ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[Verdict]]:
    """Verdict on each kind of voice for each person; printed as a table."""
    found: dict[str, list[Verdict]] = {kind: [] for kind in VOICES}
    if STOCK in VOICES:
        stock_recordings()  # not part of what a voice costs
    for person in people(LIMIT):
        for kind, make in VOICES.items():
            started, cpu = time.perf_counter(), cpu_seconds()
            spoken = make(person)
            seconds, cpu = time.perf_counter() - started, cpu_seconds() - cpu
            verdict = judge(spoken, person=person, text=" ".join(SENTENCES))
            found[kind].append(verdict)
            values = " / ".join(f"{verdict.similarities[name]:.3f}" for name in THRESHOLDS)
            print(
                f"| {person.name} | {kind} | {person.enrolment.seconds:.1f} s | {values} | {verdict.word_errors:.3f} "
                f"| {verdict.gender} | {verdict.quality:.2f} | {cpu:.0f} CPU s, {seconds:.0f} s |",
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
    print(f"\n{LIMIT} people; similarity by {' / '.join(THRESHOLDS)}")
    print("another person:", " / ".join(f"{np.mean(other_people(name)):.3f}" for name in THRESHOLDS))
    for kind, found in verdicts.items():
        print(f"{kind}: {summary_of(found, stock=verdicts.get(STOCK), same_person=same_person)}")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print("same person:", " / ".join(f"{np.mean(values):.3f}" for values in same_person.values()), f"; largest child {largest} MiB")
    for name, values in same_person.items():
        assert np.mean(values) > THRESHOLDS[name] > np.mean(other_people(name))


def summary_of(found: list[Verdict], *, stock: list[Verdict] | None, same_person: dict[str, list[float]]) -> str:
    values = {name: [one.similarities[name] for one in found] for name in THRESHOLDS}
    means = " / ".join(f"{np.mean(values[name]):.3f}" for name in THRESHOLDS)
    past = sum(all(one.similarities[name] >= THRESHOLDS[name] for name in ("ge2e", "d-vector")) for one in found)
    right = sum(one.gender == person.gender for one, person in zip(found, people(LIMIT), strict=True))
    wer, quality = np.mean([one.word_errors for one in found]), np.mean([one.quality for one in found])
    text = f"{means}; past both thresholds {past}; gender right {right}; WER {wer:.4f}; DNSMOS {quality:.2f}"
    if not stock:
        return text
    begun = {name: [one.similarities[name] for one in stock] for name in THRESHOLDS}
    ways = (share_of_the_way(values[name], stock=begun[name], same=same_person[name]) for name in THRESHOLDS)
    return f"{text}; of the way {' / '.join(f'{way:.0%}' for way in ways)}"


def test_voices_have_the_right_gender_and_are_understood(verdicts: dict[str, list[Verdict]]) -> None:
    for kind, found in verdicts.items():
        assert np.mean([one.word_errors for one in found]) < 0.03, kind
        assert sum(one.gender == person.gender for one, person in zip(found, people(LIMIT), strict=True)) >= 0.9 * len(found), kind


def test_fitted_voices_are_more_alike_than_the_nearest_stock_voices(verdicts: dict[str, list[Verdict]]) -> None:
    fitted, stock = verdicts.get("fitted voice"), verdicts.get(STOCK)
    if not fitted or not stock:
        pytest.skip("TTSAI_TEST_PROVE_VOICES leaves one of the two out")
    for name in THRESHOLDS:
        assert np.mean([one.similarities[name] for one in fitted]) > np.mean([one.similarities[name] for one in stock]), name
