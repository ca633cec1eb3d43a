"""The official SDK clones voices: `clone_voice`, synchronous and asynchronous."""

import asyncio

from tts_ai import AsyncTTSClient
from tts_ai.models import CloneResult

from tests.clients import SDKMaker
from tests.flows.following import wait_until
from tests.voices.conftest import Enroller, Studio


def test_official_sdk_clones_a_voice_and_lists_it(studio: Studio, worker: Enroller, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(studio.owner.key, studio.url)
    cloned = sdk.clone_voice("Ada", studio.clip, text="Hello there.")
    assert (cloned.status, cloned.url) == ("queued", f"{studio.url}/static/downloads/{cloned.uuid}/output.mp3")
    wait_until(lambda: studio.owner.result(cloned.uuid).json()["status"] == "completed")
    assert {voice.voice_id: voice.name for voice in sdk.list_voices()}[cloned.raw["voice_id"]] == "Ada"


def test_official_asynchronous_sdk_clones_a_voice(studio: Studio, worker: Enroller) -> None:
    async def clone_voice() -> CloneResult:
        async with AsyncTTSClient(api_key=studio.owner.key, base_url=studio.url, gpu_url=studio.url) as sdk:
            return await sdk.clone_voice("Ada", studio.clip, model="cosyvoice2")

    cloned = asyncio.run(clone_voice())
    assert (cloned.status, cloned.raw["model"], cloned.raw["model_used"]) == ("queued", "cosyvoice2", "kokoro-clone")
    wait_until(lambda: studio.owner.result(cloned.uuid).json()["status"] == "completed")
