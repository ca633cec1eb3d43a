"""POST /v1/audio/transcriptions with `stream`, by the official package: text arrives while the recording is transcribed."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest

from apps.compat.openai.transcript_events import token_usage
from tests.clients import OpenAIMaker
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, WHISPER, hearing
from tests.transcription.streaming import begun_stream
from tests.web.shell import RunningShell
from tests.workers.audio.probe.recordings import record

PATH = "/v1/audio/transcriptions"


@pytest.fixture(autouse=True)
def _recogniser(settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path / "home"
    announce(engine_spec(), engine_spec("whisper", **WHISPER))


@pytest.fixture
def song(tmp_path: Path) -> bytes:
    return record(tmp_path / "song", "mp3", seconds=2.0).read_bytes()


def test_the_official_package_reads_text_and_usage(server: RunningShell, owner: Person, song: bytes, openai_of: OpenAIMaker) -> None:
    with hearing():
        stream = openai_of(owner.key, server.url).audio.transcriptions.create(
            model="gpt-4o-transcribe", file=("a.mp3", song), stream=True, response_format="json"
        )
        delta, done = list(stream)
    assert (delta.type, getattr(delta, "delta", "")) == ("transcript.text.delta", "Hello there.")
    assert done.type == "transcript.text.done"
    assert (done.text, done.usage.input_tokens, done.usage.output_tokens) == ("Hello there.", 20, 3)  # type: ignore[union-attr]


def test_the_asynchronous_package_reads_segments_with_speakers(server: RunningShell, owner: Person, song: bytes) -> None:
    async def read() -> list[Any]:
        async with openai.AsyncOpenAI(api_key=owner.key, base_url=f"{server.url}/v1", max_retries=0) as client:
            create = client.audio.transcriptions.create
            model, file = "gpt-4o-transcribe-diarize", ("a.mp3", song)
            stream = await create(model=model, file=file, stream=True, response_format="diarized_json", chunking_strategy="auto")
            return [event async for event in stream]

    with hearing():
        _, segment, done = asyncio.run(read())
    assert (segment.type, segment.speaker, segment.start, segment.end) == ("transcript.text.segment", "A", 0.1, 0.9)
    assert done.text == "Hello there."


def test_first_text_is_sent_while_the_rest_is_transcribed(server: RunningShell, owner: Person, song: bytes) -> None:
    with begun_stream(server, owner, song, path=PATH, model="whisper") as begun:
        lines = begun.response.iter_lines()
        assert next(lines) == 'data: {"type":"transcript.text.delta","delta":"Hello there."}'
        assert begun.response.headers["openai-processing-ms"].isdigit()
        begun.finish()
        assert [line[:36] for line in lines if line] == ['data: {"type":"transcript.text.done"']


def test_the_package_raises_an_error_that_comes_after_the_first_text(
    server: RunningShell, owner: Person, song: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begun_stream(server, owner, song, path=PATH, model="whisper") as begun:
        begun.fail()
        content = begun.response.read()
    answer: Any = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")
    with answer, pytest.raises(openai.APIError, match="The model failed"):
        list(_as_stream(answer, content))


def _as_stream(client: openai.OpenAI, content: bytes) -> openai.Stream[Any]:
    """The events as the package reads them."""
    import httpx2

    request = httpx2.Request("POST", "http://127.0.0.1:9/v1/audio/transcriptions")
    return openai.Stream(cast_to=object, response=httpx2.Response(200, content=content, request=request), client=client)


def test_usage_counts_audio_by_length_and_text_by_words_and_marks() -> None:
    usage = token_usage(replace(HEARD, text="Hello, 今日は!", duration=2.01))
    assert (usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (21, 6, 27)
    assert usage["input_token_details"] == {"text_tokens": 0, "audio_tokens": 21}
