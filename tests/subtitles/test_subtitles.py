"""GET /v1/speech/subtitles/: sources, responses, timing."""

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog.models import Engine
from apps.catalog.selectors import clear_catalogue_cache
from apps.core.storage import get_storage
from apps.jobs.models import Job, Part
from apps.jobs.services.retention import expire_results
from apps.subtitles import responses
from tests.factories_jobs import announce, caller, engine_spec, outcome_of, started, store_output, submit
from tests.subtitles.conftest import TEXT, TIMINGS, Completed
from tests.web.shell import RunningShell
from tests.workers.text.subtitles.reading import read_srt, read_vtt
from tests.working import working
from workers.contract.messages import PartOutcome
from workers.contract.transcription import (
    AlignedDocument,
    AlignedWord,
    ScriptDocument,
    TranscriptDocument,
    TranscriptSegment,
    TranscriptWord,
)

SRT = "1\n00:00:00,100 --> 00:00:01,100\nHello there.\n\n2\n00:00:01,500 --> 00:00:02,500\nHow are you?\n\n"
VTT = "WEBVTT\n\n00:00:00.100 --> 00:00:01.100\nHello there.\n\n00:00:01.500 --> 00:00:02.500\nHow are you?\n\n"
ALIGNED = AlignedDocument(tuple(AlignedWord(**word) for word in TIMINGS), "pocketsphinx")


def ask(job: Job | str, prefix: str = "/v1/", **parameters: str) -> Any:
    uuid = job if isinstance(job, str) else job.uuid.hex
    return Client().get(f"{prefix}speech/subtitles/", {"uuid": uuid, **parameters})


def fetch(server: RunningShell, job: Job, **parameters: str) -> httpx.Response:
    return httpx.get(f"{server.url}/v1/speech/subtitles/", params={"uuid": job.uuid.hex, **parameters}, timeout=60)


def error_of(answer: Any) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"]


@contextlib.contextmanager
def aligning(document: AlignedDocument = ALIGNED, *, error_code: str = "") -> Iterator[None]:
    """Run a background worker that aligns everything, or fails."""

    def do(part: Part) -> PartOutcome:
        part = started(part)
        if error_code:
            return outcome_of(part, status="failed", error_code=error_code, error_message="It cannot be done.")
        return outcome_of(part, manifest=store_output(part, audio=json.dumps(document.to_dict()).encode()))

    with working(do):
        yield


def test_a_job_with_timings_has_its_subtitles_at_once(completed: Completed) -> None:
    answer = ask(completed(timings=TIMINGS))
    assert (answer.status_code, answer.content.decode()) == (200, SRT)
    assert answer.headers["Content-Type"] == "application/x-subrip; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="subtitles.srt"'
    assert not Job.objects.filter(kind="alignment").exists()


@pytest.mark.parametrize("prefix", ["/v1/", "/api/v1/"])
def test_vtt_is_downloadable_under_both_prefixes(completed: Completed, prefix: str) -> None:
    answer = ask(completed(timings=TIMINGS), prefix, format="VTT", download="1")
    assert (answer.status_code, answer.content.decode()) == (200, VTT)
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="subtitles.vtt"'


def test_a_second_call_reads_the_stored_file(completed: Completed) -> None:
    job = completed(timings=TIMINGS)
    first = ask(job)
    audio, timings = job.outputs
    get_storage().delete(timings.key)
    assert ask(job).content == first.content
    folder = audio.key.split("/")[:2]
    assert get_storage().read_bytes("/".join([*folder, "subtitles.srt"])) == first.content


def test_a_transcription_has_the_words_and_speakers_of_its_transcript(written: Completed) -> None:
    segments = (
        TranscriptSegment(
            0.1, 0.9, " Hello there.", "SPEAKER_00", words=(TranscriptWord("Hello", 0.1, 0.4), TranscriptWord("there.", 0.5, 0.9))
        ),
        TranscriptSegment(1.5, 2.3, " How are you?", "SPEAKER_01"),
    )
    job = written(TranscriptDocument("Hello there. How are you?", "en", 2.5, segments), kind="transcription")
    cues = read_srt(ask(job).content.decode())
    assert [cue.lines for cue in cues] == [["SPEAKER_00: Hello there."], ["SPEAKER_01: How are you?"]]
    assert [(cue.start, cue.end, cue.speaker) for cue in read_vtt(ask(job, format="vtt").content.decode())] == [
        (100, 1100, "SPEAKER_00"),
        (1500, 2500, "SPEAKER_01"),
    ]


