"""livekit-plugins-deepgram against a server: STT, live and whole, and TTS, whole and streamed. Runs in .venv/clients.

`python deepgram_livekit_client.py URL KEY question.pcm folder text`: writes audio as PCM at 24 kHz into the folder, and what was heard as JSON
to standard output.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import utils
from livekit.plugins import deepgram

RATE = 24_000
BLOCK = RATE // 10


def frames_of(pcm: bytes) -> list[rtc.AudioFrame]:
    blocks = [pcm[start : start + 2 * BLOCK] for start in range(0, len(pcm), 2 * BLOCK)]
    return [rtc.AudioFrame(data=block, sample_rate=RATE, num_channels=1, samples_per_channel=len(block) // 2) for block in blocks]


async def transcribe(url: str, key: str, pcm: bytes) -> dict[str, Any]:
    """Transcribe live audio, as fast as it is spoken, and the same as a recording."""
    recogniser = deepgram.STT(base_url=f"{url}/v1/listen", api_key=key, model="nova-3", sample_rate=RATE, endpointing_ms=25)
    stream = recogniser.stream()
    types: list[str] = []
    finals: list[str] = []

    async def push() -> None:
        for frame in frames_of(pcm):
            stream.push_frame(frame)
            await asyncio.sleep(BLOCK / RATE)
        stream.end_input()

    pushing = asyncio.create_task(push())
    async for event in stream:
        types.append(event.type)
        if event.type == "final_transcript":
            finals.append(event.alternatives[0].text)
    await pushing
    await stream.aclose()
    whole = await recogniser.recognize(rtc.combine_audio_frames(frames_of(pcm)))
    return {"types": list(dict.fromkeys(types)), "streamed": " ".join(finals), "whole": whole.alternatives[0].text}


async def speak(url: str, key: str, folder: Path, text: str) -> None:
    speaker = deepgram.TTS(base_url=f"{url}/v1/speak", api_key=key, model="aura-2-andromeda-en", sample_rate=RATE)
    whole = bytearray()
    async for event in speaker.synthesize(text):
        whole += bytes(event.frame.data)
    (folder / "livekit_whole.pcm").write_bytes(whole)
    streamed = bytearray()
    stream = speaker.stream()
    for word in text.split():
        stream.push_text(f"{word} ")
    stream.end_input()
    async for event in stream:
        streamed += bytes(event.frame.data)
    (folder / "livekit_streamed.pcm").write_bytes(streamed)
    await stream.aclose()
    await speaker.aclose()


async def main(url: str, key: str, pcm: bytes, folder: Path, text: str) -> None:
    async with utils.http_context.open():
        result = await transcribe(url, key, pcm)
        await speak(url, key, folder, text)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes(), Path(sys.argv[4]), sys.argv[5]))
