"""A worker that recognises, answers and speaks sentence by sentence, and what clients send and receive."""

import base64
import contextlib
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from apps.core.events import publish_event
from apps.core.valkey import client
from apps.jobs.models import Job, Part
from tests.factories_jobs import outcome_of, started, store_output
from tests.workers.recognition.clips import clip, silence
from tests.working import working
from workers.audio.encoding.resampler import resample
from workers.contract import names
from workers.contract.live_audio import LiveAudio
from workers.contract.messages import PartOutcome
from workers.contract.outputs import TIMINGS
from workers.contract.transcription import ScriptDocument, TranscriptDocument, TranscriptSegment

CHAT: dict[str, Any] = {"kind": "chat", "voices": (), "default_voice": ""}
RATE = 24_000
SENTENCE_SECONDS = 0.5
QUESTION, ANSWER = "What time is it?", "It is noon. Good bye!"
WORDS = [["It", "is", "noon"], ["Good", "bye"]]
PATIENCE = 20.0


def tone(seconds: float, *, hertz: float = 440.0) -> NDArray[np.int16]:
    return np.asarray(np.sin(np.arange(round(seconds * RATE)) / RATE * 2 * np.pi * hertz) * 8000, np.int16)


SPOKEN = [tone(SENTENCE_SECONDS), tone(SENTENCE_SECONDS, hertz=330)]
"""Audio of each sentence of the answer."""


class Talker:
    """Worker of all three kinds of part. With `is_hesitant` it waits for `resume` after the first sentence."""

    def __init__(self, *, heard: str = QUESTION, answer: str = ANSWER, is_hesitant: bool = False) -> None:
        self.heard = heard
        self.answer = answer
        self.resume = threading.Event()
        if not is_hesitant:
            self.resume.set()
        self.replies: list[dict[str, Any]] = []
        """Work of the parts that answered."""
        self.recordings: list[dict[str, Any]] = []

    def do(self, part: Part) -> PartOutcome:
        part = started(part)
        if part.kind == "listen":
            self.recordings.append(part.work)
            segment = TranscriptSegment(0.1, 0.9, f" {self.heard}")
            document = TranscriptDocument(self.heard, "en", 1.0, (segment,) if self.heard else ())
            return outcome_of(part, manifest=store_output(part, audio=json.dumps(document.to_dict()).encode()))
        if part.kind == "reply":
            self.replies.append(part.work)
            script = ScriptDocument(part.work["text"], f"**{self.answer}**", "en", "en", (self.answer,))
            return outcome_of(part, manifest=store_output(part, audio=json.dumps(script.to_dict()).encode()))
        return self._speak(part)

    def _speak(self, part: Part) -> PartOutcome:
        for index, (samples, words) in enumerate(zip(SPOKEN, WORDS, strict=True)):
            if index:
                self.resume.wait(PATIENCE)
                if Job.objects.get(pk=part.job_id).cancel_requested_at is not None:
                    return outcome_of(part, status="cancelled", units_done=part.units * index // len(SPOKEN))
            self._publish(part, index=index, samples=samples, words=words)
        file = io.BytesIO()
        soundfile.write(file, np.concatenate(SPOKEN), RATE, format="WAV", subtype="PCM_16")
        # A reader that comes after the end reads the file and its words, as those of a real worker.
        words = [word for index, spoken in enumerate(WORDS) for word in _timed(spoken, start=index * SENTENCE_SECONDS)]
        others = {TIMINGS: json.dumps(words).encode()} if any(spec.name == TIMINGS for spec in part.output_specs) else None
        return outcome_of(part, manifest=store_output(part, audio=file.getvalue(), others=others))

    def _publish(self, part: Part, *, index: int, samples: NDArray[np.int16], words: list[str]) -> None:
        start = index * SENTENCE_SECONDS
        live = LiveAudio(
            index,
            RATE,
            start_sample=round(start * RATE),
            units_done=part.units * (index + 1) // len(SPOKEN),
            words=_timed(words, start=start),
            is_last=index == len(SPOKEN) - 1,
            samples=samples.astype("<i2").tobytes(),
        )
        fields: dict[Any, Any] = live.to_fields()
        client().xadd(names.audio_stream(part.job_id.hex, part.index), fields)
        publish_event(part.job_id, {"type": "progress", "part": part.index, "units_done": live.units_done})


def _timed(words: list[str], *, start: float) -> tuple[dict[str, Any], ...]:
    """Words of a sentence that begins at `start`, each as long as the next."""
    step = SENTENCE_SECONDS / len(words)
    return tuple({"word": word, "start": start + step * n, "end": start + step * (n + 1)} for n, word in enumerate(words))


@contextlib.contextmanager
def talking(talker: Talker | None = None) -> Iterator[Talker]:
    """Run a worker in the background."""
    talker = talker or Talker()
    with working(talker.do):
        try:
            yield talker
        finally:
            talker.resume.set()


def spoken_question(*, seconds_after: float = 1.0) -> bytes:
    """PCM at 24 kHz of somebody who speaks after and before a silence."""
    samples = np.concatenate([silence(1.0), clip("cards-005"), silence(seconds_after)])
    return bytes((resample(samples, input_rate=16_000, output_rate=RATE) * 32_767).astype("<i2").tobytes())


def encoded_blocks(pcm: bytes, *, size: int = 9600) -> list[str]:
    """Base64 of blocks of the audio, as a microphone gives them."""
    return [base64.b64encode(pcm[start : start + size]).decode() for start in range(0, len(pcm), size)]


def events_until(connection: Any, *ends: str) -> list[Any]:
    """Events up to the first of these types."""
    events = []
    while not events or events[-1].type not in ends:
        events.append(connection.recv())
    return events


def types_of(events: list[Any]) -> list[str]:
    """Types of the events, repetitions left out."""
    types = [event.type for event in events]
    return [name for index, name in enumerate(types) if index == 0 or types[index - 1] != name]


def audio_of(events: list[Any], name: str = "response.output_audio.delta") -> bytes:
    """Audio of all deltas."""
    return b"".join(base64.b64decode(event.delta) for event in events if event.type == name)


def one_event(events: list[Any], name: str) -> Any:
    """The only event of this type."""
    (event,) = [event for event in events if event.type == name]
    return event