def test_a_recording_without_a_word_has_an_empty_file(written: Completed) -> None:
    job = written(TranscriptDocument("", "", 10.0), kind="transcription")
    assert (ask(job).status_code, ask(job).content) == (200, b"")
    assert ask(job, format="vtt").content == b"WEBVTT\n\n"


def test_a_translation_is_subtitled_by_its_script_and_the_times_of_its_shares(written: Completed) -> None:
    script = ScriptDocument("Hi. Bye.", "Hola a todos. Adiós a todos.", "en", "es", ("Hola a todos. ", "Adiós a todos."))
    words = ["Hola", "a", "todos.", "Adiós", "a", "todos."]
    offsets = [0, 5, 7, 0, 6, 8]  # each part counts from the beginning of its share
    timings = [
        {"word": word, "start": 0.5 * at, "end": 0.5 * at + 0.4, "start_character": offset, "end_character": offset + len(word)}
        for at, (word, offset) in enumerate(zip(words, offsets, strict=True))
    ]
    cues = read_srt(ask(written(script, timings=timings)).content.decode())
    assert [(cue.start, cue.lines) for cue in cues] == [(0, ["Hola a todos."]), (1500, ["Adiós a todos."])]


def test_a_text_without_timings_is_aligned_once(server: RunningShell, completed: Completed) -> None:
    job = completed()
    with aligning(), ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: fetch(server, job), range(3)))
        other = fetch(server, job, format="vtt")
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, SRT)] * 3
    assert (other.status_code, other.text) == (200, VTT)
    alignment = Job.objects.get(kind="alignment")
    assert (alignment.price_millicredits, alignment.is_internal, alignment.queue) == (0, True, "codec")
    work = Part.objects.get(job=alignment).work
    assert (work["text"], work["language"], work["engine"]) == (TEXT, "en-us", "")
    assert fetch(server, job).text == SRT


@pytest.mark.parametrize(
    ("params", "options", "language", "engine"),
    [
        ({"language": "es"}, {}, "es", "whisper"),
        ({"language": "es"}, {"language": "en"}, "es", "whisper"),
        ({"language": ""}, {}, "", "whisper"),
        ({"language": ""}, {"language": "es-MX"}, "es-mx", "whisper"),
        ({"language": ""}, {"language": "en"}, "en", ""),
    ],
)
def test_the_aligner_is_chosen_by_language(
    completed: Completed, params: dict[str, str], options: dict[str, str], language: str, engine: str
) -> None:
    job = completed(**params)
    assert ask(job, **options).status_code == 200  # deferred: the client waits
    alignment = Job.objects.get(kind="alignment")
    work = Part.objects.get(job=alignment).work
    assert (work["language"], work["engine"], alignment.queue) == (language, engine, engine or "codec")


def test_an_answer_is_aligned_in_the_language_of_its_script(written: Completed) -> None:
    script = ScriptDocument("Hola.", "Hola a todos.", "es", "es", ("Hola a todos.",))
    params = {"model": "kokoro", "voice": "af_bella", "language": ""}
    job = written(script, timings=[], kind="voice-chat", params=params)
    assert ask(job, language="en").status_code == 200  # deferred: the client waits
    assert Part.objects.get(job__kind="alignment").work["language"] == "es"


def test_language_without_an_aligner_is_a_400(completed: Completed) -> None:
    job = completed(language="")
    assert error_of(ask(job, language="xx")) == (400, "unsupported_language")
    assert error_of(ask(job, language="klingon!")) == (400, "invalid_language")
    assert not Job.objects.filter(kind="alignment").exists()


