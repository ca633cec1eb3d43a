"""livekit-plugins-openai against a server: RealtimeModel, STT and TTS. Runs in .venv/clients: `python livekit_client.py URL KEY question.pcm folder`.

Writes audio as PCM at 24 kHz into the folder, and what was said as JSON to standard output.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import utils
from livekit.plugins import openai
from openai.types.beta.realtime.session import TurnDetection

RATE = 24_000
BLOCK = RATE // 10


def frames_of(pcm: bytes) -> list[rtc.AudioFrame]:
    blocks = [pcm[start : start + 2 * BLOCK] for start in range(0, len(pcm), 2 * BLOCK)]
    return [rtc.AudioFrame(data=block, sample_rate=RATE, num_channels=1, samples_per_channel=len(block) // 2) for block in blocks]


async def converse(url: str, key: str, pcm: bytes, folder: Path) -> dict[str, Any]:
    """Speak to RealtimeModel; its turn detection finds the question, and the answer is text and audio."""
    detection = TurnDetection(type="server_vad", threshold=0.5, prefix_padding_ms=300, silence_duration_ms=500)
    model = openai.realtime.RealtimeModel(base_url=f"{url}/v1", api_key=key, voice="marin", turn_detection=detection)
    session = model.session()
    made: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    errors: list[str] = []

    def keep_generation(event: Any) -> None:
        if not made.done():
            made.set_result(event)

    def keep_transcript(event: Any) -> None:
        if event.is_final and not heard.done():
            heard.set_result(event.transcript)

    session.on("generation_created", keep_generation)
    session.on("input_audio_transcription_completed", keep_transcript)
    session.on("error", lambda event: errors.append(str(event.error)))
    for frame in frames_of(pcm):
        session.push_audio(frame)
    generation = await asyncio.wait_for(made, 60)
    text, audio = "", bytearray()
    async for message in generation.message_stream:
        async for delta in message.text_stream:
            text += delta
        async for frame in message.audio_stream:
            audio += bytes(frame.data)
    transcript = await asyncio.wait_for(heard, 60)
    await session.aclose()
    (folder / "livekit_answer.pcm").write_bytes(audio)
    return {"transcript": transcript, "answer": text, "errors": errors}


async def transcribe(url: str, key: str, pcm: bytes) -> dict[str, Any]:
    """Transcribe by STT over the Realtime API, and over the endpoint."""
    streaming = openai.STT(base_url=f"{url}/v1", api_key=key, model="gpt-4o-mini-transcribe", use_realtime=True)
    stream = streaming.stream()
    for frame in frames_of(pcm):
        stream.push_frame(frame)
    text = ""
    async for event in stream:
        if event.type == "final_transcript":
            text = event.alternatives[0].text
            break
    await stream.aclose()
    await streaming.aclose()
    whole = openai.STT(base_url=f"{url}/v1", api_key=key, model="whisper-1")
    event = await whole.recognize(rtc.combine_audio_frames(frames_of(pcm)))
    return {"streamed": text, "whole": event.alternatives[0].text}


async def speak(url: str, key: str, folder: Path, text: str) -> None:
    speaker = openai.TTS(base_url=f"{url}/v1", api_key=key, model="tts-1", voice="nova")
    audio = bytearray()
    async for event in speaker.synthesize(text):
        assert event.frame.sample_rate == RATE
        audio += bytes(event.frame.data)
    (folder / "livekit_speech.pcm").write_bytes(audio)


async def main(url: str, key: str, pcm: bytes, folder: Path, text: str) -> None:
    async with utils.http_context.open():
        result = {"conversation": await converse(url, key, pcm, folder), "transcription": await transcribe(url, key, pcm)}
        print(json.dumps(result), flush=True)
        await speak(url, key, folder, text)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes(), Path(sys.argv[4]), sys.argv[5]))
