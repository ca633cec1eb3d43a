"""Property tests of texts: each is spoken or refused with an explanation, in linear time."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from apps.core.errors import ApplicationError
from apps.speech.services import SpeechOrder, plan_speech
from tests.examples import examples
from tests.factories import AccountFactory
from tests.factories_jobs import announce, caller
from tests.growth import assert_linear
from tests.speech.people import Person, person
from tests.workers.voices import voice_ref
from workers.contract.errors import WorkError
from workers.contract.messages import SpeakWork
from workers.engines.silence import SilenceEngine
from workers.text.script import write_script

ENGINE = SilenceEngine()


@pytest.fixture(autouse=True)
def _silence(_platform: None) -> None:
    announce(ENGINE.spec)


@pytest.fixture
def author() -> Person:
    """Client whose texts may have a million characters."""
    return person(credits=100_000, max_characters=1_000_000)


def speak_all(text: str) -> list[str]:
    """Path of a text from the request to the engine: the spoken form of each utterance. Raises ApplicationError, WorkError."""
    plan = plan_speech(caller(AccountFactory(credits=100_000)), order=SpeechOrder(text=text, model="silence"))
    heard, written = [], ""
    for part in (part for part in plan.parts if part.kind == "speak"):
        work = SpeakWork.from_dict(json.loads(json.dumps(part.work.to_dict())))
        script = write_script(work, engine=ENGINE)
        written += script.written
        for utterance in script.utterances:
            spoken = ENGINE.speak(utterance.spoken.text, voice=voice_ref(ENGINE, "quiet"), language="en", speed=1.0)
            assert len(spoken.samples)
            assert utterance.written_words(spoken.words, text=script.written)
            heard.append(utterance.spoken.written)
    assert written == plan.params.text
    return heard


def speak_or_explain(text: str) -> list[str] | None:
    """The utterances; None for a text that is refused as it should be."""
    refusal: ApplicationError | WorkError
    try:
        return speak_all(text)
    except ApplicationError as error:
        refusal = error
        is_explained = 400 <= error.status < 500
    except WorkError as error:
        refusal = error
        is_explained = error.code == "nothing_to_say"
    assert is_explained
    assert refusal.message
    return None


TAGS = st.sampled_from(
    [
        "<speak>", "</speak>", "<p>", "</p>", "<s>", '<break time="1s"/>', "<break/>", '<prosody rate="slow">', "</prosody>", "<emphasis>",
        "</emphasis>", '<say-as interpret-as="date">', '<say-as interpret-as="cardinal">', "</say-as>", '<sub alias="x">', "</sub>", "<!--",
        "]]>", "&amp;", "&#0;", "&#55296;", "&lol;", '<voice name="quiet">', "</voice>", '<lang xml:lang="fr">', "<", ">", "2026-04-26", "x",
    ]
)  # fmt: skip
TEXTS = st.text(max_size=80) | st.lists(TAGS | st.text(max_size=4), max_size=12).map("".join)


@settings(max_examples=examples(75), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
@example("<speak><p>One.</p></speak>")
@example("0?AA")
@example("12 apples, 5 € & 日本語, مرحبا e\u0301 🎉")
def test_any_text_is_spoken_word_for_word_or_refused(text: str) -> None:
    assume("\x00" not in text)  # the parser of bodies drops it
    heard = speak_or_explain(text)
    if heard is None:
        return
    if "<" not in text and "&" not in text:
        letters = [character for character in text if character.isalnum()]
        assert [character for character in "".join(heard) if character.isalnum()] == letters


SPOKEN = {
    "lone surrogate": '"\\ud800 hello"',
    "escaped NUL": '"a\\u0000b"',
    "right to left": json.dumps("Hello there, everybody, مرحبا \u202eabc\u202c"),
    "a flood of marks": json.dumps("a" + "\u0301" * 5000),
    "zero width": json.dumps("h\u200be\u200dl\ufefflo"),
    "emoji": json.dumps("🎉👍🏽👩\u200d👩\u200d👧🇩🇪"),
    "half a million letters": json.dumps("a" * 500_000),
    "half a million digits": json.dumps("1" * 500_000),
    "half a million spaces and a word": json.dumps(" " * 499_999 + "a"),
    "half a million line ends and a word": json.dumps("\n" * 499_999 + "a"),
    "half a million full stops and a word": json.dumps("." * 499_999 + "a"),
    "a < that is no tag": json.dumps("a < b && c > d </3 <3"),
}
REFUSED = {
    "another script, right to left": json.dumps("مرحبا بالعالم \u202eabc\u202c"),
    "half a million ideographs for an English model": json.dumps("好" * 500_000),
    "nothing": '""',
    "white space": json.dumps(" \n\t\u3000\u2028"),
    "punctuation": json.dumps("?! ... --- ,;: «»"),
    "zero width alone": json.dumps("\u200b\u200d\ufeff\u2060"),
    "marks alone": json.dumps("\u0301" * 1000),
    "half a million full stops": json.dumps("." * 500_000),
    "private use": json.dumps("\ue000\uf8ff"),
    "NULs": '"\\u0000\\u0000"',
    "nested 33 deep": json.dumps('<prosody rate="slow">' * 33 + "x" + "</prosody>" * 33),
    "nested 20,000 deep": json.dumps("<emphasis>" * 20_000 + "x" + "</emphasis>" * 20_000),
    "never closed": json.dumps("<speak>hello"),
    "20,000 tags never closed": json.dumps("<emphasis>x" * 20_000),
    "closed in the wrong order": json.dumps("<emphasis><prosody rate='slow'>x</emphasis></prosody>"),
    "an entity of its own": json.dumps('<!DOCTYPE x [<!ENTITY a "b">]><speak>&a;</speak>'),
    "a bomb": json.dumps("<speak>" + "&lol9;" * 1000 + "</speak>"),
    "half a million <": json.dumps("<speak>" + "<" * 100_000),
    "an attribute without an end": json.dumps('<break time="' + "1" * 100_000),
    "no string": "7",
    "a list": '["a"]',
}


@pytest.mark.parametrize("name", SPOKEN)
def test_a_nasty_text_that_says_something_is_taken(author: Person, name: str) -> None:
    answer = author.post("/v1/tts/", f'{{"model": "silence", "text": {SPOKEN[name]}}}')
    assert (answer.status_code, answer.json().get("status")) == (200, "queued"), answer.json()


@pytest.mark.parametrize("name", REFUSED)
def test_a_nasty_text_that_says_nothing_or_is_broken_is_explained(author: Person, name: str) -> None:
    answer = author.post("/v1/tts/", f'{{"model": "silence", "text": {REFUSED[name]}}}')
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert 5 < len(error["message"]) < 1500
    assert author.millicredits == 100_000_000


@pytest.mark.parametrize(
    "unit", ["a", "1", ".", " a", "好", "e\u0301", "a\u0301", "🎉", "Dr. ", "<break time='0ms'/>a", "1/2 ", "A.", "\n", "&amp;a<p/>", "मैं "]
)
def test_preparing_hostile_text_takes_linear_time(author: Person, unit: str) -> None:
    assert author.account is not None

    def prepare(characters: int) -> Callable[[], object]:
        text = (unit * characters)[:characters].rpartition("<")[0] or unit * (characters // len(unit))
        return lambda: speak_or_explain(f"a {text}")

    prepare(200)()
    assert_linear(prepare, size=10_000)
