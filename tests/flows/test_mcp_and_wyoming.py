"""The official packages `mcp` and `wyoming` against a platform with its real models: what they speak and transcribe."""

import asyncio
import base64
import contextlib
import io
import signal
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import jiwer
import pytest
import soundfile
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioStart, AudioStop, wav_to_chunks
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice

from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import as_flac, samples_of, speak
from tests.flows.running import COMMAND, RunningPlatform
from tests.workers.recognition.clips import clips, said
from workers.recognition.pitch import tally_pitch

pytestmark = pytest.mark.prove

TEXT = "The library is on the second floor."
READ = ("librivox-0870", "librivox-0880")
STREAMED = ["The first train leaves ", "before sunrise. The sec", "ond one leaves at noon", "."]
PATIENCE = 120.0


@pytest.fixture(scope="module")
def key(hearing: RunningPlatform) -> str:
    return hearing.key("assistants@example.com", plan="enterprise")


def client_environment(hearing: RunningPlatform, key: str) -> dict[str, str]:
    return {**hearing._environment(), "TTSAI_URL": hearing.url, "TTSAI_API_KEY": key, "PYTHONWARNINGS": "ignore"}


async def speak_then_transcribe(client: Client, **arguments: Any) -> tuple[Any, Any]:
    spoken = await client.call_tool("speak", {"text": TEXT, "voice": "af_heart", "format": "wav", **arguments})
    assert not spoken.is_error, spoken
    heard = await client.call_tool(
        "transcribe", {"recording": spoken.structured_content["saved_to"] or spoken.structured_content["resource"]}
    )
    assert not heard.is_error, heard
    return spoken, heard.structured_content


def test_mcp_over_http_speaks_transcribes_and_designs(hearing: RunningPlatform, key: str, listener: Listener) -> None:
    async def talk() -> tuple[Any, Any, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
            Client(streamable_http_client(f"{hearing.url}/mcp", http_client=http)) as client,
        ):
            spoken, heard = await speak_then_transcribe(client)
            designed = await client.call_tool("design_voice", {"description": "a deep old man, slow"})
            voice = {"voice": designed.structured_content["voice"], "speed": designed.structured_content["speed"]}
            again = await client.call_tool("speak", {"text": TEXT, "format": "wav", **voice})
            return spoken, heard, again

    spoken, heard, again = asyncio.run(talk())
    for result in (spoken, again):
        assert plain_words(listener.hear(base64.b64decode(result.content[0].data))) == plain_words(TEXT)
    assert (plain_words(heard["text"]), heard["language"]) == (plain_words(TEXT), "en")


def test_mcp_transcribes_and_converts_a_real_recording_and_lists_the_voice_of_its_speaker(
    hearing: RunningPlatform, key: str, listener: Listener
) -> None:
    recording = as_flac(clips(READ))
    with hearing.client(key) as http:
        cloned = http.post("/api/clone/create", files={"audio": ("reader.flac", recording)}, data={"name": "Reader"}, timeout=PATIENCE)
        assert cloned.status_code == 200, cloned.text

        async def talk() -> tuple[Any, Any, Any]:
            async with (
                httpx2.AsyncClient(headers={"X-API-Key": key}, timeout=PATIENCE) as own,
                Client(streamable_http_client(f"{hearing.url}/mcp", http_client=own)) as client,
            ):
                listed = await client.call_tool("list_voices", {"own": True})
                uri = "data:audio/flac;base64," + base64.b64encode(recording).decode()
                heard = await client.call_tool("transcribe", {"recording": uri, "timestamps": True})
                converted = await client.call_tool("convert_voice", {"recording": uri, "voice": "af_heart", "format": "mp3"})
                return listed, heard, converted

        listed, heard, converted = asyncio.run(talk())
        http.delete(f"/v1/voices/{cloned.json()['voice_id']}/")
    assert [one["name"] for one in listed.structured_content["voices"]] == ["Reader"]
    words = plain_words(said(READ))
    assert jiwer.wer(words, plain_words(heard.structured_content["text"])) <= 0.15
    assert heard.structured_content["segments"][0]["words"]
    audio = base64.b64decode(converted.content[0].data)
    assert listener.word_error_rate(audio, words) <= 0.2
    assert tally_pitch(samples_of(audio)).gender == "female"


