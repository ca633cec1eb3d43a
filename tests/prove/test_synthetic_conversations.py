"""Diarization error of conversations of one to five people of unknown number, with overlaps, from speakers that chose no threshold."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.prove.synthetic_conversations import RATE, SyntheticConversation, held_out_speakers, make_conversation
from tests.workers.recognition.diarize.diarization_error import DiarizationError, diarization_error
from workers.audio.recordings import open_recording
from workers.recognition.diarize.recordings import diarize_recording
from workers.speakers.turns import SpeakerTurn

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

CONVERSATIONS = 10
AIM = 0.08


def turns_of(conversation: SyntheticConversation, *, folder: Path, speakers: int) -> list[SpeakerTurn]:
    """Turns as the diarize task finds them, from a file."""
    path = folder / "talk.wav"
    soundfile.write(path, conversation.samples, RATE)
    with open_recording(path, sample_rate=RATE) as recording:
        steps = diarize_recording(recording, speakers=speakers)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found: list[SpeakerTurn] = end.value
                return found


def error_of(conversation: SyntheticConversation, turns: list[SpeakerTurn]) -> DiarizationError:
    return diarization_error(conversation.turns, [(turn.start, turn.end, str(turn.speaker)) for turn in turns])


def conversation_of(people: int, *, seed: int, rounds: int = 1) -> SyntheticConversation:
    names = np.random.default_rng(100 * people + seed).choice(held_out_speakers(), people, replace=False)
    return make_conversation([str(name) for name in names], seed=seed, rounds=rounds)


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5])
def test_people_of_unknown_number_are_distinguished(people: int, tmp_path: Path) -> None:
    errors, counts, seconds, started = [], [], 0.0, time.process_time()
    for seed in range(CONVERSATIONS):
        conversation = conversation_of(people, seed=seed)
        turns = turns_of(conversation, folder=tmp_path, speakers=0)
        errors.append(error_of(conversation, turns))
        counts.append(len({turn.speaker for turn in turns}))
        seconds += len(conversation.samples) / RATE
    means = {name: round(float(np.mean([getattr(one, name) for one in errors])), 4) for name in ("rate", "missed", "invented", "confused")}
    cpu = (time.process_time() - started) * 60 / seconds
    print(f"\n{people} people: {means}, worst {max(one.rate for one in errors):.3f}, numbers {counts}, {cpu:.2f} CPU s a minute")
    assert means["rate"] < AIM
    assert sum(count == people for count in counts) >= 0.8 * CONVERSATIONS


def test_four_people_in_a_long_recording_are_distinguished_across_stretches(tmp_path: Path) -> None:
    conversation = conversation_of(4, seed=3, rounds=16)
    turns = turns_of(conversation, folder=tmp_path, speakers=0)
    error = error_of(conversation, turns)
    print(f"\n4 people, {len(conversation.samples) / RATE:.0f} s: {error.rate:.4f}, {len({turn.speaker for turn in turns})} found")
    assert error.rate < AIM
