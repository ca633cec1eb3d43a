"""Pages of links to results."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Membership
from apps.jobs.models import Job
from tests.factories_jobs import caller, finished, part_of, started, submit

TEXT = "Once upon a time, in a <b>quiet</b> town"


@pytest.fixture
def job(owner: Membership) -> Job:
    job = submit(caller(owner.account), TEXT).job
    finished(started(part_of(job)))
    return Job.objects.get(pk=job.pk)


def test_share_page_plays_the_result_for_whoever_has_the_link(visitor: Client, job: Job, owner: Membership) -> None:
    answer = visitor.get(f"/share/{job.uuid.hex}/", headers={"Host": "speech.example.com"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-file="/static/downloads/{job.uuid.hex}/output.mp3"' in page
    assert f'<meta property="og:audio" content="http://speech.example.com/static/downloads/{job.uuid.hex}/output.mp3">' in page
    assert '<meta property="og:description" content="Once upon a time, in a &lt;b&gt;quiet&lt;/b&gt; town">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "This voice is synthetic" in page
    assert owner.account.name not in page
    assert owner.user.email not in page
    assert visitor.get(f"/share/{job.uuid}/").status_code == 200


def test_share_page_does_not_call_a_recording_of_people_synthetic(visitor: Client, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(kind="audio-enhance")
    page = visitor.get(f"/share/{job.uuid.hex}/").content.decode()
    assert "synthetic" not in page
    assert "report a misuse" in page


def test_share_page_of_a_format_that_browsers_do_not_play_offers_mp3(visitor: Client, owner: Membership) -> None:
    job = submit(caller(owner.account), TEXT, output_format="ogg").job
    part = part_of(job)
    part.outputs = [{**output, "format": "ogg"} if output["format"] == "mp3" else output for output in part.outputs]
    part.save()
    finished(started(part_of(job)))
    assert f"/static/downloads/{job.uuid.hex}/output.mp3" in visitor.get(f"/share/{job.uuid.hex}/").content.decode()


def test_share_page_of_an_expired_result_says_so_without_its_text(visitor: Client, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = visitor.get(f"/share/{job.uuid.hex}/")
    assert answer.status_code == 410
    assert "has expired" in answer.content.decode()
    assert "Once upon" not in answer.content.decode()


def test_share_page_of_a_running_job_waits(visitor: Client, owner: Membership) -> None:
    job = submit(caller(owner.account), TEXT).job
    page = visitor.get(f"/share/{job.uuid.hex}/").content.decode()
    assert "still being made" in page
    assert "Once upon" not in page


def test_share_page_of_an_unknown_uuid_or_an_internal_job_is_not_found(visitor: Client, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(is_internal=True)
    for uuid in ("nothing", "0" * 32, str(uuid4()), job.uuid.hex):
        assert visitor.get(f"/share/{uuid}/").status_code == 404, uuid


def test_share_page_of_a_result_with_an_own_voice_does_not_name_it(visitor: Client, owner: Membership) -> None:
    params = {"model": "kokoro", "voice": "voice_0123456789abcdef0123", "text": TEXT}
    job = submit(caller(owner.account), TEXT, params=params).job
    finished(started(part_of(job)))
    page = visitor.get(f"/share/{job.uuid.hex}/").content.decode()
    assert "voice_0123456789abcdef0123" not in page
    assert "<h1>A recording</h1>" in page
