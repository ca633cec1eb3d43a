"""Declarations of the kinds of job, all of them: each is registered, complete, and reads rows of earlier versions."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

from apps.conversations.kinds import VOICE_CHAT
from apps.jobs.kinds import Charge, JobKind, LaneRule, Unit, job_kinds, kind_names_with_unit, kind_of, params_of
from apps.jobs.models import Job, Lane
from apps.jobs.params import FORGOTTEN, JobParams, RecordingParams, SpokenParams
from apps.jobs.services.acceptance import submit_job
from apps.projects.kinds import CompositionParams, LineChanges, Take
from apps.speech.kinds import SPEECH, RequestedSpeech, SpeechParams
from apps.transcription.kinds import TRANSCRIPTION, TranscriptionParams
from apps.website.service_titles import SERVICES
from tests.factories_jobs import caller, job_plan

ROOT = Path(__file__).parents[2]
KINDS = list(job_kinds().values())
each_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def declared() -> Iterator[JobKind[JobParams]]:
    """Every declaration that stands in an app's kinds.py."""
    for app in apps.get_app_configs():
        if app.name.startswith("apps.") and find_spec(f"{app.name}.kinds"):
            yield from (value for value in vars(import_module(f"{app.name}.kinds")).values() if isinstance(value, JobKind))


def test_job_kinds_setting_names_every_declaration_once() -> None:
    assert sorted({kind.name for kind in declared()}) == sorted(job_kinds())
    assert all(job_kinds()[kind.name] is kind for kind in declared())


def test_params_that_queries_filter_by_are_fields_of_a_kind() -> None:
    sources = [path.read_text("utf-8") for folder in ("apps", "ttsai") for path in (ROOT / folder).rglob("*.py")]
    asked = {name for source in sources for name in re.findall(r"\bparams__([a-z]+(?:_[a-z]+)*)", source)}
    assert asked >= {"voice", "text", "asked_model"}
    assert asked <= {one.name for kind in KINDS for one in fields(kind.params)}


@each_kind
def test_job_kind_params_survive_the_row_and_have_defaults(kind: JobKind[JobParams]) -> None:
    params = kind.params()
    assert kind.params.from_row(json.loads(json.dumps(params.to_row()))) == params
    assert kind.params.from_row({"of_another_version": 1, "text": None}) == params


@each_kind
def test_job_kind_forgets_texts_keys_and_warnings_at_retention(kind: JobKind[JobParams]) -> None:
    stored = {"text": "Hi.", "source": "account-1/0/abc", "warnings": ["Hi."], "model": "kokoro", "undeclared": "Hi."}
    assert set(kind.params.without_forgotten(stored)) <= {"model"}


@each_kind
def test_job_kind_forgets_exactly_the_declared_fields_of_its_params(kind: JobKind[JobParams]) -> None:
    names = {one.name for one in fields(kind.params)}
    kept = set(kind.params.without_forgotten(dict.fromkeys([*names, "undeclared"], "x")))
    forgotten = {one.name for one in fields(kind.params) if one.metadata == FORGOTTEN}
    assert (kept, kept | forgotten) == (names - forgotten, names)
    assert "warnings" in forgotten


@each_kind
def test_job_kind_of_customers_has_a_title_on_pages(kind: JobKind[JobParams]) -> None:
    assert kind.is_internal or kind.name in SERVICES


@each_kind
def test_job_kind_with_a_document_shows_it_by_a_function(kind: JobKind[JobParams]) -> None:
    if kind.document is not None and not kind.is_internal:
        assert kind.result_shape
    if kind.result_shape:
        assert callable(import_string(kind.result_shape))


@each_kind
def test_job_kind_of_the_platform_is_free_and_hears_no_recording(kind: JobKind[JobParams]) -> None:
    if kind.is_internal:
        assert (kind.charge_on_cancel, kind.charge_on_failure) == (Charge.NOTHING, Charge.NOTHING)
        assert not issubclass(kind.params, RecordingParams)


def test_job_kinds_keep_the_names_that_rows_have() -> None:
    assert sorted(job_kinds()) == [
        "alignment",
        "audio-analyze",
        "audio-convert",
        "audio-dereverb",
        "audio-diarize",
        "audio-enhance",
        "audio-normalize",
        "audio-separate",
        "audio-trim-silence",
        "audio-verify",
        "audio-waveform",
        "composition",
        "enrol_voice",
        "preview",
        "rendition",
        "speech",
        "speech-to-speech",
        "speech-translation",
        "speech_probe",
        "transcription",
        "transcription_probe",
        "voice-chat",
        "voice-clone",
        "voice-convert",
    ]
    assert sorted(kind_names_with_unit(Unit.CHARACTERS)) == ["composition", "speech", "voice-clone"]


