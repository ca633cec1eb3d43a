"""Live transcription of the page /speech-to-text/: a ticket by session, then /v1/listen as the page's script opens it; the script's functions."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.accounts.ws_tickets import SUBPROTOCOL
from apps.jobs.models import Job
from tests.compat.deepgram.conftest import owner, server
from tests.compat.deepgram.live import line, recognising, spoken, text_of
from tests.factories import MembershipFactory
from tests.playground.test_tool_scripts import NODE, run
from tests.speech.people import Person
from tests.web.shell import RunningShell

__all__ = ["owner", "server"]

QUERY = "encoding=linear16&sample_rate=16000&interim_results=true&smart_format=true&language=multi"


@pytest.fixture
def _platform() -> None:
    """Replace the fixture of the other pages' tests, which works inside a transaction."""


def test_a_member_is_transcribed_live_with_a_ticket_of_the_session(server: RunningShell, owner: Person) -> None:
    member = Client()
    member.force_login(MembershipFactory(account=owner.account, role=Role.DEVELOPER).user)
    ticket = member.post("/web/v1/ws-tickets/").json()["ticket"]
    names: Any = [SUBPROTOCOL, f"{SUBPROTOCOL}.{ticket}"]
    with recognising(), line(server, "", QUERY, subprotocols=names) as connection:
        connection.say(spoken())
        connection.send("CloseStream")
        *results, metadata = connection.until("Metadata")
    final = next(one for one in results if one["is_final"])
    assert text_of(final).startswith("One two")
    assert final["channel"]["alternatives"][0]["languages"] == ["en"]
    assert metadata["duration"] > 3
    assert {job.account_id for job in Job.objects.all()} == {owner.account.pk if owner.account else None}


FINAL = {
    "start": 2.0,
    "duration": 2.0,
    "channel": {
        "alternatives": [
            {
                "transcript": "Good morning, everybody.",
                "words": [
                    {"word": "good", "punctuated_word": "Good", "start": 2.1, "end": 2.4, "confidence": 0.9},
                    {"word": "morning", "punctuated_word": "morning,", "start": 2.4, "end": 2.8, "confidence": 0.8},
                    {"word": "everybody", "punctuated_word": "everybody.", "start": 3.0, "end": 3.6, "confidence": 0.3},
                ],
            }
        ]
    },
}
needs_node = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


@needs_node
def test_final_results_become_segments_cues_and_addresses_name_the_choices() -> None:
    segment, empty, address = run(
        "live_socket",
        "segmentOf listenAddress",
        "[segmentOf(given), segmentOf({...given, channel: {alternatives: [{transcript: '', words: []}]}}),"
        " listenAddress('https://x.test', {language: 'de', model: 'whisper-base', hotwords: 'Kokoro, Żółw'})]",
        FINAL,
    )
    assert (segment["start"], segment["end"], segment["text"]) == (2.1, 3.6, "Good morning, everybody.")
    assert segment["words"][1] == {"word": "morning,", "start": 2.4, "end": 2.8, "probability": 0.8}
    assert empty is None
    assert address == (
        "wss://x.test/v1/listen?encoding=linear16&sample_rate=16000&interim_results=true&smart_format=true&language=de"
        "&model=whisper-base&keyterm=Kokoro&keyterm=%C5%BB%C3%B3%C5%82w"
    )
    cues = run("transcript_files", "cuesOf", "cuesOf([given], {most: 20})", segment)
    assert [(cue["start"], cue["end"], cue["text"]) for cue in cues] == [(2.1, 2.8, "Good morning,"), (3.0, 3.6, "everybody.")]


@needs_node
@pytest.mark.parametrize(("rate", "heard"), [(48_000, 1.0), (44_100, 1.0), (16_000, 1.0)])
def test_the_microphone_is_resampled_without_loss_and_without_aliases(rate: int, heard: float) -> None:
    program = """((rate) => {
        const level = (frequency) => {
            const resampler = new Resampler(rate), output = [];
            for (let start = 0; start < rate / 2; start += 128)
                output.push(...resampler.feed(Float32Array.from({length: 128}, (_, index) => Math.sin(2 * Math.PI * frequency * (start + index) / rate))));
            const middle = output.slice(1000, 7000);
            return [output.length, Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length) * Math.SQRT2];
        };
        return [level(1000), rate > 16000 ? level(11000) : [0, 0]];
    })(given)"""
    (count, speech), (_, alias) = run("pcm_worklet", "Resampler", program, rate)
    assert count == pytest.approx(8000, abs=128)
    assert speech == pytest.approx(heard, abs=0.01)
    assert alias < 0.001
