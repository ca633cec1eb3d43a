"""Results past their retention, renditions, and obsolete rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import ConflictError
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.models import IdempotencyRecord, Job, Part, PartState, TenantVirtualTime
from apps.jobs.services.finish import finish_part
from apps.jobs.services.renditions import request_rendition
from apps.jobs.services.retention import expire_now, expire_results, forget_old_rows
from apps.speech.kinds import SPEECH, SpeechParams
from tests.factories import AccountFactory, PlanFactory
from tests.factories_jobs import announce, caller, outcome_of, part_of, reread, submit, work_off
from tests.jobs.observing import everything, together
from workers.contract.messages import ConvertWork
from workers.contract.references import StoredObject


def completed(**changes: object) -> Job:
    announce()
    job = submit(caller(AccountFactory(credits=10, plan=PlanFactory(retention_days=3))), **changes).job
    work_off()
    return reread(job)


def test_a_result_goes_with_its_text_when_its_time_is_over() -> None:
    old, young = completed(), completed()
    key, kept = old.main_output.key, young.main_output.key
    assert expire_results() == 0
    Job.objects.filter(uuid=old.uuid).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expire_results() == 1
    old = reread(old)
    assert (old.state, old.result_deleted_at is not None, "text" in old.params) == ("completed", True, False)
    assert SPEECH.read_params(old) == SpeechParams(model="kokoro", voice="af_bella")
    assert (get_storage().stat(key), get_storage().stat(kept) is not None) == (None, True)
    assert (Part.objects.filter(job_id=old.uuid).count(), reread(young).result_deleted_at) == (0, None)
    assert expire_results() == 0


def test_the_recording_that_was_heard_is_named_no_longer() -> None:
    job = completed()
    params = {"text": "Hi.", "source": "account-1/0/abc", "seconds": 2.0}
    Job.objects.update(kind="transcription", params=params, expires_at=timezone.now() - timedelta(seconds=1))
    assert (expire_results(), reread(job).params) == (1, {"seconds": 2.0})


def test_retention_is_counted_by_the_plan_from_the_end() -> None:
    job = completed()
    assert job.expires_at - job.finished_at == timedelta(days=3)


def test_an_owner_may_have_results_deleted_at_once() -> None:
    job, other = completed(), completed()
    rendition = request_rendition(job, format="wav")
    work_off("codec")
    assert not reread(job).is_expired
    assert expire_now(Job.objects.filter(uuid=job.uuid)) == 1
    assert reread(job).is_expired
    assert expire_results() == 2
    assert [reread(one).result_deleted_at is None for one in (job, rendition, other)] == [False, False, True]


def test_a_job_that_is_not_over_keeps_its_time() -> None:
    announce()
    job = submit(caller(AccountFactory(credits=10))).job
    assert expire_now(Job.objects.filter(uuid=job.uuid)) == 0
    assert (reread(job).expires_at, reread(job).is_expired) == (None, False)


def test_retention_keeps_results_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    job = completed()
    Job.objects.update(expires_at=timezone.now() - timedelta(days=1))

    def away(prefix: str) -> None:
        raise StorageAwayError("The object store does not answer.")

    monkeypatch.setattr(get_storage(), "delete_prefix", away)
    assert expire_results() == 0
    assert (reread(job).result_deleted_at, part_of(job).state) == (None, "done")


def test_a_rendition_is_one_free_job_of_the_platforms_own() -> None:
    job = completed()
    rendition = request_rendition(job, format="wav")
    part = part_of(rendition)
    assert (rendition.kind, rendition.is_internal, rendition.reserved_millicredits) == ("rendition", True, 0)
    assert (rendition.tenant, rendition.account_id, rendition.expires_at) == (job.tenant, job.account_id, job.expires_at)
    assert (part.queue, part.kind, part.state) == ("codec", "convert", PartState.ADMITTED)
    assert ConvertWork.from_dict(part.work) == ConvertWork(StoredObject(job.main_output.key), format="wav")
    assert request_rendition(job, format="wav").uuid == rendition.uuid
    work_off("codec")
    done = request_rendition(job, format="wav")
    assert (done.uuid, done.state, done.main_output.media_type, done.expires_at) == (
        rendition.uuid,
        "completed",
        "audio/wav",
        job.expires_at,
    )
    assert request_rendition(job, format="flac").uuid != rendition.uuid


def test_concurrent_requests_for_a_rendition_create_one() -> None:
    job = completed()
    assert len({rendition.uuid for rendition in together(lambda number: request_rendition(job, format="wav"), count=6)}) == 1


def test_a_rendition_that_failed_is_made_anew() -> None:
    job = completed()
    rendition = request_rendition(job, format="wav")
    assert finish_part(outcome_of(part_of(rendition), status="failed", error_code="bad_audio"))
    assert reread(rendition).state == "failed"
    again = request_rendition(job, format="wav")
    assert again.uuid != rendition.uuid
    assert request_rendition(job, format="wav").uuid == again.uuid


def test_a_rendition_needs_a_result() -> None:
    job = submit(caller()).job
    before = everything()
    with pytest.raises(ConflictError):
        request_rendition(job, format="wav")
    assert everything() == before


def test_renditions_take_no_place_of_the_accounts_jobs() -> None:
    announce()
    by = caller(AccountFactory(credits=10, plan=PlanFactory(concurrent_jobs=1)))
    job = submit(by).job
    work_off()
    request_rendition(job, format="wav")
    assert part_of(submit(by).job).state == PartState.ADMITTED


def test_keys_of_yesterday_and_shares_that_the_clock_has_passed_are_forgotten() -> None:
    by = caller()
    submit(by, key="old")
    submit(by, key="new")
    IdempotencyRecord.objects.filter(key="old").update(created_at=timezone.now() - timedelta(hours=25))
    for tenant, virtual_time in (("", 100.0), ("behind", 90.0), ("ahead", 110.0)):
        TenantVirtualTime.objects.create(queue="kokoro", tenant=tenant, virtual_time=virtual_time)
    TenantVirtualTime.objects.create(queue="hibari", tenant="behind", virtual_time=1.0)
    forget_old_rows()
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]
    assert sorted(TenantVirtualTime.objects.values_list("queue", "tenant")) == [("hibari", "behind"), ("kokoro", ""), ("kokoro", "ahead")]