def test_params_of_a_row_have_the_type_of_its_kind() -> None:
    spoken = Job(kind="speech", params={"text": "Hi.", "speed": 1.5, "warnings": ["a", "b"], "of_another_version": 1})
    assert params_of(spoken) == SpeechParams(text="Hi.", speed=1.5, warnings=("a", "b"))
    heard = Job(kind="transcription", params={"is_diarized": True})
    assert TRANSCRIPTION.read_params(heard) == TranscriptionParams(is_diarized=True)


def test_nested_params_are_typed_again_when_the_row_is_read() -> None:
    request = RequestedSpeech(text="<b>Hi.</b>", model="tts-1", pronunciations=[{"word": "a"}], is_from_timed_file=True)
    speech = SpeechParams(text="Hi.", request=request)
    takes = (Take(line="a", output="chunk_0", settings="s", digest="d", changes=LineChanges(model="", speed=2.0)),)
    for params in (speech, CompositionParams(takes=takes)):
        assert type(params).from_row(json.loads(json.dumps(params.to_row()))) == params


def test_nested_params_of_earlier_versions_are_read() -> None:
    row = {"text": "Hi.", "request": {"model": "tts-1", "voice": None, "bitrate": 64_000, "file": True}}
    assert SpeechParams.from_row(row).request == RequestedSpeech(model="tts-1", bitrate=64_000, is_from_timed_file=True)
    take = {"line": "a", "output": "chunk_0", "settings": "s", "digest": "d"}
    stored = {"takes": [take, take | {"changes": {"voice": "af_sky", "model": ""}}]}
    plain = Take(line="a", output="chunk_0", settings="s", digest="d")
    assert CompositionParams.from_row(stored).takes == (plain, replace(plain, changes=LineChanges(voice="af_sky", model="")))


def test_kind_of_an_unknown_row_charges_and_keeps_nothing() -> None:
    kind = kind_of(Job(kind="of-another-version", params={"text": "Hi."}))
    assert (kind.name, kind.charge_on_cancel, kind.charge_on_failure, kind.result_shape) == (
        "of-another-version",
        Charge.NOTHING,
        Charge.NOTHING,
        "",
    )
    assert kind.params.without_forgotten({"text": "Hi.", "asked_model": "tts-1"}) == {"asked_model": "tts-1"}


def test_params_row_omits_empty_common_fields_only() -> None:
    assert SpokenParams(text="Hi.").to_row() == {"text": "Hi.", "model": "", "voice": "", "language": "", "format": ""}
    assert JobParams(asked_model="tts-1", warnings=("a",)).to_row() == {"asked_model": "tts-1", "warnings": ["a"]}


@pytest.mark.parametrize(
    ("kind", "units", "is_awaited", "lane"),
    [
        (SPEECH, 1_000_000, True, Lane.NORMAL),
        (SPEECH, 1_000_000, False, Lane.BULK),
        (SPEECH, 10, True, Lane.LIVE),
        (SPEECH, 10, False, Lane.NORMAL),
        (TRANSCRIPTION, 600_000, True, Lane.LIVE),
        (TRANSCRIPTION, 600_001, False, Lane.BULK),
        (VOICE_CHAT, 1_000_000, True, Lane.LIVE),
        (VOICE_CHAT, 1_000_000, False, Lane.NORMAL),
    ],
    ids=str,
)
def test_job_kind_chooses_the_lane_by_size_and_waiting_client(kind: JobKind[JobParams], units: int, is_awaited: bool, lane: Lane) -> None:
    assert kind.lanes.choose(units, is_awaited=is_awaited) == lane


def test_lane_rule_without_a_size_limit_never_chooses_bulk() -> None:
    assert {LaneRule().choose(10**9, is_awaited=is_awaited) for is_awaited in (True, False)} == {Lane.LIVE, Lane.NORMAL}


@pytest.mark.parametrize(
    "changes",
    [{"kind": JobKind(name="unregistered", params=SpeechParams, units=Unit.CHARACTERS)}, {"params": TranscriptionParams()}],
    ids=["an unregistered kind", "parameters of another kind"],
)
def test_submit_job_refuses_a_plan_that_no_declaration_covers(changes: dict[str, Any]) -> None:
    plan = replace(job_plan(), **changes)
    with pytest.raises(TypeError, match=f"The kind '{plan.kind.name}' is not in TTSAI_JOB_KINDS"):
        submit_job(caller(), plan, idempotency=None, request_id="req_test")
    assert not Job.objects.exists()
