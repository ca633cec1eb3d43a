"""Texts with several voices, in each API that speaks them: twenty voices are spoken, the twenty-first is refused."""

from typing import Any

import httpx
import pytest

from apps.jobs.models import Job, Part
from tests.factories_jobs import announce, engine_spec
from tests.routes.shown_errors import read_error
from tests.speech.people import Person, working
from tests.web.shell import RunningShell

MIX = "af_bella({number})+am_adam"
"""A voice for each number."""
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("/v1/tts/", "text", {"voice": "af_bella"}),
    ("/v1/tts/stream/", "text", {"voice": "af_bella"}),
    ("/v1/audio/speech", "input", {"model": "tts-1", "voice": "nova"}),
    ("/v1/text-to-speech/af_bella", "text", {}),
    ("/v1/text-to-speech/af_bella/stream", "text", {}),
    ("/v1/speak", "text", {}),
    ("/api/generate/preset", "text", {"voice_id": "af_bella"}),
]
"""Path, name of the text, and the other fields."""


@pytest.fixture(autouse=True)
def _mixing(_platform: None) -> None:
    announce(engine_spec(has_mixing=True))


def spoken_by(count: int, *, form: str = "[voice:{voice}] Hello.") -> str:
    return " ".join(form.format(voice=MIX.format(number=number)) for number in range(1, count + 1))


@pytest.mark.parametrize(("path", "name", "fields"), REQUESTS, ids=[path for path, _, _ in REQUESTS])
def test_text_with_twenty_voices_is_spoken_and_with_one_more_refused(
    server: RunningShell, owner: Person, path: str, name: str, fields: dict[str, Any]
) -> None:
    def post(text: str) -> httpx.Response:
        return httpx.post(f"{server.url}{path}", json={**fields, name: text}, headers=owner.headers, timeout=60)

    refused = post(spoken_by(21))
    error = read_error(f"{path}/".replace("//", "/"), refused.headers, refused.json())
    assert refused.status_code == 400
    assert "at most 20 voices" in error.message
    assert not Job.objects.exists()
    with working():
        answer = post(spoken_by(20, form='<voice name="{voice}">Hello.</voice>'))
    assert answer.status_code == 200, answer.text[:500]
    assert len(Part.objects.get().work["voices"]) == 20


def test_dialogue_takes_ten_voices_as_elevenlabs_does(server: RunningShell, owner: Person) -> None:
    def post(count: int) -> httpx.Response:
        inputs = [{"text": "Hello.", "voice_id": MIX.format(number=number)} for number in range(1, count + 1)]
        return httpx.post(f"{server.url}/v1/text-to-dialogue", json={"inputs": inputs}, headers=owner.headers, timeout=60)

    refused = post(11)
    assert (refused.status_code, "at most 10 speak in a dialogue" in refused.text) == (422, True)
    with working():
        assert post(10).status_code == 200


def test_chunks_of_clonyvoice_have_a_voice_each(server: RunningShell, owner: Person) -> None:
    chunks = [{"text": "Hello.", "voice_id": MIX.format(number=number)} for number in range(1, 21)]
    body = {"chunks": chunks}
    answer = httpx.post(f"{server.url}/api/generate/clone-chunked-multivoice?async=true", json=body, headers=owner.headers, timeout=60)
    assert answer.status_code == 202, answer.text
    assert len({part.work["voice"]["id"] for part in Part.objects.filter(kind="speak")}) == 20
