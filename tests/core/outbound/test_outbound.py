"""URLs of clients never reach internal addresses: by number, name, redirect, slow or endless response."""

import asyncio
import contextlib
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from apps.core import outbound
from apps.core.outbound import AddressRefusedError, OutboundError, OutboundResponse
from apps.core.outbound.names import resolver_threads
from apps.core.outbound.policy import ascii_form

INSIDE = """
http://127.0.0.1/ http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/ http://0177.0.0.1/
http://017700000001/ http://127.255.255.254/ http://localhost/ http://LOCALHOST/ http://localhost./ http://0.0.0.0/ http://0/
http://10.0.0.1/ http://10.255.255.255/ http://167772161/ http://172.16.0.1/ http://172.31.255.255/ http://192.168.0.1/
http://192.168.1.1:8080/ http://0xc0a80001/ http://3232235521/ http://169.254.169.254/latest/meta-data/ http://2852039166/
http://0xa9fea9fe/ http://169.254.0.1/ http://100.64.0.1/ http://100.127.255.254/ http://198.18.0.1/ http://198.19.255.255/
http://192.0.0.1/ http://192.0.2.1/ http://198.51.100.1/ http://203.0.113.1/ http://224.0.0.1/ http://239.255.255.255/
http://240.0.0.1/ http://255.255.255.255/ http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/ http://[::ffff:10.0.0.1]/ http://[::ffff:169.254.169.254]/ http://[::127.0.0.1]/ http://[::10.0.0.1]/
http://[64:ff9b::7f00:1]/ http://[64:ff9b::169.254.169.254]/ http://[64:ff9b:1::1]/ http://[2002:7f00:1::]/ http://[2002:a00:1::]/
http://[2002:a9fe:a9fe::]/ http://[2001:0:0:0:0:0:80ff:fffe]/ http://[fe80::1]/ http://[fc00::1]/ http://[fd00:ec2::254]/
http://１２７.０.０.１/ http://127。0。0。1/ http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/
http://192.0.0.192/ http://192.88.99.1/ http://[5f00::1]/ http://[3fff::1]/ http://[2001:20::1]/ http://[2002:808:808::]/ http://[100:0:0:1::1]/
http://[fec0::1]/ http://[ff02::1]/ http://[2001:db8::1]/ http://[100::1]/ http://[::ffff:0:0]/
""".split()  # noqa: SIM905 - one a line would be eighty lines

MALFORMED = [
    "",
    "example.com",
    "//example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/plain,hello",
    "http://",
    "http:///path",
    "https://user:secret@example.com/",
    "http://user@example.com/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com:http/",
    "http://exa mple.com/",
    "http://example.com/\r\nHost: other",
    "http://example.com\\@127.0.0.1/",
    "http://[::1/",
    "http://\u3002/",
    "http://é..example.com/",
    "http://" + "é" * 64 + ".com/",
    "http://example.com/" + "x" * 3000,
]


REDIRECTS = {"/inside": "http://169.254.169.254/latest/", "/loop": "/loop", "/moved": "/audio"}


