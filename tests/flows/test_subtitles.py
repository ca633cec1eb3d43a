"""Subtitles on the running platform: from the model's own timings, from an alignment by the real aligners, from a transcript."""

import io
import time
from itertools import pairwise

import httpx
import numpy as np
import pytest
import soundfile

from tests.flows.running import RunningPlatform
from tests.workers.hearing.diarize.conversations import DHD, LIBRIVOX, RATE, converse
from tests.workers.text.subtitles.reading import ReadCue, read_srt, read_vtt

TEXTS = {
    "af_heart": (
        "The lighthouse stood at the very end of the headland, where the road gave up and the grass took over. "
        "Dr. Brown paid $42 for the oil. Nobody minded."
    ),
    "ef_dora": (
        "El faro estaba al final del cabo, donde se acababa el camino y empezaba la hierba. "
        "Todas las tardes, poco antes de ponerse el sol, el farero subía 142 escalones. Nadie protestaba."
    ),
}


@pytest.fixture(scope="module")
def key(platform: RunningPlatform) -> str:
    return platform.key("subtitles@example.com", plan="enterprise")


def spoken(platform: RunningPlatform, key: str, *, voice: str) -> str:
    """The uuid of a completed job."""
    with platform.client(key) as client:
        answer = client.post("/v1/tts/", json={"text": TEXTS[voice], "voice": voice})
        assert answer.status_code == 200, answer.text
        uuid = str(answer.json()["uuid"])
        deadline = time.monotonic() + 120
        while (result := client.get("/v1/speech/results/", params={"uuid": uuid}).json())["status"] in {"queued", "processing"}:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert result["status"] == "completed", result
    return uuid


def subtitles(platform: RunningPlatform, uuid: str, **parameters: str) -> httpx.Response:
    with platform.client() as anybody:
        return anybody.get("/v1/speech/subtitles/", params={"uuid": uuid, **parameters}, timeout=180)


def check_rules(cues: list[ReadCue]) -> None:
    assert all(len(line) <= 42 for cue in cues for line in cue.lines)
    assert all(1000 <= cue.end - cue.start <= 7000 for cue in cues)
    assert all(first.end <= second.start for first, second in pairwise(cues))


@pytest.mark.parametrize("voice", TEXTS)
def test_an_alignment_says_what_the_model_s_own_timings_say(platform: RunningPlatform, key: str, voice: str) -> None:
    uuid = spoken(platform, key, voice=voice)
    own = read_srt(subtitles(platform, uuid).text)
    check_rules(own)
    assert " ".join(line for cue in own for line in cue.lines) == TEXTS[voice]
    (timings,) = platform.home.glob(f"objects/*/{uuid}/*/timings.json")
    timings.unlink()  # a model without durations leaves none
    answer = subtitles(platform, uuid, format="vtt", download="1")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="subtitles.vtt"'
    aligned = read_vtt(answer.text)
    check_rules(aligned)
    assert " ".join(line for cue in aligned for line in cue.lines) == TEXTS[voice]
    starts = {cue.start for cue in own}
    distances = [min(abs(cue.start - start) for start in starts) for cue in aligned]
    assert np.median(distances) < 200
    assert len(list(platform.home.glob(f"objects/*/{uuid}/subtitles.*"))) == 2


def test_a_diarized_transcription_names_its_speakers(platform: RunningPlatform, key: str) -> None:
    conversation = converse(LIBRIVOX[0], DHD[0], LIBRIVOX[2], DHD[2], LIBRIVOX[3], DHD[1], pause_seconds=0.6)
    file = io.BytesIO()
    soundfile.write(file, conversation.samples, RATE, format="FLAC")
    with platform.client(key) as client:
        form = {"diarize": "true", "num_speakers": "2", "language": "en"}
        answer = client.post("/v1/stt/", files={"file": ("talk.flac", file.getvalue())}, data=form, timeout=300)
    assert answer.status_code == 200, answer.text
    transcript = answer.json()
    assert transcript["segments"][0]["speaker"] == "SPEAKER_00"
    assert {segment["speaker"] for segment in transcript["segments"]} == {"SPEAKER_00", "SPEAKER_01"}
    cues = read_vtt(subtitles(platform, transcript["uuid"], format="vtt").text)
    assert all(len(line) <= 42 for cue in cues for line in cue.lines)
    assert cues[0].speaker == "SPEAKER_00"
    assert {cue.speaker for cue in cues} == {"SPEAKER_00", "SPEAKER_01"}
    forward = next(cue for cue in cues if "forward" in " ".join(cue.lines).lower())
    assert forward.speaker == "SPEAKER_01"
    said = next(start for start, _, who in conversation.turns if who == "dhd")
    assert forward.start == pytest.approx(1000 * said, abs=400)
    labelled = read_srt(subtitles(platform, transcript["uuid"]).text)
    assert labelled[0].lines[0].startswith("SPEAKER_00: ")
