"""Invalid forms, files and references for every route with a recording, and invalid batches."""

from typing import Any
from uuid import UUID

from tests.sweep.bad import Bad
from tests.sweep.json_cases import BODIES, HUGE, NOBODY, WORDS, fields, queries
from tests.workers.audio.probe.recordings import wav_bytes

SOUND = wav_bytes(bytes(3200))
LISTENING: dict[str, dict[str, Any]] = {
    "/v1/stt/": {},
    "/v1/audio/transcriptions": {"model": "whisper-1"},
    "/v1/audio/translations": {"model": "whisper-1"},
    "/v1/speech-translate/": {"target_language": "es"},
    "/v1/voice-convert/": {"target_voice": "af_bella"},
    "/v1/voice-chat/": {},
    "/v1/audio/convert/": {},
    "/v1/audio/enhance/": {},
    "/v1/audio/dereverb/": {},
    "/v1/audio/separate/": {},
    "/v1/audio/verify/": {},
    "/v1/audio/diarize/": {},
    "/v1/tts/clone/": {"text": "Hello."},
    "/v1/voice-clone/": {"name": "Ada"},
    "/v1/voice-embed/": {},
}
"""Paths that accept a file in a form, with their required fields."""
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'

FORMS: list[tuple[str, bytes, dict[str, Any]]] = [
    ("an empty form", b"", FORM),
    ("a form that begins and never goes on", b"--x", FORM),
    ("a part without an end", PART + SOUND, FORM),
    ("a part without a name", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", FORM),
    ("a part without a head", b"--x\r\n\r\na\r\n--x--\r\n", FORM),
    ("another boundary", b"--y\r\n\r\na\r\n--y--\r\n", FORM),
    ("no boundary", PART + SOUND + b"\r\n--x--\r\n", {"Content-Type": "multipart/form-data"}),
    ("a boundary that is not ASCII", PART, {"Content-Type": "multipart/form-data; boundary=é".encode("latin-1")}),
    ("a boundary of a thousand letters", PART, {"Content-Type": "multipart/form-data; boundary=" + "x" * 1000}),
    ("NUL in the names", b'--x\r\nContent-Disposition: form-data; name="fi\x00le"; filename="a\x00"\r\n\r\n\x00\r\n--x--\r\n', FORM),
    ("base64 that is none", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n', FORM),
    ("a field in place of the file", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file\r\n--x--\r\n', FORM),
    ("two thousand fields", b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(2000)) + b"--x--\r\n", FORM),
    ("two hundred files", b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="a"\r\n\r\n1\r\n' % n for n in range(200)) + b"--x--\r\n", FORM),
    ("zeros", bytes(1000), FORM),
    ("a head of a part without end", b"--x\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n\r\n--x--\r\n", FORM),
    ("a file as the body", SOUND, {"Content-Type": "audio/wav"}),
    ("a form of the other kind", b"file=abc", {"Content-Type": "application/x-www-form-urlencoded"}),
]  # fmt: skip
SOURCES: list[tuple[str, dict[str, Any]]] = [
    ("no file at all", {}),
    ("an upload that is not there", {"upload_id": NOBODY}),
    ("an upload's id that is none", {"upload_id": "../../etc/passwd"}),
    ("an upload's id that is a number", {"upload_id": 5}),
    ("two sources", {"upload_id": NOBODY, "file_url": "https://example.com/a.mp3"}),
    *(
        (f"file_url {url!r}", {"file_url": url})
        for url in ("ftp://example.com/a", "file:///etc/passwd", "http://127.0.0.1/a", "http://localhost/a", "http://[::1]/", "http://2130706433/",
                    "http://0x7f.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "http://user:pass@example.com/", "http://", "http://１２７.０.０.１/",
                    "javascript:alert(1)", "data:audio/wav;base64,UklGRg==", "http://no-such-host.invalid/a.mp3", 5, ["http://example.com"], "http://exa mple/",
                    "http://" + "a" * 64 + ".com/", "http://a..b/", "http://.a/", "http://xn--/", "http://\u3002/", "http://a%b/", "http://[fe80::1%25eth0]/")
    ),
    ("a file in JSON", {"file": "UklGRg=="}),
]  # fmt: skip


def _strange(*, turn: int) -> list[Bad]:
    """Strange forms, sources and texts, a third of them for each route: one parser reads them all. The other turns have the other thirds."""
    cases = []
    for number, (path, needed) in enumerate(LISTENING.items()):
        third = slice((number + turn) % 3, None, 3)
        cases += [Bad(name, "POST", path, content=content, headers=headers) for name, content, headers in FORMS[third]]
        cases += [Bad(name, "POST", path, json={**needed, **source}) for name, source in SOURCES[third]]
        cases += [Bad(name, "POST", path, content=content) for name, content in BODIES[third]]
    return cases


STRANGE_FILES = [
    Bad(f"a file that is {name}", "POST", path, files={"file": ("a.mp3", content)}, data=needed)
    for path, needed in LISTENING.items()
    for name, content in (("empty", b""), ("a text", b"no sound " * 99), ("one sample", wav_bytes(b"\0\0")), ("cut off", wav_bytes(b"", announced=9999)))
]  # fmt: skip
STRANGERS = [Bad("no key", "POST", path, files={"file": ("a.wav", SOUND)}, has_key=False, status=401) for path in LISTENING]
SETTINGS_CASES = fields(
    "/v1/stt/",
    {"upload_id": NOBODY},
    {
        "model": ["nothing", 5, None, "x" * 101, "silence"],
        "language": ["x" * 36, 5, ["en"]],
        "timestamps": ["perhaps", 5, []],
        "diarize": ["perhaps", 5],
        "num_speakers": [0, -1, 21, HUGE, "many", 1.5],
        "prompt": ["x" * 2001, 5],
        "webhook_url": ["ftp://example.com", 5, "javascript:alert(1)"],
    },
)
TRANSLATION = fields(
    "/v1/speech-translate/",
    {"upload_id": NOBODY, "target_language": "es"},
    {
        "target_language": [None, "", 5, "x" * 36, "tlh", "?", ["es"]],
        "source_language": [5, "x" * 36, "?"],
        "voice": [5, "x" * 101, "nobody"],
        "preserve_voice": ["perhaps", 5],
        "format": ["exe", 5, None],
        "webhook_url": ["ftp://example.com", 5],
    },
)
AUDIO_FORM: dict[str, list[Any]] = {
    "format": ["exe", 5, None, "MP3"],
    "bitrate": [0, -1, 63, "many", 128.0, HUGE, True, [128], None],
    "sample_rate": [0, 1, 4_294_967_295, "cd", 44100.5, None],
    "channels": ["surround", 1, 30, None, ["mono"]],
    "bit_depth": [8, 0, "all", 16.0, None],
    "webhook_url": ["ftp://example.com", 5],
}
TOOLS = [
    *fields("/v1/audio/convert/", {"upload_id": NOBODY}, AUDIO_FORM),
    *fields(
        "/v1/audio/trim-silence/",
        {"upload_id": NOBODY},
        {
            "threshold": [1, -97, "quiet", HUGE, None, [-50]],
            "padding": [-1, 11, "some", None],
            "where": ["inside", 5, None],
            "longest_pause": [0, 61, "long", None],
        },
    ),
    *fields("/v1/audio/normalize/", {"upload_id": NOBODY}, {"lufs": [0, -41, "loud", HUGE, None], "true_peak": [1, -10, "high", None]}),
    *fields(
        "/v1/audio/waveform/",
        {"upload_id": NOBODY},
        {"pixels_per_second": [0, 1001, -1, 1.5, "many", HUGE, None], "channels": ["stereo", 2, None], "bits": [12, 8.0, "all", None]},
    ),
    *fields(
        "/v1/audio/enhance/",
        {"upload_id": NOBODY},
        {
            "denoise": ["maybe", 5, None, []],
            "enhance_clarity": ["maybe", 2],
            "super_resolution": ["maybe", "2"],
            "strength": [0, 4, -1, 2.5, "strong", HUGE, True, None, [2]],
            "format": ["exe", "ogg", 5, None],
        },
    ),
    *fields("/v1/audio/dereverb/", {"upload_id": NOBODY}, {"type": ["noise", 5, None, []], "intensity": [0, 6, 2.5, "much", HUGE, True]}),
    *fields(
        "/v1/audio/separate/",
        {"upload_id": NOBODY},
        {"model": ["nothing", "kokoro", 5, "x" * 200], "stems": [0, 1, 3, 7, "two", 2.5, HUGE, None], "format": ["ogg", 5, None]},
    ),
    *fields("/v1/audio/diarize/", {"upload_id": NOBODY}, {"num_speakers": [0, -1, 21, 1.5, "two", HUGE, True, [2]]}),
]
CONVERSION = [
    *fields(
        "/v1/voice-convert/",
        {"upload_id": NOBODY, "target_voice": "af_bella"},
        {
            "target_voice": [None, "", 5, "x" * 101, "nobody", ["af_bella"]],
            "model": ["nothing", 5, "x" * 101, "silence"],
            "language": ["x" * 36, 5, "?"],
            "format": ["exe", "ogg", 5],
            "webhook_url": ["ftp://example.com", 5],
        },
    ),
    *fields(
        "/v1/speech-to-speech/",
        {"upload_id": NOBODY, "voice": "af_bella"},
        {
            "voice": [None, "", 5, "x" * 101, "nobody"],
            "emotion": ["bored", 5, ["sad"]],
            "speed": [0, 0.49, 2.01, -1, HUGE, "fast", [1]],
            "model": ["nothing", 5],
        },
    ),
]
CHAT = [
    *fields(
        "/v1/voice-chat/",
        {"text": "Hello.", "tts_model": "silence"},
        {
            "text": ["", " ", None, 5, "x" * 200_000],
            "voice": [5, "x" * 101],
            "tts_model": ["nothing", 5, None],
            "model": ["nothing", 5],
            "system_prompt": [5, "x" * 200_000],
            "conversation_id": [NOBODY, "x", 5, "../.."],
            "language": [5, "x" * 36],
            "format": ["exe", 5, None],
            "webhook_url": ["ftp://example.com", 5],
        },
    ),
    *(
        Bad("no such conversation", method, f"/v1/voice-chat/{name}/", status=404)
        for method in ("GET", "DELETE")
        for name in (NOBODY, "..%2f")
    ),
]
CHAT += [Bad("an id that is none", method, "/v1/voice-chat/x/", status=400) for method in ("GET", "DELETE")]
SUBTITLES = queries("/v1/speech/subtitles/", "", "uuid=x", f"uuid={NOBODY}", f"uuid={NOBODY}&format=exe", "uuid=%FF", f"uuid={NOBODY}&download=perhaps",
                    f"uuid={NOBODY}&language=" + "x" * 300)  # fmt: skip
ITEM = {"text": "Hello.", "model": "silence", "voice": "quiet"}
BATCH = [
    *fields("/v1/tts/batch/", {"texts": [ITEM]}, {
        "texts": [None, [], {}, "text", 5, [5], ["text"], [[]], [ITEM] * 51, [None], [{"text": "x" * 200_000}] * 50],
        "webhook_url": ["ftp://example.com", 5, "javascript:alert(1)", "http://"],
    }),
    Bad("without texts", "POST", "/v1/tts/batch/", json={}),
    Bad("no key", "POST", "/v1/tts/batch/", json={"texts": [ITEM]}, has_key=False, status=401),
    *(Bad(name, "POST", "/v1/tts/batch/", content=content) for name, content in BODIES),
    *queries("/v1/tts/batch/result/", "", "batch_id=", "batch_id=x", f"batch_id={NOBODY}", f"batch_id={UUID(int=7)}", "batch_id=%00", "batch_id=" + "x" * 5000),
    Bad("no such batch", "POST", f"/v1/tts/batch/{NOBODY}/cancel/", status=404),
    Bad("no such batch", "POST", "/v1/tts/batch/x/cancel/", status=404),
    *(Bad(f"Idempotency-Key {value!r}", "POST", "/v1/tts/batch/", json={"texts": [WORDS]}, headers={"Idempotency-Key": value}, status=400)
      for value in ("", "x" * 256)),
]  # fmt: skip

OWN_VOICE = (
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "export/"), ("GET", "preview/"), ("POST", "consent/"), ("DELETE", "consent/"),
    ("GET", "samples/"), ("POST", "samples/"), ("DELETE", "samples/x/"),
)  # fmt: skip
CLONING = [
    *fields(
        "/v1/voice-clone/",
        {"name": "Ada", "upload_id": NOBODY},
        {
            "name": [None, "", " ", 5, "x" * 10_000, "two\nlines", ["Ada"]],
            "categories": [5, {}, ["x" * 51], [5], ["a"] * 21],
            "text": [5, "x" * 1_000_001],
            "model": ["nothing", 5, "x" * 101, "silence", "whisper"],
            "embed_id": [NOBODY, "../..", 5, "x" * 101],
            "consent": [5, "x" * 5001],
            "format": ["exe", 5],
            "speed": ["fast", 9],
            "webhook_url": ["ftp://example.com", 5],
        },
    ),
    *queries("/v1/voices/", "own=perhaps", "category=%00&own=perhaps", "state=perhaps", "embeds=5", "gender=loud", "model=nothing"),
    *(
        Bad("no such voice", method, f"/v1/voices/{name}/{rest}", json={"name": "Ada", "consent": "I agree."}, status=status)
        for name, status in (("voice_0", 404), ("voice_%00", 400), ("..%2f", 404), ("x" * 500, 404))
        for method, rest in OWN_VOICE
    ),
]

CASES = [
    *_strange(turn=0),
    *STRANGE_FILES,
    *STRANGERS,
    *SETTINGS_CASES,
    *TRANSLATION,
    *TOOLS,
    *CONVERSION,
    *CHAT,
    *SUBTITLES,
    *BATCH,
    *CLONING,
]
OTHER_TURNS = [*_strange(turn=1), *_strange(turn=2)]
"""Cases of `make prove` beside CASES: with them every strange form, source and text meets every route."""