def test_subtitles_without_a_recogniser_are_a_503(completed: Completed) -> None:
    job = completed(language="es")
    Engine.objects.filter(id="whisper").update(is_enabled=False)
    clear_catalogue_cache()
    answer = ask(job)
    assert error_of(answer) == (503, "model_unavailable")
    assert answer.headers["Retry-After"] == "60"


def test_an_alignment_that_fails_says_why_and_is_tried_anew_next_time(server: RunningShell, completed: Completed) -> None:
    job = completed()
    with aligning(error_code="unsupported_language"):
        assert error_of(fetch(server, job)) == (400, "unsupported_language")
    with aligning():
        assert fetch(server, job).text == SRT
    assert Job.objects.filter(kind="alignment").count() == 2


def test_a_slow_alignment_is_a_504_and_continues(server: RunningShell, completed: Completed, settings: Any) -> None:
    job = completed()
    settings.TTSAI_SPEECH_WAIT_SECONDS = 0.3
    answer = fetch(server, job)
    assert (error_of(answer), answer.headers["Retry-After"]) == ((504, "timeout"), "5")
    with aligning():
        settings.TTSAI_SPEECH_WAIT_SECONDS = 20
        assert fetch(server, job).text == SRT
    assert Job.objects.filter(kind="alignment").count() == 1


def test_a_long_text_is_written_by_a_process_of_its_own(
    server: RunningShell, completed: Completed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "AT_ONCE_CHARACTERS", 5)
    assert fetch(server, completed(timings=TIMINGS)).text == SRT


def test_jobs_without_a_result_have_no_subtitles(completed: Completed) -> None:
    waiting = submit(caller()).job
    answer = ask(waiting)
    assert (error_of(answer), answer.headers["Retry-After"]) == ((409, "not_completed"), "1")
    Job.objects.filter(uuid=waiting.uuid).update(state="failed", error_code="timed_out", error_message="It took too long.")
    assert error_of(ask(waiting)) == (404, "timed_out")
    Job.objects.filter(uuid=waiting.uuid).update(state="cancelled", error_code="cancelled")
    assert error_of(ask(waiting)) == (404, "cancelled")
    assert error_of(ask("0" * 32)) == (404, "not_found")
    assert error_of(ask("nonsense")) == (400, "invalid_uuid")
    assert error_of(Client().get("/v1/speech/subtitles/")) == (400, "invalid_uuid")


def test_a_job_without_known_words_has_no_subtitles(completed: Completed) -> None:
    assert error_of(ask(completed(text=""))) == (404, "no_subtitles")


def test_an_alignment_job_has_no_transcript_result(server: RunningShell, completed: Completed) -> None:
    job = completed()
    with aligning():
        assert fetch(server, job).status_code == 200
    assert error_of(ask(Job.objects.get(kind="alignment"))) == (404, "no_subtitles")


def test_subtitles_expire_with_their_job(completed: Completed) -> None:
    job = completed(timings=TIMINGS)
    assert ask(job).status_code == 200
    Job.objects.filter(uuid=job.uuid).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expire_results() == 1
    assert error_of(ask(job)) == (410, "expired")
    assert get_storage().stat("/".join([*job.outputs[0].key.split("/")[:2], "subtitles.srt"])) is None


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"format": "ass"}, "invalid_format"),
        ({"format": "srt,vtt"}, "invalid_format"),
        ({"download": "perhaps"}, "invalid_request"),
        ({"language": "e"}, "invalid_language"),
        ({"language": "x" * 500}, "invalid_language"),
    ],
)
def test_bad_parameters_are_a_400(completed: Completed, parameters: dict[str, str], code: str) -> None:
    assert error_of(ask(completed(timings=TIMINGS), **parameters)) == (400, code)


def test_an_engine_that_was_announced_later_aligns_too(completed: Completed) -> None:
    job = completed(language="fr")
    assert error_of(ask(job)) == (400, "unsupported_language")
    announce(engine_spec("sensevoice", kind="stt", languages=("fr",), voices=(), default_voice=""), worker="worker-2")
    assert ask(job).status_code == 200
    assert Job.objects.get(kind="alignment").queue == "sensevoice"
