"""Abuse reports and takedowns: a voice stops at once, its owner is notified, its files go after the appeal period."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.abuse_reports.models import AbuseReport
from apps.abuse_reports.services.reports import dismiss_report, report_abuse
from apps.abuse_reports.services.takedowns import lift_takedown, take_voice_down
from apps.announcements.models import Announcement
from apps.billing.models import EntryKind
from apps.billing.services import grant_credits, reserve_credits
from apps.core.errors import ConflictError, InvalidRequestError, PermissionDeniedError, TooManyRequestsError
from apps.mail.models import OutgoingMail
from apps.voices.models import Enrolment, Takedown, Voice
from apps.voices.selectors import check_usable
from apps.voices.services.takedowns import cancel_jobs_with, delete_voices_after_appeal
from tests.factories import MembershipFactory, bearer, make_key
from tests.operator.rows import make_job
from tests.routes.voices import make_voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def voice() -> Voice:
    member = MembershipFactory(user__email="owner@example.com", role="owner")
    MembershipFactory(account=member.account, role="viewer")
    return make_voice(member.account)


def report(subject: str, *, address: str = "192.0.2.1") -> AbuseReport:
    return report_abuse(subject=subject, reason="my_voice", description="I never agreed.", email="", address=address)


def test_report_finds_the_voice_by_its_id_or_by_a_result(voice: Voice) -> None:
    job = make_job(voice.account, state="completed")
    job.params = {"voice": voice.voice_id}
    job.save()
    by_voice, by_result = report(voice.voice_id), report(job.uuid.hex)
    assert (by_voice.voice, by_voice.job) == (voice, None)
    assert (by_result.voice, by_result.job) == (voice, job)
    assert {by_voice.state, by_result.state} == {"open"}


@pytest.mark.parametrize("subject", ["voice_unknown", "0f0c4d1e-6b7a-4c1f-8a52-d3b7c6e1f004", "'; DROP TABLE"])
def test_a_report_about_something_unknown_is_refused(subject: str) -> None:
    with pytest.raises(InvalidRequestError, match="There is no voice and no result"):
        report(subject)
    assert not AbuseReport.objects.exists()


def test_reports_of_one_address_block_are_limited(voice: Voice, settings: Any) -> None:
    settings.TTSAI_ABUSE_REPORTS_PER_DAY = 2
    for host in ("2001:db8::1", "2001:db8::2"):
        report(voice.voice_id, address=host)
    with pytest.raises(TooManyRequestsError, match="reports of the day"):
        report(voice.voice_id, address="2001:db8::3")
    assert report(voice.voice_id, address="2001:db8:1::1").block == "2001:db8:1::/64"


def test_reports_within_a_minute_are_limited(voice: Voice) -> None:
    for _ in range(5):
        report(voice.voice_id)
    with pytest.raises(TooManyRequestsError, match="Try again in a minute"):
        report(voice.voice_id)


def test_voice_that_is_taken_down_is_silent_and_its_owner_notified(voice: Voice) -> None:
    first, second = report(voice.voice_id), report(voice.voice_id)
    Voice.objects.filter(pk=voice.pk).update(next_enrolment=make_voice(voice.account).enrolment)
    takedown = take_voice_down(voice, reason="The speaker did not agree.", decided_by="operator@example.com")
    voice = Voice.objects.select_related("enrolment").get(pk=voice.pk)
    with pytest.raises(PermissionDeniedError, match="took the voice") as refused:
        check_usable(voice)
    assert (refused.value.code, voice.next_enrolment) == ("voice_taken_down", None)
    for closed in (first, second):
        closed.refresh_from_db()
        assert (closed.state, closed.takedown, closed.resolved_by) == ("taken_down", takedown, "operator@example.com")
    message = OutgoingMail.objects.get()
    assert (message.to, "The speaker did not agree." in message.text) == ("owner@example.com", True)
    shown = Announcement.objects.get()
    assert (shown.account, shown.level, shown.ends_at) == (voice.account, "problem", takedown.appeal_ends_at)
    with pytest.raises(ConflictError, match="already"):
        take_voice_down(voice, reason="again", decided_by="operator@example.com")


def test_a_voice_under_appeal_is_neither_deleted_nor_exported_by_its_owner(voice: Voice, client: Client) -> None:
    take_voice_down(voice, reason="rightly", decided_by="operator@example.com")
    _, secret = make_key(voice.account)
    for method, path in (("DELETE", ""), ("GET", "export/")):
        answer = client.generic(method, f"/v1/voices/{voice.voice_id}/{path}", headers=bearer(secret))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "voice_taken_down")
    assert Voice.objects.filter(pk=voice.pk).exists()


def test_an_appeal_lets_the_voice_speak_again(voice: Voice) -> None:
    takedown = take_voice_down(voice, reason="wrongly", decided_by="operator@example.com")
    lift_takedown(takedown)
    check_usable(Voice.objects.select_related("enrolment").get(pk=voice.pk))
    with pytest.raises(ConflictError, match="is over"):
        lift_takedown(takedown)
    take_voice_down(voice, reason="rightly", decided_by="operator@example.com")
    assert Takedown.objects.count() == 2


def test_the_files_are_deleted_after_the_appeal_period_and_not_before(
    voice: Voice, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.OBJECTS_FOLDER = str(tmp_path)
    other = make_voice(voice.account)
    takedown = take_voice_down(voice, reason="rightly", decided_by="operator@example.com")
    assert delete_voices_after_appeal() == 0
    assert timedelta(days=13) < takedown.appeal_ends_at - timezone.now() < timedelta(days=15)
    Takedown.objects.update(appeal_ends_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_voices_after_appeal() == 1
    assert list(Voice.objects.all()) == [other]
    assert list(Enrolment.objects.all()) == [other.enrolment]
    takedown.refresh_from_db()
    assert (takedown.is_open, takedown.enrolment, takedown.voice_id) == (False, None, voice.voice_id)
    assert delete_voices_after_appeal() == 0


def test_jobs_that_speak_with_the_voice_are_cancelled(voice: Voice) -> None:
    grant_credits(voice.account.pk, amount_millicredits=1000, kind=EntryKind.BONUS, reason="for a test", actor="test")
    own, other = make_job(voice.account, state="queued"), make_job(voice.account, state="queued")
    reserve_credits(voice.account.pk, job_uuid=own.uuid, amount_millicredits=68)
    own.params = {"voice": voice.voice_id}
    own.save()
    takedown = take_voice_down(voice, reason="rightly", decided_by="operator@example.com")
    assert cancel_jobs_with(takedown) == 1
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, own.error_message, other.state) == ("cancelled", "The operator took the voice down.", "queued")


def test_a_dismissed_report_is_closed_once(voice: Voice) -> None:
    closed = dismiss_report(report(voice.voice_id), reason="a public speech", resolved_by="operator@example.com")
    assert (closed.state, closed.resolution) == ("dismissed", "a public speech")
    with pytest.raises(ConflictError, match="dismissed by operator"):
        dismiss_report(closed, reason="again", resolved_by="operator@example.com")
