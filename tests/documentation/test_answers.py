"""Examples of answers in the reference: recorded from the running platform, accepted by the schema, and still what comes.

`TTSAI_TEST_RECORD_ANSWERS=1 … pytest -m prove tests/documentation/test_answers.py` records those that are missing or have changed.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from apps.accounts.models import Account
from apps.core.parsing import JSON
from apps.documentation.reference.examples import ANSWERS, recorded_answers
from apps.documentation.reference.operations import Operation, operations_by_id, read_schema
from apps.uploads.admission import signature_of
from apps.uploads.services import announce_upload
from apps.voice_library.models import Category
from tests.documentation.conftest import SOUND, Maker
from tests.documentation.test_operations import Asked, all_operations, answers_to, asked_by, faults_of
from tests.factories_jobs import caller
from tests.flows.following import wait_until
from tests.routes.table import Owned
from tests.speech.people import Person, person
from tests.uploads.conftest import serving_files
from tests.web.shell import RunningShell
from tests.working import do_parts, working

ADDRESS: Final = "https://speech.example.com"
LONGEST: Final = 160
"""Characters of a shown text, which is base64 beyond that."""
MOST: Final = 2
"""Entries of a shown list."""
NOW: Final = 1_795_246_980
"""Shown for every time in seconds."""


def neutral(value: Any, *, url: str) -> Any:
    """The value without what differs from one recording to the next, and without the end of long lists and of base64."""
    if isinstance(value, dict):
        return {name: neutral(inner, url=url) for name, inner in value.items()}
    if isinstance(value, list):
        return [neutral(one, url=url) for one in value[:MOST]]
    if isinstance(value, int) and NOW < value < 2 * NOW:
        return NOW
    return _neutral_text(value, url=url) if isinstance(value, str) else value


def _neutral_text(text: str, *, url: str) -> str:
    text = text.replace(url, ADDRESS).replace(url.replace("http", "ws", 1), ADDRESS.replace("http", "ws", 1))
    text = re.sub(r"\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)", "2026-11-21T07:43:00.123456Z", text)
    text = re.sub(r"\b(sk-tts-|cvk_)[\w-]{4,12}(?![\w-])", r"\g<1>Ab3d", text)  # the beginning of a key, which lists show
    text = re.sub(r"\b(sk-tts-|cvk_|whsec_|wst_|ek_)[\w+/=-]{20,}", r"\1…", text)
    text = re.sub(r"(?<=signature=)[\w-]+", "…", text)
    text = re.sub(r"^plan-\d+$", "pro", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "7cae25eb-fd89-4306-9440-3d397dc4de5a", text)
    text = re.sub(r"[0-9a-f]{32}", "7cae25ebfd89430694403d397dc4de5a", text)
    return text if len(text) <= LONGEST or " " in text else f"{text[:60]}…"


def recorded(found: list[tuple[Any, httpx.Response]], *, url: str) -> Iterator[tuple[str, str, Any]]:
    """Operation, status and JSON of each answer that the schema describes as JSON."""
    for operation, answer in found:
        documented = {one.status: one for one in operation.successes}.get(str(answer.status_code))
        if documented and JSON in documented.content_types and answer.headers.get("content-type", "").startswith(JSON):
            yield operation.id, str(answer.status_code), neutral(answer.json(), url=url)


def fields_of(value: Any) -> Any:
    """Names of the fields. Those of an empty list, of null and of a free object are unknown, and equal to any."""
    if isinstance(value, dict):
        return {name: fields_of(inner) for name, inner in value.items()}
    if isinstance(value, list) and value:
        return [fields_of(value[0])]
    return None


def are_alike(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(are_alike(one[name], other[name]) for name in one)
    return isinstance(one, list) and isinstance(other, list) and are_alike(one[0], other[0])


def test_every_recorded_answer_is_accepted_by_the_schema() -> None:
    wrong, paths = [], read_schema()["paths"]
    written = {one["operationId"]: one for methods in paths.values() for one in methods.values()}
    for name, answers in recorded_answers().items():
        for status, answer in answers.items():
            media = written[name]["responses"][status]["content"][JSON]
            wrong += [(name, status, fault) for fault in faults_of(media["schema"], answer)]
            assert media["example"] == answer
    assert wrong == []


def test_no_recorded_answer_has_a_secret_or_a_placeholder() -> None:
    text = ANSWERS.read_text("utf-8")
    assert not re.search(r'"string"|127\.0\.0\.1|(sk-tts-|whsec_|cvk_|wst_)\w{14}', text)
    assert len(text) < 300_000


def wanted(operation: Operation, *, recording: str) -> Iterator[Asked]:
    """Requests of an operation: its example, and for one that answers at once as well, that with `async`."""
    (asked,) = asked_by([operation], credits=1000)
    account = asked.by.account
    assert account is not None
    if operation.id == "deepgram_listen":
        asked = replace(asked, owned=Owned(body={"url": recording}))
    elif operation.id in OWNED:
        asked = replace(asked, owned=OWNED[operation.id](account))
    yield asked
    if ("query", "async") in {(one.place, one.name) for one in operation.parameters}:
        (later,) = asked_by([operation], credits=1000)
        yield replace(later, owned=replace(later.owned, query={**later.owned.query, "async": "true"}))


def a_category_by_query(account: Account) -> Owned:
    return Owned(query={"name": Category.objects.get_or_create(account=account, name="calm")[0].name})


def an_address_of_a_sound(account: Account) -> Owned:
    upload = announce_upload(caller(account), file_name="a.wav", size=len(SOUND), content_type="audio/wav")
    return Owned(path={"upload_id": upload.uuid.hex}, query={"signature": signature_of(upload)})


OWNED: Final[dict[str, Callable[[Account], Owned]]] = {
    "clonyvoice_category_delete": a_category_by_query,
    "uploads_content": an_address_of_a_sound,
}
"""Objects that the walker's rows make otherwise, or not at all."""


