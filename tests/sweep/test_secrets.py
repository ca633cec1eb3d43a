"""Logs contain no customers' data: no texts, keys, headers or URLs."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.flows.running import RunningPlatform
from tests.sweep.bad import SECONDS

MARK = f"marked{secrets.token_hex(8)}"


@pytest.fixture(scope="module")
def client(swept: RunningPlatform) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=swept.url, timeout=SECONDS) as client:
        yield client


def logs(home: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that the platform logs, without its data."""
    for path in home.rglob("*"):
        is_data = {"postgres", "valkey", "objects", "models"} & set(path.relative_to(home).parts[:-1])
        if path.is_file() and not (is_data and path.suffix not in {".log", ".txt"}):
            yield str(path.relative_to(home)), path.read_bytes()


def test_no_log_contains_customers_data(swept: RunningPlatform, client: httpx.Client, key: str, outsiders_key: str) -> None:
    good = {"Authorization": f"Bearer {key}"}
    spoken = {"text": f"Hello {MARK}", "model": "silence", "voice": "quiet"}
    headers = {"Idempotency-Key": MARK, "X-Marked": MARK, "Cookie": f"a={MARK}", "User-Agent": MARK, "Referer": f"http://x/{MARK}"}
    jobs = [client.post("/v1/tts/", json=spoken, headers={**good, **headers}) for _ in range(2)]
    assert {answer.status_code for answer in jobs} == {200}
    assert client.post("/v1/tts/", json={**spoken, "text": MARK}, headers={**good, **headers}).status_code == 409
    waited = {"input": f"Aloud {MARK}", "model": "silence", "voice": "quiet"}
    assert client.post("/v1/audio/speech", json=waited, headers=good).status_code == 200
    failing = client.post("/v1/audio/speech", json={**waited, "input": f"[fail:bad_audio] {MARK}"}, headers=good)
    assert failing.status_code >= 400
    wrong = [
        ("POST", "/v1/tts/", {"content": f'{{"text": "{MARK}'}),
        ("POST", "/v1/tts/", {"json": {**spoken, "model": MARK, "instructions": MARK}}),
        ("POST", "/v1/tts/", {"json": {**spoken, "text": f"<say-as interpret-as='{MARK}'>{MARK}</say-as>"}}),
        ("POST", "/v1/tts/", {"content": f'{{"text": "{MARK}"}}'.encode("utf-16")}),
        ("POST", "/v1/webhooks/", {"json": {"url": f"https://user:{MARK}@example.com/?token={MARK}", "description": MARK}}),
        ("POST", "/v1/webhooks/", {"json": {"url": f"https://example.com/{MARK}?token={MARK}", "events": [MARK]}}),
        ("POST", "/v1/pronunciations/", {"json": {"word": MARK, "replacement": MARK * 20}}),
        ("POST", "/v1/uploads/", {"json": {"bytes": 0, "file_name": MARK, "content_type": MARK}}),
        ("GET", f"/v1/speech/results/?uuid={MARK}&token={MARK}", {}),
        ("GET", f"/v1/jobs/?cursor={MARK}", {}),
        ("GET", f"/v1/nowhere/{MARK}?key={MARK}", {}),
        ("GET", f"/static/downloads/{MARK}/{MARK}.mp3?token={MARK}", {}),
        ("PUT", f"/v1/uploads/{MARK}/content/?signature={MARK}", {"content": MARK}),
        ("POST", f"/admin/login/?next={MARK}", {"data": {"username": MARK, "password": MARK}}),
    ]
    for method, path, content in wrong:
        assert client.request(method, path, headers={**good, **headers}, **content).status_code >= 400 or path.startswith("/admin/")
    for presented in (f"Bearer {MARK}", f"Bearer sk-tts-{MARK}{'x' * 21}", f"Basic {MARK}"):
        assert client.get("/v1/account/", headers={"Authorization": presented}).status_code == 401
    upload = client.post("/v1/uploads/", json={"bytes": len(MARK), "file_name": MARK}, headers=good).json()
    assert client.put(upload["url"], content=MARK).status_code == 400
    assert client.get(f"/v1/jobs/{jobs[0].json()['uuid']}/", headers={"Authorization": f"Bearer {outsiders_key}"}).status_code == 404
    signature = upload["url"].partition("signature=")[2]
    searched = dict(logs(swept.home))
    assert len(searched["up.log"]) > 1000
    for name, content in searched.items():
        for secret in (MARK, key, outsiders_key, signature):
            at = content.find(secret.encode())
            assert at < 0, f"{name}: {content[max(0, at - 300) : at + 100].decode(errors='replace')}"
