"""Files of the cache: kept as long as something refers to them, whatever is killed, evicted or purged."""

from contextlib import suppress
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Account
from apps.cache.models import CachedObject, CacheEntry, JobObject, SentencePurge
from apps.cache.services.entries import find_entry
from apps.cache.services.objects import claim_files, sweep_objects
from apps.cache.services.purge import PurgeScope, purge_cache
from apps.cache.services.sentences import publish_purges
from apps.cache.services.sweep import evict, sweep_cache
from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.services import finish as finishing
from apps.jobs.services.retention import delete_result, expire_results
from tests.cache.speaking import read_audio, speak, spoken, stored_files
from tests.factories import AccountFactory
from tests.factories_jobs import outcome_of, part_of, reread, started, store_output
from tests.jobs.observing import together
from workers.contract.names import SENTENCE_PURGES


class KilledError(Exception):
    """Stands for kill -9 at this point."""


def sweep_all() -> None:
    """Sweep as if the last claim were long ago."""
    CachedObject.objects.update(claimed_at=Now() - timedelta(hours=1))
    sweep_cache()


def test_a_result_outlives_the_entry_that_it_came_from(account: Account) -> None:
    spoken(account)
    again = reread(speak(account))
    CacheEntry.objects.all().delete()
    sweep_all()
    assert read_audio(again) == b"ID3 audio"
    delete_result(again)
    sweep_all()
    assert (stored_files(), CachedObject.objects.count()) == ([], 0)


def test_the_first_jobs_retention_leaves_the_others_result_alone(account: Account) -> None:
    first = spoken(account)
    again = reread(speak(account))
    delete_result(first)
    assert read_audio(again) == b"ID3 audio"
    assert read_audio(reread(speak(account))) == b"ID3 audio"


def test_an_entry_ends_with_the_retention_of_its_last_use(account: Account) -> None:
    spoken(account)
    again = speak(account)
    assert abs(CacheEntry.objects.get().expires_at - reread(again).expires_at) < timedelta(seconds=5)
    Job.objects.update(expires_at=timezone.now() - timedelta(days=1))
    CacheEntry.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert speak(account).state == "queued", "an expired entry is no hit, swept or not"
    expire_results()
    sweep_all()
    assert stored_files() == []
    assert not CacheEntry.objects.exists()
    assert not JobObject.objects.exists()


