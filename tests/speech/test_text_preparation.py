"""Markup, pronunciations and delivery hints on their way into a job's parts."""

from typing import Any

import pytest

from apps.jobs.models import Job, Part
from apps.speech.speaking_style import SpeakingStyle, instruction_warnings, read_instructions
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person


def _work(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json()
    return dict(Part.objects.get(job__uuid=answer.json()["uuid"], index=0).work)


def test_tags_are_neither_counted_nor_charged(owner: Person) -> None:
    marked = owner.say(text='Hello <emphasis level="strong">big</emphasis> world.').json()
    plain = owner.say(text="Hello big world.").json()
    assert marked["credits_used"] == plain["credits_used"]
    assert Job.objects.get(uuid=marked["uuid"]).params["text"] == "Hello big world."


def test_an_error_of_the_markup_names_line_and_column(owner: Person) -> None:
    error = owner.say(text="Hello.\n<prosody rate='fast'>World").json()
    assert error["error"]["code"] == "invalid_markup"
    assert (error["line"], error["column"]) == (2, 1)
    assert "line 2, column 1" in error["error"]["message"]


def test_segments_travel_to_the_worker(owner: Person) -> None:
    work = _work(owner.say(text='At <say-as interpret-as="time">14:30</say-as>.'))
    assert work["segments"] == [
        {"text": "At "},
        {"text": "14:30", "start": 3, "kind": "say_as", "interpret_as": "time"},
        {"text": ".", "start": 8},
    ]
    assert _work(owner.say(text="a < b"))["segments"] == []


def test_the_request_s_pronunciations_go_before_the_account_s(owner: Person) -> None:
    owner.post("/v1/pronunciations/", '{"word": "GIF", "replacement": "giff"}')
    owner.post("/v1/pronunciations/", '{"word": "SQL", "replacement": "sequel"}')
    rules = _work(owner.say(pronunciations={"GIF": "jiff"}))["pronunciations"]
    assert {rule["word"]: rule["replacement"] for rule in rules} == {"GIF": "jiff", "SQL": "sequel"}


def test_dictionary_of_another_account_is_not_used(owner: Person, nobody: Person) -> None:
    owner.post("/v1/pronunciations/", '{"word": "GIF", "replacement": "jiff"}')
    assert _work(nobody.say())["pronunciations"] == []


@pytest.mark.parametrize(
    ("hints", "delivery"),
    [
        ("", SpeakingStyle()),
        ("Speak slowly, please.", SpeakingStyle(0.87, 0.0, 1.2)),
        ("very slowly and slowly", SpeakingStyle(0.75, 0.0, 1.4)),
        ("Whisper.", SpeakingStyle(0.95, -10.0, 1.0)),
        ("not too fast", SpeakingStyle(1.0, 0.0, 1.0, is_understood=False)),
        ("in the style of a pirate", SpeakingStyle(1.0, 0.0, 1.0, is_understood=False)),
        ("loudly, with long pauses", SpeakingStyle(1.0, 4.0, 1.8)),
    ],
)
def test_hints_are_mapped_to_what_every_model_can_do(hints: str, delivery: SpeakingStyle) -> None:
    assert read_instructions(hints) == delivery


def test_hints_are_never_dropped_in_silence(owner: Person) -> None:
    assert "mapped to pace 0.87, pauses 1.2, and nothing else" in instruction_warnings("slowly, like a pirate")[0]
    assert "mapped to loudness -5 dB, and" in instruction_warnings("softly")[0]
    assert "were ignored" in instruction_warnings("like a pirate")[0]
    work = _work(owner.say(instructions="speak loudly"))
    assert (work["gain_decibels"], work["speed"]) == (4.0, 1.0)


@pytest.mark.parametrize("model", ["kokoro", "other"])
@pytest.mark.parametrize("hints", ["slowly", "like a pirate", "老师", "!"])
def test_every_model_answers_hints_with_a_warning(owner: Person, model: str, hints: str) -> None:
    announce(engine_spec(), engine_spec("other"))
    assert owner.say(model=model, instructions=hints).json()["warnings"][0].startswith("instructions: ")


def test_language_without_phonemes_reports_the_reason(owner: Person) -> None:
    reason = "Japanese needs pyopenjtalk-plus: install requirements/worker-cpu.txt."
    announce(engine_spec(missing_languages={"ja": reason}))
    for options in ({"language": "ja"}, {"voice": "jf_alpha"}, {"text": '<lang xml:lang="ja">x</lang>'}):
        answer = owner.say(**options)
        assert answer.status_code == 400
        assert reason in answer.json()["error"]["message"]


def test_markup_without_effect_gives_a_warning(owner: Person) -> None:
    answer = owner.say(text='<prosody pitch="+10%">Hello.</prosody>').json()
    assert "pitch" in answer["warnings"][0]
