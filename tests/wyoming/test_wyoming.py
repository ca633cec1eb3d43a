"""Wyoming by its official package: descriptions, speech, transcripts, and what is refused."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from wyoming.asr import Transcribe, Transcript, TranscriptChunk
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event, async_write_event
from wyoming.info import Describe, Info
from wyoming.ping import Ping
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice

from apps.jobs.models import Job
from apps.voices.models import Enrolment, EnrolmentState
from tests.compat.realtime.talking import QUESTION, SPOKEN, Talker, talking
from tests.flows.following import wait_until
from tests.routes.voices import make_voice
from tests.speech.people import Person, person
from tests.wyoming.conftest import WyomingMaker
from ttsai.api_client import ApiClient, ApiError
from ttsai.wyoming.synthesis import CHUNK_BYTES, Choice, StreamedSpeech
from ttsai.wyoming.transcription import Listening

HALVES = b"".join(samples.tobytes() for samples in SPOKEN)
MICROPHONE: dict[str, Any] = {"rate": 16_000, "width": 2, "channels": 1}
PATIENCE = 30.0


async def exchange(port: int, *events: Any, until: str) -> list[Event]:
    """Send events; what comes up to one of a type, or up to the end of the connection."""
    received: list[Event] = []
    with contextlib.suppress(ConnectionError):  # of writing and of closing, once the server has closed after an error
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            with contextlib.suppress(ConnectionError):
                for event in events:
                    await client.write_event(event if isinstance(event, Event) else event.event())
            while not received or received[-1].type != until:
                event = await client.read_event()
                if event is None:
                    break
                received.append(event)
    return received


def ask(port: int, *events: Any, until: str = "error") -> list[Event]:
    return asyncio.run(exchange(port, *events, until=until))


def types_of(events: list[Event]) -> list[str]:
    """Types of the events, repetitions left out."""
    types = [event.type for event in events]
    return [name for index, name in enumerate(types) if index == 0 or types[index - 1] != name]


def pcm_of(events: list[Event]) -> bytes:
    return b"".join(event.payload or b"" for event in events if event.type == "audio-chunk")


def test_describe_lists_voices_and_recognisers_with_their_languages(wyoming_of: WyomingMaker, owner: Person) -> None:
    with wyoming_of(owner) as port:
        pong, reported = ask(port, Ping(text="there?"), Describe(), until="info")
    info = Info.from_event(reported)
    assert pong.data["text"] == "there?"
    assert (info.tts[0].supports_synthesize_streaming, info.asr[0].supports_transcript_streaming) == (True, True)
    assert {voice.name: voice.languages for voice in info.tts[0].voices}["af_bella"] == ["en"]
    assert [(model.name, model.languages) for model in info.asr[0].models] == [("whisper", ["en", "es"])]


def test_describe_lists_a_voice_whose_likeness_speaks_and_no_slot_in_training(wyoming_of: WyomingMaker, owner: Person) -> None:
    assert owner.account is not None
    voices = [make_voice(owner.account, is_exclusive=is_exclusive) for is_exclusive in (False, True, False, False)]
    Enrolment.objects.update(state=EnrolmentState.TRAINING, conditioning_key="likeness")
    Enrolment.objects.filter(pk=voices[2].enrolment_id).update(state=EnrolmentState.DRAFT, conditioning_key="")
    Enrolment.objects.filter(pk=voices[3].enrolment_id).update(is_blocked=True)
    with wyoming_of(owner) as port:
        info = Info.from_event(ask(port, Describe(), until="info")[0])
    own = {voice.name for voice in info.tts[0].voices if voice.name.startswith("voice_")}
    assert own == {voices[0].voice_id}
    silent = owner.get("/v1/voices/?speaks=false").json()["voices"]
    assert {voice["id"] for voice in silent} == {voice.voice_id for voice in voices[1:]}


def test_a_text_is_spoken_in_the_wanted_voice(wyoming_of: WyomingMaker, owner: Person) -> None:
    with wyoming_of(owner) as port, talking():
        events = ask(port, Synthesize("It is noon. Good bye!", voice=SynthesizeVoice(name="am_adam")), until="audio-stop")
    assert types_of(events) == ["audio-start", "audio-chunk", "audio-stop"]
    assert (events[0].data["rate"], events[0].data["width"], events[0].data["channels"]) == (24_000, 2, 1)
    assert pcm_of(events) == HALVES
    assert Job.objects.get().params["voice"] == "am_adam"


def test_a_streamed_text_is_heard_before_its_end_is_sent(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def talk(port: int) -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            await client.write_event(SynthesizeStart(voice=SynthesizeVoice(name="af_bella")).event())
            for piece in ("The first sentence", " is complete. ", "And the"):
                await client.write_event(SynthesizeChunk(piece).event())
            events = []
            while not events or events[-1].type != "audio-chunk":
                event = await client.read_event()
                assert event is not None
                events.append(event)
            await client.write_event(SynthesizeChunk(" second one.").event())
            await client.write_event(Synthesize("The first sentence is complete. And the second one.").event())
            await client.write_event(SynthesizeStop().event())
            while events[-1].type != "synthesize-stopped":
                event = await client.read_event()
                assert event is not None
                events.append(event)
            return events

    with wyoming_of(owner) as port, talking():
        events = asyncio.run(talk(port))
    assert types_of(events) == ["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]
    assert pcm_of(events) == HALVES + bytes(round(0.4 * 24_000) * 2) + HALVES
    assert list(Job.objects.order_by("created_at").values_list("units", flat=True)) == [32, 19]


def test_a_streamed_text_waits_for_the_limit_of_jobs(wyoming_of: WyomingMaker, owner: Person) -> None:
    modest = person(credits=1000, concurrent_jobs=1)
    pieces = [SynthesizeChunk(f"Sentence number {name}. ") for name in ("one", "two", "three", "four")]
    with wyoming_of(modest) as port, talking():
        events = ask(port, SynthesizeStart(), *pieces, SynthesizeStop(), until="synthesize-stopped")
    assert events[-1].type == "synthesize-stopped", events[-1].data
    assert pcm_of(events).count(HALVES) == 4


def test_a_refused_sentence_ends_a_stream_whose_text_continues(wyoming_of: WyomingMaker, owner: Person) -> None:
    pieces = [SynthesizeChunk(f"This is sentence {number} of a text. ") for number in range(300)]
    with wyoming_of(owner) as port:
        events = ask(port, SynthesizeStart(voice=SynthesizeVoice(name="nobody")), *pieces, SynthesizeStop())
    assert (types_of(events)[0], events[-1].data["code"]) == ("audio-start", "unknown_voice")


def test_audio_is_transcribed_with_its_text_as_it_comes(wyoming_of: WyomingMaker, owner: Person) -> None:
    chunks = [AudioChunk(audio=SPOKEN[0].tobytes()[:3200], **MICROPHONE) for _ in range(10)]
    with wyoming_of(owner) as port, talking():
        events = ask(port, Transcribe(language="en-US"), AudioStart(**MICROPHONE), *chunks, AudioStop(), until="transcript-stop")
    (transcript,) = [Transcript.from_event(event) for event in events if event.type == "transcript"]
    assert (transcript.text, transcript.language) == (QUESTION, "en")
    assert "".join(TranscriptChunk.from_event(event).text for event in events if event.type == "transcript-chunk").strip() in {"", QUESTION}
    assert (events[0].type, types_of(events)[-2:]) == ("transcript-start", ["transcript", "transcript-stop"])
    job = Job.objects.get()
    assert (job.params["language"], job.units) == ("en", 1000)


def test_a_client_that_leaves_cancels_its_speech(wyoming_of: WyomingMaker, owner: Person) -> None:
    talker = Talker(is_hesitant=True)
    with wyoming_of(owner) as port, talking(talker):
        events = ask(port, Synthesize("It is noon. Good bye!"), until="audio-chunk")
        assert types_of(events) == ["audio-start", "audio-chunk"]
        wait_until(_is_cancelled, seconds=PATIENCE)
    assert owner.millicredits > 1_000_000 - 25


def _is_cancelled() -> bool:
    job = Job.objects.get()
    return job.cancel_requested_at is not None or job.state == "cancelled"


def test_a_refusal_of_the_platform_is_an_error_event(wyoming_of: WyomingMaker, owner: Person) -> None:
    with wyoming_of(owner) as port:
        for request, code in (
            (Synthesize("Hello.", voice=SynthesizeVoice(name="nobody")), "unknown_voice"),
            (Synthesize("  "), "missing_field"),
            (Synthesize("a" * 200_001), "text_too_long"),
        ):
            events = ask(port, request)
            assert (events[-1].type, events[-1].data["code"]) == ("error", code)
    poor = person(credits=0)
    with wyoming_of(poor) as port:
        assert ask(port, Synthesize("Hello."))[-1].data["code"] == "insufficient_credits"
    with wyoming_of(owner, url="http://127.0.0.1:9") as port:
        assert ask(port, Describe())[-1].data["code"] == "unreachable"
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


BAD: list[tuple[bytes, str]] = [
    (b"hello\n", "bad_event"),
    (b"[]\n", "bad_event"),
    (b'{"data": {}}\n', "bad_event"),
    (b"[" * 60_000 + b"\n", "bad_event"),
    (b"x" * 200_000, "bad_event"),
    (b'{"type": "synthesize"}\n', "bad_event"),
    (b'{"type": "synthesize", "data": {"text": 3, "voice": 7}}\n', "bad_event"),
    (b'{"type": "synthesize", "data_length": 1000000000}\n', "bad_event"),
    (b'{"type": "audio-chunk", "payload_length": 99999999999}\n', "bad_event"),
    (b'{"type": "audio-chunk", "payload_length": -1}\n', "bad_event"),
    (b'{"type": "audio-chunk", "data": {"rate": "x", "width": 2, "channels": 1}}\n', "bad_event"),
    (b'{"type": "audio-start", "data": {"rate": 16000, "width": 9, "channels": 1}}\n', "bad_audio"),
    (b'{"type": "audio-start", "data": {"rate": 16000.0, "width": 2, "channels": 1}}\n', "bad_event"),
    (b'{"type": "audio-start", "data": {"rate": 16000, "width": true, "channels": 1}}\n', "bad_event"),
    (b'{"type": "audio-chunk", "data": {"rate": 16000, "width": 2, "channels": 1.5}, "payload_length": 2}\nab', "bad_event"),
    (b'{"type": "synthesize-chunk", "data": {"text": "Hi."}}\n', "bad_event"),
    (b"\xff\xfe\n", "bad_event"),
    (b'{"type": "synthesize", "data": {"text": "\xed\xa0\xbd"}}\n', "bad_event"),
]


def test_a_broken_event_is_answered_with_an_error_and_closed(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def send(port: int, data: bytes) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        async with asyncio.timeout(PATIENCE):
            line = json.loads(await reader.readline())
            reported = json.loads(await reader.readexactly(line["data_length"]))
            assert await reader.read() == b""
        writer.close()
        return line["type"], reported["code"]

    with wyoming_of(owner) as port:
        for data, code in BAD:
            assert asyncio.run(send(port, data)) == ("error", code), data[:60]


HALF_A_PAIR = (
    b'{"type": "synthesize-start"}\n'
    rb'{"type": "synthesize-chunk", "data": {"text": "It is \ud83d noon. \ud83d\ude00 Good bye!"}}' + b"\n"
    b'{"type": "synthesize-stop"}\n'
)


def test_half_of_a_surrogate_pair_does_not_stop_the_speech(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def speak(port: int) -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            assert client._writer is not None
            client._writer.write(HALF_A_PAIR)
            events: list[Event] = []
            while not events or events[-1].type not in {"synthesize-stopped", "error"}:
                event = await client.read_event()
                assert event is not None
                events.append(event)
            return events

    with wyoming_of(owner) as port, talking():
        assert types_of(asyncio.run(speak(port))) == ["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]


class Faulty(ApiClient):
    """Client whose requests fail for a reason that nobody foresaw."""

    async def stream(self, path: str, body: Any, *, chunk_bytes: int) -> AsyncGenerator[bytes]:
        yield b"\0" * chunk_bytes
        raise UnicodeError(path)


def test_unexpected_failure_of_a_sentence_ends_the_stream_with_an_error() -> None:
    heard = bytearray()

    async def hear() -> None:
        nonlocal heard
        speech = StreamedSpeech(Faulty(url="http://127.0.0.1:9", key=""), Choice(None, None))
        await speech.feed("It is noon. ")
        await speech.finish()
        async with asyncio.timeout(PATIENCE):
            async for chunk in speech.audio():
                heard += chunk

    with pytest.raises(ApiError, match="could not be spoken"):
        asyncio.run(hear())
    assert len(heard) == CHUNK_BYTES


def test_a_connection_is_closed_even_if_its_audio_cannot_be(
    wyoming_of: WyomingMaker, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = Listening.close

    def fail(listening: Listening) -> None:
        close(listening)
        raise RuntimeError("the disk is full")

    async def leave_audio(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await async_write_event(AudioStart(**MICROPHONE).event(), writer)
        writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            received = await reader.read()
        writer.close()
        await writer.wait_closed()
        return received

    monkeypatch.setattr(Listening, "close", fail)
    with wyoming_of(owner) as port:
        assert asyncio.run(leave_audio(port)) == b""


def test_audio_beyond_the_limit_is_refused_while_it_comes(wyoming_of: WyomingMaker, owner: Person) -> None:
    second = AudioChunk(audio=bytes(32_000), **MICROPHONE)
    with wyoming_of(owner, most_audio_seconds=2.0) as port:
        assert ask(port, AudioStart(**MICROPHONE), second, second, second)[-1].data["code"] == "too_long"
    assert Job.objects.count() == 0


def test_server_with_one_client_too_many_tells_it_so(wyoming_of: WyomingMaker, owner: Person) -> None:
    async def crowd(port: int) -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as first:
            await first.write_event(Ping().event())
            await first.read_event()
            return await exchange(port, until="error")

    with wyoming_of(owner, most_connections=1) as port:
        assert asyncio.run(crowd(port))[-1].data["code"] == "server_busy"


def test_many_clients_are_served_at_once(wyoming_of: WyomingMaker, owner: Person) -> None:
    count = 8

    async def crowd(port: int) -> list[list[Event]]:
        return await asyncio.gather(*(exchange(port, Describe(), until="info") for _ in range(count)))

    with wyoming_of(owner) as port:
        assert [events[-1].type for events in asyncio.run(crowd(port))] == ["info"] * count
