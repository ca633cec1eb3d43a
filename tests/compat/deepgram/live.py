"""A recogniser that says how long the audio was, and connections of a plain WebSocket client."""

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.sync.client import ClientConnection, connect

from apps.core.storage import get_storage
from apps.jobs.models import Part
from tests.factories_jobs import outcome_of, started, store_output
from tests.web.shell import RunningShell
from tests.workers.recognition.clips import clip, silence
from tests.working import working
from workers.contract.messages import PartOutcome
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord

RATE = 16_000
PATIENCE = 20.0
QUERY = "model=nova-3&encoding=linear16&sample_rate=16000&punctuate=true"


class Recogniser:
    """Hears one word a second: `One two three.` in three seconds of audio. With `is_hesitant` it waits for `resume`."""

    NAMES = [
        "One",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
    ]

    def __init__(self, *, is_hesitant: bool = False) -> None:
        self.resume = threading.Event()
        if not is_hesitant:
            self.resume.set()
        self.works: list[dict[str, Any]] = []
        self.seconds: list[float] = []

    def do(self, part: Part) -> PartOutcome | None:
        part = started(part)
        self.works.append(part.work)
        seconds = (len(get_storage().read_bytes(part.work["audio"]["key"])) - 44) / 2 / RATE
        self.seconds.append(round(seconds, 2))
        self.resume.wait(PATIENCE)
        names = self.NAMES[: max(1, int(seconds))]
        words = tuple(TranscriptWord(f" {name}", 0.2 + n, 0.8 + n, 0.9) for n, name in enumerate(names))
        text = " ".join(names) + "."
        words = (*words[:-1], TranscriptWord(f"{words[-1].word}.", words[-1].start, words[-1].end, 0.9))
        document = TranscriptDocument(text, "en", seconds, (TranscriptSegment(0.2, words[-1].end, f" {text}", words=words),))
        return outcome_of(part, manifest=store_output(part, audio=json.dumps(document.to_dict()).encode()))


@contextlib.contextmanager
def recognising(recogniser: Recogniser | None = None) -> Iterator[Recogniser]:
    """Run a recogniser in the background."""
    recogniser = recogniser or Recogniser()
    with working(recogniser.do):
        try:
            yield recogniser
        finally:
            recogniser.resume.set()


def pcm(samples: NDArray[np.float32]) -> bytes:
    return bytes((samples * 32_767).astype("<i2").tobytes())


def spoken(*, before: float = 1.0, after: float = 1.0, times: int = 1) -> bytes:
    """PCM at 16 kHz of somebody who speaks between silences."""
    once = [silence(before), clip("cards-005"), silence(after)]
    return pcm(np.concatenate(once * times))


class Line:
    """Connection that speaks JSON and audio."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, data: bytes, *, size: int = 3200) -> None:
        for start in range(0, len(data), size):
            self.connection.send(data[start : start + size])

    def send(self, name: str, **fields: Any) -> None:
        self.connection.send(json.dumps({"type": name, **fields}))

    def read(self) -> dict[str, Any]:
        return dict(json.loads(self.connection.recv(timeout=PATIENCE)))

    def until(self, name: str, **fields: Any) -> list[dict[str, Any]]:
        """Messages up to the first one of this type with these fields."""
        found = [self.read()]
        while found[-1]["type"] != name or any(found[-1].get(key) != value for key, value in fields.items()):
            found.append(self.read())
        return found


@contextlib.contextmanager
def line(server: RunningShell, key: str, query: str = QUERY, *, path: str = "/v1/listen", **options: Any) -> Iterator[Line]:
    """An open connection."""
    address = f"{server.url.replace('http', 'ws')}{path}?{query}"
    headers = {"Authorization": f"Token {key}"} if key else {}
    with connect(address, additional_headers=headers, open_timeout=PATIENCE, **options) as connection:
        yield Line(connection)


def text_of(message: dict[str, Any]) -> str:
    """Transcript of a `Results`."""
    return str(message["channel"]["alternatives"][0]["transcript"])
