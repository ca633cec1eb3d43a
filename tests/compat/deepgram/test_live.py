"""Live connections with a plain WebSocket client: results, their order, their price, hostile clients."""

import json
import threading
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from apps.compat.deepgram import live_channel, live_messages, utterances
from apps.jobs.models import Job, Part
from tests.compat.deepgram.live import PATIENCE, QUERY, Line, Recogniser, line, pcm, recognising, spoken, text_of
from tests.flows.following import wait_until
from tests.speech.people import Person, person
from tests.web.shell import RunningShell
from tests.workers.recognition.clips import silence
from workers.audio.encoding.g711 import Law, encode_g711
from workers.contract.messages import PartOutcome

SECONDS = 6.0
"""Length of `spoken()`, roughly."""


def ending_of(connection: Line) -> tuple[int, list[dict[str, Any]]]:
    """Code with which the server closes, and the messages before."""
    found: list[dict[str, Any]] = []
    with pytest.raises(ConnectionClosed) as closed:
        found.extend(iter(connection.read, None))
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, found


def test_utterance_is_final_at_its_end_and_metadata_comes_last(server: RunningShell, owner: Person) -> None:
    with recognising() as recogniser, line(server, owner.key) as connection:
        audio = spoken()
        connection.say(audio)
        connection.send("CloseStream")
        code, messages = ending_of(connection)
    result, metadata = messages
    (seconds,) = recogniser.seconds
    assert code == 1000
    assert (result["type"], result["is_final"], result["speech_final"], result["from_finalize"]) == ("Results", True, True, False)
    assert (result["channel_index"], result["duration"]) == ([0, 1], pytest.approx(seconds, abs=0.01))
    assert text_of(result) == " ".join(Recogniser.NAMES[: int(seconds)]) + "."
    first = result["channel"]["alternatives"][0]["words"][0]
    assert (first["word"], first["punctuated_word"], first["confidence"]) == ("one", "One", 0.9)
    assert first["start"] == pytest.approx(result["start"] + 0.2, abs=0.001)
    assert 0.3 < result["start"] < 1.0
    assert (metadata["type"], metadata["channels"]) == ("Metadata", 1)
    assert metadata["duration"] == pytest.approx(len(audio) / 32_000, abs=0.001)
    assert metadata["request_id"] == result["metadata"]["request_id"]


def test_interim_results_grow_and_the_utterance_is_charged_once(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_channel, "INTERIM_SECONDS", 0.5)
    with recognising(), line(server, owner.key, f"{QUERY}&interim_results=true&vad_events=true") as connection:
        audio = spoken()
        connection.say(audio[: 32_000 * 2])
        growing = connection.until("Results")
        connection.say(audio[32_000 * 2 :])
        rest = connection.until("Results", is_final=True)
    assert [message["type"] for message in growing] == ["SpeechStarted", "Results"]
    assert growing[0]["channel"] == [0, 1]
    interim, final = growing[-1], rest[-1]
    assert (interim["is_final"], interim["speech_final"]) == (False, False)
    assert interim["start"] == final["start"]
    assert interim["duration"] < final["duration"]
    jobs = list(Job.objects.all())
    assert len(jobs) >= 2
    price_of_one = max(jobs, key=lambda job: job.units).units * 1000 // 60_000
    wait_until(lambda: all(job.is_over for job in Job.objects.all()))
    charged = sum(job.charged_millicredits for job in Job.objects.all())
    assert owner.millicredits == 1_000_000 - charged
    assert max(job.charged_millicredits for job in Job.objects.all()) < charged
    assert price_of_one > 0


