"""Subtitles of speech and transcriptions: readable by players, synchronous with the audio, created once."""

import re
from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest

from tests.flows.following import wait_for_end
from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import RATE, as_flac, samples_of, speak
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import LIBRIVOX, clips, errors_in
from tests.workers.text.subtitles.reading import ReadCue, read_srt, read_vtt

ENGLISH = (
    "The first train leaves before sunrise, and the last one returns after midnight. "
    "Nobody waited on the platform; only the old clock above the door was awake."
)
FRENCH = "Le premier train part avant le lever du soleil. Le dernier revient après minuit, quand tout le monde dort."
SPANISH = "La lluvia cayó durante toda la noche. Ayer compramos pan y leche en el mercado."
MARGIN = 500
"""Milliseconds that a cue may stay after its last sound, to be readable."""


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("subtitles@example.com", plan="enterprise")) as client:
        yield client


def spoken(client: httpx.Client, text: str, **options: str) -> tuple[str, bytes]:
    """Completed speech job and its audio."""
    answer = client.post("/v1/tts/", json={"text": text, "format": "wav", **options})
    assert answer.status_code == 200, answer.text
    uuid = str(answer.json()["uuid"])
    result = wait_for_end(client, uuid)
    assert result["status"] == "completed", result
    return uuid, client.get(result["result_url"]).content


def cues_of(client: httpx.Client, uuid: str, *, audio_seconds: float) -> list[ReadCue]:
    """Cues in both formats, which must agree and obey the rules of readable cues. Needs no key."""
    files = [
        httpx.get(f"{client.base_url}/v1/speech/subtitles/", params={"uuid": uuid, "format": name}, timeout=180) for name in ("srt", "vtt")
    ]
    assert [file.status_code for file in files] == [200, 200], files[0].text
    srt, vtt = read_srt(files[0].text), read_vtt(files[1].text)
    assert srt == vtt
    assert all(len(line) <= 42 for cue in srt for line in cue.lines)
    assert all(cue.start < cue.end <= following.start for cue, following in pairwise(srt))
    assert all(cue.end - cue.start <= 7000 for cue in srt)
    assert srt[-1].end <= 1000 * audio_seconds + MARGIN
    return srt


def text_of(cues: list[ReadCue]) -> str:
    return " ".join(line for cue in cues for line in cue.lines)


@pytest.mark.parametrize(
    ("options", "text", "language"),
    [
        pytest.param({"model": "kokoro", "voice": "af_heart"}, ENGLISH, "en", marks=pytest.mark.prove),
        ({"model": "hibari"}, ENGLISH, "en"),
        pytest.param({"model": "piper"}, ENGLISH, "en", marks=pytest.mark.prove),
        pytest.param({"model": "kokoro", "voice": "ff_siwis"}, FRENCH, "fr", marks=pytest.mark.prove),
    ],
    ids=["kokoro", "hibari", "piper", "French"],
)
def test_every_cue_of_a_speech_job_stands_where_its_words_are_heard(
    client: httpx.Client, listener: Listener, options: dict[str, str], text: str, language: str
) -> None:
    uuid, audio = spoken(client, text, **options)
    samples = samples_of(audio)
    cues = cues_of(client, uuid, audio_seconds=len(samples) / RATE)
    assert text_of(cues) == text
    assert len(cues) >= 2
    for cue in (cues[0], cues[-1]):
        heard = as_flac(samples[max(0, cue.start - 100) * RATE // 1000 : (cue.end + 100) * RATE // 1000])
        assert listener.word_error_rate(heard, " ".join(cue.lines), language=language) <= 0.25


def test_cues_of_a_transcription_are_its_words_in_their_time(client: httpx.Client) -> None:
    recording = clips(LIBRIVOX)
    heard = client.post("/v1/stt/", files={"file": as_flac(recording)}, data={"timestamps": "true"}).json()
    cues = cues_of(client, heard["uuid"], audio_seconds=len(recording) / RATE)
    assert plain_words(text_of(cues)) == plain_words(heard["text"])
    assert errors_in(text_of(cues), LIBRIVOX) <= 0.1
    words = [word for segment in heard["segments"] for word in segment["words"]]
    assert cues[0].start == pytest.approx(1000 * words[0]["start"], abs=1)


@pytest.mark.prove
def test_a_translated_speech_has_subtitles_in_its_new_language(client: httpx.Client) -> None:
    spanish = speak(client, SPANISH, voice="em_alex")
    translated = client.post("/v1/speech-translate/", files={"file": spanish}, data={"target_language": "en", "format": "wav"}).json()
    audio = samples_of(httpx.get(translated["audio_url"]).content)
    cues = cues_of(client, translated["uuid"], audio_seconds=len(audio) / RATE)
    assert text_of(cues) == translated["translated_text"]


def test_subtitles_are_made_once_and_sent_as_a_file_when_asked(hearing: RunningPlatform, client: httpx.Client) -> None:
    uuid, _ = spoken(client, ENGLISH, model="hibari")
    first = subtitles(client, uuid)
    (stored,) = (hearing.home / "objects").glob(f"*/{uuid}/subtitles.srt")
    assert stored.read_bytes() == first.content
    stored.write_bytes(first.content.replace(b"sunrise", b"daybreak"))
    second = subtitles(client, uuid, download="1")
    assert second.content == stored.read_bytes()
    assert "daybreak" in text_of(read_srt(second.text))
    assert first.headers["Content-Disposition"].startswith("inline")
    assert re.fullmatch(r'attachment; filename=".+\.srt"', second.headers["Content-Disposition"])
    assert subtitles(client, uuid, format="vtt").headers["Content-Type"] == "text/vtt; charset=utf-8"


def subtitles(client: httpx.Client, uuid: str, **query: str) -> httpx.Response:
    answer = client.get("/v1/speech/subtitles/", params={"uuid": uuid, **query})
    assert answer.status_code == 200, answer.text
    return answer
