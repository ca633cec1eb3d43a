"""Property tests of requests: the response is below 500 and has the shape of an error or of a success."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.speech.people import Person

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None, categories=["L", "P", "Cs", "Cc", "S"]), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NAMES = ("text", "input", "model", "voice", "format", "response_format", "speed", "language", "instructions", "stream", "pronunciations")
GOOD: dict[str, Any] = {"text": "Hello.", "input": "Hello.", "model": "kokoro"}
BODIES = ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5).map(lambda body: {**GOOD, **body})


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(["/v1/tts/", "/v1/audio/speech"]), body=BODIES, key=st.text(max_size=20))
def test_no_body_makes_the_server_fail(owner: Person, path: str, body: Any, key: str) -> None:
    headers = {"Idempotency_Key": key} if key.isascii() and key.isprintable() else {}
    answer = owner.post(path, json.dumps(body), **headers)
    assert answer.status_code < 500
    if answer.status_code != 200:
        assert answer.json()["error"]["message"]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=60))
def test_no_bytes_make_the_server_fail(owner: Person, raw: bytes) -> None:
    assert owner.post("/v1/tts/", raw).status_code in {400, 429}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uuid=st.text(max_size=40), name=st.text(min_size=1, max_size=20).filter(lambda name: "/" not in name and name not in {".", ".."}))
def test_no_address_makes_the_server_fail(nobody: Person, uuid: str, name: str) -> None:
    assert nobody.get("/v1/speech/results/", uuid=uuid).status_code in {400, 404, 429}
    from urllib.parse import quote

    assert nobody.get(f"/static/downloads/{quote(uuid, safe='')}/{quote(name, safe='')}").status_code in {400, 404, 429}
