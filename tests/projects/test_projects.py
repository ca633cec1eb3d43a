"""Projects: lines with voices and settings, rendered to one file; only what changed is spoken again."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog.voices import OwnVoice
from apps.compat.clonyvoice import project_views
from apps.core.errors import ConflictError
from apps.jobs.models import Job, Part
from apps.projects.models import Composition, Line
from tests.factories import make_key
from tests.factories_jobs import announce, engine_spec
from tests.projects.conftest import OWN_VOICE
from tests.projects.making import generate, generated, generation, refusal, spoken_texts, work
from tests.speech.people import Person, person
from workers.contract.voices import VoiceRef

LINES = [
    {"text": "Welcome to the show.", "voice_id": "af_bella"},
    {"text": "Thank you for having me.", "voice_id": "am_adam", "pause_ms": 1000},
    {"text": "Let us begin.", "voice_id": "bf_emma", "speed": 1.25, "language": "en"},
]


def put(who: Person, path: str, body: Any) -> Any:
    return Client().put(path, body, content_type="application/json", headers=who.headers)


@pytest.fixture
def project(owner: Person) -> dict[str, Any]:
    """Three lines in three voices, not rendered yet."""
    answer = owner.post("/api/projects", {"name": "A show", "lines": LINES, "settings": {"format": "wav"}})
    assert answer.status_code == 200, answer.content
    shape: dict[str, Any] = answer.json()
    return shape


def render(who: Person, project: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Completed generation of a render."""
    answer = who.post(f"/api/projects/{project['id']}/render?async=true", body)
    assert answer.status_code == 202, answer.content
    work()
    return generation(who, answer.json()["generation_id"])


