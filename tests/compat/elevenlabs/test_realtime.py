"""Realtime transcription by the official package of ElevenLabs, and by a plain WebSocket client."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from elevenlabs.realtime.connection import RealtimeEvents
from elevenlabs.realtime.scribe import AudioFormat, CommitStrategy, ScribeRealtime
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from apps.jobs.models import Job
from tests.compat.deepgram.live import recognising, spoken
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import WHISPER
from tests.web.shell import RunningShell

BLOCK = 16_000
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def _recogniser(settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path / "home"
    announce(engine_spec("whisper", **WHISPER))


def listen(server: RunningShell, person: Person, *, until: str, commits: bool, **options: Any) -> list[dict[str, Any]]:
    """Messages of the server up to the first of the kind `until`."""

    async def run() -> list[dict[str, Any]]:
        scribe = ScribeRealtime(api_key=person.key, base_url=server.url)
        shape: Any = {"model_id": "scribe_v2_realtime", "audio_format": AudioFormat.PCM_16000, "sample_rate": 16_000, **options}
        connection = await scribe.connect(shape)
        messages: list[dict[str, Any]] = []
        is_over = asyncio.Event()

        def take(message: dict[str, Any]) -> None:
            messages.append(message)
            if message["message_type"] == until:
                is_over.set()

        for event in RealtimeEvents:
            if event not in {RealtimeEvents.OPEN, RealtimeEvents.CLOSE}:
                connection.on(event, take)
        audio = spoken(after=2.5)
        for start in range(0, len(audio), BLOCK):
            await connection.send({"audio_base_64": base64.b64encode(audio[start : start + BLOCK]).decode()})
        if commits:
            await connection.commit()
        async with asyncio.timeout(PATIENCE):
            await is_over.wait()
        await connection.close()
        return messages

    return asyncio.run(run())


def test_committed_text_of_the_official_client_has_the_words_with_times(server: RunningShell, owner: Person) -> None:
    with recognising() as recogniser:
        messages = listen(
            server,
            owner,
            until="committed_transcript_with_timestamps",
            commits=True,
            commit_strategy=CommitStrategy.MANUAL,
            include_timestamps=True,
            language_code="eng",
            keyterms=["Kokoro", "Whisper"],
        )
    committed = [message for message in messages if message["message_type"] == "committed_transcript"]
    assert [message["text"].split()[0] for message in committed] == ["One"]
    timed = messages[-1]
    assert (timed["text"], timed["language_code"]) == (committed[0]["text"], "eng")
    words = [word for word in timed["words"] if word["type"] == "word"]
    assert " ".join(word["text"] for word in words) == timed["text"]
    assert [word["start"] for word in words] == sorted(word["start"] for word in words)
    assert "partial_transcript" in {message["message_type"] for message in messages}
    assert {(work["engine"], work["language"], work["hotwords"]) for work in recogniser.works} == {("whisper", "en", "Kokoro, Whisper")}


def test_pause_commits_the_text_with_the_strategy_vad(server: RunningShell, owner: Person) -> None:
    with recognising():
        messages = listen(
            server,
            owner,
            until="committed_transcript",
            commits=False,
            commit_strategy=CommitStrategy.VAD,
            vad_silence_threshold_secs=0.5,
            include_language_detection=True,
        )
    assert messages[-1]["text"].startswith("One")
    assert messages[-1]["language_code"] == "eng"
    spent = 1_000_000 - owner.millicredits
    assert spent == sum(job.charged_millicredits for job in Job.objects.all()) > 0


def address(server: RunningShell, query: str = "") -> str:
    return f"{server.url.replace('http', 'ws')}/v1/speech-to-text/realtime?model_id=scribe_v2_realtime&{query}"


def test_messages_that_cannot_be_read_are_input_errors_and_the_connection_continues(server: RunningShell, owner: Person) -> None:
    chunk = {"message_type": "input_audio_chunk", "audio_base_64": ""}
    unfit = [b"audio", "{", "[]", json.dumps({"message_type": "hello"}), json.dumps(chunk | {"audio_base_64": "a"}),
             json.dumps(chunk | {"sample_rate": 8000})]  # fmt: skip
    with connect(address(server), additional_headers={"xi-api-key": owner.key}) as line:
        started = json.loads(line.recv(PATIENCE))
        assert (started["message_type"], started["config"]["sample_rate"]) == ("session_started", 16_000)
        for message in unfit:
            line.send(message)
        answers = [json.loads(line.recv(PATIENCE)) for _ in unfit]
        assert {answer["message_type"] for answer in answers} == {"input_error"}
        line.send(json.dumps(chunk | {"commit": True}))
        assert json.loads(line.recv(PATIENCE)) == {"message_type": "committed_transcript", "text": ""}
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("audio_format=mp3", 422),
        ("commit_strategy=never", 422),
        ("vad_silence_threshold_secs=9", 422),
        ("entity_detection=all", 422),
        ("language_code=klingon", 400),
        ("model_id=", 422),
    ],
)
def test_handshakes_with_invalid_options_are_refused_with_the_parameter(
    server: RunningShell, owner: Person, query: str, status: int
) -> None:
    target = address(server, query) if not query.startswith("model_id") else f"{address(server)}keyterms={'x' * 501}"
    with pytest.raises(InvalidStatus) as refused, connect(target, additional_headers={"xi-api-key": owner.key}):
        pass
    assert refused.value.response.status_code == status
    assert set(json.loads(refused.value.response.body)["detail"]) >= {"status", "message", "param"}