def asked_for(name: str, *, by: Person, url: str, **owned: Any) -> httpx.Response:
    """Answer to the example of another operation."""
    answer = Asked(operations_by_id()[name], by, Owned(**owned)).send(url)
    assert answer.status_code == 200, answer.text
    return answer


def a_cloned_voice(by: Person, url: str) -> Owned:
    return Owned(body={"voice_id": asked_for("clonyvoice_clone_create", by=by, url=url).json()["voice_id"]})


def a_heard_recording(by: Person, url: str) -> Owned:
    return Owned(path={"transcription_id": asked_for("elevenlabs_transcription", by=by, url=url).json()["transcription_id"]})


def an_answered_message(by: Person, url: str) -> Owned:
    return Owned(path={"conversation_id": asked_for("voice_chat", by=by, url=url).json()["conversation_id"]})


def an_archive_of_another_account(by: Person, url: str) -> Owned:
    other = person(credits=1000, requests_per_minute=100_000, concurrent_jobs=1000)
    voice = a_cloned_voice(other, url).body["voice_id"]
    wait_until(lambda: asked_for("clonyvoice_voice", by=other, url=url, path={"voice_id": voice}).json()["state"] == "ready")
    return Owned(body={"file": asked_for("clonyvoice_voices_export", by=other, url=url, body={"voice_ids": [voice]}).content})


PREPARED: Final[dict[str, Callable[[Person, str], Owned]]] = {
    "clonyvoice_generate_clone": a_cloned_voice,
    "clonyvoice_voices_import": an_archive_of_another_account,
    "clonyvoice_voices_import_preview": an_archive_of_another_account,
    "elevenlabs_transcript": a_heard_recording,
    "voice_chat_read": an_answered_message,
}
"""Objects that other operations make, while a worker works."""


def prepared(asked: Asked, url: str) -> Asked:
    prepare = PREPARED.get(asked.operation.id)
    return asked if prepare is None else replace(asked, owned=prepare(asked.by, url))


@pytest.mark.prove
def test_recorded_answers_are_still_what_the_operations_answer(server: RunningShell, settings: Any) -> None:
    answers: list[tuple[Operation, httpx.Response]] = []
    maker = Maker()
    with serving_files() as elsewhere:
        elsewhere.files["/sound.wav"] = SOUND
        settings.TTSAI_OUTBOUND_ALLOW = [f"127.0.0.1:{elsewhere.server_port}"]
        for operation in all_operations():
            for asked in wanted(operation, recording=f"{elsewhere.url}/sound.wav"):
                do_parts(maker.do)  # what the operation before left
                for _ in range(3 if operation.method == "GET" else 0):
                    do_parts(maker.do)  # what is looked at has been done
                with working(maker.do):
                    answers += answers_to([prepared(asked, server.url)], server.url)
    first: dict[tuple[str, str], Any] = {}
    for name, status, answer in recorded(answers, url=server.url):
        first.setdefault((name, status), answer)  # the result, rather than what `async` answers at once
    found = [(name, status, answer) for (name, status), answer in first.items()]
    if os.environ.get("TTSAI_TEST_RECORD_ANSWERS"):
        made: dict[str, dict[str, Any]] = {name: dict(kept) for name, kept in recorded_answers().items()}
        for name, status, answer in found:
            kept = made.setdefault(name, {})
            if not are_alike(fields_of(answer), fields_of(kept.get(status))) or status not in kept:
                kept[status] = answer
        made = {name: kept for name, kept in made.items() if name in {operation.id for operation in all_operations()}}
        ANSWERS.write_text(json.dumps(dict(sorted(made.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")
        return
    assert len(found) > 100
    known = recorded_answers()
    assert [name for name, status, answer in found if not are_alike(fields_of(answer), fields_of(known.get(name, {}).get(status)))] == []
