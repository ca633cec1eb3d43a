"""Own voices end to end: cloned from a recording of a man, kept, and heard again in the words that were sent."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from tts_ai import AsyncTTSClient, TTSClient
from tts_ai.models import CloneResult

from tests.clients import SDKMaker
from tests.flows.following import entries_of, wait_for_end
from tests.flows.listening import Listener
from tests.flows.recordings import as_flac, samples_of
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import clips, music, silence
from workers.recognition.pitch import tally_pitch

CLIPS = ["librivox-0870", "librivox-0880"]
TEXT = "The library opens at nine in the morning, and closes late in the evening."


@pytest.fixture(scope="module")
def key(hearing: RunningPlatform) -> str:
    return hearing.key("own-voices@example.com", plan="enterprise")


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform, key: str) -> Iterator[httpx.Client]:
    with hearing.client(key) as client:
        yield client


@pytest.fixture
def sdk(hearing: RunningPlatform, key: str, sdk_of: SDKMaker) -> TTSClient:
    return sdk_of(key, hearing.url)


@pytest.fixture(scope="module")
def recording() -> bytes:
    return as_flac(clips(CLIPS))


def clone(client: httpx.Client, recording: bytes | None, **fields: str) -> httpx.Response:
    files = {"reference_audio": recording} if recording else None
    return client.post("/v1/tts/clone/", files=files, data=fields if files else None, json=None if files else fields, timeout=300)


def test_text_is_spoken_in_the_voice_of_a_recording_and_charged_once(
    hearing: RunningPlatform, client: httpx.Client, listener: Listener, recording: bytes
) -> None:
    answer = clone(client, recording, text=TEXT)
    assert answer.status_code == 200, answer.text
    assert (answer.headers["x-model-used"], answer.headers["content-type"]) == ("kokoro-clone", "audio/mpeg")
    assert listener.word_error_rate(answer.content, TEXT) <= 0.15
    assert tally_pitch(samples_of(answer.content)).gender == "male"
    assert entries_of(hearing, answer.headers["x-job-id"])["charge"] == -4 * len(TEXT)
    again = clone(client, None, text="Once more.", embed_id=answer.headers["x-voice-id"], format="wav")
    assert (again.status_code, again.content[:4]) == (200, b"RIFF")


def test_official_sdk_clones_a_voice_that_then_speaks_with_built_in_ones(
    sdk: TTSClient, client: httpx.Client, listener: Listener, recording: bytes
) -> None:
    cloned = sdk.clone_voice("Reader", recording, text=TEXT)
    assert wait_for_end(client, cloned.uuid)["status"] == "completed"
    assert listener.word_error_rate(client.get(cloned.url).content, TEXT) <= 0.15
    voice_id = cloned.raw["voice_id"]
    listed = {voice.voice_id: voice.name for voice in sdk.list_voices()}
    assert listed[voice_id] == "Reader"
    mixed = sdk.generate(f'<voice name="{voice_id}">Good morning, dear listeners.</voice> <voice name="af_bella">And good night.</voice>')
    assert listener.word_error_rate(mixed, "Good morning, dear listeners. And good night.") <= 0.15
    spanish = sdk.generate("Buenos días a todos los amigos de la biblioteca.", voice=voice_id, language="es")
    assert listener.word_error_rate(spanish, "Buenos días a todos los amigos de la biblioteca.", language="es") <= 0.3


def test_official_asynchronous_sdk_clones_a_voice(hearing: RunningPlatform, client: httpx.Client, key: str, recording: bytes) -> None:
    async def clone_voice() -> CloneResult:
        async with AsyncTTSClient(api_key=key, base_url=hearing.url, gpu_url=hearing.url) as sdk:
            return await sdk.clone_voice("Another reader", recording)

    cloned = asyncio.run(clone_voice())
    assert wait_for_end(client, cloned.uuid)["status"] == "completed"
    assert tally_pitch(samples_of(client.get(cloned.url).content)).gender == "male"


@pytest.mark.parametrize("what", ["silence", "music"])
def test_recording_without_a_speaker_is_refused_with_advice_and_free_of_charge(client: httpx.Client, what: str) -> None:
    before = client.get("/v1/account/").json()["credits"]
    samples = silence(8) if what == "silence" else music(8)
    answer = clone(client, as_flac(samples), text=TEXT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_reference"), answer.text
    assert client.get("/v1/account/").json()["credits"] == before
