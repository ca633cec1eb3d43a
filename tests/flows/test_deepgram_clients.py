"""Deepgram's SDK, livekit-plugins-deepgram and pipecat's services, unchanged, against a platform with its real models."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import jiwer
import pytest
from deepgram import DeepgramClient, DeepgramClientEnvironment
from deepgram.core.events import EventType
from deepgram.listen.v1.types import ListenV1Metadata, ListenV1Results

from tests.compat.realtime.talking import RATE
from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform
from tests.flows.test_realtime_clients import RunClient, key, question, run_client, says_question, words_of_pcm

__all__ = ["key", "question", "run_client"]

pytestmark = [
    pytest.mark.prove,
    pytest.mark.filterwarnings("ignore:.*websockets:DeprecationWarning"),  # the package's own use of websockets
]

TEXT = "The library is on the second floor. It closes at seven."
LONG = "The library on the second floor of the old town hall closes at seven in the evening on every day of the week."
SPOKEN = {"library", "second", "floor", "closes", "seven"}


@pytest.fixture
def client(hearing: RunningPlatform, key: str) -> Iterator[DeepgramClient]:
    sockets = hearing.url.replace("http", "ws")
    environment = DeepgramClientEnvironment(base=hearing.url, production=sockets, agent=sockets, agent_rest=hearing.url)
    with httpx.Client(timeout=120) as http:
        yield DeepgramClient(api_key=key, environment=environment, httpx_client=http)


def test_sdk_speaks_and_transcribes_what_it_spoke(client: DeepgramClient) -> None:
    audio = b"".join(client.speak.v1.audio.generate(text=TEXT, model="aura-2-thalia-en"))
    heard = client.listen.v1.media.transcribe_file(request=audio, model="nova-3", smart_format=True, utterances=True)
    alternative = heard.results.channels[0].alternatives[0]
    words = set(plain_words(alternative.transcript.replace("7", "seven").replace("2nd", "second")).split())
    assert len(SPOKEN & words) >= 4
    assert alternative.paragraphs.paragraphs
    starts = [word.start for word in alternative.words]
    assert starts == sorted(starts)
    assert heard.results.utterances[0].start < 1.0


def test_sdk_hears_live_speech_with_interim_results(client: DeepgramClient, question: Path) -> None:
    messages: list[object] = []
    pcm = question.read_bytes()
    with client.listen.v1.connect(
        model="nova-3", encoding="linear16", sample_rate=RATE, smart_format="true", interim_results="true"
    ) as connection:
        connection.on(EventType.MESSAGE, messages.append)
        listening = threading.Thread(target=connection.start_listening)
        listening.start()
        for start in range(0, len(pcm), 4800):
            connection.send_media(pcm[start : start + 4800])
        connection.send_close_stream()
        listening.join(timeout=60)
    finals = [message for message in messages if isinstance(message, ListenV1Results) and message.is_final]
    assert says_question(" ".join(message.channel.alternatives[0].transcript for message in finals))
    assert isinstance(messages[-1], ListenV1Metadata)


def test_sdk_hears_words_of_an_utterance_before_it_ends(client: DeepgramClient) -> None:
    pcm = b"".join(client.speak.v1.audio.generate(text=LONG, encoding="linear16", container="none", sample_rate=RATE))
    messages: list[object] = []
    has_interim = threading.Event()

    def take(message: object) -> None:
        messages.append(message)
        if isinstance(message, ListenV1Results) and not message.is_final and message.channel.alternatives[0].transcript:
            has_interim.set()

    with client.listen.v1.connect(model="nova-3", encoding="linear16", sample_rate=RATE, interim_results="true") as connection:
        connection.on(EventType.MESSAGE, take)
        listening = threading.Thread(target=connection.start_listening)
        listening.start()
        beginning = round(1.8 * RATE) * 2  # within the first phrase: a pause would end the utterance
        connection.send_media(pcm[:beginning])
        was_heard = has_interim.wait(timeout=60)
        connection.send_media(pcm[beginning:])
        connection.send_close_stream()
        listening.join(timeout=60)
    assert was_heard
    results = [message for message in messages if isinstance(message, ListenV1Results)]
    first = plain_words(results[0].channel.alternatives[0].transcript)
    final = plain_words(" ".join(message.channel.alternatives[0].transcript for message in results if message.is_final))
    assert (results[0].is_final, results[0].speech_final) == (False, False)
    assert jiwer.wer(plain_words(LONG), final) <= 0.2
    assert 0 < len(first.split()) < len(final.split())
    assert len(set(first.split()) & set(final.split())) >= len(set(first.split())) / 2


def test_livekits_plugin_hears_and_speaks(run_client: RunClient, listener: Listener, tmp_path: Path) -> None:
    result = run_client("deepgram_livekit")
    assert says_question(result["streamed"]), result
    assert says_question(result["whole"]), result
    assert {"start_of_speech", "final_transcript", "end_of_speech"} <= set(
        result["types"]
    )  # the question may be too short for interim results
    for name in ("whole", "streamed"):
        assert {"library", "floor"} <= words_of_pcm(listener, tmp_path / f"livekit_{name}.pcm")


def test_pipecats_services_hear_and_speak(run_client: RunClient, listener: Listener, tmp_path: Path) -> None:
    result = run_client("deepgram_pipecat")
    assert result["errors"] == []
    assert says_question(result["streamed"]), result
    for name in ("streamed", "whole"):
        assert {"library", "floor"} <= words_of_pcm(listener, tmp_path / f"pipecat_{name}.pcm")
