"""Requests that change different fields of one voice or key at once: none undoes what another one wrote."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.accounts.models import ApiKey
from apps.accounts.services import change_key
from apps.accounts.services.keys import change_key_rights
from apps.voice_profiles.models import VoiceProfile
from apps.voice_profiles.services import change_profile
from apps.voices.models import Voice
from apps.voices.services.editing import change_voice
from tests.factories import AccountFactory, make_key
from tests.factories_jobs import caller
from tests.routes.voices import make_voice

SETTINGS = [f"setting_{number}" for number in range(8)]


@pytest.mark.django_db
def test_voice_read_by_two_requests_before_either_writes_keeps_both_changes() -> None:
    sender = caller(AccountFactory())
    row = make_voice(sender.required_account)
    first, second = (Voice.objects.get(pk=row.pk) for _ in range(2))
    change_voice(sender, first, name="Grace", categories=None)
    change_voice(sender, second, name=None, categories=["readers"])
    row.refresh_from_db()
    assert (row.name, row.categories) == ("Grace", ["readers"])


@pytest.mark.django_db
def test_key_read_by_three_requests_before_any_writes_keeps_all_changes() -> None:
    key, _ = make_key(AccountFactory())
    first, second, third = (ApiKey.objects.get(pk=key.pk) for _ in range(3))
    change_key(first, name="robot")
    change_key(second, monthly_cap_millicredits=5000)
    change_key_rights(third, scopes=["tts:generate"], requests_per_minute=None, requests_per_minute_by_scope={}, concurrent_jobs=1)
    key.refresh_from_db()
    assert (key.name, key.monthly_cap_millicredits, key.scopes, key.concurrent_jobs) == ("robot", 5000, ["tts:generate"], 1)


@pytest.mark.django_db(transaction=True)
def test_settings_of_a_voice_that_are_changed_at_once_are_all_kept() -> None:
    account, barrier = AccountFactory(), Barrier(len(SETTINGS))

    def change(name: str) -> None:
        try:
            barrier.wait()
            change_profile(account, voice_id="af_bella", settings={name: 1})
        finally:
            connection.close()

    with ThreadPoolExecutor(len(SETTINGS)) as pool:
        list(pool.map(change, SETTINGS))
    assert VoiceProfile.objects.get().settings == dict.fromkeys(SETTINGS, 1)