@pytest.mark.parametrize("point", ["lock_job", "store_result", "complete_job"])
def test_a_platform_killed_while_it_stores_leaves_neither_orphan_nor_loss(
    account: Account, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    job = speak(account)
    part = started(part_of(job))
    outcome = outcome_of(part, manifest=store_output(part))

    def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(finishing, point, killed)
        with suppress(KilledError):
            finishing.finish_part(outcome)
    assert stored_files() != []
    assert not CacheEntry.objects.exists()
    sweep_all()
    assert (stored_files(), CachedObject.objects.count()) == ([], 0), "the orphan is collected"
    assert finishing.finish_part(outcome), "the reaper adopts the manifest"
    assert reread(speak(account)).state == "completed"


def test_a_file_claimed_a_moment_ago_is_not_swept(account: Account) -> None:
    get_storage().put_bytes("account-1/job/audio.mp3", b"ID3", content_type="audio/mpeg")
    output = {"name": "audio", "key": "account-1/job/audio.mp3", "format": "mp3", "bytes": 3, "sha256": "a" * 64}
    assert claim_files(f"account:{account.pk}", outputs=[output]) is not None
    assert sweep_objects() == 0
    assert stored_files() == [f"{'a' * 64}.mp3"]


def test_the_least_recently_used_results_are_evicted_beyond_the_cap(account: Account, settings: Any) -> None:
    for text in ("One.", "Two.", "Three."):
        spoken(account, text)
    speak(account, "One.")  # used again
    entry = CacheEntry.objects.order_by("pk").first()
    assert entry is not None
    settings.TTSAI_CACHE_BYTES = 2 * entry.bytes
    assert evict() == 1
    assert [reread(speak(account, text)).state for text in ("One.", "Three.", "Two.")] == ["completed", "completed", "queued"]


def test_an_account_is_evicted_by_its_own_cap_first(account: Account, settings: Any) -> None:
    other = AccountFactory(credits=10)
    spoken(other, "Mine.")
    for number in range(3):
        spoken(account, f"Number {number}.")
    settings.TTSAI_CACHE_ACCOUNT_BYTES = CacheEntry.objects.filter(scope=f"account:{other.pk}").get().bytes
    assert evict() == 2
    assert reread(speak(other, "Mine.")).state == "completed"


def test_a_result_larger_than_an_accounts_share_is_not_stored(account: Account, settings: Any) -> None:
    settings.TTSAI_CACHE_ACCOUNT_BYTES = 5
    spoken(account)
    assert (stored_files(), CacheEntry.objects.count()) == ([], 0)


def test_an_eviction_leaves_an_open_download_readable(account: Account) -> None:
    spoken(account)
    again = reread(speak(account))
    assert again.main_output is not None
    stream = get_storage().open_stream(again.main_output.key)
    assert stream.read(3) == b"ID3"
    purge_cache(PurgeScope())
    delete_result(again)
    sweep_all()
    assert stored_files() == []
    assert stream.read(100) == b" audio"
    stream.close()


def test_a_purge_during_a_hit_leaves_the_hit_whole(account: Account) -> None:
    """A request at the same instant either gets the result, with files that stay, or computes."""
    spoken(account)

    def act(number: int) -> Job | int:
        return purge_cache(PurgeScope(tenant=f"account:{account.pk}")) if number == 0 else speak(account)

    _, *jobs = together(act, count=5)
    sweep_all()
    for job in map(reread, jobs):
        assert job.state in {"completed", "queued"}
        assert job.state == "queued" or read_audio(job) == b"ID3 audio"
    assert not CacheEntry.objects.exists()


def test_an_entry_that_is_being_purged_is_a_miss(account: Account) -> None:
    spoken(account)
    entry = CacheEntry.objects.get()
    with transaction.atomic():
        CacheEntry.objects.select_for_update().get(pk=entry.pk)
        assert together(lambda _: find_entry(entry.scope, key=entry.key), count=1) == [None]


def test_entries_of_an_earlier_engine_version_are_swept(account: Account) -> None:
    spoken(account)
    CacheEntry.objects.update(engine_version="0", last_used_at=Now() - timedelta(hours=2))
    assert sweep_cache() == 1


def test_the_purge_command_names_an_account_a_voice_or_an_engine(account: Account, valkey: redis.Redis) -> None:
    other = AccountFactory(credits=10)
    spoken(account, voice="am_adam")
    spoken(account)
    spoken(other)

    def purge(*arguments: str) -> str:
        call_command("purge_cache", *arguments, stdout=(output := StringIO()))
        return output.getvalue().strip()

    with pytest.raises(CommandError, match="Name an account"):
        purge()
    assert purge("--voice", "am_adam") == "1 results deleted"
    assert purge("--account", str(account.pk)) == "1 results deleted"
    assert purge("--engine", "kokoro", "--engine-version", "2") == "0 results deleted"
    assert purge("--all") == "1 results deleted"
    sent = [(fields[b"tenant"], fields[b"voice"], fields[b"engine"]) for _, fields in valkey.xrange(SENTENCE_PURGES)]
    assert sent == [(b"", b"am_adam", b""), (f"account:{account.pk}".encode(), b"", b""), (b"", b"", b"kokoro"), (b"", b"", b"")]


def test_purges_are_sent_again_if_valkey_lost_them(account: Account, valkey: redis.Redis) -> None:
    purge_cache(PurgeScope(tenant=f"account:{account.pk}"))
    assert publish_purges() == 0
    valkey.delete(SENTENCE_PURGES)
    assert publish_purges() == 1
    SentencePurge.objects.update(created_at=Now() - timedelta(days=40))
    publish_purges()
    assert not SentencePurge.objects.exists(), "no worker has a sentence that old"
