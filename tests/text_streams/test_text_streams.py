"""Text streams over a real socket: order, flushes, interruptions, charges, limits and failures."""

import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as DjangoClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps.billing.models import LedgerEntry
from apps.cache.models import CacheEntry
from apps.jobs.models import Job, JobState
from tests.factories_jobs import announce, engine_spec
from tests.flows.following import wait_until
from tests.speech.people import Person, person
from tests.text_streams.reader import PATIENCE, RATE, Reader, reading
from tests.web.shell import RunningShell

Events = list[dict[str, Any]]


def download(job: Job) -> Any:
    return DjangoClient().get(f"/static/downloads/{job.uuid.hex}/output.{job.output_format}")


class Client:
    """Client that speaks JSON."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **fields: Any) -> None:
        self.connection.send(json.dumps(fields))

    def until(self, *names: str) -> Events:
        events = [json.loads(self.connection.recv(timeout=PATIENCE))]
        while events[-1].get("type") not in names:
            events.append(json.loads(self.connection.recv(timeout=PATIENCE)))
        return events


@contextlib.contextmanager
def opened(server: RunningShell, somebody: Person, query: str = "", *, path: str = "test-text-stream") -> Iterator[Client]:
    url = f"{server.url.replace('http', 'ws')}/v1/{path}/{query}"
    with connect(url, additional_headers=somebody.headers, open_timeout=PATIENCE, proxy=None) as connection:
        yield Client(connection)


def audio_of(events: Events) -> bytes:
    return b"".join(base64.b64decode(event["data"]) for event in events if "data" in event)


def named(events: Events, name: str) -> Events:
    return [event for event in events if event["type"] == name]


def test_first_sentence_is_heard_before_the_third_is_sent(server: RunningShell, owner: Person) -> None:
    with reading() as reader, opened(server, owner) as client:
        for word in ("I", "am", "here.", "You"):
            client.send(text=f"{word} ")
        heard = client.until("SentenceEnded")
        for word in ("are", "there.", "We", "are", "all", "done. "):
            client.send(text=f"{word} ")
        client.send(finish=True)
        events = [*heard, *client.until("Finished")]
    assert reader.texts == [event["text"] for event in named(events, "SentenceStarted")]
    started = named(events, "SentenceStarted")
    assert [(event["index"], event["text"], event["start_character"]) for event in started] == [
        (0, "I am here. ", 0),
        (1, "You are there. ", 11),
        (2, "We are all done.  ", 26),
    ]
    assert list(Job.objects.values_list("state", flat=True)) == [JobState.COMPLETED] * 3


def test_audio_is_one_stream_with_pauses_and_word_timings(server: RunningShell, owner: Person) -> None:
    with reading(), opened(server, owner) as client:
        client.send(text="I am here. You are there.", finish=True)
        events = client.until("Finished")
    words = [word for event in named(events, "SpokenAudio") for word in event["words"]]
    assert [word["word"] for word in words] == ["I", "am", "here.", "You", "are", "there."]
    assert [word["start"] for word in words] == [0.0, 0.1, 0.2, 0.52, 0.62, 0.72]
    assert len(audio_of(events)) == round(0.82 * RATE) * 2
    assert events[-1]["seconds"] == 0.82
    assert [event["seconds"] for event in named(events, "SentenceEnded")] == [0.3, 0.52]


def test_encoded_stream_has_one_header_for_all_sentences(server: RunningShell, owner: Person) -> None:
    with reading(), opened(server, owner, "?format=wav&rate=8000") as client:
        client.send(text="I am here. You are there.", finish=True)
        audio = audio_of(client.until("Finished"))
    assert audio.count(b"RIFF") == 1
    assert audio[:4] == b"RIFF"
    assert abs(len(audio) - 44 - 0.82 * 8000 * 2) < 200


def test_flush_speaks_an_unfinished_sentence_and_its_marker_follows_the_audio(server: RunningShell, owner: Person) -> None:
    with reading(), opened(server, owner) as client:
        client.send(text="no full stop", flush="one")
        client.send(flush="two")
        events = client.until("Flushed")
        assert [event["type"] for event in events][-2:] == ["SentenceEnded", "Flushed"]
        assert events[-1]["marker"] == "one"
        assert client.until("Flushed") == [{"type": "Flushed", "marker": "two"}]


def test_clearing_stops_the_sentence_and_discards_the_rest(server: RunningShell, owner: Person) -> None:
    with reading() as reader, opened(server, owner) as client:
        client.send(text="Please hold this line. And this one is waiting. Half")
        client.until("SpokenAudio")
        client.send(clear=True)
        events = client.until("Cleared")
        assert not named(events, "SentenceEnded")
        wait_until(lambda: Job.objects.filter(cancel_requested_at__isnull=False).count() == 1)
        reader.resume.set()
        client.send(text="A new one.", finish=True)
        spoken = client.until("Finished")
    assert [event["text"] for event in named(spoken, "SentenceStarted")] == ["A new one."]
    wait_until(lambda: not Job.objects.exclude(state__in=[JobState.CANCELLED, JobState.COMPLETED]).exists())
    assert owner.millicredits > 1_000_000 - sum(Job.objects.values_list("reserved_millicredits", flat=True))


def test_client_that_leaves_pays_for_what_was_sent(server: RunningShell) -> None:
    owner = person(credits=1000, concurrent_jobs=9)
    with reading(), opened(server, owner) as client:
        client.send(text="I am heard. This is for later. And this was made ahead. ")
        heard = client.until("SentenceEnded")
        wait_until(lambda: Job.objects.filter(state=JobState.COMPLETED).count() == 2)
        client.connection.close()
        wait_until(lambda: LedgerEntry.objects.filter(kind="adjustment").count() == 1)
        wait_until(lambda: Job.objects.filter(state=JobState.CANCELLED).count() == 1)
    assert owner.millicredits == 1_000_000 - heard[-1]["price_millicredits"]
    job = Job.objects.get(params__text="And this was made ahead. ")
    refund = LedgerEntry.objects.get(kind="adjustment")
    assert (refund.amount_millicredits, refund.external_ref) == (job.charged_millicredits, f"unsent:{job.uuid.hex}")


@pytest.fixture
def _cache(settings: Any) -> None:
    settings.TTSAI_CACHE, settings.TTSAI_CACHE_PRICE_PERCENT = True, 100
    announce(engine_spec(is_deterministic=True))


@pytest.mark.usefixtures("_cache")
def test_refunded_sentence_leaves_no_audio_and_no_cached_result(server: RunningShell) -> None:
    owner = person(credits=1000, concurrent_jobs=9)
    with reading(), opened(server, owner) as client:
        client.send(text="I am heard. This is for later. And this was made ahead. ")
        client.until("SentenceEnded")
        wait_until(lambda: CacheEntry.objects.count() == 2)
        client.connection.close()
        wait_until(lambda: LedgerEntry.objects.filter(kind="adjustment").count() == 1)
    heard, refunded = (Job.objects.get(params__text=text) for text in ("I am heard. ", "And this was made ahead. "))
    assert (owner.result(heard.uuid.hex).status_code, owner.result(refunded.uuid.hex).status_code) == (200, 410)
    assert CacheEntry.objects.count() == 1


def test_sentence_that_was_downloaded_before_its_turn_stays_charged(server: RunningShell) -> None:
    owner = person(credits=1000, concurrent_jobs=9)
    with reading(), opened(server, owner) as client:
        client.send(text="I am heard. This is for later. And this was made ahead. ")
        client.until("SentenceEnded")
        wait_until(lambda: Job.objects.filter(state=JobState.COMPLETED).count() == 2)
        ahead = Job.objects.get(params__text="And this was made ahead. ")
        downloaded = download(ahead)
        client.connection.close()
        wait_until(lambda: Job.objects.filter(state=JobState.CANCELLED).count() == 1)
    assert (downloaded.status_code, download(ahead).status_code) == (200, 200)
    assert not LedgerEntry.objects.filter(kind="adjustment").exists()


@pytest.mark.usefixtures("_cache")
def test_sentence_made_ahead_that_another_request_got_from_the_cache_stays_charged(server: RunningShell, settings: Any) -> None:
    owner = person(credits=1000, concurrent_jobs=9)
    with reading(), opened(server, owner) as client:
        client.send(text="I am heard. This is for later. And this was made ahead. ")
        client.until("SentenceEnded")
        wait_until(lambda: CacheEntry.objects.count() == 2)
        settings.TTSAI_CACHE_PRICE_PERCENT = 0
        again = owner.say("And this was made ahead. ", format="wav").json()
        client.connection.close()
        wait_until(lambda: Job.objects.filter(state=JobState.CANCELLED).count() == 1)
    assert (again["status"], again["credits_used"]) == ("completed", 0)
    assert not LedgerEntry.objects.filter(kind="adjustment").exists()


@pytest.mark.usefixtures("_cache")
def test_client_that_leaves_before_a_cached_sentence_is_accepted_pays_nothing(server: RunningShell, owner: Person) -> None:
    with reading(), opened(server, owner) as client:
        client.send(text="I am here.", finish=True)
        client.until("Finished")
        wait_until(lambda: CacheEntry.objects.count() == 1)
    before = owner.millicredits
    with opened(server, owner, path="test-abandoned-submission"):
        wait_until(lambda: LedgerEntry.objects.filter(kind="adjustment").count() == 1)
    assert LedgerEntry.objects.get(kind="adjustment").amount_millicredits > 0
    assert owner.millicredits == before
    assert Job.objects.filter(state=JobState.COMPLETED).count() == 2
    assert CacheEntry.objects.count() == 1


def test_flushes_beyond_the_limit_are_refused(server: RunningShell, owner: Person) -> None:
    with reading(), opened(server, owner) as client:
        client.send(text="This is for later. ")
        wait_until(lambda: Job.objects.count() == 1)
        for number in range(4):
            client.send(flush=number)
        assert json.loads(client.connection.recv(timeout=PATIENCE))["error"]["code"] == "too_many_flushes"
        wait_until(lambda: Job.objects.get().state == JobState.CANCELLED)


def test_failed_sentence_is_an_event_and_the_next_one_is_spoken(server: RunningShell, owner: Person) -> None:
    with reading(), opened(server, owner) as client:
        client.send(text="I am here. I will fail. You are there.", finish=True)
        events = client.until("Finished")
    assert named(events, "SentenceFailed") == [{"type": "SentenceFailed", "index": 1, "code": "broken", "is_fatal": False}]
    assert [event["text"] for event in named(events, "SentenceStarted")] == ["I am here. ", "You are there."]


def test_account_without_credits_gets_one_failure_and_the_end(server: RunningShell) -> None:
    poor = person(credits=0)
    with reading(), opened(server, poor) as client:
        client.send(text="I am here. You are there. ")
        events = client.until("SentenceFailed")
        assert events == [{"type": "SentenceFailed", "index": 0, "code": "insufficient_credits", "is_fatal": True}]
        with pytest.raises(ConnectionClosed):
            client.until("SentenceFailed")
    assert not Job.objects.exists()


def test_plan_with_one_job_at_once_speaks_all_sentences_in_order(server: RunningShell) -> None:
    small = person(concurrent_jobs=1)
    with reading() as reader, opened(server, small) as client:
        client.send(text="One is here. Two is here. Three is here.", finish=True)
        events = client.until("Finished")
    assert (
        [event["text"] for event in named(events, "SentenceStarted")]
        == reader.texts
        == ["One is here. ", "Two is here. ", "Three is here."]
    )


def test_unknown_voice_is_refused_before_there_is_a_text(server: RunningShell, owner: Person) -> None:
    with opened(server, owner, "?voice=nobody") as client:
        events = [json.loads(client.connection.recv(timeout=PATIENCE))]
        assert events[0]["error"]["code"] == "unknown_voice"


@pytest.mark.parametrize(
    ("text", "code"), [("x" * 5001, "text_too_long"), ("hold on. " + "word " * 390 + "Hold. " * 20, "too_much_pending_text")]
)
def test_text_beyond_the_limits_is_refused(server: RunningShell, owner: Person, text: str, code: str) -> None:
    with reading(Reader()), opened(server, owner) as client:
        client.send(text=text)
        assert json.loads(client.connection.recv(timeout=PATIENCE))["error"]["code"] == code
    assert not Job.objects.exists()


def test_text_without_anything_to_say_finishes_without_audio(server: RunningShell, owner: Person) -> None:
    with opened(server, owner) as client:
        client.send(text="... !?", finish=True)
        assert client.until("Finished") == [{"type": "Finished", "data": "", "seconds": 0.0}]
    assert not Job.objects.exists()
