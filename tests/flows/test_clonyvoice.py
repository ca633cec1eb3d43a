"""ClonyVoice's API on a running platform with the real models: a voice is cloned, exported, deleted, imported, and speaks; its words are heard."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flows.following import wait_for_end
from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import as_flac
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import clips

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

TEXT = "The library opens early in the morning and closes in the evening."
RECORDING = ("librivox-0870", "librivox-0880")


@pytest.fixture
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    """Client with a key that the API itself made."""
    limits: dict[str, Any] = {"requests_per_minute_by_scope": {"clone:create": 10, "audio:process": 30}}
    owner = {"X-API-Key": platform.key("clony@example.com", plan="enterprise", **limits)}
    with httpx.Client(base_url=platform.url, headers=owner, timeout=300) as first:
        made = first.post("/api/api-keys", json={"name": "flow", "limits": limits["requests_per_minute_by_scope"]}).json()
    with httpx.Client(base_url=platform.url, headers={"X-API-Key": made["key"]}, timeout=300) as client:
        yield client


def test_cloned_voice_is_exported_deleted_imported_and_heard(client: httpx.Client, platform: RunningPlatform, listener: Listener) -> None:
    recording = as_flac(clips(RECORDING))
    files = {"audio": ("speaker.flac", recording)}
    made = client.post("/api/clone/create", files=files, data={"name": "Reader", "consent": "I agree.", "consent_by": "The reader"})
    assert made.status_code == 200, made.text
    voice_id = made.json()["voice_id"]
    wait_for_end(client, made.json()["job_id"])
    assert client.get(f"/api/voices/{voice_id}").json()["state"] == "ready"
    assert [one["name"] for one in client.get("/api/voices", params={"type": "cloned"}).json()["voices"]] == ["Reader"]

    exported = client.post("/api/voices/export", json={"voice_ids": [voice_id]})
    assert (exported.status_code, exported.headers["content-type"]) == (200, "application/zip")
    assert client.delete(f"/api/voices/{voice_id}").json()["deleted"] is True
    assert client.get("/api/voices", params={"type": "cloned"}).json()["total"] == 0

    archive = {"file": ("voices.zip", exported.content)}
    assert [one["action"] for one in client.post("/api/voices/import/preview", files=archive).json()["voices"]] == ["restore"]
    imported = client.post("/api/voices/import", files=archive)
    assert imported.status_code == 200, imported.text
    (voice,) = imported.json()["imported"]
    assert (voice["name"], voice["state"]) == ("Reader", "ready")

    body = {"model": "kokoro-clone", "voice": voice["id"], "input": TEXT, "response_format": "wav"}
    spoken = client.post("/v1/audio/speech", json=body)
    assert spoken.status_code == 200, spoken.text
    assert listener.word_error_rate(spoken.content, TEXT) <= 0.1
    measured = client.post("/api/audio-duration", files={"file": ("spoken.wav", spoken.content)}).json()
    assert 2.0 < measured["duration"] < 10.0
    heard = client.post("/api/transcribe", files={"file": ("spoken.wav", spoken.content)}, data={"language": "en"}).json()
    assert plain_words(heard["text"]) == plain_words(TEXT)
    stats = client.get("/api/system/stats").json()
    assert stats["ram"]["total_mb"] > 0
