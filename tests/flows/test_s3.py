"""Platform on a real S3 server: workers write through presigned URLs, downloads are redirected."""

import httpx
import pytest

from tests.clients import SDKMaker
from tests.flows.running import RunningPlatform
from tests.s3 import ACCESS_KEY, SECRET_KEY, S3Server

TEXT = "Every answer seemed to raise another question."


def test_the_platform_speaks_through_s3(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory, sdk_of: SDKMaker) -> None:
    environment = {
        "TTSAI_ENGINES": "hibari",
        "TTSAI_PRELOAD": "hibari",
        "S3_ENDPOINT_URL": s3_server.url,
        "S3_BUCKET": s3_server.bucket,
        "S3_ACCESS_KEY_ID": ACCESS_KEY,
        "S3_SECRET_ACCESS_KEY": SECRET_KEY,
    }
    running = RunningPlatform(home=tmp_path_factory.mktemp("s3-platform") / "home", environment=environment)
    try:
        running.start()
        key = running.key("owner@example.com")
        sdk = sdk_of(key, running.url)
        assert sdk.generate(TEXT, model="hibari", voice="heart")[:4] == b"RIFF"
        queued = sdk.generate_async(TEXT * 20, model="hibari", voice="heart", output_format="mp3")
        assert len(sdk.poll_result(queued.uuid, interval=0.2)) > 100_000
        download = httpx.get(f"{running.url}/static/downloads/{queued.uuid}/output.mp3")
        assert (download.status_code, download.headers["location"].startswith(s3_server.url)) == (302, True)
        assert httpx.get(f"{running.url}/static/downloads/{queued.uuid}/tts_output.wav", follow_redirects=True).content[:4] == b"RIFF"
        assert not list((running.home / "objects").rglob("audio.*"))
    finally:
        running.stop()
