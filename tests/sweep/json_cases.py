"""Invalid bodies, queries, headers and paths for every JSON route."""

import base64
from typing import Any

from tests.sweep.bad import Bad

NOBODY = "0" * 32
NO_UUID = "00000000-0000-0000-0000-000000000000"
HUGE = 2**70

BODIES: list[tuple[str, bytes]] = [
    ("no JSON", b"{"),
    ("a bare word", b"hello"),
    ("single quotes", b"{'text': 'x'}"),
    ("bytes behind the end", b'{"text": "x"} {"text": "y"}'),
    ("invalid UTF-8", b'{"text": "\xff\xfe"}'),
    ("UTF-16", '{"text": "x"}'.encode("utf-16")),
    ("NUL bytes", b"\x00" * 50),
    ("NaN", b'{"speed": NaN}'),
    ("Infinity", b'{"speed": -Infinity}'),
    ("nested a hundred thousand times", b"[" * 100_000),
    ("objects nested a hundred thousand times", b'{"a":' * 100_000),
    ("a number of ten thousand digits", b'{"speed": ' + b"9" * 10_000 + b"}"),
    ("null", b"null"),
    ("a list", b"[1, 2]"),
    ("a string", b'"text"'),
    ("a number", b"1e999"),
]
TYPES: list[tuple[str, dict[str, Any]]] = [
    ("as text", {"Content-Type": "text/plain"}),
    ("as XML", {"Content-Type": "application/xml"}),
    ("as a form", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("as no type at all", {"Content-Type": "/"}),
    ("as a type of a thousand letters", {"Content-Type": "a" * 1000 + "/b"}),
    ("as a type that is not ASCII", {"Content-Type": "application/jsön".encode("latin-1")}),
]
WITH_BODY = {
    "/v1/tts/": "POST",
    "/v1/tts/stream/": "POST",
    "/v1/audio/speech": "POST",
    "/v1/keys/": "POST",
    "/v1/uploads/": "POST",
    "/v1/webhooks/": "POST",
    "/v1/webhooks/secret/": "POST",
    "/v1/pronunciations/": "POST",
    "/v1/realtime/client_secrets": "POST",
    "/v1/voice-design/": "POST",
    "/v1/voice-design/create/": "POST",
}


def fields(path: str, good: dict[str, Any], wrong: dict[str, list[Any]], *, method: str = "POST") -> list[Bad]:
    """Valid body with one field invalid in each way; the error must name the field if possible."""
    return [
        Bad(f"{name} = {str(value)[:40]!r} ({type(value).__name__})", method, path, json={**good, name: value})
        for name, values in wrong.items()
        for value in values
    ]


def without(path: str, good: dict[str, Any], *names: str) -> list[Bad]:
    """Valid body that lacks a field."""
    return [Bad(f"without {name}", "POST", path, json={key: value for key, value in good.items() if key != name}) for name in names]


def queries(path: str, *wrong: str, method: str = "GET") -> list[Bad]:
    """Path with each of these queries."""
    return [Bad(query[:60], method, f"{path}?{query}") for query in wrong]


STRANGE_BODIES = [Bad(name, method, path, content=content) for path, method in WITH_BODY.items() for name, content in BODIES]
STRANGE_TYPES = [
    Bad(name, method, path, content=b"{}", headers=headers, status=415) for path, method in WITH_BODY.items() for name, headers in TYPES
]

WORDS = {"text": "Hello.", "model": "silence", "voice": "quiet"}
ELDER = {"description": "an elderly man", "preview": False}
VOICE_DESIGN = [
    *without("/v1/voice-design/", ELDER, "description"),
    *fields(
        "/v1/voice-design/",
        ELDER,
        {
            "description": ["", " ", "xylophonic", None, 5, ["a man"], "a man" * 201],
            "language": [5, None, "x" * 36],
            "variant": [-1, 3, "one", 0.5, HUGE],
            "text": ["", None, 5, "x" * 1001],
            "format": ["exe", None, 5],
            "preview": ["no", 0, None],
        },
    ),
    *fields(
        "/v1/voice-design/create/",
        {"description": "an elderly man", "name": "Elder"},
        {
            "name": ["", None, 5, "x" * 101, "two\nlines"],
            "voice": ["", None, 5, "+", "nobody+noone", "a(0)", "x" * 1001],
            "speed": [0, 0.59, 1.61, "fast", None, HUGE],
            "categories": [5, [5], ["x"] * 21],
            "webhook_url": ["ftp://example.com/", "http://127.0.0.1/", 5],
        },
    ),
]
TTS = [
    *without("/v1/tts/", WORDS, "text"),
    *fields(
        "/v1/tts/",
        WORDS,
        {
            "text": ["", "   ", "\n\t", None, 5, True, ["a"], {"a": 1}, "x" * 1_000_001, "<speak>", "a</speak>", "<break time='99999999s'/>",
                     "<say-as interpret-as='date'>x</say-as",],
            "model": ["", "nothing", None, 5, "x" * 101, "../../etc/passwd", "silence\u0000x", ["silence"]],
            "voice": ["nobody", 5, "x" * 101, {"id": "quiet"}, ["quiet"], "%s%s%n"],
            "format": ["exe", "", None, 5, ["mp3"], "MP3 "],
            "speed": [0, -1, 0.49, 2.01, "fast", "1", None, True, HUGE, 1e308, [1]],
            "language": ["tlh", "x" * 36, 5, "e n", ["en"]],
            "instructions": ["x" * 501, 5, ["slowly"]],
            "pronunciations": ["a", 5, [5], [{"word": ""}], [{"word": "a"}], {"a": 5}, {"": "a"}, {"x" * 101: "a"}, {"a": "b" * 201},
                               {f"w{n}": "x" for n in range(201)}, [{"word": "a", "replacement": "b", "evil": 1}]],
            "stream": ["yes", 1, "true"],
            "timestamps": ["words", 0],
            "bitrate": [1, 0, -5, "much", 1e9, 63.5],
            "sample_rate": [1, 0, -5, "much", 44101, HUGE],
            "webhook_url": ["ftp://example.com/", "javascript:alert(1)", "http://127.0.0.1/", "http://[::1]/", "http://2130706433/",
                            "http://169.254.169.254/latest/", "http://user:pass@example.com/", "http://", "//example.com", 5, "http://a" * 500],
        },
    ),
]  # fmt: skip

INPUT = {"input": "Hello.", "model": "silence", "voice": "quiet"}
OPENAI = [
    *without("/v1/audio/speech", INPUT, "input", "model"),
    Bad("input too long for tts-1", "POST", "/v1/audio/speech", json={"input": "x" * 4097, "model": "tts-1"}),
    *fields(
        "/v1/audio/speech",
        INPUT,
        {
            "input": ["", " ", None, 5, [], {"a": 1}, "\u0000"],
            "model": ["", "whatever-1", None, 5, "x" * 101],
            "voice": ["nobody", 5, {}, {"id": 5}, {"id": "nobody"}, [], "x" * 101],
            "response_format": ["exe", None, 5, "m4a"],
            "speed": [0.24, 4.01, "1", None, HUGE],
            "instructions": ["x" * 4097, 5],
            "stream_format": ["other", 5],
            "language": [5, "x" * 36],
        },
    ),
]

KEY = {"name": "another"}
KEYS = [
    *without("/v1/keys/", KEY, "name"),
    *fields(
        "/v1/keys/",
        KEY,
        {
            "name": ["", None, "x" * 101, {"a": 1}, ["a"], "\u0000"],
            "scopes": ["tts:generate", 5, ["everything"], [["tts:generate"]], [5], {"a": 1}, None],
            "requests_per_minute": [0, -1, 1.5, "x", HUGE, -HUGE, 2**31, [1]],
            "concurrent_jobs": [0, -1, "x", HUGE, 2**31, {"a": 1}],
        },
    ),
    *(Bad("no such key", "DELETE", f"/v1/keys/{number}/", status=404) for number in (0, 99999999, 2**31, 2**63, 10**30)),
    *(Bad("no number", "DELETE", f"/v1/keys/{number}/", status=404) for number in ("-1", "1.0", "abc", "%D9%A3", "1e3")),
    *(Bad(f"cap {value!r}", "PATCH", "/v1/keys/1/", json={"monthly_cap_credits": value}) for value in (-1, 0, HUGE, "x", [], 0.0001)),
    Bad("no such key", "PATCH", f"/v1/keys/{2**63}/", json={}, status=404),
    *(Bad(f"overlap {value!r}", "POST", "/v1/keys/1/rotate/", json={"overlap_seconds": value}) for value in (-1, HUGE, "x", None, [], 1.5)),
    Bad("no such key", "POST", f"/v1/keys/{2**63}/rotate/", json={}, status=404),
]

HOOK = {"url": "https://hooks.example.com/a"}
WEBHOOKS = [
    *without("/v1/webhooks/", HOOK, "url"),
    *fields(
        "/v1/webhooks/",
        HOOK,
        {
            "url": ["", None, 5, "no address", "ftp://example.com", "javascript:alert(1)", "http://user:pass@example.com/", "//example.com",
                    "http://example.com:99999/", "http://exa mple.com/", "https://" + "a" * 3000, "http://localhost/", "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://2130706433/",
                     "http://\u0000/", "file:///etc/passwd"],
            "events": ["job.completed", ["nothing"], 5, [5], [["job.completed"]], ["job.completed"] * 51, None],
            "description": ["x" * 201, None, ["a"], {"a": 1}],
        },
    ),
    *(
        Bad("no such endpoint", method, f"/v1/webhooks/{uuid}/{tail}", status=404, json={} if method != "DELETE" else None)
        for uuid in (NO_UUID, "abc", NOBODY, "%00")
        for method, tail in (("PATCH", ""), ("DELETE", ""), ("POST", "rotate/"), ("POST", "test/"))
        if uuid != "%00"
    ),
    Bad("no such delivery", "POST", f"/v1/webhooks/deliveries/{NO_UUID}/replay/", status=404),
    *(Bad(f"overlap {value!r}", "POST", "/v1/webhooks/secret/", json={"overlap_seconds": value}) for value in (-1, HUGE, "x", None, [])),
    *queries("/v1/webhooks/deliveries/", "page=0", "page=-1", "page=x", f"page={HUGE}", "page_size=0", "page_size=101",
             "endpoint_id=x", f"endpoint_id={NO_UUID}", "page=1e3"),
]  # fmt: skip

ENTRY = {"word": "GIF", "replacement": "jiff"}
PRONUNCIATIONS = [
    *without("/v1/pronunciations/", ENTRY, "word", "replacement"),
    *fields(
        "/v1/pronunciations/",
        ENTRY,
        {
            "word": ["", " ", None, "x" * 101, ["a"], {"a": 1}, "\u0000", "!!!"],
            "replacement": ["", None, "x" * 201, ["a"], "\u0000"],
            "language": ["not a language", "x" * 36, ["en"], {"a": 1}],
            "case_sensitive": ["perhaps", 5, None, []],
        },
    ),
    *queries(
        "/v1/pronunciations/",
        "",
        "id=",
        "id=0",
        "id=-1",
        "id=x",
        "id=1.5",
        f"id={2**63}",
        f"id={10**40}",
        "id=99999999",
        "id=NaN",
        method="DELETE",
    ),
]

UPLOAD = {"bytes": 10}
REALTIME = [
    *fields(
        "/v1/realtime/client_secrets",
        {},
        {
            "session": [
                7,
                "x",
                [],
                {"audio": 7},
                {"voice": {"id": 7}},
                {"tool_choice": "required"},
                {"speed": 99},
                {"turn_detection": {"type": []}},
            ],
            "expires_after": [7, {"seconds": 9}, {"seconds": 7201}, {"seconds": "soon"}, {"anchor": "now"}],
        },
    ),
    Bad("client_secret without an expiry", "POST", "/v1/realtime/sessions", json={"client_secret": {"expires_after": 7}}),
    Bad("input_audio_format = mp3", "POST", "/v1/realtime/transcription_sessions", json={"input_audio_format": "mp3"}),
]
UPLOADS = [
    *without("/v1/uploads/", UPLOAD, "bytes"),
    *fields(
        "/v1/uploads/",
        UPLOAD,
        {
            "bytes": [0, -1, 1.5, "x", None, HUGE, 10**12, [1], True],
            "file_name": ["x" * 256, 5, None, ["a"]],
            "content_type": ["x", "", 5, "a/b\r\nX-Injected: 1", "text/" + "x" * 300, "a/b;c=d", None],
        },
    ),
    *(
        Bad("no such upload", method, f"/v1/uploads/{uuid}/", status=404)
        for uuid in (NOBODY, "x", "..%2f..")
        for method in ("GET", "DELETE")
    ),
    Bad("no signature", "PUT", f"/v1/uploads/{NOBODY}/content/", content=b"x", status=403),
    Bad("a wrong signature", "PUT", f"/v1/uploads/{NOBODY}/content/?signature=abc", content=b"x", status=403),
    Bad("a signature of NUL", "PUT", f"/v1/uploads/{NOBODY}/content/?signature=%00", content=b"x"),
    Bad("a signature that is not ASCII", "PUT", f"/v1/uploads/{NOBODY}/content/?signature=%C3%A9", content=b"x", status=403),
]


def cursor(text: str) -> str:
    return "cursor=" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


JOBS = [
    *queries("/v1/jobs/", "limit=0", "limit=-1", "limit=101", "limit=x", f"limit={HUGE}", "limit=%D9%A3", "limit=1.5", "status=odd",
             "cursor=x", "cursor=%FF", "cursor=AAAA", cursor("yesterday " + NOBODY), cursor("2026-01-01T00:00:00+00:00 nobody"),
             cursor("0001-01-01T00:00:00+23:59 " + NOBODY), cursor("9999-12-31T23:59:59-23:59 " + NOBODY), cursor("2026-01-01T00:00:00 " + NOBODY)),
    *(Bad("no such job", "GET", f"/v1/jobs/{uuid}/", status=404) for uuid in (NOBODY, NO_UUID, "x", "x" * 1000, "%F0%9F%98%80", "..%2f..%2fetc")),
    *(Bad("no such job", "POST", f"/v1/jobs/{uuid}/cancel/", status=404) for uuid in (NOBODY, "x")),
    *(Bad("no such job", "GET", f"/v1/jobs/{uuid}/events", status=404) for uuid in (NOBODY, "x")),
    *queries("/v1/usage/", "from=x", "from=2026-13-01", "from=2026-02-30", "from=2026-01-02&to=2026-01-01", "from=0001-01-01", "to=0001-01-01",
             "from=9999-12-31", "to=x", "from=%D9%A2%D9%A0%D9%A2%D9%A6-01-01", "group_by=odd", "group_by=day%00", "from=2020-01-01&to=2026-01-01",
             "from=-001-01-01", "from=20260101", "from=2026-W01-1"),
    *queries("/v1/speech/results/", "", "uuid=", "uuid=x", "uuid=" + "0" * 31, "uuid=" + "g" * 32, f"uuid={NOBODY}", "uuid=" + "x" * 5000,
             f"uuid={NOBODY}&timestamps=odd", "uuid=%FF%FE", "uuid=%00", f"uuid[]={NOBODY}"),
    *(Bad("no such file", "GET", f"/static/downloads/{uuid}/{name}") for uuid, name in (
        (NOBODY, "output.mp3"), ("x", "output.mp3"), (NOBODY, "..%2f..%2fetc%2fpasswd"), (NOBODY, "output.exe"), (NOBODY, "%00"))),
]  # fmt: skip
CATALOGUE = [
    *queries("/v1/voices/", "gender=odd", "gender=%00"),
    *(Bad("no such model", "GET", f"/v1/models/{name}/") for name in ("nothing", "%00", "x" * 3000, "%FF", "..%2f", "a%20b")),
    Bad("no such model", "GET", "/v1/voices/nothing/quiet/preview/"),
    Bad("no such voice", "GET", "/v1/voices/silence/nobody/preview/"),
]
HEADERS = [
    *(
        Bad(f"{name}: {str(value)[:30]!r}", "GET", "/v1/account/", headers={name: value}, has_key=False, status=401)
        for name, value in (
            ("Authorization", ""), ("Authorization", "Bearer"), ("Authorization", "Basic YTpi"),
            ("Authorization", "Bearer sk-tts-" + "0" * 43), ("Authorization", "Bearer " + "x" * 9000), ("Authorization", "Bearer a b c"),
            ("Authorization", "Bearer sk-tts-é".encode()), ("Authorization", b"\xff\xfe"), ("X-API-Key", ""), ("X-API-Key", "x"),
            ("X-API-Key", "sk-tts-ключ".encode()), ("Authorization", "bearer null"), ("X-API-Key", "' OR 1=1 --"),
        )
    ),
    *(
        Bad(f"Idempotency-Key: {str(value)[:30]!r}", "POST", "/v1/tts/", json=WORDS, headers={"Idempotency-Key": value}, status=400)
        for value in ("", "x" * 256, "é".encode(), b"\xff", b"a\x01b")
    ),
    *(Bad(f"Host: {value!r}", "GET", "/v1/models/", headers={"Host": value}, status=400) for value in ("a b", "x/../y", "[::1", "é".encode())),
]  # fmt: skip
PATHS = [
    *(
        Bad("no such route", "GET", path, status=404)
        for path in ("/v1/nothing/", "/v2/tts/", "/v0", "/api/", "/v1/tts/extra/", "/.env", "/.git/config", "/wp-login.php", "/v1/%2e%2e/%2e%2e/etc/passwd",
                     "/static/%2e%2e/manage.py", "/static/..%2f..%2fsettings.py", "/static/nothing.css", "/v1/tts;a=b", "/v1/%F0%9F%98%80", "/" + "x" * 5000,
                     "/v1/tts/%20", "/%FF%FE", "/v1//tts/", "/v1/schema/..%5c..%5c")
    ),
    *(Bad("NUL in the path", "GET", path, status=400) for path in ("/v1/tts/%00", "/%00", "/static/%00.css")),
    *(Bad("NUL in the query", "GET", f"{path}?a=%00", status=400) for path in ("/v1/models/", "/nowhere/", "/v1/schema/")),
    *(
        Bad("method", method, path, status=405)
        for method, path in (
            ("GET", "/v1/tts/"), ("DELETE", "/v1/tts/"), ("PUT", "/v1/audio/speech"), ("POST", "/v1/models/"), ("PATCH", "/v1/account/"),
            ("DELETE", "/v1/schema/"), ("POST", "/v1/health/"), ("TRACE", "/v1/tts/"),
        )
    ),
    Bad("a method that nobody knows", "BREW", "/v1/tts/"),
    *(Bad("percent signs", "GET", path) for path in ("/v1/models/%/", "/v1/models/%zz/", "/v1/models/%u0041/")),
]  # fmt: skip

CASES = [
    *STRANGE_BODIES, *STRANGE_TYPES, *VOICE_DESIGN, *TTS, *OPENAI, *KEYS, *WEBHOOKS, *PRONUNCIATIONS, *REALTIME, *UPLOADS, *JOBS, *CATALOGUE, *HEADERS, *PATHS,
]  # fmt: skip
