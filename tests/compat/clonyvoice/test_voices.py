"""/api/voices, /api/categories and /api/favorites."""

from typing import Any

import pytest

from apps.voice_library import services as library
from apps.voice_library.models import Favourite
from apps.voices.models import Enrolment, Voice
from tests.compat.clonyvoice.conftest import ApiCaller, caller
from tests.routes.voices import make_voice

PRESETS = ["af_bella", "am_adam", "bf_emma"]


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def ids_of(answer: Any, name: str = "voices") -> list[str]:
    return [one["id"] for one in answer.json()[name]]


@pytest.fixture
def ada(owner: ApiCaller) -> Voice:
    return make_voice(owner.account)


def test_list_has_cloned_voices_before_presets_and_nobody_elses(owner: ApiCaller, ada: Voice) -> None:
    make_voice(caller().account)
    answer = owner.get("/api/voices")
    assert ids_of(answer) == [ada.voice_id, *PRESETS]
    first, second = answer.json()["voices"][:2]
    assert (first["type"], first["name"], first["model"], first["language"], first["state"]) == (
        "cloned",
        "Ada",
        "kokoro-clone",
        "en",
        "ready",
    )
    assert (second["type"], second["model"], second["categories"], second["created_at"]) == ("preset", "kokoro", [], None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [({"type": "preset"}, PRESETS), ({"type": "cloned"}, ["ada"]), ({"category": "calm"}, ["ada"]), ({"type": "designed"}, []), ({"category": "loud"}, []),
     ({"gender": "male"}, ["am_adam"]), ({"language": "en-gb"}, ["bf_emma"]), ({"type": "cloned", "language": "fr"}, [])],
)  # fmt: skip
def test_list_is_filtered_by_type_category_language_and_gender(
    owner: ApiCaller, ada: Voice, query: dict[str, str], expected: list[str]
) -> None:
    Voice.objects.update(categories=["calm"])
    assert ids_of(owner.get("/api/voices", **query)) == [ada.voice_id if one == "ada" else one for one in expected]


def test_unknown_filter_values_are_refused_with_the_choices(owner: ApiCaller) -> None:
    refused = owner.get("/api/voices", type="robot")
    assert code_of(refused) == (400, "invalid_request")
    assert refused.json()["detail"] == "type is one of cloned, designed, preset, not 'robot'."


def test_designed_voice_is_listed_as_such(owner: ApiCaller, ada: Voice) -> None:
    Enrolment.objects.update(report={"design": {"description": "A calm man."}})
    assert owner.get(f"/api/voices/{ada.voice_id}").json()["type"] == "designed"
    assert ids_of(owner.get("/api/voices", type="designed")) == [ada.voice_id]


def test_details_of_own_and_built_in_voices_have_recordings(owner: ApiCaller, ada: Voice) -> None:
    ada.enrolment.samples.create(sha256="a" * 64, key="k", bytes=5, audio_seconds=2.0, file_name="ada.wav")
    shown = owner.get(f"/api/voices/{ada.voice_id}").json()
    assert [(one["file_name"], one["seconds"]) for one in shown["samples"]] == [("ada.wav", 2.0)]
    assert owner.get("/api/voices/af_bella").json()["samples"] == []
    assert code_of(owner.get("/api/voices/nobody")) == (404, "voice_not_found")
    assert code_of(caller().get(f"/api/voices/{ada.voice_id}")) == (404, "voice_not_found")


def test_put_changes_name_and_categories_and_leaves_the_rest(owner: ApiCaller, ada: Voice) -> None:
    assert owner.ask("PUT", f"/api/voices/{ada.voice_id}", {"categories": ["calm", "calm", "warm"]}).json()["categories"] == [
        "calm",
        "warm",
    ]
    changed = owner.ask("PUT", f"/api/voices/{ada.voice_id}", {"name": "Lady A"}).json()
    assert (changed["name"], changed["categories"]) == ("Lady A", ["calm", "warm"])
    for body in ({}, {"name": ""}, {"name": 5}, {"name": "x" * 101}, {"categories": ["x" * 51]}, {"categories": 5}, [], {"colour": "red"}):
        assert owner.ask("PUT", f"/api/voices/{ada.voice_id}", body).status_code == 400, body


def test_delete_removes_an_own_voice_with_its_mark_and_no_built_in_one(owner: ApiCaller, ada: Voice) -> None:
    owner.post(f"/api/favorites/{ada.voice_id}")
    assert owner.ask("DELETE", f"/api/voices/{ada.voice_id}").json() == {"id": ada.voice_id, "deleted": True}
    assert ids_of(owner.get("/api/voices")) == PRESETS
    assert not Favourite.objects.exists()
    for method, body in (("DELETE", None), ("PUT", {"name": "Mine"})):
        assert code_of(owner.ask(method, "/api/voices/af_bella", body)) == (403, "built_in_voice")


