"""Admin of the cache: its figures, the deletion of entries, the clearing of an account's cache."""

import pytest
from django.test import Client

from apps.accounts.models import Account
from apps.cache.models import CachedObject, CacheEntry, EntryObject, SentencePurge
from tests.factories import AccountFactory
from tests.operator.rows import make_job

pytestmark = pytest.mark.django_db


def make_entry(account: Account, key: str) -> CacheEntry:
    scope = f"account:{account.pk}"
    stored = CachedObject.objects.create(
        scope=scope, sha256=key * 64, format="mp3", key=f"account-{account.pk}/cache/{key}.mp3", bytes=3_000_000
    )
    entry = CacheEntry.objects.create(scope=scope, key=key * 64, engine_id="kokoro", engine_version="1", outputs=[], bytes=3_000_000)
    EntryObject.objects.create(entry=entry, cached_object=stored)
    return entry


def test_start_page_shows_hit_rate_and_size_of_the_cache(client: Client) -> None:
    account = AccountFactory()
    make_entry(account, "a")
    make_job(account, state="completed", part_count=0, result={"outputs": []})
    make_job(account, state="completed", part_count=1, result={"outputs": []})
    cards = {card["title"]: (card["value"], card["note"]) for card in client.get("/admin/").context_data["cards"]}
    assert cards["From the cache in 24 hours"] == ("50.0%", "1 result, 3 of 2,000 MB")


def test_deleting_entries_in_the_admin_keeps_their_files_for_the_sweep(client: Client) -> None:
    one, other, third = (make_entry(AccountFactory(), key) for key in "abc")
    assert client.post(f"/admin/cache/cacheentry/{one.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    assert client.post("/admin/cache/cacheentry/", chosen).status_code == 302
    assert list(CacheEntry.objects.values_list("pk", flat=True)) == [third.pk]
    assert (EntryObject.objects.count(), CachedObject.objects.count()) == (1, 3)


def test_clearing_an_accounts_cache_leaves_other_accounts_alone(client: Client) -> None:
    account, other = AccountFactory(), AccountFactory()
    make_entry(account, "a")
    kept = make_entry(other, "b")
    assert client.post(f"/admin/accounts/account/{account.pk}/clear_cache/").status_code == 302
    assert list(CacheEntry.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(SentencePurge.objects.values_list("tenant", flat=True)) == [f"account:{account.pk}"]