def test_mcp_on_stdio_saves_a_file_and_transcribes_it(hearing: RunningPlatform, key: str, listener: Listener, tmp_path: Path) -> None:
    async def talk() -> Any:
        program = StdioServerParameters(
            command=COMMAND, args=["mcp", "--folder", str(tmp_path)], env=client_environment(hearing, key), cwd=str(tmp_path)
        )
        async with Client(stdio_client(program)) as client:
            return (await speak_then_transcribe(client, save_as="library.wav"))[1]

    heard = asyncio.run(talk())
    assert plain_words(listener.hear((tmp_path / "library.wav").read_bytes())) == plain_words(TEXT)
    assert plain_words(heard["text"]) == plain_words(TEXT)


@pytest.fixture(scope="module")
def port(hearing: RunningPlatform, key: str) -> Iterator[int]:
    """Port of a running `ttsai wyoming`."""
    command = [COMMAND, "wyoming", "--port", "0", "--voice", "af_heart"]
    with subprocess.Popen(command, env=client_environment(hearing, key), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().split()[2].rpartition(":")[2])
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


async def read_until(client: AsyncTcpClient, *ends: str) -> list[Event]:
    events: list[Event] = []
    while not events or events[-1].type not in (*ends, "error"):
        event = await client.read_event()
        assert event is not None
        events.append(event)
    assert events[-1].type != "error", events[-1].data
    return events


def wav_of(events: list[Event]) -> bytes:
    """Audio of the events as a file."""
    chunks = [AudioChunk.from_event(event) for event in events if event.type == "audio-chunk"]
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(chunks[0].channels)
        writer.setsampwidth(chunks[0].width)
        writer.setframerate(chunks[0].rate)
        writer.writeframes(b"".join(chunk.audio for chunk in chunks))
    return file.getvalue()


def test_wyoming_describes_and_speaks(port: int, listener: Listener) -> None:
    async def talk() -> tuple[Info, list[Event]]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            await client.write_event(Describe().event())
            (described,) = await read_until(client, "info")
            await client.write_event(Synthesize(TEXT, voice=SynthesizeVoice(name="am_michael")).event())
            return Info.from_event(described), await read_until(client, "audio-stop")

    info, events = asyncio.run(talk())
    assert {"af_heart", "am_michael"} <= {voice.name for voice in info.tts[0].voices}
    assert "en" in info.asr[0].models[0].languages
    assert plain_words(listener.hear(wav_of(events))) == plain_words(TEXT)


def test_wyoming_speaks_a_streamed_text_from_its_first_sentence_on(port: int, listener: Listener) -> None:
    async def talk() -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            await client.write_event(SynthesizeStart().event())
            for piece in STREAMED[:2]:
                await client.write_event(SynthesizeChunk(piece).event())
            events = await read_until(client, "audio-chunk")  # the first sentence is heard before the second is sent
            for piece in STREAMED[2:]:
                await client.write_event(SynthesizeChunk(piece).event())
            await client.write_event(Synthesize("".join(STREAMED)).event())
            await client.write_event(SynthesizeStop().event())
            return events + await read_until(client, "synthesize-stopped")

    events = asyncio.run(talk())
    assert plain_words(listener.hear(wav_of(events))) == plain_words("".join(STREAMED))


def test_wyoming_transcribes_what_a_microphone_sends(hearing: RunningPlatform, key: str, port: int) -> None:
    with hearing.client(key) as http:
        samples, rate = soundfile.read(io.BytesIO(speak(http, TEXT, voice="af_heart")), dtype="int16")
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    file.seek(0)

    async def talk() -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", port, read_timeout=PATIENCE) as client:
            await client.write_event(Transcribe(language="en").event())
            with contextlib.closing(wave.open(file)) as recording:
                form = {"rate": recording.getframerate(), "width": 2, "channels": 1}
                await client.write_event(AudioStart(**form).event())
                for chunk in wav_to_chunks(recording, 1024):
                    await client.write_event(chunk.event())
            await client.write_event(AudioStop().event())
            return await read_until(client, "transcript-stop")

    events = asyncio.run(talk())
    (transcript,) = [event for event in events if event.type == "transcript"]
    assert plain_words(transcript.data["text"]) == plain_words(TEXT)