def test_favourites_are_toggled_for_own_and_built_in_voices(owner: ApiCaller, ada: Voice) -> None:
    assert owner.post("/api/favorites/am_adam").json() == {"id": "am_adam", "is_favorite": True}
    assert owner.post(f"/api/favorites/{ada.voice_id}").json()["is_favorite"] is True
    assert ids_of(owner.get("/api/favorites"), "favorites") == [ada.voice_id, "am_adam"]
    assert [one["id"] for one in owner.get("/api/voices").json()["voices"] if one["is_favorite"]] == [ada.voice_id, "am_adam"]
    assert owner.post("/api/favorites/am_adam").json()["is_favorite"] is False
    assert ids_of(owner.get("/api/favorites"), "favorites") == [ada.voice_id]
    assert caller().get("/api/favorites").json() == {"favorites": [], "total": 0}


def test_marked_voice_without_a_name_is_listed_among_the_favourites_alone(owner: ApiCaller, ada: Voice) -> None:
    Voice.objects.update(name="")
    assert owner.post(f"/api/favorites/{ada.voice_id}").json()["is_favorite"] is True
    assert ids_of(owner.get("/api/favorites"), "favorites") == [ada.voice_id]
    assert ids_of(owner.get("/api/voices")) == PRESETS
    assert owner.get(f"/api/voices/{ada.voice_id}").json()["is_favorite"] is True


def test_unknown_and_foreign_voices_cannot_be_marked(owner: ApiCaller, ada: Voice) -> None:
    assert code_of(caller().post(f"/api/favorites/{ada.voice_id}")) == (404, "voice_not_found")
    for voice_id in ("nobody", "voice_" + "0" * 20 + "x"):
        assert code_of(owner.post(f"/api/favorites/{voice_id}")) == (404, "voice_not_found")


def test_favourites_beyond_the_most_are_refused(owner: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_FAVOURITES", 1)
    owner.post("/api/favorites/am_adam")
    assert code_of(owner.post("/api/favorites/af_bella")) == (409, "too_many_favourites")
    assert owner.post("/api/favorites/am_adam").json()["is_favorite"] is False


def test_categories_are_those_that_were_made_and_those_that_voices_have(owner: ApiCaller, ada: Voice) -> None:
    owner.ask("PUT", f"/api/voices/{ada.voice_id}", {"categories": ["warm"]})
    assert owner.post("/api/categories", {"name": "calm"}).json() == {"id": "calm", "name": "calm", "voices": 0}
    expected = [{"id": "calm", "name": "calm", "voices": 0}, {"id": "warm", "name": "warm", "voices": 1}]
    assert owner.get("/api/categories").json() == {"categories": expected, "total": 2}
    assert caller().get("/api/categories").json()["total"] == 0
    for name in ("calm", "warm"):
        assert code_of(owner.post("/api/categories", {"name": name})) == (409, "category_exists")


@pytest.mark.parametrize("way", ["query", "body", "path"])
def test_deleting_a_category_takes_it_from_its_voices(owner: ApiCaller, ada: Voice, way: str) -> None:
    owner.ask("PUT", f"/api/voices/{ada.voice_id}", {"categories": ["soft & warm", "calm"]})
    ways: dict[str, Any] = {
        "query": lambda: owner.ask("DELETE", "/api/categories", name="soft & warm"),
        "body": lambda: owner.ask("DELETE", "/api/categories", {"name": "soft & warm"}),
        "path": lambda: owner.ask("DELETE", "/api/categories/soft%20%26%20warm"),
    }
    assert ways[way]().json() == {"id": "soft & warm", "name": "soft & warm", "voices": 1, "deleted": True}
    assert owner.get(f"/api/voices/{ada.voice_id}").json()["categories"] == ["calm"]
    assert code_of(ways[way]()) == (404, "category_not_found")


def test_invalid_categories_are_refused(owner: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    for body in ({}, {"name": ""}, {"name": " "}, {"name": "x" * 51}, {"name": "a\nb"}, {"name": 5}, []):
        assert owner.post("/api/categories", body).status_code == 400, body
    assert owner.ask("DELETE", "/api/categories").status_code == 400
    assert code_of(owner.ask("DELETE", "/api/categories/%00")) == (400, "invalid_request")
    monkeypatch.setattr(library, "MOST_CATEGORIES", 0)
    assert code_of(owner.post("/api/categories", {"name": "calm"})) == (409, "too_many_categories")
