"""Identical requests in flight: one computes, the others take its result."""

from apps.accounts.models import Account
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.cache.models import CacheEntry, CacheWork
from apps.cache.services.purge import PurgeScope, purge_cache
from apps.cache.tickets import CacheUse
from apps.jobs.models import Job, JobState, Part
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.finish import finish_part
from apps.jobs.services.followers import settle_followers
from apps.jobs.services.reap import reap
from tests.cache.speaking import SEA, finish, read_audio, speak, spoken
from tests.factories_jobs import caller, outcome_of, part_of, reread, started
from tests.jobs.observing import together
from workers.contract.errors import NOTHING_TO_SAY


def settle(account: Account) -> int:
    """Do what the platform's worker does after a leader's end."""
    (key,) = set(CacheWork.objects.values_list("key", flat=True))
    return settle_followers(f"account:{account.pk}", key=key)


def test_a_second_identical_request_completes_with_the_first(account: Account) -> None:
    first, second = speak(account), speak(account)
    assert [part.state for part in Part.objects.filter(job=second)] == ["waiting"]
    finish(first)
    assert settle(account) == 1
    second = reread(second)
    assert (second.state, second.is_cached, second.charged_millicredits) == ("completed", True, 0)
    assert read_audio(second) == b"ID3 audio"
    assert available_millicredits(account.pk) == 1_000_000 - 96
    assert ledger_differences() == []
    assert not CacheWork.objects.exists()


def test_requests_at_the_same_instant_make_one_computation(account: Account) -> None:
    jobs = together(lambda _: speak(account), count=6)
    assert len({job.uuid for job in jobs}) == 6
    assert Part.objects.exclude(state="waiting").count() == 1
    leader = CacheWork.objects.get(role="leader")
    finish(Job.objects.get(uuid=leader.job_uuid))
    assert settle(account) == 5
    assert set(Job.objects.values_list("state", flat=True)) == {"completed"}
    assert available_millicredits(account.pk) == 1_000_000 - 96


def test_a_follower_computes_itself_if_the_first_fails(account: Account) -> None:
    first, second, third = speak(account), speak(account), speak(account)
    part = started(part_of(first))
    assert finish_part(outcome_of(part, status="failed", error_code=NOTHING_TO_SAY, error_message="no"))
    assert settle(account) == 1
    assert (part_of(second).state, part_of(third).state) == ("admitted", "waiting")
    finish(second)
    settle(account)
    assert [(reread(job).state, reread(job).charged_millicredits) for job in (first, second, third)] == [
        ("failed", 0),
        ("completed", 96),
        ("completed", 0),
    ]


def test_the_reaper_settles_followers_of_a_cancelled_job(account: Account) -> None:
    first, second = speak(account), speak(account)
    cancel_job(first, reason="Cancelled by its owner.")
    reap()  # the message to settle was lost
    assert part_of(second).state == "admitted"
    assert CacheWork.objects.get().role == "leader"


def test_a_cancelled_follower_leaves_the_leader_alone(account: Account) -> None:
    first, second = speak(account), speak(account)
    cancel_job(second, reason="The listener left.")
    assert (reread(second).state, reread(first).state) == ("cancelled", "queued")
    assert finish(first).state == "completed"
    assert not CacheWork.objects.exists()


def test_a_listener_does_not_wait_for_bulk_work(account: Account) -> None:
    text = SEA * 300  # longer than TTSAI_BULK_CHARACTERS: lane bulk unless somebody listens
    assert speak(account, text).lane == "bulk"
    heard = speak(account, text, has_listener=True)
    assert (heard.lane, CacheWork.objects.get(pk=heard.uuid).role) == ("normal", "alone")
    assert part_of(heard).state == "admitted"


def test_a_request_with_no_cache_follows_nobody(account: Account) -> None:
    speak(account)
    assert part_of(speak(account, cache=CacheUse.REFRESH)).state == "admitted"


def test_a_follower_does_not_expire_while_its_leader_works(account: Account) -> None:
    first, second = speak(account), speak(account)
    started(part_of(first))
    Job.objects.update(created_at="2020-01-01T00:00:00Z")
    reap()
    assert (reread(first).state, reread(second).state) == ("running", "queued")


def test_texts_of_one_batch_are_computed_once(account: Account) -> None:
    from apps.batches.services.accept import BatchOrder, request_batch

    order = BatchOrder(texts=[{"text": SEA}] * 3, webhook_url="", body_digest="digest")
    batch = request_batch(caller(account), order=order, idempotency=None, request_id="req_test")
    leader = Job.objects.get(uuid=CacheWork.objects.get(role="leader").job_uuid)
    finish(leader)
    assert settle(account) == 2
    batch.refresh_from_db()
    assert (batch.ended_count, batch.failed_count, batch.is_over) == (3, 0, True)
    again = request_batch(caller(account), order=order, idempotency=None, request_id="req_test")
    again.refresh_from_db()
    assert (again.ended_count, again.is_over) == (3, True), "a batch of hits is over at once"


def test_a_purge_while_the_first_computes_lets_the_others_compute(account: Account) -> None:
    first, second = speak(account), speak(account)
    purge_cache(PurgeScope(tenant=f"account:{account.pk}"))
    finish(first)
    assert not CacheEntry.objects.exists()
    settle(account)
    assert part_of(second).state == "admitted"
    assert finish(second).state == JobState.COMPLETED
    assert not CacheEntry.objects.exists()


def test_a_job_that_cannot_be_paid_leaves_no_leader_behind(account: Account) -> None:
    from tests.factories import AccountFactory

    poor = AccountFactory()
    (error,) = together(lambda _: speak(poor), count=1)
    assert error.code == "insufficient_credits"
    assert not CacheWork.objects.exists()
    assert spoken(account).state == "completed"
