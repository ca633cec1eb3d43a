"""Malicious servers behind file_url: the client gets an error within SECONDS, and nobody else is harmed."""

import concurrent.futures
import contextlib
import gzip
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flows.running import RunningPlatform
from tests.sweep.bad import SECONDS, check_answer
from tests.sweep.conftest import HOSTILE_PORT
from tests.workers.audio.probe.recordings import wav_bytes

SOUND = wav_bytes(bytes(16_000))


def head(*lines: bytes, status: bytes = b"200 OK") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"Connection: close", b"", b""])


def to(location: bytes) -> bytes:
    return head(b"Location: " + location, b"Content-Length: 0", status=b"302 Found")


INSIDE, UNREADABLE, UNREACHED = "invalid_url", "fetch_failed", "fetch_failed"  # the codes
REDIRECTS: dict[bytes, str] = {
    b"http://[::1": UNREADABLE, b"//[": UNREADABLE, b"http://[zz]/": UNREADABLE, b"http://[v1.x]/": UNREACHED, b"http://a:99999/": INSIDE,
    b"http://a:b/": INSIDE, b"http://127.0.0.1/": INSIDE, b"http://localhost/": INSIDE, b"//127.1/": INSIDE, b"http://0/": INSIDE,
    b"http://[::ffff:7f00:1]/": INSIDE, b"http://169.254.169.254/latest/": INSIDE, b"http://2130706433/": INSIDE, b"http://0x7f.1/": INSIDE,
    b"file:///etc/passwd": INSIDE, b"gopher://x/": INSIDE, b"data:audio/wav;base64,UklGRg==": INSIDE, b"http://user:secret@example.com/": INSIDE,
    b"\\\\example.com\\x": INSIDE, b"http://\xff\xfe/": UNREACHED, b"?" + b"x" * 4000: INSIDE, b"http://" + b"a" * 64 + b".com/": UNREACHED,
    b"http://a..b/": UNREACHED, b"http://%31%32%37.0.0.1/": UNREACHED, b"": UNREACHED, b"/redirects": UNREACHED,
}  # fmt: skip
ANSWERS: dict[str, bytes] = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "the file without a head": SOUND,
    "random bytes": bytes(range(256)) * 20,
    "a status of five digits": b"HTTP/1.1 99999 X\r\n\r\n",
    "an upgrade": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + SOUND,
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "a part": head(b"Content-Range: bytes 0-9/100", status=b"206 Partial Content") + SOUND,
    "not modified": head(b"Location: /sound", status=b"304 Not Modified"),
    "an error with a page": head(status=b"500 Oh") + b"<script>alert(1)</script>",
    "less than announced": head(b"Content-Length: 99999999") + SOUND,
    "a little of the file": head(b"Content-Length: 10") + SOUND,
    "two lengths": head(b"Content-Length: 10", b"Content-Length: 20") + SOUND,
    "a negative length": head(b"Content-Length: -1") + SOUND,
    "a length of thirty digits": head(b"Content-Length: " + b"9" * 30) + SOUND,
    "chunks of no size": head(b"Transfer-Encoding: chunked") + b"zz\r\n" + SOUND,
    "a chunk that breaks off": head(b"Transfer-Encoding: chunked") + b"ffff\r\n" + SOUND[:100],
    "a compressed file": head(b"Content-Encoding: gzip") + gzip.compress(SOUND),
    "a bomb": head(b"Content-Encoding: gzip") + gzip.compress(bytes(50_000_000)),
    "a megabyte of headers": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 125_000 + b"\r\n",
    "NUL in a header": b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\n\r\n" + SOUND,
    "interim answers without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000,
    "two places to go": head(b"Location: /sound", b"Location: http://127.0.0.1/", status=b"302 Found"),
    "a playlist": head(b"Content-Type: audio/mpegurl") + b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/\n",
}  # fmt: skip


