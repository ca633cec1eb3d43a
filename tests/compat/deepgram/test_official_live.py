"""Live connections by Deepgram's official clients, synchronous and asynchronous, as their examples use them."""

import asyncio
import threading
from typing import Any

import httpx
import pytest
from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.core.events import EventType
from deepgram.listen.v1.types import ListenV1Metadata, ListenV1Results, ListenV1SpeechStarted, ListenV1UtteranceEnd

from apps.jobs.models import Job
from tests.compat.deepgram.conftest import environment_of
from tests.compat.deepgram.live import recognising, spoken
from tests.speech.people import Person
from tests.web.shell import RunningShell

pytestmark = pytest.mark.filterwarnings("ignore:.*websockets:DeprecationWarning")  # the package's own use of websockets

OPTIONS: dict[str, Any] = {
    "model": "nova-3",
    "encoding": "linear16",
    "sample_rate": 16_000,
    "smart_format": "true",
    "interim_results": "true",
    "utterance_end_ms": "1000",
    "vad_events": "true",
}


def types_of(messages: list[Any]) -> list[str]:
    """Types in order, each once."""
    return list(dict.fromkeys(type(message).__name__ for message in messages))


def test_synchronous_client_hears_all_messages_of_a_stream(client: DeepgramClient, owner: Person) -> None:
    messages: list[Any] = []
    with recognising(), client.listen.v1.connect(**OPTIONS) as connection:
        connection.on(EventType.MESSAGE, messages.append)
        listening = threading.Thread(target=connection.start_listening)
        listening.start()
        for block in (spoken(after=2.5)[start : start + 8000] for start in range(0, len(spoken(after=2.5)), 8000)):
            connection.send_media(block)
        connection.send_close_stream()
        listening.join(timeout=60)
    assert {ListenV1SpeechStarted, ListenV1Results, ListenV1UtteranceEnd, ListenV1Metadata} == set(map(type, messages))
    final = [message for message in messages if isinstance(message, ListenV1Results) and message.is_final]
    assert [message.speech_final for message in final] == [True]
    assert final[0].channel.alternatives[0].transcript.startswith("One")
    assert types_of(messages)[-1] == "ListenV1Metadata"


def test_asynchronous_client_finalizes_and_closes(server: RunningShell, owner: Person) -> None:
    async def listen() -> list[Any]:
        async with httpx.AsyncClient() as http:
            client = AsyncDeepgramClient(api_key=owner.key, environment=environment_of(server), httpx_client=http)
            async with client.listen.v1.connect(**OPTIONS) as connection:
                await connection.send_media(spoken(after=0.0))
                await connection.send_finalize()
                found = [await connection.recv()]
                while not getattr(found[-1], "from_finalize", False):
                    found.append(await connection.recv())
                await connection.send_keep_alive()
                await connection.send_close_stream()
                found.append(await connection.recv())
                return found

    with recognising():
        messages = asyncio.run(listen())
    assert messages[-2].channel.alternatives[0].words[0].punctuated_word == "One"
    assert isinstance(messages[-1], ListenV1Metadata)
    assert Job.objects.exists()
