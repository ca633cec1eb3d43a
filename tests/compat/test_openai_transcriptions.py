"""POST /v1/audio/transcriptions and /v1/audio/translations, by the official package."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from apps.compat.openai.languages import LANGUAGE_NAMES, language_tag
from apps.jobs.models import Job
from tests.clients import OpenAIMaker
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, WHISPER, hearing
from tests.web.shell import RunningShell
from tests.workers.audio.probe.recordings import record

SRT = "1\n00:00:00,100 --> 00:00:01,100\nHello there.\n"
PLAIN = replace(HEARD, segments=tuple(replace(segment, speaker="") for segment in HEARD.segments))


@pytest.fixture(autouse=True)
def _recogniser(settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path / "home"
    announce(engine_spec(), engine_spec("whisper", **WHISPER))


@pytest.fixture
def song(tmp_path: Path) -> Iterator[Any]:
    with record(tmp_path / "song", "mp3", seconds=2.0).open("rb") as file:
        yield file


@pytest.fixture
def package(server: RunningShell, owner: Person, openai_of: OpenAIMaker) -> openai.OpenAI:
    """The official package with the owner's key."""
    return openai_of(owner.key, server.url)


def test_json_format_holds_the_text_and_its_seconds(package: openai.OpenAI, owner: Person, song: Any) -> None:
    with hearing():
        heard = package.audio.transcriptions.create(model="whisper-1", file=song)
    assert (heard.text, heard.usage.seconds) == ("Hello there.", 2)  # type: ignore[union-attr]
    work = Job.objects.get().parts.get().work
    assert (work["engine"], work["is_translation"], work["has_words"], work["language"]) == ("whisper", False, True, "")


def test_verbose_json_has_segments_and_words(package: openai.OpenAI, owner: Person, song: Any) -> None:
    with hearing():
        heard = package.audio.transcriptions.create(
            model="gpt-4o-transcribe",
            file=song,
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
            language="en",
            prompt="Names.",
            temperature=0.2,
        )
    assert (heard.text, heard.language, heard.duration) == ("Hello there.", "english", 2.0)
    assert [(segment.id, segment.start, segment.end, segment.text, segment.avg_logprob) for segment in heard.segments or []] == [
        (0, 0.1, 0.9, " Hello there.", -0.2)
    ]
    assert [(word.word, word.start, word.end) for word in heard.words or []] == [("Hello", 0.1, 0.4), ("there.", 0.5, 0.9)]
    work = Job.objects.get().parts.get().work
    assert (work["has_words"], work["language"], work["prompt"], work["temperature"]) == (True, "en", "Names.", 0.2)


def test_verbose_json_has_segments_alone_unless_words_are_asked_for(package: openai.OpenAI, owner: Person, song: Any) -> None:
    with hearing():
        heard = package.audio.transcriptions.create(model="whisper-1", file=song, response_format="verbose_json")
    assert (len(heard.segments or []), heard.words) == (1, None)


@pytest.mark.parametrize(
    ("format_name", "text"), [("text", "Hello there.\n"), ("srt", SRT), ("vtt", "WEBVTT\n\n00:00:00.100 --> 00:00:01.100\nHello there.\n")]
)
def test_texts_and_subtitles_are_plain_text(package: openai.OpenAI, song: Any, format_name: Any, text: str) -> None:
    with hearing(PLAIN):
        heard = package.audio.transcriptions.create(model="whisper-1", file=song, response_format=format_name)
    assert str(heard).rstrip("\n") == text.rstrip("\n")


def test_diarized_json_names_speakers_by_letters(package: openai.OpenAI, owner: Person, song: Any) -> None:
    with hearing():
        heard = package.audio.transcriptions.create(
            model="gpt-4o-transcribe-diarize", file=song, response_format="diarized_json", chunking_strategy="auto"
        )
    assert [(segment.speaker, segment.text) for segment in heard.segments] == [("A", " Hello there.")]
    assert Job.objects.get().parts.get().work["is_diarized"] is True


def data_url(path: Path, *, seconds: float) -> str:
    return f"data:audio/mpeg;base64,{base64.b64encode(record(path, 'mp3', seconds=seconds).read_bytes()).decode()}"


def test_known_speakers_have_their_names_and_others_letters(package: openai.OpenAI, owner: Person, song: Any, tmp_path: Path) -> None:
    (segment,) = HEARD.segments
    spoken = [replace(segment, speaker=speaker) for speaker in ("Ada", "SPEAKER_00", "SPEAKER_01", "Ada")]
    references = [data_url(tmp_path / name, seconds=seconds) for name, seconds in (("ada", 2.5), ("bob", 9.5))]
    with hearing(replace(HEARD, segments=tuple(spoken))):
        heard: Any = package.audio.transcriptions.create(
            model="gpt-4o-transcribe-diarize",
            file=song,
            response_format="diarized_json",
            chunking_strategy="auto",
            known_speaker_names=["Ada", "Bob"],
            known_speaker_references=references,
        )
    assert [one.speaker for one in heard.segments] == ["Ada", "A", "B", "Ada"]
    job = Job.objects.get()
    known = job.parts.get().work["known_speakers"]
    assert [(one["name"], round(one["audio_seconds"], 1)) for one in known] == [("Ada", 2.5), ("Bob", 9.5)]
    assert job.params["further_sources"] == [one["audio"]["key"] for one in known]
    assert job.units == 2000


