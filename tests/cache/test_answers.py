"""Answers of hits: every endpoint that speaks a text says that its result was cached, and takes Cache-Control."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.cache.models import CacheEntry
from apps.cache.services.purge import PurgeScope
from apps.voices.services.consent import ConsentStatement, record_consent, revoke_consent
from apps.voices.services.removal import remove_voice
from tests.cache.speaking import SEA, spoken, stored_files
from tests.factories_jobs import caller
from tests.routes.voices import make_voice
from tests.speech.people import Person, person
from tests.streaming.speaking import encode, pcm_of, tone
from tests.web.shell import RunningShell, running_shell


@pytest.fixture
def owner() -> Person:
    return person()


@pytest.fixture
def server(settings: Any) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 2
    with running_shell() as shell:
        yield shell


def test_json_answers_of_a_hit_say_cached(owner: Person) -> None:
    assert owner.account is not None
    first = spoken(owner.account, voice="af_bella")
    body = {"text": SEA, "voice": "af_bella"}
    again = owner.post("/v1/tts/", body, Idempotency_Key="k").json()
    assert (again["status"], again["cached"], again["credits_used"]) == ("completed", True, 0)
    assert owner.post("/v1/tts/", body, Idempotency_Key="k").json() == again
    result = owner.result(again["uuid"], timestamps="words").json()
    assert (result["status"], result["cached"], result["words"]) == ("completed", True, [{"word": "The", "start": 0.1, "end": 0.2}])
    assert "cached" not in owner.result(first.uuid.hex).json()
    job = owner.get(f"/v1/jobs/{again['uuid']}/").json()
    assert (job["status"], job["cached"], job["progress"]) == ("completed", True, 1.0)
    batch = owner.post("/v1/tts/batch/", {"texts": [body, body]}).json()
    assert (batch["status"], batch["completed"]) == ("completed", 2)
    items = owner.get("/v1/tts/batch/result/", batch_id=batch["batch_id"]).json()["items"]
    assert [(item["status"], item["cached"], item["credits"]) for item in items] == [("completed", True, 0)] * 2
    for header in ("no-store", "max-age=0, No-Cache"):
        assert owner.post("/v1/tts/", body, Cache_Control=header).json()["status"] == "queued"


def test_audio_answers_of_a_hit_are_the_same_bytes(owner: Person, server: RunningShell) -> None:
    assert owner.account is not None
    spoken(owner.account, voice="af_bella")
    with httpx.Client(base_url=server.url, headers=owner.headers, timeout=60) as client:
        heard = client.post("/v1/audio/speech", json={"model": "kokoro", "input": SEA, "voice": "af_bella"})
        streamed = client.post("/v1/tts/", json={"text": SEA, "voice": "af_bella", "stream": True})
        downloaded = client.get(f"/static/downloads/{heard.headers['X-Job-Id']}/output.mp3")
    assert downloaded.content == b"ID3 audio"
    for answer in (heard, streamed):
        assert (answer.status_code, answer.content, answer.headers["X-Cache"]) == (200, b"ID3 audio", "hit")
        assert answer.headers["X-Credits-Used"] in {"0", "0.0"}


def test_event_stream_of_a_hit_has_its_audio_and_says_cached(owner: Person, server: RunningShell) -> None:
    assert owner.account is not None
    samples = [tone(1), tone(2)]
    spoken(owner.account, voice="af_bella", format="pcm", audio=encode(samples, audio_format="pcm"))
    body = {"text": SEA, "voice": "af_bella", "format": "pcm"}
    with httpx.Client(base_url=server.url, headers=owner.headers, timeout=60) as client:
        answer = client.post("/v1/tts/stream/", json=body)
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert answer.headers["X-Cache"] == "hit"
    assert b"".join(base64.b64decode(event["audio"]) for event in events[:-1]) == pcm_of(1, 2, has_silence=False)
    assert (events[-1]["status"], events[-1]["cached"], events[-1]["credits_used"]) == ("completed", True, 0)


@pytest.mark.parametrize("end", ["delete", "revoke"])
def test_a_voice_that_ends_takes_its_cached_speech_with_it(owner: Person, end: str) -> None:
    assert owner.account is not None
    voice = make_voice(owner.account)
    finish_as(owner, voice_id=voice.voice_id)
    if end == "delete":
        remove_voice(voice)
    else:
        record_consent(voice.enrolment, caller=caller(owner.account), consent=ConsentStatement("I agree."))
        revoke_consent(voice.enrolment)
    assert list(CacheEntry.objects.values_list("voices", flat=True)) == [["af_bella"]]
    assert PurgeScope(voice=voice.voice_id).select(CacheEntry.objects.all()).count() == 0
    assert stored_files() != [], "files are deleted by the sweep"


def finish_as(owner: Person, *, voice_id: str) -> None:
    """Two cached results, one of them of the voice."""
    assert owner.account is not None
    spoken(owner.account, voice="af_bella")
    spoken(owner.account, "Another text.", voice="af_bella")
    CacheEntry.objects.filter(pk=CacheEntry.objects.order_by("pk").values_list("pk", flat=True)[0]).update(voices=[voice_id])
