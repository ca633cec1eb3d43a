"""pipecat against a server: OpenAIRealtimeLLMService, the realtime STT and the TTS service. Runs in .venv/clients.

`python pipecat_client.py URL KEY question.pcm folder text`: writes audio as PCM at 24 kHz into the folder, and texts as JSON to standard output.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    LLMFullResponseEndFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.services.openai.stt import OpenAIRealtimeSTTService
from pipecat.services.openai.tts import OpenAITTSService

RATE = 24_000
BLOCK = RATE // 50


class Listener(FrameProcessor):
    """Keeps what passes, and is done with the first frame of one of these kinds."""

    def __init__(self, *ends: type[Frame]) -> None:
        super().__init__()
        self.frames: list[Frame] = []
        self.is_done = asyncio.Event()
        self._ends = ends

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.frames.append(frame)
        if isinstance(frame, (*self._ends, ErrorFrame)):
            self.is_done.set()
        await self.push_frame(frame, direction)

    def of(self, kind: type[Any]) -> list[Any]:
        return [frame for frame in self.frames if isinstance(frame, kind)]


async def run(pipeline: list[FrameProcessor], sent: list[Frame], listener: Listener) -> None:
    """Send the frames through the pipeline until the listener is done."""
    task = PipelineTask(Pipeline(pipeline), params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE))
    running = asyncio.create_task(PipelineRunner(handle_sigint=False).run(task))
    await asyncio.sleep(1)  # pipecat connects in the background and drops audio until then
    await task.queue_frames(sent)
    await asyncio.wait_for(listener.is_done.wait(), 90)
    await task.queue_frame(EndFrame())
    await asyncio.wait_for(running, 30)


def audio_frames(pcm: bytes) -> list[Frame]:
    blocks = [pcm[start : start + 2 * BLOCK] for start in range(0, len(pcm), 2 * BLOCK)]
    return [InputAudioRawFrame(audio=block, sample_rate=RATE, num_channels=1) for block in blocks]


async def converse(url: str, key: str, pcm: bytes, folder: Path) -> dict[str, Any]:
    """Speak to the realtime service; transcripts travel upstream, so a listener stands on both sides."""
    properties = events.SessionProperties(
        audio=events.AudioConfiguration(
            input=events.AudioInput(
                transcription=events.InputAudioTranscription(model="whisper-1", language="en"), turn_detection=events.TurnDetection()
            ),
            output=events.AudioOutput(voice="marin"),
        )
    )
    service = OpenAIRealtimeLLMService(
        api_key=key,
        base_url=f"{url.replace('http', 'ws')}/v1/realtime",
        settings=OpenAIRealtimeLLMService.Settings(session_properties=properties),
    )
    before, after = Listener(), Listener(LLMFullResponseEndFrame)
    await run([before, service, after], audio_frames(pcm), after)
    (folder / "pipecat_answer.pcm").write_bytes(b"".join(frame.audio for frame in after.of(TTSAudioRawFrame)))
    return {
        "transcript": " ".join(frame.text for frame in before.of(TranscriptionFrame)),
        "answer": "".join(frame.text for frame in after.of(TTSTextFrame)),
        "errors": [frame.error for frame in (*before.of(ErrorFrame), *after.of(ErrorFrame))],
    }


async def transcribe(url: str, key: str, pcm: bytes) -> dict[str, Any]:
    service = OpenAIRealtimeSTTService(api_key=key, base_url=f"{url.replace('http', 'ws')}/v1/realtime", turn_detection=None)
    listener = Listener(TranscriptionFrame)
    await run([service, listener], audio_frames(pcm), listener)
    return {
        "transcript": " ".join(frame.text for frame in listener.of(TranscriptionFrame)),
        "interim": len(listener.of(InterimTranscriptionFrame)),
        "errors": [frame.error for frame in listener.of(ErrorFrame)],
    }


async def speak(url: str, key: str, folder: Path, text: str) -> list[str]:
    service = OpenAITTSService(api_key=key, base_url=f"{url}/v1", settings=OpenAITTSService.Settings(voice="nova", model="tts-1"))
    listener = Listener(TTSStoppedFrame)
    await run([service, listener], [TTSSpeakFrame(text)], listener)
    (folder / "pipecat_speech.pcm").write_bytes(b"".join(frame.audio for frame in listener.of(TTSAudioRawFrame)))
    return [frame.error for frame in listener.of(ErrorFrame)]


async def main(url: str, key: str, pcm: bytes, folder: Path, text: str) -> None:
    conversation = await converse(url, key, pcm, folder)
    transcription = await transcribe(url, key, pcm)
    errors = await speak(url, key, folder, text)
    print(json.dumps({"conversation": conversation, "transcription": transcription, "speech_errors": errors}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes(), Path(sys.argv[4]), sys.argv[5]))