UNFIT_SPEAKERS = [
    (["Ada", "Bob"], [3.0], "invalid_request"),
    (["Ada", "Ada"], [3.0, 3.0], "invalid_request"),
    (["SPEAKER_00"], [3.0], "invalid_request"),
    (["Ada"], [1.0], "too_short"),
    (["Ada"], [11.0], "too_long"),
]


def test_unfit_known_speakers_are_refused_before_anything_is_charged(
    package: openai.OpenAI, owner: Person, song: Any, tmp_path: Path
) -> None:
    codes = []
    for names, seconds, _ in UNFIT_SPEAKERS:
        with pytest.raises(openai.BadRequestError) as refused:
            package.audio.transcriptions.create(
                model="gpt-4o-transcribe-diarize",
                file=song,
                response_format="diarized_json",
                known_speaker_names=names,
                known_speaker_references=[data_url(tmp_path / "reference", seconds=length) for length in seconds],
            )
        codes.append(refused.value.code)
    assert codes == [code for _, _, code in UNFIT_SPEAKERS]
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_a_translation_is_written_in_english(package: openai.OpenAI, owner: Person, song: Any) -> None:
    with hearing():
        heard = package.audio.translations.create(model="whisper-1", file=song, response_format="verbose_json")
    assert (heard.text, heard.language) == ("Hello there.", "english")
    assert Job.objects.get().parts.get().work["is_translation"] is True


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"model": "nobody"}, "unknown_model"),
        ({"response_format": "docx"}, "invalid_request"),
        ({"temperature": 2}, "invalid_request"),
        ({"language": "French"}, "unsupported_language"),
        ({"timestamp_granularities": ["word"]}, "invalid_request"),
        ({"stream": True, "model": "gpt-4o-transcribe", "response_format": "srt"}, "invalid_request"),
        ({"include": ["logprobs"]}, "not_supported"),
        ({"include": ["nonsense"]}, "not_supported"),
        ({"known_speaker_names": ["Ada"], "known_speaker_references": ["data:audio/wav;base64,UklGRg=="]}, "invalid_request"),
        ({"chunking_strategy": "never"}, "invalid_request"),
        ({"chunking_strategy": "[" * 100_000}, "invalid_request"),
        ({"chunking_strategy": {"type": "server_vad", "threshold": 2}}, "invalid_request"),
    ],
)
def test_an_invalid_request_is_a_bad_request_error(package: openai.OpenAI, song: Any, options: dict[str, Any], code: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        package.audio.transcriptions.create(**{"model": "whisper-1", "file": song, **options})
    assert refused.value.code == code
    assert str(refused.value.param).partition(".")[0] in options
    assert Job.objects.count() == 0


def test_fields_of_newer_models_reach_the_recogniser_or_a_warning(package: openai.OpenAI, song: Any) -> None:
    strategy: Any = {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 300}
    with hearing():
        answer = package.audio.transcriptions.with_raw_response.create(
            model="gpt-transcribe", file=song, keywords=["Kokoro", "Whisper"], languages=["es"], chunking_strategy=strategy
        )
    reported = answer.parse()
    work = Job.objects.get().parts.get().work
    assert (work["hotwords"], work["language"]) == ("Kokoro, Whisper", "es")
    assert [language.code for language in reported.languages or []] == ["en"]
    warning = answer.headers["x-warning"]
    assert "chunking_strategy: silence_duration_ms, threshold not followed; speech is found as with auto." in warning


def test_stream_is_ignored_for_whisper_1_with_a_warning(server: RunningShell, owner: Person, song: Any) -> None:
    fields = {"model": "whisper-1", "stream": "true", "languages[]": ["en", "es"]}
    with hearing():
        answer = httpx.post(f"{server.url}/v1/audio/transcriptions", data=fields, files={"file": song}, headers=owner.headers, timeout=60)
    assert answer.json()["text"] == "Hello there."
    assert "stream: whisper-1 does not stream" in answer.headers["x-warning"]
    assert "languages: more than one is not followed" in answer.headers["x-warning"]


def test_an_invalid_key_is_an_authentication_error(server: RunningShell, song: Any, openai_of: OpenAIMaker) -> None:
    stranger = openai_of("sk-tts-nobody", server.url)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.audio.transcriptions.create(model="whisper-1", file=song)


def test_a_missing_file_is_refused_by_name(server: RunningShell, owner: Person) -> None:
    answer = httpx.post(f"{server.url}/v1/audio/transcriptions", data={"model": "whisper-1"}, files={"x": b""}, headers=owner.headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "missing_field")


def test_languages_have_their_names() -> None:
    assert (len(LANGUAGE_NAMES), LANGUAGE_NAMES["en"], LANGUAGE_NAMES["yue"]) == (100, "english", "cantonese")
    assert (language_tag("Spanish"), language_tag("es"), language_tag("")) == ("es", "es", "")
