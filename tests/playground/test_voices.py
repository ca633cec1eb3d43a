"""The voice library, the list of the picker, favourites."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.catalog.models import Engine
from apps.catalog.selectors import clear_catalogue_cache
from apps.voice_library.selectors import list_favourite_ids
from apps.voices.models import Enrolment, EnrolmentState, Voice
from tests.factories import MembershipFactory


@pytest.fixture
def own_voice(owner: Membership) -> Voice:
    enrolment = Enrolment.objects.create(
        account=owner.account, engine_id="kokoro", digest="d", state=EnrolmentState.READY, conditioning_key="k", language="en-us"
    )
    return Voice.objects.create(voice_id="voice_0123456789abcdef0123", account=owner.account, enrolment=enrolment, name="Grandma")


def ids_of(answer: Any) -> list[str]:
    return [voice["id"] for voice in answer.json()["voices"]]


def test_library_lists_every_voice_with_a_sample_and_a_way_to_use_it(visitor: Client) -> None:
    page = visitor.get("/voice-library/").content.decode()
    assert 'data-sample="/v1/voices/kokoro/af_bella/preview/"' in page
    assert 'href="/?model=kokoro&amp;voice=af_bella"' in page
    assert '<section class="voice-group" aria-label="English">' in page
    assert "3 of 3 voices" in page


def test_library_filters_by_its_address(visitor: Client) -> None:
    expected = {"?gender=female": 2, "?language=en": 3, "?language=de": 0, "?q=BELLA": 1, "?q=nobody": 0, "?model=pico": 0}
    pages = {query: visitor.get(f"/voice-library/{query}").content.decode() for query in expected}
    assert {query: page.count('<li class="voice-card') for query, page in pages.items()} == expected
    assert [query for query, page in pages.items() if "No voice matches" in page] == ["?language=de", "?q=nobody", "?model=pico"]


def test_library_answers_a_filter_with_the_list_alone(visitor: Client) -> None:
    fragment = visitor.get("/voice-library/?gender=female", headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="voices"')
    assert "<html" not in fragment


def test_picker_lists_own_voices_first_and_only_to_their_account(browser_of_owner: Client, own_voice: Voice) -> None:
    voices = browser_of_owner.get("/playground/voices/").json()["voices"]
    assert voices[0].items() >= {"id": own_voice.voice_id, "name": "Grandma", "own": True}.items()
    other = Client()
    other.force_login(MembershipFactory(role=Role.OWNER).user)
    for stranger in (Client(), other):
        answer = stranger.get("/playground/voices/")
        assert own_voice.voice_id not in answer.content.decode()
        assert "af_bella" in ids_of(answer)


def test_picker_leaves_out_own_voices_that_cannot_speak(browser_of_owner: Client, own_voice: Voice) -> None:
    usable = {"state": EnrolmentState.READY, "conditioning_key": "k", "is_blocked": False, "is_taken_down": False}
    for change in ({"state": EnrolmentState.FAILED}, {"conditioning_key": ""}, {"is_blocked": True}, {"is_taken_down": True}, {}):
        Enrolment.objects.filter(pk=own_voice.enrolment_id).update(**{**usable, **change})
        is_listed = own_voice.voice_id in ids_of(browser_of_owner.get("/playground/voices/"))
        assert is_listed == (change == {}), change


def test_favourite_is_marked_and_unmarked_for_the_account(browser_of_owner: Client, owner: Membership) -> None:
    assert browser_of_owner.post("/playground/favourites/", {"voice": "af_bella"}).json() == {"favourite": True}
    assert list_favourite_ids(owner.account) == ["af_bella"]
    [marked] = [voice for voice in browser_of_owner.get("/playground/voices/").json()["voices"] if voice["favourite"]]
    assert marked["id"] == "af_bella"
    assert 'aria-pressed="true"' in browser_of_owner.get("/voice-library/?favourite=1").content.decode()
    assert browser_of_owner.post("/playground/favourites/", {"voice": "af_bella"}).json() == {"favourite": False}
    unknown = browser_of_owner.post("/playground/favourites/", {"voice": "nobody"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "voice_not_found")


def test_favourite_is_refused_without_an_account_for_viewers_and_without_a_token(owner: Membership) -> None:
    refused = Client().post("/playground/favourites/", {"voice": "af_bella"})
    assert refused.status_code == 403
    assert refused.json()["error"] == {
        "message": "Favourites of an account need a member who may change it.",
        "type": "authentication_error",
        "code": "no_account",
        "param": None,
        "request_id": refused.headers["X-Request-Id"],
    }
    viewer = Client()
    viewer.force_login(MembershipFactory(account=owner.account, role=Role.VIEWER).user)
    assert viewer.post("/playground/favourites/", {"voice": "af_bella"}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner.user)
    assert strict.post("/playground/favourites/", {"voice": "af_bella"}).status_code == 403
    assert list_favourite_ids(owner.account) == []


def test_form_with_a_nul_character_is_refused_on_every_page(browser_of_owner: Client) -> None:
    for path in ("/playground/favourites/", "/dashboard/settings/", "/dashboard/team/rename/", "/account/login/"):
        refused = browser_of_owner.post(path, {"voice": "a\x00b"})
        assert (refused.status_code, "NUL character" in refused.content.decode()) == (400, True), path


@pytest.mark.parametrize("cookie", ['"aaaaaaaaaaaa\\000"', "short", "a" * 65, "a;b", '"a b c d e f g"', "ü" * 12])
def test_session_cookie_that_no_session_has_is_as_good_as_none(visitor: Client, cookie: str) -> None:
    for path in ("/", "/voice-library/", "/account/login/", "/web/v1/models/", "/admin/login/"):
        assert visitor.get(path, headers={"Cookie": f"sessionid={cookie}"}).status_code == 200, path
    upload = visitor.post("/web/v1/uploads/", b"x", content_type="audio/wav", headers={"Cookie": f"sessionid={cookie}"})
    assert upload.status_code < 500


def test_library_without_any_model_says_so(visitor: Client) -> None:
    Engine.objects.update(is_enabled=False)
    clear_catalogue_cache()
    assert "No voice is available now" in visitor.get("/voice-library/").content.decode()
    assert "No model is running" in visitor.get("/").content.decode()
