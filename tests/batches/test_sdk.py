"""The official SDK's methods for batches, through sockets."""

import asyncio

import httpx
import pytest
from tts_ai import AsyncTTSClient
from tts_ai.exceptions import AuthenticationError, TTSError

from apps.jobs.models import Job
from tests.clients import SDKMaker
from tests.factories_jobs import AUDIO
from tests.speech.people import Person, working
from tests.web.shell import RunningShell

ITEMS = [
    {"text": "Hello.", "model": "kokoro", "voice": "af_bella"},
    {"text": "Hello.", "model": "kokoro", "voice": "nobody"},
    {"text": "Goodbye.", "model": "kokoro", "voice": "am_adam", "language": "en", "format": "wav", "speed": 1.2},
]


def test_every_method_of_the_client(server: RunningShell, owner: Person, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(owner.key, server.url)
    begun = sdk.batch_generate(ITEMS, webhook_url="https://example.com/hook")
    assert (begun.status, begun.total, begun.completed, len(begun.batch_id)) == ("processing", 3, 0, 32)
    seen = sdk.batch_result(begun.batch_id)
    assert (seen.status, seen.credits_charged, [item.status for item in seen.items]) == ("processing", 0, ["queued", "failed", "queued"])
    with working():
        ended = sdk.batch_generate_and_wait(ITEMS, timeout=60, interval=0.1)
    assert ended.batch_id != begun.batch_id
    assert (ended.status, ended.total, ended.completed, ended.credits_charged) == ("completed", 3, 2, 0.028)
    hello, bad, goodbye = ended.items
    assert [(item.index, item.status, item.credits) for item in ended.items] == [
        (0, "completed", 0.012),
        (1, "failed", 0),
        (2, "completed", 0.016),
    ]
    assert (bad.uuid, bad.url, bad.error.startswith("Unknown voice 'nobody'")) == ("", "", True)
    assert [httpx.get(item.url).content for item in (hello, goodbye)] == [AUDIO, AUDIO]
    assert [sdk.poll_result(item.uuid, timeout=60, interval=0.1) for item in (hello, goodbye)] == [AUDIO, AUDIO]


def test_every_method_of_the_asynchronous_client(server: RunningShell, owner: Person) -> None:
    async def use() -> None:
        async with AsyncTTSClient(api_key=owner.key, base_url=server.url, gpu_url=server.url, max_retries=0) as sdk:
            begun = await sdk.batch_generate(ITEMS[:1])
            assert (await sdk.batch_result(begun.batch_id)).total == 1
            ended = await sdk.batch_generate_and_wait(ITEMS, timeout=60, interval=0.1)
            assert [item.status for item in ended.items] == ["completed", "failed", "completed"]

    with working():
        asyncio.run(use())
    assert Job.objects.filter(state="completed").count() == 3


def test_the_sdk_understands_what_is_refused(server: RunningShell, owner: Person, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(owner.key, server.url)
    with pytest.raises(TTSError, match="at most 50 items"):
        sdk.batch_generate(ITEMS * 17)
    with pytest.raises(AuthenticationError):
        sdk_of("sk-tts-wrong", server.url).batch_generate(ITEMS)
