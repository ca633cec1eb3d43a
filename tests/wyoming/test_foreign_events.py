"""Events of satellites and of Home Assistant that the server has no use for: they change nothing and never close the connection."""

import asyncio
import importlib
import pkgutil
from typing import Any

import wyoming
from wyoming.asr import Transcribe, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.asr import Transcript as TranscriptEvent
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.handle import Handled, HandledChunk, HandledStart, HandledStop, NotHandled
from wyoming.info import Describe, Info
from wyoming.intent import Intent, IntentsStart, IntentsStop, NotRecognized, Recognize
from wyoming.ping import Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import (
    PauseSatellite,
    RunSatellite,
    SatelliteConnected,
    SatelliteDisconnected,
    StreamingStarted,
    StreamingStopped,
)
from wyoming.snd import Played
from wyoming.timer import TimerCancelled, TimerFinished, TimerStarted, TimerUpdated
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped
from wyoming.vad import VoiceStarted, VoiceStopped
from wyoming.wake import Detect, Detection, NotDetected

from apps.jobs.models import Job
from tests.compat.realtime.talking import QUESTION, SPOKEN, talking
from tests.speech.people import Person
from tests.wyoming.conftest import WyomingMaker

PATIENCE = 30.0
MICROPHONE: dict[str, Any] = {"rate": 16_000, "width": 2, "channels": 1}
USED = {
    "describe", "ping", "synthesize", "synthesize-start", "synthesize-chunk", "synthesize-stop", "transcribe", "audio-start", "audio-chunk",
    "audio-stop",
}  # fmt: skip
FOREIGN: list[Event] = [
    *(
        event.event()
        for event in (
            RunSatellite(),
            PauseSatellite(),
            SatelliteConnected(),
            SatelliteDisconnected(),
            StreamingStarted(),
            StreamingStopped(),
            Detect(names=["ok_nabu"]),
            Detection(name="ok_nabu", timestamp=1),
            NotDetected(),
            RunPipeline(start_stage=PipelineStage.WAKE, end_stage=PipelineStage.TTS, restart_on_end=True),
            Played(),
            VoiceStarted(timestamp=1),
            VoiceStopped(timestamp=2),
            TimerStarted(id="1", total_seconds=5),
            TimerUpdated(id="1", is_active=True, total_seconds=4),
            TimerCancelled(id="1"),
            TimerFinished(id="1"),
            Recognize("Turn on the light."),
            Intent(name="HassTurnOn"),
            IntentsStart(),
            IntentsStop(),
            NotRecognized(),
            Handled("It is on."),
            HandledStart(),
            HandledChunk("It is on."),
            HandledStop(),
            NotHandled(),
            TranscriptEvent("Turn on the light."),
            TranscriptStart(),
            TranscriptChunk("Turn on"),
            TranscriptStop(),
            SynthesizeStopped(),
            Pong(text="there"),
            Info(),
            Error(text="The microphone is away.", code="mic"),
            AudioStop(),
        )
    ),
    Event("select-program", data={"name": "speech-platform"}),
    Event("user-event", data={"name": "button"}),
    Event("event-of-a-later-version", data={"a": [1]}, payload=b"\0" * 4096),
]


async def read_until(client: AsyncTcpClient, kind: str) -> list[Event]:
    """Events up to one of a type. Fails if the connection ends before."""
    received: list[Event] = []
    while not received or received[-1].type != kind:
        event = await client.read_event()
        assert event is not None, [one.type for one in received]
        assert event.type != "error", event.data
        received.append(event)
    return received


async def send(client: AsyncTcpClient, *events: Any) -> None:
    for event in events:
        await client.write_event(event if isinstance(event, Event) else event.event())


def test_events_without_use_are_all_that_the_package_knows() -> None:
    files = [found.name for found in pkgutil.iter_modules(wyoming.__path__) if not found.ispkg and found.name != "zeroconf"]
    modules = [importlib.import_module(f"wyoming.{name}") for name in files]  # zeroconf has no events and needs a package of its own
    known = {value for module in modules for name, value in vars(module).items() if name.endswith("_TYPE") and isinstance(value, str)}
    assert known - {"type"} <= USED | {event.type for event in FOREIGN}


def test_foreign_events_between_requests_leave_one_connection_to_serve_them_all(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def talk(port: int) -> str:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            await send(client, *FOREIGN, Describe())
            assert [event.type for event in await read_until(client, "info")] == ["info"]
            await send(client, Synthesize("It is noon."), *FOREIGN)
            assert (await read_until(client, "audio-stop"))[0].type == "audio-start"
            await send(client, Transcribe(language="en"), AudioStart(**MICROPHONE))
            for _ in range(10):
                foreign = [event for event in FOREIGN if event.type != "audio-stop"]
                await send(client, AudioChunk(audio=SPOKEN[0].tobytes()[:3200], **MICROPHONE), *foreign)
            await send(client, AudioStop(), *FOREIGN)
            heard = await read_until(client, "transcript-stop")
            return next(TranscriptEvent.from_event(event).text for event in heard if event.type == "transcript")

    with wyoming_of(owner) as port, talking():
        assert asyncio.run(talk(port)) == QUESTION
    assert Job.objects.count() == 2


def test_foreign_events_within_a_streamed_text_leave_its_speech_whole(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def talk(port: int) -> bytes:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            await send(client, RunSatellite(), SynthesizeStart(), *FOREIGN, SynthesizeChunk("It is "), *FOREIGN)
            await send(client, SynthesizeChunk("noon."), *FOREIGN, SynthesizeStop(), *FOREIGN)
            events = await read_until(client, "synthesize-stopped")
            return b"".join(event.payload or b"" for event in events if event.type == "audio-chunk")

    with wyoming_of(owner) as port, talking():
        assert asyncio.run(talk(port)) == b"".join(samples.tobytes() for samples in SPOKEN)
    assert Job.objects.count() == 1


def test_request_without_audio_has_an_empty_transcript_and_costs_nothing(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def talk(port: int) -> list[str]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            texts = []
            for beginning in ([Transcribe(language="en")], [Transcribe(), AudioStart(**MICROPHONE)], [AudioStart(**MICROPHONE)]):
                await send(client, *beginning, AudioStop())
                events = await read_until(client, "transcript-stop")
                assert [event.type for event in events] == ["transcript-start", "transcript", "transcript-stop"]
                texts.append(TranscriptEvent.from_event(events[1]).text)
            return texts

    with wyoming_of(owner) as port:
        assert asyncio.run(talk(port)) == ["", "", ""]
    assert not Job.objects.exists()
