"""Platform's ends of the queues: parts in; announcements, heartbeats and outcomes out."""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import redis
from celery import Celery
from kombu import Exchange, Queue

from workers.contract.messages import Announcement, Heartbeat, PartMessage, PartOutcome, PartStarted, SpeakWork
from workers.contract.names import ANNOUNCE, HEARTBEAT, PART_FINISHED, PART_STARTED, PLATFORM_QUEUE, RUN_PART, queue_name
from workers.contract.outputs import AUDIO, TIMINGS, OutputTarget
from workers.contract.references import Address
from workers.contract.voices import VoiceRef


@dataclass(frozen=True)
class Letter:
    """Message in the platform's queue."""

    task: str
    payload: dict[str, Any]
    expires: str | None


class Platform:
    """Sends parts and reads the workers' messages."""

    def __init__(self, client: redis.Redis, url: str) -> None:
        self.client = client
        self.letters: list[Letter] = []
        self._app = Celery(broker=url, set_as_current=False)

    def give(self, message: PartMessage, *, group: str) -> None:
        """Send a part to its queue, as the dispatcher does."""
        name = queue_name(group, message.lane)
        self._app.send_task(RUN_PART, args=[message.to_dict()], queue=Queue(name, Exchange(""), routing_key=name), declare=[])

    def read(self) -> list[Letter]:
        """Read the new messages of the platform's queue; returns all."""
        while raw := self.client.rpop(PLATFORM_QUEUE):
            envelope = json.loads(raw)  # type: ignore[arg-type]
            body = json.loads(base64.b64decode(envelope["body"]))
            self.letters.append(Letter(envelope["headers"]["task"], body[0][0], envelope["headers"]["expires"]))
        return self.letters

    def outcomes(self) -> list[PartOutcome]:
        return [PartOutcome.from_dict(letter.payload) for letter in self.read() if letter.task == PART_FINISHED]

    def started(self) -> list[PartStarted]:
        return [PartStarted.from_dict(letter.payload) for letter in self.read() if letter.task == PART_STARTED]

    def announcements(self) -> list[Announcement]:
        return [Announcement.from_dict(letter.payload) for letter in self.read() if letter.task == ANNOUNCE]

    def heartbeats(self) -> list[Heartbeat]:
        return [Heartbeat.from_dict(letter.payload) for letter in self.read() if letter.task == HEARTBEAT]

    def wait_for_outcome(self, token: str, *, seconds: float = 15) -> PartOutcome:
        """Wait for the outcome of the attempt and return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [outcome for outcome in self.outcomes() if outcome.token == token]
            if found:
                return found[0]
            time.sleep(0.005)
        raise TimeoutError(f"no outcome of {token}; there are {[letter.task for letter in self.letters]}")


def speak_message(
    text: str, *, engine: str = "silence", output: Address | None = None, timings: Address | None = None, **changes: Any
) -> PartMessage:
    """Part of kind `speak`, with addresses below the shared folder by default."""
    token = uuid.uuid4().hex
    voice = VoiceRef(changes.pop("voice", "quiet"), "en", engine=engine)
    work = SpeakWork(engine=engine, voice=voice, text=text, language="en", format=changes.pop("format", "wav"))
    values: dict[str, Any] = {
        "job": uuid.uuid4().hex,
        "part": 0,
        "token": token,
        "kind": "speak",
        "work": work.to_dict(),
        "tenant": "tenant",
        "lane": "normal",
        "job_created_at": time.time(),
        "deadline_at": time.time() + 60,
        "outputs": targets(
            {AUDIO: output or Address("folder", f"{token}/output.wav"), TIMINGS: timings or Address("folder", f"{token}/timings.json")}
        ),
        "manifest": Address("folder", f"{token}/manifest.json"),
    }
    return PartMessage(**{**values, **changes})


def targets(addresses: Mapping[str, Address]) -> tuple[OutputTarget, ...]:
    """Outputs of a message by name; timings are optional."""
    return tuple(
        OutputTarget(name, "audio/wav" if name == AUDIO else "application/json", address, is_optional=name == TIMINGS)
        for name, address in addresses.items()
    )


def address_of(message: PartMessage, name: str = "") -> Address:
    """Address where the worker is to write an output: the first one unless named."""
    output = message.find_output(name) if name else message.outputs[0]
    assert output is not None, f"{name} is none of {message.outputs}"
    return output.address