class StepwiseRecogniser(Recogniser):
    """Recogniser that hears one recording for each release of `steps`."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = threading.Semaphore(0)

    def do(self, part: Part) -> PartOutcome | None:
        self.steps.acquire(timeout=PATIENCE)
        return super().do(part)


def test_interim_result_that_is_ready_after_the_end_of_its_utterance_comes_before_the_final_one(
    server: RunningShell, owner: Person
) -> None:
    audio, recogniser = spoken(), StepwiseRecogniser()
    with recognising(recogniser), line(server, owner.key, f"{QUERY}&interim_results=true") as connection:
        connection.say(audio[: 32_000 * 3])
        wait_until(lambda: Job.objects.count() == 1, seconds=PATIENCE)
        connection.say(audio[32_000 * 3 :])
        wait_until(lambda: Job.objects.count() == 2, seconds=PATIENCE)  # the final result's
        recogniser.steps.release()
        interim = connection.until("Results")[-1]
        recogniser.steps.release()
        final = connection.until("Results")[-1]
    assert (interim["is_final"], final["is_final"]) == (False, True)
    assert interim["start"] == final["start"]
    assert interim["duration"] < final["duration"]


def test_silence_alone_is_neither_recognised_nor_charged(server: RunningShell, owner: Person) -> None:
    with recognising() as recogniser, line(server, owner.key, f"{QUERY}&interim_results=true") as connection:
        connection.say(pcm(silence(10.0)))
        connection.send("CloseStream")
        code, messages = ending_of(connection)
    assert (code, [message["type"] for message in messages], recogniser.works) == (1000, ["Metadata"], [])
    assert owner.millicredits == 1_000_000


def test_finalize_ends_the_utterance_at_once_and_is_always_answered(server: RunningShell, owner: Person) -> None:
    with recognising(), line(server, owner.key) as connection:
        connection.say(spoken(after=0.0))
        connection.send("Finalize")
        assert text_of(connection.until("Results", from_finalize=True)[-1]).startswith("One")
        connection.send("KeepAlive")
        connection.send("Finalize")
        nothing = connection.read()
    assert (text_of(nothing), nothing["is_final"], nothing["from_finalize"]) == ("", True, True)
    assert Job.objects.count() == 1


def test_finalizing_without_end_is_read_no_faster_than_it_is_answered(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_channel, "MOST_WAITING", 3)
    with recognising(Recogniser(is_hesitant=True)) as recogniser, line(server, owner.key) as connection:
        connection.say(spoken(after=0.0))
        for _ in range(8):
            connection.send("Finalize")
        connection.send("Configure", keyterms=["Nova"])
        wait_until(lambda: bool(recogniser.works))
        recogniser.resume.set()
        connection.send("CloseStream")
        _, messages = ending_of(connection)
    types = [message["type"] for message in messages]
    assert (types.count("Results"), types[-1]) == (8, "Metadata")
    assert types.index("ConfigureSuccess") >= 6  # with the last `Finalize` two endings may wait


def test_utterance_end_follows_the_final_result_after_the_pause(server: RunningShell, owner: Person) -> None:
    with recognising(), line(server, owner.key, f"{QUERY}&interim_results=true&utterance_end_ms=1000") as connection:
        connection.say(spoken(after=3.0))
        messages = connection.until("UtteranceEnd")
    result = messages[-2]
    assert result["is_final"]
    assert messages[-1] == {
        "type": "UtteranceEnd",
        "channel": [0, 1],
        "last_word_end": result["channel"]["alternatives"][0]["words"][-1]["end"],
    }


def test_long_speech_is_cut_at_a_quiet_moment_and_continues(server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utterances, "LONGEST_SECONDS", 1.5)
    monkeypatch.setattr(utterances, "SEARCHED_SECONDS", 0.5)
    with recognising() as recogniser, line(server, owner.key) as connection:
        connection.say(spoken())
        connection.send("CloseStream")
        _, messages = ending_of(connection)
    results = messages[:-1]
    assert len(results) >= 2
    assert [result["speech_final"] for result in results] == [False] * (len(results) - 1) + [True]
    for before, after in pairwise(results):
        assert after["start"] == pytest.approx(before["start"] + before["duration"], abs=0.002)
    assert all(seconds <= 2.6 for seconds in recogniser.seconds)


def test_results_without_endpointing_are_final_but_never_speech_final(server: RunningShell, owner: Person) -> None:
    with recognising(), line(server, owner.key, f"{QUERY}&endpointing=false") as connection:
        connection.say(spoken(times=2))
        first = connection.read()
        second = connection.read()
    assert [(one["is_final"], one["speech_final"]) for one in (first, second)] == [(True, False)] * 2
    assert second["start"] > first["start"] + first["duration"] - 0.5


def test_each_channel_has_results_of_its_own(server: RunningShell, owner: Person) -> None:
    speech = np.frombuffer(spoken(), "<i2")
    stereo = np.stack([np.zeros_like(speech), speech], axis=1).tobytes()
    with recognising() as recogniser, line(server, owner.key, f"{QUERY}&channels=2&multichannel=true") as connection:
        connection.say(stereo, size=3333)
        connection.send("CloseStream")
        _, messages = ending_of(connection)
    assert [message.get("channel_index") for message in messages] == [[1, 2], None]
    assert messages[-1]["channels"] == 2
    assert len(recogniser.works) == 1


def test_telephone_audio_is_understood_in_both_laws(server: RunningShell, owner: Person) -> None:
    laws: dict[str, Law] = {"mulaw": "mu", "alaw": "a"}
    with recognising():
        for encoding, law in laws.items():
            data = encode_g711(np.frombuffer(spoken(), "<i2")[::2].copy(), law=law)
            with line(server, owner.key, f"model=nova-2&encoding={encoding}&sample_rate=8000") as connection:
                connection.say(data)
                connection.send("CloseStream")
                _, messages = ending_of(connection)
            assert text_of(messages[0]).startswith("one")


def test_configure_replaces_the_terms_that_are_listened_for(server: RunningShell, owner: Person) -> None:
    with recognising() as recogniser, line(server, owner.key, f"{QUERY}&keyterm=first") as connection:
        connection.send("Configure", keyterms=["Nova", "Aura two"])
        assert connection.read()["keyterms"] == ["Nova", "Aura two"]
        connection.send("Configure", keyterms=["x" * 3000])
        assert connection.read()["code"] == "CONFIGURE_KEYTERM_LIMIT_EXCEEDED"
        connection.send("Configure", features={"numerals": True})
        assert connection.read()["type"] == "ConfigureSuccess"
        connection.say(spoken())
        connection.until("Results")
    assert recogniser.works[0]["hotwords"] == "Nova, Aura two"


def test_characters_that_cannot_be_stored_are_replaced_in_messages(server: RunningShell, owner: Person) -> None:
    with recognising() as recogniser, line(server, owner.key) as connection:
        connection.connection.send(r'{"type": "Configure", "keyterms": ["No\ud800va\u0000"]}')
        assert connection.read()["keyterms"] == ["No\ufffdva"]
        connection.connection.send(r'{"type": "Sing\udfff"}')
        assert connection.read()["variant"] == "SchemaError"
        connection.connection.send(json.dumps({"type": "KeepAlive", "why": "x" * live_messages.LONGEST_MESSAGE}))
        assert connection.read()["variant"] == "SchemaError"
        connection.say(spoken())
        connection.until("Results", is_final=True)
    assert recogniser.works[0]["hotwords"] == "No\ufffdva"


def test_browser_sends_its_key_in_the_subprotocol(server: RunningShell, owner: Person) -> None:
    for scheme in ("token", "bearer"):
        with line(server, "", subprotocols=[scheme, owner.key]) as connection:
            assert connection.connection.subprotocol == scheme
            connection.send("CloseStream")
            assert connection.read()["type"] == "Metadata"


INVALID = {
    "model=nova-3": "encoding",
    "encoding=linear16": "sample_rate",
    "encoding=g729&sample_rate=8000": "encoding",
    "encoding=linear16&sample_rate=3": "sample_rate",
    f"{QUERY}&channels=9": "channels",
    f"{QUERY}&endpointing=-3": "endpointing",
    f"{QUERY}&endpointing=soon": "endpointing",
    f"{QUERY}&utterance_end_ms=1": "utterance_end_ms",
    f"{QUERY}&interim_results=maybe": "interim_results",
    f"{QUERY}&callback=https://example.com": "callback",
    f"{QUERY}&redact=ssn": "redact",
    "model=unknown-one&encoding=mulaw": "model",
    "language=xx&encoding=mulaw": "language",
}


def refusal_of(server: RunningShell, key: str, query: str = QUERY) -> tuple[int, dict[str, Any]]:
    """Status and body of a refused handshake."""
    with pytest.raises(InvalidStatus) as refused, line(server, key, query):
        pass
    return refused.value.response.status_code, json.loads(refused.value.response.body)


def test_invalid_handshakes_are_refused_before_they_are_accepted(server: RunningShell, owner: Person) -> None:
    answers = {query: refusal_of(server, owner.key, query) for query in INVALID}
    assert {query: (status, body["param"]) for query, (status, body) in answers.items()} == {
        query: (400, param) for query, param in INVALID.items()
    }


def test_handshakes_without_a_valid_key_are_refused(server: RunningShell) -> None:
    answers = [refusal_of(server, key) for key in ("", "nonsense")]
    assert [(status, body["err_code"]) for status, body in answers] == [(401, "INVALID_AUTH")] * 2


def test_unreadable_messages_are_answered_and_too_many_close_the_connection(
    server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_messages, "MOST_FAULTS", 3)
    with line(server, owner.key) as connection:
        for message in ("no json", "[1]", '{"type": "Sing"}'):
            connection.connection.send(message)
        code, messages = ending_of(connection)
    assert code == 1008
    assert [message.get("variant") for message in messages] == ["SchemaError"] * 3 + ["Bad Request"]
    assert messages[0]["message"] == "no json"


def test_account_without_credits_gets_an_error_at_its_first_utterance(server: RunningShell, owner: Person) -> None:
    poor = person(credits=0)
    with recognising() as recogniser, line(server, poor.key, f"{QUERY}&interim_results=true") as connection:
        connection.say(spoken())
        code, messages = ending_of(connection)
    assert code == 1008
    assert messages[-1]["err_code"] == "ASR_PAYMENT_REQUIRED"
    assert recogniser.works == []


def test_client_that_leaves_pays_for_what_was_recognised(server: RunningShell, owner: Person) -> None:
    with recognising(Recogniser(is_hesitant=True)) as recogniser:
        with line(server, owner.key) as connection:
            connection.say(spoken(after=1.0))
            wait_until(lambda: bool(recogniser.works))
        wait_until(lambda: Job.objects.filter(cancel_requested_at__isnull=False).exists())
        recogniser.resume.set()
        wait_until(lambda: all(job.is_over for job in Job.objects.all()))
    job = Job.objects.get()
    assert owner.millicredits == 1_000_000 - job.charged_millicredits


def test_final_result_waits_for_a_place_among_the_jobs_of_the_plan(server: RunningShell) -> None:
    single = person(credits=1000, concurrent_jobs=1)
    with recognising(), line(server, single.key, f"{QUERY}&interim_results=true") as connection:
        connection.say(spoken(times=2))
        connection.send("CloseStream")
        _, messages = ending_of(connection)
    assert [message["is_final"] for message in messages[:-1] if message["is_final"]] == [True, True]
