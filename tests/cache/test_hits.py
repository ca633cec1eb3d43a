"""Repeated requests: completed at once with the result of the first."""

import hashlib
from typing import Any

import redis

from apps.accounts.models import Account
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.cache.models import CachedObject, CacheEntry, CacheWork, JobObject
from apps.cache.tickets import CacheUse
from apps.jobs.models import Job, Part
from apps.speech.selectors import read_words
from tests.cache.speaking import SEA, finish, read_audio, speak, spoken, stored_files
from tests.factories import AccountFactory
from tests.factories_jobs import announce, engine_spec, nobody, reread
from tests.jobs.observing import events


def test_a_repeated_request_is_a_finished_job_without_charge(account: Account, valkey: redis.Redis) -> None:
    first = spoken(account)
    before = available_millicredits(account.pk)
    again = reread(speak(account))
    assert (again.state, again.part_count, again.charged_millicredits, again.is_cached) == ("completed", 0, 0, True)
    assert (first.is_cached, first.charged_millicredits) == (False, 96)
    assert read_audio(again) == read_audio(first) == b"ID3 audio"
    assert read_words(again) == [{"word": "The", "start": 0.1, "end": 0.2}]
    assert [event["type"] for event in events(valkey, again)] == ["end"]
    assert available_millicredits(account.pk) == before
    assert not LedgerEntry.objects.filter(job_uuid=again.uuid).exists()
    assert ledger_differences() == []


def test_files_of_the_cache_are_named_by_their_content(account: Account) -> None:
    spoken(account)
    assert f"{hashlib.sha256(b'ID3 audio').hexdigest()}.mp3" in stored_files()
    assert set(CachedObject.objects.values_list("scope", flat=True)) == {f"account:{account.pk}"}


def test_a_hit_is_charged_at_the_operators_rate(account: Account, settings: Any) -> None:
    settings.TTSAI_CACHE_PRICE_PERCENT = 10
    spoken(account)
    again = reread(speak(account))
    assert (again.charged_millicredits, again.reserved_millicredits) == (10, 10)  # a tenth of 96, rounded up
    assert ledger_differences() == []


def test_an_account_without_credits_gets_repeated_audio(account: Account) -> None:
    poor = AccountFactory(credits=0.096)
    spoken(poor)
    assert available_millicredits(poor.pk) == 0
    assert reread(speak(poor)).state == "completed"


def test_a_request_that_differs_in_anything_heard_is_computed_anew(account: Account) -> None:
    spoken(account)
    different: list[dict[str, Any]] = [
        {"text": "The sea is calm tonight!"},
        {"text": "<speak>The <emphasis>sea</emphasis> is calm tonight.</speak>"},
        {"speed": 1.5},
        {"voice": "am_adam"},
        {"format": "wav"},
        {"bitrate": 64_000},
        {"sample_rate": 16_000},
        {"language": "en-gb"},
        {"instructions": "Speak slowly."},
        {"pronunciations": {"sea": "see"}},
    ]
    for changes in different:
        assert speak(account, **changes).state == "queued", changes
    assert set(CacheWork.objects.values_list("role", flat=True)) == {"leader"}
    assert CacheWork.objects.count() == len(different)


def test_a_dictionary_of_the_account_that_changed_is_followed(account: Account) -> None:
    from apps.pronunciations.models import Pronunciation

    spoken(account)
    Pronunciation.objects.create(account=account, word="sea", replacement="see")
    assert speak(account).state == "queued"


def test_a_watermark_or_content_credentials_change_the_key(account: Account) -> None:
    spoken(account)
    for change in ({"watermark": "all"}, {"watermark": "", "content_credentials": True}):
        type(account.plan).objects.filter(pk=account.plan_id).update(**change)
        account.refresh_from_db()
        assert speak(account).state == "queued"


def test_a_new_version_of_the_engine_is_computed_anew(account: Account) -> None:
    spoken(account)
    announce(engine_spec(is_deterministic=True, version="2"))
    assert speak(account).state == "queued"


def test_a_result_of_another_version_of_the_engine_is_not_stored(account: Account) -> None:
    finish(speak(account), engine_version="2")  # a worker of the next version, during a deploy
    assert speak(account).state == "queued"
    assert not CacheEntry.objects.exists()


def test_cache_never_serves_another_account(account: Account) -> None:
    spoken(account)
    assert speak(AccountFactory(credits=10)).state == "queued"


def test_callers_without_a_key_are_not_cached() -> None:
    from apps.speech.services import SpeechOrder, plan_speech

    assert plan_speech(nobody(), order=SpeechOrder(text=SEA)).cache is None


def test_an_engine_that_speaks_differently_each_time_is_not_cached(account: Account) -> None:
    announce(engine_spec(is_deterministic=False))
    spoken(account)
    assert speak(account).state == "queued"
    assert not CacheWork.objects.exists()


def test_no_store_neither_reads_nor_writes(account: Account) -> None:
    assert finish(speak(account, cache=CacheUse.NONE)).state == "completed"
    assert not CacheEntry.objects.exists()
    spoken(account)
    assert speak(account, cache=CacheUse.NONE).state == "queued"


def test_no_cache_computes_anew_and_replaces_the_entry(account: Account) -> None:
    spoken(account)
    fresh = speak(account, cache=CacheUse.REFRESH)
    assert fresh.state == "queued"
    finish(fresh, audio=b"ID3 newer")
    assert read_audio(reread(speak(account))) == b"ID3 newer"


def test_a_plan_decides_over_the_setting(account: Account, settings: Any) -> None:
    settings.TTSAI_CACHE = False
    spoken(account)
    assert speak(account).state == "queued"
    assert not CacheEntry.objects.exists()
    type(account.plan).objects.filter(pk=account.plan_id).update(uses_cache=True)
    account.refresh_from_db()
    spoken(account, "Another sentence.")
    assert reread(speak(account, "Another sentence.")).state == "completed"


def test_an_account_at_its_limit_of_jobs_still_gets_a_hit(account: Account) -> None:
    spoken(account)
    type(account.plan).objects.filter(pk=account.plan_id).update(concurrent_jobs=1)
    account.refresh_from_db()
    speak(account, "A sentence that is being spoken.")
    assert reread(speak(account)).state == "completed"


def test_a_shared_preview_is_one_result_for_all_accounts(account: Account, settings: Any) -> None:
    from apps.jobs.services.previews import SENTENCES

    settings.TTSAI_CACHE_SHARE_PREVIEWS = True
    spoken(account, SENTENCES["en"])
    spoken(account)
    other = AccountFactory(credits=10)
    assert reread(speak(other, SENTENCES["en"])).state == "completed"
    assert speak(other).state == "queued", "any other text belongs to its account"


def test_a_hit_keeps_its_files_by_references_of_its_own(account: Account) -> None:
    spoken(account)
    again = speak(account)
    assert JobObject.objects.filter(job_uuid=again.uuid).count() == 2  # audio and word timings
    assert not Part.objects.filter(job=again).exists()
    assert CacheEntry.objects.get().hits == 1
    assert Job.objects.count() == 2
