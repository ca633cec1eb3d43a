"""Recognition on the platform: its own and human voices, through official clients, in one piece and in several."""

import itertools
from collections.abc import Iterator

import httpx
import jiwer
import numpy as np
import openai
import pytest
import tts_ai
from numpy.typing import NDArray

from tests.clients import OpenAIMaker, SDKMaker
from tests.flows.following import entries_of, files_of, parts_of, source_of, wait_for_end, wait_until
from tests.flows.listening import plain_words
from tests.flows.recordings import RATE, as_flac, as_webm, samples_of, speak
from tests.flows.running import RunningPlatform
from tests.prove.transcription_material import order_of
from tests.workers.recognition.clips import clips, music, noise, said, silence, spoken_words
from tests.workers.text.subtitles.reading import read_srt, read_vtt

TEXT = "The first train leaves before sunrise, and the last one returns after midnight."
SPANISH = "La lluvia cayó durante toda la noche. Ayer compramos pan y leche en el mercado."
TURNS = [
    ("af_heart", "Good morning. I would like to book two seats on the night train to Vienna, please."),
    ("am_michael", "Certainly. Do you prefer the window, or would you rather sit beside the corridor?"),
    ("af_heart", "The window, please. My brother wants to look at the mountains."),
]
PAUSE_SECONDS = 0.5
CLEAR = 0.16
"""Word error rate of clear speech: two of thirteen words. Processors round a model's sums differently, so no test expects none."""


@pytest.fixture(scope="module")
def key(hearing: RunningPlatform) -> str:
    return hearing.key("listening@example.com", plan="enterprise")


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform, key: str) -> Iterator[httpx.Client]:
    with hearing.client(key) as client:
        yield client


@pytest.fixture(scope="module")
def openai_client(hearing: RunningPlatform, key: str, openai_of: OpenAIMaker) -> openai.OpenAI:
    return openai_of(key, hearing.url)


@pytest.fixture(scope="module")
def spoken(client: httpx.Client) -> bytes:
    return speak(client, TEXT, voice="af_heart")


def word_errors(text: str, heard: str) -> float:
    return float(jiwer.wer(plain_words(text), plain_words(heard)))


def test_synthesised_speech_is_transcribed_with_times_and_a_speaker(client: httpx.Client) -> None:
    spoken = speak(client, TEXT, voice="heart", model="hibari", audio_format="mp3")
    answer = client.post("/v1/stt/", files={"file": spoken}, data={"timestamps": "true", "diarize": "true"})
    assert answer.status_code == 200, answer.text
    heard = answer.json()
    assert (heard["language"], heard["model"]) == ("en", "whisper")
    assert word_errors(TEXT, heard["text"]) <= CLEAR
    assert {segment["speaker"] for segment in heard["segments"]} == {"SPEAKER_00"}
    words = [word for segment in heard["segments"] for word in segment["words"]]
    assert plain_words(" ".join(word["word"] for word in words)) == plain_words(heard["text"])
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= heard["duration"]
    assert heard["credits_used"] == pytest.approx(2 * heard["duration"] / 60, abs=0.001)


def test_the_official_sdk_transcribes_a_browsers_recording(hearing: RunningPlatform, key: str, spoken: bytes, sdk_of: SDKMaker) -> None:
    sdk = sdk_of(key, hearing.url)
    result = sdk.transcribe(as_webm(samples_of(spoken)), language="en")
    assert result.language == "en"
    assert word_errors(TEXT, result.text) <= CLEAR
    assert plain_words(" ".join(segment["text"] for segment in result.segments)) == plain_words(result.text)
    with pytest.raises(tts_ai.TTSError, match="unknown model"):
        sdk.transcribe(spoken, model="no-such-model")


