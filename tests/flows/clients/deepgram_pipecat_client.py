"""pipecat's Deepgram services against a server: STT, and TTS over HTTP and over a WebSocket. Runs in .venv/clients.

`python deepgram_pipecat_client.py URL KEY question.pcm folder text`: writes audio as PCM at 24 kHz into the folder, texts as JSON to standard
output.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
from pipecat.frames.frames import (
    ErrorFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
)
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.deepgram.tts import DeepgramHttpTTSService, DeepgramTTSService
from pipecat_client import RATE, Listener, audio_frames, run

VOICE = "aura-2-helena-en"


async def transcribe(url: str, key: str, pcm: bytes) -> dict[str, Any]:
    service = DeepgramSTTService(api_key=key, base_url=url.replace("http", "ws"), sample_rate=RATE)
    listener = Listener(TranscriptionFrame)
    await run([service, listener], audio_frames(pcm), listener)
    return {
        "streamed": " ".join(frame.text for frame in listener.of(TranscriptionFrame)),
        "interim": len(listener.of(InterimTranscriptionFrame)),
        "errors": [frame.error for frame in listener.of(ErrorFrame)],
    }


async def speak(service: Any, text: str) -> Listener:
    listener = Listener(TTSStoppedFrame)
    await run([service, listener], [TTSSpeakFrame(text)], listener)
    return listener


def keep(listener: Listener, path: Path) -> list[str]:
    """Write the audio; return the errors."""
    path.write_bytes(b"".join(frame.audio for frame in listener.of(TTSAudioRawFrame)))
    return [frame.error for frame in listener.of(ErrorFrame)]


async def main(url: str, key: str, pcm: bytes, folder: Path, text: str) -> None:
    result = await transcribe(url, key, pcm)
    streaming = DeepgramTTSService(
        api_key=key, base_url=url.replace("http", "ws"), sample_rate=RATE, settings=DeepgramTTSService.Settings(voice=VOICE)
    )
    result["errors"] += keep(await speak(streaming, text), folder / "pipecat_streamed.pcm")
    async with aiohttp.ClientSession() as session:
        whole = DeepgramHttpTTSService(
            api_key=key,
            base_url=url,
            aiohttp_session=session,
            sample_rate=RATE,
            settings=DeepgramHttpTTSService.Settings(voice=VOICE),
        )
        result["errors"] += keep(await speak(whole, text), folder / "pipecat_whole.pcm")
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes(), Path(sys.argv[4]), sys.argv[5]))