def reread(who: Person, project: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = who.get(f"/api/projects/{project['id']}").json()
    return shape


def changed(project: dict[str, Any], number: int, **fields: Any) -> dict[str, Any]:
    """Body of a PUT that changes one line."""
    lines = [line | (fields if line["index"] == number else {}) for line in project["lines"]]
    return {"lines": lines, "version": project["version"]}


def test_a_project_is_kept_listed_changed_and_deleted(owner: Person, project: dict[str, Any]) -> None:
    assert (project["name"], project["version"], project["line_count"], project["generation_id"]) == ("A show", 1, 3, None)
    assert project["settings"] == {"format": "wav", "pause_ms": 300, "crossfade_ms": 0}
    assert [(line["text"], line["voice_id"], line["speed"], line["is_rendered"]) for line in project["lines"]] == [
        ("Welcome to the show.", "af_bella", 1.0, False),
        ("Thank you for having me.", "am_adam", 1.0, False),
        ("Let us begin.", "bf_emma", 1.25, False),
    ]
    listed = owner.get("/api/projects").json()
    assert [(one["id"], one["line_count"]) for one in listed["projects"]] == [(project["id"], 3)]
    assert listed["total"] == 1
    answer = put(owner, f"/api/projects/{project['id']}", {"name": "Another show", "lines": LINES[:1]})
    assert (answer.status_code, answer.json()["name"], answer.json()["line_count"], answer.json()["version"]) == (200, "Another show", 1, 2)
    deleted = Client().delete(f"/api/projects/{project['id']}", headers=owner.headers)
    assert deleted.json() == {"id": project["id"], "deleted": True}
    assert (Composition.objects.count(), Line.objects.count()) == (0, 0)


def test_a_render_joins_all_lines_and_the_timeline_tells_their_places(owner: Person, project: dict[str, Any]) -> None:
    before = owner.get(f"/api/projects/{project['id']}/timeline").json()
    assert (before["duration"], [line["start"] for line in before["lines"]]) == (None, [0.0, None, None])
    shape = render(owner, project)
    assert (shape["status"], shape["format"]) == ("completed", "wav")
    assert spoken_texts(Job.objects.get()) == [str(line["text"]) for line in LINES]
    timeline = owner.get(f"/api/projects/{project['id']}/timeline").json()
    assert [(line["start"], line["end"], line["is_rendered"]) for line in timeline["lines"]] == [
        (0.0, 1.5, True),
        (1.8, 3.3, True),
        (4.3, 5.8, True),
    ]
    assert timeline["duration"] == 5.8
    assert reread(owner, project)["generation_id"] == shape["generation_id"]


def test_only_a_changed_line_is_spoken_and_charged_again(owner: Person, project: dict[str, Any]) -> None:
    render(owner, project)
    first = reread(owner, project)
    before = owner.millicredits
    put(owner, f"/api/projects/{project['id']}", changed(first, 1, text="It is a pleasure."))
    second = reread(owner, project)
    assert [line["is_rendered"] for line in second["lines"]] == [True, False, True]
    assert [line["id"] for line in second["lines"]] == [line["id"] for line in first["lines"]]
    shape = render(owner, project)
    job = Job.objects.get(uuid=shape["generation_id"])
    assert (spoken_texts(job), before - owner.millicredits) == (["It is a pleasure."], 2 * len("It is a pleasure."))
    third = render(owner, project)
    assert (spoken_texts(Job.objects.get(uuid=third["generation_id"])), third["credits_used"]) == ([], 0)


def test_lines_keep_their_audio_when_they_are_sent_without_ids_or_moved(owner: Person, project: dict[str, Any]) -> None:
    render(owner, project)
    put(owner, f"/api/projects/{project['id']}", {"lines": [LINES[2], LINES[0]]})
    shape = render(owner, project)
    assert shape["credits_used"] == 0
    join = Part.objects.get(job_id=shape["generation_id"])
    assert [item["pause_before"] for item in join.work["inputs"]] == [0.0, 0.3]


def test_a_line_whose_audio_has_expired_is_spoken_again(owner: Person, project: dict[str, Any]) -> None:
    first = render(owner, project)
    Job.objects.filter(uuid=first["generation_id"]).update(expires_at=timezone.now())
    assert [line["is_rendered"] for line in reread(owner, project)["lines"]] == [False] * 3
    shape = render(owner, project)
    assert len(spoken_texts(Job.objects.get(uuid=shape["generation_id"]))) == 3


def test_a_change_of_an_outdated_version_is_refused_and_changes_nothing(owner: Person, project: dict[str, Any]) -> None:
    path = f"/api/projects/{project['id']}"
    assert put(owner, path, {"name": "First", "version": 1}).json()["version"] == 2
    answer = put(owner, path, {"name": "Second", "version": 1})
    assert refusal(answer) == (409, "version_conflict", "version")
    assert (answer.json()["version"], reread(owner, project)["name"]) == (2, "First")


def test_the_id_of_another_projects_line_is_replaced_by_a_new_one(owner: Person, project: dict[str, Any]) -> None:
    taken = project["lines"][0]["id"]
    other = owner.post("/api/projects", {"name": "Copy", "lines": [{"id": taken, "text": "Mine.", "voice_id": "af_bella"}]}).json()
    assert other["lines"][0]["id"] != taken
    assert Line.objects.get(uuid=taken).text == "Welcome to the show."


def test_projects_are_limited_by_plan_number_and_size() -> None:
    small = person(max_projects=1, max_characters=10)
    assert refusal(small.post("/api/projects", {"name": "A", "lines": [{"text": "x" * 201}]}))[:2] == (400, "text_too_long")
    assert refusal(small.post("/api/projects", {"name": "A", "lines": [{"text": "x"}] * 501}))[0] == 400
    project = small.post("/api/projects", {"name": "A"}).json()
    assert refusal(small.post("/api/projects", {"name": "B"}))[:2] == (403, "too_many_projects")
    assert refusal(small.post(f"/api/projects/{project['id']}/render", {}))[:2] == (400, "no_lines")


def test_an_unknown_voice_of_a_line_is_refused_when_it_is_written_and_when_it_is_rendered(owner: Person, project: dict[str, Any]) -> None:
    unknown, path = {"text": "Two.", "voice_id": "nobody"}, f"/api/projects/{project['id']}"
    expected = (404, "voice_not_found", "lines[1].voice_id")
    assert refusal(owner.post("/api/projects", {"name": "A", "lines": [LINES[0], unknown]})) == expected
    assert refusal(put(owner, path, {"lines": [LINES[0], unknown]})) == expected
    assert refusal(put(owner, path, {"lines": [LINES[0], unknown | {"model": "kokoro"}]})) == expected
    Line.objects.filter(position=1).update(voice="gone_since")
    assert refusal(owner.post(f"{path}/render", {})) == expected
    Line.objects.filter(position=1).update(model="kokoro")
    assert refusal(owner.post(f"{path}/render", {})) == expected
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)
    assert put(owner, path, changed(reread(owner, project), 0, text="Hello.")).status_code == 200


def test_settings_that_a_change_leaves_out_stay_as_they_are(owner: Person, project: dict[str, Any]) -> None:
    path = f"/api/projects/{project['id']}"
    answer = put(owner, path, {"settings": {"format": "mp3", "bitrate": 64}})
    assert answer.json()["settings"] == {"format": "mp3", "bitrate": 64, "pause_ms": 300, "crossfade_ms": 0}
    assert put(owner, path, {"settings": {"pause_ms": 500}}).json()["settings"] == {
        "format": "mp3",
        "bitrate": 64,
        "pause_ms": 500,
        "crossfade_ms": 0,
    }
    put(owner, path, {"settings": {"bitrate": None, "format": "wav"}})
    assert put(owner, path, {"name": "Another"}).json()["settings"] == {"format": "wav", "pause_ms": 500, "crossfade_ms": 0}
    assert refusal(put(owner, path, {"settings": {"pause_ms": None}}))[0] == 400