@pytest.mark.prove
def test_the_official_openai_package_reads_all_five_formats(client: httpx.Client, openai_client: openai.OpenAI, spoken: bytes) -> None:
    transcribe = openai_client.audio.transcriptions.create
    accepted = client.post("/v1/tts/", json={"text": TEXT, "model": "hibari", "format": "m4a"}).json()
    m4a = client.get(wait_for_end(client, accepted["uuid"])["result_url"]).content
    as_json = transcribe(model="whisper-1", file=("speech.m4a", m4a))
    as_text = transcribe(model="whisper-1", file=("speech.wav", spoken), response_format="text")
    srt = transcribe(model="whisper-1", file=("speech.wav", spoken), response_format="srt")
    vtt = transcribe(model="whisper-1", file=("speech.wav", spoken), response_format="vtt")
    verbose = transcribe(
        model="whisper-1", file=("speech.wav", spoken), response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert as_text.endswith("\n")
    assert verbose.language == "english"
    assert verbose.duration == pytest.approx(len(samples_of(spoken)) / RATE, abs=0.01)
    cues = [" ".join(line for cue in read(text) for line in cue.lines) for read, text in ((read_srt, srt), (read_vtt, vtt))]
    segments = " ".join(segment.text for segment in verbose.segments or [])
    words = " ".join(word.word for word in verbose.words or [])
    for heard in (as_json.text, as_text, verbose.text, segments, words, *cues):
        assert word_errors(TEXT, heard) <= CLEAR


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # OpenAI's package calls its own translations so; they work
def test_spanish_speech_is_heard_in_spanish_and_translated_to_english(client: httpx.Client, openai_client: openai.OpenAI) -> None:
    spanish = speak(client, SPANISH, voice="ef_dora")
    heard = client.post("/v1/stt/", files={"file": spanish}).json()
    assert heard["language"] == "es"
    assert word_errors(SPANISH, heard["text"]) <= 0.25
    english = openai_client.audio.translations.create(model="whisper-1", file=("speech.wav", spanish)).text
    assert len({"rain", "night", "yesterday", "bread", "milk", "market"} & set(plain_words(english).split())) >= 4


@pytest.mark.prove
def test_recording_of_eight_pieces_is_transcribed_completely(hearing: RunningPlatform, client: httpx.Client) -> None:
    names = order_of(3)
    answer = client.post("/v1/stt/", files={"file": as_flac(clips(names))})
    assert answer.status_code == 200, answer.text
    heard = answer.json()
    assert heard["duration"] == pytest.approx(len(clips(names)) / RATE, abs=0.01)
    measured = jiwer.process_words(said(names), spoken_words(heard["text"]))
    assert measured.wer <= 0.03
    # The reader says "more a amiable", in each round: nobody writes the "a" down. No cut lost or doubled anything else.
    assert measured.insertions + measured.deletions <= 8
    assert [kind for kind, *_ in parts_of(hearing, heard["uuid"])] == ["prepare", *["listen"] * 8, "transcript"]
    starts = [segment["start"] for segment in heard["segments"]]
    assert starts == sorted(starts)
    assert entries_of(hearing, heard["uuid"])["charge"] == -round(1000 * heard["credits_used"])
    wait_until(lambda: files_of(hearing, heard["uuid"]) == ["document.json", "manifest.json"])
    wait_until(lambda: not source_of(hearing, heard["uuid"]).exists())


@pytest.mark.prove
def test_two_speakers_keep_their_labels_across_pieces(hearing: RunningPlatform, client: httpx.Client) -> None:
    takes = [samples_of(speak(client, text, voice=voice)) for voice, text in TURNS]
    recording = np.concatenate([part for take in takes for part in (take, silence(PAUSE_SECONDS))])
    answer = client.post("/v1/stt/", files={"file": as_flac(recording)}, data={"diarize": "true"})
    assert answer.status_code == 200, answer.text
    heard = answer.json()
    assert [kind for kind, *_ in parts_of(hearing, heard["uuid"])].count("listen") >= 2
    turns = [
        (speaker, " ".join(segment["text"] for segment in segments))
        for speaker, segments in itertools.groupby(heard["segments"], key=lambda segment: segment["speaker"])
    ]
    assert [speaker for speaker, _ in turns] == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"]
    for (_, text), (_, heard_text) in zip(TURNS, turns, strict=True):
        assert word_errors(text, heard_text) <= 0.2


@pytest.mark.parametrize(
    "samples",
    [
        silence(5),
        pytest.param(noise(5, level=0.05), marks=pytest.mark.prove),
        music(5),
        pytest.param(silence(30), marks=pytest.mark.prove),
        noise(30, level=0.05, exponent=1),
    ],
    ids=["silence", "noise", "music", "silence in pieces", "noise in pieces"],
)
def test_audio_without_speech_gives_an_empty_transcript(client: httpx.Client, samples: NDArray[np.float32]) -> None:
    answer = client.post("/v1/stt/", files={"file": as_flac(samples)}, data={"timestamps": "true", "diarize": "true"})
    assert answer.status_code == 200, answer.text
    heard = answer.json()
    assert (heard["text"], heard["segments"], heard["language"]) == ("", [], "")
    assert heard["duration"] == pytest.approx(len(samples) / RATE)


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("Thank you.", "af_bella"),
        pytest.param("Gracias.", "ef_dora", marks=pytest.mark.prove),
        pytest.param("Bye.", "am_adam", marks=pytest.mark.prove),
        pytest.param("Merci.", "ff_siwis", marks=pytest.mark.prove),
    ],
)
def test_real_courtesy_phrase_is_not_dropped_as_a_hallucination(client: httpx.Client, text: str, voice: str) -> None:
    answer = client.post("/v1/stt/", files={"file": speak(client, text, voice=voice)})
    assert plain_words(answer.json()["text"]), f"{text} was taken for made up"