class Hostile(socketserver.BaseRequestHandler):
    """Server that answers with the bytes named in the path, and disconnects."""

    answers: dict[str, bytes] = {}
    hanging = threading.Semaphore(0)
    """Number of requests for /hang."""
    lets_go = threading.Event()

    def handle(self) -> None:
        asked = self.request.recv(65536).decode("latin-1").split(" ")[1]
        if asked == "/hang":
            self.hanging.release()
            self.lets_go.wait(60)
            return
        with contextlib.suppress(OSError):  # the platform has had enough
            self.request.sendall(self.answers[asked])


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    Hostile.answers = {"/sound": head() + SOUND, "/moved": to(b"/sound"), "/redirects": to(b"/redirects")}
    for number, answer in enumerate([*map(to, REDIRECTS), *ANSWERS.values()]):
        Hostile.answers[f"/{number}"] = answer
    with Server(("127.0.0.1", HOSTILE_PORT), Hostile) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{HOSTILE_PORT}"
        server.shutdown()


def listen(swept: RunningPlatform, key: str, url: str) -> httpx.Response:
    return httpx.post(
        f"{swept.url}/v1/stt/", params={"async": "1"}, json={"file_url": url}, headers={"Authorization": f"Bearer {key}"}, timeout=SECONDS
    )


def error_of(answer: httpx.Response) -> dict[str, Any]:
    return check_answer(status=answer.status_code, headers=answer.headers, body=answer.content)


@pytest.mark.parametrize("number", range(len(REDIRECTS)), ids=[repr(location[:40]) for location in REDIRECTS])
def test_a_redirect_leads_nowhere_else(swept: RunningPlatform, key: str, hostile: str, number: int) -> None:
    error = error_of(listen(swept, key, f"{hostile}/{number}"))
    assert (error["code"], error["param"]) == (list(REDIRECTS.values())[number], "file_url")


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=list(ANSWERS))
def test_an_unusable_response_of_a_url_is_a_clear_error(swept: RunningPlatform, key: str, hostile: str, number: int) -> None:
    error = error_of(listen(swept, key, f"{hostile}/{len(REDIRECTS) + number}"))
    assert error["code"] in {"fetch_failed", "unsupported_format", "invalid_url"}
    assert error["param"] == "file_url"


@pytest.mark.parametrize("path", ["/sound", "/moved"])
def test_a_valid_file_behind_a_url_is_accepted(swept: RunningPlatform, key: str, hostile: str, path: str) -> None:
    assert listen(swept, key, f"{hostile}{path}").status_code == 200


def test_a_third_account_is_served_while_two_accounts_addresses_hang(
    swept: RunningPlatform, key: str, outsiders_key: str, hostile: str
) -> None:
    newcomers = {"Authorization": f"Bearer {swept.key('newcomer@example.com', plan='enterprise', concurrent=10_000)}"}
    request = {"params": {"async": "1"}, "json": {"file_url": f"{hostile}/hang"}, "timeout": 60}
    Hostile.lets_go.clear()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        headers = [{"Authorization": f"Bearer {one}"} for one in (key, outsiders_key) for _ in range(8)]
        slow = [pool.submit(httpx.post, f"{swept.url}/v1/stt/", headers=one, **request) for one in headers]
        try:
            for _ in slow:
                assert Hostile.hanging.acquire(timeout=60)
            for _ in range(2):
                answer = httpx.post(f"{swept.url}/v1/stt/", params={"async": "1"}, files={"file": SOUND}, headers=newcomers, timeout=60)
                assert answer.status_code == 200, answer.text
            by_url = httpx.post(f"{swept.url}/v1/stt/", headers=newcomers, **{**request, "json": {"file_url": f"{hostile}/sound"}})
            assert by_url.status_code == 200, by_url.text
            assert not any(one.done() for one in slow)
        finally:
            Hostile.lets_go.set()
        assert {error_of(one.result())["code"] for one in slow} == {"fetch_failed"}


def test_the_platform_logged_no_error(swept: RunningPlatform) -> None:
    log = swept.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log
