"""Further invalid requests: encodings, duplicate fields, part names, overrides, floods of one character."""

from typing import Any

from tests.sweep.bad import Bad
from tests.sweep.json_cases import NOBODY, WORDS, queries

FORM = "multipart/form-data; boundary=x"
END = b"\r\n--x--\r\n"


def form(name: str, disposition: bytes, *, kind: str = FORM, extra: bytes = b"", content: bytes = b"no sound") -> Bad:
    """One part with this Content-Disposition."""
    body = b"--x\r\nContent-Disposition: form-data; " + disposition + extra + b"\r\n\r\n" + content + END
    return Bad(name, "POST", "/v1/stt/", content=body, headers={"Content-Type": kind}, status=400)


def speak(name: str, **changes: Any) -> Bad:
    """Valid body with one change."""
    return Bad(name, "POST", "/v1/tts/", json={**WORDS, **changes}, status=400)


ENCODINGS = [
    *(Bad(f"a body in {name}", "POST", "/v1/stt/?a=%41", content=b"{}", headers={"Content-Type": f"application/json; charset={name}"}, status=400)
      for name in ("rot13", "base64", "hex", "utf-7", "utf-16", "idna", "undefined", "../..")),
    *(form(f"a form in {name}", b'name="file"; filename="a"', kind=f"{FORM}; charset={name}") for name in ("rot13", "utf-16", "undefined")),
    *(form(f"a part in {name}", b'name="file"; filename="a"', extra=f"\r\nContent-Type: audio/wav; charset={name}".encode()) for name in ("hex", "zlib")),
]  # fmt: skip
PARTS = [
    *(form(f"filename {name!r}", b'name="file"; ' + name)
      for name in (b"filename*=UTF-8''%ff%fe", b"filename*=rot13''abc", b"filename*=UTF-16''%00a", b"filename*=x", b"filename*=''", b"filename*=undefined''a",
                   b'filename="/"', b'filename=".."', b'filename="' + b"a" * 900 + b'"', b"filename*0=a; filename*1=b")),
    *(form(f"name {name!r}", name + b'; filename="a"') for name in (b"name*=rot13''svyr", b"name*=hex''66", b'name="f\\"ile"', b'name="' + b"f" * 900 + b'"')),
    form("a million spaces in base64", b'name="file"; filename="a"', extra=b"\r\nContent-Transfer-Encoding: base64", content=b"AAA" + b" " * 1_000_000),
    form("quoted printable", b'name="file"; filename="a"', extra=b"\r\nContent-Transfer-Encoding: quoted-printable", content=b"=ZZ" * 1000),
    Bad("a boundary of fifty thousand letters", "POST", "/v1/stt/", content=b"--x", headers={"Content-Type": FORM + "x" * 50_000}, status=415),
    Bad("ten million line ends", "POST", "/v1/stt/", content=b"--x\r\n" + b"\r\n" * 5_000_000 + END, headers={"Content-Type": FORM}),
    Bad("boundaries that nearly are", "POST", "/v1/stt/", content=b"--x\r\n" + b"\r\n--" * 1_000_000 + END, headers={"Content-Type": FORM}),
]  # fmt: skip
BODIES = [
    Bad("a field twice, empty the second time", "POST", "/v1/tts/", content=b'{"text": "Hi.", "text": "", "model": "silence"}', status=400),
    Bad("half a surrogate pair alone", "POST", "/v1/tts/", content=b'{"text": "\\ud83d", "model": "\\udfff"}', status=400),
    Bad("a list nine hundred deep", "POST", "/v1/tts/", content=b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}", status=400),
    Bad("pronunciations 960 deep", "POST", "/v1/tts/", content=b'{"text": "a", "pronunciations": ' + b"[" * 960 + b"]" * 960 + b"}", status=400),
    Bad("texts 960 deep", "POST", "/v1/tts/batch/", content=b'{"texts": ' + b"[" * 960 + b"]" * 960 + b"}", status=400),
    Bad("four million lists", "POST", "/v1/tts/", content=b'{"text": "a", "z": [' + b"[]," * 4_000_000 + b"[]]}", status=413),
    speak("five thousand brackets", text="<speak>" * 2000 + "</speak>" * 2000),
    speak("an entity that grows", text="<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><speak>&c;</speak>"),
    speak("a pause of four thousand digits", text="<break time='" + "9" * 4000 + "s'/>"),
    speak("a date of nine thousand digits", text="<say-as interpret-as='date'>" + "1" * 9000 + "</say-as>"),
    speak("marks that cannot be heard", text="\u202e\u200b\ufeff"),
    speak("marks over nothing", text="\u0301" * 400),
    speak("a voice with a line end", voice="quiet\n"),
    speak("a bitrate beyond numbers", bitrate=1e308),
    speak("an address of two ports", webhook_url="http://example.com:80:80/"),
    speak("an address of half a surrogate", webhook_url="http://\ufffd/"),
    speak("an address in other digits", webhook_url="http://[::ffff:7f00:1]/"),
    Bad("ten thousand scopes", "POST", "/v1/keys/", json={"name": "a", "scopes": ["x"] * 10_000}, status=400),
    Bad("a mark for a word", "POST", "/v1/pronunciations/", json={"word": "\u0301", "replacement": "x"}, status=400),
]  # fmt: skip
HEADS = [
    *(Bad(name, "POST", "/v1/tts/", json={"text": ""}, headers=headers, status=400)
      for name, headers in (
          ("a method to override", {"X-HTTP-Method-Override": "DELETE"}), ("a path to override", {"X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/"}),
          ("a wish of minus one", {"Prefer": "respond-async, wait=-1"}), ("a language of thousands", {"Accept-Language": "x-" * 3000}),
          ("cookies by the thousand", {"Cookie": "a=b;" * 3000}), ("an id of five thousand letters", {"X-Request-Id": "x" * 5000}),
          ("a list of encodings that are none", {"Accept-Encoding": "gzip;q=x", "Accept-Charset": "rot13"}),
          ("an expectation of sound", {"Range": "bytes=0-1", "If-Match": "x"}), ("an origin of nobody", {"Origin": "null"}))),
    *(Bad(f"the method {method}", method, "/v1/tts/", status=405) for method in ("LINK", "PROPFIND", "M-SEARCH", "PURGE", "QUERY", "LOCK", "SOURCE")),
]  # fmt: skip
ADDRESSES = [
    *(Bad(f"the path {path}", "GET", path)
      for path in ("/v1/jobs/..;/", "/V1/TTS/", "/v1%2ftts/", "/v1/jobs/%2e%2e%2faccount/", "/static/downloads/%2e%2e/%2e%2e/x", "/static/admin/%5c..%5cx",
                   "/v1/keys/%2b1/", "/v1/keys/1%20/", "/api/v1/api/v1/tts/", "/v1/models/a%0d%0aX-Evil:%201/", "/v1/tts/batch/%2e%2e/cancel/")),
    *queries("/v1/voices/", "&".join(f"p{number}=1" for number in range(1500)), "gender=male&gender=odd", "gender=%ed%a0%80"),
    *queries("/v1/usage/", "from=0001-01-01&to=0001-01-02", "from=9999-12-30&to=9999-12-31", "from=2026-11-01&from=x"),
    *queries("/v1/jobs/", "limit=" + "0" * 5000 + "1000", "cursor=" + "A" * 10_000),
    *queries("/v1/speech/subtitles/", f"uuid={NOBODY}&format=srt&format=exe"),
]  # fmt: skip

CASES = [*ENCODINGS, *PARTS, *BODIES, *HEADS, *ADDRESSES]
