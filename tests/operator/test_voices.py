"""Admin of voices: blocking a speaker, deleting a voice."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.core.storage import get_storage
from apps.voices.models import BlockedVoice, Enrolment, Voice
from tests.factories import AccountFactory
from tests.operator.rows import staff
from tests.routes.voices import make_voice

pytestmark = pytest.mark.django_db
EMBEDDING = [0.0625] * 256


@pytest.fixture
def voice(settings: Any, tmp_path: Path) -> Voice:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    made = make_voice(AccountFactory())
    Enrolment.objects.update(report={"embedding": EMBEDDING})
    return made


def log_in(*permissions: str) -> Client:
    client = Client()
    client.force_login(staff(*permissions))
    return client


def test_blocking_a_speaker_stops_the_voice_and_removing_the_row_lets_it_speak(voice: Voice) -> None:
    permissions = (
        "view_voice",
        "change_voice",
        "add_blockedvoice",
        "view_blockedvoice",
        "delete_blockedvoice",
    )
    client = log_in(*permissions)
    answer = client.post(f"/admin/voices/voice/{voice.pk}/block/", {"name": "Ada", "reason": "asked for it"})
    assert answer.status_code == 302
    blocked = BlockedVoice.objects.get()
    assert (blocked.name, blocked.embedding, Enrolment.objects.get().is_blocked) == ("Ada", EMBEDDING, True)
    assert client.post(f"/admin/voices/blockedvoice/{blocked.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Enrolment.objects.get().is_blocked is False


def test_voice_whose_recordings_were_not_examined_cannot_be_blocked(voice: Voice) -> None:
    Enrolment.objects.update(report=None)
    answer = log_in("view_voice", "change_voice", "add_blockedvoice").post(f"/admin/voices/voice/{voice.pk}/block/", {"name": "Ada"})
    assert "there is no speaker embedding to compare" in answer.content.decode()
    assert not BlockedVoice.objects.exists()


def test_deleting_a_voice_deletes_its_enrolment(voice: Voice, django_capture_on_commit_callbacks: Any) -> None:
    client = log_in("view_voice", "change_voice", "delete_voice")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/admin/voices/voice/{voice.pk}/remove/").status_code == 302
    assert not Enrolment.objects.exists()


def test_deleting_the_voices_of_an_account_leaves_none(voice: Voice) -> None:
    client = log_in("view_account", "change_account", "delete_voice")
    assert client.post(f"/admin/accounts/account/{voice.account_id}/delete_voices/").status_code == 302
    assert not Enrolment.objects.exists()


def test_a_voice_shows_the_model_that_speaks_it(voice: Voice) -> None:
    assert "kokoro-clone" in log_in("view_voice").get(f"/admin/voices/voice/{voice.pk}/change/").content.decode()