@pytest.mark.prove
def test_repeated_word_is_transcribed_as_often_as_it_is_said(client: httpx.Client) -> None:
    answer = client.post("/v1/stt/", files={"file": speak(client, " ".join(["No."] * 14), voice="heart", model="hibari")})
    heard = plain_words(answer.json()["text"]).split()
    assert heard.count("no") == pytest.approx(14, abs=4)
    assert len(heard) <= 18


@pytest.mark.prove
def test_a_change_of_language_is_transcribed_too(client: httpx.Client) -> None:
    spanish = samples_of(speak(client, SPANISH, voice="ef_dora"))
    recording = as_flac(np.concatenate([spanish, silence(1), clips(["librivox-0870"])]))
    heard = client.post("/v1/stt/", files={"file": recording}).json()
    assert heard["language"] == "es"
    assert word_errors(f"{SPANISH} {said(['librivox-0870'])}", spoken_words(heard["text"])) < 0.2


def test_diarize_answers_with_turns_and_keeps_them_as_rttm(client: httpx.Client) -> None:
    recording = np.concatenate([clips(["librivox-0870"]), silence(0.5), clips(["dhd-numbers", "dhd-something"])])
    answer = client.post("/v1/audio/diarize/", files={"file": as_flac(recording)}, data={"num_speakers": "2"})
    assert answer.status_code == 200, answer.text
    reported = answer.json()
    assert [speaker["speaker"] for speaker in reported["speakers"]] == ["SPEAKER_00", "SPEAKER_01"]
    assert (reported["segments"][0]["speaker"], reported["segments"][-1]["speaker"]) == ("SPEAKER_00", "SPEAKER_01")
    assert reported["duration"] == pytest.approx(len(recording) / RATE, abs=0.01)
    assert reported["credits_used"] == pytest.approx(reported["duration"] / 60, abs=0.001)
    rttm = client.get(f"/static/downloads/{reported['uuid']}/rttm.rttm")
    assert rttm.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert len(rttm.text.splitlines()) == len(reported["segments"])