class Receiver(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in REDIRECTS or self.path.startswith("/to?"):
            self._answer(302, b"", {"Location": REDIRECTS.get(self.path) or self.path.removeprefix("/to?")})
        elif self.path == "/slow":
            time.sleep(3)
            self._answer(200, b"late", {})
        elif self.path == "/dripping":
            with contextlib.suppress(OSError):  # the reader has had enough
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Header: much\r\n" * 100:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.1)
        elif self.path == "/interim":
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
        elif self.path == "/missing":
            self._answer(404, b"", {})
        else:
            self._answer(200, b"a" * 5000, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(202, body.upper(), {"X-Host": self.headers["Host"]})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # the reader has had enough, as it should
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def fetched(url: str, *, most_bytes: int, seconds: float = 60.0) -> bytes:
    """Body of a fetch."""
    body = bytearray()

    async def take(chunk: bytes) -> None:
        body.extend(chunk)

    count = asyncio.run(outbound.fetch(url, tenant="test", sink=take, most_bytes=most_bytes, seconds=seconds))
    assert count == len(body)
    return bytes(body)


def send(method: str, url: str, **arguments: Any) -> OutboundResponse:
    return asyncio.run(outbound.send(method, url, tenant="test", **arguments))


@pytest.fixture
def receiver(settings: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.TTSAI_OUTBOUND_ALLOW = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("url", INSIDE)
def test_no_spelling_of_an_inner_address_is_reached(url: str) -> None:
    with pytest.raises((AddressRefusedError, OutboundError)) as refused:
        fetched(url, most_bytes=100, seconds=2)
    if refused.type is OutboundError:  # a spelling that no resolver takes is as good as refused
        assert str(refused.value) == "the URL could not be reached"
        assert url == "http://[fe80::1]/" or not url.startswith("http://[")


@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        fetched(url, most_bytes=100)


def test_the_list_holds_at_least_sixty_spellings() -> None:
    assert len(set(INSIDE)) >= 60


def test_an_allowed_address_is_fetched_through_its_redirect(receiver: str) -> None:
    assert fetched(f"{receiver}/moved", most_bytes=5000) == b"a" * 5000


def test_a_redirect_inside_is_refused(receiver: str) -> None:
    with pytest.raises(AddressRefusedError):
        fetched(f"{receiver}/inside", most_bytes=100)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/loop", "redirects"), ("/missing", "404"), ("/audio", "larger than 100"), ("/slow", "too long"), ("/dripping", "too long")],
)
def test_a_bad_answer_is_an_explained_error(receiver: str, path: str, words: str) -> None:
    with pytest.raises(OutboundError, match=words):
        fetched(f"{receiver}{path}", most_bytes=100, seconds=1)


@pytest.mark.parametrize("location", ["http://[::1", "//[", "http://[zz]/", "http://[v1.x"])
def test_a_redirect_that_cannot_be_read_is_an_explained_error(receiver: str, location: str) -> None:
    with pytest.raises(OutboundError, match="redirects to a malformed one"):
        fetched(f"{receiver}/to?{location}", most_bytes=100)


@pytest.mark.timeout(20)
def test_interim_answers_do_not_continue_for_ever(receiver: str) -> None:
    with pytest.raises(OutboundError, match="could not be reached"):
        fetched(f"{receiver}/interim", most_bytes=100, seconds=600)
    with pytest.raises(OutboundError, match="could not be reached"):
        send("GET", f"{receiver}/interim", headers={}, seconds=600)


def test_a_name_is_resolved_once_and_its_number_is_what_is_connected_to(
    receiver: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    port = int(receiver.rpartition(":")[2])
    settings.TTSAI_OUTBOUND_ALLOW = [f"rebinding.example:{port}"]
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("flags", 0) & socket.AI_NUMERICHOST:
            return real(host, *args, **kwargs)
        if host != "rebinding.example":
            assert ipaddress.ip_address(host).is_loopback  # the connection asks for the number that was checked, and for no name
            return real(host, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert fetched(f"http://rebinding.example:{port}/audio", most_bytes=5000) == b"a" * 5000
    assert asked == ["rebinding.example"]


def test_a_name_with_one_inner_number_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80)) for number in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(AddressRefusedError):
        fetched("http://both.example/", most_bytes=100)


def test_fetch_from_a_silent_name_server_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over, asked = threading.Event(), list[str]()

    def stay_silent(host: str, *_: Any, flags: int = 0, **__: Any) -> Any:
        if not flags & socket.AI_NUMERICHOST:
            asked.append(host)
            is_over.wait(60)
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", stay_silent)
    try:
        with pytest.raises(OutboundError, match="took too long to answer"):
            fetched("http://silent.example/", most_bytes=100, seconds=0.2)
        assert asked == ["silent.example"]
    finally:
        is_over.set()
        resolver_threads.cache_clear()  # the loop of this look-up is gone


def test_a_silent_name_server_is_given_up_after_few_seconds() -> None:
    assert os.environ["RES_OPTIONS"] == "timeout:2 attempts:2"


def test_a_webhook_is_posted_with_its_own_host_name(receiver: str) -> None:
    answer = send("POST", f"{receiver}/hook", headers={"Content-Type": "application/json"}, body=b"hello")
    assert (answer.status, answer.body, answer.headers["x-host"]) == (202, b"HELLO", receiver.removeprefix("http://"))


def test_a_name_that_leads_inside_is_refused_although_another_port_is_allowed(receiver: str) -> None:
    with pytest.raises(AddressRefusedError):
        fetched("http://localhost:1/", most_bytes=100)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("http://example.com/a%20b?c=d#e", "http://example.com/a%20b?c=d#e"),
        ("https://bücher.example:8443/é ü?ö=%41".replace(" ", ""), "https://xn--bcher-kva.example:8443/%C3%A9%C3%BC?%C3%B6=%41"),
        ("http://[2001:4860::1]:80/é", "http://[2001:4860::1]:80/%C3%A9"),
    ],
)
def test_letters_from_elsewhere_are_sent_as_ascii(written: str, sent: str) -> None:
    assert ascii_form(written) == sent


def test_an_address_with_letters_from_elsewhere_is_fetched(receiver: str) -> None:
    assert fetched(f"{receiver}/grüße?ä=1", most_bytes=10_000) == b"a" * 5000
