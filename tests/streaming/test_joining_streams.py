"""Streams of identical requests: the second hears the audio of the first while it is made, and takes over if the first ends early."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
import redis

from apps.billing.selectors import ledger_differences
from apps.cache.models import CacheWork
from apps.jobs.models import Job, Part
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.followers import settle_followers
from tests.factories import make_key
from tests.factories_jobs import announce, engine_spec, reread
from tests.flows.following import wait_until
from tests.speech.people import Person
from tests.streaming.listeners import Listener
from tests.streaming.speaking import PartSpeaker, admitted_part, only_job, pcm_of
from tests.web.shell import RunningShell

TEXT = "One. Two. Three."
HEARD = len(pcm_of(1, has_silence=False))
Join = Callable[[], Listener]


@pytest.fixture(autouse=True)
def _cache(_platform: None, settings: Any) -> None:
    settings.TTSAI_CACHE = True
    announce(engine_spec(is_deterministic=True))


@pytest.fixture
def join(server: RunningShell, owner: Person) -> Iterator[Join]:
    """Starts a client with a key of its own of the same account, which streams the text."""
    body = {"text": TEXT, "voice": "af_bella", "format": "pcm", "stream": True}
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Listener(server.url, make_key(owner.account)[1], body)))


def follower() -> Job:
    """The job that follows, once it is accepted."""
    wait_until(lambda: CacheWork.objects.filter(role="follower").exists())
    return Job.objects.get(uuid=CacheWork.objects.get(role="follower").job_uuid)


def settle(job: Job) -> int:
    """Do what the platform's worker does after a leader's end."""
    return settle_followers(job.tenant, key=CacheWork.objects.get(role="follower").key)


def both(join: Join, valkey: redis.Redis) -> tuple[Listener, Listener, Job, Job, PartSpeaker]:
    """Two listeners who have heard the first sentence, with their jobs and the speaker of the first."""
    first = join()
    leading = only_job()
    speaker = PartSpeaker(valkey, admitted_part(leading)).say(1)
    first.wait_for(HEARD)
    second = join()
    following = follower()
    second.wait_for(HEARD)
    return first, second, leading, following, speaker


def test_a_second_stream_hears_the_first_ones_audio_and_is_charged_as_a_hit(join: Join, valkey: redis.Redis, owner: Person) -> None:
    first, second, leading, following, speaker = both(join, valkey)
    speaker.say(2, 3, is_last=True).finish()
    assert (first.finish(), second.finish()) == (pcm_of(1, 2, 3), pcm_of(1, 2, 3))
    assert settle(leading) == 1
    leading, following = reread(leading), reread(following)
    assert (leading.state, leading.charged_millicredits) == ("completed", leading.price_millicredits)
    assert (following.state, following.is_cached, following.charged_millicredits) == ("completed", True, 0)
    assert ledger_differences() == []


def test_a_second_stream_that_leaves_does_not_stop_the_first(join: Join, valkey: redis.Redis, owner: Person, settings: Any) -> None:
    settings.TTSAI_CACHE_PRICE_PERCENT = 50
    first, second, leading, following, speaker = both(join, valkey)
    second.close()
    wait_until(lambda: reread(following).is_over)
    following = reread(following)
    heard = following.units // 10  # the speaker's sentences are a tenth of the text each
    assert following.state == "cancelled"
    assert following.charged_millicredits == -(-(following.price_millicredits // 2) * heard // following.units)
    assert reread(leading).cancel_requested_at is None
    speaker.say(2, 3, is_last=True).finish()
    assert first.finish() == pcm_of(1, 2, 3)
    assert reread(leading).state == "completed"


def test_the_first_stream_that_leaves_does_not_stop_the_second(join: Join, valkey: redis.Redis) -> None:
    first, second, leading, _, speaker = both(join, valkey)
    first.close()
    speaker.say(2)
    second.wait_for(2 * HEARD)
    assert reread(leading).cancel_requested_at is None
    speaker.say(3, is_last=True).finish()
    assert second.finish() == pcm_of(1, 2, 3)
    assert reread(leading).charged_millicredits == leading.price_millicredits


def test_the_first_job_stops_when_both_have_left_and_costs_what_was_made(
    join: Join, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.streaming.job_audio.LISTENER_POLL_SECONDS", 0.05)
    first, second, leading, following, speaker = both(join, valkey)
    first.close()
    speaker.say(2)
    second.wait_for(2 * HEARD)
    second.close()
    wait_until(lambda: reread(leading).cancel_requested_at is not None)
    speaker.report_cancelled(units_done=2 * speaker.part.units // 10)
    share = 2 * speaker.part.units // 10 / speaker.part.units
    assert reread(leading).charged_millicredits == pytest.approx(share * leading.price_millicredits, abs=1)
    assert reread(following).state == "cancelled"


def test_a_second_stream_continues_with_its_own_job_if_the_first_fails(join: Join, valkey: redis.Redis) -> None:
    first, second, leading, following, speaker = both(join, valkey)
    PartSpeaker.fail(speaker.part, code="engine_unavailable")
    first.finish()
    assert settle(leading) == 1
    again = PartSpeaker(valkey, admitted_part(following)).say(1, 2, 3, is_last=True)
    again.finish()
    assert second.finish() == pcm_of(1, 2, 3)
    assert reread(following).charged_millicredits == following.price_millicredits
    assert reread(leading).charged_millicredits == 0


def test_cancelling_the_second_job_ends_its_stream_alone(join: Join, valkey: redis.Redis) -> None:
    first, second, _, following, speaker = both(join, valkey)
    cancel_job(following, reason="Cancelled by its owner.")
    second.finish()
    assert second.body == pcm_of(1, has_silence=False)
    speaker.say(2, 3, is_last=True).finish()
    assert first.finish() == pcm_of(1, 2, 3)


def test_speech_that_a_second_stream_heard_stays_charged_if_the_first_is_dropped(join: Join, valkey: redis.Redis) -> None:
    *_, leading, following, speaker = both(join, valkey)
    cancel_job(leading, reason="Interrupted before it was heard.", units_sent=0)
    speaker.report_cancelled(units_done=speaker.part.units // 2)
    assert reread(leading).charged_millicredits == pytest.approx(leading.price_millicredits / 2, abs=leading.price_millicredits // 10)
    assert Part.objects.get(job=following).state == "waiting"


def test_a_stream_follows_no_job_that_nobody_listens_to(join: Join, owner: Person, valkey: redis.Redis) -> None:
    owner.post("/v1/tts/", {"text": TEXT, "voice": "af_bella", "format": "pcm"})
    listener = join()
    wait_until(lambda: CacheWork.objects.count() == 2)
    assert sorted(CacheWork.objects.values_list("role", "is_streamed")) == [("alone", True), ("leader", False)]
    PartSpeaker(valkey, admitted_part(Job.objects.get(is_streamed=True))).say(1, is_last=True).finish()
    assert listener.finish() == pcm_of(1)