@pytest.mark.parametrize(("method", "status"), [("put", 404), ("delete", 200)])
def test_project_that_is_deleted_during_a_request_is_no_error_of_the_server(
    owner: Person, project: dict[str, Any], monkeypatch: pytest.MonkeyPatch, method: str, status: int
) -> None:
    def get_and_delete(*args: Any) -> Composition:
        found = get_project(*args)
        Composition.objects.all().delete()
        return found

    get_project = project_views.get_project
    monkeypatch.setattr(project_views, "get_project", get_and_delete)
    send = getattr(Client(), method)
    body = {"lines": [], "name": "Another"}
    answer = send(f"/api/projects/{project['id']}", body, content_type="application/json", headers=owner.headers)
    assert (answer.status_code, answer.json().get("code", "")) == (status, "project_not_found" if status == 404 else "")


def test_a_key_that_only_renders_follows_renders_and_nothing_else(owner: Person, project: dict[str, Any]) -> None:
    assert owner.account is not None
    renderer = Person(make_key(owner.account, scopes=["tts:timeline"])[1], owner.account)
    shape = render(renderer, project)
    assert (shape["status"], shape["format"]) == ("completed", "wav")
    started = renderer.post(f"/api/projects/{project['id']}/render?async=true", {"format": "mp3"}).json()["generation_id"]
    for body in ({"generation_id": started}, {}):
        assert refusal(renderer.post("/api/generation/cancel", body))[:2] == (403, "missing_scope")
    assert owner.post("/api/generation/cancel", {"generation_id": started}).json() == {"cancelled": [started], "count": 1}
    chunked = generated(owner, "clone-chunked", voice_id="af_bella", text="One. Two.")
    redone = generate(owner, "regenerate-chunk", chunk_id=chunked["chunks"][0]["id"], text="Three.")
    for other in (chunked, redone, generate(owner, "preset", voice_id="af_bella", text="Four.")):
        path = f"/api/generation/{other['generation_id']}"
        assert refusal(renderer.get(path))[:2] == (403, "missing_scope")


def test_voice_that_is_not_ready_is_reported_at_its_request_field(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = OwnVoice(VoiceRef(OWN_VOICE, "en-us", "female", "kokoro", "7", None), is_ready=False)
    monkeypatch.setattr("apps.catalog.voices._sources", lambda: (lambda _, voice_id: voice if voice_id == OWN_VOICE else None,))
    body = {"voice_id": OWN_VOICE, "text": "Hello."}
    project = owner.post("/api/projects", {"name": "A", "lines": [LINES[0], body]}).json()
    assert refusal(owner.post("/api/generate/clone", body)) == (409, "voice_not_ready", "voice_id")
    assert refusal(owner.post("/api/generate/clone-chunked", body)) == (409, "voice_not_ready", "voice_id")
    assert refusal(owner.post(f"/api/projects/{project['id']}/render", {})) == (409, "voice_not_ready", "lines[1].voice_id")


def test_a_voice_that_failed_is_named_by_the_field_of_the_request(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(_: Any, voice_id: str) -> None:
        if voice_id == OWN_VOICE:
            raise ConflictError("It could not be made.", code="voice_failed", param="voice")

    monkeypatch.setattr("apps.catalog.voices._sources", lambda: (find,))
    body = {"voice_id": OWN_VOICE, "text": "Hello."}
    project = owner.post("/api/projects", {"name": "A", "lines": LINES[:2]}).json()
    Line.objects.filter(position=1).update(voice=OWN_VOICE)
    assert refusal(owner.post("/api/projects", {"name": "B", "lines": [LINES[0], body]})) == (409, "voice_failed", "lines[1].voice_id")
    for form in ("clone", "clone-chunked"):
        assert refusal(owner.post(f"/api/generate/{form}", body)) == (409, "voice_failed", "voice_id")
    assert refusal(owner.post(f"/api/projects/{project['id']}/render", {})) == (409, "voice_failed", "lines[1].voice_id")


def test_a_line_is_spoken_by_a_mix_as_long_as_other_apis_take(owner: Person) -> None:
    announce(engine_spec(has_mixing=True))
    mix = "+".join(f"{voice}({weight}.{weight})" for weight, voice in enumerate(["af_bella", "am_adam", "bf_emma"] * 6, start=1))
    assert len(mix) > 200
    answer = owner.post("/api/projects", {"name": "A choir", "lines": [{"text": "All together.", "voice_id": mix}]})
    assert answer.status_code == 200, answer.content
    project = answer.json()
    assert reread(owner, project)["lines"][0]["voice_id"] == mix
    assert render(owner, project)["status"] == "completed"
    assert generated(owner, "clone-chunked", voice_id=mix, text="One. Two.")["status"] == "completed"
