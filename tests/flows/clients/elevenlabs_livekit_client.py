"""livekit-plugins-elevenlabs against a server. Runs in .venv/clients: `python elevenlabs_livekit_client.py URL KEY folder text`.

Writes audio as WAV into the folder: whole.wav over HTTP, streamed.wav over the WebSocket. Tells the number of timed words as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path

from livekit import rtc
from livekit.agents import utils
from livekit.plugins import elevenlabs


async def speak(url: str, key: str, folder: Path, text: str) -> int:
    """Speak over HTTP at once, and word by word over the WebSocket; the number of timed words."""
    speaker = elevenlabs.TTS(base_url=f"{url}/v1", api_key=key, model="eleven_flash_v2_5", encoding="pcm_24000")
    whole = [event.frame async for event in speaker.synthesize(text)]
    (folder / "whole.wav").write_bytes(rtc.combine_audio_frames(whole).to_wav_bytes())
    stream = speaker.stream()
    for word in text.split():
        stream.push_text(f"{word} ")
    stream.end_input()
    streamed, words = [], 0
    async for event in stream:
        streamed.append(event.frame)
        words += len(event.frame.userdata.get("lk.timed_transcripts", []))
    (folder / "streamed.wav").write_bytes(rtc.combine_audio_frames(streamed).to_wav_bytes())
    await stream.aclose()
    await speaker.aclose()
    return words


async def main() -> None:
    url, key, folder, text = sys.argv[1:]
    async with utils.http_context.open():
        words = await speak(url, key, Path(folder), text)
    sys.stdout.write(json.dumps({"words": words}))


asyncio.run(main())
