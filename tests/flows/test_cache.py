"""The cache of speech on a running platform: real audio, once computed."""

import json
from pathlib import Path

import httpx
import pytest

from tests.flows.following import wait_until
from tests.flows.keys import in_platform
from tests.flows.running import RunningPlatform

FIRST, SECOND = "The sea is calm tonight.", "Bring a warm coat."
EMAIL = "cached@example.com"


@pytest.fixture
def client(platform: RunningPlatform) -> httpx.Client:
    """Client of an account whose plan uses the cache, which the platform of the tests does not."""
    from apps.accounts.models import Plan
    from apps.accounts.selectors import get_plan

    def add_plan() -> None:
        values = {name: getattr(get_plan("pro"), name) for name in ("requests_per_minute", "concurrent_jobs", "max_characters")}
        Plan.objects.get_or_create(slug="cached", defaults={"name": "Cached", "uses_cache": True, **values})

    in_platform(platform.instance()["database_url"], add_plan)
    return platform.client(platform.key(EMAIL, plan="cached", credits_=100))


def say(client: httpx.Client, text: str, **headers: str) -> httpx.Response:
    body = {"model": "kokoro", "input": text, "voice": "af_bella", "response_format": "wav"}
    answer = client.post("/v1/audio/speech", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def compute_seconds(platform: RunningPlatform, job: str) -> float:
    """Seconds that the engine took for a job of one part, as its worker reported."""

    def read() -> float:
        from apps.jobs.models import Part

        return float(Part.objects.get(job_id=job).manifest["details"]["compute_seconds"])

    return in_platform(platform.instance()["database_url"], read)


def test_a_repeated_request_gets_the_same_bytes_for_nothing(platform: RunningPlatform, client: httpx.Client) -> None:
    first, again = say(client, f"{FIRST} {SECOND}"), say(client, f"{FIRST} {SECOND}")
    assert first.content[:4] == b"RIFF"
    assert again.content == first.content
    assert ("X-Cache" in first.headers, again.headers["X-Cache"], float(again.headers["X-Credits-Used"])) == (False, "hit", 0.0)
    result = client.get("/v1/speech/results/", params={"uuid": again.headers["X-Job-Id"], "timestamps": "words"}).json()
    assert (result["status"], result["cached"], result["credits_used"]) == ("completed", True, 0)
    assert [word["word"] for word in result["words"]] == f"{FIRST} {SECOND}".split()
    assert json.dumps(result["words"]) == json.dumps(
        client.get("/v1/speech/results/", params={"uuid": first.headers["X-Job-Id"], "timestamps": "words"}).json()["words"]
    )


def test_known_sentences_in_a_new_text_are_not_computed_and_sound_the_same(platform: RunningPlatform, client: httpx.Client) -> None:
    def sentences() -> int:
        return sum(1 for _ in Path(platform.home, "tmp").glob("worker-*.sentences/*/*/*.sentence"))

    say(client, f"{FIRST} {SECOND}")
    wait_until(lambda: sentences() >= 2, seconds=20)
    fresh = say(client, f"{SECOND} {FIRST}", **{"Cache-Control": "no-store"})
    joined = say(client, f"{SECOND} {FIRST}")
    assert "X-Cache" not in joined.headers
    assert compute_seconds(platform, fresh.headers["X-Job-Id"]) > 0
    assert compute_seconds(platform, joined.headers["X-Job-Id"]) == 0
    assert joined.content == fresh.content
