"""The cache of speech on a running platform: real audio, once computed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flows.following import wait_until
from tests.flows.keys import in_platform
from tests.flows.running import RunningPlatform

FIRST, SECOND = "The sea is calm tonight.", "Bring a warm coat."
WHOLE = "The harbour wakes early."
EMAIL = "cached@example.com"


@pytest.fixture
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    """Client of an account whose plan uses the cache, which the platform of the tests does not."""
    from apps.accounts.models import Plan
    from apps.accounts.selectors import get_plan

    def add_plan() -> None:
        values = {name: getattr(get_plan("pro"), name) for name in ("requests_per_minute", "concurrent_jobs", "max_characters")}
        Plan.objects.get_or_create(slug="cached", defaults={"name": "Cached", "uses_cache": True, **values})

    in_platform(platform.instance()["database_url"], add_plan)
    with platform.client(platform.key(EMAIL, plan="cached", credits_=100)) as client:
        yield client


def say(client: httpx.Client, text: str, **headers: str) -> dict[str, Any]:
    """Result of a text, with its audio and its words."""
    body = {"model": "kokoro", "text": text, "voice": "af_bella", "format": "wav"}
    queued = client.post("/v1/tts/", json=body, headers=headers)
    assert queued.status_code == 200, queued.text
    result: dict[str, Any] = {}

    def is_over() -> bool:
        nonlocal result
        result = client.get("/v1/speech/results/", params={"uuid": queued.json()["uuid"], "timestamps": "words"}).json()
        return result["status"] not in {"queued", "processing"}

    wait_until(is_over, seconds=60)
    assert result["status"] == "completed", result
    return result | {"audio": client.get(result["url"]).content, "is_over_at_once": queued.json()["status"] == "completed"}


def compute_seconds(platform: RunningPlatform, job: str) -> float:
    """Seconds that the engine took for a job of one part, as its worker reported."""

    def read() -> float:
        from apps.jobs.models import Part

        return float(Part.objects.get(job_id=job).manifest["details"]["compute_seconds"])

    return in_platform(platform.instance()["database_url"], read)


def test_a_repeated_request_gets_the_same_bytes_for_nothing(platform: RunningPlatform, client: httpx.Client) -> None:
    first, again = say(client, WHOLE), say(client, WHOLE)
    assert first["audio"][:4] == b"RIFF"
    assert again["audio"] == first["audio"]
    assert ("cached" in first, again["cached"], again["is_over_at_once"], again["credits_used"]) == (False, True, True, 0)
    assert again["words"] == first["words"]
    assert [word["word"] for word in again["words"]] == WHOLE.split()


def test_known_sentences_in_a_new_text_are_not_computed_and_sound_the_same(platform: RunningPlatform, client: httpx.Client) -> None:
    def sentences() -> int:
        return sum(1 for _ in Path(platform.home, "tmp").glob("worker-*.sentences/*/*/*.sentence"))

    say(client, f"{FIRST} {SECOND}")
    wait_until(lambda: sentences() >= 2)
    fresh = say(client, f"{SECOND} {FIRST}", **{"Cache-Control": "no-store"})
    joined = say(client, f"{SECOND} {FIRST}")
    assert "cached" not in joined
    assert compute_seconds(platform, fresh["uuid"]) > 0
    assert compute_seconds(platform, joined["uuid"]) == 0
    assert joined["audio"] == fresh["audio"]
    assert joined["words"] == fresh["words"]
