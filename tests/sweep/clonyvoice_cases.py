"""Invalid requests to ClonyVoice's API."""

from tests.sweep.bad import Bad
from tests.sweep.json_cases import BODIES, HUGE, NOBODY, TYPES, fields, queries, without

WITH_BODY = {"/api/api-keys": "POST", "/api/categories": "POST", "/api/voices/export": "POST", "/api/voices/af_bella": "PUT"}
FORMS = (
    "/api/clone/create",
    "/api/clone/create-multi",
    "/api/transcribe",
    "/api/audio-duration",
    "/api/voices/import",
    "/api/voices/import/preview",
)
KEY = {"name": "mine"}
CLONE = {"name": "Ada", "upload_id": NOBODY}

CASES = [
    *(Bad(name, method, path, content=content) for path, method in WITH_BODY.items() for name, content in BODIES[::3]),
    *(Bad(name, "POST", "/api/categories", content=b"{}", headers=headers, status=415) for name, headers in TYPES),
    *(Bad("a file that is none", "POST", path, files={"file": ("a.bin", b"hello")}, data={"name": "Ada"}, status=400) for path in FORMS),
    *(Bad("an empty file", "POST", path, files={"file": ("a.bin", b"")}, data={"name": "Ada"}, status=400) for path in FORMS),
    *(Bad("no file", "POST", path, files={"other": ("a.bin", b"hello")}, data={"name": "Ada"}, status=400) for path in FORMS),
    *(
        Bad("no key", "POST", path, files={"file": ("a.bin", b"hello")}, has_key=False, status=401, code="missing_api_key")
        for path in FORMS
    ),
    *without("/api/api-keys", KEY, "name"),
    *fields(
        "/api/api-keys",
        KEY,
        {
            "name": ["", None, 5, "x" * 101],
            "scopes": [5, ["fly"], [5], ["tts:generate"] * 99],
            "limits": [5, [], {"fly": 1}, {"tts:generate": 0}, {"tts:generate": "many"}, {"tts:generate": HUGE}],
        },
    ),
    *fields("/api/categories", {}, {"name": ["", " ", None, 5, "x" * 51, "two\nlines"]}),
    *fields(
        "/api/clone/create",
        CLONE,
        {"name": ["", None, 5, "x" * 101], "model": [5, "x" * 101, "whatever"], "categories": [5, [5], ["x"] * 21]},
    ),
    *fields("/api/voices/export", {}, {"voice_ids": [5, "x", [[5]], [NOBODY], ["x"] * 1001, ["\u0000"]]}),
    *queries("/api/voices", "type=robot", "gender=loud"),
    *queries("/api/categories", "name=nothing", "name=", method="DELETE"),
    *(
        Bad("no such voice", method, f"/api/{path}/{name}", json={"name": "Ada"} if method == "PUT" else None, status=status)
        for method, path in (("GET", "voices"), ("PUT", "voices"), ("DELETE", "voices"), ("POST", "favorites"))
        for name, status in (("voice_0", 404), ("voice_%00", 400), ("x" * 500, 404))
    ),
    Bad("a path that is none", "GET", "/api/voices/a/b/c", status=404),
]
