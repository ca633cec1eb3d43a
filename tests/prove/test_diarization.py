"""Diarization error of conversations assembled from human speech, through recogniser and worker task."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
import redis
import soundfile

from tests.workers.messages import targets
from tests.workers.recognition.diarize.conversations import CARDS, DHD, LIBRIVOX, RATE, Conversation, converse
from tests.workers.recognition.diarize.diarization_error import COLLAR_SECONDS, DiarizationError, Turn, diarization_error
from workers.contract.messages import PartMessage
from workers.contract.outputs import TEXT
from workers.contract.references import Address
from workers.contract.transcription import ListenWork, TranscriptDocument
from workers.engines.whisper import build_engines
from workers.model_manager import ModelManager
from workers.parts import PartRun
from workers.scheduler import SentenceScheduler
from workers.storage import Storage
from workers.stream import LiveEvents
from workers.tasks.context import WorkerContext
from workers.tasks.listen import listen

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

GAP_SECONDS = 0.5
"""Longest pause within a turn of one speaker."""
PAIRS = {"librivox and dhd": (LIBRIVOX, DHD), "librivox and cards": (LIBRIVOX, CARDS)}


@dataclass
class DiarizingTranscriber:
    """Worker's path from a recording to a transcript with speakers."""

    folder: Path
    bench: WorkerContext

    def transcribe(self, conversation: Conversation, *, speakers: int) -> TranscriptDocument:
        soundfile.write(self.folder / "audio.flac", conversation.samples, RATE)
        work = ListenWork("whisper", Address("folder", "audio.flac"), language="en", has_words=True, is_diarized=True, speakers=speakers)
        message = PartMessage(
            job="0" * 32,
            part=0,
            token=f"{random.getrandbits(128):032x}",
            kind="listen",
            work=work.to_dict(),
            tenant="account-1",
            lane="normal",
            job_created_at=0.0,
            deadline_at=time.time() + 600,
            outputs=targets({TEXT: Address("folder", "document.json")}),
            manifest=Address("folder", "manifest.json"),
        )
        listen(PartRun(message, on_stop=lambda _: None), context=self.bench)
        return TranscriptDocument.from_dict(json.loads((self.folder / "document.json").read_bytes()))


@pytest.fixture(scope="module")
def transcriber(tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[DiarizingTranscriber]:
    folder = tmp_path_factory.mktemp("ear")
    scheduler = SentenceScheduler(cores=2)
    engines = [engine for engine in build_engines() if engine.spec.id == "whisper"]
    with httpx.Client() as http:
        storage = Storage(objects=folder, scratch=folder, http=http)
        storage.prepare()
        yield DiarizingTranscriber(
            folder, WorkerContext(ModelManager(engines, budget_bytes=2 << 30, idle_seconds=600), scheduler, storage, LiveEvents(valkey))
        )
    scheduler.close()


def turns_of(transcript: TranscriptDocument) -> list[Turn]:
    turns: list[Turn] = []
    for segment in transcript.segments:
        for word in segment.words:
            start, end, speaker = turns[-1] if turns else (0.0, -9.0, "")
            if speaker == segment.speaker and word.start - end < GAP_SECONDS:
                turns[-1] = (start, word.end, speaker)
            else:
                turns.append((word.start, word.end, segment.speaker))
    return turns


def errors_of(transcriber: DiarizingTranscriber, conversations: list[Conversation], *, speakers: int) -> list[DiarizationError]:
    return [diarization_error(made.turns, turns_of(transcriber.transcribe(made, speakers=speakers))) for made in conversations]


def shuffled(*groups: tuple[str, ...], seed: int, rounds: int = 1) -> Conversation:
    """Everything that the speakers say, `rounds` times, in random order."""
    names = [name for group in groups for name in group] * rounds
    random.Random(seed).shuffle(names)
    return converse(*names, seed=seed)


def print_errors(what: str, errors: list[DiarizationError]) -> None:
    means = {
        name: round(float(np.mean([getattr(error, name) for error in errors])), 3) for name in ("rate", "missed", "invented", "confused")
    }
    print(f"\n{what}: {means}, collar {COLLAR_SECONDS} s")


@pytest.mark.parametrize("speakers", [0, 2], ids=["unknown number", "two"])
@pytest.mark.parametrize("pair", PAIRS)
def test_two_speakers_get_different_labels(transcriber: DiarizingTranscriber, pair: str, speakers: int) -> None:
    conversations = [shuffled(*PAIRS[pair], seed=seed) for seed in range(4)]
    errors = errors_of(transcriber, conversations, speakers=speakers)
    print_errors(f"{pair}, number of speakers {'told' if speakers else 'not told'}", errors)
    assert np.mean([error.rate for error in errors]) < 0.10


def test_two_speakers_of_isolated_words(transcriber: DiarizingTranscriber) -> None:
    """Names of cards and strings of digits; words omitted by the recogniser count as missed speech."""
    errors = errors_of(transcriber, [shuffled(DHD, CARDS, seed=seed) for seed in range(4)], speakers=0)
    print_errors("dhd and cards, number of speakers not told", errors)
    assert np.mean([error.confused for error in errors]) < 0.02


def test_three_speakers_in_five_minutes(transcriber: DiarizingTranscriber) -> None:
    conversation = shuffled(LIBRIVOX, DHD, CARDS, seed=5, rounds=6)
    (error,) = errors_of(transcriber, [conversation], speakers=3)
    print(f"\nthree speakers, {len(conversation.samples) / RATE:.0f} s, number told: DER {error.rate:.3f}")
    assert error.rate < 0.10


def test_one_speaker_stays_one(transcriber: DiarizingTranscriber) -> None:
    transcript = transcriber.transcribe(converse(*LIBRIVOX * 3, seed=2), speakers=0)
    assert {segment.speaker for segment in transcript.segments} == {"SPEAKER_00"}
