"""Platform on a real S3 server: workers write through presigned URLs, downloads are redirected."""

from collections.abc import Iterator

import httpx
import pytest

from tests.clients import SDKMaker
from tests.flows.following import entries_of, is_admission_paused, parts_of, wait_for_end, wait_until
from tests.flows.running import RunningPlatform
from tests.s3 import ACCESS_KEY, SECRET_KEY, S3Server

TEXT = "Every answer seemed to raise another question."
SENTENCES = " ".join(f"This is sentence number {number}." for number in range(10))


@pytest.fixture(scope="module")
def running(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform whose store is the S3 server; `silence` takes 0.2 s for a sentence."""
    environment = {
        "TTSAI_ENGINES": "hibari,silence",
        "TTSAI_PRELOAD": "hibari",
        "TTSAI_SILENCE_COMPUTE_SECONDS": "0.2",
        "S3_ENDPOINT_URL": s3_server.url,
        "S3_BUCKET": s3_server.bucket,
        "S3_ACCESS_KEY_ID": ACCESS_KEY,
        "S3_SECRET_ACCESS_KEY": SECRET_KEY,
    }
    running = RunningPlatform(home=tmp_path_factory.mktemp("s3-platform") / "home", environment=environment)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.mark.prove
def test_the_platform_speaks_through_s3(s3_server: S3Server, running: RunningPlatform, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(running.key("owner@example.com"), running.url)
    assert sdk.generate(TEXT, model="hibari", voice="heart")[:4] == b"RIFF"
    queued = sdk.generate_async(TEXT * 20, model="hibari", voice="heart", output_format="mp3")
    assert len(sdk.poll_result(queued.uuid, interval=0.2)) > 100_000
    download = httpx.get(f"{running.url}/static/downloads/{queued.uuid}/output.mp3")
    assert (download.status_code, download.headers["location"].startswith(s3_server.url)) == (302, True)
    assert httpx.get(f"{running.url}/static/downloads/{queued.uuid}/tts_output.wav", follow_redirects=True).content[:4] == b"RIFF"
    assert not list((running.home / "objects").rglob("audio.*"))


@pytest.mark.prove
def test_jobs_outlive_an_s3_server_that_is_down_without_a_counted_attempt(s3_server: S3Server, running: RunningPlatform) -> None:
    with running.client(running.key("outage@example.com", credits_=100)) as client:

        def speak(text: str) -> str:
            answer = client.post("/v1/tts/", json={"model": "silence", "text": text, "format": "wav"})
            assert answer.status_code == 200, answer.text
            return str(answer.json()["uuid"])

        uuids = [speak(f"Job {number}. {SENTENCES}") for number in range(2)]
        wait_until(lambda: all(("speak", "running", 1) in parts_of(running, uuid) for uuid in uuids))
        failures = running.log.read_text().count("storage_failed")
        with s3_server.stopped():
            wait_until(lambda: is_admission_paused(running))
            uuids.append(speak("Accepted during the outage."))
            wait_until(lambda: running.log.read_text().count("storage_failed") >= failures + 3)  # after pauses of admission
            assert "store" in httpx.get(f"{running.url}/readyz", timeout=60).json()["lacking"]
        for uuid in uuids:
            assert wait_for_end(client, uuid)["status"] == "completed"
            assert parts_of(running, uuid) == [("speak", "done", 1)]
            assert sorted(entries_of(running, uuid)) == ["charge", "release", "reservation"]
        running.wait_until_ready()
