"""Bytes that no HTTP library would send."""

from dataclasses import dataclass

CRLF = b"\r\n"
POST = b"POST /v1/tts/ HTTP/1.1\r\nHost: x\r\nX-API-Key: $KEY\r\nContent-Type: application/json\r\n"
"""Valid POST; $KEY is replaced by a valid key."""
GET = b"GET /v1/models/ HTTP/1.1\r\nHost: x\r\n"


@dataclass(frozen=True)
class Raw:
    """Bytes to send, and the allowed responses."""

    name: str
    sent: bytes
    statuses: frozenset[int] = frozenset({400})
    is_answered: bool = True
    """False if closing the connection without a response is allowed too."""

    def __str__(self) -> str:
        return self.name


def raw(name: str, sent: bytes, *statuses: int, is_answered: bool = True) -> Raw:
    """Case; 400 by default."""
    return Raw(name, sent, frozenset(statuses or {400}), is_answered)


def get(line: bytes) -> bytes:
    """Valid GET with one more header line."""
    return GET + line + b"\r\nConnection: close\r\n\r\n"


def path(address: bytes) -> bytes:
    """GET of a raw path."""
    return b"GET " + address + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


LENGTHS = [
    raw("a length that is a word", POST + b"Content-Length: abc\r\n\r\n{}"),
    raw("a negative length", POST + b"Content-Length: -5\r\n\r\n{}"),
    raw("a length with a sign", POST + b"Content-Length: +2\r\n\r\n{}"),
    raw("a length in hex", POST + b"Content-Length: 0x2\r\n\r\n{}"),
    raw("an empty length", POST + b"Content-Length: \r\n\r\n{}"),
    raw("two lengths that differ", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
    raw("two lengths in one", POST + b"Content-Length: 2, 3\r\n\r\n{} "),
    raw("a length of thirty digits", POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}", 400, 413),
    raw("a length of a terabyte", POST + b"Content-Length: 1000000000000\r\n\r\n{}", 413),
    raw("a length that is never reached", POST + b"Content-Length: 100\r\n\r\n{", 408),
    raw("a length and chunks", POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    raw("no body at all", POST + b"\r\n", 400),
]
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKS = [
    raw("a chunk of a size that is none", CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    raw("a chunk of negative size", CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n"),
    raw("a chunk of endless size", CHUNKED + b"f" * 16 + b"\r\n{}\r\n0\r\n\r\n", 400, 408, 413),
    raw("a chunk of a size of many digits", CHUNKED + b"f" * 60 + b"\r\n{}\r\n0\r\n\r\n", 400, 413),
    raw("a chunk longer than its size", CHUNKED + b"2\r\n{}{}{}{}\r\n0\r\n\r\n"),
    raw("chunks that never end", CHUNKED + b"2\r\n{}\r\n", 408),
    raw("chunks of garbage", CHUNKED + bytes(range(256)) * 4),
    raw("an encoding that nobody knows", POST + b"Transfer-Encoding: gzip\r\n\r\n{}", 400, 408),
    raw("two encodings", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    raw("an encoding spelled oddly", POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400, 408),
    raw("a trailer behind the chunks", CHUNKED + b"2\r\n{}\r\n0\r\nX-Evil: 1\r\n\r\n", 400),
]
LINES = [
    raw("a word", b"hello\r\n\r\n"),
    raw("version 9", b"GET /v1/models/ HTTP/9.9\r\nHost: x\r\n\r\n"),
    raw("version 2 as text", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", is_answered=False),
    raw("a small method", b"get /v1/models/ HTTP/1.1\r\nHost: x\r\n\r\n"),
    raw("a method of letters from elsewhere", "GÉT /v1/models/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()),
    raw("a method of ten thousand letters", b"G" * 10_000 + b" / HTTP/1.1\r\n\r\n"),
    raw("a path without a slash", b"GET v1/models/ HTTP/1.1\r\nHost: x\r\n\r\n"),
    raw("a space in the path", b"GET /v1/mo dels/ HTTP/1.1\r\nHost: x\r\n\r\n"),
    raw("NUL in the path", path(b"/v1/\x00/")),
    raw("NUL in the query", path(b"/v1/models/?a=\x00")),
    raw("bytes above 127 in the path", path(b"/v1/\xff\xfe/"), 400, 404),
    raw("bytes above 127 in the query", path(b"/v1/models/?a=\xff\xfe")),
    raw("letters above 127 in the path", path("/v1/modèles/".encode()), 400, 404),
    raw("a path of two hundred thousand letters", path(b"/" + b"x" * 200_000), 400, 414, 431),
    raw("dots that climb", path(b"/v1/../../../../etc/passwd"), 404),
    raw("dots that climb from static files", path(b"/static/../../ttsai/settings/servers.py"), 404),
    raw("dots that climb from downloads", path(b"/static/downloads/../.."), 400, 404),
    raw("dots in percent from static files", path(b"/static/%2e%2e/%2e%2e/manage.py"), 404),
    raw("back slashes", path(b"/static/..\\..\\manage.py"), 404),
    raw("a percent sign without digits", path(b"/v1/models/%/"), 400, 404),
    raw("a percent sign with letters", path(b"/v1/models/%zz/"), 400, 404),
    raw("a half percent sign in the query", path(b"/v1/speech/results/?uuid=%f"), 400),
    raw("a query of question marks", path(b"/v1/speech/results/????&&&===uuid"), 400),
    raw("a query of ten thousand fields", path(b"/v1/speech/results/?" + b"a&" * 10_000), 400),
    raw("another server's address", path(b"http://169.254.169.254/latest/meta-data/"), 400, 404),
    raw("an address of a file", path(b"file:///etc/passwd"), 400, 404),
    raw("CONNECT", b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n", 400, 404, 405),
    raw("OPTIONS of everything", b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400, 404),
    raw("TRACE", b"TRACE /v1/models/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
    raw("TLS to a port without it", bytes.fromhex("160301020001000 1fc0303".replace(" ", "")) + bytes(200), 400, is_answered=False),
    raw("SSH", b"SSH-2.0-OpenSSH_9.6\r\n"),
    raw("a proxy's preface", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + GET + CRLF),
    raw("a question to Valkey", b"*1\r\n$4\r\nPING\r\n"),
    raw("random bytes", bytes(range(255, 0, -1)) * 8),
]
HEADS = [
    raw("a header without a colon", get(b"garbage")),
    raw("a header without a name", get(b": value")),
    raw("a space before the colon", get(b"X-A : b")),
    raw("a name with a space", get(b"X A: b")),
    raw("a name with letters from elsewhere", get("Xé: b".encode())),
    raw("a folded line", GET + b"X-A: b\r\n  c\r\n\r\n", 400),
    raw("NUL in a header", get(b"X-A: a\x00b")),
    raw("a bare line feed", GET + b"X-A: a\nX-B: b\r\n\r\n", 400),
    raw("one header of a hundred thousand bytes", get(b"X-A: " + b"y" * 100_000), 431),
    raw("a header's name of a hundred thousand bytes", get(b"X" * 100_000 + b": y"), 431),
    raw("ten thousand headers", get(b"X-A: b\r\n" * 10_000 + b"X-B: c"), 431),
    raw("two Hosts", get(b"Host: y"), 400),
    raw("no Host", b"GET /v1/models/ HTTP/1.1\r\nConnection: close\r\n\r\n"),
    raw("an empty Host", b"GET /v1/models/ HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
    raw("a key twice", get(b"Authorization: Bearer a\r\nAuthorization: Bearer b"), 400, 401),
    raw("a key with a control character", get(b"Authorization: Bearer \x01"), 400, 401),
    raw("an Idempotency-Key twice", POST + b"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}", 400),
    raw("two content types", POST + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 400, 415),
    raw("a compressed body", POST + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", 400, 415),
    raw("an expectation that nobody knows", POST + b"Expect: banana\r\nContent-Length: 2\r\n\r\n{}", 400, 417),
    raw("100-continue for a body that is too large", POST + b"Expect: 100-continue\r\nContent-Length: 999999999\r\n\r\n", 413),
    raw("an upgrade to WebSocket", b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 400, 404, 426),
    raw("an address that the client invents", get(b"X-Forwarded-For: ' OR 1=1 --\r\nX-API-Key: x"), 401),
]  # fmt: skip
CASES = [*LENGTHS, *CHUNKS, *LINES, *HEADS]
